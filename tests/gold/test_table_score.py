"""The scorer of table rows, on invented rows and records; and the gold of the real tables: does each row agree with itself?"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest

from zhibiao.schema import Record, Report, Side, Table, TableCell, plain

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("ZHIBIAO_SHARED", Path(__file__).parents[3] / "shared"))
STEMS = sorted(p.stem for p in (HERE / "tables").glob("*.jsonl"))


def _module(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # the dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


table_score = _module(HERE / "table_score.py")
Gold, score = table_score.Gold, table_score.score


def side(value: str | None, unit: str = "", text: str = "") -> Side:
    return Side(text or f"{value}{unit}", None, None, "=" if value else None, Decimal(value) if value else None, unit=unit)


def record(
    indicator: str, target: Side | None = None, actual: Side | None = None, *, type: str = "performance", page: int | None = 1, **more
):
    place = {"start": 0, "end": 1} | {k: more.pop(k) for k in ("start", "end") if k in more}
    for key in ("weight", "score"):
        if key in more:
            more[key] = Decimal(more[key])
    method = more.pop("method", "table")
    return Record(type, indicator, None, None, target, actual, **place, evidence="", method=method, confidence=1.0, page=page, **more)


def row(indicator: str, type: str = "performance", **more):
    return {"page": 1, "table": 1, "kind": "self-evaluation", "indicator": indicator, "type": type} | more


def money(indicator: str, actual: str, **more):
    return row(indicator, more.pop("type", "budget"), actual=actual, actual_value=f"{actual}0000", actual_unit="元", **more)


def gold(*rows, complete=(1,), sampled=()) -> table_score.Gold:
    return Gold(rows, frozenset(complete), frozenset(sampled))


TREES = row(
    "植树棵数",
    target="≥200棵",
    target_value="200",
    target_unit="棵",
    actual="230棵",
    actual_value="230",
    actual_unit="棵",
    weight="10",
    score="9.5",
)


def trees(name: str = "植树棵数", target: str = "200", unit: str = "棵", **more) -> Record:
    return record(name, side(target, unit), side("230", "棵"), **({"weight": "10", "score": "9.50"} | more))


@pytest.mark.parametrize("name", ["植树棵数", " 植树 棵数 ", "1.植树（棵数）", "公园植树棵数", "其中：植树棵数"])
def test_a_row_is_found_under_any_writing_of_its_name(name):
    found = score(gold(TREES), [trees(name)])
    assert (found.right, found.wanted, found.false, found.missed, found.f1) == (1, 1, (), (), 1.0)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (trees(target="20"), "numbers"),
        (trees(unit="株"), "numbers"),
        (trees(weight="9.5", score="10"), "numbers"),
        (record("植树棵数", side("200", "棵"), None, weight="10", score="9.5"), "numbers"),
        (trees("种草面积"), "name"),
        (trees(type="budget"), "type"),
        (trees(page=2), "nothing"),
    ],
)
def test_every_number_the_name_the_type_and_the_page_count(wrong, why):
    found = score(gold(TREES), [wrong])
    assert found.right == 0
    assert found.missed[0][0] is TREES
    assert found.missed[0][1].startswith(why)
    assert len(found.false) == (wrong.page == 1)


def test_an_invented_number_is_wrong():
    words = row("公园整洁度", target="明显提高", actual="明显提高")
    said = side(None, text="明显提高")
    assert score(gold(words), [record("公园整洁度", said, said)]).right == 1
    assert score(gold(words), [record("公园整洁度", side("100", "%"), said)]).right == 0
    assert score(gold(money("公园经费", "12")), [record("公园经费", side("130000", "元"), side("120000", "元"), type="budget")]).right == 0


def test_a_lone_amount_is_budget_or_fact_but_keeps_its_side():
    amount = money("公园经费", "12")
    assert score(gold(amount), [record("公园经费", None, side("120000", "元"), type="fact")]).right == 1
    assert score(gold(amount), [record("公园经费", side("120000", "元"), None, type="budget")]).right == 0
    assert score(gold(amount), [record("公园经费", None, side("12", "元"), type="budget")]).right == 0


def test_a_score_stands_in_its_column_or_in_the_actual():
    points = row("公园改造项目", "score", score="88.5", column="评价分数")
    for good in (
        record("公园改造项目", type="score", score="88.50"),
        record("评价分数", None, side("88.5", "分"), type="score", project="公园改造项目"),
        record("公园改造项目评价分数", None, side("88.5", "分"), type="score"),
    ):
        assert score(gold(points), [good]).right == 1
    assert score(gold(points), [record("公园改造项目", side("88.5", "分"), None, type="score")]).right == 0


def test_rates_of_a_row_are_not_taken_for_one_another():
    done = row("绿化费预算完成率", "fact", actual="98%", actual_value="98", actual_unit="%")
    last = row("绿化费决算数为上年决算数的%", "fact", actual="98%", actual_value="98", actual_unit="%")
    for name in ("绿化费预算完成率", "绿化费决算数为预算数的%", "绿化费预算执行率", "绿化费占预算比例"):
        said = record(name, None, side("98", "%"), type="fact")
        assert (score(gold(done), [said]).right, score(gold(last), [said]).right) == (1, 0), name
    for name in ("绿化费决算数为上年决算数的%", "绿化费为上年的比例", "绿化费比上年"):
        said = record(name, None, side("98", "%"), type="fact")
        assert (score(gold(done), [said]).right, score(gold(last), [said]).right) == (0, 1), name
    assert score(gold(done), [record("预算完成率", None, side("98", "%"), type="fact")]).right == 0  # of what?


def test_a_record_that_names_the_column_of_a_sister_row_is_hers():
    rows = (money("东城", "5", column="绿化/合计"), money("东城", "5", column="绿化/补助"))
    one = record("东城绿化补助", None, side("50000", "元"), type="fact")
    assert score(gold(*rows), [one]).missed[0][0] is rows[0]
    assert score(gold(*rows), [one, one]).right == 1
    assert score(gold(*rows), [one, record("绿化合计", None, side("50000", "元"), type="fact", region="东城")]).right == 2


def test_one_record_serves_one_row_and_as_many_rows_as_can_be_are_served():
    twins = (money("行政运行", "5", group="园林事务"), money("行政运行", "5", group="市政事务"))
    only = record("市政事务行政运行", None, side("50000", "元"), type="budget")
    free = record("行政运行", None, side("50000", "元"), type="budget")
    assert score(gold(*twins), [only]).right == 1
    assert score(gold(*twins), [only, free]).right == 2
    tripled = score(gold(*twins), [only, free, free])
    assert (tripled.right, len(tripled.false), round(tripled.f1, 3)) == (2, 1, 0.8)


def test_optional_rows_count_neither_way_and_sampled_pages_have_no_false_ones():
    may = money("绿化费", "7", optional=True)
    assert score(gold(TREES, may), [trees()]).f1 == 1.0
    assert score(gold(TREES, may), [trees(), record("绿化费", None, side("70000", "元"), type="budget")]).f1 == 1.0
    sampled = score(gold(TREES, complete=(), sampled=(1,)), [trees(), trees("另一行")])
    assert (sampled.sampled_recall, sampled.sampled_wanted, sampled.wanted, sampled.false) == (1.0, 1, 0, ())


def test_of_the_others_only_records_of_tables_are_false():
    text = "项目|公园|" + "说明" * 30 + "|之后的正文"
    cells = (TableCell(0, 0, 0, 2), TableCell(0, 1, 3, 5), TableCell(0, 2, 6, 66))
    report = Report("x", "x.pdf", "", "pdf", text, tables=(Table(0, 66, cells),))
    extras = {
        "a row": (record("甲", None, side("1", "个"), start=0, end=66), True),
        "of the row, by a model": (record("乙", None, side("1", "个"), start=0, end=5, method="model"), True),
        "a sentence in a long cell": (record("丙", None, side("1", "个"), start=10, end=30, method="model"), False),
        "a sentence in a long cell, listed": (record("丁", None, side("1", "个"), start=10, end=30), False),
        "a sentence behind the table": (record("戊", None, side("1", "个"), start=67, end=70, method="model"), False),
        "a table the file did not draw": (record("己", None, side("1", "个"), start=67, end=70), True),
    }
    for what, (extra, is_false) in extras.items():
        assert len(score(gold(TREES), [trees(), extra], report).false) == is_false, what
    sentence = trees(start=10, end=30)
    assert score(gold(TREES), [sentence], report).right == 1  # what is right is right, wherever it was read


def test_nothing_extracted_is_zero_not_an_error():
    found = score(gold(TREES), [])
    assert (found.precision, found.recall, found.f1, found.sampled_recall) == (0.0, 0.0, 0.0, 0.0)
    assert "0 of 1" in table_score.shown(found)


KEYS = {
    "page", "table", "kind", "indicator", "type", "group", "column", "aliases", "target", "target_value", "target_unit", "target_op", "actual",
    "actual_value", "actual_unit", "actual_op", "weight", "score", "grade", "level1", "level2", "optional",
}  # fmt: skip


@pytest.mark.parametrize("stem", STEMS)
def test_the_gold_agrees_with_itself(stem):
    real = table_score.load(stem)
    assert not real.complete & real.sampled
    assert {r["page"] for r in real.rows} <= real.complete | real.sampled
    places = [json.dumps([r.get(k, "") for k in ("page", "table", "group", "indicator", "type", "column")]) for r in real.rows]
    assert len(set(places)) == len(places)
    for r in real.rows:
        assert set(r) <= KEYS, r
        assert r["type"] in ("performance", "budget", "score", "fact"), r
        assert r["kind"] in ("self-evaluation", "goal", "results", "accounts"), r
        assert any(k in r for k in ("target", "actual", "score")), r
        for which in ("target", "actual"):
            assert (f"{which}_value" in r) <= (which in r), r
            if f"{which}_value" in r:
                number = re.fullmatch(r"(-?[\d,]+(?:\.\d+)?)(%?)", r[which])
                times = 10_000 if r[f"{which}_unit"] == "元" else 1
                assert number, r
                assert plain(Decimal(number[1].replace(",", "")) * times) == r[f"{which}_value"], r
                assert (number[2] == "%") == (r[f"{which}_unit"] == "%"), r


@pytest.mark.parametrize("stem", STEMS)
def test_a_reader_who_reads_every_row_as_the_gold_does_is_perfect(stem):
    real = table_score.load(stem)
    records = [
        record(
            r["indicator"],
            *(side(r[f"{w}_value"], r[f"{w}_unit"]) if f"{w}_value" in r else None for w in ("target", "actual")),
            type=r["type"], page=r["page"], **{k: r[k] for k in ("weight", "score") if k in r},
        )
        for r in real.rows
    ]  # fmt: skip
    found = score(real, records)
    assert (found.f1, found.missed, found.false) == (1.0, (), ())
    assert found.sampled_right == found.sampled_wanted
    lost = score(real, [r for r in records if r.page != real.rows[0]["page"]])
    assert {r["page"] for r, _ in lost.missed} == {real.rows[0]["page"]}


@pytest.mark.shared
@pytest.mark.parametrize("stem", STEMS)
def test_every_printed_value_stands_on_its_page(stem):
    path = SHARED / "files" / f"{stem}.pdf"
    if not path.is_file():
        pytest.skip("the real reports are not here (ZHIBIAO_SHARED, or ../shared beside the repository)")
    real = table_score.load(stem)
    pdf = pypdfium2.PdfDocument(path)
    for page in sorted(real.complete | real.sampled):
        rows = [r for r in real.rows if r["page"] == page]
        told = Counter(r[k] for r in rows for k in ("target", "actual", "score") if k in r)
        printed = Counter(re.findall(r"(?<![\d,.])-?\d[\d,]*(?:\.\d+)?%?(?![\d,.])", pdf[page - 1].get_textpage().get_text_range()))
        assert told - printed == Counter(), page
