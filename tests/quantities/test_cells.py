"""Table cells, and units stated beside a number."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhibiao.quantities import UnitHint, default_finder, unit_hint

WAN = UnitHint("元", Decimal(10000), "money")


@pytest.mark.parametrize(
    ("cell", "op", "value", "unit", "bare"),
    [
        ("≥95%", ">=", "95", "%", False),
        ("100.00(%)", "=", "100.00", "%", False),
        ("5,095", "=", "5095", "", True),
        ("-11.5", "=", "-11.5", "", True),
        ("约78648", "~", "78648", "", True),
        ("0次", "=", "0", "次", False),
        ("99%以上", ">=", "99", "%", False),
        ("≥ 95 %", ">=", "95", "%", False),
        ("不少于20场", ">=", "20", "场", False),
        ("控制在5%以内", "<=", "5", "%", False),
        ("60个工作日内", "<=", "60", "工作日", False),
        ("1.2万", "=", "12000.0", "", True),
        ("100百分比", "=", "100", "%", False),
        ("0.97比例", "=", "97.00", "%", False),
        ("+5.2%", "=", "5.2", "%", False),
        ("3.5万元/年", "=", "35000.0", "元/年", False),
        ("600余台", "~", "600", "台", False),
        ("两个", "=", "2", "个", False),
        ("98.5分。", "=", "98.5", "分", False),
        ("￥300", "=", "300", "", True),
        ("达到100%", "=", "100", "%", False),
        ("人民币3亿元整", "=", "300000000", "元", False),
        ("5,095\u3000", "=", "5095", "", True),
    ],
)
def test_cell(cell: str, op: str, value: str, unit: str, bare: bool) -> None:
    q = default_finder().parse_cell(cell)
    assert q is not None
    assert (q.op, str(q.value), q.unit, q.bare) == (op, value, unit, bare)
    assert cell[q.start : q.end] == q.text


@pytest.mark.parametrize(
    ("cell", "low", "high"), [("90-95%", "90", "95"), ("50%-60%", "50", "60"), ("2-3万元", "20000", "30000"), ("3至5个", "3", "5")]
)
def test_range(cell: str, low: str, high: str) -> None:
    q = default_finder().parse_cell(cell)
    assert q is not None
    assert (q.op, str(q.value), str(q.value_high), q.text) == ("range", low, high, cell)


@pytest.mark.parametrize(
    ("cell", "value", "unit"),
    [
        ("5,095", "50950000", "元"),
        ("≥20000", "200000000", "元"),
        ("1.2万", "12000.0", "元"),
        ("95%", "95", "%"),
        ("3台", "3", "台"),
        ("-2", "-20000", "元"),
        ("0.00", "0.00", "元"),
    ],
)
def test_cell_under_a_unit(cell: str, value: str, unit: str) -> None:
    q = default_finder().parse_cell(cell, unit_hint=WAN)
    assert q is not None
    assert (str(q.value), q.unit) == (value, unit)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "-",
        "—",
        "/",
        "优",
        "无",
        "完成",
        "2021年",
        "12月",
        "2021-12-31",
        "5G",
        "1.",
        "1、",
        "（1）",
        "一、",
        "二级",
        "增长5%",
        "12345热线",
        "2022-2023",
        "万户",
        "第3名",
        "合格率95%，满意度98%",
        "A3",
        "12项目",
        "按季度提供报告",
        "1" * 60,
    ],
)
def test_words_are_no_cell(cell: str) -> None:
    assert default_finder().parse_cell(cell) is None


@pytest.mark.parametrize(
    ("text", "unit", "factor", "kind"),
    [
        ("单位：万元", "元", 10000, "money"),
        ("（单位：万元）", "元", 10000, "money"),
        ("金额单位：人民币元", "元", 1, "money"),
        ("金额（万元）", "元", 10000, "money"),
        ("占年初预算(%)", "%", 1, "percent"),
        ("数量（项）", "项", 1, "count"),
        ("（亿元）", "元", 10**8, "money"),
        ("万人次", "人次", 10000, "count"),
        ("%", "%", 1, "percent"),
        ("补助标准（元/人·月）", "元/人/月", 1, "rate"),
        ("面积（万平方米）", "平方米", 10000, "area"),
        ("单位：万元、%", "元", 10000, "money"),
        ("执行率%", "%", 1, "percent"),
        ("支出（含上年结转）（万元）", "元", 10000, "money"),
        ("计量单位：台（套）", "台", 1, "count"),
        ("金额/万元", "元", 10000, "money"),
    ],
)
def test_unit_hint(text: str, unit: str, factor: int, kind: str) -> None:
    assert unit_hint(text) == UnitHint(unit, Decimal(factor), kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "项目名称", "支出（项目）", "基本支出", "一级指标", "备注（说明）", "年度指标值", "单位：某某局"])
def test_no_unit_hint(text: str) -> None:
    assert unit_hint(text) is None
