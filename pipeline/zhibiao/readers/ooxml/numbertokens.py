"""Number formats of a spreadsheet taken apart: sections, conditions, and the signs of each section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from zhibiao.readers.ooxml.numbering import capitals, hanzi

Token = tuple[str, str]

#: Built-in formats by number; those left out are General.
BUILTIN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"¥"#,##0;"¥"-#,##0', 6: '"¥"#,##0;"¥"-#,##0', 7: '"¥"#,##0.00;"¥"-#,##0.00',
    8: '"¥"#,##0.00;"¥"-#,##0.00', 9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"', 35: '上午/下午h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"',
    37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: '#,##0;-#,##0;"-"', 42: '"¥"#,##0;"¥"-#,##0;"¥-"',
    43: '#,##0.00;-#,##0.00;"-"', 44: '"¥"#,##0.00;"¥"-#,##0.00;"¥-"', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"', 55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
_TOKEN = re.compile(
    r"""(?P<literal>"[^"]*"?|[\\!].?)|(?P<blank>_.?)|(?P<fill>\*.?)|\[(?P<bracket>[^\]]*)\]|(?P<general>General|G/通用格式)|(?P<noon>AM/PM|A/P|上午/下午)"""
    r"""|(?P<power>E[+-])|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?|e+|a{3,4})|(?P<digit>[0#?])|(?P<other>.)""",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)$")


@dataclass(frozen=True, slots=True)
class Section:
    """``kind``: general, number, fraction, date or text; ``tokens``: (name of the group in ``_TOKEN``, characters)."""

    kind: str
    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, Decimal] | None = None
    spoken: int = 0  # 1: 一二三, 2: 壹贰叁

    def holds(self, value: Decimal) -> bool:
        op, bound = self.condition or ("", Decimal(0))
        return {
            "<": value < bound,
            ">": value > bound,
            "=": value == bound,
            "<=": value <= bound,
            ">=": value >= bound,
            "<>": value != bound,
        }[op]


@lru_cache(maxsize=512)
def sections(code: str) -> tuple[Section, ...]:
    """The sections of a format in order. A section with @ is for text."""
    parts: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(code or "General"):
        name = match.lastgroup or "other"
        if name == "other" and match[0] == ";":
            parts.append([])
        else:
            parts[-1].append((name, match["bracket"] if name == "bracket" else match[0]))
    out = []
    for index, tokens in enumerate(parts):
        condition, spoken, kept = None, 0, []
        elapsed = False
        for name, sign in tokens:
            if name != "bracket":
                kept.append((name, sign))
            elif found := _CONDITION.match(sign):
                condition = (found[1], Decimal(found[2]))
            elif sign.lower() in ("h", "hh", "m", "mm", "s", "ss"):
                kept.append(("elapsed", sign.lower()))
                elapsed = True
            elif sign.lower().startswith("dbnum"):
                spoken = 1 if sign[5:] == "1" else 2 if sign[5:] == "2" else 0
            elif sign.upper().startswith("$-F800"):
                kept = [(m.lastgroup or "other", m[0]) for m in _TOKEN.finditer(BUILTIN[31])]
                break
            elif sign.upper().startswith("$-F400"):
                kept = [(m.lastgroup or "other", m[0]) for m in _TOKEN.finditer(BUILTIN[21])]
                break
            elif sign.startswith("$"):
                kept.append(("literal", f'"{sign[1:].partition("-")[0]}"'))
        names = {name for name, _ in kept}
        if ("other", "@") in kept or (index == 3 and "digit" not in names):
            kind = "text"
        elif elapsed or ("date" in names and "digit" not in names) or "noon" in names:
            kind = "date"
        else:
            kind = "general" if "general" in names else "number"
            places = [i for i, (name, _) in enumerate(kept) if name == "digit"]
            if places and ("other", "/") in kept[places[0] : places[-1]]:
                kind = "fraction"
        out.append(Section(kind, tuple(kept), condition, spoken))
    return tuple(out)


def literal(name: str, sign: str) -> str:
    """What a token that holds no value shows."""
    if name == "literal":
        return sign.strip('"') if sign.startswith('"') else sign[1:]
    if name == "blank":
        return " "
    return "" if name in ("fill", "elapsed") else sign


def spoken(digits: str, style: int) -> str:
    """Digits as Chinese numerals (1: 一二三, 2: 壹贰叁), or as they are (0)."""
    if not style or not digits.isdigit() or len(digits) > 8:
        return digits
    words = hanzi(int(digits))
    return capitals(words) if style == 2 else words
