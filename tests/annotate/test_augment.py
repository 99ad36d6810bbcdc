"""Variants of a passage keep its marks: same labels on the same words, whatever was done to the text around and inside them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from zhibiao.annotate import markup
from zhibiao.annotate.augment import COUNTERS, HEADERS, KINDS, Kind, augment
from zhibiao.annotate.check import check_passage
from zhibiao.annotate.markup import MarkedPassage
from zhibiao.layout.fold import fold
from zhibiao.layout.lines import split_lines

FILES = sorted((Path(__file__).parents[2] / "annotations" / "corpus").glob("*.txt"))
CORPUS = [passage for path in FILES for passage in markup.read(path)]


def passage(body: str, *, layout: str = "prose") -> MarkedPassage:
    return markup.parse(f"### id=p dept=教育 layout={layout} writer=w1\n{body}\n")[0]


def words(p: MarkedPassage) -> list[str]:
    return [p.text[m.start : m.end] for m in p.marks]


def only(kind: Kind, p: MarkedPassage, seed: int) -> MarkedPassage:
    return augment(p, Random(seed), kinds=[kind], share=1.0)


def variants(kind: Kind, p: MarkedPassage, n: int = 40) -> list[MarkedPassage]:
    return [only(kind, p, seed) for seed in range(n)]


def squash(text: str) -> str:
    return "".join(text.split())


def shape(text: str) -> str:
    """What all kinds together leave of marked words: no white space, width, digits or counters."""
    return re.sub("[0-9]", "#", re.sub(f"[{COUNTERS}]", "@", squash(unicodedata.normalize("NFKC", text))))


# What must stay, over the whole corpus


SAME: dict[Kind, Callable[[str], str]] = {
    "headers": lambda text: text,
    "cells": squash,
    "wraps": squash,
    "width": lambda text: unicodedata.normalize("NFKC", text),
    "numbers": lambda text: re.sub("[0-9]", "#", re.sub(f"[{COUNTERS}]", "@", text)),
}


def assert_same_marks(before: MarkedPassage, after: MarkedPassage, same: Callable[[str], str]) -> None:
    assert [p for p in check_passage(after) if p.severity == "error" and p.what != "length"] == []
    labels = [(m.label, m.record, m.value, m.unit) for m in before.marks]
    assert [(m.label, m.record, m.value, m.unit) for m in after.marks] == labels
    assert [same(w) for w in words(after)] == [same(w) for w in words(before)]
    assert (after.id, after.dept, after.layout, after.writer, after.names) == (
        before.id, before.dept, before.layout, before.writer, before.names,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_marks_stay_on_their_words(kind: Kind) -> None:
    changed = 0
    for seed, before in enumerate(CORPUS):
        after = only(kind, before, seed)
        changed += after.text != before.text
        assert_same_marks(before, after, SAME[kind])
    assert changed > 100


def test_marks_stay_on_their_words_in_all_kinds_together() -> None:
    for seed, before in enumerate(CORPUS):
        after = augment(before, Random(seed), share=1.0)
        assert_same_marks(before, after, shape)
        assert augment(before, Random(seed), share=1.0) == after


def test_the_seed_decides() -> None:
    before = passage("新建{学校|I1}{37所|A1}，培训{教师|I2}{4,512人次|A2}。")
    assert augment(before, Random(5)) == augment(before, Random(5))
    assert len({augment(before, Random(seed)).text for seed in range(30)}) > 10


def test_share_and_kinds() -> None:
    before = passage("新建{学校|I1}{37所|A1}。")
    assert augment(before, Random(1), share=0.0) == before
    assert augment(before, Random(1), kinds=[], share=1.0) == before


def test_leaving_a_kind_out_changes_nothing_of_what_the_others_do() -> None:
    before = passage("新建{AB学校|I1}{37所|A1}，培训{教师|I2}{4,512人次|A2}，{合格率|I3}{95%|A3}；{甲|I4}{8个|A4}。")

    def signs(p: MarkedPassage) -> str:
        return re.sub("[０-９]", "０", re.sub("[0-9]", "0", re.sub(f"[{COUNTERS}]", "个", p.text)))

    for seed in range(30):
        assert signs(augment(before, Random(seed), kinds=["numbers", "width"], share=1.0)) == signs(only("width", before, seed))


# Wraps

LONG = (
    "全年{新改扩建中小学|I1}{37所|A1}，{新增学位|I2}{24,310个|A2}，公办幼儿园全部开设课后托管，家长委员会参与食堂管理，校园周边交通秩序明显好转，"
    "{WiFi|I3}覆盖{教学楼|I3}{118栋|A3}，师生关系更加融洽，群众对教育工作的评价越来越好，{满意率|I4}不低于{95.5%|A4}，各项任务如期完成，为明年打下基础。"
)


def test_wraps_break_at_one_width_inside_words() -> None:
    seen = set()
    for after in variants("wraps", passage(LONG)):
        lines = split_lines(after.text)
        assert "".join(line.text for line in lines) == passage(LONG).text  # page numbers left out
        full = [line.width for line in lines[:-1] if not line.after_break]
        assert max(full) - min(full) <= 2.0
        seen.add("\n\n" in after.text)
        seen |= {w for w in words(after) if "\n" in w}
        assert words(after) == [w.strip() for w in words(after)]  # a break beside a mark stands outside it
    assert {True, False} <= seen
    assert len(seen) > 6  # many of the marks were broken


def test_wraps_leave_latin_words_whole() -> None:
    before = passage("建成WiFi热点、GIS平台覆盖{城区|I1}{九成|A1}；" + "开通WiFi热点、GIS平台的街区逐步增加；" * 8)
    assert all(after.text.count("WiFi") == before.text.count("WiFi") for after in variants("wraps", before))
    assert any("\n" in after.text for after in variants("wraps", before))


def test_a_page_number_stands_off_the_marks() -> None:
    paged = [after for after in variants("wraps", passage(LONG), 100) if re.search(r"^[-—] ?\d+ ?[-—]$", after.text, re.MULTILINE)]
    assert 10 < len(paged) < 60
    for after in paged:
        page = re.search(r"[-—] ?\d+ ?[-—]", after.text)
        assert page
        assert all(m.end <= page.start() - 4 or m.start >= page.end() + 4 for m in after.marks)


@pytest.mark.parametrize("layout", ["pairs", "table"])
def test_lists_and_tables_get_no_page_number(layout: str) -> None:
    assert not [after for after in variants("wraps", passage(LONG, layout=layout), 100) if "-" in after.text or "—" in after.text]


def test_what_is_too_short_or_a_table_is_not_wrapped() -> None:
    assert {after.text for after in variants("wraps", passage("新建{学校|I1}{37所|A1}。"))} == {"新建学校37所。"}
    assert {after.text for after in variants("wraps", passage(LONG, layout="table"))} == {passage(LONG).text}


def test_a_wrapped_text_is_set_anew() -> None:
    wrapped = only("wraps", passage(LONG), 1)
    again = only("wraps", wrapped, 2)
    assert "\n" in wrapped.text
    assert [len(line) for line in again.text.split()] != [len(line) for line in wrapped.text.split()]
    assert again.text.count("\n\n") in (0, len(again.text.split()) - 1)


# Width


def test_width() -> None:
    before = passage("新建{学校（AB区）|I1}{1,237所|A1}，{比例|I2}：{45%|A2}；{甲|I3}{1|A3}，{200|X3}：{3|Q}。")
    after = variants("width", before)
    assert {fold(p.text) for p in after} == {fold(before.text)}
    signs = set("".join(p.text for p in after))
    assert set("１２３％ＡＢ(),;:") <= signs
    # Between two numbers a half-width sign would read as a thousands mark or a ratio.
    assert all(re.search("[1１]，[2２]", p.text) and re.search("[0０]：[3３]", p.text) for p in after)
    assert any(
        p.text == before.text.translate(str.maketrans("，；：（）", ",;:()")).replace("1,200", "1，200").replace("0:3", "0：3")
        for p in after
    )


def test_width_leaves_no_text_unread() -> None:
    for seed, before in enumerate(CORPUS):
        assert fold(only("width", before, seed).text) == fold(before.text)


# Numbers


@pytest.mark.parametrize(
    ("marked", "pattern"),
    [
        ("{里程|I1}{37公里|A1}", r"里程[1-9]\d公里"),
        ("{投入|I1}{2,845.16万元|A1}", r"投入[1-9],\d{3}\.\d{2}万元"),
        ("{密度|I1}{0.36公里|A1}", r"密度0\.\d{2}公里"),
        ("{补贴|I1}{500元|T1}", r"补贴[1-9]00元"),
        ("{比率|I1}{100%|A1}", r"比率100%"),
        ("{比率|I1}{100.00%|A1}", r"比率100\.00%"),
        ("{比率|I1}{155.07%|A1}", r"比率1\d\d\.\d\d%"),
        ("{比率|I1}{95.5%|A1}", r"比率[1-9]\d\.\d%"),
        ("{增速|I1}{-7.2%|A1}", r"增速-[1-9]\.\d%"),
    ],
)
def test_numbers_keep_their_form(marked: str, pattern: str) -> None:
    texts = {p.text for p in variants("numbers", passage(marked))}
    assert all(re.fullmatch(pattern, text) for text in texts)
    assert len(texts) > 5 or "100" in pattern


@pytest.mark.parametrize(
    "marked",
    [
        "{学校|I1}{37|A1;37;所}",  # a value written by hand
        "{投入{50万元|Q}以上设备|I1}{九成|A1}",  # a number in a name
        "{时限|I1}{9月10日前|T1}",  # a date
        "{时限|I1}{2023年|T1}",
        "{造价|I1}{200-300元|A1}",  # two numbers
        "2023年12月",  # not marked
    ],
)
def test_numbers_left_alone(marked: str) -> None:
    assert {p.text for p in variants("numbers", passage(marked))} == {passage(marked).text}


def test_equal_numbers_stay_equal() -> None:
    for after in variants("numbers", passage("{甲|I1}{37.2分|W1}{37.2分|S1}，{乙|I2}{37\n.2分|W2}")):
        assert len({squash(w) for w in words(after) if "分" in w}) == 1


def test_counters_change_together() -> None:
    before = passage("{学校|I1}目标{37个|T1}，实际{38个|A1}，{户数|I2}{5余户|A2}；{里程|I3}{12公里|A3}、{7人次|X3}。")
    units = [re.sub("[0-9余]", "", "/".join(w for w in words(after) if w[0].isdigit())).split("/") for after in variants("numbers", before)]
    assert all(u[0] == u[1] and u[3:] == ["公里", "人次"] for u in units)
    assert all(u[0] != u[2] for u in units)
    assert {u[0] for u in units} == set(COUNTERS)


@pytest.mark.parametrize(
    "marked",
    [
        "{学校（个）|I1}{37个|A1}",  # the name tells the counter
        "{学校|I1}{37|T1;37;个}，{38个|A1}",  # so does a value written by hand
        "{布设{60个|A1}站点|I1}，{站点|I2}{38个|A2}",  # so does a number in a name
        "{补助|I1}{5元/千个|A1}",  # a rate
    ],
)
def test_counters_left_alone(marked: str) -> None:
    assert {re.sub("[0-9]", "#", p.text) for p in variants("numbers", passage(marked))} == {re.sub("[0-9]", "#", passage(marked).text)}


def test_a_counter_must_read_as_one_where_it_stands() -> None:
    texts = {re.sub("[0-9]", "", p.text) for p in variants("numbers", passage("{开设|I1}{37个|A1}账户"), 60)}
    assert "开设台账户" not in texts
    assert "开设家账户" in texts
    texts = {re.sub("[0-9]", "", p.text) for p in variants("numbers", passage("{接待|I1}{37家|A1}次"), 60)}
    assert not texts & {"接待人次", "接待件次", "接待台次", "接待户次"}


# Cells


TABLE = "{指标|I1}\n目标值\n{5个|T1}\n{完成 值|I2}\n{7个|A2}\n备 注\n{建成|I3}\n{9座\n|A3}以上"


def test_cells_change_their_separator() -> None:
    before = passage(TABLE, layout="table")
    texts = {p.text for p in variants("cells", before)}
    squashed = {squash(t) for t in texts}
    assert squashed == {squash(before.text)}
    assert before.text.replace("\n", "\n\n").replace("9座\n\n", "9座\n") in texts  # what stands in a mark stays
    assert before.text.replace("\n", "\t").replace("9座\t", "9座\n") in texts
    assert all("备 注" in t and "完成 值" in t for t in texts)  # a blank inside a cell stays
    assert before.text not in texts


def test_rows_are_taken_apart_and_stay_rows() -> None:
    rows = passage("名称 目标 实际\n{学校|I1} {5所|T1} {7所|A1}\n{教师|I2} {9人|T2} {8人|A2}", layout="table")
    texts = {p.text for p in variants("cells", rows)}
    assert texts == {rows.text.replace(" ", "\n"), re.sub(r"\s", "\n\n", rows.text)}


@pytest.mark.parametrize(("body", "layout"), [(TABLE, "prose"), (TABLE, "pairs"), ("{学校|I1}\n{5所|A1}", "table")])
def test_cells_left_alone(body: str, layout: str) -> None:
    before = passage(body, layout=layout)
    assert {p.text for p in variants("cells", before)} == {before.text}


# Headers


def test_headers() -> None:
    before = passage("三级指标 年度指标值 实际完成值 分值 得分\n{学校|I1} {5所|T1} {7所|A1} {9|W1;9;分} {8|S1;8;分}", layout="table")
    heads = {tuple(p.text.split("\n")[0].split()) for p in variants("headers", before, 80)}
    assert {h[0] for h in heads} == {"三级指标"}
    for column, role in zip(range(1, 5), HEADERS, strict=True):
        old = ("年度指标值", "实际完成值", "分值", "得分")[column - 1]
        assert {h[column] for h in heads} == set(role) - {old}


def test_headers_stand_next_to_marks() -> None:
    texts = {p.text for p in variants("headers", passage("{合格率|I1}目标值{九成|T1}，实际完成{八成|A1}", layout="pairs"))}
    assert "合格率年度指标值九成，全年完成值八成" in texts


@pytest.mark.parametrize(
    ("body", "layout"),
    [
        ("{学校|I1} 中长期目标值 {5所|T1}", "table"),  # a longer word
        ("{学校|I1} 目标值为 {5所|T1}", "table"),
        ("{目标值|I1} {5所|T1}", "table"),  # marked
        ("年度目标值 目标值 {学校|I1} {5所|T1}", "table"),  # two columns
        ("{学校|I1} 目标值 {5所|T1}", "prose"),
    ],
)
def test_headers_left_alone(body: str, layout: str) -> None:
    before = passage(body, layout=layout)
    assert {p.text for p in variants("headers", before)} == {before.text}
