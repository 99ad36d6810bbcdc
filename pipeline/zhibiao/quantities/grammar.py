"""Finds quantities in clean text by characters: number, multiplier and unit, with the op that the words beside them give.

One compiled expression finds every place where a numeral begins; what stands there is then read by the numeral parser and the unit
table. Nothing here looks at single characters in a loop, and every repetition in the expression is possessive, so the time is linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from zhibiao.schema import Kind, Op, Quantity

from .bare import BareRules, default_bare_rules
from .comparators import Comparators, default_comparators
from .numerals import ARABIC, CHINESE, multiplier, parse_numeral
from .traps import Traps, default_traps
from .units import Form, UnitTable, default_units

_MULTIPLIER = r"(?:[十百千](?=[余多]?[万亿])[余多]?)?[万亿]{1,2}|百(?!分|货|姓|强|色|度|叶)|千(?![米瓦克伏卡赫])"
_ARABIC_NUMBER = (
    rf"(?P<num>{ARABIC}(?:[百千万亿]++\d{{1,4}}(?=[十百千万亿]))*+)(?P<about>[余多来几+](?![\d+N额部样元]))?(?P<times>{_MULTIPLIER})?"
    r"(?P<about2>[余多几来](?!额|部|样|自|源))?"
)
_CHINESE_NUMBER = (
    rf"(?P<cn>{CHINESE}++(?:点[零〇一二三四五六七八九]++[万亿]*+)?)(?P<cnabout>[余多几来](?!额|部|样|自|源))?(?P<cntimes>[百千万亿]*+)"
)
_FRACTION = rf"(?P<of>{CHINESE}{{1,3}}+)分之(?P<part>{CHINESE}++(?:点[零〇一二三四五六七八九]++)?|{ARABIC})"
_HALF = r"(?P<half>半(?=年|天|个月|个小时|小时))"
_RANGE_SIGN = "-—–~～至到"
_PER = {"百": ("%", 1), "千": ("‰", 1), "万": ("‱", 1)}
_MONEY_WORDS = re.compile(
    r"经费|资金|金额|融资|投资|支出|收入|预算|决算|费用|租金|成本|拨款|税收|产值|贷款|存款|债|营收|利润|销售额|成交额|交易额|补助|补贴|奖金|货款|余额|价|费|款"
)
_DECIMAL_ITEM = re.compile(r"[。；：？！\n\s]|^$")
_LATIN = re.compile(r"[A-Za-zＡ-Ｚ]+[-_]?$")


@dataclass(frozen=True, slots=True)
class _Atom:
    """A number with what belongs to it. ``form`` is None where no unit stands behind it."""

    start: int
    end: int
    value: Decimal
    times: Decimal
    about: bool
    form: Form | None
    chinese: bool = False
    printed: str = ""

    @property
    def total(self) -> Decimal:
        value = self.value if self.times == 1 else self.value * self.times
        return value if self.form is None or self.form.factor == 1 else value * self.form.factor


class QuantityFinder:
    """Finds the quantities of a clean text.

    ``units`` and ``comparators`` replace the tables that ship with the package.

    >>> [(q.text, q.op, str(q.value), q.unit) for q in default_finder().find("预算数6,302.34万元，办结率超过99.5%，配备600余台。")]
    [('6,302.34万元', '=', '63023400.00', '元'), ('99.5%', '>', '99.5', '%'), ('600余台', '~', '600', '台')]
    """

    def __init__(self, *, units: UnitTable | None = None, comparators: Comparators | None = None) -> None:
        self.units = units or default_units()
        self.comparators = comparators or default_comparators()
        self._traps: Traps = default_traps()
        self._bare: BareRules = default_bare_rules(self.units) if units is None else BareRules(self.units)
        self._scan = re.compile(
            rf"(?=[\d零〇一二三四五六七八九十百千万亿两半])(?:(?P<trap>{self._traps.regex})|{_ARABIC_NUMBER}|{_FRACTION}|{_CHINESE_NUMBER}|{_HALF})"
        )
