"""Numbers without a unit: which of them are quantities, and of what kind. The words lie in ``bare.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from zhibiao.schema import Kind

from .hints import UnitHint, parse_unit
from .units import UnitTable

_SECTIONS = {"score", "label", "measure", "amount", "link", "money", "rate"}
_SIGNS = "≥≤<>=≧≦"
ONE = Decimal(1)
_CURRENCY = {"￥": "元", "¥": "元", "$": "美元"}
_WINDOW = 20
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDS = re.compile(r"[，。；：、）)！？\s]|以[上下内]|及以|左右|$")
_NO_NUMBER = re.compile(r"[.．/÷×*年月日号届℃]|[:：∶︰]\d|[）)](?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class BareWords:
    """The word lists of ``bare.toml``, as tuples for ``str.endswith``; ``money`` as an expression, ``reach`` in characters."""

    score: tuple[str, ...]
    label: tuple[str, ...]
    measure: tuple[str, ...]
    amount: tuple[str, ...]
    rate: tuple[str, ...]
    link: tuple[str, ...]
    money: re.Pattern[str]
    reach: int


def load_bare_words(data: Mapping[str, Any]) -> BareWords:
    """Read the parsed ``bare.toml``; ValueError for unknown or missing sections and keys, and for a word given twice in one list."""
    if set(data) != _SECTIONS:
        raise ValueError(f"bare.toml: must hold exactly {', '.join(sorted(_SECTIONS))}")
    for section, table in data.items():
        if set(table) != ({"words", "reach"} if section == "money" else {"words"}):
            raise ValueError(f"bare.toml: [{section}] has unknown or missing keys")
        if len(set(table["words"])) != len(table["words"]):
            raise ValueError(f"bare.toml: [{section}] gives a word twice")
    words = {section: tuple(table["words"]) for section, table in data.items()}
    money = re.compile("|".join(map(re.escape, words["money"])))
    return BareWords(
        words["score"], words["label"], words["measure"], words["amount"], words["rate"], words["link"], money,
        int(data["money"]["reach"]),
    )  # fmt: skip


@cache
def default_bare_words() -> BareWords:
    """The words that ship with the package."""
    return load_bare_words(tomllib.loads(files("zhibiao.quantities").joinpath("bare.toml").read_text("utf-8")))


class BareRules:
    """Decides about numbers that no unit follows."""

    def __init__(self, units: UnitTable, *, words: BareWords | None = None) -> None:
        self._units = units
        self._words = words or default_bare_words()
        w = self._words
        # Only behind one of these characters can a bare number be a value: one test settles most numbers.
        nouns = (*w.score, *w.measure, *w.link)
        self._gate = frozenset(word[-1] for word in nouns) | frozenset(_SIGNS + "）)￥¥$")
        links = "|".join(sorted(map(re.escape, w.link), key=len, reverse=True))
        self._tail = re.compile(rf"(?:[（(](?P<unit>[^（()）]{{1,10}})[)）])?(?P<link>(?:[{_SIGNS}]{{1,2}}|{links})*)$")

    def value_of(self, text: str, start: int, end: int) -> UnitHint | None:
        """Unit, factor and kind of the bare number ``text[start:end]``; None where it is not the value of a measure."""
        if not start or text[start - 1] not in self._gate or _NO_NUMBER.match(text, end):
            return None
        if text[start - 1] in _CURRENCY:
            return UnitHint(_CURRENCY[text[start - 1]], ONE, "money")
        window = text[max(0, start - _WINDOW) : start]
        tail = self._tail.search(window)
        if tail is None:
            return None
        words, link, head = self._words, tail["link"], window[: tail.start()]
        stated = parse_unit(tail["unit"], self._units) if tail["unit"] else None
        signed = any(sign in link for sign in _SIGNS)
        # A bracket with a classifier may name a level instead: 商业流通事务（款）501.
        if stated and (signed or stated.kind != "count" or head.endswith(words.measure)):
            return stated
        if tail["unit"]:
            head = window[: tail.start("link")]
        kind = self._kind(head)
        if signed or kind == "score":
            return UnitHint("", ONE, kind)
        if head.endswith(words.label) and any(sign in link for sign in "：:为"):
            return UnitHint("", ONE, "count")
        if head.endswith(words.amount) and any(sign in link for sign in "：:为"):
            return UnitHint("", ONE, "money")
        if head.endswith(words.measure) and (link or _ENDS.match(text, end)):
            return UnitHint("", ONE, kind)
        return None

    def may_count(self, text: str, start: int, end: int) -> bool:
        """May the bare number be a count where a word of comparison stands beside it? Not a year, nor part of a date or a formula."""
        return not _NO_NUMBER.match(text, end) and not _YEAR.fullmatch(text, start, end)

    def money(self, text: str, start: int) -> bool:
        """Does the clause speak of money shortly before ``start``?"""
        before = max(0, start - self._words.reach)
        clause = max(text.rfind(sign, before, start) for sign in "，。；") + 1
        return self._words.money.search(text, max(before, clause), start) is not None

    def _kind(self, head: str) -> Kind:
        if head.endswith(self._words.score):
            return "score"
        return "rate" if head.endswith(self._words.rate) else "count"
