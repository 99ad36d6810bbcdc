"""Marked passages as the stages see them: the blocks that the layout makes, their quantities and words, and what each should have been.

In: :class:`~zhibiao.annotate.markup.MarkedPassage`. Out: :class:`Block`, one a paragraph that holds a quantity (tables are read by their
rows and are not tagged). Offsets are those of the block's clean text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhibiao.annotate.markup import Mark, MarkedPassage
from zhibiao.indicators.component import under_targets
from zhibiao.indicators.labels import FIRST_ROLE, NO_ROLE, ROLES, TAG_ID
from zhibiao.layout import lay_out
from zhibiao.layout.blocks import Passage
from zhibiao.schema import Quantity
from zhibiao.tokens.tokenizer import ProtectingTokenizer
from zhibiao.tokens.words import WordIndex

from .gold import RATE_NAME
from .matching import squash

_VALUES = "ATBEWSXQO"
_WORDS = {"I": "I", "C": "C", "R": "C"}
#: A T or A mark that is so much longer than a number in it covers words.
_WORDED = 6


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark in offsets of the block's clean text."""

    start: int
    end: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a marked passage. ``roles``, ``records`` and ``names`` are by quantity: its role, the number of its record (0 for
    none), and the wordings that count as the record's name."""

    passage: MarkedPassage
    text: str
    section: tuple[str, ...]
    mark: int
    quantities: list[Quantity]
    index: WordIndex
    placed: tuple[Placed, ...]
    roles: list[int]
    records: list[int]
    names: list[tuple[str, ...]]

    @property
    def of_targets(self) -> bool:
        """Does it stand under a heading of targets?"""
        return under_targets(self.section)

    def tags(self) -> list[int]:
        """The tag of each word."""
        out = [TAG_ID["O"]] * len(self.index.texts)
        starts = self.index.starts
        for p in sorted(self.placed, key=lambda p: (p.start, -p.end)):
            kind = _WORDS.get(p.mark.label)
            if kind is None:
                continue
            opened = False
            i = max(bisect_left(starts, p.start) - 1, 0)
            while i < len(out) and starts[i] < p.end:
                if starts[i + 1] > p.start:
                    whole = self.index.tags[i] != "quantity" or (p.start <= starts[i] and starts[i + 1] <= p.end)
                    if whole and not (kind == "C" and out[i] != TAG_ID["O"]):
                        out[i] = TAG_ID[f"{'I' if opened else 'B'}-{kind}"]
                        opened = True
                i += 1
        places = [i for i, tag in enumerate(self.index.tags) if tag == "quantity"]
        loose = {NO_ROLE, ROLES.index("X"), ROLES.index("O")}
        for i, role in zip(places, self.roles, strict=True):
            if not (out[i] in (TAG_ID["B-I"], TAG_ID["I-I"]) and role in loose):
                out[i] = FIRST_ROLE + role
        return out


def blocks_of(passages: Iterable[MarkedPassage], tokenizer: ProtectingTokenizer) -> list[Block]:
    """The paragraphs of these passages that hold a quantity, in order."""
    out: list[Block] = []
    for passage in passages:
        for block in lay_out(passage.text).blocks:
            if not isinstance(block, Passage):
                continue
            quantities = tokenizer.finder.find(block.text)
            if quantities:
                index = WordIndex(block.text, quantities, tokenizer.segmenter.tag)
                placed = tuple(_placed(passage, block.clean.offsets))
                out.append(
                    Block(
                        passage,
                        block.text,
                        block.section,
                        block.mark,
                        list(quantities),
                        index,
                        placed,
                        *_gold(passage, block.text, quantities, placed),
                    )
                )
    return out


def _placed(passage: MarkedPassage, offsets: Sequence[int]) -> Iterable[Placed]:
    for mark in passage.marks:
        a, b = bisect_left(offsets, mark.start), bisect_left(offsets, mark.end)
        if a < b and offsets[a] < mark.end and offsets[b - 1] >= mark.start:
            yield Placed(a, b, mark)


def _gold(
    passage: MarkedPassage, text: str, quantities: Sequence[Quantity], placed: Sequence[Placed]
) -> tuple[list[int], list[int], list[tuple[str, ...]]]:
    """Role, record number and names of each quantity."""
    changed = {p.mark.record for p in placed if p.mark.label == "C"}
    rated = {p.mark.record for p in placed if p.mark.label == "R"}
    spans: defaultdict[int, list[str]] = defaultdict(list)
    for p in placed:
        if p.mark.label == "I":
            spans[p.mark.record].append(text[p.start : p.end])
    roles, records, names = [], [], []
    for q in quantities:
        over = [p for p in placed if p.mark.label in _VALUES and p.start < q.end and q.start < p.end]
        best = min(over, key=lambda p: (abs(p.start - q.start) + abs(p.end - q.end), _VALUES.index(p.mark.label)), default=None)
        role, number = "Q", 0
        if best is not None and not (best.mark.label in "TA" and abs(best.start - q.start) + abs(best.end - q.end) > _WORDED):
            role, number = best.mark.label, best.mark.record
            if role == "A" and number in changed:
                role = "AC"
            elif role == "A" and number in rated:
                role = "AR"
        said = [squash(passage.names.get(number, "")), squash("".join(spans.get(number, ())))] if number else []
        if number in rated:
            said = [*said, *(f"{name}{RATE_NAME}" for name in said if name)]
        roles.append(ROLES.index(role))
        records.append(number)
        names.append(tuple(dict.fromkeys(filter(None, said))))
    return roles, records, names
