"""A flattened table as a stream of cells: each line cut into cells, each cell with its kind.

The region's clean text is the lines' clean texts end to end, so that a cell of several lines is one span.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from zhibiao.layout.clean import Clean, clean
from zhibiao.layout.headers import header_role
from zhibiao.layout.lines import Line, set_width
from zhibiao.layout.passages import TableRegion
from zhibiao.quantities import QuantityFinder, UnitHint, unit_hint
from zhibiao.schema import Quantity

_LEVEL = re.compile(
    r"(?:[\d一二三四]{1,3}[-.、．]?)?(?:产出|效益|效果|成本|满意度|数量|质量|时效|进度|(?:经济|社会|生态|环境)(?:效益|成本)|生态环境成本|可持续(?:影响|发展)|(?:社会公众|服务对象|受益对象|群众)?(?:或服务对象)?满意度|决策|过程|投入|项目完成|项目效益|履职效能|管理效[率能])(?:指标|效益指标|成本指标)?$"
)
_GRADE = re.compile(r"(?:优|良|中|差|优秀|良好|合格|不合格)$")
_NUMBER = re.compile(r"(?:[≥≤><=]{1,2}|约|近|不少于|不低于|不超过)?-?\d[\d,]*(?:\.\d+)?(?:[%‰]|（%）)?[^\s\d，。；：、]{0,6}$")
_SURE_NUMBER = re.compile(r"(?:[≥≤><=]{1,2})?-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+(?=%))(?:[%‰]|（%）)?[^\s\d，。；：、]{0,4}$")
_LABEL = re.compile(r"(?:指标|说明|目标)：")
_LABELS = ("指标：", "说明：", "目标：")
_UNIT_ONLY = re.compile(r"（?(?:单位：)?(?:万元|元|亿元|%|分|个|项|人|家)）?$|单位：\S{1,6}$")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell or one line of a cell: ``kind`` is head, level, grade, number, unit or text; ``role`` of a head cell."""

    start: int
    end: int
    line: int
    kind: str
    width: float
    role: str = ""
    q: Quantity | None = None
    hint: UnitHint | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A table region as one clean text with its cells in order. ``rows``: the head stands on one line and each line is a row."""

    clean: Clean
    cells: tuple[Cell, ...]
    rows: bool = False

    @property
    def text(self) -> str:
        return self.clean.text


def _tokens(line: Line) -> list[tuple[int, int]]:
    """Blank-separated pieces of a line as offsets into the source."""
    return [(line.start + m.start(), line.start + m.end()) for m in re.finditer(r"\S+", line.text)]


def _rows_on_lines(lines: Sequence[Line]) -> bool:
    """Do the lines that are no heads mostly hold several cells?"""
    body = [line for line in lines if not _head_line(line)]
    return sum(len(line.text.split()) >= 2 for line in body) >= 0.4 * max(1, len(body))


def _label_pieces(folded: str, line: Line) -> list[tuple[int, int]]:
    """Cut a line of a labelled table (指标：, 说明：): only before a label and between head words."""
    tokens = _tokens(line)
    if len(tokens) > 1 and all(header_role(folded[a:b]) for a, b in tokens):
        return tokens
    for (_, end), (a, _b) in pairwise(tokens):
        if folded.startswith(_LABELS, a):
            return [(line.start, end), (a, line.end)]
    return [(line.start, line.end)]


def _head_line(line: Line) -> bool:
    """Is this the head of a table whose rows stand on one line each (three columns or more)?"""
    words = line.text.split()
    return len(words) >= 3 and sum(header_role(w) is not None for w in words) >= 0.75 * len(words)


def _pieces(folded: str, line: Line, headed: bool) -> list[tuple[int, int]]:
    """Cut a line into cells. A number inside a name stays there; a number that ends the line, or that cannot be a name, is a cell."""
    tokens = _tokens(line)
    if len(tokens) <= 1:
        return tokens
    if all(header_role(folded[a:b]) for a, b in tokens):
        return tokens
    numeric = [bool(_NUMBER.match(folded[a:b])) for a, b in tokens]
    n = len(tokens)
    tail = n
    while tail > 1 and numeric[tail - 1]:
        tail -= 1
    out: list[tuple[int, int]] = []
    open_from: int | None = None
    for k, (a, b) in enumerate(tokens):
        word = folded[a:b]
        single = (
            k >= tail
            or bool(_SURE_NUMBER.match(word))
            or (bool(_LEVEL.match(word)) and k <= 2)
            or (headed and k and len(tokens[:k]) < 3 and bool(_LEVEL.match(folded[slice(*tokens[k - 1])])))
        )
        if _LABEL.match(word) and open_from is not None:
            out.append((open_from, tokens[k - 1][1]))
            open_from = a
            continue
        if single:
            if open_from is not None:
                out.append((open_from, tokens[k - 1][1]))
                open_from = None
            out.append((a, b))
        elif open_from is None:
            open_from = a
    if open_from is not None:
        out.append((open_from, tokens[-1][1]))
    return out


def cells_of(folded: str, region: TableRegion, finder: QuantityFinder) -> Region:
    """Cut a region into cells."""
    parts: list[str] = []
    offsets = array("q")
    cells: list[Cell] = []
    length = 0
    headed = any(header_role(w) for line in region.lines[:12] for w in line.text.split())
    labelled = sum(line.text.startswith(_LABELS) for line in region.lines) >= 3
    rows = not labelled and any(_head_line(line) for line in region.lines) and _rows_on_lines(region.lines)
    for number, line in enumerate(region.lines):
        for a, b in _tokens(line) if rows else _label_pieces(folded, line) if labelled else _pieces(folded, line, headed):
            view = clean(folded, a, b)
            if not view.text:
                continue
            start, end = length, length + len(view.text)
            parts.append(view.text)
            offsets.extend(view.offsets)
            length = end
            cells.append(_cell(view.text, start, end, number, set_width(folded[a:b]), finder))
    return Region(Clean("".join(parts), offsets), tuple(cells), rows)


def _cell(text: str, start: int, end: int, line: int, width: float, finder: QuantityFinder) -> Cell:
    if role := header_role(text):
        return Cell(start, end, line, "head", width, role, hint=unit_hint(text))
    if _UNIT_ONLY.match(text):
        return Cell(start, end, line, "unit", width, hint=unit_hint(text if text[0] in "（单" else f"（{text}）"))
    if _LEVEL.match(text):
        return Cell(start, end, line, "level", width)
    if _GRADE.match(text):
        return Cell(start, end, line, "grade", width)
    if len(text) <= 24 and (q := finder.parse_cell(text)) is not None:
        return Cell(start, end, line, "number", width, q=q)
    return Cell(start, end, line, "text", width)


def header_of(cells: Sequence[Cell]) -> list[Cell]:
    """The head cells of the region, in order, those of a repeated head left out."""
    out: list[Cell] = []
    last = -1
    for i, cell in enumerate(cells):
        if cell.kind == "head":
            if out and i - last > 4:
                break
            out.append(cell)
            last = i
        elif cell.kind == "unit" and out and i == last + 1:
            previous = out[-1]
            out[-1] = Cell(
                previous.start, previous.end, previous.line, "head", previous.width, previous.role, hint=previous.hint or cell.hint
            )
            last = i
    return out
