"""Table cells: a cell that holds one quantity and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from zhibiao.schema import Kind, Op, Quantity

from .comparators import Comparators
from .hints import UnitHint
from .reader import Number, NumberReader

ONE = Decimal(1)
_START = re.compile(r"[\d零一二三四五六七八九十百千万亿两半]")
_RANGE = re.compile(r"[-—–~～至到]")
_SIGN = re.compile(r"(?:[-+−]|人民币|[￥¥])$")
_TRAILING = re.compile(r"(?:整|（含）|\(含\))?[。；;，,]?")
_YEARS = range(1900, 2100)


def parse_cell(text: str, reader: NumberReader, comparators: Comparators, *, hint: UnitHint | None = None) -> Quantity | None:
    """Read a cell such as ``≥95%``, ``100.00(%)``, ``5,095``, ``-11.5``, ``约78648``, ``99%以上``; None where it holds words or nothing.

    A bare number takes unit and factor of ``hint``; a multiplier of its own (1.2万 under 万元) replaces the hint's. Offsets point into
    ``text``; blanks inside the cell are allowed.
    """
    if not _START.search(text):
        return None
    places = [i for i, char in enumerate(text) if not char.isspace()]
    if not places or len(places) > 40:
        return None
    cell = "".join(text[i] for i in places)
    first = _START.search(cell)
    if not first:
        return None
    start = first.start()
    sign = _SIGN.search(cell, 0, start)
    word_end = sign.start() if sign else start
    op: Op | None = None
    if word_end:
        op = comparators.whole(cell[:word_end])
        if op is None:
            return None
    low = reader.at(cell, start)
    if low is None:
        return None
    high = reader.at(cell, low.end + 1) if _RANGE.match(cell, low.end) else None
    last = high or low
    if (last.form is None and last.chinese) or (low.chinese and low.form is not None and not low.form.chinese and len(low.chinese) == 1):
        return None
    if low.chinese and not low.about and not low.chinese.strip("百千万亿"):
        return None
    if high and low.form is None and high.form is None and hint is None and _year(low) and _year(high):
        return None
    unit, kind, factor = _unit(last, hint)
    behind = comparators.after(cell, last.end, kind=kind)
    tail = _TRAILING.fullmatch(cell, last.end + len(behind or ""))
    if tail is None:
        return None
    negative = sign is not None and sign[0] in "-−"
    if negative:
        start = word_end
    begin, end = places[start], places[last.end - 1] + 1
    bare = last.form is None
    value = last.value * last.times * factor if last.times * factor != ONE else last.value
    if high:
        if low.form is not None and low.form.unit != unit:
            return None
        if low.times == ONE and low.form is None:
            low = replace(low, times=high.times)
        base = low.value * low.times * factor
        return Quantity(begin, end, text[begin:end], "range", base, unit, kind, value, bare) if base < value else None
    if negative:
        value = -value
    op = comparators.op(cell, word_end, last.end, unit=unit, kind=kind) or op
    if last.about and op in (None, "="):
        op = last.about
    return Quantity(begin, end, text[begin:end], op or "=", value, unit, kind, None, bare)


def _unit(number: Number, hint: UnitHint | None) -> tuple[str, Kind, Decimal]:
    """Unit, kind and factor of a cell's number: its own, else the hint's, else none."""
    if number.form is not None:
        return number.form.unit, number.form.kind, number.form.factor
    if hint is None:
        return "", "count", ONE
    return hint.unit, hint.kind, hint.factor if number.times == ONE else ONE


def _year(number: Number) -> bool:
    return number.value == number.value.to_integral_value() and int(number.value) in _YEARS
