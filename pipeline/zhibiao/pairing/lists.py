"""Lists of names that lists of numbers answer one by one: 教育支出、社会保障和就业支出、农林水支出分别完成98.3亿元、86.7亿元和58.9亿元."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .cues import Cues
from .drafts import Span

_COMMA = re.compile(r"[、，]")
#: A name in a list of names that share a value is no shorter; characters in which rates end.
_SHORTEST, _RATES = 3, "率度比重"
_AND = re.compile(r"以?及|和|与")


def members(text: str, start: int, end: int, count: int, cues: Cues) -> list[list[Span]]:
    """The names of ``count`` things that are listed in ``text[start:end]``, each as its spans; empty where they do not come to that number.

    A list is parted by signs; at one place the last sign may be a word (A、B和C), which is only taken for one where the signs alone do not make
    the number, since names hold such words themselves (社会保障和就业支出). What stands only behind the last belongs to all, where those before
    it are words of contrast (城镇、农村居民收入).
    """
    for parts in _partings(text, start, end):
        if len(parts) == count > 1:
            return _with_tail(text, parts, cues)
    return []


def each_of(text: str, start: int, end: int) -> list[Span]:
    """The names in ``text[start:end]`` of each of which one value is told (甲率和乙率|均达100%); empty where they are not of one sort."""
    for parts in _partings(text, start, end):
        if len(parts) > 1 and all(b - a >= _SHORTEST for a, b in parts) and len({_sort(text[b - 1]) for _, b in parts}) == 1:
            return parts
    return []


def _sort(last: str) -> str:
    """What sort of measure a name is of, by its last character; rates and degrees are alike."""
    return "率" if last in _RATES else last


def _partings(text: str, start: int, end: int) -> Iterator[list[Span]]:
    """The ways to part a list: at its signs; there and at one word of listing, the last first; at all of them."""
    signs = [m.span() for m in _COMMA.finditer(text, start, end)]
    words = [m.span() for m in _AND.finditer(text, start, end)]
    yield _cut(start, end, signs)
    for word in reversed(words):
        yield _cut(start, end, sorted([*signs, word]))
    yield _cut(start, end, sorted([*signs, *words]))


def _cut(start: int, end: int, signs: list[Span]) -> list[Span]:
    out = []
    for a, b in signs:
        if a > start:
            out.append((start, a))
        start = b
    if end > start:
        out.append((start, end))
    return out


def _with_tail(text: str, parts: list[Span], cues: Cues) -> list[list[Span]]:
    """Each part as a name of its own; words of contrast take over what follows the contrast in the last part."""
    contrast = cues.words["contrast"]
    a, b = parts[-1]
    if all(text[x:y] in contrast for x, y in parts[:-1]):
        size = max((len(w) for w in contrast if text.startswith(w, a, b)), default=0)
        if size and b - a > size + 1:
            return [*([part, (a + size, b)] for part in parts[:-1]), [parts[-1]]]
    return [[part] for part in parts]
