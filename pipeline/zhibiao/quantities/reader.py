"""Reads one number: the numeral, its multiplier, 余/多 and the unit behind it.

One compiled expression finds every place where a numeral begins. Nothing looks at single characters in a loop and every open-ended
repetition is possessive, so the time is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from zhibiao.schema import Op

from .numerals import ARABIC, CHINESE, multiplier, parse_arabic, parse_chinese, parse_numeral
from .traps import Traps, default_traps
from .units import Form, UnitTable

ONE = Decimal(1)
_ABOUT = r"[余多几来](?!额|部|样|元化|自|源|\d)"
_TIMES = r"(?:[十百千](?=[万亿]))?[万亿]{1,2}+|百(?!分|货|姓|强|色|度|叶)|千(?![米瓦克伏卡赫])"
_ARABIC_NUMBER = (
    rf"(?P<num>{ARABIC}(?:[百千万亿]++\d{{1,4}}(?=[十百千万亿]))*+)(?P<about>{_ABOUT})?(?P<times>{_TIMES})?"
    rf"(?P<about2>{_ABOUT}|\+(?![\d+N]))?(?P<times2>(?<=[余多])[万亿])?"
)
_CHINESE_NUMBER = (
    rf"(?P<cn>{CHINESE}++(?:点[零〇一二三四五六七八九]++[万亿]*+)?)(?P<cnabout>{_ABOUT})?(?P<cntimes>(?<=[余多几来])[百千万亿]++)?"
)
_FRACTION = rf"(?P<of>{CHINESE}{{1,3}}+)分之(?P<part>{CHINESE}++(?:点[零〇一二三四五六七八九]++)?|{ARABIC})"
_HALF = r"(?P<half>半)(?=年|天|个月|个小时|小时)"
_NUMERAL = r"[\d零〇一二三四五六七八九十百千万亿两半]"
_OUT_OF = {"百": ("%", ONE), "千": ("‰", ONE), "万": ("%", Decimal("0.01"))}
_BRACKET_UNIT = re.compile(r"[（(]([^（()）\d]{1,10})[)）]")


#: A longer run of digits without separators is a code.
_LONGEST = 13


@dataclass(frozen=True, slots=True)
class Number:
    """A number with what belongs to it; ``form`` is None where no unit stands behind it.

    ``about``: the op that 余, 多 or + inside the number gives; ``chinese``: a Chinese numeral as printed, else empty.
    """

    start: int
    end: int
    value: Decimal
    times: Decimal = ONE
    about: Op | None = None
    form: Form | None = None
    chinese: str = ""


class NumberReader:
    """Finds where numerals begin (:attr:`scan`) and reads what stands there (:meth:`read`, :meth:`at`)."""

    def __init__(self, units: UnitTable, *, traps: Traps | None = None) -> None:
        self.units = units
        self.traps = traps or default_traps()
        self.scan = re.compile(rf"(?={_NUMERAL})(?:(?P<trap>{self.traps.regex})|{_ARABIC_NUMBER}|{_FRACTION}|{_CHINESE_NUMBER}|{_HALF})")

    def at(self, text: str, at: int) -> Number | None:
        """The number that begins at ``at``, or None."""
        match = self.scan.match(text, at)
        return self.read(text, match) if match else None

    def read(self, text: str, match: re.Match[str]) -> Number | None:
        """What the numeral expression matched, with the unit behind it; None for a trap or a malformed number."""
        kind = match.lastgroup
        if kind == "trap" or match["trap"] is not None:
            return None
        if (digits := match["num"]) is not None:
            return self._arabic(text, match, digits)
        if match["cn"] is not None:
            return self._chinese(text, match)
        if match["of"] is not None:
            return self._fraction(match)
        if match["half"] is not None and (found := self.units.match(text, match.end())):
            return Number(match.start(), found[1], Decimal("0.5"), form=found[0], chinese="半")
        return None

    def _unit(self, text: str, at: int, number: Decimal) -> tuple[Form, int] | None:
        """The unit at ``at``, unless the number is too large for it (20成, 132024年)."""
        found = self.units.match(text, at)
        if found and found[0].limit is not None and number > found[0].limit:
            return None
        return found

    def _arabic(self, text: str, match: re.Match[str], digits: str) -> Number | None:
        start, end = match.span()
        if len(digits) > _LONGEST and digits.isdecimal():
            return None
        value = parse_arabic(digits)
        times = multiplier((match["times"] or "") + (match["times2"] or ""))
        if value is None:
            value = parse_numeral(digits + (match["times"] or ""))
            times = ONE
        before, after = text[start - 1 : start], text[end : end + 1]
        if value is None or (before and before in ".,/+" and start > 1 and text[start - 2].isdigit()):
            return None
        if after and after in ".," and text[end + 1 : end + 2].isdigit():
            return None
        found = self._unit(text, end, value * times)
        about: Op | None = None
        if match["about"] or match["about2"]:
            about = ">" if match["about2"] == "+" else "~"
        if found:
            return _grown(Number(start, found[1], value, times, about, found[0]))
        if after and after in "（(" and (bracket := _BRACKET_UNIT.match(text, end)) and (parsed := self.units.parse(bracket[1])):
            return Number(start, bracket.end(), value, times * parsed[1], about, parsed[0])
        return Number(start, end, value, times, about)

    def _chinese(self, text: str, match: re.Match[str]) -> Number | None:
        digits = match["cn"]
        value = parse_chinese(digits)
        if value is None:
            return None
        times = multiplier(match["cntimes"] or "")
        about: Op | None = "~" if match["cnabout"] else None
        found = self._unit(text, match.end(), value * times)
        if found is None:
            return Number(match.start(), match.end(), value, times, about, None, digits)
        return _grown(Number(match.start(), found[1], value, times, about, found[0], digits))

    def _fraction(self, match: re.Match[str]) -> Number | None:
        part = parse_numeral(match["part"])
        if part is None:
            return None
        if match["of"] in _OUT_OF:
            unit, factor = _OUT_OF[match["of"]]
            return Number(match.start(), match.end(), part, form=Form(match[0], unit, "percent", factor))
        whole = parse_chinese(match["of"])
        if not whole or part > whole:
            return None
        return Number(match.start(), match.end(), part / whole, form=Form(match[0], "", "rate"))


def _grown(number: Number) -> Number:
    """3个半月 is 3.5 and 3个多月 about 3: the form carries what the number lacks."""
    form = number.form
    if form is None or form.text[:1] != "个" or form.text[1:2] not in ("半", "多"):
        return number
    if form.text[1] == "多":
        return replace(number, about="~")
    return replace(number, value=number.value + Decimal("0.5"))
