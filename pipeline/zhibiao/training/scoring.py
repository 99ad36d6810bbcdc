"""Scores of one passage: what was found against what should be found, one-to-one, with a cause for every miss.

Measures (each counted as tp, fp, fn):

- ``quantity/span`` found at all (spans overlap), ``quantity/value`` with value and unit, ``quantity/full`` with op too;
- ``pair/values`` records with a target: both sides right, ``pair/pairs`` with the indicator's name, ``pair/full`` with both ops too;
- ``fact/facts`` records with an actual value alone: name, value and unit, ``fact/full`` with op, and a change where there is one;
- ``row/score`` weight and score of a row of a table, on the records of ``pair/pairs`` that were found (recall only).

A record with a target is a pair and one with an actual number alone a fact, whatever its type. Optional rows are ignored either way. A
fact that repeats a side of a wanted pair is not counted as wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from zhibiao.schema import Document, Quantity, Record

from .causes import Miss, explain_quantity, explain_records, notes_on
from .gold import Gold, GoldQuantity, GoldRecord
from .matching import NAME_OK, canonical_unit, compact_index, match, name_similarity, near_unit, same_value, side_ok, squash

MEASURES = (
    "quantity/span", "quantity/value", "quantity/full", "pair/values", "pair/pairs", "pair/full", "fact/facts", "fact/full", "row/score",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """True positives, false positives, false negatives; they add up."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp else 0.0


@dataclass(frozen=True, slots=True)
class PassageScore:
    """Counts by measure, counts by kind of record (performance, budget, score, fact, change), and the misses."""

    measures: dict[str, Counts]
    kinds: dict[str, Counts]
    misses: tuple[Miss, ...]


@dataclass(slots=True)
class _Fact:
    """A wanted fact. ``spare``: the report tells it twice (as a budget figure, say), so finding it twice is right."""

    record: GoldRecord
    names: tuple[str, ...]
    spare: bool = False


@dataclass(slots=True)
class _Tally:
    measures: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    kinds: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    misses: list[Miss] = field(default_factory=list)


def score(gold: Gold, document: Document) -> PassageScore:
    """Score what was extracted from one passage (``document.report.text`` is its text) against its gold rows."""
    tally = _Tally()
    index = compact_index(document.report.text)
    _score_quantities(gold.quantities, document.quantities, index, tally)
    pairs, facts = _by_sides(gold.records)
    found_pairs = [r for r in document.records if _is_pair(r)]
    found_facts = [r for r in document.records if not _is_pair(r) and r.actual is not None and r.actual.value is not None]
    missed_pairs, extra_pairs = _score_pairs(pairs, found_pairs, tally)
    missed_facts, extra_facts = _score_facts(facts, pairs, found_facts, tally)
    missed, extra = [*missed_pairs, *missed_facts], [*extra_pairs, *extra_facts]
    tally.misses += explain_records(missed, extra, document.quantities, index)
    for g in missed:
        tally.kinds[_kind(g)] += Counts(fn=1)
    for r in extra:
        tally.kinds[_kind(r)] += Counts(fp=1)
    return PassageScore(dict(tally.measures), dict(tally.kinds), tuple(tally.misses))


def _is_pair(r: Record | GoldRecord) -> bool:
    return r.target is not None and (bool(squash(r.target.text)) or r.target.value is not None)


def _kind(r: Record | GoldRecord) -> str:
    return "change" if r.type == "fact" and r.change else r.type


def _by_sides(records: Sequence[GoldRecord]) -> tuple[list[GoldRecord], list[_Fact]]:
    """Pairs, and facts: records with an actual number alone. A budget or score without target that repeats a fact joins it."""
    pairs = [r for r in records if _is_pair(r)]
    valued = [r for r in records if not _is_pair(r) and r.actual is not None and r.actual.value is not None]
    facts = [_Fact(r, r.names) for r in valued if r.type == "fact"]
    for r in valued:
        if r.type == "fact":
            continue
        twin = next((f for f in facts if _same_fact(f.record, r) and name_similarity(f.record.names[0], r.names) >= NAME_OK), None)
        if twin is None:
            facts.append(_Fact(r, r.names))
        else:
            twin.names = (*twin.names, *r.names)
            twin.spare = True
    return pairs, facts


def _same_fact(gold: GoldRecord, found: Record | GoldRecord) -> bool:
    a, b = gold.actual, found.actual
    if a is None or b is None or not (same_value(a.value, b.value) and same_value(a.value_high, b.value_high)):
        return False
    return near_unit(a.unit, b.unit) or (a.unit == "" and canonical_unit(b.unit) == "元")


# Quantities


def _score_quantities(gold: Sequence[GoldQuantity], found: Sequence[Quantity], index: Sequence[int], tally: _Tally) -> None:
    wanted = [(index[g.start], index[g.end]) for g in gold]
    given = [(index[q.start], index[q.end]) for q in found]
    shares = (
        ((min(a[1], b[1]) - max(a[0], b[0])) / (max(a[1], b[1]) - min(a[0], b[0])), g, f)
        for g, a in enumerate(wanted)
        for f, b in enumerate(given)
        if min(a[1], b[1]) > max(a[0], b[0])
    )
    matched = match(shares)
    by_gold = dict(matched)
    right: Counter[str] = Counter()
    needed = [g for g, row in enumerate(gold) if not row.optional]
    for g in needed:
        row, f = gold[g], by_gold.get(g)
        q = found[f] if f is not None else None
        if q is not None:
            right["span"] += 1
            value = _same_measure(row, q)
            right["value"] += value
            right["full"] += value and row.op == q.op
            if value and row.op == q.op:
                continue
        tally.misses.append(explain_quantity(row, q, edges=f is not None and wanted[g] == given[f]))
    doubtful = [wanted[g] for g, row in enumerate(gold) if row.optional]
    used = {f for _, f in matched}
    ignored = {f for g, f in matched if gold[g].optional}
    ignored |= {f for f, (a, b) in enumerate(given) if f not in used and any(min(b, d) > max(a, c) for c, d in doubtful)}
    for f, q in enumerate(found):
        if f not in used and f not in ignored:
            tally.misses.append(Miss("q_spurious", f"{squash(q.text)} @ {q.start}"))
    counted = len(found) - len(ignored)
    for level in ("span", "value", "full"):
        tp = right[level]
        tally.measures[f"quantity/{level}"] += Counts(tp, counted - tp, len(needed) - tp)


def _same_measure(gold: GoldQuantity, found: Quantity) -> bool:
    """Value and unit agree, or agree with another right reading. A quantity without a known value is judged by its place alone."""
    if gold.value is None:
        return True
    unit = canonical_unit(found.unit)
    if same_value(gold.value, found.value) and same_value(gold.value_high, found.value_high):
        wanted = canonical_unit(gold.unit)
        if wanted == unit or (gold.kind == "money" and {wanted, unit} == {"", "元"}):
            return True
    return found.value_high is None and any(same_value(v, found.value) and canonical_unit(u) == unit for v, u in gold.also)


# Records


def _score_pairs(gold: Sequence[GoldRecord], found: Sequence[Record], tally: _Tally) -> tuple[list[GoldRecord], list[Record]]:
    """Counts of the three levels; the pairs that were missed and the records that are too many, by ``pair/pairs``."""
    missed: list[GoldRecord] = []
    extra: list[Record] = []
    for level, strict, named in (("values", False, False), ("pairs", False, True), ("full", True, True)):
        candidates = []
        for g, row in enumerate(gold):
            for f, r in enumerate(found):
                if side_ok(row.target, r.target, row.also, strict=strict) and side_ok(row.actual, r.actual, row.also, strict=strict):
                    similarity = name_similarity(r.indicator, row.names)
                    if similarity >= NAME_OK or not named:
                        candidates.append((similarity, g, f))
        matched = match(candidates)
        missed_here, extra_here = _count(f"pair/{level}", matched, [r.optional for r in gold], len(found), tally)
        if level == "pairs":
            missed, extra = [gold[g] for g in missed_here], [found[f] for f in extra_here]
            _note_matched([(gold[g], found[f]) for g, f in matched], tally)
    return missed, extra


def _score_facts(
    facts: Sequence[_Fact], pairs: Sequence[GoldRecord], found: Sequence[Record], tally: _Tally
) -> tuple[list[GoldRecord], list[Record]]:
    """Counts of facts; the facts that were missed and the records that are too many, by ``fact/facts``."""
    candidates = []
    for g, fact in enumerate(facts):
        for f, r in enumerate(found):
            if _same_fact(fact.record, r) and (similarity := name_similarity(r.indicator, fact.names)) >= NAME_OK:
                candidates.append((similarity, g, f))
    matched = match(candidates)
    used = {f for _, f in matched}
    kept = [f for f, r in enumerate(found) if f in used or not _restated(r, pairs, facts)]
    renumbered = {f: i for i, f in enumerate(kept)}
    optional = [fact.record.optional for fact in facts]
    missed, extra = _count("fact/facts", [(g, renumbered[f]) for g, f in matched], optional, len(kept), tally)
    both = [(facts[g].record, found[f]) for g, f in matched]
    full = [(g, renumbered[f]) for (g, f), (row, r) in zip(matched, both, strict=True) if not notes_on(row, r)]
    _count("fact/full", full, optional, len(kept), tally)
    _note_matched(both, tally)
    return [facts[g].record for g in missed], [found[kept[f]] for f in extra]


def _count(
    measure: str, matched: Sequence[tuple[int, int]], optional: Sequence[bool], n: int, tally: _Tally
) -> tuple[list[int], list[int]]:
    """Add the counts of a matching with ``n`` records found; the gold rows missed and the records too many."""
    hit, used = {g for g, _ in matched}, {f for _, f in matched}
    missed = [g for g, o in enumerate(optional) if not o and g not in hit]
    extra = [f for f in range(n) if f not in used]
    tally.measures[measure] += Counts(sum(not optional[g] for g in hit), len(extra), len(missed))
    return missed, extra


def _restated(r: Record, pairs: Iterable[GoldRecord], facts: Iterable[_Fact]) -> bool:
    """Does a fact that nothing matched repeat a side of a wanted pair, or a fact that the report tells twice?"""
    if r.actual is None:
        return False
    twice = [(f.record.actual, f.names) for f in facts if f.spare]
    for side, names in [*((s, p.names) for p in pairs for s in (p.target, p.actual)), *twice]:
        same = side is not None and same_value(side.value, r.actual.value) and same_value(side.value_high, r.actual.value_high)
        if same and name_similarity(r.indicator, names) >= NAME_OK:
            return True
    return False


def _note_matched(matched: Iterable[tuple[GoldRecord, Record]], tally: _Tally) -> None:
    """Count matched records by kind, weights and scores of rows; note ops and changes that differ."""
    for row, r in matched:
        if row.optional:
            continue
        tally.kinds[_kind(row)] += Counts(tp=1)
        tally.misses += notes_on(row, r)
        if _is_pair(row) and (row.weight is not None or row.score is not None):
            right = _same_or_unknown(row.weight, r.weight) and _same_or_unknown(row.score, r.score)
            tally.measures["row/score"] += Counts(int(right), 0, int(not right))


def _same_or_unknown(wanted: Decimal | None, found: Decimal | None) -> bool:
    return wanted is None or same_value(wanted, found)
