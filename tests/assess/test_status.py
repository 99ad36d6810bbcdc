"""Completion and status, with the directions of the 150 % test."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhibiao.assess import completion_of, direction_of, status_of
from zhibiao.schema import Link, Side


def side(text: str, op: str = "=", value: str | None = None, unit: str = "", kind: str = "count", high: str | None = None) -> Side:
    return Side(text, 0, len(text), op if value else None, Decimal(value) if value else None, Decimal(high) if high else None, unit, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("target", "actual", "completion", "status"),
    [
        (side("150台", ">=", "150", "台"), side("962台", "=", "962", "台"), "6.4133", "exceeded"),
        (side("95%", ">=", "95", "%"), side("95%", "=", "95", "%"), "1.0000", "met"),
        (side("95%", ">=", "95", "%"), side("94.9%", "=", "94.9", "%"), "0.9989", "missed"),
        (side("8小时", "<=", "8", "小时"), side("6小时", "=", "6", "小时"), "1.2500", "exceeded"),
        (side("2小时", "<=", "2", "小时"), side("150分钟", "=", "150", "分钟"), "0.7500", "missed"),
        (side("0次", "=", "0", "次"), side("0次", "=", "0", "次"), None, "met"),
        (side("5个", "<", "5", "个"), side("5个", "<", "5", "个"), "1.0000", "met"),
        (side("200-300台", "range", "200", "台", high="300"), side("260台", "=", "260", "台"), "1.3000", "met"),
        (side("10份", ">=", "10", "份"), side("12个月", "=", "12", "个月", "duration"), None, "unknown"),
        (side("按季度提供"), side("按季度提供"), None, "met"),
        (side("长期"), side("未达到预期"), None, "missed"),
        (side("有所提升"), side("基本完成"), None, "met"),
    ],
)
def test_pairs(target: Side, actual: Side, completion: str | None, status: str) -> None:
    direction = direction_of(target, Link())
    got = completion_of("performance", target, actual, direction)
    assert got == (Decimal(completion) if completion else None)
    assert status_of("performance", target, actual, direction) == status


def test_direction_comes_from_the_taxonomy_where_the_target_has_no_sign() -> None:
    faults = Link(canonical_id="x", direction="lower")
    target, actual = side("2次", "=", "2", "次"), side("3次", "=", "3", "次")
    assert status_of("performance", target, actual, direction_of(target, faults)) == "missed"
    assert status_of("performance", target, actual, direction_of(target, Link())) == "exceeded"


def test_budgets_have_a_completion_and_no_status() -> None:
    target, actual = side("400万元", "=", "4000000", "元", "money"), side("380万元", "=", "3800000", "元", "money")
    assert completion_of("budget", target, actual, "higher") == Decimal("0.9500")
    assert status_of("budget", target, actual, "higher") == "unknown"
