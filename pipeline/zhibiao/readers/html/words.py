"""The word lists of web pages (``words.toml``): names of site parts, lines of the site, labels of the document card."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_SHAPE: dict[str, dict[str, type]] = {
    "names": {"site": list, "own": list, "hidden": list},
    "lines": {"buttons": list, "site": list, "notices": list, "edge": int},
    "card": {"labels": list},
    "title": {"metas": list, "joints": str},
}
#: What stands between buttons; glyphs of icon fonts are of the private use area.
_BETWEEN = re.compile(r"[\ue000-\uf8ff|｜【】\[\]()（）·•>＞<＜/:：×—-]+")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
#: Longer names are somebody's data in the wrong attribute.
_NAME_CHARS = 400
#: Longer lines are prose.
_LINE_CHARS = 260


@dataclass(frozen=True, slots=True)
class Words:
    """The checked word lists. Patterns are matched against lines without white space."""

    site: frozenset[str]
    own: frozenset[str]
    hidden: frozenset[str]
    buttons: frozenset[str]
    site_lines: re.Pattern[str]
    notices: re.Pattern[str]
    edge: int
    labels: frozenset[str]
    metas: tuple[str, ...]
    joints: str


def squeeze(line: str) -> str:
    """A line without white space.

    >>> squeeze(" 索 引　号： 1 ")
    '索引号：1'
    """
    return "".join(line.split())


def is_site_line(line: str) -> bool:
    """Whether a squeezed line is a row of buttons, or one that only sites hold, wherever it stands.

    >>> is_site_line("【字体：大中小】【打印】"), is_site_line("打印费12万元")
    (True, False)
    """
    if len(line) > _LINE_CHARS:
        return False
    return all(not word or word in words().buttons for word in _BETWEEN.split(line.lower())) or bool(words().site_lines.fullmatch(line))


def is_notice(line: str) -> bool:
    """Whether a squeezed line tells of the publication: when, by whom, how often read. Inside an article such lines may be its own.

    >>> is_notice("发布时间：2022-03-18来源：市档案局"), is_notice("来源于财政拨款")
    (True, False)
    """
    return len(line) <= _LINE_CHARS and bool(words().notices.fullmatch(line))


@lru_cache(4096)
def names_site_part(name: str) -> bool:
    """Whether a class, id or role names a part of the site: a menu, a foot, a share box.

    >>> names_site_part("footer_2021"), names_site_part("topNav clearfix"), names_site_part("TRS_Editor"), names_site_part("foot-note")
    (True, True, False, False)
    """
    parts = {part.lower() for part in _PART.findall(name[:_NAME_CHARS])}
    return not parts.isdisjoint(words().site) and parts.isdisjoint(words().own)


@lru_cache(4096)
def names_hidden(classes: str) -> bool:
    """Whether one of the class names is one that style sheets hide by."""
    return not words().hidden.isdisjoint(classes[:_NAME_CHARS].lower().split())


@cache
def words() -> Words:
    """Load and check ``words.toml``. Raises ValueError on unknown or missing keys, wrong types, empty or doubled words, bad patterns."""
    data = tomllib.loads(files("zhibiao.readers.html").joinpath("words.toml").read_text("utf-8"))
    check(data)
    names, lines, title = data["names"], data["lines"], data["title"]
    return Words(
        site=frozenset(names["site"]),
        own=frozenset(names["own"]),
        hidden=frozenset(names["hidden"]),
        buttons=frozenset(lines["buttons"]),
        site_lines=re.compile("|".join(f"(?:{pattern})" for pattern in lines["site"]), re.IGNORECASE),
        notices=re.compile("|".join(f"(?:{pattern})" for pattern in lines["notices"]), re.IGNORECASE),
        edge=lines["edge"],
        labels=frozenset(data["card"]["labels"]),
        metas=tuple(title["metas"]),
        joints=title["joints"],
    )


def check(data: dict[str, dict[str, object]]) -> None:
    """Hold the shape of ``words.toml``; raises ValueError that names the place."""
    if set(data) != set(_SHAPE):
        raise ValueError(f"words.toml: sections are {sorted(data)}, expected {sorted(_SHAPE)}")
    for section, keys in _SHAPE.items():
        if set(data[section]) != set(keys):
            raise ValueError(f"words.toml: [{section}] holds {sorted(data[section])}, expected {sorted(keys)}")
        for key, kind in keys.items():
            _check_value(f"[{section}] {key}", data[section][key], kind)
    for key in ("site", "notices"):
        patterns = data["lines"][key]
        assert isinstance(patterns, list)
        for pattern in patterns:
            try:
                empty = re.compile(pattern).fullmatch("")
            except re.error as error:
                raise ValueError(f"words.toml: [lines] {key}: {pattern}: {error}") from error
            if empty:
                raise ValueError(f"words.toml: [lines] {key}: {pattern} fits an empty line")


def _check_value(place: str, value: object, kind: type) -> None:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"words.toml: {place} must be a {kind.__name__}")
    if isinstance(value, int):
        if value < 0:
            raise ValueError(f"words.toml: {place} must not be negative")
        return
    held: list[object] = list(value) if isinstance(value, (list, str)) else []
    if not held or not all(isinstance(word, str) and word.strip() for word in held):
        raise ValueError(f"words.toml: {place} must hold words")
    if doubled := sorted({str(word) for word in held if held.count(word) > 1}):
        raise ValueError(f"words.toml: {place}: {', '.join(doubled)} stands twice")
