"""Numerals: tables of cases, and cn2an as an oracle for pure Chinese numerals."""

from __future__ import annotations

from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.quantities.numerals import multiplier, parse_arabic, parse_chinese, parse_numeral


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("007", "7"),
        ("4264.50", "4264.50"),
        ("6,302.34", "6302.34"),
        ("1,044.3", "1044.3"),
        ("-11.5", "-11.5"),
        ("1,234,567.89", "1234567.89"),
        ("7,00.0", None),
        ("1,2", None),
        ("12,3456", None),
        ("1.2.3", None),
        ("", None),
        ("1" * 21, "1" * 21),
        ("1" * 23, None),
        ("1" * 10**6, None),
    ],
)
def test_arabic(text: str, value: str | None) -> None:
    found = parse_arabic(text)
    assert (None if found is None else str(found)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", "0"),
        ("十", "10"),
        ("两", "2"),
        ("十五", "15"),
        ("二十", "20"),
        ("一百零五", "105"),
        ("一百五", "150"),
        ("三万五", "35000"),
        ("二百", "200"),
        ("三千", "3000"),
        ("一万五千亿", "1500000000000"),
        ("二十万亿", "20000000000000"),
        ("四千二百六十四点五", "4264.5"),
        ("四千二百六十四点五万", "42645000.0"),
        ("一亿零三百万", "103000000"),
        ("百", "100"),
        ("百亿", "10000000000"),
        ("千万", "10000000"),
        ("壹仟贰佰", "1200"),
        ("壹拾", "10"),
        ("三点一四", "3.14"),
        ("", None),
        ("两三", None),
        ("一二", None),
        ("十四五", None),
        ("二〇二一", None),
        ("百五十", None),
        ("点五", None),
        ("三点", None),
        ("一百零", None),
        ("一" * 100, None),
    ],
)
def test_chinese(text: str, value: str | None) -> None:
    found = parse_chinese(text)
    assert (None if found is None else str(found)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6,302.34万", "63023400.00"),
        ("2万8千", "28000"),
        ("1千2百", "1200"),
        ("3百万", "3000000"),
        ("1亿2千万", "120000000"),
        ("三百万", "3000000"),
        ("12", "12"),
        ("3千5万", None),
        ("万2", None),
        ("", None),
        ("1" * 50, None),
    ],
)
def test_mixed(text: str, value: str | None) -> None:
    found = parse_numeral(text)
    assert (None if found is None else str(found)) == value


def test_multiplier() -> None:
    assert [multiplier(t) for t in ("", "十", "百万", "万亿")] == [1, 10, 10**6, 10**12]
    with pytest.raises(KeyError):
        multiplier("元")


@given(st.integers(0, 10**12))
def test_chinese_numerals_agree_with_cn2an(number: int) -> None:
    assert parse_chinese(cn2an.an2cn(str(number))) == number


@given(st.integers(0, 10**8), st.integers(0, 10**4).map(str))
def test_chinese_decimals_agree_with_cn2an(whole: int, digits: str) -> None:
    number = Decimal(f"{whole}.{digits}")
    assert parse_chinese(cn2an.an2cn(f"{number:f}")) == number


@given(st.integers(1, 10**12))
def test_formal_numerals_agree_with_cn2an(number: int) -> None:
    assert parse_chinese(cn2an.an2cn(str(number), "up")) == number


@given(st.integers(0, 10**15), st.integers(0, 4))
def test_grouped_numbers_come_back(number: int, places: int) -> None:
    value = Decimal(number).scaleb(-places)
    assert parse_arabic(f"{value:,f}") == value
    assert str(parse_arabic(f"{value:f}")) == f"{value:f}"
