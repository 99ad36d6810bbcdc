"""Columns of tables that no line parts, and their heads: which words make one head, and which head stands over which columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from zhibiao.readers.order import em
from zhibiao.readers.pdf.tables import GUTTER, SHARE, Box, figured, paired, records
from zhibiao.readers.printed import Run

_LEAN = 1.0  # points by which a run must pass a border to lie over it
_ALIKE = 2.0  # points within which two lines of one head have one middle, or one left end
_CENTRED = 0.3  # em: what is no farther from the middle of the band stands in its middle
_LOW = 0.6  # em: a head that begins so far below the band's first line has another one over it
_UNCOVERED = 15.0  # points by which a head may stand off the middle of its columns before one of them is left to itself
_MOST = 60  # columns in which heads over heads are looked for
_DEEPEST = 4  # levels of heads

Partial = Sequence[tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns between ``x0`` and ``x1`` in points: ``spans``, from where to where the words of each go, and the ``gaps`` between two of them."""

    x0: float
    x1: float
    spans: tuple[tuple[float, float], ...]
    gaps: tuple[float, ...]

    def of(self, run: Run) -> int:
        """The column in which the middle of a run lies."""
        return int(np.searchsorted(self.gaps, _middle(run)))

    def crossed(self, run: Run) -> list[int]:
        """Numbers of the gaps over which a run lies."""
        return [k for k, x in enumerate(self.gaps) if run.edges[0] < x - _LEAN and run.edges[-1] > x + _LEAN]

    def box(self, first: int, last: int, top: float, bottom: float) -> Box:
        """The box of a cell over some columns."""
        edges = (self.x0, *self.gaps, self.x1)
        return (edges[first], top, edges[last + 1], bottom)


@dataclass(frozen=True, slots=True)
class _Parent:
    """A head over the columns ``first`` to ``last``, or more than these unless ``fixed``."""

    runs: tuple[Run, ...]
    first: int
    last: int
    fixed: bool = False


def columns_of(x0: float, x1: float, rows: Sequence[list[Run]]) -> Columns | None:
    """Where the columns of rows of words are; None where these are not rows of a table."""
    groups = records(rows, [figured(row) for row in rows])
    parted = [group for group in groups if paired(group)]
    spans: list[tuple[float, float]] = []
    for start, end in sorted((r.edges[0], r.edges[-1]) for row in parted for r in row):
        if spans and start - spans[-1][1] < GUTTER:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    for run in [r for group in groups if not paired(group) for r in group]:  # a label may stand over several columns
        for k, (a, b) in enumerate(spans):
            low, high = min(a, run.edges[0]), max(b, run.edges[-1])
            clear = (k == 0 or spans[k - 1][1] + GUTTER <= low) and (k + 1 == len(spans) or high + GUTTER <= spans[k + 1][0])
            if clear and min(b, run.edges[-1]) > max(a, run.edges[0]):
                spans[k] = (low, high)
    if len(spans) < 2 or len(parted) < 2:
        return None
    columns = Columns(x0, x1, tuple(spans), tuple((a[1] + b[0]) / 2 for a, b in pairwise(spans)))
    values = [r for row in parted for r in row if columns.of(r)]
    figures = sum(any(c.isdigit() for c in r.text) or r.text in "-—–" for r in values)
    whole = sum(len({columns.of(r) for r in group}) >= 2 for group in groups)
    return columns if whole >= SHARE * len(groups) and figures >= SHARE * len(values) else None


def with_heads(columns: Columns, heads: Sequence[Run]) -> Columns:
    """The columns with their gaps where neither the words of the body nor those heads that stand over one column are cut."""
    gaps = []
    for k, (left, right) in enumerate(pairwise(columns.spans)):
        low, high = left[1], right[0]
        for run in heads:
            over = [i for i, (a, b) in enumerate(columns.spans) if min(b, run.edges[-1]) > max(a, run.edges[0])]
            if len(over) != 1:
                continue
            low = max(low, run.edges[-1]) if over[0] <= k else low
            high = min(high, run.edges[0]) if over[0] > k else high
        gaps.append((low + high) / 2 if low < high else columns.gaps[k])
    return Columns(columns.x0, columns.x1, columns.spans, tuple(gaps))


def head_boxes(runs: Sequence[Run], columns: Columns, top: float, bottom: float, partial: Partial = ()) -> list[Box]:
    """The cells of a band of heads between ``top`` and ``bottom``, levels over each other; ``partial``: rules (y, x0, x1) below some of the heads.

    The words of a column are one cell over the whole height, however many lines they take. A run over the gap of columns that have words of their own below
    it is a cell over these columns. Where heads stand in the middle of their height, those that stand low show that the one above goes on over them.
    """
    return _boxes(list(runs), columns, (0, len(columns.spans) - 1), (top, bottom), partial, _DEEPEST)


def _boxes(
    runs: list[Run], columns: Columns, within: tuple[int, int], height: tuple[float, float], partial: Partial, depth: int
) -> list[Box]:
    first, last = within
    top, bottom = height
    parents = _parents(runs, columns, within, partial) if depth and first < last and last - first < _MOST else []
    below: list[list[Run]] = []
    for parent in parents:
        lowest = max(_height(r) for r in parent.runs)
        below.append([r for r in runs if parent.first <= columns.of(r) <= parent.last and r not in parent.runs and _height(r) > lowest])
    parents, below = [p for p, b in zip(parents, below, strict=True) if b], [b for b in below if b]
    out: list[Box] = []
    for parent, children, cut in zip(parents, below, _levels(parents, below), strict=True):
        out.append(columns.box(parent.first, parent.last, top, cut))
        out += _boxes(children, columns, (parent.first, parent.last), (cut, bottom), partial, depth - 1)
    covered = {c for parent in parents for c in range(parent.first, parent.last + 1)}
    rest = [r for r in runs if columns.of(r) not in covered]
    start = first
    for c in range(first, last + 1):
        if c in covered:
            start = c + 1
        elif c == last or c + 1 in covered or not any(c in columns.crossed(r) for r in rest):
            out.append(columns.box(start, c, top, bottom))
            start = c + 1
    return out


def _levels(parents: Sequence[_Parent], below: Sequence[Sequence[Run]]) -> list[float]:
    """Where each parent is cut from what is below it: all at one height where that can be."""

    def cut(over: Sequence[Run], under: Sequence[Run]) -> float:
        low, high = max(map(_height, over)), min(map(_height, under))
        return min(max((max(r.bottom for r in over) + min(r.top for r in under)) / 2, low + 0.1), high - 0.1)

    over = [r for parent in parents for r in parent.runs]
    under = [r for children in below for r in children]
    if parents and max(map(_height, over)) < min(map(_height, under)):
        return [cut(over, under)] * len(parents)
    return [cut(parent.runs, children) for parent, children in zip(parents, below, strict=True)]


def _parents(runs: list[Run], columns: Columns, within: tuple[int, int], partial: Partial) -> list[_Parent]:
    """The heads with heads below them, the topmost only, from left to right."""
    sure = _ruled(runs, columns, within, partial)
    for run in sorted(runs, key=_height):
        gaps = [k for k in columns.crossed(run) if within[0] <= k < within[1]]
        if not gaps or any(run in parent.runs for parent in sure):
            continue
        under = [r for r in runs if r.top >= run.bottom - 0.25 * (run.bottom - run.top)]
        have = {columns.of(r) for r in under}
        if gaps[0] not in have or gaps[-1] + 1 not in have or (len(gaps) == 1 and _continued(run, under)):
            continue
        known = next((p for p in sure if p.first <= gaps[-1] + 1 and p.last >= gaps[0]), None)
        if known is None:
            sure.append(_Parent((run,), gaps[0], gaps[-1] + 1))
        elif abs(_middle(run) - _middle(known.runs[-1])) <= _ALIKE and not known.fixed:  # its second line
            sure.remove(known)
            sure.append(_Parent((*known.runs, run), min(known.first, gaps[0]), max(known.last, gaps[-1] + 1)))
    sure.sort(key=lambda parent: parent.first)
    return _widened(runs, columns, within, sure)


def _continued(run: Run, under: Sequence[Run]) -> bool:
    """Whether the next line below goes on with the words of a run: it has the same middle or begins at the same place."""
    near = [r for r in under if r.top < run.bottom + em(run)]
    return any(abs(_middle(r) - _middle(run)) <= _ALIKE or abs(r.edges[0] - run.edges[0]) <= _ALIKE for r in near)


def _ruled(runs: list[Run], columns: Columns, within: tuple[int, int], partial: Partial) -> list[_Parent]:
    """Heads with a rule of their own below them."""
    out: list[_Parent] = []
    for y, x0, x1 in sorted(partial):
        under = [c for c in range(within[0], within[1] + 1) if x0 <= sum(columns.spans[c]) / 2 <= x1]
        over = tuple(r for r in runs if _height(r) < y and x0 <= _middle(r) <= x1)
        children = any(_height(r) > y and x0 <= _middle(r) <= x1 for r in runs)
        if len(under) > 1 and over and children and not any(p.first <= under[-1] and p.last >= under[0] for p in out):
            out.append(_Parent(over, under[0], under[-1], fixed=True))
    return out


def _widened(runs: list[Run], columns: Columns, within: tuple[int, int], sure: list[_Parent]) -> list[_Parent]:
    """``sure`` with the columns at their sides that they stand over too, and heads that stand over the middle one of several columns."""
    own = [r for parent in sure for r in parent.runs]
    taken = {c for parent in sure for c in range(parent.first, parent.last + 1)}
    stacks = {c: [r for r in runs if columns.of(r) == c and r not in own] for c in range(within[0], within[1] + 1)}
    size = float(np.median([em(r) for r in runs])) if runs else 0.0
    start = min((r.top for r in runs), default=0.0)
    middle = (start + max((r.bottom for r in runs), default=0.0)) / 2
    centre = {c: (min(r.top for r in s) + max(r.bottom for r in s)) / 2 for c, s in stacks.items() if s}
    if not any(abs(y - middle) <= _CENTRED * size for c, y in centre.items() if c not in taken):
        return sure  # nothing shows where heads stand in their height
    tops = {c: min(r.top for r in s) for c, s in stacks.items() if s}
    low = {c for c, y in centre.items() if y > middle + _CENTRED * size and tops[c] > start + _LOW * size}
    parents = list(sure)
    for c in sorted(set(centre) - taken - low):
        beside = [tops[n] for n in (c - 1, c + 1) if n in low]
        over = tuple(r for r in stacks[c] if beside and r.bottom <= min(beside) + 0.25 * size)
        if over and len(over) < len(stacks[c]):
            parents.append(_Parent(over, c, c))
    parents.sort(key=lambda parent: parent.first)
    group = low | {c for parent in parents for c in range(parent.first, parent.last + 1)}
    return [p for p in _shared(parents, stacks, columns, within, group) if p.first < p.last]


def _shared(
    parents: list[_Parent], stacks: dict[int, list[Run]], columns: Columns, within: tuple[int, int], group: set[int]
) -> list[_Parent]:
    """Neighbouring columns shared out among the heads over them, so that each stands as nearly as may be over the middle of its own."""

    def off(parent: _Parent, first: int, last: int) -> float:
        lefts = [r.edges[0] for r in stacks[first] if r not in parent.runs] or [columns.spans[first][0]]
        rights = [r.edges[-1] for r in stacks[last] if r not in parent.runs] or [columns.spans[last][1]]
        widest = max(parent.runs, key=lambda r: r.edges[-1] - r.edges[0])
        return abs(_middle(widest) - (min(lefts) + max(rights)) / 2)

    @cache
    def best(column: int, number: int) -> tuple[float, tuple[tuple[int, int], ...]]:
        if number == len(parents):
            return _UNCOVERED * sum(c in group for c in range(column, within[1] + 1)), ()
        parent = parents[number]
        least: tuple[float, tuple[tuple[int, int], ...]] = (float("inf"), ())
        for first in range(column, parent.first + 1):
            if (parent.fixed and first != parent.first) or not all(c in group for c in range(first, parent.first)):
                continue
            skipped = _UNCOVERED * sum(c in group for c in range(column, first))
            last = parent.last
            while True:
                cost, others = best(last + 1, number + 1)
                cost += skipped + off(parent, first, last)
                if cost < least[0]:
                    least = (cost, ((first, last), *others))
                last += 1
                if parent.fixed or last > within[1] or last not in group:
                    break
        return least

    _, segments = best(within[0], 0)
    return [_Parent(p.runs, first, last) for p, (first, last) in zip(parents, segments, strict=True)] if segments else parents


def _height(run: Run) -> float:
    return (run.top + run.bottom) / 2


def _middle(run: Run) -> float:
    return (run.edges[0] + run.edges[-1]) / 2
