"""Characters that print as a hanzi but are not it: radicals and compatibility forms, as the fonts of PDF files hand them out."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

_RADICALS = (0x2E80, 0x2FE0)
_COMPATIBLE = (0xF900, 0xFB00)


def plain_hanzi(text: str) -> str:
    """``text`` with each such form as the hanzi it looks like (⼯作 becomes 工作, which nobody would find otherwise); its length stays.

    >>> plain_hanzi("⼯作经费")
    '工作经费'
    """
    return text.translate(_table())


@cache
def _table() -> dict[int, str]:
    table = {
        ord(radical): hanzi
        for radical, hanzi in check(tomllib.loads(files("zhibiao.readers").joinpath("radicals.toml").read_text("utf-8")))
    }
    for code in (*range(*_RADICALS), *range(*_COMPATIBLE)):
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1 and plain != chr(code):
            table.setdefault(code, plain)
    return table


def check(data: dict[str, object]) -> list[tuple[str, str]]:
    """Hold the shape of ``radicals.toml``: pairs of a radical and its hanzi. Raises ValueError that names the place."""
    hanzi = data.get("hanzi")
    if set(data) != {"hanzi"} or not isinstance(hanzi, dict) or not hanzi:
        raise ValueError("radicals.toml: expected one table, [hanzi]")
    for radical, plain in hanzi.items():
        if len(radical) != 1 or not _RADICALS[0] <= ord(radical) < _RADICALS[1]:
            raise ValueError(f"radicals.toml: {radical!r} is no radical")
        if not isinstance(plain, str) or len(plain) != 1 or not "\u4e00" <= plain <= "\u9fff":
            raise ValueError(f"radicals.toml: {radical!r} needs one hanzi, not {plain!r}")
    return list(hanzi.items())
