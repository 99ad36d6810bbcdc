"""The sources of the test files: one TOML file a report, with its words, its tables, its page, and what each column says.

A table is written as one line a row, cells parted by ``|``; ``<`` continues the cell on the left and ``^`` the one above, so that spans cannot
overlap or leave a gap. ``↵`` breaks a line inside a cell. A line may open with a mark: ``@level1`` (the words of the row are the level of the rows
below), ``@group`` (a section row), ``@head`` (a head repeated inside the table), ``@free`` (says nothing that the truth holds), ``@optional``
(may or may not be read).

Roles say what a column holds, one word a column: ``target``, ``actual``, ``score`` … (:data:`ROLES`). ``budget:万元`` gives the unit of bare
numbers, ``fact=基本支出`` the words that the head adds to the name of the row, ``fact=基本支出:万元`` both.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

#: What a column may hold. ``-`` says nothing; ``prose`` are sentences, read as prose.
ROLES = frozenset(
    {
        "-", "prose", "index", "level1", "level2", "name", "op", "unit", "target", "cycle", "actual", "weight", "score", "review", "reason",
        "initial", "budget", "executed", "rate", "change", "fact", "last", "amount", "grade", "text",
    }
)  # fmt: skip
MARKS = frozenset({"level1", "group", "head", "free", "optional"})
Plain = Literal["blank", "line", "row", "run"]
_CHOICES: dict[str, tuple[str, ...]] = {
    "plain": ("blank", "line", "row", "run"),
    "rules": ("grid", "three"),
    "scan": ("", "pdf", "png"),
    "kind": ("heading", "text", "table", "break"),
    "font": ("serif", "sans"),
}
_EMPTY = frozenset({"", "/", "—", "-", "——", "无"})


class SourceError(ValueError):
    """A source that breaks the rules above; the message names the file, the table and the row."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a column holds: its ``name`` (one of :data:`ROLES`), the ``unit`` of bare numbers, and what the head adds to the row's name."""

    name: str
    unit: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell at its upper left corner (from 0), its extent, and its words (lines parted by line feeds)."""

    row: int
    column: int
    text: str
    rowspan: int = 1
    colspan: int = 1
    head: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the grid: for each column the index of its cell in ``TableBlock.cells``, the mark, and the roles that hold for it."""

    cells: tuple[int, ...]
    roles: tuple[Role, ...]
    head: bool
    mark: str = ""


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table: caption and unit line above it, widths of its columns (shares), cells by row and column, rows.

    ``repeat``: the head stands again on each page; ``breaks``: a row may break over a page; ``rules``: all lines or three; ``sheet``: name of the
    sheet in a workbook; ``size``: points of its letters; ``typed``: plain numbers are numbers in a workbook.
    """

    caption: str
    unit: str
    widths: tuple[float, ...]
    cells: tuple[Cell, ...]
    rows: tuple[Row, ...]
    repeat: bool
    breaks: bool
    rules: str
    sheet: str
    size: float
    typed: bool

    @property
    def heads(self) -> int:
        """Head rows at the top: the first rows, none behind the first that is no head."""
        return next((i for i, row in enumerate(self.rows) if not row.head), len(self.rows))


@dataclass(frozen=True, slots=True)
class WordsBlock:
    """A heading (``level`` 1 to 3) or paragraphs (``level`` 0), or, with no words at all, a page break."""

    lines: tuple[str, ...]
    level: int = 0


Block = WordsBlock | TableBlock


@dataclass(frozen=True, slots=True)
class Source:
    """One report. ``running`` stands at the top of each page, ``number`` at its foot ({page}, {pages}); ``plain``: how the text file tears its tables."""

    id: str
    title: str
    org: str
    date: str
    blocks: tuple[Block, ...]
    running: str
    number: str
    columns: int
    flipped: bool
    font: str
    plain: Plain
    wrap: int
    cell_wrap: int
    encoding: str
    scan: str

    @property
    def tables(self) -> tuple[TableBlock, ...]:
        return tuple(b for b in self.blocks if isinstance(b, TableBlock))


def is_empty(text: str) -> bool:
    """Whether a cell says that there is nothing (blank, stroke, dash)."""
    return "".join(text.split()) in _EMPTY


def load(folder: Path) -> list[Source]:
    """Every source under ``folder``, by name. Raises SourceError."""
    return [read(path) for path in sorted(folder.glob("*.toml"))]


def read(path: Path) -> Source:
    """One source file. Raises SourceError where it breaks the rules, also where it is no TOML or not named by its id."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name}: {error}") from error
    source = parse(data, where=path.name)
    if source.id != path.stem:
        raise SourceError(f"{path.name}: id={source.id}，应与文件名相同 (the id must be the file's name)")
    return source


def parse(data: Mapping[str, Any], *, where: str) -> Source:
    """A source from parsed TOML; ``where`` opens every message. Raises SourceError."""
    get = _Fields(data, where)
    source = Source(
        id=get.word("id"),
        title=get.word("title"),
        org=get.word("org", ""),
        date=get.word("date", ""),
        running=get.word("running", ""),
        number=get.word("number", ""),
        columns=int(get.number("columns", 1)),
        flipped=get.flag("flipped", False),
        font=get.choice("font", "serif"),
        plain=cast(Plain, get.choice("plain", "line")),
        wrap=int(get.number("wrap", 0)),
        cell_wrap=int(get.number("cell_wrap", 0)),
        encoding=get.word("encoding", "utf-8"),
        scan=get.choice("scan", ""),
        blocks=tuple(_block(b, f"{where}: blocks[{i}]") for i, b in enumerate(get.tables("blocks"))),
    )
    get.done()
    if not source.tables:
        raise SourceError(f"{where}: 没有表格 (holds no table)")
    return source


def _block(data: Mapping[str, Any], where: str) -> Block:
    get = _Fields(data, where)
    kind = get.choice("kind")
    block: Block
    if kind == "break":
        block = WordsBlock(())
    elif kind == "heading":
        block = WordsBlock((get.word("text"),), int(get.number("level", 1)))
    elif kind == "text":
        block = WordsBlock(tuple(line.strip() for line in get.word("text").splitlines() if line.strip()))
    else:
        block = _table(get, where)
    get.done()
    return block


def _table(get: _Fields, where: str) -> TableBlock:
    widths = tuple(float(w) for w in get.items("widths"))
    texts: list[list[str]] = []
    facts: list[tuple[tuple[Role, ...], bool, str]] = []
    for p, part in enumerate(get.tables("parts")):
        inner = _Fields(part, f"{where}.parts[{p}]")
        roles = tuple(_role(word, inner.where) for word in inner.word("roles").split())
        heads = int(inner.number("head", 0))
        lines = [line.strip() for line in inner.word("rows").splitlines() if line.strip()]
        inner.done()
        if len(roles) != len(widths):
            raise SourceError(f"{inner.where}: {len(roles)} 个 roles，{len(widths)} 列 (as many roles as columns)")
        for r, line in enumerate(lines):
            mark = ""
            if line.startswith("@"):
                mark, _, line = line[1:].partition(" ")
                if mark not in MARKS:
                    raise SourceError(f"{inner.where} 第 {r + 1} 行: 不认识的 @{mark} (unknown mark)")
            row = [c.strip() for c in line.split("|")]
            if len(row) != len(widths):
                raise SourceError(f"{inner.where} 第 {r + 1} 行: {len(row)} 格，应为 {len(widths)} 格 (cells, must be as many as columns)")
            texts.append(row)
            facts.append((roles, r < heads or mark == "head", mark))
    places = _places(texts, where)
    first = {corner: i for i, corner in enumerate(sorted(set(places.values())))}
    cells = []
    for top, left in first:
        inside = [at for at, corner in places.items() if corner == (top, left)]
        high, wide = max(r for r, _ in inside) - top + 1, max(c for _, c in inside) - left + 1
        if high * wide != len(inside):
            raise SourceError(f"{where}: 第 {top + 1} 行第 {left + 1} 格的合并区不是矩形 (a merged cell is no rectangle)")
        cells.append(Cell(top, left, texts[top][left].replace("↵", "\n"), high, wide, facts[top][1]))
    rows = tuple(
        Row(tuple(first[places[r, c]] for c in range(len(widths))), roles, head, mark) for r, (roles, head, mark) in enumerate(facts)
    )
    return TableBlock(
        caption=get.word("caption", ""), unit=get.word("unit", ""), widths=widths, cells=tuple(cells), rows=rows,
        repeat=get.flag("repeat", True), breaks=get.flag("breaks", False), rules=get.choice("rules", "grid"),
        sheet=get.word("sheet", ""), size=get.number("size", 9), typed=get.flag("typed", True),
    )  # fmt: skip


def _places(texts: Sequence[Sequence[str]], where: str) -> dict[tuple[int, int], tuple[int, int]]:
    """For each place of the grid the corner of its cell."""
    out: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(texts):
        for c, text in enumerate(row):
            before = (r, c - 1) if text == "<" else (r - 1, c) if text == "^" else None
            if before is not None and before not in out:
                raise SourceError(f"{where}: 第 {r + 1} 行第 {c + 1} 格 {text} 无可接续 (nothing to continue)")
            out[r, c] = out[before] if before is not None else (r, c)
    return out


def _role(word: str, where: str) -> Role:
    name, _, unit = word.partition(":")
    name, _, suffix = name.partition("=")
    if name not in ROLES:
        raise SourceError(f"{where}: 不认识的 role {name} (unknown role)")
    return Role(name, unit, suffix)


class _Fields:
    """Takes the fields of one TOML table by name and type, and complains of the rest."""

    def __init__(self, data: Mapping[str, Any], where: str) -> None:
        self._left = dict(data)
        self.where = where

    def _take(self, key: str, default: object, kinds: tuple[type, ...]) -> Any:
        if key not in self._left:
            if default is None:
                raise SourceError(f"{self.where}: 缺少 {key} (missing)")
            return default
        value = self._left.pop(key)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise SourceError(f"{self.where}: {key} 的类型不对 (wrong type)")
        return value

    def word(self, key: str, default: str | None = None) -> str:
        return str(self._take(key, default, (str,)))

    def number(self, key: str, default: float) -> float:
        return float(self._take(key, default, (int, float)))

    def flag(self, key: str, default: bool) -> bool:
        return bool(self._take(key, default, (bool,)))

    def items(self, key: str) -> list[Any]:
        return list(self._take(key, None, (list,)))

    def tables(self, key: str) -> list[Mapping[str, Any]]:
        found = self.items(key)
        if not found or not all(isinstance(x, dict) for x in found):
            raise SourceError(f"{self.where}: {key} 应为若干个表 (must be tables)")
        return found

    def choice(self, key: str, default: str | None = None) -> str:
        value = self.word(key, default)
        if value not in _CHOICES[key]:
            raise SourceError(f"{self.where}: {key}={value}，可选 {'、'.join(_CHOICES[key])} (choose one)")
        return value

    def done(self) -> None:
        if self._left:
            raise SourceError(f"{self.where}: 不认识的字段 {'、'.join(sorted(self._left))} (unknown keys)")
