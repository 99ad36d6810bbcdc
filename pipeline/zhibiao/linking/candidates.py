"""First stage of linking: which wordings of the taxonomy look like a name at all.

:class:`CandidateIndex` holds every wording of a taxonomy three times: in exact tables (folded, trimmed, core and kind, see
:mod:`zhibiao.linking.wording`), in a table of endings, and in an inverted index of character 1-3-grams (TF-IDF, cosine). A search over a
batch of names is one sparse product. N-grams that stand in very many wordings (数量, 率) retrieve nothing, so that the cost of a search
depends on the length of the posting lists that are kept, not on the size of the taxonomy.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from zhibiao.linking.taxonomy import Taxonomy
from zhibiao.linking.wording import core, fold, is_scope, trim

#: An n-gram in more wordings than this retrieves nothing (it still counts when candidates are scored).
MAX_POSTINGS = 400
#: Wordings kept for each name, and how near they must be at least.
TOP_WORDINGS = 10
MIN_COSINE = 0.25
#: Longest n-gram of the index.
_LONGEST = 3


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
    the wording) or 0 (near only); ``cosine`` is 0…1.
    """

    wording: int
    exact: float
    cosine: float


class CandidateIndex:
    """All wordings of one taxonomy, searchable. Building costs about 20 µs a wording; it is never changed afterwards."""

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
        self._folded: Mapping[str, list[int]] = dict(folded)
        self._trimmed: Mapping[str, list[int]] = dict(trimmed)
        self._cores: Mapping[tuple[str, str], list[int]] = cores
        self._endings: Mapping[str, list[int]] = endings
        self._ending_lengths = tuple(sorted({len(key) for key in endings}, reverse=True))
        self._only_endings = frozenset(only_endings)
        self._max_postings = max_postings
        self._weights: dict[int, tuple[frozenset[str], float]] = {}

    @cached_property
    def _postings(self) -> tuple[dict[str, tuple[float, int]], sparse.csr_matrix]:
        """Each n-gram with its idf and its row, and the matrix of rows × wordings. N-grams that are too common have row -1."""
        vectorizer = TfidfVectorizer(
            analyzer="char", ngram_range=(1, _LONGEST), min_df=1, sublinear_tf=True, dtype=np.float32, lowercase=False
        )
        # Endings are looked up from the back only: as near wordings they would match what stands before them.
        texts = ["" if i in self._only_endings else wording.trimmed for i, wording in enumerate(self.wordings)]
        matrix = vectorizer.fit_transform(texts).T.tocsr()
        kept = np.diff(matrix.indptr) <= self._max_postings
        rows = np.where(kept, np.cumsum(kept) - 1, -1).tolist()
        idf = vectorizer.idf_.tolist()
        return {gram: (idf[i], rows[i]) for gram, i in vectorizer.vocabulary_.items()}, matrix[np.flatnonzero(kept)]

    @cached_property
    def _idf(self) -> dict[str, float]:
        """Weight of each character (half) and character pair: rare ones tell more."""
        counts: dict[str, int] = defaultdict(int)
        for wording in self.wordings:
            for gram in grams(wording.trimmed):
                counts[gram] += 1
        total = len(self.wordings) + 1
        return {gram: (math.log(total / (n + 1)) + 0.1) * (1.0 if len(gram) > 1 else 0.5) for gram, n in counts.items()}

    @cached_property
    def _rarest(self) -> float:
        return math.log(len(self.wordings) + 1)

    def weight_of(self, wording: int) -> tuple[frozenset[str], float]:
        """The characters and pairs in the core of a wording, and their weight together (kept once computed)."""
        known = self._weights.get(wording)
        if known is None:
            weights = self.weigh(self.wordings[wording].core)
            known = self._weights[wording] = frozenset(weights), sum(weights.values())
        return known

    def weigh(self, text: str) -> dict[str, float]:
        """The characters and pairs of a text with their weights; those that no wording has weigh most."""
        idf, rarest = self._idf, self._rarest
        return {gram: idf[gram] if gram in idf else rarest if len(gram) > 1 else rarest / 2 for gram in grams(text)}

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
                hits.setdefault(i, Hit(i, level, level))
        if not any(hit.exact >= 0.9 for hit in hits.values()):
            for tail, level in self._tails(folded):
                for i in tail:
                    if i not in hits or hits[i].exact < level:
                        hits[i] = Hit(i, level, level)
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

    def search(self, trimmed: Sequence[str], *, top: int = TOP_WORDINGS) -> list[list[Hit]]:
        """The nearest wordings of each trimmed name by cosine, at most ``top`` each, best first, ties in the order of the file."""
        if not trimmed:
            return []
        product = (self._vectorize(trimmed) @ self._postings[1]).tocsr()
        near = product.data >= MIN_COSINE
        ends = np.concatenate([[0], np.cumsum(near)])[product.indptr].tolist()
        columns, values = product.indices[near].tolist(), (-product.data[near]).tolist()
        found: list[list[Hit]] = []
        for begin, end in pairwise(ends):
            pairs = sorted(zip(values[begin:end], columns[begin:end], strict=True))[:top]
            found.append([Hit(column, 0.0, min(1.0, -value)) for value, column in pairs])
        return found

    def _vectorize(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """The names as rows over the kept n-grams: what ``TfidfVectorizer.transform`` gives, without its cost for a call."""
        known, postings = self._postings
        columns: list[int] = []
        data: list[float] = []
        starts = [0]
        for text in texts:
            found = dict.fromkeys([text[i : i + n] for n in range(1, _LONGEST + 1) for i in range(len(text) - n + 1)])
            weights = [known[gram] for gram in found if gram in known]
            length = math.sqrt(sum([idf * idf for idf, _ in weights])) or 1.0
            for idf, column in weights:
                if column >= 0:
                    columns.append(column)
                    data.append(idf / length)
            starts.append(len(columns))
        shape = (len(texts), postings.shape[0])
        return sparse.csr_matrix((np.asarray(data, np.float32), np.asarray(columns, np.int32), np.asarray(starts, np.int32)), shape=shape)


def grams(text: str) -> set[str]:
    """Characters and character pairs of a text."""
    return {*text, *(text[i : i + 2] for i in range(len(text) - 1))}
