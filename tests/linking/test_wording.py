"""Folding of names: marks, labels, places, years, empty words, words of kind; and the checks of the word lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhibiao.linking import words as word_lists
from zhibiao.linking.units import kind_of, same_family
from zhibiao.linking.wording import budget_words, clean, core, domains_of, fold, is_scope, modifiers, trim


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("指标1：培训场次（场）", "培训场次"),
        ("★★发放人数（≥**人）", "发放人数"),
        ("3.设备购置数量", "设备购置数量"),
        ("验收合格率（%）", "验收合格率"),
        ("2023年度编报绩效目标的项目", "编报绩效目标的项目"),
        ("文化旅游体育与传媒支出（类）文化和旅游（款）群众文化（项）", "群众文化"),
        ("因公出国（境）费", "因公出国（境）费"),
        ("12345热线接通率", "12345热线接通率"),
        ("（万元）", "万元"),
        ("", ""),
    ],
)
def test_clean(cell: str, name: str) -> None:
    got = clean(cell)
    assert fold(got) == fold(name)


@pytest.mark.parametrize(
    ("name", "trimmed"),
    [
        ("2023年全市新增城镇就业人数完成情况", "新增城镇就业人数"),
        ("广州市常住人口", "常住人口"),
        ("老旧小区改造数量", "老旧小区改造数量"),
        ("城市生活垃圾处理率", "城市生活垃圾处理率"),
        ("市场主体总数", "市场主体总数"),
        ("累计完成造林面积", "造林面积"),
        ("经营主体总量", "市场主体总量"),
        ("GDP", "地区生产总值"),
    ],
)
def test_trim(name: str, trimmed: str) -> None:
    assert trim(fold(name)) == trimmed


@pytest.mark.parametrize(
    ("name", "kind", "bare"),
    [
        ("群众满意率", "percent", "群众满意"),
        ("群众满意度", "percent", "群众满意"),
        ("政府采购预算金额", "money", "政府采购"),
        ("培训次数", "count", "培训"),
        ("培训次数", "percent", "培训次数"),
        ("率", "percent", "率"),
    ],
)
def test_core(name: str, kind: str, bare: str) -> None:
    assert core(name, kind) == bare


@pytest.mark.parametrize(
    ("front", "scope"), [("区政务服务中心", True), ("区文化局本级", True), ("某县", True), ("老旧小区", False), ("游客", False)]
)
def test_scope(front: str, scope: bool) -> None:
    assert is_scope(front) is scope


@pytest.mark.parametrize(
    ("name", "classes"),
    [("新增公交线路", {"flow"}), ("日均客运量", {"daily"}), ("未完工项目", {"undone"}), ("人均公园绿地面积", {"per"}), ("绿地面积", set())],
)
def test_modifiers(name: str, classes: set[str]) -> None:
    assert modifiers(name) == classes


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("区文化馆财政拨款", "m-executed"),
        ("区文化馆", "m-executed"),
        ("部门整体收支情况", "m-executed"),
        ("农村公益电影放映经费", "m-project-spend"),
        ("巩固改革成效，推动基层服务高效便民", "m-project-spend"),
        ("其他城乡社区支出", ""),
        ("群众文化（项）", ""),
        ("捐赠收入", ""),
        ("绿化", ""),
    ],
)
def test_budget_pairs(name: str, wanted: str) -> None:
    assert budget_words(name, in_project=False) == wanted


def test_fields_of_a_section() -> None:
    assert domains_of("12345热线工单办理") == {"12345热线": 3}
    assert domains_of("") == {}


@pytest.mark.parametrize(
    ("unit", "kind"), [("元", "money"), ("‰", "percent"), ("人次", "count"), ("元/人·月", "rate"), ("吨", "mass"), ("", ""), ("甲", "")]
)
def test_kind_of_unit(unit: str, kind: str) -> None:
    assert kind_of(unit) == kind


@pytest.mark.parametrize(("one", "other", "same"), [("人", "人次", True), ("人", "台", False), ("人", "个", None), ("甲", "人", None)])
def test_families(one: str, other: str, same: bool | None) -> None:
    assert same_family(one, other) is same


SHIPPED = Path(word_lists.__file__).with_name("words.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[domains]", "[extra]\n[domains]", "unknown or missing keys"),
        ('veto = ["undone"', 'veto = ["nothing", "undone"', "veto names unknown modifiers"),
        ('fronts = [\n  "全年"', 'fronts = [\n  "全年", "全年"', "fronts repeats"),
        ("score = [", "colour = [", "backs of unknown kinds"),
        ("whole_id = ", "whole_ident = ", "budget has unknown or missing keys"),
        ("years = ", "yeers = ", "patterns has unknown or missing keys"),
        ('["抢救", "营救"]', '["抢救", "破获"]', "same repeats"),
    ],
)
def test_faults_of_word_lists(old: str, new: str, message: str) -> None:
    assert old in SHIPPED
    with pytest.raises(ValueError, match=message):
        word_lists.parse_words(SHIPPED.replace(old, new, 1))
