"""Page furniture: running heads, foot lines and page numbers, recognised by what the pages of a file have in common."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

_ZONE = 0.12  # share of the page at its top and bottom where page numbers stand
_WORDS_ZONE = 0.1  # … and where words do that repeat
_LINES = 3  # at either end of a page
_PAGES = 3  # that must say the same
_LEVEL = 4.0  # points by which the height may differ
_NEAR = 2.5  # line heights: lines so near a table are its title or its notes
_DIGITS = re.compile(r"\d+")


class Strip(Protocol):
    """One line or table of a page, as far as furniture is concerned. ``text`` is None for a table."""

    @property
    def text(self) -> str | None: ...
    @property
    def top(self) -> float: ...
    @property
    def bottom(self) -> float: ...


@dataclass(frozen=True, slots=True)
class _Rules:
    page_numbers: tuple[re.Pattern[str], ...]
    plain_numbers: tuple[re.Pattern[str], ...]
    kept: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line near the top or bottom of a page: its page, place among the page's strips, words without blanks, distance from that end, whether it
    belongs to a table, and whether it stands so far outside that it may be a running head."""

    page: int
    index: int
    words: str
    distance: float
    of_table: bool
    outside: bool


def furniture(pages: Sequence[tuple[float, Sequence[Strip]]]) -> set[tuple[int, int]]:
    """Which lines are furniture, as (page, place) counted from 0, of pages given as (height, strips).

    A line is furniture where it stands at the outer end of its page with nothing but furniture beyond it, and is a page number, or says the
    same (digits aside) at the same height of three pages or more. A line that hangs together with a table on most of its pages is the table's title,
    unit or note, and so text.
    """
    found: set[tuple[int, int]] = set()
    for head in (True, False):
        ends = [_ends(number, height, strips, head=head) for number, (height, strips) in enumerate(pages)]
        numbers, repeated = _numbers(ends), _repeated(ends)
        for edges in ends:
            for edge in edges:
                if (edge.page, edge.index) not in numbers and (edge.page, edge.index) not in repeated:
                    break
                found.add((edge.page, edge.index))
    return found


def _ends(page: int, height: float, strips: Sequence[Strip], *, head: bool) -> list[_Edge]:
    """The lines in the zone at one end of a page, from the outside inwards."""
    order = sorted(range(len(strips)), key=lambda i: strips[i].top if head else -strips[i].bottom)
    own = _of_table([strips[i] for i in order], head=head)
    out: list[_Edge] = []
    for place, index in enumerate(order[:_LINES]):
        strip = strips[index]
        outer, inner = (strip.top, strip.bottom) if head else (height - strip.bottom, height - strip.top)
        if strip.text is None or inner > _ZONE * height + (strip.bottom - strip.top):
            break
        out.append(_Edge(page, index, "".join(strip.text.split()), outer, place in own, inner <= _WORDS_ZONE * height))
    return out


def _of_table(order: Sequence[Strip], *, head: bool) -> set[int]:
    """Places of the lines that hang together with the first table met from this end: its title, number and unit, or its notes."""
    first = next((place for place, strip in enumerate(order[: _LINES + 2]) if strip.text is None), 0)
    own: set[int] = set()
    for place in range(first - 1, -1, -1):
        strip, inner = order[place], order[place + 1]
        gap = inner.top - strip.bottom if head else strip.top - inner.bottom
        if gap > _NEAR * (strip.bottom - strip.top):
            break
        own.add(place)
    return own


def _numbers(ends: Sequence[Sequence[_Edge]]) -> set[tuple[int, int]]:
    rules = _rules()
    sure: set[tuple[int, int]] = set()
    plain: dict[int, list[tuple[int, int]]] = defaultdict(list)  # by the difference of printed number and page
    for edge in (edge for edges in ends for edge in edges):
        if any(pattern.fullmatch(edge.words) for pattern in rules.page_numbers):
            sure.add((edge.page, edge.index))
            continue
        match = next((m for pattern in rules.plain_numbers if (m := pattern.fullmatch(edge.words))), None)
        if match:
            plain[int(match["number"]) - edge.page].append((edge.page, edge.index))
    for offset, places in plain.items():
        if len(places) >= _PAGES or (offset == 1 and len({page for page, _ in places}) == len(ends)):
            sure.update(places)
    return sure


def _repeated(ends: Sequence[Sequence[_Edge]]) -> set[tuple[int, int]]:
    rules = _rules()
    groups: dict[str, list[_Edge]] = defaultdict(list)
    for edge in (edge for edges in ends for edge in edges):
        words = _DIGITS.sub("0", edge.words)
        if edge.outside and words.strip("0"):  # figures alone are page numbers or nothing
            groups[words].append(edge)
    found: set[tuple[int, int]] = set()
    for words, edges in groups.items():
        if len({edge.page for edge in edges}) < _PAGES or any(pattern.fullmatch(words) for pattern in rules.kept):
            continue
        if 2 * sum(edge.of_table for edge in edges) > len(edges):
            continue
        for level, _ in Counter(round(edge.distance / _LEVEL) for edge in edges).most_common():
            near = [edge for edge in edges if abs(edge.distance / _LEVEL - level) <= 1]
            if len({edge.page for edge in near}) >= _PAGES:
                found.update((edge.page, edge.index) for edge in near)
    return found


@cache
def _rules() -> _Rules:
    """Load and check ``furniture.toml``."""
    data = tomllib.loads(files("zhibiao.readers").joinpath("furniture.toml").read_text("utf-8"))
    return check(data)


def check(data: dict[str, object]) -> _Rules:
    """Hold the shape of ``furniture.toml``; raises ValueError that names the place."""
    names = ("page_numbers", "plain_numbers", "kept")
    if set(data) != set(names):
        raise ValueError(f"furniture.toml: keys are {sorted(data)}, expected {sorted(names)}")
    compiled: dict[str, tuple[re.Pattern[str], ...]] = {}
    for name in names:
        value = data[name]
        if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
            raise ValueError(f"furniture.toml: {name} must be a list of patterns")
        try:
            compiled[name] = tuple(re.compile(word) for word in value)
        except re.error as error:
            raise ValueError(f"furniture.toml: {name}: {error.pattern!r}: {error}") from error
    if not all("number" in pattern.groupindex for pattern in compiled["plain_numbers"]):
        raise ValueError("furniture.toml: plain_numbers must name the group 'number'")
    return _Rules(**compiled)
