"""Finds quantities in clean text by characters: number, multiplier and unit, with the op that the words beside them give.

:mod:`.reader` reads each number with its unit; here it is decided which of them are quantities, and lists, ranges and signs are put
together.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

from zhibiao.schema import Kind, Op, Quantity

from .bare import BareRules
from .cells import parse_cell
from .comparators import Comparators, default_comparators
from .hints import UnitHint
from .reader import Number, NumberReader
from .units import Form, UnitTable, default_units

ONE = Decimal(1)
_RANGE_SIGNS = frozenset("-—–~～至到")
_LIST_SIGNS = frozenset("、和及与")
_FROM = frozenset("由从自")
_SENTENCE_START = re.compile(r"(?:^|[。；：！？\s])$")
_CLAUSE_END = re.compile(r"[，。；：、）)！？”\s]|以[上内]|$")
_LATIN = re.compile(r"[A-Za-z]+[-_]?$")
_MORE = re.compile(r"多(?![个种项元样次部家名人位年])")
_ORDINALS = re.compile(r"第[\d一二三四五六七八九十、和至到—-]+$")
_DIGITS = re.compile(r"\d+")


class QuantityFinder:
    """Finds the quantities of a clean text.

    ``units`` and ``comparators`` replace the tables that ship with the package.

    >>> [(q.text, q.op, str(q.value), q.unit) for q in default_finder().find("预算数6,302.34万元，办结率超过99.5%，配备600余台。")]
    [('6,302.34万元', '=', '63023400.00', '元'), ('99.5%', '>', '99.5', '%'), ('600余台', '~', '600', '台')]
    """

    def __init__(self, *, units: UnitTable | None = None, comparators: Comparators | None = None) -> None:
        self.units = units or default_units()
        self.comparators = comparators or default_comparators()
        self.bare = BareRules(self.units)
        self.reader = NumberReader(self.units)
        self._traps = self.reader.traps

    def parse_cell(self, text: str, *, unit_hint: UnitHint | None = None) -> Quantity | None:
        """Read a table cell that is one quantity and nothing else; None where it is words. See :func:`.cells.parse_cell`."""
        return parse_cell(text, self.reader, self.comparators, hint=unit_hint)

    def find(self, text: str) -> list[Quantity]:
        """All quantities of ``text`` in order; spans are disjoint and ``text[q.start:q.end] == q.text``."""
        out: list[Quantity] = []
        waiting: list[Number] = []
        cursor = 0
        for match in self.reader.scan.finditer(text):
            start = match.start()
            if start < cursor:
                continue
            if waiting and waiting[-1].end + 1 != start:
                self._release(text, waiting, out)
            number = self.reader.read(text, match)
            if number is None:
                continue
            after = text[number.end : number.end + 1]
            if after in _RANGE_SIGNS and after and (found := self._range(text, number)):
                low, high = found
                cursor = high.end
                self._release(text, waiting, out)
                if quantity := self._range_quantity(text, low, high):
                    out.append(quantity)
                continue
            cursor = number.end
            if number.form is None:
                if after in _LIST_SIGNS and after and not number.chinese:
                    waiting.append(number)
                    continue
                self._release(text, waiting, out)
                if quantity := self._unitless(text, number):
                    out.append(quantity)
                continue
            if waiting:
                self._share(text, waiting, number, out)
            if quantity := self._measured(text, number):
                out.append(quantity)
                cursor = quantity.end
        self._release(text, waiting, out)
        return out

    # Deciding

    def _measured(self, text: str, number: Number) -> Quantity | None:
        """A number with a unit: is it a quantity here?"""
        form, start = number.form, number.start
        assert form is not None
        before = text[start - 1 : start]
        if before:
            if before in self._traps.any or (before.isascii() and before.isalpha() and not self._word_before(text, start)):
                return None
            if before in "、和至到-—" and _ORDINALS.search(text, max(0, start - 12), start):
                return None
            if before == self._traps.front and not text.endswith(self._traps.front_words, 0, start):
                return None
        if number.chinese and not self._chinese_counts(text, number):
            return None
        if form.kind == "count" and number.times == ONE and not number.chinese and number.value != number.value.to_integral_value():
            mark = text.find(".", start, number.end)
            # A list number that has run into its sentence: 。2.3个项目 is item 2 and 3个.
            if number.value < 100 and _SENTENCE_START.search(text, max(0, start - 1), start) and text[mark + 1 : mark + 2] != "0":
                whole = _DIGITS.match(text, mark + 1)
                if whole:
                    number = replace(number, start=mark + 1, value=Decimal(whole[0]))
        return self._quantity(text, number)

    def _chinese_counts(self, text: str, number: Number) -> bool:
        """Chinese numerals stand in many words; only what is clearly a count is taken for one."""
        digits, form, start = number.chinese, number.form, number.start
        assert form is not None
        before = text[start - 1 : start]
        if digits == "半":
            return not before or before not in "上下前后大多小每过"
        if before and before in self._traps.chinese:
            return False
        if not form.chinese and len(digits) == 1:
            return False
        # Two of a thing is 两; 二 before a classifier is an ordinal (二次, 二类). 》 ends a title (…二十条》).
        if digits in ("零", "二") or text.startswith("》", number.end):
            return False
        if digits == "一" and text.startswith("”", number.end):
            return False  # the name of a reform (“最多跑一次”), no count
        if digits == "一":
            return bool(_CLAUSE_END.match(text, number.end)) and (not before or before not in self._traps.one)
        if not number.about and not digits.strip("百千万亿"):
            return self.comparators.before(text, start, unit=form.unit) is not None
        return True

    def _word_before(self, text: str, start: int) -> bool:
        """Latin letters before a number are part of a name (A3, PM2.5) unless they are a word of their own (GDP1.2万亿元)."""
        word = _LATIN.search(text, max(0, start - 12), start)
        return word is not None and len(word[0]) >= 2 and word[0][-1] not in "-_"

    def _unitless(self, text: str, number: Number) -> Quantity | None:
        """A number without a unit: counts with a multiplier (85万), behind a word of comparison, or as the value of a named measure."""
        start, end = number.start, number.end
        before = text[start - 1 : start]
        if before and (before in self._traps.any or (before.isascii() and before.isalpha())):
            return None
        if number.chinese and (number.value * number.times < 10000 or number.chinese[0] in "百千万亿十" or before in self._traps.chinese):
            return None
        if number.times != ONE or number.chinese:
            return self._quantity(text, number, kind="money" if self.bare.money(text, start) else "count")
        if number.about == "~" and number.value >= 10:
            return self._quantity(text, number, kind="count")
        hint = self.bare.value_of(text, start, end)
        if hint:
            form = Form("", hint.unit, hint.kind, hint.factor)
            return self._quantity(text, replace(number, form=form), bare=True)
        op = self.comparators.before(text, start)
        if op not in (None, "=") and self.bare.may_count(text, start, end):
            return self._quantity(text, number, kind="count")
        return None

    # Lists and ranges

    def _release(self, text: str, waiting: list[Number], out: list[Quantity]) -> None:
        """Numbers of a list that no unit closed stand for themselves."""
        for number in waiting:
            if quantity := self._unitless(text, number):
                out.append(quantity)
        waiting.clear()

    def _share(self, text: str, waiting: list[Number], last: Number, out: list[Quantity]) -> None:
        """48.47、51.50、39.07亿元: the unit (and the multiplier, where the item has none of its own) holds for all items."""
        first = waiting[0]
        # 。2、5个项目 begins with a list number, 分别为：2、5个 does not.
        starts = _SENTENCE_START.search(text, max(0, first.start - 1), first.start)
        if (
            starts
            and len(waiting) == 1
            and first.value < 100
            and not text.endswith(("为：", "别："), 0, first.start)
            and "." not in text[first.start : first.end]
        ):
            waiting.pop(0)
        before = text[first.start - 1 : first.start]
        if last.chinese or (before and (before in self._traps.any or (before.isascii() and before.isalpha()))):
            self._release(text, waiting, out)
            return
        for number in waiting:
            times = last.times if number.times == ONE else number.times
            out.append(self._quantity(text, replace(number, times=times, form=last.form), bare=True))
        waiting.clear()

    def _range(self, text: str, low: Number) -> tuple[Number, Number] | None:
        """The two ends of a range that begins with ``low`` (200-300台, 50%-60%, 3至5个, 2-3万元); None where it is none."""
        high = self.reader.at(text, low.end + 1)
        if high is None or bool(low.chinese) != bool(high.chinese):
            return None
        if low.form is not None:
            if high.form is None or low.form.unit != high.form.unit or (low.start and text[low.start - 1] in _FROM):
                return None
        elif low.times == ONE:
            low = replace(low, times=high.times)
        low = replace(low, form=high.form)
        return (low, high) if low.value * low.times < high.value * high.times else None

    def _range_quantity(self, text: str, low: Number, high: Number) -> Quantity | None:
        form = high.form
        if form is None:
            if high.times == ONE:
                hint = self.bare.value_of(text, low.start, high.end)
                if hint is None:
                    return None
                form = Form("", hint.unit, hint.kind, hint.factor)
            else:
                form = Form("", "", "money" if self.bare.money(text, low.start) else "count")
        elif self._measured(text, low) is None:
            return None
        top = high.value * high.times * form.factor
        base = low.value * low.times * form.factor
        bare = high.form is None
        return Quantity(low.start, high.end, text[low.start : high.end], "range", base, form.unit, form.kind, top, bare)

    # Building the result

    def _quantity(self, text: str, number: Number, *, kind: Kind = "count", bare: bool = False) -> Quantity:
        start, end, value, form = number.start, number.end, number.value, number.form
        if number.times != ONE:
            value = value * number.times
        unit = ""
        if form is None:
            bare = True
        else:
            unit, kind = form.unit, form.kind
            if form.factor != ONE:
                value = value * form.factor
        about = number.about
        if kind == "duration":
            if text.startswith("半", end) and text[end + 1 : end + 2] not in ("年", "天", "个", "小"):
                value, end = value + Decimal("0.5"), end + 1
            about = about or ("~" if _MORE.match(text, end) else None)
        if start and text[start - 1] in "-负" and kind in ("percent", "money", "rate") and self._negative(text, start):
            start, value = start - 1, -value
        op: Op | None = self.comparators.op(text, start, end, unit=unit, kind=kind)
        if about and op in (None, "="):
            op = about
        return Quantity(start, end, text[start:end], op or "=", value, unit, kind, None, bare)

    @staticmethod
    def _negative(text: str, start: int) -> bool:
        """Is the dash before ``start`` a sign? Not between two numbers, nor in 抱负 and the like."""
        left = text[start - 2 : start - 1] if start > 1 else ""
        if text[start - 1] == "负":
            return not left or left in "为是于-（：，"
        return not (left.isdigit() or (left.isascii() and left.isalpha()))


@cache
def default_finder() -> QuantityFinder:
    """The finder with the tables that ship with the package."""
    return QuantityFinder()
