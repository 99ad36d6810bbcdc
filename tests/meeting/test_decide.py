"""The rules of the meeting, with classifiers that say what the test wants them to say."""

from __future__ import annotations

import numpy as np
import pytest

from zhibiao.indicators.labels import ROLES, TAG_ID, TAGS
from zhibiao.indicators.tagger import Tagged
from zhibiao.meeting import component
from zhibiao.meeting.candidates import PATTERN, candidates
from zhibiao.meeting.decide import Lean, decide, records
from zhibiao.meeting.field import ROLE, Field, Reading
from zhibiao.meeting.models import Models
from zhibiao.nlp import load
from zhibiao.pairing.component import DRAFTS
from zhibiao.pairing.passage import read_passage
from zhibiao.tokens.words import WordIndex

NONE = Lean(0, 0, 0, 0)


@pytest.fixture(scope="module")
def tokenizer():
    return load(stages="patterns").tokenizer


class Roles:
    """Says a role with a probability for each number in turn."""

    def __init__(self, *said):
        self.said, self.classes_ = said, np.arange(len(ROLES))

    def predict_proba(self, rows):
        out = np.zeros((len(rows), len(ROLES)))
        for i, (role, chance) in enumerate(self.said):
            out[i] = (1 - chance) / (len(ROLES) - 1)
            out[i, ROLE[role]] = chance
        return out


class Same:
    """Says the same probability of everything, or one made of the row."""

    def __init__(self, chance):
        self.chance = chance

    def predict_proba(self, rows):
        yes = np.array([self.chance(row) if callable(self.chance) else self.chance for row in rows])
        return np.stack([1 - yes, yes], axis=1)


def reading(tokenizer, text, names=(), *, patterns=True):
    """A passage whose ``names`` the tagger has found."""
    quantities = tokenizer.finder.find(text)
    index = WordIndex(text, quantities, tokenizer.segmenter.tag)
    tags = [0] * len(index.texts)
    for name in names:
        at = text.index(name)
        inside = [i for i, start in enumerate(index.starts[:-1]) if at <= start < at + len(name)]
        tags[inside[0]] = TAG_ID["B-I"]
        for i in inside[1:]:
            tags[i] = TAG_ID["I-I"]
    chances = np.eye(len(TAGS), dtype=np.float32)[tags]
    return Reading(index, quantities, Tagged(tags, chances), read_passage(index, quantities) if patterns else [])


def told(field, models, lean=NONE):
    text = field.readings[0].index.text
    return [
        (d.type, d.words(text), d.target.text if d.target else None, d.actual.text if d.actual else None)
        for d in records(field, decide(field, models, lean), models)[0]
    ]


def test_targets_and_results_are_paired_one_to_one(tokenizer):
    text = "培训计划12期，宣传计划9场，培训办了15期，宣传办了8场。"
    field = Field([reading(tokenizer, text, ("培训", "宣传"), patterns=False)])
    roles = Roles(("T", 0.9), ("T", 0.9), ("A", 0.9), ("A", 0.9))
    units = list(field.unit)
    pairs = iter([(0, 2), (0, 3), (1, 2), (1, 3)])
    links = Same(lambda row: 0.9 if units[(p := next(pairs))[0]] == units[p[1]] else 0.6)
    got = told(field, Models(roles, Same(0.8), links))
    assert [(t, a) for _, _, t, a in got] == [("12期", "15期"), ("9场", "8场")]


def test_an_improbable_pair_is_none(tokenizer):
    field = Field([reading(tokenizer, "培训计划12期，完成15期。", ("培训",), patterns=False)])
    got = told(field, Models(Roles(("T", 0.9), ("A", 0.9)), Same(0.8), Same(0.49)))
    assert [(t, a) for _, _, t, a in got] == [("12期", None), (None, "15期")]


def test_money_is_no_partner_of_a_share(tokenizer):
    field = Field([reading(tokenizer, "支出目标300万元，满意度95%。", ("支出", "满意度"), patterns=False)])
    got = told(field, Models(Roles(("T", 0.9), ("A", 0.9)), Same(0.8), Same(0.99)))
    assert [(t, a) for _, _, t, a in got] == [("300万元", None), (None, "95%")]


def test_a_target_that_stands_alone_is_what_the_patterns_say(tokenizer):
    field = Field([reading(tokenizer, "全年受理工单26万件。", ("受理工单",))])
    models = Models(Roles(("T", 0.8)), Same(0.8), Same(0.1))
    assert told(field, models, Lean(0, 0, 0, 0.99)) == [("fact", "受理工单", None, "26万件")]
    assert told(field, models, Lean(0, 0, 0, 0.5))[0][0] == "performance"


def test_patterns_are_preferred_by_the_lean(tokenizer):
    field = Field([reading(tokenizer, "全年受理工单26万件。", ("受理工单",))])
    models = Models(Roles(("Q", 0.6)), Same(0.8), Same(0.1))
    assert told(field, models, NONE) == []
    assert told(field, models, Lean(0.6, 0, 0, 0.99)) == [("fact", "受理工单", None, "26万件")]


def test_a_name_that_says_nothing_gives_way(tokenizer):
    field = Field([reading(tokenizer, "发布政策兑现事项125项。", ("政策兑现事项",))])
    thin = next(c for c in candidates(field, [ROLE["A"]]) if c.way == PATTERN)
    assert thin.words  # the patterns name it too
    field = Field([reading(tokenizer, "已汇聚125项事项。", ("已汇聚",))])
    words = [c.words for c in candidates(field, [ROLE["A"]])]
    assert "事项" in words
    got = told(field, Models(Roles(("A", 0.9)), Same(0.5), Same(0.1)), Lean())
    assert got[0][1] != "事项"


def test_nothing_is_lost_where_there_is_no_number(tokenizer):
    field = Field([reading(tokenizer, "（1）报告质量：年度指标值为按季度提供分析报告，实际完成按季度提供分析报告。")])
    wanted = [d.type for d in field.readings[0].drafts]
    assert [kind for kind, *_ in told(field, Models(Roles(), Same(0.5), Same(0.5)))] == wanted


def test_an_empty_batch():
    field = Field([])
    models = Models(Roles(), Same(0.5), Same(0.5))
    assert records(field, decide(field, models, NONE), models) == []


def test_a_passage_is_read_alike_alone_and_among_others(monkeypatch):
    """Whatever stands beside it in the batch, and however the batch is cut."""
    texts = [
        "计划培训12期、300人次，实际完成15期、420人次。", "全年受理工单26万件，同比增长17.9%，办结率98.5%。", "无数量。",
        "年初预算113亿元，支出决算109亿元，完成预算的96.5%。", "分值10分，自评得分9.5分。",
    ]  # fmt: skip
    nlp = load()

    def told(docs):
        return [[(d.type, d.name, d.target, d.actual, d.change, round(d.confidence, 4)) for d in doc.user_data[DRAFTS]] for doc in docs]

    alone = told([nlp(text) for text in texts])
    assert sum(map(len, alone)) >= 7
    assert told(nlp.pipe(texts)) == alone
    assert told(nlp.pipe(texts[::-1])) == alone[::-1]
    monkeypatch.setattr(component, "_MOST", 3)
    assert told(nlp.pipe(texts)) == alone
