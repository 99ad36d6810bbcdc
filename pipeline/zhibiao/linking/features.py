"""Second stage of linking: named features of one (mention, entry) pair, and the score made of them.

The features are plain numbers and the score a plain function of them, so that a trained ranker can take the place of :func:`score`
without touching the rest. The weights in ``weights.toml`` were fitted on the taxonomy alone: each alias in turn was left out and linked
to the rest (see :mod:`zhibiao.linking.fit`).
"""

from __future__ import annotations

import math
import operator
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from zhibiao.linking.entry import Entry
from zhibiao.linking.units import same_family

_FILE = Path(__file__).with_name("weights.toml")

#: Fields of the taxonomy that go with every other field.
GENERAL_DOMAINS = frozenset({"", "项目通用", "管理效率与预算"})


class Features(NamedTuple):
    """What speaks for and against a link; each 0…1, or -1…1 where a thing can also speak against.

    exact: how exactly a wording is the name (0.8…1, see :class:`zhibiao.linking.candidates.Hit`). ending: the name ends in words that
    denote the entry whatever stands before them. cosine: of character 1-3-grams. cover_wording: weighted share of the wording that stands
    in the name. cover_entry: share of the name that stands in any of the wordings of the entry that were found. head: the words that stand
    last agree (the thing that is counted). unit: 1 a unit of the entry, 0.3 one of the sort, 0 unknown. unit_clash: -1 a unit of
    another sort (人 for 台). domain: the section,
    organisation or project speaks of the field of the entry (1), of others (-1) or of none (0). direction: -1 where the comparison of the
    target contradicts the entry. score_type: the record is a score and the entry is one too. modifiers: -1 where the name has a word that
    makes another measure (新增, 人均) and the wording has not, -0.5 the other way round.
    """

    exact: float = 0.0
    ending: float = 0.0
    cosine: float = 0.0
    cover_wording: float = 0.0
    cover_entry: float = 0.0
    head: float = 0.0
    unit: float = 0.0
    unit_clash: float = 0.0
    domain: float = 0.0
    direction: float = 0.0
    score_type: float = 0.0
    modifiers: float = 0.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of a logistic score: the bias, and one weight a feature in the order of :class:`Features`."""

    bias: float
    weights: tuple[float, ...]

    @classmethod
    def of(cls, bias: float, named: Mapping[str, float]) -> Weights:
        """From weights by name. Raises ``ValueError`` where a feature is unknown or has no weight."""
        if wrong := set(named) ^ set(Features._fields):
            raise ValueError(f"weights: unknown or missing features {sorted(wrong)}")
        return cls(float(bias), tuple(float(named[name]) for name in Features._fields))


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """Read ``weights.toml``; see :meth:`Weights.of` for the errors."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    return Weights.of(data["bias"], data["weights"])


def score(features: Features, weights: Weights | None = None) -> float:
    """Probability 0…1 that the pair is right, by the logistic weights."""
    chosen = weights or shipped_weights()
    total = chosen.bias + sum(map(operator.mul, chosen.weights, features))
    return 1.0 / (1.0 + math.exp(-total))


def kinds_agree(kind: str, unit: str, entry: Entry, *, record_type: str, change: str) -> bool:
    """Whether a value of this kind can be a value of the entry at all (GUIDE: the kind must agree).

    A percentage that is a change may belong to any measure, a score to any indicator that is scored. Money and money by the month (元/月)
    may stand for each other. An unknown kind agrees with all.
    """
    if not kind or kind == entry.kind or unit in entry.units:
        return True
    if kind == "score":
        return record_type == "score" or entry.kind == "percent"
    if change and (kind == "percent" or kind == "other"):
        return True
    if {kind, entry.kind} == {"money", "rate"}:
        return unit.split("/")[0] == "元" and (not entry.units or entry.units[0].startswith("元"))
    if {kind, entry.kind} <= {"mass", "energy", "other"}:
        return not unit or not entry.units
    if kind == "count" and entry.kind == "rate":
        return any(other.split("/")[0] == unit for other in entry.units)
    if {kind, entry.kind} == {"count", "rank"}:
        return unit in {"名", "位", ""}
    return False


def unit_agreement(kind: str, unit: str, entry: Entry) -> float:
    """1 where the unit is one of the entry's, 0.3 where it is of their sort, -1 where both count things of different sorts, else 0."""
    if not unit or not entry.units:
        return 0.0
    if unit in entry.units:
        return 1.0
    if kind == "count" and entry.kind == "count":
        agreements = [same_family(unit, other) for other in entry.units]
        return 0.3 if True in agreements else 0.0 if None in agreements else -1.0
    return 0.3 if kind == entry.kind else 0.0


def domain_agreement(entry: Entry, context: Mapping[str, float], owner: Mapping[str, int]) -> float:
    """How far the passage speaks of the entry's field: the ``context`` (see :func:`context_of`), -1 where only of others; 0 for general fields.

    The organisation (``owner``) counts only where the passage says nothing, and never against: an office has several fields.
    """
    if entry.domain in GENERAL_DOMAINS:
        return 0.0
    if not context:
        return 0.5 if entry.domain in owner else 0.0
    return context.get(entry.domain, -1.0)


def context_of(hits: Mapping[str, int]) -> dict[str, float]:
    """The fields a passage speaks of: 1 for the one with the most cue words, 0.5 for others; general fields say nothing."""
    special = {name: number for name, number in hits.items() if name not in GENERAL_DOMAINS}
    most = max(special.values(), default=0)
    return {name: 1.0 if number == most else 0.5 for name, number in special.items()}


def head_agreement(name: str, wording: str) -> float:
    """1 where the last two characters of two cores are the same, 0.5 where one ends inside the other's last four, else 0."""
    if name[-2:] == wording[-2:]:
        return 1.0
    return 0.5 if name[-2:] in wording[-4:] or wording[-2:] in name[-4:] else 0.0


def modifier_agreement(name: frozenset[str], wording: frozenset[str]) -> float:
    """-1 where the name has a class of modifiers that the wording lacks, -0.5 the other way round, else 0."""
    return -1.0 if name - wording else -0.5 if wording - name else 0.0
