"""What a PDF page draws besides words: the ruled lines that may bound cells, and the pictures that may be a scan."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from zhibiao.readers.pdf import native as native
from zhibiao.readers.pdf.frame import Frame
from zhibiao.readers.pdf.native import Floats

Kinds = npt.NDArray[np.int32]

MAX_OBJECTS = 200_000  # a page with more is a map or a plan: its lines are not asked for
_MAX_PATHS = 30_000
_MAX_STEPS = 60_000  # of the pen, in all paths of a page
_SAMPLE = 8  # a table has more lines than that, drawn one after the other
_MAX_DEPTH = 4  # forms within forms
_PATH, _IMAGE, _FORM = 2, 3, 5
_THIN = 3.0  # points: what is no thicker is a line, however it was drawn
_SHORT = 3.0  # points: a shorter line bounds nothing
_STRAIGHT = 0.5  # points that a line may lean
_LINE_TO, _BEZIER_TO, _MOVE_TO = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Rules:
    """Lines of a page as rows of arrays, in points from the upper left corner.

    ``across``: y, x0, x1 of each horizontal; ``down``: x, top, bottom of each vertical; ``filled`` tells for both in turn which of them are only the border of
    a coloured area. ``pictured``: share of the page that pictures cover, 0 to 1; ``paths``: how many drawings there are in all.
    """

    across: Floats
    down: Floats
    across_filled: npt.NDArray[np.bool_]
    down_filled: npt.NDArray[np.bool_]
    pictured: float = 0.0
    paths: int = 0

    def drawn(self) -> tuple[Floats, Floats]:
        """The horizontals and verticals that are drawn as lines."""
        return self.across[~self.across_filled], self.down[~self.down_filled]


_NOTHING = np.zeros((0, 3))
_NONE = np.zeros(0, np.bool_)


def read_rules(page: int, count: int, frame: Frame, *, worded: int = -1) -> Rules:
    """The lines and pictures of a page (its address, number of objects). Nothing but the number of objects where there are too many.

    ``worded``: how many stretches of words pdfium counts on the page. Where they are as many as the objects, and each of a sample is words, the page
    holds nothing else: asking every object takes a fifth of the time of reading a page whose file places each character by itself.
    """
    if count > MAX_OBJECTS:
        return Rules(_NOTHING, _NOTHING, _NONE, _NONE, 0.0, count)
    if worded == count and native.all_words(page, range(0, count, _SAMPLE)):
        return Rules(_NOTHING, _NOTHING, _NONE, _NONE)
    found, kinds = native.objects(page, count)
    if (kinds == 1).all():  # words and nothing else: most pages
        return Rules(_NOTHING, _NOTHING, _NONE, _NONE)
    pictured, paths = 0.0, 0
    lines: list[tuple[bool, bool, float, float, float]] = []
    steps = _MAX_STEPS
    for members, types, matrix in _levels(found, kinds):
        images = [members[i] for i in np.flatnonzero(types == _IMAGE)]
        drawings = [members[i] for i in np.flatnonzero(types == _PATH)]
        paths += len(drawings)
        if images:
            pictured += _covered(_placed(native.bounds(images), matrix, frame), frame)
        if drawings and paths <= _MAX_PATHS:
            steps -= _collect(drawings, matrix, frame, lines, steps)
    across = [(y, x0, x1, filled) for flat, filled, y, x0, x1 in lines if flat]
    down = [(x, top, bottom, filled) for flat, filled, x, top, bottom in lines if not flat]
    a, d = np.array(across, np.float64).reshape(-1, 4), np.array(down, np.float64).reshape(-1, 4)
    return Rules(a[:, :3], d[:, :3], a[:, 3] > 0, d[:, 3] > 0, min(1.0, pictured), paths)


def _levels(found: list[int], kinds: Kinds) -> Iterator[tuple[list[int], Kinds, Floats]]:
    """The objects of the page, then those inside its forms, each with the matrix that leads to the page; no more than MAX_OBJECTS of them."""
    waiting = deque([(found, kinds, np.eye(3), 0)])
    left = MAX_OBJECTS
    while waiting:
        members, types, matrix, depth = waiting.popleft()
        yield members, types, matrix
        for i in np.flatnonzero(types == _FORM) if depth < _MAX_DEPTH else ():
            inner, inner_types = native.form_objects(members[i], left)
            left -= len(inner) + 1
            if left <= 0:
                return
            waiting.append((inner, inner_types, native.matrix(members[i]) @ matrix, depth + 1))


def _placed(boxes: Floats, matrix: Floats, frame: Frame) -> Floats:
    """x0, top, x1, bottom in points from the upper left corner, of boxes as pdfium gives them."""
    corners = np.stack([_points(boxes[:, (x, y)], matrix, frame) for x in (0, 2) for y in (1, 3)])
    return np.concatenate((corners.min(axis=0), corners.max(axis=0)), axis=1)


def _points(points: Floats, matrix: Floats, frame: Frame) -> Floats:
    moved = points @ matrix[:2, :2] + matrix[2, :2]
    return np.nan_to_num(np.stack((moved[:, 0] - frame.left, frame.top - moved[:, 1]), axis=1), nan=0.0, posinf=0.0, neginf=0.0)


def _covered(boxes: Floats, frame: Frame) -> float:
    x = np.clip(boxes[:, (0, 2)], 0, frame.width)
    y = np.clip(boxes[:, (1, 3)], 0, frame.height)
    return float(((x[:, 1] - x[:, 0]) * (y[:, 1] - y[:, 0])).sum() / (frame.width * frame.height))


def _collect(drawings: list[int], matrix: Floats, frame: Frame, lines: list[tuple[bool, bool, float, float, float]], steps: int) -> int:
    """Add the lines of paths to ``lines``; gives how many steps of the pen were looked at, ``steps`` at most."""
    boxes = _placed(native.bounds(drawings), matrix, frame)
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    inside = (boxes[:, 2] >= 0) & (boxes[:, 0] <= frame.width) & (boxes[:, 3] >= 0) & (boxes[:, 1] <= frame.height)
    kept = inside & ((width >= _SHORT) | (height >= _SHORT))
    used = 0
    for i in np.flatnonzero(kept):
        filled, stroked = native.draw_mode(drawings[i])
        if not filled and not stroked:
            continue
        count = native.segment_count(drawings[i])
        flat, slim = height[i] <= _THIN, width[i] <= _THIN
        if count <= 5 and (flat or slim):  # one line, or one thin rectangle
            x0, top, x1, bottom = boxes[i].tolist()
            lines.append((True, False, (top + bottom) / 2, x0, x1) if flat else (False, False, (x0 + x1) / 2, top, bottom))
            continue
        used += count
        if used > steps:
            break
        place = native.matrix(drawings[i]) @ matrix
        _trace(drawings[i], count, place, frame, lines, filled=filled and not stroked)
    return used


def _trace(
    path: int, count: int, matrix: Floats, frame: Frame, lines: list[tuple[bool, bool, float, float, float]], *, filled: bool
) -> None:
    """Add the straight pieces of one path that run along the page or down it. Thin rectangles of a filled path are lines."""
    points, kinds, closes = native.segments(path, count)
    placed = _points(points, matrix, frame).tolist()
    part: list[tuple[float, float]] = []
    for (x, y), kind, close in zip(placed, kinds, closes, strict=True):
        if kind == _MOVE_TO:
            _outline(part, lines, filled)
            part = [(x, y)]
        elif kind == _LINE_TO:
            part.append((x, y))
        else:  # a curve bounds no cell; what follows it starts anew
            _outline(part, lines, filled)
            part = [(x, y)]
        if close and part:
            part.append(part[0])
    _outline(part, lines, filled)


def _outline(part: list[tuple[float, float]], lines: list[tuple[bool, bool, float, float, float]], filled: bool) -> None:
    if len(part) < 2:
        return
    xs, ys = [x for x, _ in part], [y for _, y in part]
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    if filled and (bottom - top <= _THIN or right - left <= _THIN):
        if bottom - top <= _THIN and right - left >= _SHORT:
            lines.append((True, False, (top + bottom) / 2, left, right))
        elif bottom - top >= _SHORT:
            lines.append((False, False, (left + right) / 2, top, bottom))
        return
    for (xa, ya), (xb, yb) in pairwise(part):
        if abs(ya - yb) <= _STRAIGHT and abs(xa - xb) >= _SHORT:
            lines.append((True, filled, (ya + yb) / 2, min(xa, xb), max(xa, xb)))
        elif abs(xa - xb) <= _STRAIGHT and abs(ya - yb) >= _SHORT:
            lines.append((False, filled, (xa + xb) / 2, min(ya, yb), max(ya, yb)))
