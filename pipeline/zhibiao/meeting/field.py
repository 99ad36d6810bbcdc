"""A batch of passages as one field of arrays: quantities, tagged names, what the patterns said, and counts of signs up to every place.

All offsets of a field are those of the passages' texts laid end to end, a gap between two; :meth:`Field.place` takes them back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from zhibiao.indicators.labels import FIRST_ROLE, ROLES, chunks
from zhibiao.indicators.tagger import Tagged
from zhibiao.pairing.context import title_of
from zhibiao.pairing.drafts import Draft, Span
from zhibiao.schema import KINDS, OPS, Quantity
from zhibiao.tokens.words import WordIndex

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ROLE = {role: i for i, role in enumerate(ROLES)}
#: Roles of numbers that belong to no record.
LOOSE = frozenset(ROLE[role] for role in ("Q", "O", "X"))
#: What a side of a pattern's record says of its number's role, by the record's type: target side, actual side.
_SIDES = {"performance": ("T", "A"), "budget": ("B", "E"), "score": ("W", "S"), "fact": ("T", "A")}
#: The patterns' rules, in a fixed order: a trained model knows them by their place.
RULES = (
    "", "plan", "answer", "bare", "budget_rate", "target_rate", "versus", "plain", "change", "from", "score", "weight", "initial", "budget",
    "executed", "adjusted", "share", "respectively",
)  # fmt: skip
_RULE = {rule: i for i, rule in enumerate(RULES)}
SIGNS = "，。；：、（）"
#: Words between a name and its number that say how they belong together.
CUES = ("分别", "其中", "比", "较", "同", "实际", "完成", "目标", "计划", "预算", "共", "的")
_GAP = "\n" * 3
_MEASURE = re.compile(r"[/（]")
#: Between two items of a list: at most this many characters, and only list signs.
_LIST = frozenset("、和及与，以")
ORIGINAL = "原"
RATE = "预算完成率"


@dataclass(frozen=True, slots=True)
class Reading:
    """One passage as the stages before left it. ``drafts`` are the patterns' records, in clean offsets."""

    index: WordIndex
    quantities: Sequence[Quantity]
    tagged: Tagged
    drafts: Sequence[Draft]
    of_targets: bool = False
    mark: int = 0


def pattern_roles(reading: Reading) -> tuple[list[int], list[Draft | None], dict[int, int]]:
    """What the patterns say: each quantity's role (-1 for none) and record, and which quantity is paired with which."""
    at = {q.start: i for i, q in enumerate(reading.quantities)}
    roles = [-1] * len(reading.quantities)
    drafts: list[Draft | None] = [None] * len(reading.quantities)
    pairs: dict[int, int] = {}
    for draft in reading.drafts:
        i, j = (
            at.get(s.start) if s is not None and s.value is not None and s.start is not None else None for s in (draft.target, draft.actual)
        )
        target, actual = _SIDES[draft.type]
        if i is not None:
            roles[i], drafts[i] = ROLE[target], draft
        if j is not None and (roles[j] < 0 or draft.type != "fact"):
            if draft.change and draft.change != ORIGINAL:
                actual = "AC"
            elif draft.suffix == RATE:
                actual = "AR"
            roles[j], drafts[j] = ROLE[actual], draft
        if i is not None and j is not None:
            pairs[i] = j
    return roles, drafts, pairs


def _runs(starts: Ints, ends: Ints, owner: Ints, text: str) -> tuple[Ints, Ints]:
    """For items in order: how many follow, and how many stand before, in the same list."""
    n = len(starts)
    after, before = np.zeros(n, np.int64), np.zeros(n, np.int64)
    joined = [
        bool(owner[k] == owner[k + 1] and 0 <= starts[k + 1] - ends[k] <= 2 and _LIST.issuperset(text[ends[k] : starts[k + 1]]))
        for k in range(n - 1)
    ]
    for k in range(n - 2, -1, -1):
        if joined[k]:
            after[k] = after[k + 1] + 1
    for k in range(1, n):
        if joined[k - 1]:
            before[k] = before[k - 1] + 1
    return after, before


def _measure(q: Quantity) -> str:
    return "duration" if q.kind == "duration" else _MEASURE.split(q.unit, maxsplit=1)[0]


class Field:
    """The arrays of a batch. Quantities and names (chunks) are numbered through the batch, in order of their place."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.readings = readings
        self.bases: list[int] = []
        pieces: list[str] = []
        size = 0
        for reading in readings:
            self.bases.append(size)
            pieces += (reading.index.text, _GAP)
            size += len(reading.index.text) + len(_GAP)
        self.text = text = "".join(pieces)
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        #: counts of each sign before every offset: shape (signs, size + 1)
        self.signs = np.zeros((len(SIGNS), size + 1), np.int32)
        for k, sign in enumerate(SIGNS):
            np.cumsum(codes == ord(sign), out=self.signs[k, 1:])
        self.cues = np.zeros((len(CUES), size + 1), np.int32)
        for k, cue in enumerate(CUES):
            hit = codes == ord(cue[0])
            if len(cue) > 1:
                hit[:-1] &= codes[1:] == ord(cue[1])
                hit[-1:] = False
            np.cumsum(hit, out=self.cues[k, 1:])
        self._quantities()
        self._names()
        #: how many characters before every offset stand in a tagged name
        inside = np.zeros(size + 1, np.int32)
        np.add.at(inside, self.name_start, 1)
        np.add.at(inside, self.name_end, -1)
        self.cover = np.concatenate([[0], np.cumsum(np.cumsum(inside)[:-1])])

    def _quantities(self) -> None:
        owner: list[int] = []
        places_of: list[tuple[int, int]] = []
        about: list[tuple[int, int, int, int, int]] = []  # unit, kind, op, number in the passage, how many there
        bare: list[bool] = []
        values: list[float] = []
        said: list[int] = []
        records: list[Draft | None] = []
        pairs: dict[int, int] = {}
        rows: list[npt.NDArray[np.float32]] = []
        unit_ids: dict[str, int] = {}
        base = 0
        for k, reading in enumerate(self.readings):
            at = self.bases[k]
            n = len(reading.quantities)
            roles, drafts, paired = pattern_roles(reading)
            said += roles
            records += drafts
            pairs.update({base + i: base + j for i, j in paired.items()})
            places = [i for i, tag in enumerate(reading.index.tags) if tag == "quantity"]
            rows.append(reading.tagged.chances[places] if n else np.zeros((0, reading.tagged.chances.shape[1]), np.float32))
            for i, q in enumerate(reading.quantities):
                owner.append(k)
                places_of.append((at + q.start, at + q.end))
                about.append((unit_ids.setdefault(q.unit, len(unit_ids)), KINDS.index(q.kind), OPS.index(q.op), i, n))
                bare.append(q.bare)
                values.append(float(q.value))
            base += n
        self.owner = np.array(owner, np.int64)
        self.start, self.end = np.array(places_of, np.int64).reshape(-1, 2).T
        self.unit, self.kind, self.op, self.number, self.total = np.array(about, np.int64).reshape(-1, 5).T
        #: what each quantity counts, for pairing: durations are alike, a rate is like what it measures (元/年, 元)
        self.measure = [_measure(q) for reading in self.readings for q in reading.quantities]
        self.bare, self.value = np.array(bare, bool), np.array(values, np.float64)
        self.said = np.array(said, np.int64)
        self.records = records
        self.pairs = pairs
        self.rule = np.array([_RULE.get(d.rule, 0) if d is not None else 0 for d in records], np.int64)
        chances = np.concatenate(rows) if rows else np.zeros((0, FIRST_ROLE + len(ROLES)), np.float32)
        self.chances = chances[:, FIRST_ROLE:].astype(np.float64)
        self.inside = chances[:, :FIRST_ROLE].sum(1).astype(np.float64)
        self.after, self.before = _runs(self.start, self.end, self.owner, self.text)

    def _names(self) -> None:
        owner: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        sure: list[float] = []
        self.changes: list[list[Span]] = []
        for k, reading in enumerate(self.readings):
            at, word = self.bases[k], reading.index.starts
            changes: list[Span] = []
            best = None
            for first, last, kind in chunks(reading.tagged.tags):
                if kind == "C":
                    changes.append((word[first], word[last]))
                    continue
                if best is None:
                    best = reading.tagged.chances[np.arange(len(reading.tagged.tags)), reading.tagged.tags]
                owner.append(k)
                starts.append(at + word[first])
                ends.append(at + word[last])
                sure.append(float(best[first:last].mean()))
            self.changes.append(changes)
        self.name_owner, self.name_start, self.name_end = (np.array(x, np.int64) for x in (owner, starts, ends))
        self.name_sure = np.array(sure, np.float64)
        self.name_after, self.name_before = _runs(self.name_start, self.name_end, self.name_owner, self.text)

    @cached_property
    def titles(self) -> list[Span | None]:
        """By passage, the title that it opens with, as a span of the field."""
        out: list[Span | None] = []
        for reading, base in zip(self.readings, self.bases, strict=True):
            title = title_of(reading.index.text, reading.mark, reading.quantities)
            out.append((title[0] + base, title[1] + base) if title is not None else None)
        return out

    @cached_property
    def said_names(self) -> tuple[list[str], Floats]:
        """By quantity, the name that the patterns gave it ("" for none), and of that name: does it stand before the number, how many
        spans has it, has it words that do not stand there, how long is it."""
        names, about = [], np.zeros((len(self.owner), 4))
        for i, draft in enumerate(self.records):
            if draft is None:
                names.append("")
                continue
            k = int(self.owner[i])
            words = draft.words(self.readings[k].index.text)
            names.append(words)
            ahead = bool(draft.name) and draft.name[-1][1] + self.bases[k] <= self.start[i]
            about[i] = ahead, len(draft.name), bool(draft.prefix), len(words)
        return names, about

    def place(self, k: int, spans: Sequence[Span]) -> list[Span]:
        """Spans of the field as spans of passage ``k``."""
        at = self.bases[k]
        return [(a - at, b - at) for a, b in spans]
