"""Is a single record right? For reliability tables and for the confidence of records that no model judges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zhibiao.schema import Record, Side

from .gold import GoldRecord
from .matching import NAME_OK, name_similarity, same_number, side_ok


def right_record(wanted: Iterable[GoldRecord], target: Side | None, actual: Side | None, name: str) -> bool:
    """Is there a wanted record with these sides and a name like this one?"""
    return any(
        side_ok(g.target, target, g.also) and side_ok(g.actual, actual, g.also) and name_similarity(name, g.names) >= NAME_OK
        for g in wanted
    )


def judge(wanted: Sequence[GoldRecord], found: Sequence[Record]) -> tuple[tuple[float, str, bool], ...]:
    """Each found record's confidence and method, and whether it is right. A fact that repeats a side of a wanted pair is right."""
    out = []
    for r in found:
        right = right_record(wanted, r.target, r.actual, r.indicator)
        if not right and r.target is None and r.actual is not None:
            sides = [s for g in wanted for s in (g.target, g.actual) if name_similarity(r.indicator, g.names) >= NAME_OK]
            right = any(s is not None and s.value is not None and same_number(s, r.actual) for s in sides)
        out.append((r.confidence, r.method, right))
    return tuple(out)
