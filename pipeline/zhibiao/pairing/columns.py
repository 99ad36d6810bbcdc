"""The columns of a table by the words of their heads: roles that the heads name outright, and roles that only a word in them tells.

计划数量 | 到货数量 | 预算金额 | 成交金额 | 节约率%: a plan and what came of it make a couple, wherever they stand; what is no part of a couple
is a fact with the head's words in its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from zhibiao.layout.headers import header_role, part_role
from zhibiao.quantities import UnitHint, unit_hint

from .cell import head_hint
from .drafts import similar

PERCENT = UnitHint("%", Decimal(1), "percent")
#: A first side and the second sides that can stand against it.
ANSWERS = {"target": ("actual", "executed"), "budget": ("executed", "actual"), "initial": ("executed", "actual")}
_BRACKET = re.compile(r"（[^）]*）|\([^)]*\)")
_TRIM = re.compile(r"[\s%+:：*★☆、（）]+")
_SIDE_WORDS = re.compile(
    r"(?:年初|全年|年度|本年|当年|预期|实际|累计|计划|目标|任务|预算|安排|完成|支出|支付|拨付|执行|成交|到货|实有|实现|决算|下达|应|实|已|限额|余额|到位|值|数$|情况|20\d\d年)"
)
#: 低保户数, 救助人次: the head names the unit.
_COUNTED = re.compile(r"(?:(人次|户次|场次|台次|件次)数?|(户|人|家|件|宗|起|所|台|辆|场|项|张|条|个|篇|栋|座|艘|期)数)$")
#: So much more alike are the words of two heads that belong together.
_OWN = 0.5
YEAR = re.compile(r"(?:19|20)\d{2}年?(?:度|末|底)?(?:(?:\d{1,2}[-—~至])?\d{1,2}月(?:份|末|底)?|上半年|前三季度|一季度)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its ``role`` ("" where it is a fact of its own), unit, head words, the year that the head names, its place on the line."""

    role: str
    hint: UnitHint | None
    words: str
    year: str = ""
    left: int = 0
    right: int = 0

    @property
    def stem(self) -> str:
        """What the head measures, the words for plan and result taken off (计划数量 → 数量)."""
        return _SIDE_WORDS.sub("", self.words)


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns of a table, and the couples among them as pairs of indexes."""

    all: tuple[Column, ...]
    couples: tuple[tuple[int, int], ...]

    @property
    def free(self) -> list[int]:
        """Columns that are facts of their own."""
        paired = {i for couple in self.couples for i in couple}
        return [i for i, c in enumerate(self.all) if c.role in ("", "actual", "target") and i not in paired]


def column_of(head: str, *, left: int = 0, right: int = 0) -> Column:
    """One column by its head.

    >>> column_of("同比增减（%）").role, column_of("补贴机具（台套）").words, column_of("到货数量").role
    ('change', '补贴机具', 'actual')
    """
    words = _TRIM.sub("", _BRACKET.sub("", head))
    year = YEAR.search(words)
    role = header_role(head)
    if role is None and year:
        role = header_role(words.replace(year[0], "", 1)) if year[0] != words else ""
    if role is None:
        role = part_role(words)
    if role in ("actual", "executed") and head.endswith("%"):
        role = "rate"  # 完成%
    hint = head_hint(head)
    if hint is None and role in ("", "target", "actual") and (counted := _COUNTED.search(words)):
        hint = unit_hint(f"（{counted[1] or counted[2]}）")
    if hint is None and (role in ("rate", "change", "share") and not re.search(r"[额数量]$", words)):
        hint = PERCENT
    return Column(role, hint, words, year[0] if year else "", left, right)


def columns_of(columns: Sequence[Column]) -> Columns:
    """Find the couples. Where no column names the rows, the first one that is no number column does."""
    if not columns:
        return Columns((), ())
    out = list(columns)
    roles = [c.role for c in out]
    if "name" not in roles:
        levels = [i for i, r in enumerate(roles) if r == "level"]
        at = levels[-1] if levels else next((i for i, r in enumerate(roles) if r not in ("index",)), 0)
        out[at] = replace(out[at], role="name")
    first = next(i for i, c in enumerate(out) if c.role == "name")
    for i, c in enumerate(out):
        if c.role == "name" and i != first:
            out[i] = replace(c, role="level" if i < first else "")
    budgets = [i for i, c in enumerate(out) if c.role == "budget"]
    if len(budgets) > 1 and sum(c.role == "executed" for c in out) == 1 and len({out[i].stem.replace("调整", "") for i in budgets}) == 1:
        for i in budgets[:-1]:
            out[i] = replace(out[i], role="initial")
    couples: list[tuple[int, int]] = []
    taken: set[int] = set()
    # the first budget stands against what was spent only where there is no later one, or where the rate is of it (完成年初预算%)
    of_first = any(c.role == "rate" and "年初" in c.words for c in out) and any(c.role == "initial" for c in out)
    for i, c in enumerate(out):
        if c.role not in ANSWERS or (
            c.role == ("budget" if of_first else "initial") and any(x.role in ("budget", "initial") and x.role != c.role for x in out)
        ):
            continue
        fits = [
            (ANSWERS[c.role].index(x.role) - 2 * similar(c.stem, x.stem) + 0.1 * abs(j - i), j)
            for j, x in enumerate(out)
            if j not in taken and _answers(c, x) and not _better(out[i + 1 :], c, x)
        ]
        if fits:
            taken.add(min(fits)[1])
            couples.append((i, min(fits)[1]))
    if not couples and sum(c.role == "target" for c in out) == 1 and any(c.role == "rate" for c in out):
        # 新增就业（人） 年度任务（人） 完成率: what stands beside the target and has its unit is what the rate is of
        at = next(i for i, c in enumerate(out) if c.role == "target")
        beside = [
            i
            for i in (at - 1, at + 1)
            if 0 <= i < len(out) and out[i].role == "" and out[i].hint is not None and out[i].hint == out[at].hint
        ]
        couples += [(at, i) for i in beside[:1]]
    return Columns(tuple(out), tuple(couples))


def _answers(side: Column, other: Column) -> bool:
    """Can ``other`` hold what became of ``side``?"""
    return other.role in ANSWERS.get(side.role, ()) and _same_year(side, other) and _same_measure(side, other)


def _better(later: Sequence[Column], side: Column, other: Column) -> bool:
    """Does the head of ``other`` itself name a later column as the one it answers (全年目标值 | 三季度目标值 | 三季度完成值)?"""
    own = similar(side.stem, other.stem)
    return any(_answers(x, other) and similar(x.stem, other.stem) > own + _OWN for x in later)


def _same_year(a: Column, b: Column) -> bool:
    return not (a.year and b.year and a.year[:4] != b.year[:4])


def _same_measure(a: Column, b: Column) -> bool:
    return a.hint is None or b.hint is None or a.hint.kind == b.hint.kind
