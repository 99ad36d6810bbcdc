"""The words of one passage with offsets, quantities kept whole, to be looked up by stretch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from zhibiao.schema import Quantity

Tagger = Callable[[str], Sequence[tuple[str, str]]]


class Word(NamedTuple):
    """One word of a passage with its part of speech (jieba's tags; ``quantity`` for a protected quantity)."""

    start: int
    end: int
    text: str
    tag: str


class WordIndex:
    """The words of ``text``. Quantities are words of their own, so that no word runs over the edge of a number.

    ``texts`` and ``tags`` are the words and their parts of speech in order, ``starts`` where they begin.
    """

    def __init__(self, text: str, quantities: Sequence[Quantity], tagger: Tagger) -> None:
        self.text = text
        self.texts: list[str] = []
        self.tags: list[str] = []
        at = 0
        for q in quantities:
            if q.start > at:
                self._add(tagger(text[at : q.start]))
            self.texts.append(text[q.start : q.end])
            self.tags.append("quantity")
            at = q.end
        if at < len(text):
            self._add(tagger(text[at:]))
        self.starts = list(accumulate(map(len, self.texts), initial=0))

    def _add(self, tagged: Sequence[tuple[str, str]]) -> None:
        if tagged:
            words, tags = zip(*tagged, strict=True)
            self.texts += words
            self.tags += tags

    @property
    def words(self) -> list[Word]:
        """All words."""
        return [Word(a, a + len(text), text, tag) for a, text, tag in zip(self.starts, self.texts, self.tags, strict=False)]

    def slice(self, start: int, end: int) -> list[Word]:
        """The words of ``text[start:end]``; a word over an edge is cut there and keeps its tag."""
        if start >= end:
            return []
        first = max(bisect_right(self.starts, start) - 1, 0)
        out = []
        for i in range(first, bisect_left(self.starts, end, hi=len(self.texts))):
            a = self.starts[i]
            b = self.starts[i + 1]
            if a < start or b > end:
                a, b = max(a, start), min(b, end)
                if a < b:
                    out.append(Word(a, b, self.text[a:b], self.tags[i]))
            else:
                out.append(Word(a, b, self.texts[i], self.tags[i]))
        return out
