"""The heads of a drawn table: which rows are heads, and what columns they make, over one row of heads or several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from zhibiao.layout.headers import header_role, names_rows, part_role

from .cell import Cell, head_hint
from .columns import Column, Columns, column_of, columns_of
from .grid import is_year
from .records import VALUE_ROLES

#: A head is no longer, and so many known words make a row of heads wherever it stands.
_LONGEST, _KNOWN, _SHARE = 30, 2, 0.6
_STOP = re.compile(r"[，。；]")
#: A first column of ranks counts the rows.
_RANK = re.compile(r"^(?:名次|排名|排序|位次)$")
#: Heads that name nothing by themselves.
GENERAL = re.compile(r"^(?:合计|小计|总计|其中|数量|金额|数值|绝对数|总数|单位|占比|比例|比重|增减|增长|同比)$")
_FACTS = ("", "share", "change", "rate")


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell with words, at its place in the grid."""

    cell: Cell
    row: int
    column: int
    rowspan: int
    colspan: int

    @property
    def right(self) -> int:
        return self.column + self.colspan

    @property
    def below(self) -> int:
        return self.row + self.rowspan


class Sheet:
    """The cells of a table by place. ``width``: grid columns."""

    def __init__(self, cells: Iterable[Placed], width: int) -> None:
        self.width = width
        self.rows: dict[int, list[Placed]] = {}
        self._cover: dict[tuple[int, int], Placed] = {}
        for p in cells:
            self.rows.setdefault(p.row, []).append(p)
            for row in range(p.row, p.below):
                for column in range(p.column, p.right):
                    self._cover.setdefault((row, column), p)

    def at(self, row: int, column: int) -> Placed | None:
        """The cell that covers a place, None where it is empty."""
        return self._cover.get((row, column))

    def words(self, row: int) -> tuple[str, ...]:
        """The words of the cells that begin in a row."""
        return tuple(p.cell.words for p in self.rows.get(row, ()))


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that make records together: a table, or one half of a table printed in two halves. ``spans``: grid columns of each column.

    ``name``: the head that names the values, where no column does (公务接待费 over 预算数 | 决算数).
    """

    columns: Columns
    spans: tuple[tuple[int, int], ...]
    name: Cell | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a table: its rows, its groups of columns, the words of its rows and a unit that a label beside it names."""

    first: int
    height: int
    groups: tuple[Group, ...]
    words: frozenset[str]
    unit: str = ""


def is_value(cell: Cell) -> bool:
    """Is the cell a number that is no year?"""
    return cell.kind == "number" and not is_year(cell)


def head_height(sheet: Sheet, row: int, *, first: bool) -> int:
    """How many rows of heads begin at ``row``, 0 where it is none. ``first``: nothing of the table stands above it."""
    own = [p for p in sheet.rows.get(row, ()) if p.cell.kind != "blank"]
    labels = [p for p in own if p.column == 0 and p.rowspan > 2]
    heads = [p for p in own if p not in labels] or own
    if len(heads) < 2 or any(not _may_be_head(p.cell, level=first) for p in heads):
        return 0
    roles = [header_role(p.cell.words) or ("index" if _RANK.search(p.cell.words) else None) for p in heads]
    known = sum(r is not None for r in roles)
    valued = any(r in VALUE_ROLES for r in roles)
    height = 1
    while _goes_on(sheet, row, row + height):
        height += 1
    if valued and known >= _KNOWN and known >= _SHARE * len(heads):
        return height
    if height > 1 and any(r in ("name", "text") for r in roles) and all(p.rowspan < height for p in heads):
        return 0  # labels with their values (项目名称 | … over 主管部门 | …) above a head
    return height if first and _numbers_follow(sheet, row + height - 1, heads) else 0


def _may_be_head(cell: Cell, *, level: bool) -> bool:
    """``level``: may the words be those of a level too (部门 | 决策 | 过程 | 产出 | 效益)? 数量 and its like head columns anywhere."""
    if is_value(cell) or len(cell.words) > _LONGEST or _STOP.search(cell.words):
        return False
    return cell.kind != "level" or level or GENERAL.match(cell.words) is not None


def _numbers_follow(sheet: Sheet, row: int, heads: Sequence[Placed]) -> bool:
    """Do the rows below hold numbers under these heads, and is it no row of labels with their values?"""
    below = [r for r in sorted(sheet.rows) if r > row][:6]
    if not below:
        return False
    following = [p.cell for p in sheet.rows[below[0]][1:]]
    if any(header_role(c.words) in VALUE_ROLES for c in following):
        return False  # 预算数 | 500 | 执行数 | 480
    numbers = sum(is_value(c) for c in following)
    if numbers < 2 and numbers <= 0.4 * len(following):
        return False
    values = [p for r in below for p in sheet.rows[r] if is_value(p.cell)]
    under = [p for p in values if any(h.column <= p.column < h.right for h in heads[1:])]
    wide = sum(h.colspan for h in heads)
    return bool(under) and len(under) >= 0.6 * len(values) and (wide >= 0.6 * sheet.width or len(heads) >= 4)


def _goes_on(sheet: Sheet, top: int, row: int) -> bool:
    """Is ``row`` a further row of the head: every cell that begins in it divides a head above it?"""
    own = [p for p in sheet.rows.get(row, ()) if p.cell.kind != "blank"]
    if not own:
        return False
    divides = False
    for p in own:
        above = sheet.at(row - 1, p.column)
        if above is None or above.row < top or above.colspan == 1 or above.colspan < p.colspan:
            return False
        if not _may_be_head(p.cell, level=header_role(above.cell.words) not in ("level", "name")):
            return False
        divides = divides or p.colspan < above.colspan
    return divides


def head_of(sheet: Sheet, row: int, height: int) -> Head | None:
    """The columns under the heads of rows ``row`` to ``row + height``; None where all of them are labels beside the table."""
    leaves: list[tuple[int, int, tuple[Placed, ...]]] = []
    unit = ""
    bottom = row + height
    last = max(sheet.rows)
    for column in range(sheet.width):
        stack: list[Placed] = []
        for r in range(row, bottom):
            p = sheet.at(r, column)
            if p is not None and p not in stack:
                stack.append(p)
        label = next((p for p in stack if p.row < row or (p.below > bottom and bottom <= last)), None)
        if label is not None:  # a label beside the table, merged along its rows
            hint = head_hint(label.cell.words)
            if hint is not None and hint.kind == "money" and not unit:
                unit = label.cell.words
            continue
        if leaves and leaves[-1][1] == column and stack and leaves[-1][2] == tuple(stack):
            leaves[-1] = (leaves[-1][0], column + 1, leaves[-1][2])
        else:
            leaves.append((column, column + 1, tuple(stack)))
    if not leaves:
        return None
    words = frozenset(p.cell.words for _, _, stack in leaves for p in stack)
    if named := _named_by_heads(sheet, bottom, leaves):
        return Head(row, height, tuple(named), words, unit)
    columns = [_column([p.cell.words for p in stack]) for _, _, stack in leaves]
    below = [column_of(stack[-1].cell.words).words if stack else "" for _, _, stack in leaves]
    for j, own in enumerate(below):  # a head of its own needs no words from above
        if own and below.count(own) == 1 and not GENERAL.match(own):
            columns[j] = replace(columns[j], words=own)
    spans = [(a, b) for a, b, _ in leaves]
    for a, _ in _halves(columns):
        if columns[a].role == "" and _RANK.search(columns[a].words):
            columns[a] = replace(columns[a], role="index")
    groups = [Group(columns_of(columns[a:b]), tuple(spans[a:b])) for a, b in _halves(columns)]
    return Head(row, height, tuple(groups), words, unit)


def _named_by_heads(sheet: Sheet, bottom: int, leaves: Sequence[tuple[int, int, tuple[Placed, ...]]]) -> list[Group]:
    """Where the row under the heads holds nothing but numbers, the heads name them: one group for each name, with its columns of budget and result."""
    below = sheet.rows.get(bottom, [])
    if not below or below[0].column > leaves[0][0] or any(not is_value(p.cell) and p.cell.kind != "blank" for p in below):
        return []
    named: dict[str, tuple[Cell, list[tuple[Column, tuple[int, int]]]]] = {}
    for a, b, stack in leaves:
        sides = [p for p in stack if header_role(p.cell.words) in VALUE_ROLES]
        names = [p for p in stack if p not in sides]
        if not names or len(sides) > 1 or (sides and column_of(sides[0].cell.words).role in ("weight", "score")):
            return []
        own = next((p for p in reversed(names) if not GENERAL.match(p.cell.words)), names[-1])
        column = column_of(sides[0].cell.words) if sides else Column("", head_hint(own.cell.words), "")
        named.setdefault(own.cell.words, (own.cell, []))[1].append((column, (a, b)))
    out = []
    for cell, found in named.values():
        columns = columns_of([Column("name", None, ""), *(c for c, _ in found)])
        out.append(Group(columns, ((-1, -1), *(span for _, span in found)), cell))
    return out


def _column(words: Sequence[str]) -> Column:
    """One column by its heads from top to bottom."""
    if not words:
        return Column("", None, "")
    leaf = column_of(words[-1])
    if len(words) == 1:
        return leaf
    above = "".join(words[:-1])
    whole = column_of(above + words[-1])
    role = header_role(words[-1] + above) or header_role(above + words[-1]) or ""
    if leaf.role not in _FACTS:
        role = leaf.role
    elif leaf.role:
        role = role if role in VALUE_ROLES else leaf.role
    else:
        role = role or part_role(words[-1] + above) or whole.role
    hint = leaf.hint or next((h for w in reversed(words[:-1]) if (h := head_hint(w)) is not None), None)
    return replace(whole, role=role, hint=hint)


def _halves(columns: Sequence[Column]) -> list[tuple[int, int]]:
    """Where the columns of a table printed in halves begin and end: where the heads repeat, or at a second column of names behind values."""
    words = [c.words for c in columns]
    for parts in (2, 3):
        size, odd = divmod(len(words), parts)
        if not odd and size > 1 and words == words[:size] * parts:
            return [(k * size, (k + 1) * size) for k in range(parts)]
    starts = [0]
    for i, c in enumerate(columns):
        behind = columns[starts[-1] : i]
        if c.role not in ("name", "index") and not (c.role == "" and names_rows(c.words)):
            continue
        if i and columns[i - 1].role == "index":
            continue
        named = any(x.role == "name" or (x.words and names_rows(x.words)) for x in behind)
        if named and any(x.role in VALUE_ROLES or x.role == "" for x in behind if not names_rows(x.words)):
            rest = columns[i + 1 :]
            if c.words in [x.words for x in columns[:i]] or (c.role == "name" and any(x.words in [y.words for y in behind] for x in rest)):
                starts.append(i)
    return list(zip(starts, [*starts[1:], len(columns)], strict=True))
