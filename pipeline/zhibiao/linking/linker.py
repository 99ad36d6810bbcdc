"""The linker: the words of a record → the entry of the taxonomy that they mean, or NIL.

    fold the name → exact tables and endings, else the n-gram index → kind must agree → features → score → NIL below the threshold

A record whose value cannot be a value of the entry (a count for a rate) is never linked to it, whatever the words. Everything is
deterministic; ties go to the entry that stands first in the taxonomy.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from zhibiao.linking.candidates import CandidateIndex
from zhibiao.linking.entry import Entry
from zhibiao.linking.neighbours import MARGIN, MOST_RIVALS, Answer, settle
from zhibiao.linking.ranking import Candidate, Mention, Query, rank
from zhibiao.linking.taxonomy import Taxonomy, load_taxonomy
from zhibiao.linking.wording import budget_words, modifiers
from zhibiao.linking.words import words
from zhibiao.schema import Link

#: Below this score a name is NIL. Set where accuracy on linked and NIL names of the left-out-alias fit is balanced.
THRESHOLD = 0.3
#: A name that an exact table answers with this score needs no search.
SETTLED = 0.85
_CACHE_SIZE = 65_536


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a mention was linked as it was. ``rejected`` holds near entries whose kind does not agree with the value."""

    mention: Mention
    link: Link
    threshold: float
    candidates: tuple[Candidate, ...]
    rejected: tuple[Entry, ...]

    def __str__(self) -> str:
        head = f"{self.mention.name} → {self.link.canonical_id or 'NIL'} {self.link.canonical_name}（{self.link.method}）"
        lines = [
            f"  {c.score:.3f} {c.entry.id} {c.entry.name}，近似“{c.wording}”，"
            + "，".join(f"{name}={value:.2f}" for name, value in c.features._asdict().items() if value)
            for c in self.candidates
        ]
        lines += [f"  类别不符 {entry.id} {entry.name}（{entry.kind}）" for entry in self.rejected]
        return "\n".join([head, *lines])


class Linker:
    """Links names to one taxonomy. Building reads and indexes the taxonomy once; linking changes nothing but the cache of answers."""

    def __init__(self, taxonomy: Taxonomy | None = None, *, threshold: float = THRESHOLD) -> None:
        if not 0.0 <= threshold <= 1.0:
            raise ValueError(f"threshold 应在 0 与 1 之间：{threshold}")
        self.taxonomy = taxonomy if taxonomy is not None else load_taxonomy()
        self.threshold = threshold
        self.index = CandidateIndex(self.taxonomy)
        self._growth = {(entry.change_of, change): entry for entry in self.taxonomy if entry.change_of for change in _changes_of(entry)}
        self._cache: OrderedDict[Mention, Answer] = OrderedDict()

    def link(
        self, name: str, *, unit: str = "", kind: str = "", record_type: str = "fact", section: str = "", project: str = "", org: str = "",
        op: str = "", change: str = "",
    ) -> Link:  # fmt: skip
        """The entry that ``name`` means, or a :class:`~zhibiao.schema.Link` with ``canonical_id`` None; see :class:`Mention`.

        >>> default_linker().link("全市新增城镇就业", unit="人").canonical_id
        'lab-new-jobs'
        """
        return self.link_many([Mention(name, unit, kind, record_type, section, project, org, op, change)])[0]

    def link_many(self, mentions: Sequence[Mention]) -> list[Link]:
        """Link the mentions of one document, in order.

        One sparse product serves all names that no exact table holds; repeated names are answered once. Where entries of several fields fit a
        name about equally well, the mentions around it decide (:mod:`zhibiao.linking.neighbours`).
        """
        keys = [_reduce(mention) for mention in mentions]
        missing = [key for key in dict.fromkeys(keys) if key not in self._cache]
        fresh = {key: answer for key, (answer, _, _) in zip(missing, self._decide(missing), strict=True)}
        answers = [fresh[key] if key in fresh else self._cache[key] for key in keys]
        self._cache.update(fresh)
        while len(self._cache) > _CACHE_SIZE:
            self._cache.popitem(last=False)
        return settle(answers, [mention.section for mention in mentions])

    def explain(self, mention: Mention) -> Explanation:
        """The decision on one mention by itself, with all that led to it: nearest wordings, features, what the kind ruled out."""
        ((answer, candidates, rejected),) = self._decide([_reduce(mention)], keep_all=True)
        return Explanation(mention, answer.link, self.threshold, tuple(candidates[:8]), tuple(rejected[:8]))

    def _decide(self, mentions: Sequence[Mention], *, keep_all: bool = False) -> list[tuple[Answer, list[Candidate], list[Entry]]]:
        """Exact tables for every mention, then one search for those that they do not settle."""
        queries = [Query.of(mention) for mention in mentions]
        exact = [self.index.exact(query.folded, query.trimmed, query.kind) for query in queries]
        ranked = [rank(self.index, query, hits) for query, hits in zip(queries, exact, strict=True)]
        unsettled = [i for i, (found, _) in enumerate(ranked) if queries[i].folded and (keep_all or not found or found[0].score < SETTLED)]
        near = self.index.search([queries[i].trimmed for i in unsettled])
        for i, hits in zip(unsettled, near, strict=True):
            ranked[i] = rank(self.index, queries[i], [*exact[i], *hits])
        return [(self._choose(query, found), found, out) for query, (found, out) in zip(queries, ranked, strict=True)]

    def _choose(self, query: Query, candidates: Sequence[Candidate]) -> Answer:
        best = candidates[0] if candidates and candidates[0].score >= self.threshold else None
        line = self._budget_line(query.mention, query.kind) if best is None or best.features.exact < 1.0 else None
        if line is not None and (best is None or not best.features.exact or line.id == words().budget.whole_id):
            return Answer(_link(line, self.threshold, "budget"), line.domain)
        if best is None:
            return Answer(Link(confidence=_decimal(1.0 - candidates[0].score if candidates else 1.0), method="nil"))
        floor = max(self.threshold, best.score - MARGIN)
        rivals = [c for c in candidates[1 : MOST_RIVALS + 1] if c.score >= floor and c.entry.domain != best.entry.domain]
        return Answer(self._linked(query, best), best.entry.domain, tuple((c.entry.domain, self._linked(query, c)) for c in rivals))

    def _linked(self, query: Query, candidate: Candidate) -> Link:
        """The link to a candidate, or to the growth of its measure where that is an entry and the value is a change."""
        entry, features = candidate.entry, candidate.features
        growth = self._growth.get((entry.id, query.mention.change))
        if growth is not None and query.kind == growth.kind != entry.kind:
            entry = growth
        return _link(entry, candidate.score, "alias" if features.exact else "ending" if features.ending else "near")

    def _budget_line(self, mention: Mention, kind: str) -> Entry | None:
        """The entry of a budget pair that no wording names: of a whole department, or of one project or task."""
        if mention.record_type != "budget" or kind not in ("money", ""):
            return None
        wanted = budget_words(mention.name.strip(), in_project=bool(mention.project))
        return self.taxonomy.by_id.get(wanted) if wanted else None


@lru_cache(maxsize=1)
def default_linker() -> Linker:
    """The linker of the shipped taxonomy, built at the first call and kept."""
    return Linker()


@lru_cache(maxsize=65_536)
def _context(text: str) -> str:
    """Only what of the surroundings can matter: the cue words of the fields that stand there, as one canonical text."""
    return "|".join(word for word in _cues() if word in text) if text else ""


@lru_cache(maxsize=1)
def _cues() -> tuple[str, ...]:
    return tuple(sorted({cue for cues in words().domains.values() for cue in cues}))


def _direction(mention: Mention) -> str:
    """How the value changes: 降, 升 or 变 by the words of change, 升 where a percentage is named 增速 or 增长率, else ``""``."""
    if not mention.change:
        return "升" if mention.unit in ("%", "个百分点") and mention.name.rstrip().endswith(words().modifiers["growth"]) else ""
    said = modifiers(mention.change)
    return "降" if "cut" in said or "降" in mention.change else "升" if "growth" in said else "变"


def _changes_of(entry: Entry) -> tuple[str, ...]:
    """The changes that an entry which measures a change can be: a fall only for one that is named so."""
    return ("降",) if "cut" in modifiers(entry.name) else ("升", "降", "变")


def _reduce(mention: Mention) -> Mention:
    """The mention with its surroundings cut down to what matters, so that answers can be kept."""
    return Mention(
        mention.name,
        mention.unit,
        mention.kind,
        mention.record_type,
        _context(f"{mention.section}|{mention.project}") if mention.section or mention.project else "",
        "1" if mention.project else "",
        _context(mention.org),
        mention.op,
        _direction(mention),
    )


def _link(entry: Entry, confidence: float, method: str) -> Link:
    return Link(entry.id, entry.name, entry.level1, entry.level2, entry.direction, _decimal(confidence), method)


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.4f}")
