"""Characters of PDF pages to runs: what stands side by side, with blanks where the print has gaps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zhibiao.readers.hanzi import plain_hanzi
from zhibiao.readers.pdf.native import Codes, Floats
from zhibiao.readers.pdf.text import Counts, Flags, Letters
from zhibiao.readers.printed import Run

_WIDE = 0x2E80  # from here on characters are as wide as they are high
_BREAK = 1.0  # a gap of more than this many em parts two runs
_GAP = 0.18  # a gap of more em than this is a blank …
_WIDE_GAP = 0.6  # … but lines of hanzi are spaced out to the margin by less
_TYPED_GAP = 0.08  # a blank that was typed counts unless the print took it back


def runs_of(pages: Sequence[Letters]) -> list[tuple[Run, ...]]:
    """The runs of each page in the order of the file, in points from the upper left corner of its frame. Characters outside the frame are left out.

    Many pages are done at once: for the few hundred characters of one, the price of an array operation is that of calling it.
    """
    sizes = [letters.codes.size for letters in pages]
    if not sum(sizes):
        return [() for _ in pages]
    page: Counts = np.repeat(np.arange(len(pages)), sizes)
    frames = np.array([(p.frame.left, p.frame.top, p.frame.width, p.frame.height) for p in pages])[page].T
    boxes = np.concatenate([p.boxes for p in pages]).T
    if not np.isfinite(boxes).all():
        boxes = np.nan_to_num(boxes, nan=0.0, posinf=0.0, neginf=0.0)
    x0, top, x1, bottom = boxes[0] - frames[0], frames[1] - boxes[1], boxes[2] - frames[0], frames[1] - boxes[3]
    x1 = np.maximum(x1, x0)
    chars, blanks = np.concatenate([p.codes for p in pages]), np.concatenate([p.blanks for p in pages])
    middle_x, middle_y = (x0 + x1) / 2, (top + bottom) / 2
    good: Flags = (middle_x >= 0) & (middle_x <= frames[2]) & (middle_y >= 0) & (middle_y <= frames[3]) & (bottom > top)
    good[1:] &= ~(_twice(chars, x0, x1, middle_y, bottom - top) & (page[1:] == page[:-1]))
    if not good.all():
        page, chars, blanks = page[good], chars[good], blanks[good]
        x0, top, x1, bottom = x0[good], top[good], x1[good], bottom[good]
    out: list[list[Run]] = [[] for _ in pages]
    if chars.size:
        _collect(out, page, chars, blanks, np.round(np.stack((x0, top, x1, bottom)), 2))
    return [tuple(runs) for runs in out]


def _twice(chars: Codes, x0: Floats, x1: Floats, middle: Floats, height: Floats) -> Flags:
    """Marks each character but the first that repeats the one before it almost in place: bold by printing twice."""
    same: Flags = (chars[1:] == chars[:-1]) & (np.abs(x0[1:] - x0[:-1]) < 0.25 * (x1[1:] - x1[:-1] + x1[1:] - x0[1:]).clip(0.01))
    same &= np.abs(middle[1:] - middle[:-1]) < 0.2 * height[1:]
    # One glyph for ff has two characters with one box.
    same &= ~((chars[1:] == ord("f")) & (x0[1:] == x0[:-1]))
    return same


def _collect(out: list[list[Run]], page: Counts, chars: Codes, typed: Counts, boxes: Floats) -> None:
    """Add each page's runs to its list."""
    x0, top, x1, bottom = boxes
    width, height, middle = x1 - x0, bottom - top, (top + bottom) / 2
    em = np.where(width > 0.7 * height, width, 0.8 * height)
    less, gap = np.minimum(em[1:], em[:-1]), x0[1:] - x1[:-1]
    parted: Flags = (
        (page[1:] != page[:-1])
        | (np.abs(middle[1:] - middle[:-1]) > 0.25 * np.maximum(height[1:], height[:-1]))
        | (gap > _BREAK * less)
        | (x0[1:] - x0[:-1] < -0.1 * less)
    )
    narrow = np.where((chars[1:] >= _WIDE) & (chars[:-1] >= _WIDE), _WIDE_GAP, _GAP)
    blank = ((gap > narrow * less) | ((typed[1:] > typed[:-1]) & (gap > _TYPED_GAP * less))) & ~parted
    place = np.arange(chars.size)
    place[1:] += np.cumsum(blank)
    size = int(place[-1]) + 1
    text = np.full(size, 0x20, np.uint32)
    text[place] = chars
    left = np.empty(size)
    left[place[1:][blank] - 1] = np.minimum(x1[:-1], x0[1:])[blank]
    left[place] = x0
    begins = np.concatenate(([0], np.flatnonzero(parted) + 1))
    ends = np.append(begins[1:], chars.size) - 1
    falls = left[1:] < left[:-1]
    falls[place[begins[1:]] - 1] = False
    uneven = np.concatenate(([0], np.cumsum(falls)))
    starts, stops = place[begins], place[ends] + 1
    level = uneven[starts] == uneven[stops - 1]
    words, lefts = _decode(text), left.tolist()
    tops, bottoms = np.minimum.reduceat(top, begins).tolist(), np.maximum.reduceat(bottom, begins).tolist()
    rights = np.maximum(x1[ends], left[stops - 1]).tolist()
    spans = zip(page[begins].tolist(), starts.tolist(), stops.tolist(), level.tolist(), rights, tops, bottoms, strict=True)
    for number, start, stop, even, right, high, deep in spans:
        edges = (*lefts[start:stop], right)
        out[number].append(Run(words[start:stop], edges if even else ascending(edges), high, deep))


def ascending(edges: tuple[float, ...]) -> tuple[float, ...]:
    """The same edges, none left of the one before it: punctuation is often set into the one before."""
    return tuple(np.maximum.accumulate(edges).tolist())


def _decode(text: Codes) -> str:
    text[(text == 0) | ((text >= 0xD800) & (text < 0xE000)) | (text > 0x10FFFF)] = 0xFFFD
    words = text.tobytes().decode("utf-32-le")
    if ((text >= _WIDE) & (text < 0x2FE0)).any() or ((text >= 0xF900) & (text < 0xFB00)).any():
        words = plain_hanzi(words)
    return words
