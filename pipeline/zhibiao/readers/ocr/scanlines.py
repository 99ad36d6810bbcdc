"""Where the lines of print stand on a scanned page: found boxes parted at cells and wide gaps, and the ink that was overlooked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from zhibiao.readers.ocr.recognition import Box
from zhibiao.readers.page import RuledCell, RuledTable

Grey = NDArray[np.uint8]

_GAP = 1.6  # white as wide as this, in heights of a line of print, parts two columns; 。 and a blank leave 1.2
_SLIVER = 0.25  # what of a line reaches into the next cell by less than this share of its height is white or a border
_INSIDE = 0.45  # a cell takes part in a line if it covers this share of the line's height
_SPECK = 0.012  # ink smaller than this, in inches, is dirt; the full stop of 8 pt print is 0.014
_LETTER = (0.05, 0.6)  # height in inches of print that was overlooked: 5 to 40 points
_LONE = 0.13  # a dash or stop on its own is read within a square of this many inches
_MAX_MISSED = 600  # more ink than this apart from lines is a picture


@dataclass(frozen=True, slots=True)
class Place:
    """A line to be read, and the cell that it stands in, if it stands in one."""

    box: Box
    cell: RuledCell | None = None
    overlooked: bool = False


def places(boxes: Iterable[Box], tables: Sequence[RuledTable], ink: Grey, *, dpi: float) -> list[Place]:
    """The lines to be read: ``boxes`` as they were found, parted where they run over the border of a cell or a wide gap, then ink outside of them.

    ``ink``: 255 where the page is dark (H×W uint8), the lines of the tables taken out.
    """
    cells = [cell for table in tables for cell in table.cells]
    corners = np.array([(c.x0, c.top, c.x1, c.bottom) for c in cells], dtype=np.float64).reshape(-1, 4)
    found: list[Place] = []
    for box in boxes:
        for place in _by_cell(box, cells, corners):
            if place.cell is None:
                found += [Place(part) for part in _by_gaps(place.box, ink)]
            elif _has_ink(place.box, ink, dpi):
                found += [Place(part, place.cell) for part in _stacked(place.box, ink)]
    return found + _overlooked(found, cells, corners, ink, dpi)


def _by_cell(box: Box, cells: Sequence[RuledCell], corners: NDArray[np.float64]) -> list[Place]:
    across = np.minimum(corners[:, 2], box.x1) - np.maximum(corners[:, 0], box.x0)
    down = np.minimum(corners[:, 3], box.bottom) - np.maximum(corners[:, 1], box.top)
    tall = np.minimum(box.height, corners[:, 3] - corners[:, 1])
    parts = [cells[int(i)] for i in np.flatnonzero((across > box.height * _SLIVER) & (down > tall * _INSIDE))]
    if not parts:
        return [Place(box)]
    return [Place(_clipped(box, cell), cell) for cell in parts]


def _clipped(box: Box, cell: RuledCell) -> Box:
    return Box(
        max(box.x0, round(cell.x0) + 1), max(box.top, round(cell.top) + 1), min(box.x1, round(cell.x1)), min(box.bottom, round(cell.bottom))
    )


def _has_ink(box: Box, ink: Grey, dpi: float) -> bool:
    return cv2.countNonZero(ink[box.top : box.bottom, box.x0 : box.x1]) > (dpi * _SPECK) ** 2


def _by_gaps(box: Box, ink: Grey) -> list[Box]:
    """A line parted where it is white for long: columns without rules, a heading with its page number."""
    marked = np.flatnonzero(ink[box.top : box.bottom, box.x0 : box.x1].any(axis=0))
    if not len(marked) or box.height > box.width:
        return [box] if len(marked) else []
    breaks = np.flatnonzero(np.diff(marked) > box.height * _GAP)
    starts = [marked[0], *marked[breaks + 1]]
    ends = [*marked[breaks], marked[-1]]
    pad = max(box.height // 8, 2)
    return [
        Box(max(box.x0 + int(a) - pad, box.x0), box.top, min(box.x0 + int(b) + 1 + pad, box.x1), box.bottom)
        for a, b in zip(starts, ends, strict=True)
    ]


def _stacked(box: Box, ink: Grey) -> list[Box]:
    """A line as it is, or the letters of a narrow cell that stand one above the other, each as a line of its own."""
    if box.height < 1.6 * box.width:
        return [box]
    rows = ink[box.top : box.bottom, box.x0 : box.x1].any(axis=1)
    marked = np.flatnonzero(rows)
    if not len(marked):
        return [box]
    parts: list[list[int]] = []
    for y in marked:
        # A letter may have white rows within (三, 二): parts belong together until they are as high as the stack is wide.
        if parts and (y - parts[-1][1] <= 2 or y - parts[-1][0] < 0.75 * box.width):
            parts[-1][1] = int(y)
        else:
            parts.append([int(y), int(y)])
    pad = 3
    return [Box(box.x0, max(box.top + a - pad, box.top), box.x1, min(box.top + b + 1 + pad, box.bottom)) for a, b in parts]


def _overlooked(found: Sequence[Place], cells: Sequence[RuledCell], corners: NDArray[np.float64], ink: Grey, dpi: float) -> list[Place]:
    """Print outside of all lines: single digits and dashes in cells, page numbers."""
    left = ink.copy()
    for place in found:
        left[place.box.top : place.box.bottom, place.box.x0 : place.box.x1] = 0
    # Letters side by side become one piece.
    reach = max(int(dpi * 0.07), 3)
    joined = cv2.morphologyEx(left, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    count, _labels, stats, _centres = cv2.connectedComponentsWithStats(joined, connectivity=8)
    if count > 40 * _MAX_MISSED:
        return []
    speck = max(dpi * _SPECK, 2.0)
    missed: list[Place] = []
    for x, y, width, height, area in (tuple(int(v) for v in row) for row in stats[1:count]):
        if area < speck * speck * 1.5 or max(width, height) < 2 * speck or height > _LETTER[1] * dpi:
            continue
        at = np.flatnonzero(
            (corners[:, 0] <= x + width / 2)
            & (x + width / 2 < corners[:, 2])
            & (corners[:, 1] <= y + height / 2)
            & (y + height / 2 < corners[:, 3])
        )
        cell = cells[int(at[0])] if len(at) else None
        if cell is None and height < _LETTER[0] * dpi:
            continue
        missed.append(Place(_roomy(Box(x, y, x + width, y + height), cell, ink.shape, dpi), cell, overlooked=True))
        if len(missed) > _MAX_MISSED:
            return []
    return missed


def _roomy(box: Box, cell: RuledCell | None, shape: tuple[int, ...], dpi: float) -> Box:
    """A box with white around it as the network knows it: a dash alone is not blown up to the size of a letter."""
    lack = max(dpi * _LONE - box.height, box.height * 0.3)
    side = max(round(dpi * 0.02), round(lack / 4))
    room = Box(
        max(box.x0 - side, 0), max(round(box.top - lack / 2), 0), min(box.x1 + side, shape[1]), min(round(box.bottom + lack / 2), shape[0])
    )
    return _clipped(room, cell) if cell is not None else room
