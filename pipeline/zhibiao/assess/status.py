"""Completion and status of a target/actual pair.

Completion is actual ÷ target, for measures where less is better target ÷ actual read as 1 + (target − actual) ÷ target (the form that
evaluation offices use for the 150 % test: a fault repaired in 1 of 8 hours is not "800 % done"). Status compares with the printed digits.
"""

from __future__ import annotations

import tomllib
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files

from zhibiao.schema import Direction, Link, RecordType, Side, Status

_QUANTUM = Decimal("0.0001")


@cache
def _verdicts() -> tuple[tuple[Status, tuple[str, ...]], ...]:
    data = tomllib.loads(files("zhibiao.assess").joinpath("words.toml").read_text("utf-8"))
    if list(data) != ["missed", "met"] or any(set(table) != {"words"} for table in data.values()):
        raise ValueError("words.toml: expected [missed] and [met], each with words")
    return (("missed", tuple(data["missed"]["words"])), ("met", tuple(data["met"]["words"])))


@cache
def _scales() -> dict[str, tuple[str, Decimal]]:
    """Unit → (group, factor to the group's base). Raises ValueError where a unit stands in two groups or a factor is not positive."""
    data = tomllib.loads(files("zhibiao.assess").joinpath("scales.toml").read_text("utf-8"))
    out: dict[str, tuple[str, Decimal]] = {}
    for group, units in data.items():
        for unit, factor in units.items():
            if unit in out or Decimal(factor) <= 0:
                raise ValueError(f"scales.toml: {unit} stands twice or its factor {factor} is not positive")
            out[unit] = (group, Decimal(factor))
    return out


def direction_of(target: Side | None, link: Link) -> Direction:
    """Which way is better: by the target's sign, else by the linked taxonomy entry, else higher."""
    op = target.op if target else None
    if op in ("<=", "<"):
        return "lower"
    if op in (">=", ">"):
        return "higher"
    return link.direction if link.canonical_id and link.direction != "none" else "higher"


def _comparable(target: Side, actual: Side) -> tuple[Decimal, Decimal] | None:
    """Both values in one unit, or None where they cannot be compared."""
    if target.value is None or actual.value is None:
        return None
    if target.unit == actual.unit or not target.unit or not actual.unit:
        return target.value, actual.value
    got = to_unit(actual.value, actual.unit, target.unit)
    return None if got is None else (target.value, got)


def to_unit(value: Decimal, unit: str, wanted: str) -> Decimal | None:
    """A value in another unit of the same scale (``scales.toml``); None where there is no way from one to the other.

    >>> to_unit(Decimal("1.5"), "公里", "米"), to_unit(Decimal(3), "个月", "天")
    (Decimal('1500.0'), None)
    """
    if unit == wanted:
        return value
    scales = _scales()
    mine, theirs = scales.get(unit), scales.get(wanted)
    if mine is None or theirs is None or mine[0] != theirs[0]:
        return None
    return value * mine[1] / theirs[1]


def completion_of(kind: RecordType, target: Side | None, actual: Side | None, direction: Direction) -> Decimal | None:
    """Actual ÷ target as a ratio (1.0667 is 106.67 %), four places, half up; None where either is no number or the target is 0."""
    if target is None or actual is None:
        return None
    pair = _comparable(target, actual)
    if pair is None or pair[0] == 0:
        return None
    wanted, got = pair
    ratio = 1 + (wanted - got) / wanted if kind == "performance" and direction == "lower" else got / wanted
    return ratio.quantize(_QUANTUM, rounding=ROUND_HALF_UP)


def status_of(kind: RecordType, target: Side | None, actual: Side | None, direction: Direction) -> Status:
    """exceeded, met or missed for a performance pair; unknown for everything else."""
    if kind != "performance" or target is None or actual is None:
        return "unknown"
    pair = _comparable(target, actual)
    if pair is None:
        return _status_in_words(target, actual)
    wanted, got = pair
    if target.op == "range" and target.value_high is not None:
        return (
            "met" if wanted <= got <= target.value_high else "exceeded" if got > target.value_high and direction == "higher" else "missed"
        )
    if got == wanted:
        return "met"  # also "under 5" answered by "under 5"
    if direction == "exact":
        return "missed"
    return "exceeded" if (got < wanted) == (direction == "lower") else "missed"


def _status_in_words(target: Side, actual: Side) -> Status:
    if actual.value is not None:
        return "unknown"
    if actual.text == target.text:
        return "met"
    for verdict, words in _verdicts():
        if any(word in actual.text for word in words):
            return verdict
    return "unknown"
