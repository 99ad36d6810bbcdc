"""Marked passages become tags, roles and names of the words that the stages see."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhibiao.annotate import markup
from zhibiao.annotate.markup import parse
from zhibiao.indicators.labels import ROLES, TAGS
from zhibiao.nlp import load
from zhibiao.training.dataset import blocks_of
from zhibiao.training.matching import squash


@pytest.fixture(scope="module")
def tokenizer():
    return load(stages="patterns").tokenizer


def block(tokenizer, body):
    (one,) = blocks_of(parse(f"### id=x-w1-1 dept=教育 layout=prose writer=w1\n{body}"), tokenizer)
    return one


def tagged(one):
    return [(word, TAGS[tag]) for word, tag in zip(one.index.texts, one.tags(), strict=True) if tag]


def test_names_changes_and_roles(tokenizer):
    one = block(tokenizer, "全年{新增学位|I1,I2}{2.4万个|A1}，{同比增长|C2}{12%|A2}。")
    assert [ROLES[r] for r in one.roles] == ["A", "AC"]
    assert one.names == [("新增学位",), ("新增学位",)]
    assert tagged(one) == [("新增", "B-I"), ("学位", "I-I"), ("2.4万个", "q-A"), ("同比", "B-C"), ("增长", "I-C"), ("12%", "q-AC")]


def test_a_written_name_and_a_rate(tokenizer):
    one = block(tokenizer, "{教育支出|I1,I2}{113亿元|E1}，{为预算的|R2}{96.7%|A2}。\n= 1 全市教育支出")
    assert [ROLES[r] for r in one.roles] == ["E", "AR"]
    assert one.names[0] == ("全市教育支出", "教育支出")
    assert one.names[1][-1].endswith("预算完成率")


def test_a_number_inside_a_name_is_part_of_it(tokenizer):
    one = block(tokenizer, "{{65岁|Q}以上老人|I1}{1,200人|A1}。")
    assert tagged(one)[0] == ("65岁", "B-I")
    assert [ROLES[r] for r in one.roles] == ["Q", "A"]


def test_marks_are_found_over_line_wraps(tokenizer):
    passages = markup.read(Path(__file__).parents[2] / "annotations" / "corpus" / "w1-civ-1.txt")
    wrapped = next(p for p in passages if any("\n" in p.text[m.start : m.end] for m in p.marks if m.label == "A"))
    (one,) = blocks_of([wrapped], tokenizer)
    assert [one.text[p.start : p.end] for p in one.placed] == [squash(wrapped.text[m.start : m.end]) for m in wrapped.marks]
    assert [q.text for q, role in zip(one.quantities, one.roles, strict=True) if ROLES[role] == "Q"] == []


def test_a_number_in_words_of_a_target_belongs_to_no_record(tokenizer):
    one = block(tokenizer, "{培训|I1}：{按季度开展不少于3次业务培训活动|T1}。")
    assert [ROLES[r] for r in one.roles] == ["Q"]
