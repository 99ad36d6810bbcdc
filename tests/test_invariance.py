"""What is extracted does not depend on how the text was set: wraps, blanks, page numbers, full-width forms."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhibiao.api import report_of, shared_extractor

PARAGRAPHS = [
    "全年预算数2,415.60万元，执行数2,398.17万元，完成预算的99.28%。其中基本支出591.73万元，项目支出1,806.44万元，比上年增加213.5万元，主要是新增了泵站更新改造任务。",
    "年内受理热线工单25.1万件，同比增长17.9%，按时办结率达到99.98%，群众满意率由上年的82.6%提高到85.3%，提高2.7个百分点，重点疑难工单会商处置76件。",
    "新改扩建中小学37所，新增学位2.4万个，公办幼儿园在园幼儿占比提升至58.6%；招聘教师486名，其中特岗教师210名、公费师范生94名，交流轮岗校长教师638人。",
    "全市一般公共预算收入年初预算为62.1亿元，实际完成57.4亿元，为年初预算的92.4%，增长3.3%；税收收入完成43.2亿元，占一般公共预算收入的比重为75.3%。",
    "完成造林面积3.09万亩，森林抚育4.8万亩，治理水土流失面积23.6平方公里，新建绿色矿山5家，向重点河湖生态补水2,430万立方米，空气质量优良天数比例保持在91.5%以上。",
]
TITLE = "一、主要工作完成情况\n"
TEXT = TITLE + "\n".join(PARAGRAPHS) + "\n"


def told(text: str) -> list[tuple]:
    """Records without their places, in order."""
    document = shared_extractor().extract(report_of(text))
    out = []
    for r in document.records:
        sides = [(s.op, s.value, s.unit) if s else None for s in (r.target, r.actual)]
        out.append((r.type, r.indicator, *sides, r.change))
    return out


def rewrap(text: str, width: int, gap: str) -> str:
    return gap.join(line[i : i + width] for line in text.split("\n") for i in range(0, max(1, len(line)), width))


PLAIN = told(TEXT)


def test_there_is_something_to_lose() -> None:
    assert len(PLAIN) >= 30


@pytest.mark.parametrize("width", range(16, 64, 3))
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_wraps_change_nothing(width: int, gap: str) -> None:
    assert told(rewrap(TEXT, width, gap)) == PLAIN


@pytest.mark.parametrize("width", [24, 33, 40])
def test_page_breaks_in_mid_sentence_change_nothing(width: int) -> None:
    lines = rewrap(TEXT, width, "\n").split("\n")
    paged = []
    for i, line in enumerate(lines):
        paged.append(line)
        if i % 6 == 5:
            paged += [f"- {i // 6 + 1} -", "\x0c"]
    assert told("\n".join(paged)) == PLAIN


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
@example(366)  # three lines in a row with wide blanks: once read as the rows of a table
@example(560)
def test_blanks_between_words_and_numbers_change_nothing(seed: int) -> None:
    rng = random.Random(seed)
    out = []
    for a, b in zip(TEXT, TEXT[1:] + "\n", strict=True):
        out.append(a)
        edge = (a.isdigit() != b.isdigit()) and a not in ".,%\n" and b not in ".,%\n"
        if edge and rng.random() < 0.4:
            out.append(rng.choice([" ", "  ", "\u3000", "\u00a0"]))
    assert told("".join(out)) == PLAIN


def test_full_width_forms_change_nothing() -> None:
    wide = TEXT.translate({**{ord(c): ord(c) + 0xFEE0 for c in "0123456789.%"}})
    assert told(wide) == PLAIN


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_change_nothing(newline: str) -> None:
    assert told(TEXT.replace("\n", newline)) == PLAIN


def test_a_decimal_point_from_a_private_glyph_changes_nothing() -> None:
    glyph = "".join("\U001001b0" if c == "." and TEXT[i - 1].isdigit() and TEXT[i + 1].isdigit() else c for i, c in enumerate(TEXT))
    assert told(glyph) == PLAIN


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="收支预算完成率为目标指标值增长万元亿%件台0123456789.,，。；：、（）≥\n 一二三（1）", max_size=120))
def test_any_text_gives_true_spans(text: str) -> None:
    document = shared_extractor().extract(report_of(text))
    for q in document.quantities:
        assert text[q.start : q.end] == q.text
    for r in document.records:
        assert text[r.start : r.end] == r.evidence
        if r.indicator_start is not None and r.indicator_end is not None:
            assert "".join(text[r.indicator_start : r.indicator_end].split()) == r.indicator
        for s in (r.target, r.actual):
            if s is not None and s.start is not None and s.end is not None:
                assert "".join(text[s.start : s.end].split()) == s.text


def test_two_runs_give_the_same_ids() -> None:
    first, second = (shared_extractor().extract(report_of(TEXT)) for _ in range(2))
    assert [r.record_id for r in first.records] == [r.record_id for r in second.records]
    assert len({r.record_id for r in first.records}) == len(first.records)
