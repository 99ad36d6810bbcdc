"""Folding of indicator names, so that two wordings of one name become one key.

Three folds, each looser: :func:`fold` drops what is not a word (marks, brackets, spaces), :func:`trim` also drops who and when in front and
empty words behind, :func:`core` also drops the words that only name the kind (数量, 率, 金额), which the kind of the value tells anyway.
The words themselves are data, see ``words.toml``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from zhibiao.linking.words import words

_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff\u03b1-\u03c9]+")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Only the words of ``text``: full width folded, lower case, no spaces, quotes, brackets or other marks.

    >>> fold("“三公”经费（万元）"), fold("PM2.5 年均浓度")
    ('三公经费万元', 'pm25年均浓度')
    """
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).lower().replace("µ", "μ"))


@lru_cache(maxsize=65536)
def clean(name: str) -> str:
    """A name without the labels, units and target patterns that table cells carry.

    >>> clean("指标1：培训场次（场）"), clean("★农村低保发放人数（≥**人）")
    ('培训场次', '农村低保发放人数')
    >>> clean("教育支出（类）普通教育（款）小学教育（项）")
    '小学教育'
    """
    text = _SPACES.sub("", name)
    patterns = words().patterns
    for pattern in ("years", "account", "label", "target", "bracket"):
        text = patterns[pattern].sub("", text)
    return text.rstrip("：:，,。；;、") or name


@lru_cache(maxsize=65536)
def trim(folded: str) -> str:
    """A folded name without year, place, who and when in front and without empty words behind; at least two
    characters stay. Words that may stand or not are left out, words of one meaning become one.

    >>> trim("2023年全市新增城镇就业人数完成情况")
    '新增城镇就业人数'
    """
    text, before = folded, ""
    lists = words()
    for word in lists.silent:
        if len(text) > len(word) + 2:
            text = text.replace(word, "")
    for other, first in lists.same.items():
        if other in text:
            text = text.replace(other, first)
    while text != before:
        before = text
        for name in ("period", "place"):
            found = lists.patterns[name].match(text)
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
    return folded.endswith(words().scopes) or bool(words().patterns["ends_in_place"].search(folded))


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


def account_line(name: str) -> bool:
    """Whether a name ends as a line of an account does (…收入, …税, …（项）).

    >>> account_line("教育费附加收入"), account_line("乡村道路建设")
    (True, False)
    """
    return name.endswith(words().budget.none)


def budget_words(name: str, *, in_project: bool) -> str:
    """The id that a budget pair of this name belongs to, ``""`` where it is a line of an account. A bare office is a whole department.

    >>> budget_words("热线外包服务项目经费", in_project=False), budget_words("其他城乡社区支出（项）", in_project=False)
    ('m-project-spend', '')
    """
    rules = words().budget
    if account_line(name):
        return ""
    if name.endswith(rules.whole) or is_scope(fold(name)):
        return rules.whole_id
    if len(name) < rules.shortest:
        return ""
    if in_project or name.endswith(rules.project) or (len(name) >= rules.title_length and not name.endswith("支出")):
        return rules.project_id
    return ""
