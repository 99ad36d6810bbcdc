"""The finder on the readable cases of ``tests/cases/quantities.jsonl``, on random text and on text made to be slow."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.quantities import QuantityFinder, default_finder
from zhibiao.schema import KINDS, OPS, Quantity

CASES = [json.loads(line) for line in (Path(__file__).parent.parent / "cases" / "quantities.jsonl").read_text("utf-8").splitlines()]
PIECES = [
    "一",
    "二",
    "两",
    "十",
    "百",
    "万",
    "亿",
    "半",
    "零",
    "0",
    "1",
    "7.5",
    "3,200",
    "2021",
    "12345",
    "余",
    "多",
    "几",
    "+",
    "%",
    "（%）",
    "元",
    "万元",
    "个",
    "个百分点",
    "年",
    "月",
    "日",
    "台（套）",
    "元/人·月",
    "第",
    "前",
    "近",
    "约",
    "超过",
    "不少于",
    "≥",
    "≤",
    "=",
    "以上",
    "以内",
    "左右",
    "、",
    "，",
    "。",
    "：",
    "-",
    "至",
    "百分之",
    "分之",
    "得分",
    "指标：",
    "数量",
    "（万元）",
    "G",
    "GDP",
    "A",
    "项目",
    "条件",
    " ",
    "成",
    "点",
    "分",
    "￥",
    "负",
    "“",
    "”",
    "》",
]


def rows(found: list[Quantity]) -> list[list[str]]:
    """Quantities as the case file writes them: text, op, value (low..high for a range), unit, kind."""
    return [[q.text, q.op, f"{q.value:f}" if q.value_high is None else f"{q.value:f}..{q.value_high:f}", q.unit, q.kind] for q in found]


def check(text: str, found: list[Quantity]) -> None:
    """What holds for every result."""
    at = 0
    for q in found:
        assert at <= q.start < q.end <= len(text)
        assert text[q.start : q.end] == q.text
        assert q.op in OPS
        assert q.kind in KINDS
        assert (q.op == "range") == (q.value_high is not None)
        assert q.value_high is None or q.value < q.value_high
        at = q.end


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:24])
def test_case(case: dict[str, Any]) -> None:
    found = default_finder().find(case["text"])
    check(case["text"], found)
    assert rows(found) == case["expect"]


def test_list_items_and_bare_numbers_are_marked_bare() -> None:
    found = default_finder().find("分别为48.47、39.07亿元，经费85万，得分9.88，共60台。")
    assert [(q.text, q.bare) for q in found] == [("48.47", True), ("39.07亿元", False), ("85万", True), ("9.88", True), ("60台", False)]


def test_printed_precision_is_kept() -> None:
    (q,) = default_finder().find("支出4264.50元")
    assert str(q.value) == "4264.50"


@pytest.mark.parametrize(
    "word",
    [
        "统一",
        "一般",
        "万一",
        "十分",
        "千方百计",
        "一定",
        "唯一",
        "进一步",
        "一体化",
        "百姓",
        "万里",
        "四川",
        "三农",
        "九江",
        "五金",
        "双百",
    ],
)
def test_words_with_numerals_are_no_quantities(word: str) -> None:
    assert default_finder().find(f"坚持{word}推进各项工作，{word}。") == []


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_mix_of_pieces_is_read_soundly(text: str) -> None:
    check(text, default_finder().find(text))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_soundly(text: str) -> None:
    check(text, default_finder().find(text))


@given(st.integers(0, 10**9), st.integers(0, 4), st.sampled_from([("元", 1), ("万元", 10**4), ("亿元", 10**8)]))
def test_formatted_amounts_come_back(number: int, places: int, unit: tuple[str, int]) -> None:
    value = Decimal(number).scaleb(-places)
    for printed in (f"{value:f}", f"{value:,f}"):
        (q,) = default_finder().find(f"金额{printed}{unit[0]}。")
        assert (q.text, q.value, q.unit) == (printed + unit[0], value * unit[1], "元")


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "一",
        "1,",
        "111,",
        "1.",
        "1、",
        "2020-",
        "1-",
        "1（",
        "万",
        "1万",
        "1个、",
        "3元/人·",
        "百分之",
        "A1",
        "1余",
        "至少",
        "第1、",
        "1：",
        "1.5：",
        "数为",
        "1+",
        "一点",
        "2020 ",
        "1月1、",
        "3--",
        "半年",
        "1:",
        "（万元）1",
        "约",
        "近1",
    ],
)
def test_time_is_linear(unit: str) -> None:
    """Text made to provoke backtracking: ten times the text may take no more than about ten times the time."""

    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        start = time.perf_counter()
        default_finder().find(text)
        return time.perf_counter() - start

    seconds(1000)
    small, large = min(seconds(10_000) for _ in range(3)), seconds(100_000)
    assert large < 40 * small + 0.2


def test_a_million_digits() -> None:
    start = time.perf_counter()
    assert default_finder().find("1" * 1_000_000) == []
    assert time.perf_counter() - start < 2


def test_finders_share_nothing_that_changes() -> None:
    text = "共受理26万件。"
    first = QuantityFinder()
    assert first.find(text) == QuantityFinder().find(text) == first.find(text)
