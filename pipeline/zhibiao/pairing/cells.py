"""A flattened table as a stream of cells: each line cut into cells, each cell with its kind.

The region's clean text is the lines' clean texts end to end, so that a cell of several lines is one span.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from zhibiao.layout.blocks import TableRegion
from zhibiao.layout.clean import Clean, clean
from zhibiao.layout.grids import is_wide, split_cells
from zhibiao.layout.headers import header_role
from zhibiao.layout.lines import Line, set_width
from zhibiao.quantities import QuantityFinder

from .cell import LEVEL, Cell, Region, head_hint, make_cell
from .cellgrid import cell_grid
from .flow import flow_grids
from .grid import Grid
from .linegrid import line_grids

_NUMBER = re.compile(r"(?:[≥≤><=]{1,2}|约|近|不少于|不低于|不超过)?-?\d[\d,]*(?:\.\d+)?(?:[%‰]|（%）)?[^\s\d，。；：、]{0,6}$")
_SURE_NUMBER = re.compile(r"(?:[≥≤><=]{1,2})?-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+(?=%))(?:[%‰]|（%）)?[^\s\d，。；：、]{0,4}$")
_TWO_DECIMALS, _ONE_DECIMAL = re.compile(r"-?[\d,]+\.\d\d"), re.compile(r"-?\d[\d,]{3,}\.\d")
#: So many numbers must have two decimals to tell that one with a single one is torn, and so few of these may stand alone.
_LEAST_WHOLE, _FEW_SHORT = 3, 0.1
_LABEL = re.compile(r"(?:指标|说明|目标)：")
_LABELS = ("指标：", "说明：", "目标：")


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
            or (bool(LEVEL.match(word)) and k <= 2)
            or (headed and k and len(tokens[:k]) < 3 and bool(LEVEL.match(folded[slice(*tokens[k - 1])])))
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


class Assembly:
    """Pieces of the folded text laid end to end: the region's clean text and its cells in the making."""

    def __init__(self, folded: str, finder: QuantityFinder) -> None:
        self.folded = folded
        self.finder = finder
        self.cells: list[Cell] = []
        self._parts: list[str] = []
        self._offsets = array("q")

    def add(self, start: int, end: int, line: int, width: float) -> bool:
        """Make ``folded[start:end]`` the next cell; False where nothing is left of it when it is cleaned."""
        view = clean(self.folded, start, end)
        if not view.text:
            return False
        at = len(self._offsets)
        self._parts.append(view.text)
        self._offsets.extend(view.offsets)
        self.cells.append(make_cell(view.text, at, at + len(view.text), line, width, self.finder))
        return True

    @property
    def view(self) -> Clean:
        """The clean text of all cells."""
        return Clean("".join(self._parts), self._offsets)


def cells_of(folded: str, region: TableRegion, finder: QuantityFinder) -> Region:
    """Cut a region into cells, and put these into rows and columns where they come out as a grid."""
    labelled = sum(line.text.startswith(_LABELS) for line in region.lines) >= 3
    if not labelled and sum(" " in line.text for line in region.lines) >= 0.5 * len(region.lines):
        lined = line_cells(folded, region, finder)
        if found := line_grids(lined.cells, region.caption):
            return replace(lined, grids=found)
    made = Assembly(folded, finder)
    headed = any(header_role(w) for line in region.lines[:12] for w in line.text.split())
    rows = not labelled and any(_head_line(line) for line in region.lines) and _rows_on_lines(region.lines)
    torn = _torn_numbers(region.lines) if not rows and not labelled else set()
    for number, line in enumerate(region.lines):
        if number - 1 in torn:
            continue  # the last digit of the number above
        if number in torn:
            made.add(line.start, region.lines[number + 1].end, number, line.width)
            continue
        for a, b in _tokens(line) if rows else _label_pieces(folded, line) if labelled else _pieces(folded, line, headed):
            made.add(a, b, number, set_width(folded[a:b]))
    if not rows and not labelled:
        made.cells = _whole_heads(made.cells)
    view = made.view
    grids: tuple[Grid, ...] = ()
    if not rows and not labelled:
        whole = _with_units(made.cells, view.text, finder)
        grid = cell_grid(whole)
        grids = (
            (grid,) if grid else flow_grids(whole, region.caption, whole="\n" not in folded[region.lines[0].start : region.lines[-1].end])
        )
    return Region(view, tuple(made.cells), rows, grids)


def _whole_heads(cells: Sequence[Cell]) -> list[Cell]:
    """The cells, heads that run over two lines made one (预算执行率（B/A× over 100%）)."""
    out: list[Cell] = []
    for cell in cells:
        last = out[-1] if out else None
        if (
            last is not None
            and last.kind == cell.kind == "text"
            and last.line == cell.line - 1
            and "（" in last.words
            and "）" in cell.words
        ):
            words = last.words + cell.words
            if last.words.count("（") > last.words.count("）") and (role := header_role(words)):
                out[-1] = replace(last, end=cell.end, kind="head", role=role, hint=head_hint(words), words=words)
                continue
        out.append(cell)
    return out


def _torn_numbers(lines: Sequence[Line]) -> set[int]:
    """The lines whose number lost its last digit to the next line, where the column was too narrow for it: 18,640.2 over 0.

    Told by the numbers that are whole: nearly all of them have two decimals.
    """
    whole = sum(_TWO_DECIMALS.fullmatch(line.text) is not None for line in lines)
    short = [i for i, line in enumerate(lines) if _ONE_DECIMAL.fullmatch(line.text)]
    torn = {i for i in short if i + 1 < len(lines) and len(lines[i + 1].text) == 1 and lines[i + 1].text.isdigit()}
    return torn if whole >= _LEAST_WHOLE and len(short) - len(torn) <= _FEW_SHORT * whole else set()


def _with_units(cells: Sequence[Cell], text: str, finder: QuantityFinder) -> list[Cell]:
    """The cells, a unit on the line below its number joined to it (1.2万 / 人次), unless the table has a column for units."""
    if any(c.role == "unit" for c in cells):
        return list(cells)
    out: list[Cell] = []
    for cell in cells:
        last = out[-1] if out else None
        if last is not None and last.kind == "number" and cell.hint is not None and cell.kind in ("unit", "text") and cell.words[0] != "（":
            q = finder.parse_cell(text[last.start : cell.end])
            if q is not None and not q.bare:
                out[-1] = replace(last, end=cell.end, q=q, words=last.words + cell.words)
                continue
        out.append(cell)
    return out


def line_cells(folded: str, region: TableRegion, finder: QuantityFinder) -> Region:
    """Cut a region whose lines are rows into cells at the blanks, each with its place on the line."""
    made = Assembly(folded, finder)
    wide = is_wide([line.text for line in region.lines])
    for number, line in enumerate(region.lines):
        first = folded.rfind("\n", 0, line.start) + 1
        for a, b in split_cells(line.text, wide=wide):
            width = set_width(line.text[a:b])
            if made.add(line.start + a, line.start + b, number, width):
                left = int(2 * set_width(folded[first : line.start + a]))
                made.cells[-1] = replace(made.cells[-1], left=left, right=left + int(2 * width))
    return Region(made.view, tuple(made.cells), True)


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
