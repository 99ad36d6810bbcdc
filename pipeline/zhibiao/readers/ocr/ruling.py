"""Ruled tables of a scanned page: lines drawn in ink become a grid of cells, merged ones included.

Everything here counts in pixels of the picture; :func:`scaled` turns a table into points. The picture stands upright and straight (see ``picture``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from zhibiao.readers.page import RuledCell, RuledTable

Grey = NDArray[np.uint8]

# Lengths in inches, so that a rule means the same at any resolution.
_HORIZONTAL = 0.3  # a shorter line is a stroke of a letter: 一 of a heading measures 0.28
_VERTICAL = 0.18  # one row of small print is 0.18 high
_THICK = 0.06  # a thicker bar is a filled area, no line
_CLIMB = 0.005  # what is left of skew: a line climbs by so much of its length
_DOUBLE = 0.05  # two lines nearer than this are one: double rules, and what is left of skew
_REACH = 0.06  # how far a line may stop short of the one that it meets
_TOUCH = 0.025  # the same of a short line, which has to prove itself
_BREAK = 0.02  # gaps of this length are closed: faint lines come out of a scanner in pieces
_GRAIN = 5  # ink is darker than grain by this many quartiles
_SMOOTH = 0.015
_COVERED = 0.8  # share of a cell's side that must be drawn for a border
_CONTRAST = 14  # steps of grey by which ink is darker than what lies around it: a hair line in light grey, blurred, keeps 20
_TOUCHED = 0.35  # share of a line that letters may touch (a stamp, a tight row)
_BELIEVED = 0.6  # a line as long as this is one wherever it ends; a shorter one, like a letter's stroke, must run from line to line
_WIDTH = 1.0  # a smaller thing of lines is a letter of a heading, a box to tick
_TOUCHED_SHORT = 0.2  # of a line as short as a letter's stroke
_MAX_LINES = 4000  # more of them is a picture or a pattern


@dataclass(frozen=True, slots=True)
class Ruling:
    """The tables of a page from top to bottom, in pixels, and where their lines stand (uint8, 255 on the lines, shape of the page)."""

    tables: tuple[RuledTable, ...]
    lines: Grey


@dataclass(frozen=True, slots=True)
class _Line:
    """A straight line: ``at`` is y of a horizontal one, x of a vertical one; ``low`` to ``high`` is what it spans; ``label`` its component."""

    at: float
    low: float
    high: float
    label: int


def ink_of(grey: Grey, *, dpi: float, contrast: int = _CONTRAST) -> Grey:
    """Ink of a picture (H×W uint8, 255 where a pixel is darker than what lies around it), on white paper and on coloured cells alike."""
    block = max(int(dpi * 0.15) | 1, 11)
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, contrast).astype(np.uint8)


def find_ruling(grey: Grey, *, dpi: float) -> Ruling:
    """The ruled tables of a page.

    ``grey``: H×W uint8, upright and straight to about 0.15°; ``dpi``: pixels an inch. A frame around text is no table: one has at least two cells.
    Sides that are not drawn (tables open to the left and right) are taken from the ends of the horizontal lines.
    """
    ink = ink_of(grey, dpi=dpi)
    across, across_labels = _lines(grey, ink, dpi, _HORIZONTAL)
    down, down_labels = _lines(np.ascontiguousarray(grey.T), np.ascontiguousarray(ink.T), dpi, _VERTICAL)
    down_labels = down_labels.T
    mask = np.zeros_like(ink)
    if not 2 <= len(across) <= _MAX_LINES or not 1 <= len(down) <= _MAX_LINES:
        return Ruling((), mask)
    tables: list[RuledTable] = []
    for rows, columns in _groups(*_pruned(across, down, dpi), dpi * _REACH):
        drawn = np.isin(across_labels, [line.label for line in rows]), np.isin(down_labels, [line.label for line in columns])
        table = _table(rows, columns, drawn, dpi)
        if table is not None:
            tables.append(table)
            mask[drawn[0] | drawn[1]] = 255
    tables.sort(key=lambda t: (t.cells[0].top, t.cells[0].x0))
    return Ruling(tuple(tables), mask)


def erase(grey: Grey, lines: Grey, *, dpi: float) -> Grey:
    """The picture without ``lines``: each of their pixels takes the paper's grey around it, so that coloured cells stay even."""
    if not lines.any():
        return grey
    wide = max(int(dpi * _THICK * 2) | 1, 5)
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (wide, wide)))
    blurred = cv2.dilate(lines, np.ones((3, 3), np.uint8))  # the soft edge of a line goes with it
    return np.where(blurred > 0, paper, grey).astype(np.uint8)


def scaled(table: RuledTable, factor: float) -> RuledTable:
    """The same table in another unit of length: ``factor`` is 72/dpi for points from pixels."""
    cells = (replace(c, x0=c.x0 * factor, top=c.top * factor, x1=c.x1 * factor, bottom=c.bottom * factor) for c in table.cells)
    return RuledTable(tuple(cells), tuple(edge * factor for edge in table.edges))


def _lines(grey: Grey, ink: Grey, dpi: float, shortest: float) -> tuple[list[_Line], NDArray[np.int32]]:
    """Level lines, and the picture of their labels. ``shortest`` in inches."""
    # Thin and dark: what a closing across the line fills up. The edge of a coloured area is not thin, and no line.
    tall = np.ones((max(int(dpi * _THICK * 2), 3), 1), np.uint8)
    # Smoothed a little along the line first, which takes grain off the paper and leaves the line.
    smooth = cv2.blur(grey, (max(int(dpi * _SMOOTH), 1), 1))
    dark = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, tall)
    half, most = np.percentile(dark[::4, ::4], (50, 75))  # most of a page is paper: what is dark there is grain
    thin = ((dark >= max(_CONTRAST, half + _GRAIN * (most - half))) * 255).astype(np.uint8)
    joined = cv2.morphologyEx(thin, cv2.MORPH_CLOSE, np.ones((1, max(int(dpi * _BREAK), 1)), np.uint8))
    # A line that runs slightly askew climbs from one row of pixels to the next: a pixel of play keeps it in one piece.
    thick = cv2.dilate(joined, np.ones((3, 1), np.uint8))
    opened = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, max(int(dpi * shortest), 3)), np.uint8))
    count, labels, stats, centres = cv2.connectedComponentsWithStats(opened, connectivity=8)
    lines: list[_Line] = []
    for label in range(1, min(count, _MAX_LINES + 2)):
        x, y, width, height, area = (int(v) for v in stats[label])
        ragged = height - area / width - width * _CLIMB  # how far it strays from a bar of even thickness: a row of letters does
        if (
            area / width - 2 <= dpi * _THICK
            and ragged <= dpi * _BREAK
            and _alone(labels[y : y + height, x : x + width] == label, ink, x, y, dpi)
        ):
            lines.append(_Line(float(centres[label][1]), x, x + width, label))
    return lines, labels.astype(np.int32)


def _alone(mask: NDArray[np.bool_], ink: Grey, x: int, y: int, dpi: float) -> bool:
    """Whether little ink touches a line from above or below: strokes of letters in a row have stems, a line has none."""
    height, width = mask.shape
    above = y + mask.argmax(axis=0) - 2
    below = y + height - 1 - mask[::-1].argmax(axis=0) + 2
    columns = np.arange(width // 8, width - width // 8)  # the lines that it meets at its ends are no stems
    over, under = ink[np.clip(above[columns], 0, len(ink) - 1), x + columns], ink[np.clip(below[columns], 0, len(ink) - 1), x + columns]
    return float(((over > 0) | (under > 0)).mean()) <= (_TOUCHED if width >= dpi * _BELIEVED else _TOUCHED_SHORT)


def _pruned(across: list[_Line], down: list[_Line], dpi: float) -> tuple[list[_Line], list[_Line]]:
    """Lines without the short ones that hang in the air at either end: what is left of letters."""
    while True:
        level = [line for line in across if _held(line, down, dpi)]
        upright = [line for line in down if _held(line, level, dpi)]
        if len(level) == len(across) and len(upright) == len(down):
            return level, upright
        across, down = level, upright


def _held(line: _Line, others: Sequence[_Line], dpi: float) -> bool:
    reach = dpi * _TOUCH
    if line.high - line.low >= dpi * _BELIEVED:
        return True
    return all(
        any(abs(o.at - end) <= reach and o.low - reach <= line.at <= o.high + reach for o in others) for end in (line.low, line.high)
    )


def _groups(across: Sequence[_Line], down: Sequence[_Line], reach: float) -> list[tuple[list[_Line], list[_Line]]]:
    """Lines that meet one another, directly or through others: each group is one table."""
    at = np.array([line.at for line in down])
    low = np.array([line.low for line in down]) - reach
    high = np.array([line.high for line in down]) + reach
    root = list(range(len(across) + len(down)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, line in enumerate(across):
        met = (low <= line.at) & (line.at <= high) & (line.low - reach <= at) & (at <= line.high + reach)
        for j in np.flatnonzero(met).tolist():
            root[find(len(across) + j)] = find(i)
    groups: dict[int, tuple[list[_Line], list[_Line]]] = {}
    for i, line in enumerate(across):
        groups.setdefault(find(i), ([], []))[0].append(line)
    for j, line in enumerate(down):
        groups.setdefault(find(len(across) + j), ([], []))[1].append(line)
    return [group for group in groups.values() if len(group[0]) >= 2 and group[1]]


def _table(
    rows: Sequence[_Line], columns: Sequence[_Line], drawn: tuple[NDArray[np.bool_], NDArray[np.bool_]], dpi: float
) -> RuledTable | None:
    """The grid of one group of lines, None where it is a mere frame."""
    ys = _positions((line.at for line in rows), dpi * _DOUBLE)
    xs = _positions((line.at for line in columns), dpi * _DOUBLE)
    left, right = min(line.low for line in rows), max(line.high for line in rows)
    if xs[0] - left > dpi * _HORIZONTAL:
        xs.insert(0, left)
    if right - xs[-1] > dpi * _HORIZONTAL:
        xs.append(right)
    if len(ys) < 2 or len(xs) < 2 or len(ys) * len(xs) <= 4 or xs[-1] - xs[0] < dpi * _WIDTH:
        return None
    play = max(int(dpi * _DOUBLE), 2)
    flat = [[_covered(drawn[0][_band(y, play), int(a) : int(b)], 0, play // 2) for a, b in pairwise(xs)] for y in ys]
    steep = [[_covered(drawn[1][int(a) : int(b), _band(x, play)], 1, play // 2) for x in xs] for a, b in pairwise(ys)]
    cells = tuple(_cells(xs, ys, flat, steep))
    return RuledTable(cells, tuple(xs)) if len(cells) > 1 else None


def _positions(values: Iterable[float], play: float) -> list[float]:
    """Values that lie within ``play`` of their neighbour made one, ascending."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][0] <= play:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _band(at: float, play: int) -> slice:
    return slice(max(int(at) - play, 0), int(at) + play + 1)


def _covered(band: NDArray[np.bool_], axis: int, corner: int) -> bool:
    """Whether a line runs along a band (its length lies along the other axis) from end to end: a letter that stands there leaves the ends white.

    ``corner``: pixels at either end that the crossing line takes up.
    """
    along = np.asarray(band.any(axis=axis))[corner:-corner]
    end = max(len(along) // 8, 2)
    return bool(along.size) and float(along.mean()) >= _COVERED and min(float(along[:end].mean()), float(along[-end:].mean())) > 0.6


def _cells(
    xs: Sequence[float], ys: Sequence[float], flat: Sequence[Sequence[bool]], steep: Sequence[Sequence[bool]]
) -> Iterable[RuledCell]:
    """Cells by row, then column. ``flat[r][c]``: the upper side of place (r, c) is drawn; ``steep[r][c]``: its left side is.

    A cell grows to the right, then down, while no line stops it; so the grid is always parted into rectangles, whatever is missing.
    """
    height, width = len(ys) - 1, len(xs) - 1
    taken = [[False] * width for _ in range(height)]
    for row in range(height):
        for column in range(width):
            if taken[row][column]:
                continue
            right = column + 1
            while right < width and not steep[row][right] and not taken[row][right]:
                right += 1
            below = row + 1
            while (
                below < height
                and not any(flat[below][c] for c in range(column, right))
                and not any(steep[below][c] for c in range(column + 1, right))
            ):
                below += 1
            for r in range(row, below):
                for c in range(column, right):
                    taken[r][c] = True
            yield RuledCell(row, column, below - row, right - column, xs[column], ys[row], xs[right], ys[below])
