"""Link annotations as the linker meets them, and the comparison of its answers with them.

Each annotated passage is a small document: its records under the names that the annotation gives them, and once more under the names that the
extractor finds for the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhibiao.annotate.links import LinkMark
from zhibiao.annotate.markup import MarkedPassage
from zhibiao.annotate.splits import Part, Splits
from zhibiao.extractor import Extractor, context_of, mention_of
from zhibiao.linking.linker import Linker
from zhibiao.linking.mention import Mention, Query
from zhibiao.schema import Report, Side

from .gold import GoldRecord, gold_of
from .matching import same_number

#: Seven passages of ten come with the office of their department, as reports mostly do.
_WITH_ORG = 7


@dataclass(frozen=True, slots=True)
class LinkCase:
    """The mentions of one passage in order. ``right``: for each mention the entries that are right (empty: NIL), None where it is not judged.

    ``found``: under the names that the extractor gave.
    """

    passage: str
    writer: str
    part: Part
    mentions: tuple[Mention, ...]
    right: tuple[frozenset[str] | None, ...]
    found: bool


def cases_of(
    marks: Sequence[LinkMark], passages: Mapping[str, MarkedPassage], splits: Splits, *, extractor: Extractor | None = None
) -> list[LinkCase]:
    """The cases of link annotations, those under annotated names first. Raises ``KeyError`` for a mark of a passage or record that is not there."""
    by_passage: dict[str, list[LinkMark]] = {}
    for mark in marks:
        by_passage.setdefault(mark.passage, []).append(mark)
    out: list[LinkCase] = []
    again: list[LinkCase] = []
    for name, decided in by_passage.items():
        passage = passages[name]
        part = splits.part_of(passage)
        records = {(r.number, r.type == "score"): r for r in gold_of(passage).records if not r.optional}
        org = f"{passage.dept}局" if int(passage.sha256[:8], 16) % 10 < _WITH_ORG else ""
        rows = [(records[mark.record, mark.score], frozenset(mark.links)) for mark in decided]
        out.append(
            LinkCase(
                name,
                passage.writer,
                part,
                tuple(_mention(r, passage.text, org) for r, _ in rows),
                tuple(right for _, right in rows),
                found=False,
            )
        )
        if extractor is not None:
            again.append(_found(passage, part, org, rows, extractor))
    return [*out, *again]


def _mention(record: GoldRecord, text: str, org: str) -> Mention:
    places = [(s.start, s.end) for s in (record.target, record.actual) if s is not None and s.start is not None and s.end is not None]
    context = context_of(text, min((a for a, _ in places), default=0))
    return mention_of(
        record.names[0], record.type, record.target, record.actual, section="", project="", org=org, change=record.change, context=context
    )  # fmt: skip


def _found(
    passage: MarkedPassage, part: Part, org: str, rows: Sequence[tuple[GoldRecord, frozenset[str]]], extractor: Extractor
) -> LinkCase:
    """The extractor's records of the passage; one is judged as the annotated record with the same numbers, the one most alike in name."""
    report = Report(passage.id, "", "", "text", passage.text, org=org)
    mentions, right = [], []
    for mention, target, actual in extractor.mentions(report):
        same = [(r, ids) for r, ids in rows if _same_place(r, target, actual)]
        mentions.append(mention)
        right.append(same[0][1] if len({ids for _, ids in same}) == 1 and _names_enough(mention, [r for r, _ in same]) else None)
    return LinkCase(passage.id, passage.writer, part, tuple(mentions), tuple(right), found=True)


def _same_place(record: GoldRecord, target: Side | None, actual: Side | None) -> bool:
    """Do both give the same number at the same place?"""
    for wanted, got in ((record.actual, actual), (record.target, target)):
        if wanted is not None and got is not None and wanted.value is not None and got.value is not None:
            if wanted.start is not None and got.start is not None and abs(wanted.start - got.start) > 4:
                return False
            return same_number(wanted, got)
    return False


def _names_enough(mention: Mention, records: Sequence[GoldRecord]) -> bool:
    """Does the found name share a pair of characters with an annotated one? A wrong name must not teach that its words mean the entry."""
    pairs = {mention.name[i : i + 2] for i in range(len(mention.name) - 1)}
    return any(not pairs.isdisjoint(name[i : i + 2] for i in range(len(name) - 1)) for r in records for name in r.names)


@dataclass(frozen=True, slots=True)
class Judged:
    """One mention linked: what was given, what is right, the confidence, and whether the right entry was among the ten best candidates."""

    case: LinkCase
    mention: Mention
    right: frozenset[str]
    given: str | None
    confidence: float
    in_ten: bool

    @property
    def right_answer(self) -> bool:
        """Is what was given right?"""
        return self.given in self.right if self.right else self.given is None


def judge_links(cases: Sequence[LinkCase], linker: Linker) -> list[Judged]:
    """Link every case as a document and compare with what is right."""
    out: list[Judged] = []
    ids = [entry.id for entry in linker.taxonomy]
    for case in cases:
        links = linker.link_many(case.mentions)
        pairs, score = linker.answer_pairs([Query.of(m) for m in case.mentions])
        for i, (mention, right, link) in enumerate(zip(case.mentions, case.right, links, strict=True)):
            if right is None:
                continue
            rows = np.flatnonzero(pairs.mention == i)
            ten = {ids[pairs.entry[r]] for r in rows[np.argsort(-score[rows], kind="stable")][:10]}
            grown = {e.id for e in linker.taxonomy if e.change_of in ten} if mention.change else set()
            out.append(Judged(case, mention, right, link.canonical_id, float(link.confidence or 0), bool(right & (ten | grown))))
    return out


def accuracy(judged: Sequence[Judged]) -> tuple[float, float, float, int, int]:
    """Share of mentions with an entry that got it, of those without that got NIL, of those with one whose entry was among ten candidates;
    numbers of both."""
    linked = [j for j in judged if j.right]
    nil = [j for j in judged if not j.right]
    return (
        sum(j.right_answer for j in linked) / max(1, len(linked)),
        sum(j.right_answer for j in nil) / max(1, len(nil)),
        sum(j.in_ten for j in linked) / max(1, len(linked)),
        len(linked),
        len(nil),
    )
