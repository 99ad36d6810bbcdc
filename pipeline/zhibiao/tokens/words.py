"""The words of one passage with offsets, quantities kept whole, to be looked up by stretch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
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
    """The words of ``text``. Quantities are words of their own, so that no word runs over the edge of a number."""

    def __init__(self, text: str, quantities: Sequence[Quantity], tagger: Tagger) -> None:
        self.text = text
        self.words: list[Word] = []
        at = 0
        for q in quantities:
            if q.start > at:
                self._add(at, q.start, tagger)
            self.words.append(Word(q.start, q.end, text[q.start : q.end], "quantity"))
            at = q.end
        if at < len(text):
            self._add(at, len(text), tagger)
        self._starts = [w.start for w in self.words]

    def _add(self, start: int, end: int, tagger: Tagger) -> None:
        append, make = self.words.append, Word._make
        for word, tag in tagger(self.text[start:end]):
            after = start + len(word)
            append(make((start, after, word, tag)))
            start = after

    def slice(self, start: int, end: int) -> list[Word]:
        """The words of ``text[start:end]``; a word over an edge is cut there and keeps its tag."""
        if start >= end:
            return []
        i = bisect_right(self._starts, start) - 1
        j = bisect_left(self._starts, end)
        out = self.words[max(i, 0) : j]
        if out and out[0].start < start:
            first = out[0]
            out[0] = Word(start, first.end, self.text[start : first.end], first.tag)
        if out and out[-1].end > end:
            last = out[-1]
            out[-1] = Word(last.start, end, self.text[last.start : end], last.tag)
        return [w for w in out if w.start < w.end]
