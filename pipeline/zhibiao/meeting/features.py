"""What the three models see: of a number (its role), of a number and a name (do they belong), of two numbers (are they one record)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Indel
from rapidfuzz.process import cpdist

from zhibiao.indicators.labels import ROLES
from zhibiao.pairing.names import is_thin
from zhibiao.schema import KINDS

from .candidates import WAYS, Candidate
from .field import CUES, ROLE, RULES, SIGNS, Field, Floats, Ints

#: Which roles may be the other side of a role's record.
PARTNERS = {ROLE["T"]: (ROLE["A"],), ROLE["B"]: (ROLE["E"], ROLE["A"]), ROLE["W"]: (ROLE["S"],)}
#: Roles of the numbers that head a record and wait for a partner.
TARGET_SIDE = frozenset(PARTNERS)
#: Numbers further apart than this many numbers are no pair.
REACH = 14
_FAR = -50.0
#: A result that is more times its target is of another measure; words that make a number a bound.
_FAR_BEYOND, _BOUND = 5, re.compile(r"不(?:低于|少于|超过|高于|小于|大于)$")
_CLAUSE_END = re.compile(r"[，。；：、\n]")
_ENDS_IN_RATE = ("率", "比", "度", "比重", "占比")


def _one_hot(values: Ints, size: int) -> Floats:
    """Rows of zeros with a one at the value's place; a value of -1 has none."""
    out = np.zeros((len(values), size))
    known = values >= 0
    out[np.flatnonzero(known), values[known]] = 1.0
    return out


def _shifted(rows: Floats, owner: Ints, by: int) -> Floats:
    """The rows of the neighbour ``by`` places on in the same passage, -1 where there is none."""
    out = np.full_like(rows, -1.0)
    n = len(rows)
    if abs(by) >= n:
        return out
    here, there = (slice(0, n - by), slice(by, n)) if by > 0 else (slice(-by, n), slice(0, n + by))
    same = owner[here] == owner[there]
    out[here][same] = rows[there][same]
    return out


def of_roles(field: Field) -> Floats:
    """One row a quantity."""
    n = len(field.owner)
    said = _one_hot(field.said, len(ROLES))
    near = np.concatenate([field.chances, field.inside[:, None]], axis=1)
    rules = _one_hot(field.rule, len(RULES))
    length = np.array([len(r.index.text) for r in field.readings])
    heading = np.array([r.of_targets for r in field.readings], bool)
    gap_before = np.full((n, 1), _FAR)
    gap_after = np.full((n, 1), _FAR)
    if n > 1:
        same = field.owner[1:] == field.owner[:-1]
        gap_before[1:, 0][same] = (field.start[1:] - field.end[:-1])[same]
        gap_after[:-1, 0][same] = (field.start[1:] - field.end[:-1])[same]
    unit = field.unit[:, None].astype(float)
    sides = np.array(
        [
            (d is not None and d.target is not None, d is not None and d.actual is not None,
             d is not None and d.target is not None and d.target.value is None)
            for d in field.records
        ],
        float,
    ).reshape(n, 3)  # fmt: skip
    return np.concatenate(
        [
            near,
            *(_shifted(field.chances, field.owner, by) for by in (-2, -1, 1, 2)),
            said, _shifted(said, field.owner, -1), _shifted(said, field.owner, 1), rules, sides,
            _one_hot(field.kind, len(KINDS)), field.op[:, None], field.bare[:, None], field.number[:, None], (field.total - field.number)[:, None],
            length[field.owner][:, None], heading[field.owner][:, None], gap_before, gap_after,
            _shifted(unit, field.owner, -1) == unit, _shifted(unit, field.owner, 1) == unit, field.after[:, None], field.before[:, None],
        ],
        axis=1,
    ).astype(np.float64)  # fmt: skip


def _between(counts: npt.NDArray[np.int32], low: Ints, high: Ints) -> Floats:
    """How often each sign or cue stands between two places: shape (rows, signs)."""
    found: Floats = (counts[:, np.maximum(high, low)] - counts[:, low]).T.astype(np.float64)
    return found


def of_names(field: Field, found: Sequence[Candidate], roles: Ints) -> Floats:
    """One row a candidate; ``roles``: the role of every quantity of the field."""
    n = len(found)
    if not n:
        return np.zeros((0, NAME_COLUMNS))
    owners, ways, spans, held, words = zip(*found, strict=True)
    q, way, name = np.array(owners, np.int64), np.array(ways, np.int64), np.array(held, np.int64)
    edges = np.array([(*s[0], *s[-1]) if s else (-1, -1, -1, -1) for s in spans], np.int64)
    nowhere = edges[:, 0] < 0
    edges[nowhere] = field.start[q[nowhere], None]
    a, b = edges[:, 0], edges[:, 1]
    size = np.array([len(w) for w in words], float)
    said, about = field.said_names
    wanted = [said[i] for i in owners]
    alike = np.where(about[q, 3] > 0, cpdist(words, wanted, scorer=Indel.normalized_similarity, dtype=np.float32), -1.0)
    left = b <= field.start[q]
    low, high = np.where(left, b, field.end[q]), np.where(left, field.start[q], a)
    high = np.maximum(low, high)
    first, last = np.searchsorted(field.start, low), np.searchsorted(field.start, high)
    names = np.searchsorted(field.name_start, high) - np.searchsorted(field.name_start, low)
    per_role = _running(roles)
    same = per_role[roles[q], np.maximum(first, last)] - per_role[roles[q], first]
    sure, after, before = np.zeros(n), np.zeros(n), np.zeros(n)
    if len(field.name_start):
        at, known = np.maximum(name, 0), name >= 0
        sure, after, before = (np.where(known, x[at], 0) for x in (field.name_sure, field.name_after, field.name_before))
    several = np.array([len(s) for s in spans], float)
    apart = (several > 1) & (edges[:, 2] != edges[:, 0])
    length = (b - a) + np.where(apart, edges[:, 3] - edges[:, 2], 0)
    cover = field.cover
    covered = (cover[b] - cover[a] + np.where(apart, cover[edges[:, 3]] - cover[edges[:, 2]], 0)) / np.maximum(length, 1)
    marked = np.array([_marks(w) for w in words], float)
    back, on = np.maximum(q - 1, 0), np.minimum(q + 1, len(roles) - 1)
    role_before = np.where((back < q) & (field.owner[back] == field.owner[q]), roles[back], -1)
    role_after = np.where((on > q) & (field.owner[on] == field.owner[q]), roles[on], -1)
    run_after, run_before = field.after[q], field.before[q]
    return np.concatenate(
        [
            _one_hot(way, WAYS), left[:, None], (high - low)[:, None], (last - first)[:, None], names[:, None], same[:, None],
            _between(field.signs, low, high), _between(field.cues, low, high), size[:, None], sure[:, None], after[:, None], before[:, None],
            run_after[:, None], run_before[:, None], (after - run_after)[:, None], (before - run_before)[:, None],
            _one_hot(roles[q], len(ROLES)), role_before[:, None], role_after[:, None], _one_hot(field.kind[q], len(KINDS)), alike[:, None],
            covered[:, None], marked, several[:, None], about[q], _one_hot(field.rule[q], len(RULES)), field.said[q][:, None],
            field.number[q][:, None], field.chances[q, roles[q]][:, None],
        ],
        axis=1,
    )  # fmt: skip


#: Columns of :func:`of_names`.
NAME_COLUMNS = WAYS + 5 + len(SIGNS) + len(CUES) + 8 + len(ROLES) + 2 + len(KINDS) + 2 + 6 + 1 + 4 + len(RULES) + 3


@lru_cache(maxsize=1 << 14)
def _marks(words: str) -> tuple[float, float, float, float, float, float]:
    """What the words of a name look like: a rate, with digits, with 的, a list, begun with a word that begins no name, too thin a name."""
    return (
        float(is_thin(words)),
        float(words.endswith(_ENDS_IN_RATE)), float(any(map(str.isdigit, words))), float(words.count("的")), float("、" in words),
        float(words[:1] in "的等率"),
    )  # fmt: skip


def _running(roles: Ints) -> Floats:
    """Counts of each role before every quantity: shape (roles, quantities + 1)."""
    out = np.zeros((len(ROLES), len(roles) + 1))
    for r in range(len(ROLES)):
        np.cumsum(roles == r, out=out[r, 1:])
    return out


def planned(field: Field, i: int) -> bool:
    """Is the quantity the target of a coming period, as the patterns read it?"""
    draft = field.records[i]
    return draft is not None and draft.planned


def _of_each(field: Field, i: int) -> bool:
    """Do the words right before the quantity, in its clause, speak of each one?"""
    start = int(field.start[i])
    before = field.text[max(start - 10, 0) : start]
    return "每" in _CLAUSE_END.split(before)[-1]


def partners(field: Field, roles: Ints) -> list[tuple[int, int]]:
    """Pairs of quantities (target side, actual side) of one passage that could be one record: of one unit, unless one is bare.

    In the annotated pairs of two units 99 of 100 have the same one. A plan of a coming period has no partner, and a number of each
    (每校1名) is not answered by a sum. A pair of the patterns is always among them.
    """
    out = []
    listed, bare, owners, measure = roles.tolist(), field.bare.tolist(), field.owner.tolist(), field.measure
    for i, role in enumerate(listed):
        others = PARTNERS.get(role)
        if others is None:
            continue
        for j in range(max(0, i - REACH), min(len(listed), i + REACH + 1)):
            if i == j or listed[j] not in others or owners[i] != owners[j]:
                continue
            if field.pairs.get(i) == j:
                out.append((i, j))
            elif measure[i] != measure[j] and not (bare[i] or bare[j]):
                continue
            elif not planned(field, i) and _of_each(field, i) == _of_each(field, j) and not _beyond(field, i, j):
                out.append((i, j))
    return out


def _beyond(field: Field, i: int, j: int) -> bool:
    """Can ``j`` not be what was reached of ``i``: many times as much, or itself told as a bound (不低于3860元)?"""
    start = int(field.start[j])
    return (
        bool(field.value[i] > 0 and field.value[j] > _FAR_BEYOND * field.value[i])
        or _BOUND.search(field.text, max(0, start - 4), start) is not None
    )


def of_links(field: Field, pairs: Sequence[tuple[int, int]], roles: Ints, names: Sequence[Candidate | None], sure: Floats) -> Floats:
    """One row a pair; ``names`` and ``sure``: the chosen name of every quantity of the field and its probability."""
    n = len(pairs)
    i = np.array([p[0] for p in pairs], np.int64)
    j = np.array([p[1] for p in pairs], np.int64)
    low, high = np.minimum(i, j), np.maximum(i, j)
    a, b = field.end[low], field.start[high]
    per_role = _running(roles)
    first = np.searchsorted(field.owner, field.owner[i])
    past = np.searchsorted(field.owner, field.owner[i], side="right")
    count_i, count_j = (per_role[roles[x], past] - per_role[roles[x], first] for x in (i, j))
    rank_i, rank_j = (per_role[roles[x], x] - per_role[roles[x], first] for x in (i, j))
    between_i, between_j = (per_role[roles[x], high] - per_role[roles[x], low + 1] for x in (i, j))
    words = [(names[x], names[y]) for x, y in pairs]
    alike = cpdist([x.words if x else "" for x, _ in words], [y.words if y else "" for _, y in words], scorer=Indel.normalized_similarity, dtype=np.float32) if n else np.zeros(0)  # fmt: skip
    named = np.array(
        [[x is not None, y is not None, x is not None and y is not None and x.spans == y.spans] for x, y in words], float
    ).reshape(n, 3)
    names_between = np.searchsorted(field.name_start, b) - np.searchsorted(field.name_start, a)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.where(field.value[j] != 0, field.value[i] / field.value[j], 9.0)
    answered = set(field.pairs.values())
    said = np.array([[field.pairs.get(x) == y, x in field.pairs, y in answered] for x, y in pairs], float)
    return np.concatenate(
        [
            (i < j)[:, None], (high - low)[:, None], (b - a)[:, None], _between(field.signs, a, b), _between(field.cues, a, b),
            (field.unit[i] == field.unit[j])[:, None], (field.kind[i] == field.kind[j])[:, None], (rank_i - rank_j)[:, None],
            (count_i - count_j)[:, None], count_i[:, None], count_j[:, None], between_i[:, None], between_j[:, None], alike[:, None], named,
            names_between[:, None], _one_hot(roles[i], len(ROLES)), _one_hot(roles[j], len(ROLES)), np.clip(ratio, -1e6, 1e6)[:, None],
            said.reshape(n, 3), field.rule[i][:, None], field.rule[j][:, None], sure[i][:, None], sure[j][:, None],
            field.chances[i, roles[i]][:, None], field.chances[j, roles[j]][:, None],
        ],
        axis=1,
    ).astype(np.float64)  # fmt: skip
