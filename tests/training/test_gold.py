"""Marks → gold rows: values, ops, kinds of records, weights and scores."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhibiao.schema import Side
from zhibiao.training.gold import gold_of

from .conftest import BUDGET, FACT, PAIR, marked


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("{学校|I1}{3所|A1}", [("3所", "=", "3", "所")]),
        ("{学校|I1}不少于{3所|A1}", [("3所", ">=", "3", "所")]),
        ("{投资|I1}{1.2\n亿元|A1}", [("1.2亿元", "=", "120000000.0", "元")]),
        ("{终端|I1}{600余台|A1}", [("600余台", "~", "600", "台")]),
        ("{步行|I1}{10至15分钟|A1}", [("10至15分钟", "range", "10", "分钟")]),
        # the value behind the label stands, the bare number is right too
        ("{投资|I1} {59.8|A1;598000;元}", [("59.8", "=", "598000", "元")]),
        # a list that shares one unit
        ("{甲|I1}、{乙|I2}分别{48.47|A1}、{51.5亿元|A2}", [("48.47", "=", "4847000000.00", "元"), ("51.5亿元", "=", "5150000000.0", "元")]),
        # a unit that the number reader does not know must not make the quantity vanish
        ("{登记|I1}{8,214咕噜|A1}", [("8,214咕噜", "=", "8214", "咕噜")]),
        ("{登记|I1}{2.27万咕噜|A1}", [("2.27万咕噜", "=", "22700.00", "咕噜")]),
        ("{占比|I1}{三成半|A1}", [("三成半", "=", None, "")]),
        ("居{第38位|O}", [("第38位", "=", None, "")]),
        # words are no quantities
        ("{满意度|I1}{有所提升|A1}", []),
        ("{进度|I1}{9月底前|T1}{已完工|A1}", []),
        ("{指标|I1} {10|W1} {9.5|S1}", [("10", "=", "10", "分"), ("9.5", "=", "9.5", "分")]),
        # one number under two labels is one quantity
        ("{甲|I1}、{乙|I2}各{5个|A1,A2}", [("5个", "=", "5", "个")]),
    ],
)
def test_quantities(body: str, rows: list[tuple[str, str, str | None, str]]) -> None:
    told = [(q.text, q.op, None if q.value is None else str(q.value), q.unit) for q in gold_of(marked(body)).quantities]
    assert told == rows


def test_a_written_value_also_allows_the_bare_number() -> None:
    (q,) = gold_of(marked("{投资|I1} {59.8|A1;598000;元}")).quantities
    assert q.also == ((Decimal("59.8"), ""),)


def test_offsets_point_into_the_text() -> None:
    passage = marked("{投资|I1}共{1.2\n亿元|A1}。")
    (q,) = gold_of(passage).quantities
    assert passage.text[q.start : q.end] == "1.2\n亿元"


def told(side: Side | None) -> str | None:
    return None if side is None else side.text


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (PAIR, [("performance", "自助终端", "150台", "162台", "")]),
        (FACT, [("fact", "受理工单", None, "26万件", ""), ("fact", "受理工单", None, "5.2%", "同比增长")]),
        (BUDGET, [("budget", "公用经费", "20万元", "19万元", ""), ("fact", "公用经费预算完成率", None, "95%", "")]),
        ("{税收|I1}完成{113亿元|E1}", [("budget", "税收", None, "113亿元", "")]),
        ("{产出|I1}分值{50分|W1}，得分{48分|S1}", [("score", "产出", "50分", "48分", "")]),
        ("{满意度|I1}{有所提升|T1}{明显提升|A1}", [("performance", "满意度", "有所提升", "明显提升", "")]),
        ("{甲|I1}的{乙|I1}{3个|A1}\n= 1 甲下乙", [("fact", "甲下乙", None, "3个", "")]),
        ("{3个|Q}{五大行动|O}", []),
    ],
)
def test_records(body: str, rows: list[tuple[str, str, str | None, str | None, str]]) -> None:
    assert [(r.type, r.names[0], told(r.target), told(r.actual), r.change) for r in gold_of(marked(body)).records] == rows


def test_names() -> None:
    (r,) = gold_of(marked("{甲|I1}的{乙|I1}{3个|A1}\n= 1 甲下乙")).records
    assert r.names == ("甲下乙", "甲乙")
    rate = gold_of(marked(BUDGET)).records[1]
    assert rate.names == ("公用经费预算完成率", "预算完成率", "公用经费")


@pytest.mark.parametrize(
    "row",
    [
        "{终端|I1} ≥{150台|T1} {162台|A1} {5|W1} {4.5|S1}",
        "{终端|I1,I2} ≥{150台|T1} {162台|A1} {5|W2;5;分} {4.5|S2;4.5;分}",
    ],
)
def test_weight_and_score_of_a_row_belong_to_its_record(row: str) -> None:
    pair, score = gold_of(marked(row, layout="table")).records
    assert (pair.type, pair.weight, pair.score, pair.optional) == ("performance", Decimal(5), Decimal("4.5"), False)
    assert (score.type, told(score.target), told(score.actual), score.optional) == ("score", "5", "4.5", True)


def test_a_score_on_other_words_stands_for_itself() -> None:
    pair, score = gold_of(marked("{终端|I1}目标{150台|T1}，{数量指标|I2}得分{4.5分|S2}")).records
    assert (pair.weight, pair.score) == (None, None)
    assert not score.optional
