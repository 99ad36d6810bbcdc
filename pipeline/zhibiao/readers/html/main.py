"""Which blocks of a page are its article.

Every block gets a value: its words if they stand free, less than nothing if they stand in links or belong to the site. The article is the element
with the greatest sum (of equals the innermost), cut at both ends to the stretch with the greatest sum. So a foot line ends an article and a
menu never joins it, while nothing that stands between two parts of the article is lost but lists of links and buttons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from zhibiao.readers.html.flow import Block, Span, cells_of
from zhibiao.readers.html.words import is_notice, is_site_line, squeeze, words

_SENTENCE = re.compile(r"[，。；：！？、,;%]|[0-9]")
_LONG = 30
#: A line of links, or one of the site's own, weighs by its words and by being there.
_COST = 10
_SHORT = 0.5
#: A cell is more than its words: rows and columns are rarely the site's.
_CELL = 2
#: An element named as a part of the site weighs as such if it holds no more than this share of the words.
_SITE_SHARE = 0.33
#: A stretch outside of the article that is so large beside it is an article too (a second tab, a part behind a box of links).
_SECOND_SHARE, _SECOND_VALUE = 0.25, 400.0
#: A page with less than this is no article but a list of articles.
_LEAST = 10.0
_MOST_PARTS = 50
#: So many lines of links in a row are a list of the site's; fewer may be the text's own.
_LINK_LINES = 3


def article(blocks: Sequence[Block], spans: Sequence[Span]) -> list[Block]:
    """The blocks of the article in order; all blocks where the page has none but links."""
    foreign = [block.table is None and is_site_line(block.bare) for block in blocks]
    values = _values(blocks, spans, foreign)
    sums = [0.0, *accumulate(values)]
    core = max(spans, key=lambda span: sums[span.last] - sums[span.first])  # inner elements stand first
    first, last = _stretch(values, core.first, core.last)
    best = sums[last] - sums[first]
    if best < _LEAST:
        return list(blocks)
    first, last = _widened(values, spans, first, last)
    kept = [(first, last)]
    rest = [(0, min(first, core.first)), (max(last, core.last), len(blocks))]
    while rest and len(kept) < _MOST_PARTS:
        low, high = rest.pop()
        start, end = _stretch(values, low, high)
        if sums[end] - sums[start] >= max(_SECOND_SHARE * best, _SECOND_VALUE):
            kept.append((start, end))
            rest += [(low, start), (end, high)]
    return [block for start, end in sorted(kept) for block in _clean(blocks[start:end], foreign[start:end])]


def is_card(block: Block) -> bool:
    """Whether a table is the card that stands before a published document (索引号, 发文机关 …)."""
    if block.table is None or block.chars > 600:
        return False
    labels = {squeeze(cell.text).replace("：", ":").partition(":")[0] for cell in cells_of(block.table)}
    return len(labels & words().labels) >= 3


def _values(blocks: Sequence[Block], spans: Sequence[Span], foreign: Sequence[bool]) -> list[float]:
    values = [_value(block, site) for block, site in zip(blocks, foreign, strict=True)]
    gains = [0.0, *accumulate(max(value, 0.0) for value in values)]
    # One walk over the borders of the named elements, however they are nested.
    borders = [0] * (len(blocks) + 1)
    for span in spans:
        if span.site and gains[span.last] - gains[span.first] <= _SITE_SHARE * gains[-1]:
            borders[span.first] += 1
            borders[span.last] -= 1
    inside = list(accumulate(borders))
    return [-abs(value) - _COST if inside[index] else value for index, value in enumerate(values)]


def _value(block: Block, site: bool) -> float:
    free = block.chars - block.linked
    if block.table is not None:
        return -block.chars - _COST if is_card(block) or block.table.grid is None else free + _CELL * len(block.table.grid.cells)
    if site or 2 * block.linked > block.chars or is_notice(block.bare):
        return -block.chars - _COST
    if block.chars >= _LONG or _SENTENCE.search(block.bare):
        return free - block.linked
    return _SHORT * free - block.linked


def _stretch(values: Sequence[float], low: int, high: int) -> tuple[int, int]:
    """The stretch of ``values[low:high]`` with the greatest sum, the longest of equals."""
    best, total, start, found = 0.0, 0.0, low, (low, low)
    for index in range(low, high):
        if total < 0:
            total, start = 0.0, index
        total += values[index]
        if total > best or (total == best and found[0] == start):
            best, found = total, (start, index + 1)
    return found


def _widened(values: Sequence[float], spans: Sequence[Span], first: int, last: int) -> tuple[int, int]:
    """The stretch with what stands right beside it in the same element and is not the site's: 单位：万元 over a table, a note below it."""
    around = [span for span in spans if span.first <= first and last <= span.last and span.last - span.first > last - first]
    if around:
        outer = min(around, key=lambda span: span.last - span.first)
        while first > outer.first and values[first - 1] > 0:
            first -= 1
        while last < outer.last and values[last] > 0:
            last += 1
    return first, last


def _clean(blocks: Sequence[Block], foreign: Sequence[bool]) -> list[Block]:
    """Blocks of the article without what is the site's: buttons, lists of links, the card, notices of publication at the ends."""
    kept: list[Block] = []
    links: list[Block] = []
    edge = words().edge
    for index, block in enumerate(blocks):
        near_end = min(index, len(blocks) - 1 - index) < edge
        if block.table is None and 2 * block.linked > block.chars:
            links.append(block)
            continue
        if len(links) < _LINK_LINES:
            kept += links
        links = []
        if block.table is not None:
            if not is_card(block):
                kept.append(block)
        elif not (foreign[index] or (near_end and is_notice(block.bare))):
            kept.append(block)
    return kept + (links if len(links) < _LINK_LINES else [])
