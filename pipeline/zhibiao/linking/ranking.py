"""Mentions, and the ranking of the entries that may be meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from zhibiao.linking.candidates import CandidateIndex, Hit
from zhibiao.linking.entry import Entry
from zhibiao.linking.features import (
    GENERAL_DOMAINS,
    Features,
    Weights,
    context_of,
    domain_agreement,
    head_agreement,
    kinds_agree,
    modifier_agreement,
    score,
    unit_agreement,
)
from zhibiao.linking.units import kind_of
from zhibiao.linking.wording import clean, core, domains_of, fold, modifiers, trim
from zhibiao.linking.words import words

#: Wordings of one entry that are scored (the nearest; all of them count for ``cover_entry``).
HITS_AN_ENTRY = 3
#: A hit at least this exact is covered by its wording.
COVERED = 0.7
#: Signs of a target that contradict the direction of an entry.
_CONTRADICTS = {"higher": frozenset({"<=", "<"}), "lower": frozenset({">=", ">"})}


@dataclass(frozen=True, slots=True)
class Mention:
    """What is to be linked: the record's name and what is known around it.

    ``unit`` and ``kind`` are those of the value (canonical unit; kind may be empty, then it follows from the unit). ``op`` is the
    comparison of the target, ``change`` the words of change (同比增长). ``section``, ``project``, ``org`` say what the passage is about.
    """

    name: str
    unit: str = ""
    kind: str = ""
    record_type: str = "fact"
    section: str = ""
    project: str = ""
    org: str = ""
    op: str = ""
    change: str = ""


class Candidate(NamedTuple):
    """One entry that was considered: the wording that came nearest, the features, the score."""

    entry: Entry
    wording: str
    features: Features
    score: float


@dataclass(frozen=True, slots=True)
class Query:
    """A mention with its name folded, trimmed and cut to its core, the kind of its value and the fields that
    the passage (``context``) and the organisation (``owner``) speak of, and
    its modifiers (see :func:`zhibiao.linking.wording.modifiers`)."""

    mention: Mention
    folded: str
    trimmed: str
    core: str
    kind: str
    context: Mapping[str, float]
    owner: Mapping[str, int]
    modifiers: frozenset[str]

    @classmethod
    def of(cls, mention: Mention) -> Query:
        folded = fold(clean(mention.name))
        trimmed = trim(folded)
        # A bare number that was taken for a count may be anything that needs no unit in print.
        kind = mention.kind or kind_of(mention.unit) if mention.unit or mention.kind not in ("count", "other") else ""
        context = context_of(domains_of(f"{mention.section}|{mention.project}")) if mention.section or mention.project else {}
        owner = domains_of(mention.org)
        # Where the value is a change, 增速 in the name says nothing of the measure itself.
        said = modifiers(folded) - ({"growth"} if mention.change else frozenset())
        return cls(mention, folded, trimmed, core(trimmed, kind) if kind else trimmed, kind, context, owner, said)


def rank(index: CandidateIndex, query: Query, hits: Sequence[Hit], weights: Weights | None = None) -> tuple[list[Candidate], list[Entry]]:
    """The entries behind the hits, best first, and the entries whose kind rules them out.

    Ties go to entries of general fields, then to the order of the taxonomy.
    """
    if not hits or query.trimmed in words().empty:
        return [], []
    mention, entries = query.mention, index.taxonomy.entries
    found: dict[int, list[Hit]] = {}
    rejected: dict[int, Entry] = {}
    strict = query.modifiers & words().veto
    for hit in hits:
        number = index.wordings[hit.wording].entry
        if strict and hit.exact < COVERED and strict - modifiers(index.wordings[hit.wording].folded):
            continue
        if number in found:
            found[number].append(hit)
            continue
        entry = entries[number]
        if not kinds_agree(query.kind, mention.unit, entry, record_type=mention.record_type, change=mention.change):
            rejected[number] = entry
        elif not any(fold(other) in (query.folded, query.trimmed) for other in entry.excludes):
            found[number] = [hit]
    name: dict[str, float] = {}
    if any(hit.exact < COVERED for near in found.values() for hit in near):
        name = index.weigh(query.core)
    total = sum(name.values()) or 1.0
    ranked: list[tuple[float, bool, int, Candidate]] = []
    for number, near in found.items():
        best: Candidate | None = None
        both = [name.keys() & index.weight_of(hit.wording)[0] for hit in near] if name else [set()] * len(near)
        together = sum([name[gram] for gram in set().union(*both)]) / total
        for hit, grams in zip(near[:HITS_AN_ENTRY], both, strict=False):
            shared = sum([name[gram] for gram in grams]) / (index.weight_of(hit.wording)[1] or 1.0) if name else 0.0
            features = features_of(index, query, hit, shared, together)
            value = score(features, weights)
            if best is None or value > best.score:
                best = Candidate(entries[number], index.wordings[hit.wording].text, features, value)
        if best is not None:
            ranked.append((-round(best.score, 6), entries[number].domain not in GENERAL_DOMAINS, number, best))
    ranked.sort(key=lambda item: item[:3])
    return [candidate for *_, candidate in ranked], list(rejected.values())


def features_of(index: CandidateIndex, query: Query, hit: Hit, cover_wording: float, cover_entry: float) -> Features:
    """The features of one hit; the two shares are computed by :func:`rank`, once for all hits of an entry."""
    wording = index.wordings[hit.wording]
    entry = index.taxonomy.entries[wording.entry]
    mention = query.mention
    # A name that is the wording, or ends in words that decide, is covered whatever stands before.
    covered = hit.exact >= COVERED
    agreement = unit_agreement(query.kind, mention.unit, entry)
    return Features(
        exact=hit.exact if hit.exact >= 0.8 else 0.0,
        ending=1.0 if hit.exact == 0.7 else 0.0,
        cosine=hit.cosine,
        cover_wording=1.0 if covered else cover_wording,
        cover_entry=1.0 if covered else cover_entry,
        head=head_agreement(query.core, wording.core),
        unit=max(0.0, agreement),
        unit_clash=min(0.0, agreement),
        domain=domain_agreement(entry, query.context, query.owner),
        direction=-1.0 if mention.op in _CONTRADICTS.get(entry.direction, ()) else 0.0,
        score_type=1.0 if mention.record_type == "score" and entry.kind == "score" else 0.0,
        modifiers=0.0 if hit.exact == 1.0 else modifier_agreement(query.modifiers, modifiers(wording.folded)),
    )
