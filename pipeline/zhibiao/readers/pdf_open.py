"""Tables that are not ruled all round: missing borders are put in where the lines that are there, or the words between them, show them.

Statistical tables have no border at their sides; three-line tables have none between the columns either; many have one rule under the head and one under the
last row. Nothing here touches a table whose lines are complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from zhibiao.readers.cells import Grid
from zhibiao.readers.order import em, lines
from zhibiao.readers.pdf_native import Floats
from zhibiao.readers.pdf_rules import Rules
from zhibiao.readers.pdf_tables import Box, bounds, find_tables, grid, joined
from zhibiao.readers.printed import RuledTable, Run

_SAME = 4.0  # points within which two ends, or a line and an end, are one
_LIKE = 2.5
_MIN_WIDTH = 60.0  # points: a shorter rule is an underline
_MIN_ROWS = 3  # lines of words that make rows
_SHARE = 0.6
_GUTTER = 6.0  # points of white between two columns
_WRAP = 0.75  # of the usual distance of rows: a line nearer than this to the next belongs to it
_MAX_LINES = 4_000  # joined lines beyond which a page is a drawing


def tables_of(rules: Rules, runs: Sequence[Run]) -> list[RuledTable]:
    """The tables of a page from its lines and words, top to bottom."""
    across, down = rules.drawn()
    if not len(across) and not len(rules.across):
        return []
    across, pieces, down = joined(across), down, joined(down)
    if len(across) + len(down) > _MAX_LINES:
        return []
    sides, rows, opened = _missing(across, down, pieces, runs)
    tables = find_tables(_stacked(across, rows), _stacked(down, sides)) if len(across) else []
    if not tables and rules.across_filled.any():
        return find_tables(rules.across, rules.down)  # no borders, but cells of colour
    return [_in_rows(table, runs) if any(_inside(table, box) for box in opened) else table for table in tables]


def _stacked(lines_: Floats, more: list[tuple[float, float, float]]) -> Floats:
    return np.concatenate((lines_, np.array(more).reshape(-1, 3))) if more else lines_


def _missing(
    across: Floats, down: Floats, pieces: Floats, runs: Sequence[Run]
) -> tuple[list[tuple[float, float, float]], list[tuple[float, float, float]], list[Box]]:
    """Verticals and horizontals to be put in, and the boxes of the tables that they complete."""
    sides: list[tuple[float, float, float]] = []
    rows: list[tuple[float, float, float]] = []
    opened: list[Box] = []
    for y, x0, x1 in _stacks(across):
        top, bottom = float(y[0]), float(y[-1])
        reach = np.minimum(down[:, 2], bottom) - np.maximum(down[:, 1], top) if len(down) else np.zeros(0)
        inner = (down[:, 0] > x0 + _SAME) & (down[:, 0] < x1 - _SAME) & (reach > 0) if len(down) else np.zeros(0, np.bool_)
        if inner.any():
            bare = [x for x in (x0, x1) if not _stands(down, reach, x, bottom - top)]
            if reach[inner].max() < 0.5 * (bottom - top) or not bare:
                continue
            sides += [(x, top, bottom) for x in bare]
            rows += [(level, x0, x1) for level in _levels(pieces, x0, x1, top, bottom) if np.abs(across[:, 0] - level).min() > _SAME]
        elif not any(_stands(down, reach, x, bottom - top) for x in (x0, x1)):
            columns = _by_words(y, x0, x1, runs)
            if not columns:
                continue
            sides += columns
        else:
            continue
        opened.append((x0, top, x1, bottom))
    return sides, rows, opened


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


def _by_words(y: Floats, x0: float, x1: float, runs: Sequence[Run]) -> list[tuple[float, float, float]]:
    """Borders of the columns of a three-line table: white strips that run down all lines of its body, most of which hold figures. None where in doubt."""
    if len(y) < 3:
        return []
    inside = [r for r in runs if r.edges[0] >= x0 - _SAME and r.edges[-1] <= x1 + _SAME and y[0] < (r.top + r.bottom) / 2 < y[-1]]
    body = [r for r in inside if (r.top + r.bottom) / 2 > y[1]]
    if len(body) < 2 * 2:
        return []
    spans = sorted((r.edges[0], r.edges[-1]) for r in body)
    gaps, right = [], spans[0][1]
    for start, end in spans[1:]:
        if start - right >= _GUTTER:
            gaps.append((right + start) / 2)
        right = max(right, end)
    if not gaps:
        return []
    printed = [[r for r in body if abs(r.top + r.bottom - line.top - line.bottom) < (line.bottom - line.top)] for line in lines(body)]
    paired = sum(len({int(np.searchsorted(gaps, (r.edges[0] + r.edges[-1]) / 2)) for r in row}) >= 2 for row in printed)
    values = [r for r in body if r.edges[0] > gaps[0]]
    figures = sum(any(c.isdigit() for c in r.text) or r.text in "-—–" for r in values)
    if paired < _SHARE * len(printed) or figures < _SHARE * len(values):
        return []
    out = [(x, float(y[0]), float(y[-1])) for x in (x0, x1)]
    for x in gaps:
        for top, bottom in pairwise(y.tolist()):
            crossed = any(r.edges[0] < x - 1 and r.edges[-1] > x + 1 and top < (r.top + r.bottom) / 2 < bottom for r in inside)
            if not crossed:  # a head over two columns is one cell
                out.append((x, top, bottom))
    return out


def _inside(table: RuledTable, box: Box) -> bool:
    x0, top, x1, bottom = bounds(table)
    return box[0] - _SAME <= x0 and x1 <= box[2] + _SAME and box[1] - _SAME <= top and bottom <= box[3] + _SAME


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
    boxes: list[Box] = []
    for row in sorted({c.row for c in table.cells}):
        band = [(c, lines(words[i])) for i, c in enumerate(table.cells) if c.row == row]
        cuts = [] if row in spanned else _cuts([printed for _, printed in band])
        for cell, _ in band:
            heights = [cell.top, *cuts, cell.bottom]
            boxes += [(cell.x0, high, cell.x1, low) for high, low in pairwise(heights)]
    return grid(boxes) or table


def _cuts(band: Sequence[Sequence[Run]]) -> list[float]:
    """Where a band of cells is to be cut, given the lines of each: between rows of words that run over two cells or more."""
    printed = sorted(((r.top + r.bottom) / 2, column, r) for column, cell in enumerate(band) for r in cell if r.text)
    rows: list[list[tuple[float, int, Run]]] = []
    for item in printed:
        if rows and item[0] - rows[-1][0][0] <= 0.5 * em(item[2]):
            rows[-1].append(item)
        else:
            rows.append([item])
    full = [len({column for _, column, _ in row}) >= 2 for row in rows]
    if sum(full) < _MIN_ROWS or sum(full) < _SHARE * len(rows):
        return []
    middles = [float(np.mean([y for y, _, _ in row])) for row in rows]
    whole = [y for y, of in zip(middles, full, strict=True) if of]
    usual = float(np.median(np.diff(whole)))
    cuts = []
    for i in range(1, len(rows)):
        if middles[i] - middles[i - 1] < _WRAP * usual and not (full[i] and full[i - 1]):
            continue  # a label wrapped onto a second line
        cuts.append((max(r.bottom for _, _, r in rows[i - 1]) + min(r.top for _, _, r in rows[i])) / 2)
    return cuts
