"""Agreement of two annotations: spans, roles, records and names, each counted on passages small enough to count by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

from zhibiao.annotate import markup
from zhibiao.annotate.agreement import Agreement, AgreementError, Tally, as_sheets, compare, compare_folders, disagreements

ANNOTATIONS = Path(__file__).parents[2] / "annotations"
HEAD = "### id={} dept=教育 layout=prose writer=w1\n{}\n"


def passages(*bodies: str) -> list[markup.MarkedPassage]:
    return markup.parse("".join(HEAD.format(f"p{n}", body) for n, body in enumerate(bodies)))


def agreement(first: str, second: str) -> Agreement:
    return compare(passages(first), passages(second))


def test_the_same_annotation_agrees_in_everything() -> None:
    body = "新建{学校|I1,I2}{3所|A1}，{增长|C2}{5%|A2}；{支出|I3,I4}预算{5万元|B3}，{完成预算的|R4}{80%|A4}，{两次|Q}会议。\n= 4 支出完成率"
    result = agreement(body, body)
    assert (result.passages, result.characters) == (1, 34)
    assert result.indicators == Tally(2, 2, 2, 2)
    assert result.quantities == Tally(5, 5, 5, 5)
    assert result.changes == Tally(1, 1, 1, 1)
    assert result.roles == {("A", "A"): 1, ("AC", "AC"): 1, ("B", "B"): 1, ("AR", "AR"): 1, ("Q", "Q"): 1}
    assert (result.kappa, result.same_roles, result.names_share) == (1.0, 1.0, 1.0)
    assert result.records == Tally(4, 4, 4, 4)
    assert disagreements(result) == []


def test_white_space_at_the_edge_of_a_mark_is_no_disagreement() -> None:
    result = agreement("新建{学校|I1}\n{3所 |A1}。", "新建{学校\n|I1}{3所|A1} 。")
    assert result.indicators.exact == result.quantities.exact == result.records.exact == 1
    assert disagreements(result) == []


@pytest.mark.parametrize(
    ("first", "second", "exact", "near"),
    [
        ("{新建学校|I1}{3所|A1}。", "新建{学校|I1}{3所|A1}。", 0, 1),  # 2 of 4 characters
        ("{新改建学校|I1}{3所|A1}。", "新改建{学校|I1}{3所|A1}。", 0, 0),  # 2 of 5
        ("{新建学校|I1}{3所|A1}。", "{新建|I1}{学校|I1}{3所|A1}。", 0, 1),  # one partner each
        ("{新建|I1}{学校|I1}{3所|A1}。", "{新建学校|I1}{3所|A1}。", 0, 1),
        ("{新建学校|I1}{3所|A1}。", "{新建学校|I1}{3所|A1}。", 1, 1),
    ],
)
def test_spans_match_exactly_or_by_half(first: str, second: str, exact: int, near: int) -> None:
    found = agreement(first, second).indicators
    assert (found.exact, found.near) == (exact, near)


def test_f1() -> None:
    assert Tally(3, 5, 2, 3).f1 == pytest.approx(0.5)
    assert Tally(3, 5, 2, 3).near_f1 == pytest.approx(0.75)
    assert Tally().f1 == Tally().near_f1 == 1.0


@pytest.mark.parametrize(
    ("first", "second", "pair"),
    [
        ("{学校|I1}{3所|A1}", "{学校|I1}{3所|T1}", ("A", "T")),
        ("{学校|I1}增{3所|A1}", "{学校|I1}{增|C1}{3所|A1}", ("A", "AC")),
        ("{学校|I1}完成预算{3%|A1}", "{学校|I1}{完成预算|R1}{3%|A1}", ("A", "AR")),
        ("{学校|I1}{3所|A1}{两次|Q}", "{学校|I1}{3所|A1}{两次|O}", ("Q", "Q")),
        ("{学校|I1,I2}{3所|B1,A2}", "{学校|I1}{3所|B1}", ("B", "B")),
    ],
)
def test_roles(first: str, second: str, pair: tuple[str, str]) -> None:
    assert pair in agreement(first, second).roles


def test_kappa_is_that_of_the_single_pairs() -> None:
    ones = passages("{甲|I1}{1个|A1}、{乙|I2}{2个|A2}、{丙|I3}{3个|A3}、{丁|I4}{4个|T4}、{5个|Q}、{6个|Q}")
    others = passages(
        "{甲|I1}{1个|A1}、{乙|I2}{2个|A2}、{丙|I3}{3个|T3}、{丁|I4}{4个|T4}、{5个|O}、{戊|I5}{6个|A5}".replace("{戊|I5}", "") + "\n= 5 戊"
    )
    result = compare(ones, others)
    assert result.kappa == pytest.approx(cohen_kappa_score(list("AAATQQ"), list("AATTQA")))
    assert result.same_roles == pytest.approx(4 / 6)
    assert 0.4 < result.kappa < 0.6


def test_kappa_where_only_one_role_occurs() -> None:
    assert agreement("{甲|I1}{1个|A1}", "{甲|I1}{1个|A1}").kappa == 1.0


@pytest.mark.parametrize(
    ("first", "second", "records"),
    [
        # target and actual in one record, or in two
        ("{甲|I1}{1个|T1}、{2个|A1}", "{甲|I1,I2}{1个|T1}、{2个|A2}", Tally(1, 2, 0, 0)),
        # weight and score may stand on the record of the row or on their own
        ("{甲|I1}{1个|T1}、{2个|A1}、{5分|W1}", "{甲|I1,I2}{1个|T1}、{2个|A1}、{5分|W2}", Tally(1, 1, 1, 1)),
        # but not on the name of another row
        ("{甲|I1}{1个|T1}、{乙|I2}{5分|W2}", "{甲|I1}{1个|T1}、{乙|I1}{5分|W1}", Tally(2, 1, 0, 0)),
        # one number that carries two records
        ("{甲|I1}、{乙|I2}均{1个|A1,A2}", "{甲|I1}、{乙|I2}均{1个|A1,A2}", Tally(2, 2, 2, 2)),
        # labels do not count here, roles do that
        ("{甲|I1}{1个|T1}、{2个|A1}", "{甲|I1}{1个|A1}、{2个|X1}", Tally(1, 1, 1, 1)),
    ],
)
def test_records(first: str, second: str, records: Tally) -> None:
    assert agreement(first, second).records == records


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("{新建学校|I1}{3所|A1}", "新建{学校|I1}{3所|A1}", 1),  # 0.67
        ("{新改扩建学校|I1}{3所|A1}", "新改扩建{学校|I1}{3所|A1}", 0),  # 0.5
        ("{新改扩建学校|I1}{3所|A1}", "新改扩建{学校|I1}{3所|A1}\n= 1 新改扩建学校", 1),  # written out
    ],
)
def test_names(first: str, second: str, alike: int) -> None:
    result = agreement(first, second)
    assert (result.records.exact, result.names_alike) == (1, alike)


def test_names_go_to_the_nearest_of_several_records() -> None:
    result = agreement("{门诊量|I1}、{满意率|I2}均{5%|A1,A2}", "{门诊量|I2}、{满意率|I1}均{5%|A1,A2}")
    assert (result.records.exact, result.names_alike) == (2, 2)


def test_disagreements_are_told_in_the_order_of_the_text() -> None:
    result = agreement(
        "{甲|I1}{1个|A1}，新建{学校|I2}{3所|A2}，\n{比上年增|C3}{5%|A3}\n= 3 学校",
        "{甲|I1}{1个|T1}，{新建学校|I2}{3所|A2}，\n比上年增{5%|Q}",
    )
    assert disagreements(result) == [
        "p0\t1-3\t1个\tA\tT",
        "p0\t6-8\t学校\tI\tI〔新建学校〕",
        "p0\t12-16\t比上年增\tC\t—",
        "p0\t16-18\t5%\tAC\tQ",
        "p0\t16-18\t5%\t记录 record〔学校〕\t—",
    ]


def test_what_only_the_second_marked_is_told_too() -> None:
    lines = disagreements(agreement("{甲|I1}{1个|A1}，乙2个", "{甲|I1}{1个|A1}，{乙|I2}{2个|A2}"))
    assert lines == ["p0\t4-5\t乙\t—\tI", "p0\t5-7\t2个\t—\tA", "p0\t5-7\t2个\t—\t记录 record〔乙〕"]


def test_names_far_apart_are_told() -> None:
    lines = disagreements(agreement("{新改扩建学校|I1}{3所|A1}", "新改扩建{学校|I1}{3所|A1}"))
    assert lines[-1] == "p0\t6-8\t3所\t名称 name〔新改扩建学校〕\t名称 name〔学校〕"


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ([], "没有段落"),
        (passages("{甲|I1}{1个|A1}", "{乙|I1}{1个|A1}"), "p1 不在语料里"),
        (passages("{甲|I1}{1个|A1}") * 2, "p0 重复"),
        (passages("{甲|I1}{2个|A1}"), "p0: 两份标注的正文不同"),
    ],
)
def test_annotations_of_other_passages_are_refused(second: list[markup.MarkedPassage], message: str) -> None:
    with pytest.raises(AgreementError, match=message):
        compare(passages("{甲|I1}{1个|A1}"), second)


def test_sheets() -> None:
    result = agreement("{甲|I1}{1个|A1}、{乙|I2}{2个|A2}", "{甲|I1}{1个|A1}、{乙|I2}{2个|T2}")
    tables = dict(as_sheets(result))
    assert list(tables) == [
        "标注位置 spans（1 段 passages，7 字 characters）",
        "角色 roles（两人都标的数值 quantities both marked: 2）",
        "角色混淆 confusion of roles",
        "记录 records",
        "不一致的种类 kinds of disagreement",
    ]
    assert tables["角色混淆 confusion of roles"] == [["一＼二 first＼second", "T", "A"], ["T", "0", "0"], ["A", "1", "1"]]
    assert tables["不一致的种类 kinds of disagreement"][1] == ["A", "T", "1"]
    for rows in tables.values():
        assert len({len(row) for row in rows}) == 1
        assert all(isinstance(cell, str) for row in rows for cell in row)


def test_the_second_annotation_of_the_corpus() -> None:
    """It is of passages that still stand in the corpus as they were, and two people agree about most of it."""
    result = compare_folders(ANNOTATIONS / "corpus", ANNOTATIONS / "double")
    assert result.passages >= 150
    assert result.quantities.f1 > 0.95
    assert result.indicators.near_f1 > 0.85
    assert result.kappa > 0.85
    assert result.records.f1 > 0.9
    assert result.names_share > 0.9
