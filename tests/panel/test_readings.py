"""Linked records become readings: which ones, with what part, sign and printed step."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhibiao.errors import NotARun
from zhibiao.linking.taxonomy import Taxonomy
from zhibiao.panel.readings import Reading, part_of_year, printed_step, readings_of, run_names
from zhibiao.schema import Record

Make = Callable[..., Record]
Run = Callable[..., Path]
D = Decimal


@pytest.fixture
def read(tmp_path: Path, taxonomy: Taxonomy, record: Make, run: Run) -> Callable[..., Reading]:
    """The reading of one record."""

    def only(*args: Any, **facts: Any) -> Reading:
        (reading,) = readings_of([run(tmp_path / "out", record(*args, **facts))], taxonomy)
        return reading

    return only


def test_a_reading_holds_what_the_record_says(read: Callable[..., Reading]) -> None:
    got = read("cases", "251000", "25.1万件", target="≥20万件", org="政数局", project="热线", page=3, period="全年", op="~")
    assert (got.id, got.name, got.part, got.words) == ("cases", "受理业务量", "value", "受理业务")
    assert (got.value, got.step, got.unit, got.op, got.text) == (D(251000), D(1000), "件", "~", "25.1万件")
    assert (got.target, got.org, got.project, got.page, got.period) == ("≥20万件", "政数局", "热线", 3, "全年")
    assert (got.region, got.year, got.run, got.doc_id, got.record_id) == ("甲区", 2022, "out", "d1", "d1-0")
    assert (got.start, got.end, got.evidence, got.link_confidence) == (0, 9, "受理业务25.1万件", 0.9)


@pytest.mark.parametrize("formats", [("parquet",), ("jsonl",), ("csv",), ("csv", "jsonl", "parquet")])
def test_every_format_gives_equal_readings(tmp_path: Path, taxonomy: Taxonomy, record: Make, run: Run, formats: tuple[str, ...]) -> None:
    records = record(value="12345678901234567890.123456789"), record("pleased", "98.60", unit="%", region="", year=None)
    folder = run(tmp_path / "out", *records, formats=formats)
    first, second = readings_of([folder], taxonomy)
    assert (first.value, first.year) == (D("12345678901234567890.123456789"), 2022)
    assert (second.value, second.step, second.year, second.region) == (D("98.6"), D("0.01"), None, "")


def test_records_without_entry_or_number_are_left_out(tmp_path: Path, taxonomy: Taxonomy, record: Make, run: Run) -> None:
    folder = run(tmp_path / "out", record(None), record(value=None, text="完成"), record(actual=None), record("pleased", "98", unit="%"))
    assert [r.id for r in readings_of([folder], taxonomy)] == ["pleased"]


def test_entries_of_another_taxonomy_are_left_out(tmp_path: Path, taxonomy: Taxonomy, record: Make, run: Run) -> None:
    folder = run(tmp_path / "out", record("cases"), record("points", "98", unit="分"))
    assert [r.id for r in readings_of([folder], Taxonomy(taxonomy.entries[:1]))] == ["cases"]


def test_only_some_entries(tmp_path: Path, taxonomy: Taxonomy, record: Make, run: Run) -> None:
    folder = run(tmp_path / "out", record("cases"), record("pleased", "98", unit="%"), record("days", "2", unit="天"))
    assert [r.id for r in readings_of([folder], taxonomy, ids=iter(["days", "cases"]))] == ["cases", "days"]


@pytest.mark.parametrize("formats", [("parquet",), ("csv",)])
def test_least_confidence_of_a_link(tmp_path: Path, taxonomy: Taxonomy, record: Make, run: Run, formats: tuple[str, ...]) -> None:
    """The limit itself is enough; a link that tells no confidence has none."""
    folder = run(tmp_path / "out", record(link="0.49"), record(link="0.5"), record(link=None), formats=formats)
    assert [r.link_confidence for r in readings_of([folder], taxonomy, least=0.5)] == [0.5]
    assert len(list(readings_of([folder], taxonomy))) == 3


def test_a_folder_named_twice_is_read_once(tmp_path: Path, taxonomy: Taxonomy, record: Make, run: Run) -> None:
    folder = run(tmp_path / "out", record())
    assert len(list(readings_of([folder, f"{folder}/", str(folder / ".." / "out")], taxonomy))) == 1


def test_a_folder_without_tables_is_no_run(tmp_path: Path, taxonomy: Taxonomy, record: Make, run: Run) -> None:
    folder = run(tmp_path / "a", record())
    with pytest.raises(NotARun, match="没有 records 表"):
        list(readings_of([folder, tmp_path], taxonomy))


@pytest.mark.parametrize(
    ("runs", "names"),
    [
        (["a/out"], ["out"]),
        (["x/a", "x/b"], ["a", "b"]),
        (["2021/out", "2022/out"], ["2021/out", "2022/out"]),
        (["/r/1/s/out", "/r/2/s/out", "/r/2/s/in"], ["1/s/out", "2/s/out", "2/s/in"]),
        (["out", "a/out"], ["out", "a/out"]),
        (["."], ["."]),
        ([".", "a"], [".", "a"]),
        ([], []),
    ],
)
def test_names_of_runs_tell_them_apart(runs: list[str], names: list[str]) -> None:
    assert [run_names(runs)[run] for run in runs] == names
    assert run_names([Path(run) for run in reversed(runs)]) == {str(Path(run)): name for run, name in zip(runs, names, strict=True)}


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("25.1万件", "251000", "1000"),
        ("250,935宗", "250935", "1"),
        ("98.60%", "98.60", "0.01"),
        ("1.20亿元", "120000000", "1000000"),
        ("≥３０天", "30", "1"),
        ("约5千人", "5000", "1000"),
        ("-3.5%", "-3.5", "0.1"),
        ("两次", "2", "0"),
        ("", "7", "0"),
        ("0.0%", "0", "0"),
        ("1小时30分", "90", "0"),
    ],
)
def test_printed_step(text: str, value: str, step: str) -> None:
    got = printed_step(text, D(value))
    assert got == D(step)
    assert "E+" not in str(got)


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ({}, "value"),
        ({"high": "300000", "op": "range"}, "other"),
        ({"type": "score"}, "other"),
        ({"entry": "points", "unit": "分", "type": "score"}, "value"),
        ({"change": "同比增长", "unit": "%"}, "change"),
        ({"change": "较上年减少"}, "change"),
        ({"change": "原"}, "earlier"),
        ({"change": "上年"}, "earlier"),
        ({"entry": "growth", "unit": "%", "change": "同比增长"}, "value"),
        ({"entry": "growth", "unit": "%", "change": "上年"}, "earlier"),
        ({"entry": "growth", "unit": "%", "change": "同比增长", "period": "前三季度"}, "partial"),
    ],
)
def test_parts(read: Callable[..., Reading], facts: dict[str, Any], part: str) -> None:
    assert read(**facts).part == part


@pytest.mark.parametrize(
    "period",
    [
        "",
        "全年",
        "年末",
        "年底",
        "2022年",
        "2022年度",
        "2021年底",
        "2021年1-12月",
        "1—12月",
        "2023年12月31日",
        "2022年12月",
        "1月至12月",
        "截至目前",
    ],
)
def test_periods_of_whole_years(read: Callable[..., Reading], period: str) -> None:
    assert not part_of_year(period)
    assert read(period=period).part == "value"


@pytest.mark.parametrize(
    "period",
    [
        "上半年",
        "下半年",
        "2022年上半年",
        "前三季度",
        "2022年8月",
        "2022年1-6月",
        "2022年7-12月",
        "11-12月",
        "2024年2月底",
        "2021年12月22日",
    ],
)
def test_periods_of_part_of_a_year(read: Callable[..., Reading], period: str) -> None:
    """A half year ends in 年 too, and the months to December are not all twelve."""
    assert part_of_year(period)
    assert read(period=period).part == "partial"


@pytest.mark.parametrize(
    ("entry", "change", "value"),
    [
        ("cases", "同比增长", "5"),
        ("cases", "比上年下降", "-5"),
        ("cases", "同比回落", "-5"),
        ("cases", "下调", "-5"),
        ("growth", "负增长", "-5"),
        ("growth", "同比减少", "-5"),
        ("fall", "同比下降", "5"),
        ("fall", "压减", "5"),
        ("fall", "同比上升", "-5"),
        ("fall", "", "5"),
    ],
)
def test_signs_of_changes(read: Callable[..., Reading], entry: str, change: str, value: str) -> None:
    """A fall is negative, but what an entry that counts falls counts is positive."""
    assert read(entry, "5", unit="%", change=change).value == D(value)


def test_a_printed_minus_is_not_turned_round(read: Callable[..., Reading]) -> None:
    assert read("growth", "-5", unit="%", change="同比下降").value == D(-5)


def test_a_sign_costs_no_digits(read: Callable[..., Reading]) -> None:
    value = "1234567890123456789012345678901.5"
    assert read("cases", value, change="减少").value == D(f"-{value}")


@pytest.mark.parametrize(
    ("facts", "place"), [({}, "甲区"), ({"region": "", "org": "政数局"}, "〔政数局〕"), ({"region": ""}, "〔d1〕")]
)  # fmt: skip
def test_a_reading_without_region_has_a_place(read: Callable[..., Reading], facts: dict[str, str], place: str) -> None:
    assert read(**facts).place == place
