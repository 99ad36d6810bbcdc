"""The numbers that Word puts before paragraphs by itself: 一、（一）1. ① and all that stands in numbering.xml.

They are no text of the paragraph, yet a reader sees them, and in official writing they carry the sections.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_DIGITS, _UNITS = "〇一二三四五六七八九", ("", "十", "百", "千")
_LEGAL = str.maketrans("〇零一二三四五六七八九十百千", "零零壹贰叁肆伍陆柒捌玖拾佰仟")
_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)
#: Formats that walk along a row of signs; beyond its end Word goes on with plain figures.
_ROWS = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
}
_COUNTED = frozenset(
    (
        "chineseCounting",
        "chineseCountingThousand",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "japaneseCounting",
        "ideographTraditionalCounting",
    )
)
_LEGALS = frozenset(("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"))


def hanzi(number: int) -> str:
    """A whole number from 0 to 99,999,999 as it is spoken.

    >>> hanzi(10), hanzi(12), hanzi(20), hanzi(105), hanzi(2021), hanzi(30007)
    ('十', '十二', '二十', '一百零五', '二千零二十一', '三万零七')
    """
    if number >= 10000:
        high, low = divmod(number, 10000)
        return hanzi(high) + "万" + (("零" if low < 1000 else "") + hanzi(low) if low else "")
    digits = f"{number:d}"
    out = ""
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        out += _DIGITS[int(digit)] + _UNITS[place] if digit != "0" else "零"
    out = re.sub("零+", "零", out).rstrip("零") or "零"
    return out[1:] if out.startswith("一十") else out


def capitals(words: str) -> str:
    """Spoken numbers in the characters of cheques.

    >>> capitals("十二"), capitals("三百零五")
    ('壹拾贰', '叁佰零伍')
    """
    return ("一" + words if words.startswith("十") else words).translate(_LEGAL)


def numeral(number: int, style: str) -> str:
    """``number`` in one of Word's number formats; an unknown one is written in plain figures.

    >>> [numeral(12, style) for style in ("chineseCounting", "decimalEnclosedCircle", "lowerLetter", "upperRoman", "decimalZero", "none")]
    ['十二', '⑫', 'l', 'XII', '12', '']
    """
    if style in ("none", "bullet"):
        return ""
    if not 1 <= number < 100_000_000:
        return str(number)
    if style in _COUNTED:
        return hanzi(number)
    if style in _LEGALS:
        return capitals(hanzi(number))
    if style in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    if row := _ROWS.get(style):
        return row[number - 1] if number <= len(row) else str(number)
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * min(1 + (number - 1) // 26, 20)  # a … z, aa, bb
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman") and number < 4000:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (number // value)
            number %= value
        return roman if style == "upperRoman" else roman.lower()
    if style == "decimalZero":
        return f"{number:02d}"
    if style == "decimalFullWidth":
        return str(number).translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})
    return str(number)


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False
    paragraph_style: str = ""


@dataclass(slots=True)
class _List:
    """One list in use: its levels, the key of its counters (lists of one pattern count on together), levels that begin anew with this list."""

    levels: dict[int, _Level]
    key: str
    restarts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of a document and how far each has counted. ``root``: the root of numbering.xml, None where the document has none."""

    def __init__(self, root: etree._Element | None, linked: dict[str, str]) -> None:
        """``linked``: list styles (style id → numId), through which one pattern refers to another."""
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, list[int | None]] = {}
        if root is None:
            return
        patterns = {node.get(f"{W}abstractNumId") or "": node for node in root.iterchildren(f"{W}abstractNum")}
        nums = {node.get(f"{W}numId") or "": node for node in root.iterchildren(f"{W}num")}
        for number, node in nums.items():
            key = _value(node, "abstractNumId")
            for _ in range(4):  # a pattern may only name a style whose list has the levels
                link = _value(patterns.get(key), "numStyleLink")
                other = nums.get(linked.get(link, ""))
                if not link or other is None:
                    break
                key = _value(other, "abstractNumId")
            pattern = patterns.get(key)
            found = _List({} if pattern is None else {_index(n): _level(n) for n in pattern.iterchildren(f"{W}lvl")}, key)
            for override in node.iterchildren(f"{W}lvlOverride"):
                index = _index(override)
                own = override.find(f"{W}lvl")
                if own is not None:
                    found.levels[index] = _level(own)
                if override.find(f"{W}startOverride") is not None:
                    found.restarts[index] = _number(_value(override, "startOverride"), 1)
            self._lists[number] = found

    def level_of(self, number: str, paragraph_style: str) -> int | None:
        """The level of a list that belongs to a paragraph style, None where none does."""
        levels = self._lists[number].levels if number in self._lists else {}
        return next((index for index, level in levels.items() if paragraph_style and level.paragraph_style == paragraph_style), None)

    def mark(self, number: str, index: int) -> str:
        """Count one paragraph of list ``number`` on level ``index`` (from 0); gives what stands before its words, with the gap, ``""`` for bullets."""
        found = self._lists.get(number)
        if found is None or index not in found.levels:
            return ""
        counts = self._counts.setdefault(found.key, [None] * _LEVELS)
        level = found.levels[index]
        if index in found.restarts:
            counts[index] = found.restarts.pop(index)
        else:
            at = counts[index]
            counts[index] = level.start if at is None else at + 1
        for deeper in range(index + 1, _LEVELS):
            after = found.levels[deeper].restart if deeper in found.levels else None
            if after is None or (after and index < after):
                counts[deeper] = None
        if level.style == "bullet":
            return ""

        def shown(match: re.Match[str]) -> str:
            which = int(match[1]) - 1
            other = found.levels.get(which, _Level())
            count = counts[which]
            return numeral(other.start if count is None else count, "decimal" if level.legal else other.style)

        words = re.sub(r"%([1-9])", shown, level.text).strip()
        gap = words[-1:].isascii() and level.suffix != "nothing"
        return words + " " if words and gap else words


def _level(node: etree._Element) -> _Level:
    style = _value(node, "numFmt")
    if not style:  # a format of newer programs stands beside one that all know
        fallback = node.find(f"{{*}}AlternateContent/{{*}}Fallback/{W}numFmt")
        style = "decimal" if fallback is None else fallback.get(f"{W}val") or "decimal"
    restart = _value(node, "lvlRestart")
    level = _Level(
        _number(_value(node, "start"), 0 if node.find(f"{W}start") is None else 1),
        style,
        _value(node, "lvlText"),
        _value(node, "suff") or "tab",
    )
    legal = node.find(f"{W}isLgl")
    return replace(
        level,
        restart=_number(restart, 0) if restart else None,
        legal=legal is not None and legal.get(f"{W}val") not in ("0", "false", "off"),
        paragraph_style=_value(node, "pStyle"),
    )


def _index(node: etree._Element) -> int:
    return min(max(_number(node.get(f"{W}ilvl") or "", 0), 0), _LEVELS - 1)


def _value(node: etree._Element | None, name: str) -> str:
    """The ``w:val`` of a child."""
    child = None if node is None else node.find(f"{W}{name}")
    return "" if child is None else child.get(f"{W}val") or ""


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else default
