"""Tables that are not ruled all round: missing borders are put in where the lines that are there, or the words between them, show them.

Statistical tables have no border at their sides; three-line tables have none between the columns either; many have one rule under the head and one under the
last row. Nothing here touches a table whose lines are complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from zhibiao.readers.cells import Grid
from zhibiao.readers.order import em, lines
from zhibiao.readers.pdf.heads import Partial, columns_of, head_boxes, with_heads
from zhibiao.readers.pdf.native import Floats
from zhibiao.readers.pdf.rules import Rules
from zhibiao.readers.pdf.tables import (
    SHARE,
    Box,
    begins,
    between,
    bounds,
    figured,
    find_tables,
    grid,
    headed,
    joined,
    paired,
    printed,
    records,
)
from zhibiao.readers.printed import RuledTable, Run

_SAME = 4.0  # points within which two ends, or a line and an end, are one
_LIKE = 2.5
_MIN_WIDTH = 60.0  # points: a shorter rule is an underline
_MIN_ROWS = 3  # lines of words that make rows
_MAX_LINES = 4_000  # joined lines beyond which a page is a drawing
_MAX_HEADS = 500  # runs above the first figures beyond which there is no table
_MAX_RUNS = 5_000
_PROSE = 3  # lines that are not parted into columns between two rules: no part of a table


@dataclass(frozen=True, slots=True)
class _Band:
    """What stands between two horizontals: how many lines, whether there are verticals, figures, or next to no columns."""

    rows: int
    ruled: bool
    figured: bool
    loose: bool


def tables_of(rules: Rules, runs: Sequence[Run]) -> list[RuledTable]:
    """The tables of a page from its lines and words, top to bottom."""
    across, down = rules.drawn()
    if not len(across) and not len(rules.across):
        return []
    across, pieces, down = joined(across), down, joined(down)
    if len(across) + len(down) > _MAX_LINES:
        return []
    sides, rows, opened, plain = _missing(across, down, pieces, runs)
    tables = find_tables(_stacked(across, rows), _stacked(down, sides)) if len(across) else []
    if not tables and not plain and rules.across_filled.any():
        return find_tables(rules.across, rules.down)  # no borders, but cells of colour
    tables = [_in_rows(table, runs) if any(_inside(table, box) for box in opened) else table for table in tables]
    boxes = [bounds(table) for table in tables]
    plain = [t for t in plain if not any(_overlap(bounds(t), box) for box in boxes)]
    return sorted([*tables, *plain], key=lambda table: (table.cells[0].top, table.edges[0])) if plain else tables


def _stacked(lines_: Floats, more: list[tuple[float, float, float]]) -> Floats:
    return np.concatenate((lines_, np.array(more).reshape(-1, 3))) if more else lines_


def _missing(
    across: Floats, down: Floats, pieces: Floats, runs: Sequence[Run]
) -> tuple[list[tuple[float, float, float]], list[tuple[float, float, float]], list[Box], list[RuledTable]]:
    """Verticals and horizontals to be put in, the boxes of the tables that they complete, and the tables that have no verticals at all."""
    sides: list[tuple[float, float, float]] = []
    rows: list[tuple[float, float, float]] = []
    opened: list[Box] = []
    plain: list[RuledTable] = []
    for y, x0, x1, inside in _parted(across, down, runs):
        top, bottom = float(y[0]), float(y[-1])
        reach = np.minimum(down[:, 2], bottom) - np.maximum(down[:, 1], top) if len(down) else np.zeros(0)
        inner = (down[:, 0] > x0 + _SAME) & (down[:, 0] < x1 - _SAME) & (reach > 0) if len(down) else np.zeros(0, np.bool_)
        if inner.any():
            bare = [x for x in (x0, x1) if not _stands(down, reach, x, bottom - top)]
            if reach[inner].max() < 0.5 * (bottom - top) or not bare:
                continue
            sides += [(x, top, bottom) for x in bare]
            rows += [(level, x0, x1) for level in _levels(pieces, x0, x1, top, bottom) if np.abs(across[:, 0] - level).min() > _SAME]
            opened.append((x0, top, x1, bottom))
        elif not any(_stands(down, reach, x, bottom - top) for x in (x0, x1)):
            own = (across[:, 0] > top) & (across[:, 0] < bottom) & (across[:, 1] > x0 - _SAME) & (across[:, 2] < x1 + _SAME)
            short = own & (across[:, 2] - across[:, 1] < x1 - x0 - 2 * _SAME)
            table = _by_words(y, x0, x1, inside, [(level, start, end) for level, start, end in across[short].tolist()])
            plain += [table] if table is not None else []
    return sides, rows, opened, plain


def _parted(across: Floats, down: Floats, runs: Sequence[Run]) -> Iterator[tuple[Floats, float, float, list[Run]]]:
    """The stacks of horizontals, those of tables below each other apart: heights, ends, and the words between the ends."""
    for y, x0, x1 in _stacks(across):
        own = down[(down[:, 0] > x0 - _SAME) & (down[:, 0] < x1 + _SAME)] if len(down) else down
        if _through(own, y).all():
            yield y, x0, x1, []  # verticals in every band: most tables
            continue
        inside = [r for r in runs if r.edges[0] >= x0 - _SAME and r.edges[-1] <= x1 + _SAME and y[0] < (r.top + r.bottom) / 2 < y[-1]]
        bands = [_band(inside, own, top, bottom) for top, bottom in pairwise(y.tolist())]
        start = 0
        for i in range(len(bands) + 1):
            if i == len(bands) or _parts(bands, i):
                if i > start:
                    yield y[start : i + 1], x0, x1, [r for r in inside if y[start] < (r.top + r.bottom) / 2 < y[i]]
                start = i + 1


def _through(own: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    """Between which horizontals a vertical runs over half of the height or more."""
    if not len(own):
        return np.zeros(len(y) - 1, np.bool_)
    reach = np.minimum(own[:, 2, None], y[None, 1:]) - np.maximum(own[:, 1, None], y[None, :-1])
    return np.asarray((reach > 0.5 * np.diff(y)).any(axis=0))


def _band(inside: Sequence[Run], own: Floats, top: float, bottom: float) -> _Band:
    if _through(own, np.array((top, bottom))).all():
        return _Band(0, ruled=True, figured=True, loose=False)
    rows = printed([r for r in inside if top < (r.top + r.bottom) / 2 < bottom])
    figures = any(figured(row) for row in rows)
    blocks: list[list[Run]] = []
    for row in rows:  # heads of one and of two lines beside each other stand at heights that differ by less than a line
        if blocks and max(r.bottom for r in blocks[-1]) - min(r.top for r in row) > 0.25 * min(r.bottom - r.top for r in row):
            blocks[-1] += row
        else:
            blocks.append(list(row))
    parted = [paired(block) for block in blocks]
    few = sum(parted) * 2 < len(parted) or (sum(parted) * 2 == len(parted) and not (parted and parted[-1]))
    return _Band(len(rows), ruled=False, figured=figures, loose=not figures and few)


def _parts(bands: Sequence[_Band], i: int) -> bool:
    """Whether what stands between two rules is no part of a table, but between two tables, or above or below one."""
    band = bands[i]
    if band.ruled or not band.rows or band.figured:
        return False
    after = bands[i + 1] if i + 1 < len(bands) else None
    if band.loose:
        return band.rows >= _PROSE or i == 0 or after is None or not (after.figured or after.ruled)
    # A line in two pieces, the number of a table and its name, over the head of the next table.
    head = after is not None and not after.ruled and not after.figured and not after.loose and after.rows > 0
    return head and band.rows == 1 and i > 0 and bands[i - 1].figured


def _stacks(across: Floats) -> list[tuple[Floats, float, float]]:
    """Horizontals of one left and one right end, two at least: their heights in order, and the ends."""
    out: list[tuple[Floats, float, float]] = []
    left = across[across[:, 2] - across[:, 1] >= _MIN_WIDTH] if len(across) else across
    while len(left):
        alike = (np.abs(left[:, 1] - left[0, 1]) <= _SAME) & (np.abs(left[:, 2] - left[0, 2]) <= _SAME)
        if alike.sum() >= 2:
            out.append((np.sort(left[alike, 0]), float(left[alike, 1].mean()), float(left[alike, 2].mean())))
        left = left[~alike]
    return out


def _stands(down: Floats, reach: Floats, x: float, height: float) -> bool:
    """Whether verticals at ``x`` take up half of the height."""
    return len(down) > 0 and float(np.maximum(reach[np.abs(down[:, 0] - x) <= _SAME], 0.0).sum()) >= 0.5 * height


def _levels(pieces: Floats, x0: float, x1: float, top: float, bottom: float) -> list[float]:
    """Heights at which the verticals of two columns or more are interrupted: they were drawn cell by cell."""
    own = pieces[(pieces[:, 0] >= x0 - _SAME) & (pieces[:, 0] <= x1 + _SAME)]
    ends = np.concatenate((own[:, (1, 0)], own[:, (2, 0)]))
    ends = ends[(ends[:, 0] > top + _SAME) & (ends[:, 0] < bottom - _SAME)]
    ends = ends[np.argsort(ends[:, 0], kind="stable")]
    clusters = np.split(ends, np.flatnonzero(np.diff(ends[:, 0]) > _LIKE) + 1)
    least = min(2, len(np.unique(np.round(own[:, 0] / _SAME))))
    return [float(c[:, 0].mean()) for c in clusters if len(c) and len(np.unique(np.round(c[:, 1] / _SAME))) >= least]


def _by_words(y: Floats, x0: float, x1: float, inside: Sequence[Run], partial: Partial) -> RuledTable | None:
    """A table without verticals: columns where white strips run down all lines of its body, most of which hold figures. None where in doubt."""
    y = y[np.append(True, np.diff(y) > _SAME)]
    bands = [(a, b, printed([r for r in inside if a < (r.top + r.bottom) / 2 < b])) for a, b in pairwise(y.tolist())]
    first = next((i for i, (_, _, rows) in enumerate(bands) if any(map(figured, rows))), None)
    if first is None or len(inside) > _MAX_RUNS or sum(len(row) for _, _, rows in bands[:first] for row in rows) > _MAX_HEADS:
        return None
    heads, body = bands[:first], bands[first:]
    if not heads:
        top, bottom, rows = body[0]
        count = headed(rows)
        if sum(not paired(row) for row in rows[:count]) > 1 or sum(map(figured, rows)) < _MIN_ROWS:
            return None
        cut = between(rows[count - 1], rows[count]) if count else top
        heads, body[0] = [(top, cut, rows[:count])] if count else [], (cut, bottom, rows[count:])
    columns = columns_of(x0, x1, [row for _, _, rows in body for row in rows])
    if columns is None:
        return None
    columns = with_heads(columns, [r for _, _, rows in heads for row in rows for r in row])
    boxes: list[Box] = []
    for top, bottom, rows in heads:
        boxes += head_boxes([r for row in rows for r in row], columns, top, bottom, partial)
    for top, bottom, rows in body:
        groups = records(rows, [figured(row) for row in rows])
        heights = [top, *(between(a, b) for a, b in pairwise(groups)), bottom]
        for (high, low), group in zip(pairwise(heights), groups or [[]], strict=True):
            over = {k for r in group for k in columns.crossed(r)} if not paired(group) else set()
            last = len(columns.gaps)
            starts = [0, *(k + 1 for k in range(last) if k not in over)]
            boxes += [columns.box(a, b - 1, high, low) for a, b in pairwise([*starts, last + 1])]
    return grid(boxes)


def _inside(table: RuledTable, box: Box) -> bool:
    x0, top, x1, bottom = bounds(table)
    return box[0] - _SAME <= x0 and x1 <= box[2] + _SAME and box[1] - _SAME <= top and bottom <= box[3] + _SAME


def _overlap(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > _SAME and min(a[3], b[3]) - max(a[1], b[1]) > _SAME


def _in_rows(table: RuledTable, runs: Sequence[Run]) -> RuledTable:
    """The table with each band of cells that holds several rows of words cut into them."""
    finder = Grid(table)
    words: list[list[Run]] = [[] for _ in table.cells]
    for run in runs:
        if finder.holds(run):
            for place, piece in finder.split(run):
                if place is not None:
                    words[place].append(piece)
    spanned = {row for c in table.cells if c.rowspan > 1 for row in range(c.row, c.row + c.rowspan)}
    bands = [[(c, lines(words[i])) for i, c in enumerate(table.cells) if c.row == row] for row in sorted({c.row for c in table.cells})]
    boxes: list[Box] = []
    head = True
    for band in bands:
        rows = _rows([cell for _, cell in band])
        figures = sum(_valued(row) for row in rows) >= _MIN_ROWS
        cuts = [] if band[0][0].row in spanned or (head and not figures and len(bands) > 1) else _cuts(rows, head=head and figures)
        head = head and not figures
        for cell, _ in band:
            heights = [cell.top, *cuts, cell.bottom]
            boxes += [(cell.x0, high, cell.x1, low) for high, low in pairwise(heights)]
    return grid(boxes) or table


_Row = list[tuple[float, int, Run]]  # what stands at one height: the height, the column, the words


def _rows(band: Sequence[Sequence[Run]]) -> list[_Row]:
    """The rows of words in a band of cells, given the lines of each."""
    rows: list[_Row] = []
    items = [((r.top + r.bottom) / 2, column, r) for column, cell in enumerate(band) for r in cell if r.text]
    for item in sorted(items, key=lambda item: item[:2]):  # words printed over each other are in one place
        if rows and item[0] - rows[-1][0][0] <= 0.5 * em(item[2]):
            rows[-1].append(item)
        else:
            rows.append([item])
    return rows


def _valued(row: _Row) -> bool:
    """Whether a row of words has figures beside its first column."""
    return figured([row[0][2], *(r for _, column, r in row if column)])


def _cuts(rows: Sequence[_Row], *, head: bool) -> list[float]:
    """Where a band of cells is to be cut: between rows of words that run over two cells or more. ``head``: the heads above the first figures are one row."""
    full = [len({column for _, column, _ in row}) >= 2 for row in rows]
    if sum(full) < _MIN_ROWS or sum(full) < SHARE * len(rows):
        return []
    valued = [_valued(row) for row in rows]
    new = begins([float(np.mean([y for y, _, _ in row])) for row in rows], valued if sum(valued) >= SHARE * sum(full) else full)
    words = [[r for _, _, r in row] for row in rows]
    first = headed(words) if head else 0
    return [between(words[i - 1], words[i]) for i in range(1, len(rows)) if new[i] and i >= first]
