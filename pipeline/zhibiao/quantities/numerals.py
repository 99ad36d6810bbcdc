"""Numerals of Chinese reports: Arabic, Chinese and mixed, read exactly into :class:`decimal.Decimal`.

The printed precision is kept: ``4264.50`` stays ``Decimal("4264.50")``, and 6,302.34 × 万 is ``Decimal("63023400.00")``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from math import prod

#: Longest run of digits that is read as a number; longer runs are codes. Keeps every product within Decimal's 28 digits.
MAX_DIGITS = 20

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SIMPLE = str.maketrans("〇○壹贰叁肆伍陆柒捌玖拾佰仟萬億", "零零一二三四五六七八九十百千万亿")

ARABIC = r"(?:\d{1,3}(?:,\d{3}){1,6}+(?!\d)|\d++)(?:\.\d++)?"
CHINESE = r"[零〇○一二三四五六七八九十百千万亿两]"

_ARABIC_ONLY = re.compile(rf"[-+]?{ARABIC}")
_MIXED_STEP = re.compile(rf"({ARABIC})([十百千万亿]+)")
_ONE_TO_NINE = "[一二三四五六七八九两]"
_UNDER_TEN_THOUSAND = re.compile(
    rf"(?:({_ONE_TO_NINE})千)?零?(?:({_ONE_TO_NINE})百)?零?(?:([一二三四五六七八九])?(十))?零?({_ONE_TO_NINE})?"
)


@lru_cache(maxsize=256)
def multiplier(text: str) -> Decimal:
    """The product of the multipliers in ``text``; 1 for the empty string. KeyError for other characters.

    >>> multiplier("万"), multiplier("百万"), multiplier("")
    (Decimal('10000'), Decimal('1000000'), Decimal('1'))
    """
    return Decimal(prod(_SCALES[c] for c in text))


def parse_arabic(text: str) -> Decimal | None:
    """Read ``6,302.34`` or ``-11.5``; None where the text is no well-formed number or longer than :data:`MAX_DIGITS`."""
    if len(text) > 2 * MAX_DIGITS or not _ARABIC_ONLY.fullmatch(text):
        return None
    plain = text.replace(",", "") if "," in text else text
    return Decimal(plain) if len(plain) <= MAX_DIGITS + 2 else None


def parse_chinese(text: str) -> Decimal | None:
    """Read a Chinese numeral (一万五千亿, 四千二百六十四点五, 二百零三, 三万五); None where it is none (两三, 一二, 十四五).

    Formal digits (壹佰) are read too. The short form after 百, 千 and 万 is understood (三万五 = 35000).
    """
    if len(text) > 40:
        return None
    whole, point, tail = text.translate(_SIMPLE).partition("点")
    value = _chinese_integer(whole)
    if value is None or not point:
        return None if value is None else Decimal(value)
    unit = tail.rstrip("十百千万亿")
    if not unit or any(c not in _DIGITS or c == "两" for c in unit):
        return None
    return Decimal(f"{value}.{''.join(str(_DIGITS[c]) for c in unit)}") * multiplier(tail[len(unit) :])


def _chinese_integer(text: str) -> int | None:
    """An integer: split at the last 亿, then at the last 万; what stands before multiplies."""
    for big in "亿万":
        head, found, tail = text.rpartition(big)
        if found:
            high = _chinese_integer(head) if head else 1
            if high is None or not high:
                return None
            if len(tail) == 1 and tail in _DIGITS and tail != "零":
                return high * _SCALES[big] + _DIGITS[tail] * _SCALES[big] // 10
            low = _chinese_integer(tail.removeprefix("零")) if tail else 0
            if low is None or low >= _SCALES[big]:
                return None
            return high * _SCALES[big] + low
    return _small_chinese(text)


def _small_chinese(text: str) -> int | None:
    if text == "零":
        return 0
    if text in ("百", "千"):
        return _SCALES[text]
    match = _UNDER_TEN_THOUSAND.fullmatch(text)
    if not text or not match:
        return None
    thousands, hundreds, tens, ten, ones = match.groups()
    value = 1000 * _DIGITS.get(thousands, 0) + 100 * _DIGITS.get(hundreds, 0)
    value += 10 * (_DIGITS[tens] if tens else 1) if ten else 0
    if not ones:
        return None if text.endswith("零") else value
    if len(text) > 1 and text[-2] in "百千":
        return value + _DIGITS[ones] * _SCALES[text[-2]] // 10
    return value + _DIGITS[ones]


def parse_numeral(text: str) -> Decimal | None:
    """Read any numeral: Arabic, Chinese, or mixed (``2万8千``, ``1千2百``, ``6,302.34万``, ``3百万``); None where it is none.

    >>> parse_numeral("6,302.34万"), parse_numeral("2万8千"), parse_numeral("一万五千亿")
    (Decimal('63023400.00'), Decimal('28000'), Decimal('1500000000000'))
    """
    if not text or len(text) > 2 * MAX_DIGITS:
        return None
    if text[-1].isdigit() and (plain := parse_arabic(text)) is not None:
        return plain
    if not any("0" <= c <= "9" for c in text):
        return parse_chinese(text)
    total, at, last = Decimal(0), 0, Decimal("Infinity")
    for step in _MIXED_STEP.finditer(text):
        digits, scale = parse_arabic(step[1]), multiplier(step[2])
        if step.start() != at or digits is None or scale >= last:
            return None
        total, at, last = total + digits * scale, step.end(), scale
    return total if at == len(text) else None
