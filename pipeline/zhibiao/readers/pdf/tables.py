"""Ruled lines to tables: pdfplumber finds the cells, here they get their rows and columns. Lines of words to rows, where no lines part them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, cast

import numpy as np

from zhibiao.readers.cells import part
from zhibiao.readers.order import em
from zhibiao.readers.pdf.native import Floats
from zhibiao.readers.printed import RuledCell, RuledTable, Run

Box = tuple[float, float, float, float]

SHARE = 0.6  # of the lines of a table that hold more than one column, and of its values that are figures
GUTTER = 6.0  # points of white between two columns

_TOLERANCE = 3.0  # points within which two borders are one
_MAX_CROSSINGS = 400_000  # horizontals x verticals: pdfplumber compares each with each
_MAX_POINTS = 5_000
_WRAP = 0.75  # of the usual distance of rows: a line nearer than this to the next belongs to it
_FIGURE = re.compile(r"[-+−▲△(（]{0,2}\d[\d,，. ]*[%％)）]*|[-—–…/]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_APART = re.compile(r"(?<=[\d%％]) +(?=[-\d])")


@dataclass(frozen=True, slots=True)
class _Lines:
    """What pdfplumber's finder asks of a page."""

    edges: list[dict[str, Any]]
    bbox: Box


def find_tables(across: Floats, down: Floats) -> list[RuledTable]:
    """Tables from horizontals (rows of y, x0, x1) and verticals (rows of x, top, bottom), from top to bottom.

    A frame of one cell, or of cells above each other, is no table. A place in the grid that no cell covers (the lines around it are not
    closed) becomes a cell of its own, so that no word inside the table is without a cell.
    """
    across, down = joined(across), joined(down)
    if len(across) < 2 or len(down) < 2 or len(across) * len(down) > _MAX_CROSSINGS or _crossings(across, down) > _MAX_POINTS:
        return []
    from pdfplumber.table import TableFinder  # costs a third of a second, which files without tables need not pay

    edges = [_edge("h", x0, x1, y, y) for y, x0, x1 in across.tolist()] + [
        _edge("v", x, x, top, bottom) for x, top, bottom in down.tolist()
    ]
    page = _Lines(edges, (0.0, 0.0, float(across[:, 2].max()), float(down[:, 2].max())))
    found = TableFinder(cast(Any, page)).tables
    tables = [table for cells in found if (table := grid([cast(Box, tuple(map(float, cell))) for cell in cells.cells])) is not None]
    return sorted(_outermost(tables), key=lambda table: (table.cells[0].top, table.edges[0]))


def joined(lines: Floats) -> Floats:
    """Lines (position, from, to) with those on one another or in continuation of one another made one: tables are often drawn border by border."""
    if not len(lines):
        return lines
    out: list[list[float]] = []
    order = np.argsort(lines[:, 0], kind="stable")
    position = lines[order, 0]
    for group in np.split(order, np.flatnonzero(np.diff(position) > 1.0) + 1):
        pieces = lines[group[np.argsort(lines[group, 1], kind="stable")]]
        middle = float(pieces[:, 0].mean())
        for start, end in pieces[:, 1:].tolist():
            if out and out[-1][0] == middle and start <= out[-1][2] + _TOLERANCE:
                out[-1][2] = max(out[-1][2], end)
            else:
                out.append([middle, start, end])
    return np.array(out)


def _crossings(across: Floats, down: Floats) -> int:
    y, x = across[:, None, 0], down[None, :, 0]
    hits = (x >= across[:, None, 1] - 3) & (x <= across[:, None, 2] + 3) & (y >= down[None, :, 1] - 3) & (y <= down[None, :, 2] + 3)
    return int(hits.sum())


def _edge(orientation: str, x0: float, x1: float, top: float, bottom: float) -> dict[str, Any]:
    return {
        "object_type": "line", "orientation": orientation, "x0": x0, "x1": x1, "top": top, "bottom": bottom, "doctop": top,
        "width": x1 - x0, "height": bottom - top,
    }  # fmt: skip


def grid(boxes: Sequence[Box]) -> RuledTable | None:
    """The table of these cells; None where they make a frame: fewer than two columns or a single cell."""
    columns = _borders([x for box in boxes for x in (box[0], box[2])])
    rows = _borders([y for box in boxes for y in (box[1], box[3])])
    if len(columns) < 3 or len(rows) < 2 or (len(rows) - 1) * (len(columns) - 1) > 100 * len(boxes) + 1000:
        return None
    taken = np.zeros((len(rows) - 1, len(columns) - 1), np.bool_)
    cells: list[RuledCell] = []
    for x0, top, x1, bottom in sorted(boxes, key=lambda box: (box[1], box[0])):
        row, column = _nearest(rows, top), _nearest(columns, x0)
        last_row, last_column = max(row + 1, _nearest(rows, bottom)), max(column + 1, _nearest(columns, x1))
        if taken[row:last_row, column:last_column].any():
            continue
        taken[row:last_row, column:last_column] = True
        cells.append(RuledCell(row, column, last_row - row, last_column - column, x0, top, x1, bottom))
    cells += [
        RuledCell(row, column, 1, 1, columns[column], rows[row], columns[column + 1], rows[row + 1])
        for row, column in np.argwhere(~taken).tolist()
    ]
    return RuledTable(tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))), tuple(columns))


def _borders(positions: list[float]) -> list[float]:
    """Distinct borders: the mean of each cluster of positions, ascending."""
    clusters: list[list[float]] = []
    for position in sorted(positions):
        if clusters and position - clusters[-1][0] <= _TOLERANCE:
            clusters[-1].append(position)
        else:
            clusters.append([position])
    return [sum(cluster) / len(cluster) for cluster in clusters]


def _nearest(borders: list[float], position: float) -> int:
    return min(range(len(borders)), key=lambda i: abs(borders[i] - position))


def bounds(table: RuledTable) -> Box:
    """x0, top, x1, bottom of a table."""
    return (
        min(c.x0 for c in table.cells), min(c.top for c in table.cells), max(c.x1 for c in table.cells), max(c.bottom for c in table.cells),
    )  # fmt: skip


def _outermost(tables: list[RuledTable]) -> list[RuledTable]:
    """Tables without those that lie inside another one's bounds: words can stand in one table only."""
    kept: list[tuple[Box, RuledTable]] = []
    for table in sorted(tables, key=lambda t: -_area(bounds(t))):
        x0, top, x1, bottom = bounds(table)
        x, y = (x0 + x1) / 2, (top + bottom) / 2
        if not any(a <= x <= c and b <= y <= d for (a, b, c, d), _ in kept):
            kept.append(((x0, top, x1, bottom), table))
    return [table for _, table in kept]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def printed(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that stand at one height, from top to bottom, each from left to right; figures of two columns that were taken for one run apart."""
    rows: list[list[Run]] = []
    pieces = [piece for run in runs for piece in _pieces(run)]
    for run in sorted(pieces, key=lambda r: r.top + r.bottom):
        if rows and run.top + run.bottom - rows[-1][0].top - rows[-1][0].bottom <= em(run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda r: r.edges[0]) for row in rows]


def _pieces(run: Run) -> list[Run]:
    blanks = [m.span() for m in _APART.finditer(run.text)]
    ends = [0, *(x for blank in blanks for x in blank), len(run.text)]
    return [part(run, a, b) for a, b in zip(ends[::2], ends[1::2], strict=True)]


def paired(words: Sequence[Run]) -> bool:
    """Whether a row of words, of one line or more, has more than one column."""
    spans = sorted((r.edges[0], r.edges[-1]) for r in words)
    rights = accumulate((right for _, right in spans), max)
    return any(left - right >= GUTTER for right, (left, _) in zip(rights, spans[1:], strict=False))


def figured(row: Sequence[Run]) -> bool:
    """Whether figures stand beside the first words of a row. Years alone are heads."""
    figures = [r.text.strip() for r in row[1:] if _FIGURE.fullmatch(r.text.strip())]
    return any(not _YEAR.fullmatch(figure) for figure in figures)


def headed(rows: Sequence[Sequence[Run]]) -> int:
    """How many rows of words above the first row of figures are heads: all but labels at the left end right above it."""
    count = next(i for i, row in enumerate(rows) if figured(row))
    left = min(r.edges[0] for row in rows for r in row)
    while count and len(rows[count - 1]) == 1 and rows[count - 1][0].edges[0] < left + 2 * em(rows[count - 1][0]):
        count -= 1
    return count


def between(above: Sequence[Run], below: Sequence[Run]) -> float:
    """A height between two rows of words."""
    return (max(r.bottom for r in above) + min(r.top for r in below)) / 2


def records(rows: Sequence[list[Run]], strong: Sequence[bool]) -> list[list[Run]]:
    """Rows of words of one record each: what is wrapped onto lines nearer than rows are belongs to the ``strong`` row beside it."""
    firsts = begins([float(np.mean([r.top + r.bottom for r in row])) / 2 for row in rows], strong)
    out: list[list[Run]] = []
    for row, new in zip(rows, firsts, strict=True):
        if new:
            out.append(list(row))
        else:
            out[-1] += row
    return out


def begins(middles: Sequence[float], strong: Sequence[bool]) -> list[bool]:
    """Which lines, given their heights, begin a record."""
    steps = np.diff(middles)
    plain = [step for step, a, b in zip(steps, strong, strong[1:], strict=False) if a and b]
    anchors = [i for i, of in enumerate(strong) if of]
    if len(plain) > 1 or len(anchors) < 2:
        usual = float(np.median(plain)) if plain else 0.0
        return [True, *(bool(s >= _WRAP * usual) or (a and b) for s, a, b in zip(steps, strong, strong[1:], strict=False))]
    # Every record is wrapped: each line goes to the anchor that is nearest.
    nearest = [min(anchors, key=lambda a: abs(middles[a] - middle)) for middle in middles]
    return [True, *(a != b for a, b in pairwise(nearest))]
