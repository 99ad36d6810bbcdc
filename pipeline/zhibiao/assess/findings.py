"""What an auditor should look at in one report: targets missed or unanswered, rates that do not follow, one measure told twice.

A rate is recomputed exactly and compared after rounding to its printed digits; 尾差 within that rounding is no finding.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from zhibiao.schema import Finding, Record, Side, plain

_OVER = Decimal("1.5")
_RATE_TAIL = re.compile(r"(?:预算完成率|预算执行率|执行率|完成率)$")
#: One step of the last printed digit is granted: printed parts are rounded themselves.
_HALF = Decimal("0.5")


def find_findings(records: Sequence[Record]) -> list[Finding]:
    """All findings of a report, in the order of their first number."""
    found = [*_targets(records), *_rates(records), *_repeats(records)]
    return sorted(found, key=lambda f: (f.spans[0] if f.spans else (0, 0), f.rule))


def _span(side: Side | None) -> tuple[tuple[int, int], ...]:
    return ((side.start, side.end),) if side is not None and side.start is not None and side.end is not None else ()


def _targets(records: Sequence[Record]) -> Iterator[Finding]:
    answered = any(r.type == "performance" and r.target and r.actual for r in records)
    for r in records:
        if r.type != "performance" or r.target is None:
            continue
        spans = _span(r.target) + _span(r.actual)
        if r.actual is None:
            if answered:
                yield Finding(
                    "target_without_actual",
                    "warning",
                    f"指标“{r.indicator}”有目标值（{r.target.text}），未见实际完成值",
                    r.target.text,
                    "",
                    spans,
                )
            continue
        if r.status == "missed":
            yield Finding(
                "target_missed",
                "warning",
                f"指标“{r.indicator}”未达目标：目标{r.target.text}，实际{r.actual.text}",
                r.target.text,
                r.actual.text,
                spans,
            )
        if r.completion is not None and r.completion > _OVER:
            percent = plain((r.completion * 100).quantize(Decimal("0.1")))
            yield Finding(
                "completion_over_150",
                "info",
                f"指标“{r.indicator}”完成率{percent}%，超过150%，目标值可能偏低",
                "≤150%",
                f"{percent}%",
                spans,
            )


def _rates(records: Sequence[Record]) -> Iterator[Finding]:
    """执行数 ÷ 预算数 against the rate that the report prints for the same item, next to it."""
    budgets = [
        (r, r.target, r.actual, r.target.value, r.actual.value)
        for r in records
        if r.type == "budget" and r.target and r.actual and r.target.value and r.actual.value is not None
    ]
    for rate in records:
        if rate.type != "fact" or rate.actual is None or rate.actual.unit != "%" or rate.actual.value is None or rate.change:
            continue
        item = _RATE_TAIL.sub("", rate.indicator)
        if item == rate.indicator:
            continue
        near = [b for b in budgets if b[0].indicator == item and 0 <= rate.start - b[0].start < 300]
        if not near:
            continue
        _, target, actual, planned, spent = near[-1]
        printed = rate.actual.value
        step = Decimal(1).scaleb(min(0, int(printed.as_tuple().exponent)))
        expected = (spent / planned * 100).quantize(step, rounding=ROUND_HALF_UP)
        if abs(expected - printed) > step:
            yield Finding(
                "rate_mismatch", "error",
                f"“{item}”的比率应为{plain(expected)}%（{actual.text}÷{target.text}），报告写作{plain(printed)}%",
                f"{plain(expected)}%", f"{plain(printed)}%", _span(target) + _span(actual) + _span(rate.actual),
            )  # fmt: skip


def _repeats(records: Sequence[Record]) -> Iterator[Finding]:
    """One indicator, told as a plain fact twice under the same heading or in the same words, with different values."""
    groups: defaultdict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for r in records:
        if (
            r.type == "fact"
            and not r.change
            and r.actual is not None
            and r.actual.value is not None
            and r.actual.op == "="
            and len(r.indicator) >= 6
        ):
            groups[(r.indicator, r.actual.unit, r.project)].append(r)
    for (name, unit, _), group in groups.items():
        scope = _of_one_scope(group)
        values = {r.actual.value for r in scope if r.actual and r.actual.value is not None}
        if len(values) < 2 or len(scope) > 4 or _agree(values):
            continue
        told = "、".join(f"{plain(v)}{unit}" for v in sorted(values))
        yield Finding(
            "repeated_value",
            "warning",
            f"指标“{name}”前后不一致：{told}",
            plain(min(values)) + unit,
            plain(max(values)) + unit,
            tuple(s for r in scope for s in _span(r.actual)),
        )


def _of_one_scope(group: Sequence[Record]) -> Sequence[Record]:
    """The records of a group that speak of one thing: tables under several titles (全市, 市本级) tell the same line of several governments."""
    by_table: defaultdict[str, list[Record]] = defaultdict(list)
    for r in group:
        by_table[r.section if r.method == "table" else ""].append(r)
    if len(by_table) - ("" in by_table) < 2:
        return group
    return max(by_table.values(), key=lambda some: len({r.actual.value for r in some if r.actual}))


def _agree(values: set[Decimal]) -> bool:
    """Are the values one number printed with more or fewer digits?"""
    coarse = max((v for v in values), key=lambda v: int(v.as_tuple().exponent))
    step = Decimal(1).scaleb(int(coarse.as_tuple().exponent))
    return all(abs(v - coarse) <= step * _HALF for v in values)
