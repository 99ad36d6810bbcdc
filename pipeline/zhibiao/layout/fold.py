"""Folding: one character in, one character out, so that offsets never move.

Full-width digits, letters and signs become half-width; half-width punctuation that stands between Chinese words becomes the Chinese
sign (so that later stages know one comma and one full stop); variants of ≥ and ≤ become one; private-use glyphs between digits, which
PDF fonts use for the decimal point, become ".".
"""

from __future__ import annotations

import re

_KEEP_FULL = set("，；：！？（）")
_TABLE: dict[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEEP_FULL},
    **{
        ord(sign): folded
        for sign, folded in {
            "(": "（", ")": "）", "≧": "≥", "⩾": "≥", "≦": "≤", "⩽": "≤", "﹪": "%", "﹣": "-", "−": "-", "═": "=", "∶": ":", "〔": "（",
            "〕": "）", "﹒": ".", "㎡": "㎡", "\u3000": " ", "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u200a": " ",
            "\u202f": " ", "\u200b": " ", "\u200c": " ", "\u200d": " ", "\ufeff": " ", "\u00ad": " ", "\t": " ",
        }.items()
    },
}  # fmt: skip

_FOLDED = {chr(code): folded if isinstance(folded, str) else chr(folded) for code, folded in _TABLE.items()}
_CJK = r"\u3400-\u9fff"
# A comma before three digits is a thousands mark, also where a line break stands inside the digits.
_WRAP = r"(?:[ \t]*[\r\n]\s*)?"
_COMMA = re.compile(rf"(\d{_WRAP})?,(?=\s*\d{_WRAP}\d{_WRAP}\d(?!\d))|,")
# The sign stands first in these, what must stand before it is looked up after it: so the search runs from sign to sign.
_STOP = re.compile(rf"\.(?<=[{_CJK}%）”》]\.)(?=\s*(?:[{_CJK}“《（]|$))")
_DECIMAL_GLYPH = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff·](?<=\d.)(?=\d)")
_COLON = re.compile(r":(?:(?<!\d:)|(?!\d))")


def fold(source: str) -> str:
    """Fold a text character by character; the result has the same length as ``source``.

    >>> fold("２２２１．７亿元,增长４％.其中:收入(全市)")
    '2221.7亿元，增长4%。其中：收入（全市）'
    """
    text = source
    present = set(source)
    for sign in present & _FOLDED.keys():  # a replacement a sign is many times as fast as one translation
        text = text.replace(sign, _FOLDED[sign])
    if "·" in present or max(present, default="") >= "\ue000":
        text = _DECIMAL_GLYPH.sub(".", text)
    if "," in text:
        text = _COMMA.sub(lambda m: m[0] if m[1] else "，", text)
    text = _STOP.sub("。", text)
    text = _COLON.sub("：", text).replace(";", "；").replace("!", "！").replace("?", "？")
    assert len(text) == len(source)
    return text
