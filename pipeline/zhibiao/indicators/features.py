"""What the tagger sees of each word: hashed features, computed for a batch of passages at once.

Every feature is a number below :data:`BUCKETS`. Words go in by a checksum of their characters, so that the features of a text are the same
on every machine and in every run. Columns that depend on neighbours are shifts of one long row in which passages are held apart by gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from zlib import crc32

import numpy as np
import numpy.typing as npt

from zhibiao.schema import Quantity
from zhibiao.tokens.words import WordIndex

BITS = 17
BUCKETS = 1 << BITS
#: Words between two passages of a batch, so that no feature looks into a neighbour.
GAP = 4
_BACK, _AHEAD = 10, 5  # words around a quantity that go in without their place
_STOPS = frozenset("，。；：！")
_ENDS = frozenset("。；")
_FAR = 9
Ids = npt.NDArray[np.uint64]


@lru_cache(maxsize=1 << 16)
def _id(word: str) -> int:
    return crc32(word.encode("utf-8"))


@lru_cache(maxsize=1 << 16)
def _shape(word: str) -> tuple[int, int, int, int]:
    """Checksums of the word (digits as one sign), its first character, its last, its last two; of a word as printed."""
    if word.isdigit():
        word = "#"
    return _id(word), _id(word[0]) ^ 1, _id(word[-1]) ^ 2, _id(word[-2:]) ^ (len(word) if len(word) < 4 else 4)


class Batch:
    """The words of several passages in one row. ``starts[k]`` is where passage ``k`` begins, ``lengths[k]`` how many words it has."""

    def __init__(self, passages: Sequence[tuple[WordIndex, Sequence[Quantity]]], *, of_targets: Sequence[bool] = ()) -> None:
        self.lengths = [len(index.texts) for index, _ in passages]
        self.starts: list[int] = []
        size = GAP
        for n in self.lengths:
            self.starts.append(size)
            size += n + GAP
        self.size = size
        self._word = np.zeros(size, np.uint64)
        self._first = np.zeros(size, np.uint64)
        self._last = np.zeros(size, np.uint64)
        self._tail = np.zeros(size, np.uint64)
        self._tag = np.zeros(size, np.uint64)
        self._unit = np.zeros(size, np.uint64)
        self._seen = np.zeros(size, np.uint64)
        self._stop = np.ones(size, bool)
        self._comma = np.ones(size, bool)
        #: where the quantities stand in the row
        self.quantities: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        found: list[int] = []
        heading = of_targets or [False] * len(passages)
        for (index, quantities), at, flag in zip(passages, self.starts, heading, strict=True):
            found += self._fill(index, quantities, at, flag)
        self.quantities = np.array(found, np.int64)
        self._next, self._before = self._distances()

    def _distances(self) -> tuple[Ids, Ids]:
        """How many words on the next quantity stands, and how many back the one before, with no stop between; far where there is none."""
        here = np.arange(self.size)
        number = np.zeros(self.size, bool)
        number[self.quantities] = True
        far = self.size * 2

        def ahead(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
            found: npt.NDArray[np.int64] = np.minimum.accumulate(np.where(flags, here, far)[::-1])[::-1]
            return found

        def back(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
            found: npt.NDArray[np.int64] = np.maximum.accumulate(np.where(flags, here, -far))
            return found

        to, since = ahead(number), back(number)
        after = np.where(to < ahead(self._comma), np.minimum(to - here, _FAR), _FAR)
        before = np.where(since > back(self._comma), np.minimum(here - since, _FAR), _FAR)
        return after.astype(np.uint64), before.astype(np.uint64)

    @property
    def stops(self) -> npt.NDArray[np.bool_]:
        """Which words of the row are full stops (gaps between passages count too)."""
        return self._stop

    def _fill(self, index: WordIndex, quantities: Sequence[Quantity], at: int, flag: bool) -> list[int]:
        texts, tags = index.texts, index.tags
        n = len(texts)
        shapes = [_shape(text) for text in texts]
        places = [i for i, tag in enumerate(tags) if tag == "quantity"]
        for i, q in zip(places, quantities, strict=True):
            kind = _id(f"<{q.kind}>")
            shapes[i] = (kind, kind ^ 1, kind ^ 2, kind ^ 3)
        rows = np.fromiter(chain.from_iterable(shapes), np.uint64, 4 * n).reshape(n, 4)
        self._word[at : at + n], self._first[at : at + n], self._last[at : at + n], self._tail[at : at + n] = rows.T
        self._tag[at : at + n] = [_id(tag) for tag in tags]
        self._comma[at : at + n] = commas = [text in _STOPS for text in texts]
        if any(commas):
            self._stop[at : at + n] = [text in _ENDS for text in texts]
        else:
            self._stop[at : at + n] = False
        for k, (i, q) in enumerate(zip(places, quantities, strict=True)):
            self._unit[at + i] = _id(q.unit) + len(q.op) * 7 + ord(q.op[0])
            self._seen[at + i] = min(k, 4) + 8 * flag + 16 * (q.op != "=")
        return [at + i for i in places]

    def columns(self) -> npt.NDArray[np.int32]:
        """Features of each word of the row: shape (features, words)."""
        w, t = self._word, self._tag
        near = self._next * np.uint64(16) + self._before

        def at(column: Ids, k: int) -> Ids:
            return np.roll(column, -k)

        single = [
            w, at(w, -1), at(w, 1), at(w, -2), at(w, 2), at(w, -3), at(w, 3), t, at(t, -1), at(t, 1), at(t, -2), at(t, 2), self._first,
            self._last, self._tail, at(self._last, -1), at(self._first, 1), self._next, self._before, near,
        ]  # fmt: skip
        pairs = [
            (at(w, -1), w), (w, at(w, 1)), (at(w, -2), at(w, -1)), (at(w, 1), at(w, 2)), (t, at(w, 1)), (t, at(w, -1)), (self._last, self._next),
            (t, near), (at(t, -1), t), (t, at(t, 1)),
        ]  # fmt: skip
        out = [_mix(k, column) for k, column in enumerate(single)]
        out += [_mix(40 + k, a * np.uint64(0x9E3779B1) + b) for k, (a, b) in enumerate(pairs)]
        out.append(_mix(60, (at(t, -1) * np.uint64(31) + t) * np.uint64(0x9E3779B1) + at(t, 1)))
        return np.stack(out).astype(np.int32)

    def of_quantities(self) -> npt.NDArray[np.int32]:
        """Features that only quantities have: unit, place among the numbers, the words before as one, and the words around without their
        place. Shape (features, quantities); -1 where a word around is missing."""
        places = self.quantities
        out = np.full((3 + _BACK + _AHEAD, len(places)), -1, np.int32)
        w = self._word
        out[0] = _mix(70, self._unit[places])
        out[1] = _mix(71, self._seen[places])
        before = (w[places - 3] * np.uint64(31) + w[places - 2]) * np.uint64(0x9E3779B1) + w[places - 1]
        out[2] = _mix(72, before)
        for row, step, count, key in ((3, -1, _BACK, 73), (3 + _BACK, 1, _AHEAD, 74)):
            inside = np.ones(len(places), bool)
            for k in range(1, count + 1):
                there = np.clip(places + step * k, 0, self.size - 1)
                inside &= ~self._stop[there]
                out[row + k - 1, inside] = _mix(key, w[there[inside]])
        return out


def _mix(key: int, column: Ids) -> npt.NDArray[np.int64]:
    """Spread the numbers of a column over the buckets; ``key`` tells columns apart (splitmix64's finisher)."""
    x = column + np.uint64((key + 1) * 0x9E3779B97F4A7C15 % (1 << 64))
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) & np.uint64(BUCKETS - 1)).astype(np.int64)
