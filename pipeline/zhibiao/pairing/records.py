"""What one row of a table says: its values by the roles of their columns, put into records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from zhibiao.quantities import UnitHint
from zhibiao.schema import Op, Quantity, RecordType

from .cell import Cell
from .drafts import Draft, Span, points, side

VALUE_ROLES = ("target", "cycle", "actual", "weight", "score", "initial", "budget", "executed", "rate", "change", "amount", "last")
#: What a cell of its own says of the comparison of the cell beside it.
SIGNS: dict[str, Op] = {"≥": ">=", "≤": "<=", ">": ">", "<": "<", "=": "=", "定量": "=", ">=": ">=", "<=": "<="}
#: A printed rate agrees with its parts within so many percentage points.
_NEAR = 1
MONEY_ROLES = ("initial", "budget", "executed", "amount", "last")


@dataclass(slots=True)
class Row:
    """A row in the making: its name cells and value cells."""

    name: list[Cell] = field(default_factory=list)
    values: list[Cell] = field(default_factory=list)
    grade: Cell | None = None


def records_of(name: str, span: Span | None, got: dict[str, Quantity], *, roles: Sequence[str], row: Row, has_name: bool) -> list[Draft]:
    """The records of one row: its target or budget pair, its rate and change, its score.

    ``got`` holds the row's values by role ("?1" and so on where no column tells one), ``roles`` the value columns of the table,
    ``has_name`` whether a row above gave the name.
    """
    drafts: list[Draft] = []
    first = min([q.start for q in got.values()] + ([span[0]] if span else []))
    last = max(q.end for q in got.values())

    def draft(
        kind: RecordType, *, target: Quantity | None = None, actual: Quantity | None = None, change: str = "", suffix: str = ""
    ) -> None:
        d = Draft(kind, [span] if span else [], change=change, suffix=suffix, method="table", start=first, end=last)
        made = points if kind == "score" else side
        d.target = made(target) if target else None
        d.actual = made(actual) if actual else None
        if not span:
            d.prefix = name
        drafts.append(d)

    target, actual = got.get("target"), got.get("actual")
    budget = got.get("budget") or got.get("initial")
    if budget is not None or "executed" in got or (actual is not None and {"initial", "budget"} & set(roles)):
        draft("budget", target=budget, actual=got.get("executed") or actual)
    elif target is not None or (actual is not None and "target" in roles):
        draft("performance", target=target, actual=actual)
    elif actual is not None:
        draft("fact", actual=actual)
    elif got.get("cycle") is not None:
        draft("performance", target=got["cycle"])
    if drafts:
        drafts[0].weight, drafts[0].score = value_of(got.get("weight")), value_of(got.get("score"))
    elif "weight" in got or "score" in got:
        lone = row.grade is not None and "weight" not in got
        draft("score", target=got.get("weight"), actual=got.get("score"), suffix="评价分数" if lone and not span else "")
        drafts[-1].weight, drafts[-1].score = value_of(got.get("weight")), value_of(got.get("score"))
    if "rate" in got:
        draft("fact", actual=got["rate"], suffix="预算完成率")
    if "change" in got:
        draft("fact", actual=got["change"], change="比上年增长")
    if "amount" in got:
        draft("fact", actual=got["amount"])
    if "last" in got:
        draft("fact", actual=got["last"], change="上年")
    coupled = drafts and drafts[0].target is not None and drafts[0].actual is not None  # further values are of columns that are not known
    for role, q in got.items():
        if role.startswith("?"):
            if row.grade is not None or (not row.name and has_name):
                draft("score", actual=q, suffix="评价分数")
            elif not coupled:
                draft("fact", actual=q)
    return drafts


def value_of(q: Quantity | None) -> Decimal | None:
    return q.value if q is not None else None


def rate_by_sums(values: Sequence[Cell], roles: list[tuple[str, UnitHint | None]]) -> list[tuple[str, UnitHint | None]]:
    """The roles of a row's values, its rate of execution put where the arithmetic finds it; no value is a rate that is none.

    Heads of several rows may have hidden columns (of which 决算数|基本支出|项目支出), so that the rate stands further on than its head.
    """
    roles = [
        ("", None) if role in MONEY_ROLES and cell.q is not None and cell.q.kind == "percent" and not cell.q.bare else (role, hint)
        for cell, (role, hint) in zip(values, roles, strict=True)
    ]
    at = {role: i for i, (role, _) in reversed(list(enumerate(roles)))}
    places = at.get("budget", at.get("initial")), at.get("executed", at.get("actual")), at.get("rate")
    numbers = [cell.q.value if cell.q is not None else None for cell in values]
    whole, part, rate = (numbers[i] if i is not None else None for i in places)
    if not whole or part is None or rate is None or places[2] is None:
        return roles
    expected = part / whole * 100
    if abs(rate - expected) <= _NEAR:
        return roles
    out = list(roles)
    out[places[2]] = ("", None)
    for i, ((role, _), number) in enumerate(zip(roles, numbers, strict=True)):
        if not role and number is not None and abs(number - expected) <= _NEAR:
            out[i] = roles[places[2]]
            break
    return out


def plausible(pairs: Sequence[tuple[str, Cell]]) -> float:
    """How well values fit the columns they would stand in (rows with empty cells)."""
    got = {role: cell.q.value for role, cell in pairs if cell.q is not None}
    score = 0.0
    money = [float(v) for r, v in got.items() if r in MONEY_ROLES or r == "actual"]
    for role, cell in pairs:
        assert cell.q is not None
        value = abs(float(cell.q.value))
        percent = cell.q.kind == "percent"
        if role in ("rate", "change"):
            score += 0.5 if percent or value < 1000 else -2
        elif role in MONEY_ROLES:
            score -= 2 if percent else 0
            score += 0.3 if value >= 100 else -0.3
        elif role in ("weight", "score"):
            score += 0.3 if value <= 100 else -2
    budget = got.get("budget") or got.get("initial")
    done = got.get("executed") or got.get("actual")
    if "rate" in got:
        if budget and done:
            score += 2 if abs(float(done) / float(budget) * 100 - float(got["rate"])) < 1 else -2
        else:
            score -= 1.5
    if len(money) == 1 and done:
        score += 0.4
    if len(money) == 2 and min(money) > 0 and max(money) / min(money) > 50:
        score -= 1
    return score
