"""The decision over a batch: a role for each number, a name, a partner, and the records they make.

The rules, in their order:

1. A number's role is the most probable one; the role the patterns gave it is preferred by ``lean``.
2. Its name is the most probable candidate; the patterns' name is preferred by ``lean``, but for one that tells a reader nothing (事项).
3. A target, budget or full mark that the patterns do not know as one is what the patterns say it is, unless it is probable, has a
   partner and a word of planning near it, or is nearly certain: what stands alone is seldom a target.
4. Targets and actual values, budgets and what was spent, full marks and scores are paired one to one over the passage, so that the sum of
   the pairs' probabilities is greatest; a pair of the patterns is preferred by ``lean``; a pair less probable than one half is none.
5. What the patterns alone can know stays theirs: sides in words, words of change, weight and score, records without any number.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from zhibiao.indicators.labels import NO_ROLE, ROLES
from zhibiao.pairing.cues import alternation, load_cues
from zhibiao.pairing.drafts import Draft, side
from zhibiao.pairing.names import is_thin
from zhibiao.schema import KINDS, RecordType

from .candidates import PATTERN, Candidate, candidates
from .features import TARGET_SIDE, of_links, of_names, of_roles, partners
from .field import LOOSE, ORIGINAL, RATE, Field, Floats, Ints
from .models import Models

_TYPES: dict[str, RecordType] = {
    "T": "performance", "B": "budget", "W": "score", "A": "fact", "AC": "fact", "AR": "fact", "E": "budget", "S": "score",
}  # fmt: skip
_HALF = 0.5
#: Characters before a pair (a quarter of them behind it) in which a word of planning may stand.
_NEAR = 40
#: How probable a role must be to stand against the patterns on a number that found a partner.
_PAIRED = 0.7
#: A name that tells a reader nothing is taken only where no other is nearly as probable.
_THIN = 0.3
#: How sure a value is that several things share: all ten that were seen in passages of the corpus and of reports were right.
_SHARED = 0.85
_PERCENT = KINDS.index("percent")
#: Kinds of values that no rate has.
_SUMS = frozenset(KINDS.index(kind) for kind in ("money", "count", "area", "length"))


@dataclass(frozen=True, slots=True)
class Lean:
    """How much a reading of the patterns is preferred, in probability."""

    roles: float = 0.3
    names: float = 0.4
    links: float = 0.2
    #: how probable a role must be to stand against the patterns on a number that found no partner
    lone: float = 0.99


@dataclass(slots=True)
class Decision:
    """What was decided over a field: by quantity its role and name with their probabilities, and the pairs with theirs."""

    roles: Ints
    role_sure: Floats
    names: list[Candidate | None]
    name_sure: Floats
    pairs: dict[int, int]
    pair_sure: dict[int, float]


def decide(field: Field, models: Models, lean: Lean) -> Decision:
    """Decide roles, names and pairs of a field."""
    n = len(field.owner)
    chances = np.zeros((n, len(ROLES)))
    if n:
        chances[:, models.roles.classes_] = models.roles.predict_proba(of_roles(field))
    leaning = chances.copy()
    said = np.flatnonzero(field.said >= 0)
    leaning[said, field.said[said]] += lean.roles
    roles = leaning.argmax(1) if n else np.zeros(0, np.int64)
    names, name_sure = choose_names(field, models, roles, lean)
    pairs, pair_sure = choose_pairs(field, models, roles, names, name_sure, lean)
    needed = np.array([_PAIRED if i in pairs and _is_planned(field, i, pairs[i]) else lean.lone for i in range(n)])
    back = np.isin(roles, list(TARGET_SIDE)) & (field.said >= 0) & (field.said != roles) & (chances[np.arange(n), roles] < needed)
    if back.any():
        roles = np.where(back, field.said, roles)
        again, again_sure = choose_names(field, models, roles, lean, only=back)
        for i in np.flatnonzero(back).tolist():
            names[i], name_sure[i] = again[i], again_sure[i]
        pairs, pair_sure = choose_pairs(field, models, roles, names, name_sure, lean)
    return Decision(roles, chances[np.arange(n), roles], names, name_sure, pairs, pair_sure)


@cache
def _plan() -> re.Pattern[str]:
    return re.compile(alternation(load_cues().words["plan"]))


def _is_planned(field: Field, i: int, j: int) -> bool:
    """Does a word of planning stand near two numbers or in the headings above them?"""
    reading = field.readings[int(field.owner[i])]
    first, second = (reading.quantities[int(field.number[k])] for k in sorted((i, j)))
    words = reading.index.text[max(0, first.start - _NEAR) : second.end + _NEAR // 4]
    return reading.of_targets or _plan().search(words) is not None


def choose_names(
    field: Field, models: Models, roles: Ints, lean: Lean, *, only: npt.NDArray[np.bool_] | None = None
) -> tuple[list[Candidate | None], Floats]:
    """The best name of every quantity (of those in ``only``) with its probability; None where there is no candidate."""
    names: list[Candidate | None] = [None] * len(roles)
    sure = np.zeros(len(roles))
    found = candidates(field, (roles if only is None else np.where(only, roles, NO_ROLE)).tolist())
    if not found:
        return names, sure
    chances = models.names.predict_proba(of_names(field, found, roles))[:, 1]
    best = np.full(len(roles), -2.0)
    rates = tuple(load_cues().words["rates"])
    for candidate, chance in zip(found, chances.tolist(), strict=True):
        value = chance
        if field.kind[candidate.quantity] in _SUMS and candidate.words.endswith(rates):
            value -= 1.0
        elif is_thin(candidate.words):
            value -= _THIN
        elif candidate.way == PATTERN:
            value += lean.names
        if value > best[candidate.quantity]:
            best[candidate.quantity] = value
            names[candidate.quantity], sure[candidate.quantity] = candidate, chance
    return names, sure


def choose_pairs(
    field: Field, models: Models, roles: Ints, names: Sequence[Candidate | None], sure: Floats, lean: Lean
) -> tuple[dict[int, int], dict[int, float]]:
    """One-to-one pairs of quantities, and their probabilities by the first of each."""
    pairs: dict[int, int] = {}
    pair_sure: dict[int, float] = {}
    possible = partners(field, roles)
    if not possible:
        return pairs, pair_sure
    chances = models.links.predict_proba(of_links(field, possible, roles, names, sure))[:, 1].tolist()
    by_passage: defaultdict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for (i, j), chance in zip(possible, chances, strict=True):
        by_passage[int(field.owner[i])].append((i, j, chance))
    for listed in by_passage.values():
        rows = {i: k for k, i in enumerate(dict.fromkeys(i for i, _, _ in listed))}
        columns = {j: k for k, j in enumerate(dict.fromkeys(j for _, j, _ in listed))}
        table = np.zeros((len(rows), len(columns)))
        plain = {}
        for i, j, chance in listed:
            table[rows[i], columns[j]] = chance + (lean.links if field.pairs.get(i) == j else 0.0)
            plain[rows[i], columns[j]] = i, j, chance
        for r, c in zip(*linear_sum_assignment(-table), strict=True):
            if table[r, c] >= _HALF:
                i, j, chance = plain[r, c]
                pairs[i], pair_sure[i] = j, chance
    return pairs, pair_sure


def heads(made: Decision) -> list[int]:
    """The quantities that head a record: all of a role that belongs to one, but for those that are the partner of another."""
    taken = set(made.pairs.values())
    return [i for i, role in enumerate(made.roles.tolist()) if role not in LOOSE and i not in taken and _name(made, i) is not None]


def _name(made: Decision, i: int) -> tuple[Candidate, int] | None:
    """The name of the record that ``i`` heads, and whose it is: its own or its partner's, the more probable one."""
    j = made.pairs.get(i)
    by = j if j is not None and made.names[j] is not None and made.name_sure[j] > made.name_sure[i] else i
    name = made.names[by]
    return None if name is None else (name, by)


def evidence(field: Field, made: Decision, listed: Sequence[int]) -> Floats:
    """What is known of the records that these quantities head, one row a record: the ground on which their confidence is judged."""
    rows = []
    for i in listed:
        named = _name(made, i)
        assert named is not None
        name, by = named
        j = made.pairs.get(i)
        role, called = float(made.role_sure[i]), float(made.name_sure[by])
        pair = made.pair_sure[i] if j is not None else 1.0
        said = field.records[i]
        rows.append([
            role, called, pair, role * called * pair, min(role, called, pair), _log_odds(role), _log_odds(called), _log_odds(pair),
            j is not None, j is None and int(made.roles[i]) in TARGET_SIDE, name.way == PATTERN, field.said[i] == made.roles[i],
            said is None, j is not None and field.pairs.get(i) == j, field.kind[i] == _PERCENT, ROLES[made.roles[i]] == "AC",
        ])  # fmt: skip
    return np.array(rows, float).reshape(len(listed), 16)


def _log_odds(chance: float) -> float:
    return math.log((chance + 1e-3) / (1 - chance + 1e-3))


def records(field: Field, made: Decision, models: Models) -> list[list[Draft]]:
    """The records of every passage of the field, in the order of their place; offsets are those of the passages."""
    out: list[list[Draft]] = [[] for _ in field.readings]
    listed = heads(made)
    rows = evidence(field, made, listed)
    sure = models.sure.chances(rows) if models.sure is not None else rows[:, 3]
    for i, chance in zip(listed, sure.tolist(), strict=True):
        k = int(field.owner[i])
        draft = _record(field, made, i, k)
        draft.confidence = chance
        out[k].append(draft)
        said = field.records[i]
        if said is not None and said.also and draft.type == "fact":
            draft.confidence, draft.also = max(chance, _SHARED), said.also
    for k, reading in enumerate(field.readings):
        out[k] += [d for d in reading.drafts if not any(s is not None and s.value is not None for s in (d.target, d.actual))]
        out[k].sort(key=lambda d: (d.start, d.end))
    return out


def _record(field: Field, made: Decision, i: int, k: int) -> Draft:
    """The record that quantity ``i`` heads: as its target where its role is one, else as its actual value."""
    reading = field.readings[k]
    first = int(field.number[i])
    role = ROLES[made.roles[i]]
    q = reading.quantities[first]
    j = made.pairs.get(i)
    other = reading.quantities[first + j - i] if j is not None else None
    named = _name(made, i)
    assert named is not None  # it heads a record
    name, by = named
    kind = _TYPES[role]
    draft = Draft(kind, field.place(k, name.spans), method="model")
    before = field.records[by] if name.way == PATTERN else None
    if before is not None:
        draft.prefix, draft.suffix = before.prefix, before.suffix
    if int(made.roles[i]) in TARGET_SIDE:
        draft.target, draft.actual = side(q), side(other) if other is not None else None
    else:
        draft.actual = side(q)
    if role == "AR":
        draft.suffix = RATE
    elif draft.suffix == RATE:
        draft.suffix = ""
    _add_words(field, draft, i, k, role)
    spans = [*draft.name, (q.start, q.end), *([(other.start, other.end)] if other is not None else [])]
    draft.start, draft.end = min(a for a, _ in spans), max(b for _, b in spans)
    said = field.records[i]
    if said is not None and _same(said, draft):
        draft.method, draft.start, draft.end = "pattern+model", said.start, said.end
    return draft


def _add_words(field: Field, draft: Draft, i: int, k: int, role: str) -> None:
    """What the patterns alone can know, put into a record of the meeting."""
    said = field.records[i]
    text = field.readings[k].index.text
    if role == "AC":
        before = [
            span
            for span in field.changes[k]
            if draft.actual is not None and draft.actual.start is not None and span[1] <= draft.actual.start
        ]
        draft.change = said.change if said is not None and said.change else text[slice(*before[-1])] if before else ""
    elif role == "A" and said is not None and said.change == ORIGINAL:
        draft.change = ORIGINAL
    if said is None:
        return
    if said.target is not None and said.actual is not None:
        if draft.target is None and said.target.value is None:
            draft.target, draft.type = said.target, said.type
        elif draft.target is not None and draft.actual is None and said.actual.value is None:
            draft.actual = said.actual
    draft.weight, draft.score, draft.rule = said.weight, said.score, said.rule


def _same(a: Draft, b: Draft) -> bool:
    return (a.name, a.prefix, a.suffix, a.target, a.actual) == (b.name, b.prefix, b.suffix, b.target, b.actual)
