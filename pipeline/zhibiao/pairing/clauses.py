"""Cutting a passage into clauses: for each quantity, the words on its left and right that can belong to it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from zhibiao.schema import Quantity

_BOUND = re.compile(r"[，；。：！？、（）]")
_QUOTED = re.compile(r"[“《][^“”《》]{0,80}[”》]")
_INSIDE = str.maketrans("，；。：！？、（）", "·········")


class Item(NamedTuple):
    """A quantity in its clause.

    ``left``: where its own words begin (half open up to ``q.start``); ``right``: where they end. ``clause`` and ``sentence`` count the
    stops ； and 。 before it. ``bracket`` is the offset of the bracket it stands in, or -1. ``listed``: it follows the quantity before it
    with nothing but a list sign between.
    """

    q: Quantity
    left: int
    right: int
    clause: int
    sentence: int
    bracket: int
    listed: bool


def mask(text: str) -> str:
    """The text with the punctuation inside quotation marks and book title marks made harmless; same length."""
    if "“" not in text and "《" not in text:
        return text
    return _QUOTED.sub(lambda m: m[0][0] + m[0][1:-1].translate(_INSIDE) + m[0][-1], text)


def cut(text: str, quantities: Sequence[Quantity]) -> list[Item]:
    """Find the clause of each quantity (quantities sorted by start)."""
    masked = mask(text)
    bounds = [(m.start(), m[0]) for m in _BOUND.finditer(masked)]
    at = [b[0] for b in bounds]
    starts = [q.start for q in quantities]
    opener: dict[int, int] = {}  # index of ） in bounds → index of its （
    closer: dict[int, int] = {}
    stack: list[int] = []
    for k, (_, sign) in enumerate(bounds):
        if sign == "（":
            stack.append(k)
        elif sign == "）" and stack:
            opener[k] = stack.pop()
            closer[opener[k]] = k
    items: list[Item] = []
    before_end = 0
    for n, q in enumerate(quantities):
        left = 0
        bracket = -1
        k = bisect_left(at, q.start) - 1
        while k >= 0:
            pos, sign = bounds[k]
            if pos < before_end:
                left = before_end
                break
            if sign == "）" and k in opener:
                inner = bounds[opener[k]][0]
                if bisect_left(starts, inner) < bisect_left(starts, pos):
                    left = pos + 1  # a bracket that holds a number of its own ends the words
                    break
                k = opener[k] - 1
                continue
            if sign == "：" and not text[pos + 1 : q.start].strip("≥≤<>=约近超过 ") and k == bisect_left(at, q.start) - 1:
                k -= 1  # a label and its value (自评得分：50分) are one
                continue
            if sign == "、":
                if not _quantity_since_stop(bounds, k, before_end):
                    k -= 1
                    continue
                left = pos + 1
                break
            if sign == "（":
                bracket = pos
            left = pos + 1
            break
        left = max(left, before_end)
        next_start = quantities[n + 1].start if n + 1 < len(quantities) else len(text)
        right = len(text)
        k = bisect_right(at, q.end - 1)
        while k < len(bounds):
            pos, sign = bounds[k]
            if pos >= next_start:
                break
            if sign == "（" and k in closer and bounds[closer[k]][0] < next_start and pos > q.end:
                k = closer[k] + 1
                continue
            if sign == "、" and not _stops_before(bounds, k, next_start):
                right = pos
                break
            if sign != "、":
                right = pos
                break
            k += 1
        right = min(right, next_start)
        gap = text[before_end : q.start]
        listed = bool(items) and bool(gap) and not gap.strip("、，和及与 ") and len(gap) <= 2
        items.append(Item(q, left, max(right, q.end), masked.count("；", 0, q.start), _sentences(masked, q.start), bracket, listed))
        before_end = q.end
    return items


def _sentences(masked: str, end: int) -> int:
    return masked.count("。", 0, end) + masked.count("！", 0, end)


def _quantity_since_stop(bounds: Sequence[tuple[int, str]], k: int, before_end: int) -> bool:
    """Does the quantity before stand in the same clause as the list sign ``bounds[k]``?"""
    j = k - 1
    while j >= 0 and bounds[j][1] in "、）":
        j -= 1
    stop = bounds[j][0] if j >= 0 else -1
    return before_end > stop + 1 and before_end > 0


def _stops_before(bounds: Sequence[tuple[int, str]], k: int, next_start: int) -> bool:
    """Is there a stop (not a list sign) between the list sign ``bounds[k]`` and the next quantity?"""
    for pos, sign in bounds[k + 1 :]:
        if pos >= next_start:
            return False
        if sign in "，；。：！？（":
            return True
    return True
