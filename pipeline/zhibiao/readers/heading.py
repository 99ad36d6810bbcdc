"""What the head of a report says about the whole: title, organisation, region, year. From the text alone, never from the file name.

A guess that is not well founded is left empty: these columns are keys that people group by, and a wrong key is worse than none.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_HEAD_CHARS = 6_000
_TITLE_CHARS = 100
_BODY_CHARS = 600
_CITY_OFFICE = re.compile(r"(?<=[区县旗州市])城市$")
#: A place that stands for the office's own district is named so often at least; what an office without its place begins with.
_OFTEN, _LEVELS = 8, frozenset("区县市旗州")
#: Characters that make 我区, 全区, 各区 of a district: nobody's name.
_SCOPES = frozenset("我全各本该跨外驻在到为对向是和与及的省市县区")
_SHAPE: dict[str, dict[str, type]] = {
    "title": {"endings": list, "continuations": list, "skip": list, "sections": list},
    "org": {"suffixes": list, "followers": list, "verbs": list, "labels": list, "generic": list},
    "region": {
        "provinces": list, "cities": list, "districts": list, "generic": list, "generic_endings": list, "before": list, "never": str,
    },
}  # fmt: skip
#: The mark of a note behind a title (公报[1]).
_NOTE_MARK = re.compile(r"[\[〔【［]\d{1,2}[\]〕】］]$")
_HAN = r"\u4e00-\u9fff"
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?:[-—－~至][0-9]{2,4})?年(度)?")
_HAN_YEAR = re.compile(r"([一二][〇○零Oo0一二三四五六七八九]{3})年(度)?")
_HAN_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_ANY_FULLWIDTH = re.compile(r"[０-９]")
_FULLWIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_SPACE_BY_HAN = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s+|\s+(?=[\u3000-\u9fff\uff00-\uffef])")
_BRACKETED = re.compile(r"[（(][^（()）]{1,30}[)）]")


@dataclass(frozen=True, slots=True)
class Heading:
    """Facts about the whole report; empty or None where the text does not tell."""

    title: str = ""
    org: str = ""
    region: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class _Rules:
    skip: re.Pattern[str]
    section: re.Pattern[str]
    ending: re.Pattern[str]
    continuations: tuple[str, ...]
    title_org: re.Pattern[str]
    body_org: re.Pattern[str]
    label_org: re.Pattern[str]
    region: re.Pattern[str]
    generic_orgs: frozenset[str]
    generic_places: frozenset[str]
    generic_endings: tuple[str, ...]
    never: frozenset[str]


def heading(text: str) -> Heading:
    """Read title, organisation, region and year from the first ``6000`` characters of a report.

    >>> heading("附件 2\\n\\n云海市青山区档案局\\n2021 年部门整体支出\\n\\n绩效自评报告\\n一、基本情况\\n本局……")
    Heading(title='云海市青山区档案局2021年部门整体支出绩效自评报告', org='云海市青山区档案局', region='云海市青山区', year=2021)
    """
    rules = _rules()
    lines = [line for line in map(_squeeze, text[:_HEAD_CHARS].splitlines()) if line]
    title, body_at = _title(lines, rules)
    body = "".join(lines[body_at:])
    org = _org(title, lines[: body_at + 12], body[:_BODY_CHARS], rules)
    region = (
        _region(title, rules) or _region(org, rules) or _region(body[:_BODY_CHARS], rules, strict=True) or _named_often(text, org, rules)
    )
    return Heading(title, org, region, _year(title, "".join(lines)))


def _squeeze(line: str) -> str:
    """White space beside a hanzi is typesetting (2021 年, 报 告) and goes; elsewhere it stays, once."""
    words = " ".join(_SPACE_BY_HAN.sub("", line.strip("\ufeff \t\u3000")).split())
    return words.translate(_FULLWIDTH) if _ANY_FULLWIDTH.search(words) else words


def _title(lines: list[str], rules: _Rules) -> tuple[str, int]:
    """The title, put together from wrapped lines, and the index of the first line of the body."""
    start = 0
    while start < len(lines) and rules.skip.fullmatch(lines[start]):
        start += 1
    title, index = "", start
    while index < len(lines):
        line = lines[index]
        if not title:
            line = re.sub(r"^附[件表录][0-9一二三四五六七八九十]*[-—－0-9]*[:：]", "", line)
        if rules.section.match(line):
            # Cover words before a section head are a title even without one of the known endings.
            return (title, index) if 4 <= len(title) <= 60 else ("", start)
        line = _NOTE_MARK.sub("", line)
        done = bool(rules.ending.search(title))
        if done and not line.startswith(rules.continuations):
            return title, index
        if done and line[0] in "（(" and not _BRACKETED.fullmatch(line):
            return title, index
        if re.search(r"[。；，,;：:]", line) or len(title) + len(line) > _TITLE_CHARS:
            return (title, index) if done else ("", start)
        title += line
        index += 1
    return (title, index) if rules.ending.search(title) else ("", start)


def _org(title: str, head: list[str], body: str, rules: _Rules) -> str:
    for pattern, text in (
        (rules.title_org, _HAN_YEAR.sub("|", _YEAR.sub("|", title))),
        *((rules.label_org, line) for line in head),
        (rules.body_org, re.sub(r"《[^》]*》|（[^）]*）|\([^)]*\)", "", body)),
    ):
        match = pattern.search(text)
        if match and match["org"] not in rules.generic_orgs:
            return match["org"]
    return ""


def _region(text: str, rules: _Rules, *, strict: bool = False) -> str:
    """The first place name, as long as it stands: province, city and district without a gap between them.

    ``strict`` is for prose, where 推动某某市 looks like a name: only a province, or a short city with its district, counts.
    """
    for match in rules.region.finditer(text):
        parts = []
        for part in match["province"], match["city"], match["district"]:
            if not part:
                continue
            part = _CITY_OFFICE.sub("", part)  # 槐津区城市管理局 is of 槐津区
            if part in rules.generic_places or part.endswith(rules.generic_endings) or rules.never & set(part):
                break
            parts.append(part)
        if strict and not match["province"] and (len(parts) < 2 or len(parts[0]) > 5):
            continue
        if parts:
            return "".join(parts)
    return ""


def _named_often(text: str, org: str, rules: _Rules) -> str:
    """Where an office calls itself only 区政数局: the district that the whole text names most, if it does so often and no other comes near."""
    level = org[:1]
    if level not in _LEVELS:
        return ""
    words = "".join(text.split())
    counts = Counter(m[1] for m in re.finditer(f"(?=([{_HAN}]{{2}}{level}))", words))
    named = [(place, n) for place, n in counts.most_common(12) if _may_be_place(place, rules)]
    if not named or named[0][1] < _OFTEN or (len(named) > 1 and named[0][1] < 2 * named[1][1]):
        return ""
    return named[0][0]


def _may_be_place(place: str, rules: _Rules) -> bool:
    generic = place in rules.generic_places or place[1:] in rules.generic_places or place.endswith(rules.generic_endings)
    return not generic and not rules.never & set(place) and place[0] not in _SCOPES and place[1] not in _SCOPES


def _year(title: str, head: str) -> int | None:
    """The year of the title (年度 before 年), else the year named most often in the head, the earlier place breaking a tie."""
    in_title = [(not span, position, year) for position, year, span in _years(title)]
    if in_title:
        return min(in_title)[2]
    named = Counter(year for _, year, _ in sorted(_years(head)))
    return named.most_common(1)[0][0] if named else None


def _years(text: str) -> list[tuple[int, int, bool]]:
    """(position, year, whether 年度) for each year in the text."""
    out = [(m.start(), int(m[1]), bool(m[2])) for m in _YEAR.finditer(text)]
    for m in _HAN_YEAR.finditer(text):
        year = int(m[1].translate(_HAN_DIGITS))
        if 1900 <= year <= 2099:
            out.append((m.start(), year, bool(m[2])))
    return out


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


@cache
def _rules() -> _Rules:
    """Load and check ``heading.toml``. Raises ValueError on unknown or missing keys, wrong types, empty or doubled words."""
    data = tomllib.loads(files("zhibiao.readers").joinpath("heading.toml").read_text("utf-8"))
    check(data)
    title, org, region = data["title"], data["org"], data["region"]
    name = rf"(?P<org>[{_HAN}（）]{{1,40}}(?:{_any(org['suffixes'])}))"
    subject = rf"(?P<org>[{_HAN}]{{1,24}}?(?:{_any(org['suffixes'])}))"
    return _Rules(
        skip=re.compile("|".join(title["skip"])),
        section=re.compile("|".join(title["sections"])),
        ending=re.compile(rf"(?:{_any(title['endings'])})(?:[（(][^（()）]*[)）])*$"),
        continuations=tuple(title["continuations"]),
        title_org=re.compile(rf"(?:^|\||关于){name}(?=\||$|{_any(org['followers'])})"),
        body_org=re.compile(rf"(?:^|。){subject}(?={_any(org['verbs'])})"),
        label_org=re.compile(rf"(?:{_any(org['labels'])})(?:（[^）]*）)?[:：]\s*{name}"),
        region=re.compile(
            rf"(?:(?:^|(?<=[^{_HAN}]))(?:{_any(region['before'])})?|(?:{_any(region['before'])}))"
            rf"(?=[{_HAN}])(?P<province>{_any(region['provinces'])})?"
            rf"(?P<city>[{_HAN}]{{1,6}}?(?:{_any(region['cities'])}))?"
            rf"(?P<district>[{_HAN}]{{1,8}}?(?:{_any(region['districts'])}))?"
        ),
        generic_orgs=frozenset(org["generic"]),
        generic_places=frozenset(region["generic"]),
        generic_endings=tuple(region["generic_endings"]),
        never=frozenset(region["never"]),
    )


def check(data: dict[str, dict[str, object]]) -> None:
    """Hold the shape of ``heading.toml``; raises ValueError that names the place."""
    if set(data) != set(_SHAPE):
        raise ValueError(f"heading.toml: sections are {sorted(data)}, expected {sorted(_SHAPE)}")
    for section, keys in _SHAPE.items():
        if set(data[section]) != set(keys):
            raise ValueError(f"heading.toml: [{section}] holds {sorted(data[section])}, expected {sorted(keys)}")
        for key, kind in keys.items():
            value = data[section][key]
            if not isinstance(value, kind):
                raise ValueError(f"heading.toml: [{section}] {key} must be a {kind.__name__}")
            words: list[object] = list(value) if isinstance(value, (list, str)) else []
            if not words or not all(isinstance(word, str) and word.strip() for word in words):
                raise ValueError(f"heading.toml: [{section}] {key} must hold words")
            if doubled := sorted({str(word) for word in words if words.count(word) > 1}):
                raise ValueError(f"heading.toml: [{section}] {key}: {', '.join(doubled)} stands twice")
