"""First stage of linking: which wordings of the taxonomy look like a name at all.

:class:`CandidateIndex` holds every wording of a taxonomy twice: in exact tables (folded, trimmed, core and kind, see
:mod:`zhibiao.linking.wording`) with a table of endings, and in an inverted index of characters and character pairs (TF-IDF, cosine). A search
over a batch of names is one sparse product. Entries whose kind rules them out are dropped before the nearest are taken. N-grams that stand in
very many wordings (数, 率) retrieve nothing, so that the cost of a search depends on the length of the posting lists that are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from zhibiao.linking.entry import Entry
from zhibiao.linking.taxonomy import Taxonomy
from zhibiao.linking.wording import core, fold, is_scope, trim

#: A pair of characters in more wordings than this retrieves nothing, nor a single one in a tenth as many (they count when candidates are compared).
MAX_POSTINGS, _SINGLES = 600, 10
#: Entries kept for each name, and how near they must be at least.
TOP_ENTRIES = 10
MIN_COSINE = 0.06
#: Longest n-gram of the index; single characters weigh this much of a pair.
_LONGEST, _SINGLE = 2, 0.6
#: A pair of characters as one number: the first one's code, shifted by so many bits, and the second's.
_SHIFT = 21
_BLANK, _PLANE = ord(" "), 0x10000
#: What an entry of a field that the passage or the organisation speaks of, or of a general field, has ahead of others in a search.
AHEAD = 0.1

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to word an entry: the text as written, folded, trimmed and as core, and the number of its entry."""

    text: str
    folded: str
    trimmed: str
    core: str
    entry: int


class Hit(NamedTuple):
    """A wording found for a name and how.

    ``exact`` is 1 (the folded name), 0.9 (trimmed), 0.85 (behind a scope), 0.8 (core), 0.7 (an ending of the entry), 0.5 (the name ends in
    the wording) or 0 (near only).
    """

    wording: int
    exact: float


class Grams(NamedTuple):
    """Texts as n-grams: the numbers of the grams of text ``i`` are ``columns[starts[i]:starts[i + 1]]``, sorted, with their squared weights.

    ``mass`` is the sum of the squared weights of a text; it counts grams that the index does not know, as the rarest ones.
    """

    starts: Ints
    columns: Ints
    squares: Reals
    mass: Reals

    def only(self, texts: Sequence[int]) -> Grams:
        """These texts alone, in this order."""
        at = np.asarray(texts, np.int64)
        sizes = self.starts[at + 1] - self.starts[at]
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        taken = np.arange(starts[-1]) + np.repeat(self.starts[at] - starts[:-1], sizes)
        return Grams(starts, self.columns[taken], self.squares[taken], self.mass[at])


class _Built(NamedTuple):
    """The index proper. ``chars``: code of a character → its number (0: in no wording); ``singles``, ``pairs``: numbers of characters → number
    of the gram, -1 where there is none. Then the squared weights of the grams, the wordings as grams, the kept postings (grams × wordings), the
    lengths of the wordings as vectors, and the squared weight of a gram that is not known."""

    chars: Ints
    singles: Ints
    pairs: npt.NDArray[np.int32]
    squares: Reals
    grams: Grams
    postings: Any
    lengths: Reals
    rarest: float


def _lookup_tables(names: Sequence[str]) -> tuple[Ints, Ints, npt.NDArray[np.int32]]:
    """``chars``, ``singles`` and ``pairs`` of :class:`_Built`. Characters beyond the basic plane count as unknown."""
    known = sorted({char for name in names for char in name if ord(char) < _PLANE})
    chars = np.zeros(_PLANE + 1, np.int64)
    chars[[ord(char) for char in known]] = np.arange(1, len(known) + 1)
    singles = np.full(len(known) + 1, -1, np.int64)
    pairs = np.full((len(known) + 1, len(known) + 1), -1, np.int32)
    for number, name in enumerate(names):
        at = [int(chars[min(ord(char), _PLANE)]) for char in name]
        if all(at) and len(at) == 1:
            singles[at[0]] = number
        elif all(at):
            pairs[at[0], at[1]] = number
    return chars, singles, pairs


class CandidateIndex:
    """All wordings of one taxonomy, searchable; never changed once built."""

    def __init__(self, taxonomy: Taxonomy, *, max_postings: int = MAX_POSTINGS) -> None:
        self.taxonomy = taxonomy
        wordings: list[Wording] = []
        folded: dict[str, list[int]] = defaultdict(list)
        trimmed: dict[str, list[int]] = defaultdict(list)
        cores: dict[tuple[str, str], list[int]] = defaultdict(list)
        endings: dict[str, list[int]] = defaultdict(list)
        only_endings: set[int] = set()
        for number, entry in enumerate(taxonomy):
            for text in (*entry.wordings, *entry.endings):
                one = fold(text)
                two = trim(one)
                wording = Wording(text, one, two, core(two, entry.kind), number)
                here = next((i for i in folded.get(one, ()) if wordings[i].entry == number), len(wordings))
                if text in entry.endings:
                    endings[one].append(here)
                if here < len(wordings):
                    continue
                if text not in entry.wordings:
                    only_endings.add(here)
                else:
                    folded[one].append(here)
                    # A wording cut down to two characters (部门支出 → 支出) would stand for too much.
                    if len(two) > 2 or two == one:
                        trimmed[two].append(here)
                    if len(wording.core) > 2 or wording.core == one:
                        cores[wording.core, entry.kind].append(here)
                wordings.append(wording)
        self.wordings = tuple(wordings)
        self.entry_of: Ints = np.array([w.entry for w in wordings], np.int64)
        #: The first wording of each entry: its name.
        self.name_of: Ints = np.searchsorted(self.entry_of, np.arange(len(taxonomy)))
        self._folded: Mapping[str, list[int]] = dict(folded)
        self._trimmed: Mapping[str, list[int]] = dict(trimmed)
        self._cores: Mapping[tuple[str, str], list[int]] = cores
        self._endings: Mapping[str, list[int]] = endings
        self._ending_lengths = tuple(sorted({len(key) for key in endings}, reverse=True))
        self._only_endings = frozenset(only_endings)
        self._max_postings = max_postings

    @cached_property
    def _built(self) -> _Built:
        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, _LONGEST), lowercase=False, dtype=np.float32, norm=None, binary=True)
        # Endings are looked up from the back only: as near wordings they would match what stands before them.
        texts = ["" if i in self._only_endings else wording.trimmed for i, wording in enumerate(self.wordings)]
        matrix = vectorizer.fit_transform(texts)
        names = vectorizer.get_feature_names_out()
        single = np.array([len(name) == 1 for name in names])
        squares = (vectorizer.idf_.astype(np.float32) * np.where(single, np.float32(_SINGLE), np.float32(1))) ** 2
        chars, singles, pairs = _lookup_tables(names)
        matrix.sort_indices()
        matrix.data = squares[matrix.indices]
        mass = np.asarray(matrix.sum(1), np.float32).ravel()
        grams = Grams(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data, mass)
        postings = matrix.T.tocsr()
        rare = np.diff(postings.indptr) <= np.where(single, self._max_postings // _SINGLES, self._max_postings)
        postings = (sparse.diags(rare.astype(np.float32)) @ postings).tocsr()
        postings.eliminate_zeros()
        lengths = np.sqrt(np.maximum(mass, np.float32(1e-6)))
        return _Built(chars, singles, pairs, squares, grams, postings, lengths, float(squares.max(initial=1.0)))

    @property
    def grams(self) -> Grams:
        """The wordings as n-grams."""
        return self._built.grams

    @property
    def width(self) -> int:
        """How many n-grams the index knows."""
        return len(self._built.squares)

    def _found(self, texts: Sequence[str]) -> tuple[Ints, Ints, Ints, Ints]:
        """The known grams of texts without blanks as (text, gram), every time one occurs; then the unknown pairs as (text, code)."""
        built = self._built
        # A blank before each text keeps pairs from reaching over its border; no gram of the index holds one.
        joined = (" " + " ".join(texts)).encode("utf-32-le", "surrogatepass")
        codes = np.frombuffer(joined, np.uint32).astype(np.int64)
        text_of = np.cumsum(codes == _BLANK) - 1
        chars = built.chars[np.minimum(codes, len(built.chars) - 1)]
        single = built.singles[chars]
        pair = built.pairs[chars[:-1], chars[1:]]
        one, two = np.flatnonzero(single >= 0), np.flatnonzero(pair >= 0)
        strange = np.flatnonzero((pair < 0) & (codes[:-1] != _BLANK) & (codes[1:] != _BLANK))
        rows = np.concatenate([text_of[one], text_of[two]])
        return rows, np.concatenate([single[one], pair[two]]), text_of[strange], codes[strange] << _SHIFT | codes[strange + 1]

    def gram_table(self, texts: Sequence[str]) -> Grams:
        """Texts without blanks as n-grams of this index; a pair of characters that no wording has weighs as much as the rarest."""
        built, count = self._built, len(texts)
        owner, grams, strange, code = self._found(texts)
        # Each gram of a text counts once.
        found = np.unique(owner * np.int64(self.width) + grams)
        rows, columns = found // self.width, found % self.width
        squares = built.squares[columns]
        unknown = np.unique(strange << 2 * _SHIFT | code) >> 2 * _SHIFT
        mass = np.bincount(rows, squares, count) + built.rarest * np.bincount(unknown, minlength=count)
        return Grams(np.searchsorted(rows, np.arange(count + 1)).astype(np.int64), columns, squares, mass.astype(np.float32))

    def gram_flags(self, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Which n-grams each text without blanks has, as a table of texts × grams."""
        out = np.zeros((len(texts), self.width), np.bool_)
        owner, grams, _, _ = self._found(texts)
        out[owner, grams] = True
        return out

    def exact(self, folded: str, trimmed: str, kind: str) -> list[Hit]:
        """Wordings that are the name itself, best fold first, then wordings the name ends in. ``kind`` may be ``""``."""
        hits: dict[int, Hit] = {}
        for found, level in (
            (self._folded.get(folded, ()), 1.0),
            (self._trimmed.get(trimmed, ()), 0.9),
            (self._cores.get((core(trimmed, kind), kind), ()) if kind else (), 0.8),
            (self._trimmed.get(core(trimmed, kind), ()) if kind else (), 0.8),
        ):
            for i in found:
                hits.setdefault(i, Hit(i, level))
        if not any(hit.exact >= 0.9 for hit in hits.values()):
            for tail, level in self._tails(folded):
                for i in tail:
                    if i not in hits or hits[i].exact < level:
                        hits[i] = Hit(i, level)
        return list(hits.values())

    def _tails(self, folded: str) -> list[tuple[Sequence[int], float]]:
        """Wordings that the name ends in: after a scope (0.85), as an ending of the entry (0.7), else the longest (0.5).

        A wording longer than the ending that fits says more than the ending and takes its place.
        """
        longest: list[int] = []
        begin = 1
        for begin in range(1, len(folded) - 2):
            longest = self._folded.get(folded[begin:]) or self._trimmed.get(folded[begin:]) or []
            if longest:
                break
        if longest and is_scope(folded[:begin]):
            return [(longest, 0.85)]
        for length in self._ending_lengths:
            if length <= len(folded) and (found := self._endings.get(folded[-length:])):
                return [(longest, 0.7)] if longest and len(folded) - begin > length else [(found, 0.7)]
        return [(longest, 0.5)] if longest else []

    def search(self, names: Grams, allowed: Sequence[npt.NDArray[np.bool_] | None], ahead: Sequence[Reals | None]) -> list[Ints]:
        """For each name the nearest wording of each of the nearest entries, at most :data:`TOP_ENTRIES`, best first, ties in the order of the file.

        ``allowed``: which entries may be given (None: all); ``ahead``: what is added to the cosine of each entry (None: nothing).
        """
        built = self._built
        rows = len(names.mass)
        ones = np.ones(len(names.columns), np.float32)
        # The postings hold the squared weights, so the sum over shared grams is the dot product of two weighted vectors.
        product = (sparse.csr_matrix((ones, names.columns, names.starts), shape=(rows, self.width)) @ built.postings).tocsr()
        row = np.repeat(np.arange(rows), np.diff(product.indptr))
        columns = product.indices.astype(np.int64)
        near = product.data / (built.lengths[columns] * np.sqrt(np.maximum(names.mass, np.float32(1e-6)))[row])
        kept = near >= MIN_COSINE
        row, columns, near = row[kept], columns[kept], near[kept]
        entries = self.entry_of[columns]
        fit = np.ones(len(row), np.bool_)
        bounds = np.searchsorted(row, np.arange(rows + 1))
        for i in range(rows):
            here = slice(bounds[i], bounds[i + 1])
            if (mask := allowed[i]) is not None:
                fit[here] = mask[entries[here]]
            if (bonus := ahead[i]) is not None:
                near[here] += bonus[entries[here]]
        row, columns, near, entries = row[fit], columns[fit], near[fit], entries[fit]
        order = np.lexsort((columns, -near, row))
        row, columns, entries = row[order], columns[order], entries[order]
        # The nearest wording of each entry of each name is the first of its kind in this order.
        _, first = np.unique(row * np.int64(len(self.taxonomy)) + entries, return_index=True)
        first.sort()
        row, columns = row[first], columns[first]
        bounds = np.searchsorted(row, np.arange(rows + 1))
        return [columns[bounds[i] : min(bounds[i + 1], bounds[i] + TOP_ENTRIES)] for i in range(rows)]

    def lookup(self, words: str, *, among: npt.NDArray[np.bool_] | None = None, top: int | None = None) -> list[tuple[Entry, str, float]]:
        """Entries for words that a person typed: (entry, wording, nearness 0…1), exact ones (1) first, then those that hold the words, then near ones.

        ``among``: which entries are asked for; ``top``: how many at most (None: all). An entry comes as often as wordings of it are found.

        >>> from zhibiao.linking.taxonomy import load_taxonomy
        >>> CandidateIndex(load_taxonomy()).lookup("热线工单按时办结率")[0][0].id
        'hl-ontime'
        """
        folded = fold(words)
        trimmed = trim(folded)
        found: dict[int, float] = {}
        for hit in self.exact(folded, trimmed, ""):
            found[hit.wording] = 1.0 if hit.exact == 1.0 else 0.95 if hit.exact > 0.85 else 0.6
        if len(folded) > 1:
            for i, wording in enumerate(self.wordings):
                if i not in found and folded in wording.folded:
                    found[i] = 0.5 + 0.4 * len(folded) / len(wording.folded)
        grams = self.gram_table([trimmed])
        for i in self.search(grams, [among], [None])[0].tolist():
            found.setdefault(i, 0.5 * self._cosine(grams, i))
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        if among is not None:
            ranked = [(i, near) for i, near in ranked if among[self.entry_of[i]]]
        return [(self.taxonomy.entries[self.wordings[i].entry], self.wordings[i].text, round(near, 4)) for i, near in ranked[:top]]

    def _cosine(self, one: Grams, wording: int) -> float:
        grams = self.grams
        columns = grams.columns[grams.starts[wording] : grams.starts[wording + 1]]
        shared = grams.squares[grams.starts[wording] : grams.starts[wording + 1]][np.isin(columns, one.columns)].sum()
        return float(shared / np.sqrt(max(grams.mass[wording] * one.mass[0], 1e-6)))
