"""Folding keeps every offset; cleaning takes wraps and blanks out and maps back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.layout.clean import clean, clean_ranges
from zhibiao.layout.fold import fold

GENRE = st.text(alphabet="收入支出完成预算为的增长０１２９5837.．,，。％%（）() \n\u3000≥≦\\leq\U001001b0亿元万件 ", max_size=60)


@pytest.mark.parametrize(
    ("source", "folded"),
    [
        ("２２２１．７亿元", "2221.7亿元"),
        ("９８\U001001b0６％", "98.6%"),
        ("收入(全市)", "收入（全市）"),
        ("１０１.１％,比上年增长４％.其中:税收", "101.1%，比上年增长4%。其中：税收"),
        ("6,302.34万元,执行", "6,302.34万元，执行"),
        ("≧20个、≦2次", "≥20个、≤2次"),
        ("第1：2比", "第1：2比"),
        ("比例1:15", "比例1:15"),
    ],
)
def test_fold_cases(source: str, folded: str) -> None:
    assert fold(source) == folded


@given(st.text(max_size=200))
def test_fold_never_moves_an_offset(source: str) -> None:
    assert len(fold(source)) == len(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("预算数 6,302.34\n\n万元", "预算数6,302.34万元"),
        ("3, 580.79 万件", "3,580.79万件"),
        ("49,76\n0.41万元", "49,760.41万元"),
        ("400.00 400.00 100% 100", "400.00 400.00 100% 100"),
        (r"控制率 \leq 5 %", "控制率≤5%"),
        ("得分 &ge; 90 分", "得分≥90分"),
        ("ESI Top Papers", "ESI Top Papers"),
        ("10 个 VR 场景", "10个VR场景"),
    ],
)
def test_clean_cases(source: str, text: str) -> None:
    folded = fold(source)
    assert clean(folded, 0, len(folded)).text == text


@given(GENRE)
def test_clean_maps_each_character_to_its_source(source: str) -> None:
    folded = fold(source)
    view = clean(folded, 0, len(folded))
    assert len(view.text) == len(view.offsets)
    assert list(view.offsets) == sorted(set(view.offsets))
    for ch, offset in zip(view.text, view.offsets, strict=True):
        assert folded[offset] == ch or folded[offset] in "\\& \n"


def test_noise_between_ranges_is_left_out() -> None:
    source = "支出预算调整为\n- 3 -\n114亿元"
    folded = fold(source)
    view = clean_ranges(folded, [(0, 7), (source.index("114"), len(source))])
    assert view.text == "支出预算调整为114亿元"
    assert source[slice(*view.span(7, 12))] == "114亿元"
