"""What a printed cell is worth: its number in base unit, for the truth of the test files.

Numbers are read here on their own, not by the finder that is tested against them; only the vocabulary (units, words of comparison) is the package's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from zhibiao.annotate.files.source import SourceError
from zhibiao.quantities import Comparators, default_units
from zhibiao.quantities.comparators import default_comparators
from zhibiao.schema import Op

_NUMBER = re.compile(r"(?P<front>[^\d+\-−]*)(?P<sign>[-−]?)(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<rest>\D*)")
_RANGE = re.compile(r"(?P<low>\d[\d,]*(?:\.\d+)?)(?P<lowunit>[^\d\-—~至]*)[-—~至](?P<digits>\d[\d,]*(?:\.\d+)?)(?P<rest>\D*)")
_BRACKET = re.compile(r"[（(](.+)[)）]")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_ABOUT = ("余", "多")


@dataclass(frozen=True, slots=True)
class Value:
    """A cell's words, and the number they hold: in base unit, ``None`` where they are words. ``bare``: the cell itself gives no unit."""

    text: str
    op: Op | None = None
    value: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    bare: bool = False


def value_of(text: str, unit: str = "", *, op: str = "") -> Value:
    """Read a cell. ``unit``: unit of a bare number as it is printed elsewhere (万元), ``op``: a comparison printed beside it (≥).

    >>> v = value_of("≥8,460.50", "万元"); str(v.value), v.unit, v.op, v.bare
    ('84605000.00', '元', '>=', True)
    >>> v = value_of("95%以上"); str(v.value), v.unit, v.op
    ('95', '%', '>=')
    >>> value_of("达到预期目标").value is None
    True

    Raises SourceError for a unit or comparison that the package does not know, and for commas that group no thousands.
    """
    words = "".join(text.split())
    if found := _RANGE.fullmatch(words):
        factor, name, bare, _ = _unit(found["rest"], unit)
        return Value(words, "range", _digits(found["low"]) * factor, _digits(found["digits"]) * factor, name, bare)
    found = _NUMBER.fullmatch(words)
    if found is None:
        return Value(words)
    front = _comparators().whole(found["front"]) if found["front"] else None
    if found["front"] and front is None:
        return Value(words)  # words that only hold a number
    factor, name, bare, behind = _unit(found["rest"], unit)
    number = _digits(found["digits"]) * factor
    beside = _comparators().whole(op) if op else None
    if op and beside is None:
        raise SourceError(f"{op}: 不认识的比较词 (unknown word of comparison)")
    return Value(words, beside or front or behind or "=", -number if found["sign"] else number, None, name, bare)


def stated_unit(caption: str) -> str:
    """The unit that a line such as 单位：万元 states, as printed; "" where it states none."""
    found = re.search(r"单位[：:]\s*([^\s，、；）)]+)", caption)
    return found[1] if found else ""


def name_unit(name: str) -> str:
    """The unit in the last bracket of a name (土壤墒情监测站（个）), "" where the bracket holds none."""
    found = re.search(r"[（(]([^（()）]+)[)）]$", name)
    return found[1] if found and default_units().parse(found[1]) is not None else ""


def _digits(words: str) -> Decimal:
    if not _GROUPED.fullmatch(words):
        raise SourceError(f"{words}: 千分位不对 (commas that group no thousands)")
    return Decimal(words.replace(",", ""))


def _unit(rest: str, unit: str) -> tuple[Decimal, str, bool, Op | None]:
    """Factor, canonical unit, whether the cell itself gives none, and the op of what stands behind the number."""
    behind: Op | None = None
    for word, op in sorted(_comparators().words_after.items(), key=lambda item: -len(item[0])):
        if rest.endswith(word):
            rest, behind = rest.removesuffix(word), op
            break
    if rest[:1] in _ABOUT:
        rest, behind = rest[1:], "~"
    bracket = _BRACKET.fullmatch(rest)
    own = bracket[1] if bracket else rest
    if not own and not unit:
        return Decimal(1), "", True, behind
    found = default_units().parse(own or unit)
    if found is None:
        raise SourceError(f"{own or unit}: 不认识的单位 (unknown unit)")
    form, times = found
    return form.factor * times, form.unit, not own, behind


def _comparators() -> Comparators:
    return default_comparators()
