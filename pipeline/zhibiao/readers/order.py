"""Reading order: runs become lines, lines of two columns follow each other column by column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from zhibiao.readers.printed import Run

_SAME_LINE = 0.5  # share of the lower run's height in which two runs of a line overlap
_OPEN = 6  # lines that may still grow
_WIDE = "\u2e80"
_COLUMN_LINES = 6  # a column of print has at least so many lines
_COLUMN_EMS = 8.0  # … at least so many hanzi wide
_COLUMN_FIGURES = 0.4  # … of which figures take up no more than this
_FILLED = 0.72  # … that fill it to this share, as words do and figures do not
_CROSSING = 0.2  # share of lines (headings, figures) that may run over a gutter
_GUTTER = 8.0  # points
_MIDDLE = (0.35, 0.65)  # share of the width of the print between which a gutter is looked for


@dataclass(slots=True)
class _Row:
    """Runs of one line; ``top``, ``bottom`` are those of the longest, so that a raised mark does not move the line."""

    runs: list[Run]
    top: float
    bottom: float
    length: int = field(default=0)


def _height(run: Run) -> float:
    return run.top + run.bottom


def em(run: Run) -> float:
    """About the width of a hanzi in this run, in points."""
    return max(0.8 * (run.bottom - run.top), 1.0)


def lines(runs: Iterable[Run]) -> list[Run]:
    """Runs joined into lines from top to bottom, each from left to right.

    Words of one line are parted by a blank where the print leaves a gap, by two where the gap is wider than about a hanzi. Raised and lowered
    marks stay in their line. Runs printed over one another are not mixed: the same words once, other words as lines of their own.
    """
    rows: list[_Row] = []
    deepest, least = -1e9, 1e9
    for run in sorted(runs, key=_height):
        least = min(least, run.bottom - run.top)
        row = None
        if deepest - run.top >= _SAME_LINE * least:
            row = next((row for row in reversed(rows[-_OPEN:]) if _belongs(run, row)), None)
        deepest = max(deepest, run.bottom)
        if row is None:
            rows.append(_Row([run], run.top, run.bottom, len(run.text)))
            continue
        row.runs.append(run)
        if len(run.text) > row.length:
            row.top, row.bottom, row.length = run.top, run.bottom, len(run.text)
    if any(a.top + a.bottom > b.top + b.bottom for a, b in pairwise(rows)):
        rows.sort(key=lambda row: row.top + row.bottom)
    return [line for row in rows for line in (row.runs if len(row.runs) == 1 else _joined(row.runs))]


def _belongs(run: Run, row: _Row) -> bool:
    low, high = max(run.top, row.top), min(run.bottom, row.bottom)
    height = min(run.bottom - run.top, row.bottom - row.top)
    if high - low < _SAME_LINE * height:
        return False
    shift = abs(run.top + run.bottom - row.top - row.bottom) / 2
    if shift <= 0.3 * height:
        return True
    x0, x1 = run.edges[0], run.edges[-1]
    return all(min(x1, other.edges[-1]) - max(x0, other.edges[0]) <= 0.3 * height for other in row.runs)


def _joined(runs: list[Run]) -> list[Run]:
    ordered = sorted(runs, key=lambda r: r.edges[0])
    out: list[Run] = []
    current, over = [ordered[0]], []
    for run in ordered[1:]:
        last = current[-1]
        if run.edges[0] < last.edges[-1] - 0.6 * min(em(run), em(last)):
            rest = _without(run, last)
            if rest is not None:
                over.append(rest)
        else:
            current.append(run)
    out.append(_concatenated(current))
    return out + (lines(over) if over else [])


def _without(run: Run, other: Run) -> Run | None:
    """``run`` unless it says again, in the same place, what ``other`` says: letters made bold by printing twice."""
    if run.text == other.text and abs(run.edges[0] - other.edges[0]) < 0.5 * em(run):
        return None
    places = {(char, round(edge / 2)) for char, edge in zip(other.text, other.edges, strict=False)}
    again = sum(
        any((char, round(edge / 2) + d) in places for d in (-1, 0, 1))
        for char, edge in zip(run.text, run.edges, strict=False)
        if char != " "
    )
    return None if again >= 0.9 * len(run.text.replace(" ", "")) else run


def _concatenated(runs: list[Run]) -> Run:
    if len(runs) == 1:
        return runs[0]
    text, edges = [runs[0].text], list(runs[0].edges)
    for last, run in pairwise(runs):
        blanks = _blanks(last, run)
        right, left = edges.pop(), max(run.edges[0], edges[-1])
        right = min(max(right, edges[-1]), left) if blanks else left
        edges += [right + (left - right) * k / blanks for k in range(blanks)]
        text += [" " * blanks, run.text]
        edges += (left, *(max(left, edge) for edge in run.edges[1:]))
    return Run("".join(text), tuple(edges), min(r.top for r in runs), max(r.bottom for r in runs))


def _blanks(left: Run, right: Run) -> int:
    gap, size = right.edges[0] - left.edges[-1], min(em(left), em(right))
    if gap > size:
        return 2
    wide = left.text[-1] >= _WIDE and right.text[0] >= _WIDE
    return int(gap > (0.6 if wide else 0.2) * size)


def gutter(runs: Sequence[Run], width: float) -> float | None:
    """Where the white strip between two columns of print runs down the page, None where the page is one column.

    Both sides must hold lines of words that fill their column; a list with figures at its right side is one column.
    """
    if len(runs) < 2 * _COLUMN_LINES:
        return None
    left, right = min(r.edges[0] for r in runs), max(r.edges[-1] for r in runs)
    span = right - left
    if span < 0.4 * width:
        return None
    limit = _CROSSING * len(runs)
    low, high = left + _MIDDLE[0] * span, left + _MIDDLE[1] * span
    if sum(r.edges[0] < low and r.edges[-1] > high for r in runs) > limit:  # most pages
        return None
    bins = max(int(span / 2), 1)
    crossed = np.zeros(bins + 1)
    for run in runs:
        crossed[int((run.edges[0] - left) / 2) : int((run.edges[-1] - left) / 2) + 1] += 1
    inner = slice(int(bins * _MIDDLE[0]), int(bins * _MIDDLE[1]))
    middle = crossed[inner]
    if not middle.size or middle.min() > limit:
        return None
    least = np.flatnonzero(middle == middle.min())
    pieces = np.split(least, np.flatnonzero(np.diff(least) > 1) + 1)
    strip = max(pieces, key=len)
    if len(strip) * 2 < _GUTTER:
        return None
    x = float(left + (inner.start + (strip[0] + strip[-1]) / 2 + 0.5) * 2)
    sides = ([r for r in runs if r.edges[-1] <= x + 1], [r for r in runs if r.edges[0] >= x - 1])
    return x if all(_is_column(side) for side in sides) else None


def _is_column(runs: list[Run]) -> bool:
    printed = lines(runs)
    if len(printed) < _COLUMN_LINES:
        return False
    span = max(r.edges[-1] for r in printed) - min(r.edges[0] for r in printed)
    full = sum(r.edges[-1] - r.edges[0] >= _FILLED * span for r in printed)
    text = "".join(r.text for r in printed)
    wide = sum((r.edges[-1] - r.edges[0]) / em(r) for r in printed) >= _COLUMN_EMS * len(printed)
    return full >= 0.6 * len(printed) and wide and sum(c.isdigit() for c in text) <= _COLUMN_FIGURES * len(text)
