"""The unit table: every row is walked, and the loader refuses what is wrong."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from zhibiao.quantities import default_finder, default_units
from zhibiao.quantities.units import Form, load_units

FORMS = list(default_units().forms.values())
#: What may stand behind a form so that its ``only_before`` is satisfied.
FOLLOWERS = ["。", "内", "算力", "椅", "锦旗", "帐篷", "人", "，", "1县", "市", "县", "街"]


def following(form: Form) -> str:
    if form.needs is None:
        return "。"
    return next(f for f in FOLLOWERS if form.needs.match(form.text + f, len(form.text)))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.text)
def test_every_form_is_read(form: Form) -> None:
    number = Decimal("0.4") if form.limit == 1 else Decimal(8)
    text = f"共计{number}{form.text}{following(form)}"
    (q, *_) = default_finder().find(text)
    assert (q.text, q.unit, q.kind) == (f"{number}{form.text}", form.unit, form.kind)
    # 个半月 brings a half of its own.
    assert q.value == number * form.factor + (Decimal("0.5") if form.text.startswith("个半") else 0)


@pytest.mark.parametrize(
    "form", [f for f in FORMS if f.limit is None and f.kind != "percent" and not f.text.startswith("个半")], ids=lambda form: form.text
)
def test_every_form_takes_a_multiplier(form: Form) -> None:
    (q, *_) = default_finder().find(f"共计2.5万{form.text}{following(form)}")
    assert q.text == f"2.5万{form.text}"
    assert q.value == 25000 * form.factor


@pytest.mark.parametrize("form", [f for f in FORMS if f.chinese and f.limit is None and f.kind == "count"], ids=lambda form: form.text)
def test_forms_that_follow_chinese_numerals(form: Form) -> None:
    (q, *_) = default_finder().find(f"新增十六{form.text}{following(form)}")
    assert (q.text, q.unit) == (f"十六{form.text}", form.unit)
    assert q.value == 16


@pytest.mark.parametrize("form", [f for f in FORMS if not f.chinese], ids=lambda form: form.text)
def test_forms_that_do_not_follow_one_chinese_digit(form: Form) -> None:
    assert default_finder().find(f"这是五{form.text}{following(form)}") == []


@pytest.mark.parametrize(
    ("text", "unit", "factor", "kind"),
    [
        ("万元", "元", 10**4, "money"),
        ("亿元", "元", 10**8, "money"),
        ("百万元", "元", 10**6, "money"),
        ("千元", "元", 1000, "money"),
        ("万美元", "美元", 10**4, "money"),
        ("%", "%", 1, "percent"),
        ("元/人·月", "元/人/月", 1, "rate"),
        ("元/月·人", "元/月/人", 1, "rate"),
        ("元/人、天", "元/人/天", 1, "rate"),
        ("元每人每月", "元/人/月", 1, "rate"),
        ("万元/年", "元/年", 10**4, "rate"),
        ("元/㎡", "元/平方米", 1, "rate"),
        ("吨/日", "吨/日", 1, "rate"),
        ("人/次", "人次", 1, "count"),
        ("人（次）", "人次", 1, "count"),
        ("场(次)", "场次", 1, "count"),
        ("台（套）", "台（套）", 1, "count"),
        ("辆（艘、架、列）次", "辆（艘、架、列）次", 1, "count"),
        ("万亩", "亩", 10**4, "area"),
        ("千瓦时", "千瓦时", 1, "energy"),
        ("万千瓦时", "千瓦时", 10**4, "energy"),
        ("千米", "公里", 1, "length"),
        ("亿立方米", "立方米", 10**8, "other"),
    ],
)
def test_parse(text: str, unit: str, factor: int, kind: str) -> None:
    found = default_units().parse(text)
    assert found is not None
    form, times = found
    assert (form.unit, form.kind) == (unit, kind)
    assert form.factor * times == factor


@pytest.mark.parametrize("text", ["", "项目", "万", "工作", "元旦", "个性化", "台账", "金额"])
def test_parse_refuses_words(text: str) -> None:
    assert default_units().parse(text) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"weight": {}}, "unknown kinds weight"),
        ({"count": {"个": {"form": ["個"]}}}, "unknown keys form"),
        ({"count": {"个": {"forms": ["件"]}, "件": {}}}, "stands under"),
        ({"count": {"个": {"forms": ["个"]}}}, "stands under"),
        ({"count": {"个": {}}, "money": {"个": {}}}, "stands under"),
        ({"count": {"个": {"not_before": "("}}}, "no regular expression"),
        ({"money": {"元": {}, "角": {"unit": "圆", "factor": "0.1"}}}, "has no row"),
        ({"money": {"元": {"factor": "x"}}}, "is no number"),
        ({"money": {"元": {"factor": "0"}}}, "must be positive"),
        ({"per": ["月", "月"]}, "names a word twice"),
    ],
)
def test_loader_refuses(data: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        load_units(data)
