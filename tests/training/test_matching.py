"""When two things count as one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhibiao.schema import Side
from zhibiao.training.matching import compact_index, match, name_similarity, near_unit, same_value, side_ok


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        ("元", "元", True), ("元/人/月", "元", True), ("元/月", "元/人", False), ("元", "个", False), ("", "", True), ("", "元", False),
        ("台（套）", "台", True), ("元/人·月", "元/人/月", True), ("工作日", "天", False),
    ],
)  # fmt: skip
def test_units(a: str, b: str, near: bool) -> None:
    assert near_unit(a, b) is near
    assert near_unit(b, a) is near


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [("1", "1.0", True), ("1000000", "1000000.5", True), ("100", "100.1", False), ("0", "0", True), ("-5", "5", False), (None, None, True), (None, "1", False)],
)  # fmt: skip
def test_values(a: str | None, b: str | None, same: bool) -> None:
    assert same_value(a and Decimal(a), b and Decimal(b)) is same  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "wanted", "similarity"),
    [
        ("受理工单", ("受理工单",), 1.0),
        ("工单", ("受理工单",), 2 / 3),
        ("工 单", ("甲", "工单"), 1.0),
        ("甲", ("乙",), 0.0),
        ("", ("乙",), 0.0),
    ],
)
def test_names(name: str, wanted: tuple[str, ...], similarity: float) -> None:
    assert name_similarity(name, wanted) == pytest.approx(similarity)


def side(text: str, value: str | None = None, unit: str = "", *, op: str = "=", high: str | None = None) -> Side:
    return Side(text, None, None, op if value else None, value and Decimal(value), high and Decimal(high), unit)  # type: ignore[arg-type]


TEN = side("10个", "10", "个")


@pytest.mark.parametrize(
    ("gold", "found", "also", "right"),
    [
        (TEN, side("10个", "10", "个"), (), True),
        (TEN, side("10", "10", "家"), (), False),
        (TEN, side("11个", "11", "个"), (), False),
        (TEN, side("10至12个", "10", "个", op="range", high="12"), (), False),
        (TEN, None, (), False),
        (None, None, (), True),
        (None, TEN, (), False),
        (None, TEN, ("10个",), True),
        (side("全部完成"), side("完成"), (), True),
        (side("全部完成"), None, (), True),
        (side("每校至少1名"), side("1名", "1", "名"), (), True),
        (side("全部完成"), TEN, (), False),
        (side("5万", "50000"), side("5万", "50000", "元"), (), True),
    ],
)
def test_sides(gold: Side | None, found: Side | None, also: tuple[str, ...], right: bool) -> None:
    assert side_ok(gold, found, also) is right


def test_only_a_strict_side_wants_the_op() -> None:
    about = side("10个", "10", "个", op="~")
    assert side_ok(TEN, about, ())
    assert not side_ok(TEN, about, (), strict=True)


def test_matching_is_one_to_one_and_best_first() -> None:
    assert match([(0.7, 0, 0), (0.9, 1, 0), (0.6, 0, 1), (0.9, 2, 2)]) == [(1, 0), (2, 2), (0, 1)]


def test_compact_index_leaves_white_space_out() -> None:
    assert compact_index("a \nb") == [0, 1, 1, 1, 2]
