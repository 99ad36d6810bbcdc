"""A document as a whole: a bare name takes the entry of its paragraph, and the same words link alike throughout.

按时办结率 among orders of the hotline is the hotline's: the mentions around one say, by the fields that they were linked to, what is spoken of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zhibiao.linking.candidates import Ints, Reals
from zhibiao.linking.mention import Query
from zhibiao.nets import Floats

Bools = npt.NDArray[np.bool_]
#: Mentions before and after that have a say, if they stand in the same section.
REACH = 6
#: A mention votes with its best entry from this probability on.
VOTES_FROM = 0.5


def votes(queries: Sequence[Query], best_entry: Ints, chance: Floats, field_of: Ints, general: Bools, mention: Ints, entry: Ints) -> Reals:
    """For each pair the share of the votes around its mention that go to the field of its entry; general fields have no vote and get none.

    ``best_entry`` and ``chance`` are those of each mention (-1 where it has none), ``mention`` and ``entry`` those of each pair. A mention does
    not vote for one of the same name, which would only repeat its error.
    """
    count = len(queries)
    fields = np.where((best_entry >= 0) & (chance >= VOTES_FROM), field_of[best_entry], -1)
    fields[(best_entry >= 0) & general[best_entry]] = -1
    names = np.array(_numbers([q.trimmed for q in queries]), np.int64)
    sections = np.array(_numbers([q.mention.section for q in queries]), np.int64)
    out = np.zeros(len(mention), np.float32)
    mine = np.where(general[entry], -2, field_of[entry])
    total = np.zeros(len(mention), np.float32)
    for step in (*range(-REACH, 0), *range(1, REACH + 1)):
        other = mention + step
        inside = (other >= 0) & (other < count)
        other = np.where(inside, other, 0)
        says = inside & (fields[other] >= 0) & (sections[other] == sections[mention]) & (names[other] != names[mention])
        total += says
        out += says & (fields[other] == mine)
    share: Reals = (out / np.maximum(total, 1)).astype(np.float32)
    return share


def _numbers(texts: Sequence[str]) -> list[int]:
    seen: dict[str, int] = {}
    return [seen.setdefault(text, len(seen)) for text in texts]


def alike(queries: Sequence[Query], entries: Sequence[int], chances: Sequence[float], *, ambiguous: Sequence[bool]) -> list[int]:
    """One entry for the same words: for each mention the place of the mention whose answer it takes (mostly its own).

    Mentions are grouped by their folded name and the kind of the measure (a printed change has that of its measure, which is not known, and
    goes with any). ``entries``: -1 for NIL. In a group the answer with the greatest sum of probabilities holds for all whose kind allows it;
    NIL counts with 1 - probability. An ``ambiguous`` name (its very words stand on several entries) is decided by each section for itself.
    """
    groups: defaultdict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for i, q in enumerate(queries):
        section = q.mention.section if ambiguous[i] else ""
        groups[q.folded, q.kind, q.mention.record_type if q.mention.record_type == "score" else "", f"{section}|{q.change}"].append(i)
    out = list(range(len(queries)))
    for group in groups.values():
        answers = {entries[i] for i in group}
        if len(answers) < 2:
            continue
        weight: defaultdict[int, float] = defaultdict(float)
        for i in group:
            weight[entries[i]] += chances[i]
        winner = max(sorted(weight), key=lambda entry: weight[entry])
        best = max((i for i in group if entries[i] == winner), key=lambda i: (chances[i], -i))
        for i in group:
            if entries[i] != winner:
                out[i] = best
    return out
