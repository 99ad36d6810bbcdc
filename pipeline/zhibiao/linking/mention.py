"""What is linked: a record's name with what is known around it, and the same in the form in which it is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zhibiao.linking.units import kind_of
from zhibiao.linking.wording import clean, core, domains_of, fold, modifiers, trim
from zhibiao.linking.words import words

#: Fields of the taxonomy that go with every other field.
GENERAL_DOMAINS = frozenset({"", "项目通用", "管理效率与预算"})


@dataclass(frozen=True, slots=True)
class Mention:
    """What is to be linked: the record's name and what is known around it.

    ``unit`` and ``kind`` are those of the value (canonical unit; kind may be empty, then it follows from the unit). ``op`` is the
    comparison of the target, ``change`` the words of change (同比增长). ``section``, ``project``, ``org`` say what the passage is about;
    ``context`` is the text around the record, where the object of a bare name may stand.
    """

    name: str
    unit: str = ""
    kind: str = ""
    record_type: str = "fact"
    section: str = ""
    project: str = ""
    org: str = ""
    op: str = ""
    change: str = ""
    context: str = ""

    @classmethod
    def of_row(cls, row: Mapping[str, Any], *, kind: str = "") -> Mention:
        """From a row of the table ``records`` (its names of columns). Its value is the actual's where that is a number, else the target's."""
        side = "actual" if row["actual_value"] is not None or not row["target_text"] else "target"
        return cls(
            row["indicator"], row[f"{side}_unit"] or "", kind, row["type"], row["section"], row["project"], row["org"], row["target_op"] or "",
            row["change"], row.get("evidence") or "",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """A mention with its name folded, trimmed and cut to its core, the kind of its value, the fields that the passage (``context``: 1 for the
    one with the most cue words, 0.5 for others) and the organisation (``owner``) speak of, its modifiers and how its value changes."""

    mention: Mention
    folded: str
    trimmed: str
    core: str
    kind: str
    context: Mapping[str, float]
    owner: Mapping[str, int]
    modifiers: frozenset[str]
    change: str

    @classmethod
    def of(cls, mention: Mention) -> Query:
        folded = fold(clean(mention.name))
        trimmed = trim(folded)
        # A bare number that was taken for a count may be anything that needs no unit in print.
        kind = mention.kind or kind_of(mention.unit) if mention.unit or mention.kind not in ("count", "other") else ""
        # Where the value is a change, 增速 in the name says nothing of the measure itself.
        change = direction(mention)
        said = modifiers(folded) - ({"growth"} if change else frozenset())
        about = f"{mention.section}|{mention.project}|{mention.context}"
        return cls(
            mention, folded, trimmed, core(trimmed, kind) if kind else trimmed, kind, _fields_of(about) if len(about) > 2 else {},
            domains_of(mention.org), said, change,
        )  # fmt: skip


@lru_cache(maxsize=16_384)
def _fields_of(text: str) -> dict[str, float]:
    """The fields a passage speaks of; general fields say nothing."""
    special = {name: number for name, number in domains_of(text).items() if name not in GENERAL_DOMAINS}
    most = max(special.values(), default=0)
    return {name: 1.0 if number == most else 0.5 for name, number in special.items()}


def direction(mention: Mention) -> str:
    """How the value changes: 降, 升 or 变 by the words of change, 升 where a percentage is named 增速 or 增长率, else ``""``."""
    if not mention.change:
        return "升" if mention.unit in ("%", "个百分点") and mention.name.rstrip().endswith(words().modifiers["growth"]) else ""
    said = modifiers(mention.change)
    return "降" if "cut" in said or "降" in mention.change else "升" if "growth" in said else "变"
