"""Folding of indicator names, so that two wordings of one name become one key.

Three folds, each looser: :func:`fold` drops what is not a word (marks, brackets, spaces), :func:`trim` also drops who and when in front and
empty words behind, :func:`core` also drops the words that only name the kind (数量, 率, 金额), which the kind of the value tells anyway.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from zhibiao.schema import KINDS

_FILE = Path(__file__).with_name("words.toml")

#: A line of an account (教育支出（类）普通教育（款）小学教育（项）): its last part is the name. Years may stand inside a name.
_ACCOUNT = re.compile(r"^.*[（(][类款][)）](?=.{2})")
_YEARS = re.compile(r"20\d\d年(?:度)?")
_SPACES = re.compile(r"\s+")
#: Labels before a name (指标1：, 三级指标：, ★, 1.) and the pattern of a target left in it (≥**人).
_LABEL = re.compile(r"^(?:[★☆▲※●■]+|(?:三级|二级|绩效)?指标\s*\d*\s*[:：.、]|[（(]?\d{1,2}[)）.、．](?!\d))+")
_TARGET = re.compile(r"[（(]?[≥≤≧≦＞＜><=＝═]+\s*[\d*＊×xX.]*.{0,4}[)）]?$")
#: A bracket that holds only a unit or a note about the form.
_BRACKET = re.compile(r"[（(](?:单位[:：]?)?(?:万|亿|千)?(?:[元个件宗项家户台套辆座所张份篇册条路场次批期人名亩吨%％分天类款项]|人次|场次|批次|公里|平方米|含)[)）]")
_YEAR = re.compile(r"^(?:20\d\d(?:[-—~至]20\d\d)?年?(?:度)?|[上下]半年|前?[一二三四]季度|\d{1,2}[-—~至]\d{1,2}月份?)")
#: The name of a place (广州市…); 城市, 小区, 社区 … are none.
_PLACE_NAME = r"(?:自治区|自治州|自治县|开发区|新区|(?<![城超门都上股小社园景学校辖片山库林灾地])[市县区州镇])"
#: A place in front, kept when what follows is too short.
_PLACE = re.compile(rf"^[\u4e00-\u9fff]{{2,7}}?{_PLACE_NAME}(?=[\u4e00-\u9fff]{{3}})")
_ENDS_IN_PLACE = re.compile(rf"(?:^|.){_PLACE_NAME}$")
_NOT_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff\u03b1-\u03c9]+")


@dataclass(frozen=True, slots=True)
class Budget:
    """Endings that tell the budget of a whole department from that of one project (``words.toml``, budget)."""

    none: tuple[str, ...]
    whole: tuple[str, ...]
    project: tuple[str, ...]
    whole_id: str
    project_id: str
    shortest: int
    title_length: int


@dataclass(frozen=True, slots=True)
class Words:
    """The word lists of ``words.toml``; longest first, so that the longest match is taken off."""

    fronts: tuple[str, ...]
    backs: dict[str, tuple[str, ...]]
    domains: dict[str, tuple[str, ...]]
    scopes: tuple[str, ...]
    same: dict[str, str]
    empty: frozenset[str]
    modifiers: dict[str, tuple[str, ...]]
    veto: frozenset[str]
    budget: Budget


@lru_cache(maxsize=1)
def words() -> Words:
    """Read ``words.toml``. Raises ``ValueError`` for unknown keys and repeated words."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    veto = data["modifiers"].pop("veto")
    if unknown := set(veto) - set(data["modifiers"]):
        raise ValueError(f"words.toml: veto names unknown modifiers {sorted(unknown)}")
    if unknown := set(data) - {"fronts", "scopes", "same", "empty", "backs", "modifiers", "domains", "budget"}:
        raise ValueError(f"words.toml: unknown keys {sorted(unknown)}")
    if unknown := set(data["backs"]) - {"all", *KINDS}:
        raise ValueError(f"words.toml: unknown kinds {sorted(unknown)}")
    lists = [("fronts", data["fronts"]), ("scopes", data["scopes"])]
    for name, items in [*lists, *data["backs"].items(), *data["modifiers"].items(), *data["domains"].items()]:
        if twice := sorted({w for w in items if items.count(w) > 1}):
            raise ValueError(f"words.toml: {name} repeats {twice}")
    return Words(
        _longest_first(data["fronts"]),
        {kind: _longest_first({*items, *data["backs"]["all"]}) for kind, items in data["backs"].items()},
        {name: tuple(items) for name, items in data["domains"].items()},
        tuple(data["scopes"]),
        {other: group[0] for group in data["same"] for other in group[1:]},
        frozenset(data["empty"]),
        {name: tuple(items) for name, items in data["modifiers"].items()},
        frozenset(veto),
        Budget(**{key: tuple(value) if isinstance(value, list) else value for key, value in data["budget"].items()}),
    )


def _longest_first(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(items, key=lambda word: (-len(word), word)))


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Only the words of ``text``: full width folded, lower case, no spaces, quotes, brackets or other marks.

    >>> fold("“三公”经费（万元）"), fold("PM2.5 年均浓度")
    ('三公经费万元', 'pm25年均浓度')
    """
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).lower().replace("µ", "μ"))


def clean(name: str) -> str:
    """A name without the labels, units and target patterns that table cells carry.

    >>> clean("指标1：培训场次（场）"), clean("★农村低保发放人数（≥**人）")
    ('培训场次', '农村低保发放人数')
    >>> clean("教育支出（类）普通教育（款）小学教育（项）")
    '小学教育'
    """
    text = _SPACES.sub("", name)
    text = _BRACKET.sub("", _TARGET.sub("", _LABEL.sub("", _ACCOUNT.sub("", _YEARS.sub("", text)))))
    return text.rstrip("：:，,。；;、") or name


@lru_cache(maxsize=65536)
def trim(folded: str) -> str:
    """A folded name without year, place, who and when in front and without empty words behind; at least two
    characters stay. Words of one meaning become one.

    >>> trim("2023年全市新增城镇就业人数完成情况")
    '新增城镇就业人数'
    """
    text, before = folded, ""
    lists = words()
    for other, first in lists.same.items():
        if other in text:
            text = text.replace(other, first)
    while text != before:
        before = text
        for pattern in (_YEAR, _PLACE):
            found = pattern.match(text)
            if found and len(text) - found.end() >= 2:
                text = text[found.end() :]
        text = _strip(text, lists.fronts, front=True)
        text = _strip(text, lists.backs["all"], front=False)
    return text


@lru_cache(maxsize=65536)
def core(trimmed: str, kind: str) -> str:
    """A trimmed name without the words behind it that only say its kind; at least two characters stay.

    >>> core("新增城镇就业人数", "count"), core("群众满意率", "percent"), core("群众满意度", "percent")
    ('新增城镇就业', '群众满意', '群众满意')
    """
    backs = words().backs
    return _strip(trimmed, backs.get(kind, backs["all"]), front=False)


@lru_cache(maxsize=16384)
def is_scope(folded: str) -> bool:
    """Whether words in front of a name only say whose it is: an office, a place, a channel.

    >>> is_scope("区政务服务中心"), is_scope("老旧小区"), is_scope("游客")
    (True, False, False)
    """
    return folded.endswith(words().scopes) or bool(_ENDS_IN_PLACE.search(folded))


@lru_cache(maxsize=65536)
def modifiers(folded: str) -> frozenset[str]:
    """The classes of words in a name that make another measure of the same thing (新增, 人均, 日均 …).

    >>> sorted(modifiers("新增公交线路")), sorted(modifiers("公交线路总量"))
    (['flow'], ['stock'])
    """
    return frozenset(name for name, items in words().modifiers.items() if any(word in folded for word in items))


def _strip(text: str, items: tuple[str, ...], *, front: bool) -> str:
    for word in items:
        if len(text) - len(word) >= 2 and (text.startswith(word) if front else text.endswith(word)):
            return text[len(word) :] if front else text[: -len(word)]
    return text


@lru_cache(maxsize=16384)
def domains_of(text: str) -> dict[str, int]:
    """How many cue words of each field stand in ``text`` (a section title, an organisation, a project)."""
    if not text:
        return {}
    hits = {name: sum(word in text for word in cues) for name, cues in words().domains.items()}
    return {name: n for name, n in hits.items() if n}


def budget_words(name: str, *, in_project: bool) -> str:
    """The id that a budget pair of this name belongs to, ``""`` where it is a line of an account.

    >>> budget_words("热线外包服务项目经费", in_project=False), budget_words("其他城乡社区支出（项）", in_project=False)
    ('m-project-spend', '')
    """
    rules = words().budget
    if name.endswith(rules.none):
        return ""
    if name.endswith(rules.whole):
        return rules.whole_id
    if len(name) < rules.shortest:
        return ""
    if in_project or name.endswith(rules.project) or (len(name) >= rules.title_length and not name.endswith("支出")):
        return rules.project_id
    return ""
