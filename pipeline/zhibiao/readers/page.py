"""Pages become text: words in reading order, tables in their cells, page furniture marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from zhibiao.readers.cells import Grid
from zhibiao.readers.flowing import Builder, CellText
from zhibiao.readers.furniture import furniture
from zhibiao.readers.order import gutter, lines
from zhibiao.readers.printed import Page, RuledCell, RuledTable, Run
from zhibiao.schema import TextLine

__all__ = ["Page", "RuledCell", "RuledTable", "Run", "write_pages"]


@dataclass(frozen=True, slots=True)
class _Filled:
    """A table with the lines of words of each of its cells."""

    table: RuledTable
    cells: tuple[tuple[Run, ...], ...]
    x0: float
    x1: float
    top: float
    bottom: float
    text: None = None


_Item = Run | _Filled
_TEXT, _FURNITURE, _TABLE = range(3)


def write_pages(pages: Sequence[Page], builder: Builder) -> None:
    """Write pages in reading order into ``builder``, with running heads and page numbers as furniture and the words of each cell inside it.

    A page without words still counts as a page. Raises UnpacksTooLarge beyond the builder's limit of cells.
    """
    laid = [(page, _arranged(page)) for page in pages]
    marks = furniture([(page.height, items) for page, items in laid])
    for index, (page, items) in enumerate(laid):
        builder.page()
        for kind, together in groupby(enumerate(items), key=lambda pair: _kind(pair[1], (index, pair[0]) in marks)):
            stretch = [item for _, item in together]
            if kind == _TABLE:
                for item in stretch:
                    _write_table(builder, page.number, cast(_Filled, item))
            elif kind == _TEXT:
                _write_lines(builder, page.number, cast(list[Run], stretch), furniture=False)
            else:
                for item in stretch:
                    _write_lines(builder, page.number, [cast(Run, item)], furniture=True)


def _kind(item: _Item, marked: bool) -> int:
    if not isinstance(item, Run):
        return _TABLE
    return _FURNITURE if marked else _TEXT


def _write_lines(builder: Builder, number: int, stretch: list[Run], *, furniture: bool) -> None:
    start = builder.text("\n".join(line.text for line in stretch), furniture=furniture)
    for line in stretch:
        _mark(builder, number, line, start)
        start += len(line.text) + 1


def _write_table(builder: Builder, number: int, filled: _Filled) -> None:
    cells = [
        CellText(cell.row, cell.column, "\n".join(line.text for line in words), cell.rowspan, cell.colspan)
        for cell, words in zip(filled.table.cells, filled.cells, strict=True)
    ]
    for (start, _), words in zip(builder.table(cells, edges=filled.table.edges), filled.cells, strict=True):
        for line in words:
            _mark(builder, number, line, start)
            start += len(line.text) + 1


def _mark(builder: Builder, number: int, line: Run, start: int) -> None:
    builder.line(TextLine(start, start + len(line.text), number, line.top, line.bottom, line.edges))


def _arranged(page: Page) -> list[_Item]:
    """Lines and tables of a page in reading order; words inside a table stand there and nowhere else."""
    if not page.tables:
        return _in_columns(list(page.runs), [], page.width)
    grids = [Grid(table) for table in page.tables]
    words: list[list[list[Run]]] = [[[] for _ in table.cells] for table in page.tables]
    beside: list[Run] = []
    for run in page.runs:
        pieces = [run]
        for grid, inside in zip(grids, words, strict=True):
            outside: list[Run] = []
            for piece in pieces:
                if not grid.holds(piece):
                    outside.append(piece)
                    continue
                for cell, part in grid.split(piece):
                    (outside if cell is None else inside[cell]).append(part)
            pieces = outside
        beside += pieces
    tables = [
        _Filled(grid.table, tuple(tuple(lines(runs)) for runs in inside), grid.x0, grid.x1, grid.top, grid.bottom)
        for grid, inside in zip(grids, words, strict=True)
    ]
    return _in_columns(beside, tables, page.width)


def _in_columns(runs: list[Run], tables: list[_Filled], width: float) -> list[_Item]:
    """Everything from top to bottom; where a gutter runs down the page, the left column before the right one between any two things that cross it."""
    x = gutter(runs, width)
    if x is None:
        return _downwards([*lines(runs), *tables])
    crossing = [r for r in runs if r.edges[0] < x - 1 and r.edges[-1] > x + 1]
    spans = [(r.top, r.bottom) for r in crossing]
    # What stands on one line with a run across the gutter belongs to that line.
    sides: tuple[list[Run], list[Run]] = ([], [])
    for run in runs:
        if run.edges[0] < x - 1 and run.edges[-1] > x + 1:
            continue
        middle = (run.top + run.bottom) / 2
        if any(top <= middle <= bottom for top, bottom in spans):
            crossing.append(run)
        else:
            sides[run.edges[0] >= x - 1].append(run)
    across: list[_Item] = [*lines(crossing), *(t for t in tables if t.x0 < x < t.x1)]
    columns = [_downwards([*lines(side), *(t for t in tables if _beside(t, x, number))]) for number, side in enumerate(sides)]
    out: list[_Item] = []
    for item in _downwards(across):
        for number, column in enumerate(columns):
            above = [i for i in column if _middle(i) < _middle(item)]
            out += above
            columns[number] = column[len(above) :]
        out.append(item)
    return out + columns[0] + columns[1]


def _beside(table: _Filled, x: float, side: int) -> bool:
    return table.x0 >= x if side else table.x1 <= x


def _middle(item: _Item) -> float:
    return (item.top + item.bottom) / 2


def _downwards(items: list[_Item]) -> list[_Item]:
    # A table begins where its first row begins: the lines above and below it are told by their own middle.
    return sorted(items, key=lambda item: _middle(item) if isinstance(item, Run) else item.top)
