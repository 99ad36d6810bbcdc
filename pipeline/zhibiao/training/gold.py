"""Gold rows of a marked passage: what a perfect extractor would give for it.

In: a :class:`~zhibiao.annotate.markup.MarkedPassage` (labels: ``annotations/GUIDE.md`` section 1). Out: :class:`Gold`, in offsets of the
passage's text. A mark with a value written behind it counts as written. Else the marked words are read on their own, whatever the
extractor finds around them; the words of comparison beside them give the op. Only a bare number (an item of a list that shares one unit)
takes its unit from the finder's reading of exactly these characters, since the words alone do not hold it. Words that the number reader
does not know (a unit it lacks) are taken literally, number then unit, so that what it cannot read still counts as missed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from zhibiao.annotate.markup import Mark, MarkedPassage
from zhibiao.layout.clean import clean
from zhibiao.layout.fold import fold
from zhibiao.quantities import QuantityFinder, default_finder
from zhibiao.quantities.comparators import default_comparators
from zhibiao.quantities.numerals import multiplier
from zhibiao.schema import Kind, Op, Quantity, RecordType, Side

from .matching import canonical_unit, squash, unit_kind

#: GUIDE section 1, label R: the name of such a record is I + these words.
RATE_NAME = "预算完成率"
_VALUES = "TABEWSXQO"
#: The labels that may stand over words which are no quantity: targets and actual values in words.
_MAY_BE_WORDS = "TA"
#: Weights and scores are points, also where the cell is bare.
_POINTS, _POINT = "WS", "分"
_LITERAL = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)([百千万亿]*)([^\d\s百千万亿月年:：∶-][^\d\s:：∶]{0,3})")
_NO_UNIT = re.compile(r"[前后底内]$|^日前")
_CHINESE = re.compile(r"[一二两三四五六七八九十百千几半]")
_SHORT = 4


@dataclass(frozen=True, slots=True)
class GoldQuantity:
    """A quantity that should be found. ``value`` is None where neither mark nor words tell it (then only its place is judged).

    ``also`` holds other readings (value, unit) that are right too: the bare number of a cell whose unit stands elsewhere.
    """

    start: int
    end: int
    text: str
    op: Op
    value: Decimal | None
    value_high: Decimal | None
    unit: str
    kind: Kind
    optional: bool = False
    also: tuple[tuple[Decimal, str], ...] = ()


@dataclass(frozen=True, slots=True)
class GoldRecord:
    """A statement that should be found. ``names`` are the wordings that count as its name, the fullest first.

    ``also`` holds the words of its X marks, white space left out. An ``optional`` record may be found or not: the weight and score of
    an indicator (``weight``, ``score`` of the record that stands for it), given as a statement of their own.
    """

    number: int
    type: RecordType
    names: tuple[str, ...]
    target: Side | None
    actual: Side | None
    also: tuple[str, ...] = ()
    change: str = ""
    weight: Decimal | None = None
    score: Decimal | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Gold:
    """All that should be found in one passage."""

    quantities: tuple[GoldQuantity, ...]
    records: tuple[GoldRecord, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a mark says, in source offsets; ``is_words`` where it is no quantity at all."""

    quantity: GoldQuantity
    is_words: bool


class _Reader:
    """Reads the marks of one passage."""

    def __init__(self, text: str, finder: QuantityFinder) -> None:
        self.text = text
        folded = fold(text)
        self.view = clean(folded, 0, len(folded))
        self.finder = finder
        self.found = {(q.start, q.end): q for q in finder.find(self.view.text)}

    def read(self, mark: Mark) -> _Reading:
        a, b = bisect_left(self.view.offsets, mark.start), bisect_left(self.view.offsets, mark.end)
        words = squash(self.text[mark.start : mark.end])
        cell = self.finder.parse_cell(self.view.text[a:b])
        own = replace(cell, start=a + cell.start, end=a + cell.end) if cell else None
        q = self._quantity(own, self.found.get((a, b)))
        start, end = self.view.span(q.start, q.end) if q else (mark.start, mark.end)
        if mark.value is not None:
            unit = canonical_unit(mark.unit or "") or (_POINT if mark.label in _POINTS else "")
            also = ((own.value, own.unit),) if own and own.value_high is None else ()
            op = q.op if q else "="
            gold = GoldQuantity(start, end, words, op, mark.value, None, unit, unit_kind(unit) or "count", mark.label == "O", also)
            return _Reading(gold, False)
        if q is None:
            value, unit = _literal(words)
            plain = value is None and not _place_counts(words, mark.label)
            return _Reading(GoldQuantity(start, end, words, "=", value, None, unit, "count", mark.label == "O"), plain)
        also = ((own.value, own.unit),) if own and own.bare and own.value_high is None else ()
        if mark.label in _POINTS and q.unit == "":
            q = replace(q, unit=_POINT)
        text = squash(self.text[start:end])
        return _Reading(GoldQuantity(start, end, text, q.op, q.value, q.value_high, q.unit, q.kind, mark.label == "O", also), False)

    def _quantity(self, own: Quantity | None, found: Quantity | None) -> Quantity | None:
        """The marked words' own reading with the op of their place; the finder's where they hold a bare number or are no cell."""
        if own is None or (own.bare and found is not None):
            return found
        beside = default_comparators().op(self.view.text, own.start, own.end, unit=own.unit, kind=own.kind)
        return own if own.op == "range" or beside in (None, "=") else replace(own, op=beside)


def _literal(words: str) -> tuple[Decimal | None, str]:
    """``8,214对`` → 8214, 对; None where the words are not a number and a short unit (dates, ratios, sentences)."""
    found = _LITERAL.fullmatch(words)
    if not found or _NO_UNIT.search(found[3]):
        return None, ""
    value = Decimal(found[1].replace(",", ""))
    for sign in found[2]:
        value *= multiplier(sign)
    return value, canonical_unit(found[3])


def _place_counts(words: str, label: str) -> bool:
    """Do marked words without a readable number stand for a quantity all the same (三成半, 第38位)? O always does: it is a doubt."""
    if label in _MAY_BE_WORDS:
        return len(words) <= _SHORT and _CHINESE.match(words) is not None
    return label == "O" or any(ch.isdigit() for ch in words) or _CHINESE.match(words) is not None


def gold_of(passage: MarkedPassage, *, finder: QuantityFinder | None = None) -> Gold:
    """The gold rows of a passage. ``finder`` reads the numbers of the marked words (default: the shipped one).

    >>> from zhibiao.annotate.markup import parse
    >>> gold = gold_of(parse("### id=a dept=教育 layout=prose writer=w1\\n新建{学校|I1}超过{3所|A1}。")[0])
    >>> [(q.text, q.op, str(q.value), q.unit) for q in gold.quantities]
    [('3所', '>', '3', '所')]
    >>> [(r.type, r.names) for r in gold.records]
    [('fact', ('学校',))]
    """
    reader = _Reader(passage.text, finder or default_finder())
    readings = {mark: reader.read(mark) for mark in passage.marks if mark.label in _VALUES}
    quantities: dict[tuple[int, int], GoldQuantity] = {}
    for reading in readings.values():
        q = reading.quantity
        known = quantities.get((q.start, q.end))
        # One number may serve two records; the reading with a value and without doubt stands.
        if not reading.is_words and (known is None or (known.value is None, known.optional) > (q.value is None, q.optional)):
            quantities[(q.start, q.end)] = q
    by_record: defaultdict[int, defaultdict[str, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for mark in passage.marks:
        if mark.record:
            by_record[mark.record][mark.label].append(mark)
    records: list[GoldRecord] = []
    for number, marks in sorted(by_record.items()):
        records += _records(passage, number, marks, readings)
    named = {number: {(m.start, m.end) for m in marks["I"]} for number, marks in by_record.items()}
    return Gold(tuple(sorted(quantities.values(), key=lambda q: (q.start, q.end))), tuple(_scores_to_hosts(records, named)))


def _side(marks: Mapping[str, Sequence[Mark]], labels: str, text: str, readings: Mapping[Mark, _Reading]) -> Side | None:
    for label in labels:
        for mark in marks.get(label, ()):
            q = readings[mark].quantity
            words = squash(text[mark.start : mark.end])
            return Side(words, mark.start, mark.end, q.op, q.value, q.value_high, q.unit, q.kind) if q.value is not None else Side(
                words, mark.start, mark.end
            )  # fmt: skip
    return None


def _records(
    passage: MarkedPassage, number: int, marks: Mapping[str, Sequence[Mark]], readings: Mapping[Mark, _Reading]
) -> list[GoldRecord]:
    """The record of one number; where it has weight and score beside other values, those once more as an optional record."""

    def words(label: str) -> list[str]:
        return [squash(passage.text[m.start : m.end]) for m in marks.get(label, ())]

    names = tuple(dict.fromkeys(filter(None, (squash(passage.names.get(number, "")), "".join(words("I"))))))
    if marks.get("R"):
        names = (*(name + RATE_NAME for name in names), RATE_NAME, *names)
    if not names:
        return []
    target, actual = (_side(marks, labels, passage.text, readings) for labels in ("TB", "AE"))
    weight, score = (_side(marks, label, passage.text, readings) for label in "WS")
    as_score = [GoldRecord(number, "score", names, weight, score)] if weight or score else []
    if target is None and actual is None:
        return as_score
    kind: RecordType = "performance" if marks.get("T") else "budget" if marks.get("B") or marks.get("E") else "fact"
    record = GoldRecord(
        number, kind, names, target, actual, tuple(words("X")), "".join(words("C")), weight.value if weight else None,
        score.value if score else None,
    )  # fmt: skip
    return [record, *(replace(r, optional=True) for r in as_score)]


def _scores_to_hosts(records: Sequence[GoldRecord], named: Mapping[int, set[tuple[int, int]]]) -> list[GoldRecord]:
    """Give a score that stands on the name of another record (one row of a table) to that record, and make it optional by itself."""
    out = list(records)
    hosts = sorted((i for i, r in enumerate(out) if r.type != "score"), key=lambda i: (out[i].target is None, i))
    for i, r in enumerate(out):
        if r.type != "score" or r.optional:
            continue
        host = next((h for h in hosts if named[out[h].number] & named[r.number]), None)
        if host is None:
            continue
        out[i] = replace(r, optional=True)
        if out[host].weight is None and out[host].score is None:
            out[host] = replace(out[host], weight=r.target.value if r.target else None, score=r.actual.value if r.actual else None)
    return out
