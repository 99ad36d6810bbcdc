"""Why something was missed: each miss gets the one cause that is nearest to what went wrong, so that causes can be counted and mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from zhibiao.schema import Quantity, Record, Side

from .gold import GoldQuantity, GoldRecord
from .matching import NAME_OK, canonical_unit, name_similarity, near_unit, same_number, same_value, side_ok, squash

#: Cause → what it means to people. The order is that of the lists.
CAUSES: MappingProxyType[str, str] = MappingProxyType(
    {
        "q_missed": "数量漏抽 quantity missed",
        "q_edge": "数量边界有误 quantity cut wrongly",
        "q_value": "数值有误 wrong value",
        "q_unit": "单位有误 wrong unit",
        "q_op": "比较方式有误 wrong op",
        "q_spurious": "多抽数量 spurious quantity",
        "no_quantity": "记录漏抽：其数量未找到 record missed, its quantity was not found",
        "no_record": "记录漏抽：有数量而无记录 record missed",
        "name": "指标名称有误 wrong name",
        "swapped": "目标与实际颠倒 target and actual swapped",
        "side_missing": "缺目标或实际 target or actual missing",
        "side_extra": "多出目标或实际 target or actual too many",
        "unit": "记录单位有误 wrong unit in a record",
        "value": "记录数值有误 wrong value in a record",
        "spurious": "多抽记录 spurious record",
        "op": "记录比较方式有误 wrong op in a record",
        "change_missed": "缺变动词 change missed",
        "change_spurious": "多出变动词 spurious change",
    }
)


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that went wrong: a key of :data:`CAUSES` and the words that show it."""

    cause: str
    words: str


def explain_quantity(gold: GoldQuantity, found: Quantity | None, *, edges: bool) -> Miss:
    """Why a quantity does not count in full; ``found`` is the one matched with it, ``edges`` whether both have the same span."""
    if found is None:
        return Miss("q_missed", f"{gold.text} @ {gold.start}")
    told = f"{gold.text} {gold.op} {_number(gold)} ≠ {squash(found.text)} {found.op} {_number(found)}"
    values = same_value(gold.value, found.value) and same_value(gold.value_high, found.value_high)
    if values and canonical_unit(gold.unit) == canonical_unit(found.unit):
        return Miss("q_op", told)
    if not edges:
        return Miss("q_edge", told)
    return Miss("q_unit" if values else "q_value" if gold.value is not None else "q_op", told)


def notes_on(gold: GoldRecord, found: Record) -> list[Miss]:
    """What differs in a record that was found with name and values: ops, and for facts whether it is a change."""
    out = []
    for wanted, given in ((gold.target, found.target), (gold.actual, found.actual)):
        if wanted is not None and given is not None and wanted.value is not None and (wanted.op or "=") != (given.op or "="):
            out.append(Miss("op", f"{gold.names[0]}：{wanted.op} {wanted.text} ≠ {given.op} {squash(given.text)}"))
    if gold.target is None and gold.change and not found.change:
        out.append(Miss("change_missed", f"{gold.names[0]}：{gold.change} {_text(gold.actual)}"))
    if gold.target is None and gold.type == "fact" and not gold.change and found.change:
        out.append(Miss("change_spurious", f"{gold.names[0]}：{found.change} {_text(gold.actual)}"))
    return out


def explain_records(
    missed: Sequence[GoldRecord], extra: Sequence[Record], quantities: Sequence[Quantity], index: Sequence[int]
) -> list[Miss]:
    """A cause for each missed record, by the record nearest to it among those that are too many; what then is left is spurious.

    ``index``: :func:`~.matching.compact_index` of the text. Each extra record explains one miss at the most.
    """
    spans = [(index[q.start], index[q.end]) for q in quantities]
    ranked = sorted(((_nearness(g, r), i, j) for i, g in enumerate(missed) for j, r in enumerate(extra)), key=lambda c: (-c[0], c[1], c[2]))
    nearest: dict[int, int] = {}
    used: set[int] = set()
    for nearness, i, j in ranked:
        if nearness >= 1.0 and i not in nearest and j not in used:
            nearest[i] = j
            used.add(j)
    out = []
    for i, g in enumerate(missed):
        r = extra[nearest[i]] if i in nearest else None
        cause = _cause(g, r, lost=any(_lost(s, spans, index) for s in (g.target, g.actual)))
        out.append(Miss(cause, _told(g) + (f" ≠ {_told(r)}" if r else "")))
    out += [Miss("spurious", _told(r)) for j, r in enumerate(extra) if j not in used]
    return out


def _nearness(g: GoldRecord, r: Record) -> float:
    """How much of ``g`` stands in ``r``: sides in their place count 2, in the other's place 1, the name its similarity."""
    points = 0.0
    for wanted, given, other in ((g.target, r.target, r.actual), (g.actual, r.actual, r.target)):
        if wanted is not None:
            points += 2.0 * _alike(wanted, given) or 1.0 * _alike(wanted, other)
    return points + name_similarity(r.indicator, g.names) if points else 0.0


def _alike(a: Side, b: Side | None) -> bool:
    """Do two sides stand at one place, or hold one number?"""
    if b is None:
        return False
    if a.start is not None and a.end is not None and b.start is not None and b.end is not None:
        return min(a.end, b.end) > max(a.start, b.start)
    return same_number(a, b) if a.value is not None else squash(a.text) == squash(b.text)


def _lost(side: Side | None, spans: Sequence[tuple[int, int]], index: Sequence[int]) -> bool:
    """Is this side a number that no quantity found touches?"""
    if side is None or side.value is None or side.start is None or side.end is None:
        return False
    start, end = index[side.start], index[side.end]
    return not any(min(end, b) > max(start, a) for a, b in spans)


def _cause(g: GoldRecord, r: Record | None, *, lost: bool) -> str:
    if lost:
        return "no_quantity"
    if r is None:
        return "no_record"
    target, actual = side_ok(g.target, r.target, g.also), side_ok(g.actual, r.actual, g.also)
    one_sided = (g.target is None) != (r.target is None) or (g.actual is None) != (r.actual is None)
    if target and actual and not one_sided:
        return "name" if name_similarity(r.indicator, g.names) < NAME_OK else "no_record"
    crossed = [_in(wanted, other) for wanted, other in ((g.target, r.actual), (g.actual, r.target)) if wanted is not None]
    if crossed and all(crossed) and not ((g.target and target) or (g.actual and actual)):
        return "swapped"
    for wanted, given in ((g.target, r.target), (g.actual, r.actual)):
        if wanted is not None and given is not None and same_number(wanted, given) and not near_unit(wanted.unit, given.unit):
            return "unit"
    if any(wanted is not None and given is None for wanted, given in ((g.target, r.target), (g.actual, r.actual))):
        return "side_missing"
    if one_sided:
        return "side_extra"
    return "value"


def _in(wanted: Side | None, given: Side | None) -> bool:
    return wanted is not None and given is not None and wanted.value is not None and side_ok(wanted, given, ())


def _number(q: GoldQuantity | Quantity) -> str:
    high = f"–{q.value_high}" if q.value_high is not None else ""
    return f"{q.value}{high}{q.unit}"


def _side_told(side: Side | None) -> str:
    """The words of a side, and its unit where the words do not show it."""
    text = _text(side)
    return f"{text}（{side.unit}）" if side and side.unit and side.unit not in text else text


def _text(side: Side | None) -> str:
    return squash(side.text) if side else "—"


def _told(r: GoldRecord | Record) -> str:
    name = r.names[0] if isinstance(r, GoldRecord) else squash(r.indicator)
    return f"{name}｜{_side_told(r.target)}｜{_side_told(r.actual)}"
