"""The linker: the words of a record → the entry of the taxonomy that they mean, or NIL.

    fold the name → exact tables and endings, and the nearest wordings whose kind agrees → features of every pair → trained ranker
    → what the mentions around were linked to → ranker again → probability that the best is right → NIL below the threshold
    → the same words alike throughout the document

A record whose value cannot be a value of the entry (a count for a rate) is never linked to it, whatever the words. Everything is
deterministic; ties go to the entry that stands first in the taxonomy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from zhibiao.linking.candidates import CandidateIndex
from zhibiao.linking.entry import Entry
from zhibiao.linking.mention import Mention, Query
from zhibiao.linking.neighbours import alike, votes
from zhibiao.linking.pairs import FEATURES, PRIOR, VOTES, PairMaker, Pairs
from zhibiao.linking.ranker import Ranker, best_rows, chances, evidence, shipped_ranker
from zhibiao.linking.taxonomy import Taxonomy, load_taxonomy
from zhibiao.linking.wording import modifiers
from zhibiao.nets import Floats
from zhibiao.schema import Link

#: Below this probability of being right an answer is NIL. Chosen on the dev part of ``annotations/links``, see docs/LINKING.md.
THRESHOLD = 0.3
_EXACT, _ENDING, _OTHERS, _DOMAIN, _OTHER_DOMAIN, _DEFAULT = (
    FEATURES.index(name) for name in ("exact", "ending", "others", "domain", "other_domain", "default")
)
#: From here on a name counts as the very words of an entry.
_VERY_WORDS = 0.9
_SHOWN = 8


class Candidate(NamedTuple):
    """One entry that was considered: the wording that came nearest, the features, the probability of this pair by itself."""

    entry: Entry
    wording: str
    features: dict[str, float]
    score: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a mention was linked as it was. ``rejected`` holds entries that the words name but whose kind does not agree with the value;
    ``notes`` say, for people, what the document as a whole changed."""

    mention: Mention
    link: Link
    threshold: float
    candidates: tuple[Candidate, ...]
    rejected: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answers:
    """The decisions on the mentions of a document: best row of each (-1: none), its entry (-1: NIL), the probability that this is right, and
    the mention whose answer it takes in the end."""

    pairs: Pairs
    score: Floats
    best: np.ndarray[tuple[int], np.dtype[np.int64]]
    entry: list[int]
    sure: list[float]
    taken: list[int]


class Linker:
    """Links names to one taxonomy. Building reads and indexes the taxonomy once; linking changes nothing.

    ``threshold``: an answer that is right with less probability is NIL; ``ranker``: default the shipped one.
    """

    def __init__(self, taxonomy: Taxonomy | None = None, *, threshold: float = THRESHOLD, ranker: Ranker | None = None) -> None:
        if not 0.0 <= threshold <= 1.0:
            raise ValueError(f"threshold 应在 0 与 1 之间：{threshold}")
        self.taxonomy = taxonomy if taxonomy is not None else load_taxonomy()
        self.threshold = threshold
        self.ranker = ranker if ranker is not None else shipped_ranker()
        self.index = CandidateIndex(self.taxonomy)
        self.maker = PairMaker(self.index)
        self._prior: Floats | None = None
        self._growth = {(entry.change_of, change): entry for entry in self.taxonomy if entry.change_of for change in _changes_of(entry)}

    def link(
        self, name: str, *, unit: str = "", kind: str = "", record_type: str = "fact", section: str = "", project: str = "", org: str = "",
        op: str = "", change: str = "", context: str = "",
    ) -> Link:  # fmt: skip
        """The entry that ``name`` means, or a :class:`~zhibiao.schema.Link` with ``canonical_id`` None; see :class:`Mention`.

        >>> default_linker().link("全市新增城镇就业", unit="人").canonical_id
        'lab-new-jobs'
        """
        return self.link_many([Mention(name, unit, kind, record_type, section, project, org, op, change, context)])[0]

    def link_many(self, mentions: Sequence[Mention]) -> list[Link]:
        """Link the mentions of one document, in order; their links depend on one another (:mod:`zhibiao.linking.neighbours`)."""
        if not mentions:
            return []
        queries = [Query.of(mention) for mention in mentions]
        answers = self._decide(queries)
        return [self._link(queries[i], queries[answers.taken[i]], answers, answers.taken[i]) for i in range(len(queries))]

    def forget(self) -> None:
        """Drop what is kept of names seen before; answers stay the same."""
        self.maker.forget()

    def explain(self, mentions: Sequence[Mention], place: int) -> Explanation:
        """The decision on the mention at ``place`` among those of its document, with all that led to it."""
        queries = [Query.of(mention) for mention in mentions]
        answers = self._decide(queries)
        pairs, taken = answers.pairs, answers.taken[place]
        rows = sorted(np.flatnonzero(pairs.mention == place).tolist(), key=lambda r: (-answers.score[r], r))
        entries, wordings = self.taxonomy.entries, self.index.wordings
        candidates = tuple(
            Candidate(
                entries[pairs.entry[r]], wordings[pairs.wording[r]].text,
                dict(zip(FEATURES, (round(float(v), 4) for v in pairs.features[r]), strict=True)), float(answers.score[r]),
            )
            for r in rows[:_SHOWN]
        )  # fmt: skip
        notes = []
        if rows and taken == place and answers.best[place] != rows[0]:
            notes.append(
                "由规则选定：共用的别名看所在领域，独有的别名从其字面，部门整体的收支归一条 chosen by a rule: shared words by field"
            )
        if taken != place:
            notes.append(f"同名记录一并处理，取第{taken + 1}条的结果 the same words link alike: takes the answer of record {taken + 1}")
        link = self._link(queries[place], queries[taken], answers, taken)
        if link.canonical_id and answers.entry[taken] >= 0 and link.canonical_id != entries[answers.entry[taken]].id:
            notes.append(f"数值是变动，取 {entries[answers.entry[taken]].id} 的变动指标 the value is a change")
        rejected = tuple(entries[n] for n in pairs.rejected[place][:_SHOWN])
        return Explanation(mentions[place], link, self.threshold, candidates, rejected, tuple(notes))

    def answer_pairs(self, queries: Sequence[Query]) -> tuple[Pairs, Floats]:
        """The pairs of a document's mentions with the neighbours' votes filled in, and the ranker's probability of each."""
        pairs = self.maker.make(queries)
        self.fill_priors(pairs)
        score = chances(self.ranker.first, pairs.features)
        self.fill_votes(queries, pairs, score)
        return pairs, chances(self.ranker.second, pairs.features)

    def fill_priors(self, pairs: Pairs, prior: Mapping[str, float] | None = None) -> None:
        """Fill in how often each entry was right in the annotations (default: as the ranker knows it)."""
        if prior is None:
            if self._prior is None:
                self._prior = self._prior_table(self.ranker.about.get("prior", {}))
            pairs.features[:, PRIOR] = self._prior[pairs.entry]
        else:
            pairs.features[:, PRIOR] = self._prior_table(prior)[pairs.entry]

    def _prior_table(self, prior: Mapping[str, float]) -> Floats:
        return np.array([prior.get(entry.id, 0.0) for entry in self.taxonomy])

    def fill_votes(self, queries: Sequence[Query], pairs: Pairs, score: Floats) -> None:
        """Fill in the neighbours' votes by a first ranking."""
        best = best_rows(score, pairs.mention, len(queries))
        entry = np.where(best >= 0, pairs.entry[best] if len(pairs.entry) else -1, -1)
        chance = np.where(best >= 0, score[best] if len(score) else 0.0, 0.0)
        maker = self.maker
        pairs.features[:, VOTES] = votes(queries, entry, chance, maker.field_of, maker.general, pairs.mention, pairs.entry)

    def _decide(self, queries: Sequence[Query]) -> _Answers:
        pairs, score = self.answer_pairs(queries)
        count = len(queries)
        best = best_rows(self._preferred(queries, pairs, score), pairs.mention, count)
        have = np.flatnonzero(best >= 0)
        sure, none = np.zeros(count), np.full(count, float(self.ranker.about.get("blank", 1.0)))
        if len(have):
            rows = best[have]
            seen = evidence(score, pairs.features, pairs.mention, rows)
            sure[have], none[have] = self.ranker.sure.chances(seen), self.ranker.none.chances(seen)
        entry, ambiguous = [], []
        for i, row in enumerate(best.tolist()):
            features = pairs.features[row] if row >= 0 else None
            # A wording of the taxonomy that stands on one entry alone is that entry; whether a nearer one exists is not asked.
            named = features is not None and ((features[_EXACT] == 1.0 and features[_OTHERS] == 0.0) or (
                features[_DEFAULT] == 1.0 and pairs.entry[row] == self.maker.shortlister.whole
            ))  # fmt: skip
            entry.append(int(pairs.entry[row]) if row >= 0 and (named or sure[i] >= self.threshold) else -1)
            ambiguous.append(features is not None and features[_OTHERS] > 0)
        strength = np.where(np.array(entry) >= 0, sure, none).tolist()
        return _Answers(pairs, score, best, entry, strength, alike(queries, entry, strength, ambiguous=ambiguous))

    def _preferred(self, queries: Sequence[Query], pairs: Pairs, score: Floats) -> Floats:
        """The probabilities, raised above all others where a rule decides.

        Words that stand on several entries (按时办结率) mean the one whose field the passage speaks of, else the one whose field the mentions
        around were linked to. The very words of one entry alone mean it, unless the passage speaks of other fields only. A budget pair that is
        worded as that of a whole office is that, unless its very words are an entry's.
        """
        features = pairs.features
        shared = (features[:, _OTHERS] > 0) & (features[:, _EXACT] >= _VERY_WORDS)
        said = np.where(shared, 2 * (features[:, _DOMAIN] > 0) + features[:, VOTES], 0.0)
        elsewhere = (features[:, _OTHER_DOMAIN] > 0) & np.array([bool(q.context) for q in queries])[pairs.mention]
        alone = (features[:, _EXACT] == 1.0) & (features[:, _OTHERS] == 0) & ~elsewhere
        whole = (features[:, _DEFAULT] == 1.0) & (pairs.entry == self.maker.shortlister.whole)
        named = np.zeros(int(pairs.mention.max(initial=-1)) + 1)
        np.maximum.at(named, pairs.mention, features[:, _EXACT])
        return score + said + np.where(alone, 1.0, 0.0) + np.where(whole & (named[pairs.mention] < 1.0), 3.0, 0.0)

    def _link(self, query: Query, source: Query, answers: _Answers, place: int) -> Link:
        """The link of a mention by the answer at ``place``: the entry, or the growth of its measure where that is an entry and the value a change."""
        sure = answers.sure[place]
        if answers.entry[place] < 0:
            return Link(confidence=_decimal(sure), method="nil")
        entry = self.taxonomy.entries[answers.entry[place]]
        features = answers.pairs.features[answers.best[place]]
        growth = self._growth.get((entry.id, query.change))
        if growth is not None and query.kind == growth.kind != entry.kind:
            entry = growth
        method = "alias" if features[_EXACT] else "ending" if features[_ENDING] else "near"
        return Link(entry.id, entry.name, entry.level1, entry.level2, entry.direction, _decimal(sure), method)


@lru_cache(maxsize=1)
def default_linker() -> Linker:
    """The linker of the shipped taxonomy, built at the first call and kept."""
    return Linker()


def _changes_of(entry: Entry) -> tuple[str, ...]:
    """The changes that an entry which measures a change can be: a fall only for one that is named so."""
    return ("降",) if "cut" in modifiers(entry.name) else ("升", "降", "变")


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.4f}")
