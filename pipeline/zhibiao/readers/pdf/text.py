"""The characters of a PDF page as pdfium hands them out: their codes and boxes, without those that are no words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from zhibiao.readers.pdf import native as native
from zhibiao.readers.pdf.frame import Frame
from zhibiao.readers.pdf.native import Codes, Floats

Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

_UPRIGHT = 5.0  # degrees
_TALL, _FLAT = 1.7, 0.6  # a font says it is so many times higher than its hanzi are wide: its metrics are wrong
_NO_CODES, _NO_BOXES, _NO_COUNTS = np.zeros(0, np.uint32), np.zeros((0, 4)), np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Letters:
    """The characters of a page in the order of the file, blanks apart.

    ``codes``: code points; ``boxes``: left, top, right, bottom of each in the page's own space (points, y upwards); ``blanks``: how many blanks were typed before each. ``count``: characters
    that the page holds, with those left out here; ``unreadable``: how many of them have no meaning (private or missing); ``turned``: degrees,
    clockwise, by which most of them are turned, in which case none is given; ``stretches``: objects of the page that print them (-1: unknown).
    """

    frame: Frame
    codes: Codes = field(default_factory=lambda: _NO_CODES)
    boxes: Floats = field(default_factory=lambda: _NO_BOXES)
    blanks: Counts = field(default_factory=lambda: _NO_COUNTS)
    count: int = 0
    unreadable: int = 0
    turned: int = 0
    stretches: int = -1


def _table(chosen: list[int]) -> Flags:
    table = np.zeros(0x10000, np.bool_)
    table[chosen] = True
    return table


# Where a word is parted at a line end pdfium puts a mark of its own for the hyphen that is printed there.
_HYPHENS = (0x02, 0xAD, 0xFFFE)
_HYPHEN = _table(list(_HYPHENS))
_TYPED = _table([0x09, 0x20, 0xA0, 0x3000])
_BLANK = _table(
    [
        c
        for c in range(1, 0x10000)
        if c not in _HYPHENS and (chr(c).isspace() or c < 0x20 or 0x7F <= c < 0xA0 or 0x200B <= c <= 0x200F or c in (0x2060, 0xFEFF))
    ]
)
_PRIVATE = _table([0, 0xFFFD, *range(0xE000, 0xF900)])


def read_letters(textpage: int, count: int, frame: Frame) -> Letters:
    """The characters of a text page (its address, number of characters)."""
    if count <= 0:
        return Letters(frame)
    codes = native.codes(textpage, count)
    low = np.minimum(codes, 0xFFFF)
    codes[_HYPHEN[low]] = 0x2D
    index = np.flatnonzero(~_BLANK[low])
    if not index.size:
        return Letters(frame)
    unreadable = int(np.count_nonzero(_PRIVATE[low[index]]))
    if turned := _turned(textpage, index):
        return Letters(frame, count=index.size, unreadable=unreadable, turned=turned)
    boxes = native.loose_boxes(textpage, count)[index]
    chars, blanks = codes[index], np.cumsum(_TYPED[low], dtype=np.int64)[index]
    if _mistaken(chars[::3], boxes[::3]):
        boxes = _by_origin(textpage, count)[index]
    kept = ~_astray(textpage, index, boxes)
    if not kept.all():
        chars, blanks, boxes = chars[kept], blanks[kept], boxes[kept]
    return Letters(frame, chars, boxes, blanks, index.size, unreadable, 0, native.word_count(textpage))


def _turned(textpage: int, index: Counts) -> int:
    """By how many degrees most of the characters are turned; 0 where no quarter turn prevails."""
    for sample in (12, 400):  # a look at a few tells almost every page
        some = index[:: max(1, index.size // sample)].tolist()
        angles = native.angles(textpage, some)
        quarters = Counter(round(a / 90) % 4 if abs(a - round(a / 90) * 90) <= _UPRIGHT else -1 for a in angles)
        if 2 * quarters[0] > len(some):
            return 0
    quarter, votes = quarters.most_common(1)[0]
    return quarter * 90 if quarter > 0 and 2 * votes > len(some) else 0


def _astray(textpage: int, index: Counts, boxes: Floats) -> Flags:
    """Marks the characters of a watermark across the page: none is level with the one before or after it, and it leans."""
    astray = np.zeros(index.size, np.bool_)
    twice_middle, height = boxes[:, 1] + boxes[:, 3], boxes[:, 1] - boxes[:, 3]
    jumps = np.ones(index.size + 1, np.bool_)
    jumps[1:-1] = np.abs(twice_middle[1:] - twice_middle[:-1]) > 0.5 * np.maximum(height[1:], height[:-1])
    alone = np.flatnonzero(jumps[1:] & jumps[:-1])
    if alone.size:
        angles = native.angles(textpage, index[alone].tolist())
        astray[alone] = [_UPRIGHT < angle < 360 - _UPRIGHT for angle in angles]
    return astray


def _mistaken(chars: Codes, boxes: Floats) -> bool:
    """Whether the heights cannot be those of the font: pdfium falls back on the ink where a font tells no height, and some tell a wrong one."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 1] - boxes[:, 3]
    hanzi = (chars >= 0x4E00) & (chars < 0xA000) & (width > 0)
    if hanzi.any() and not _FLAT < _median(height[hanzi] / width[hanzi]) < _TALL:
        return True
    return int(np.count_nonzero(height < 0.4 * _median(height))) > 0.02 * height.size


def _median(numbers: Floats) -> float:
    # numpy's own costs ten times as much for the few hundred characters of a page
    return float(np.sort(numbers)[numbers.size // 2])


def _by_origin(textpage: int, count: int) -> Floats:
    """Boxes as :func:`native.loose_boxes` gives them, from the pen's position and the size of the font alone."""
    pen, size, ink = native.origins(textpage, count), native.sizes(textpage, count), native.tight_boxes(textpage, count)
    out = np.empty((count, 4))
    advance = np.append(pen[1:, 0] - pen[:-1, 0], 0.0)
    level = np.append(np.abs(pen[1:, 1] - pen[:-1, 1]) < 0.2 * size[:-1], False)
    step = np.where(level & (advance > 0) & (advance < 1.1 * size), advance, np.maximum(ink[:, 1] - pen[:, 0], 0.4 * size))
    out[:, 0] = pen[:, 0]
    out[:, 1] = pen[:, 1] + 0.88 * size
    out[:, 2] = pen[:, 0] + step
    out[:, 3] = pen[:, 1] - 0.12 * size
    return np.nan_to_num(out, nan=0.0, posinf=0.0, neginf=0.0)
