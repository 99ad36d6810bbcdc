"""Cells of the panel: when readings are one value, what is chosen where they are not, units, and changes on the year before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.linking.taxonomy import Taxonomy
from zhibiao.panel.cells import DIMENSIONS, Cell, Panel, agree, build
from zhibiao.panel.readings import Reading, readings_of
from zhibiao.schema import Record

from .conftest import TAXONOMY, make_reading, make_record, write_run

Make = Callable[..., Reading]
D = Decimal


def panel_of(*readings: Reading, by: Sequence[str] = ("region", "year")) -> Panel:
    return build(readings, TAXONOMY, by=by)


def cell_of(*readings: Reading) -> Cell:
    (cell,) = panel_of(*readings).cells
    return cell


def satisfied(value: str, step: str = "0.1", **facts: Any) -> Reading:
    return make_reading(value, step, id="pleased", words="群众满意度", unit="%", **facts)


def change(value: str, words: str = "同比增长", step: str = "0.1", **facts: Any) -> Reading:
    return make_reading(value, step, **{"part": "change", "change": words, "unit": "%", "record_id": "c", "start": 50, **facts})


# Agreement.


@given(st.integers(0, 10**9), st.integers(0, 6), st.integers(0, 6))
def test_two_prints_of_one_number_agree(number: int, coarse: int, fine: int) -> None:
    """However far each of the two was rounded."""
    steps = [D(10) ** places for places in sorted((fine, coarse))]
    first = (D(number) / steps[0]).quantize(D(1), ROUND_HALF_EVEN) * steps[0]
    second = (first / steps[1]).quantize(D(1), ROUND_HALF_EVEN) * steps[1]
    a, b = (make_reading(str(value), str(step)) for value, step in zip((first, second), steps, strict=True))
    assert agree(a, b)
    assert cell_of(a, b).state == "one"
    assert cell_of(a, b).value == first


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (("250935", "1", "="), ("251000", "1000", "="), True),
        (("250935", "1", "="), ("250000", "1000", "="), False),
        (("250500", "1", "="), ("251000", "1000", "="), True),
        (("98.6", "0.1", "="), ("99", "1", "="), True),
        (("98.4", "0.1", "="), ("99", "1", "="), False),
        (("2", "0", "="), ("2", "1", "="), True),
        (("105", "1", "="), ("100", "1", "~"), True),
        (("95", "1", "="), ("100", "1", "~"), True),
        (("106", "1", "="), ("100", "1", "~"), False),
        (("109", "1", "="), ("100", "1", ">"), True),
        (("111", "1", "="), ("100", "1", ">="), False),
        (("99", "1", "="), ("100", "1", ">"), False),
        (("92", "1", "="), ("100", "1", "<"), True),
        (("89", "1", "="), ("100", "1", "<="), False),
        (("101", "1", "="), ("100", "1", "<"), False),
        (("-105", "1", "="), ("-100", "1", "~"), True),
        (("0", "0", "="), ("1", "1", "="), False),
    ],
)
def test_agreement(a: tuple[str, str, str], b: tuple[str, str, str], same: bool) -> None:
    one, other = (make_reading(value, step, op=op) for value, step, op in (a, b))
    assert agree(one, other) is same
    assert agree(other, one) is same


VALUES = st.builds(
    lambda digits, places, op: make_reading(str(D(digits).scaleb(places)), str(D(1).scaleb(places)), op=op),
    st.integers(-40, 120), st.integers(-1, 2), st.sampled_from(["=", "=", "=", "~", ">", "<=", "<"]),
)  # fmt: skip


@given(VALUES, VALUES)
def test_agreement_goes_both_ways(a: Reading, b: Reading) -> None:
    assert agree(a, b) == agree(b, a)
    assert agree(a, a)


@given(st.lists(VALUES, min_size=1, max_size=5), st.permutations(range(5)))
@settings(max_examples=300)
def test_a_cell_is_one_where_all_agree(values: list[Reading], order: list[int]) -> None:
    """Readings of the same words are one value or a conflict; one, just where all agree with the value that is chosen."""
    from dataclasses import replace

    readings = [replace(r, record_id=f"r{i}", start=i) for i, r in enumerate(values)]
    cell = cell_of(*readings)
    finest = min(readings, key=lambda r: (r.op != "=", r.step, r.start))
    assert (cell.state == "one") == all(agree(finest, r) for r in readings)
    assert cell.state in ("one", "conflict")
    assert cell.value == (finest.value if cell.state == "one" else None)
    assert len(cell.values) == 1 or cell.state == "conflict"
    if all(agree(a, b) for a, b in combinations(readings, 2)):
        assert cell.state == "one"
    assert cell_of(*(readings[i] for i in order if i < len(readings))) == cell


def test_the_most_exact_print_is_chosen() -> None:
    cell = cell_of(make_reading("251000", "1000"), make_reading("250000", "10000", op=">"), make_reading("250935", start=9))
    assert (cell.state, cell.value, cell.op, cell.step) == ("one", D(250935), "=", D(1))


def test_a_number_in_words_is_chosen_last() -> None:
    cell = cell_of(make_reading("2", "0", text="两件"), make_reading("2.0", "0.1", start=5))
    assert cell.step == D("0.1")


def test_about_stays_about_where_nothing_is_exact() -> None:
    assert cell_of(make_reading("250000", "10000", op="~")).op == "~"


# Order of runs.


RECORDS = st.builds(
    lambda entry, value, unit, region, year, period, ch: make_record(entry, value, unit=unit, region=region, year=year, period=period, change=ch),
    st.sampled_from(["cases", "pleased", "days", "growth"]), st.sampled_from(["8", "9", "9.1", "100"]), st.sampled_from(["件", "宗", "%", "天"]),
    st.sampled_from(["甲区", "乙市", ""]), st.sampled_from([2021, 2022, None]), st.sampled_from(["", "上半年"]), st.sampled_from(["", "", "同比增长"]),
)  # fmt: skip


@given(st.lists(st.lists(RECORDS, max_size=5), min_size=1, max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_runs_changes_nothing(tmp_path_factory: pytest.TempPathFactory, records: list[list[Record]], random: Any) -> None:
    base = tmp_path_factory.mktemp("runs")
    runs = [write_run(base / f"{i}" / "out", *some, formats=("jsonl",), doc_id=f"d{i % 2}") for i, some in enumerate(records)]
    for by in (("region", "year"), ("run", "doc_id"), ("org",)):
        panel = build(readings_of(runs, TAXONOMY), TAXONOMY, by=by)
        shuffled = random.sample(runs, len(runs))
        assert build(readings_of(shuffled, TAXONOMY), TAXONOMY, by=by) == panel


@given(st.lists(RECORDS, max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_reading_is_in_one_cell_or_left_out(tmp_path_factory: pytest.TempPathFactory, records: list[Record]) -> None:
    readings = list(readings_of([write_run(tmp_path_factory.mktemp("run"), *records, formats=("jsonl",))], TAXONOMY))
    panel = build(readings, TAXONOMY)
    told = [r.record_id for r in (*(r for cell in panel.cells for r in cell.readings), *panel.left_out)]
    assert sorted(told) == sorted(r.record_id for r in readings)


# Keys.


def test_cells_come_in_the_order_of_the_taxonomy_then_of_the_keys() -> None:
    readings = [
        satisfied("98"), make_reading(region="乙市"), make_reading(year=2021, region="乙市"), make_reading(region=""), make_reading(year=None)
    ]  # fmt: skip
    keys = [(c.entry.id, *c.key) for c in panel_of(*readings).cells]
    assert keys == [
        ("cases", "〔d1〕", "2022"),
        ("cases", "乙市", "2021"),
        ("cases", "乙市", "2022"),
        ("cases", "甲区", ""),
        ("pleased", "甲区", "2022"),
    ]


@pytest.mark.parametrize("by", [*((name,) for name in DIMENSIONS), ("year", "org", "region"), DIMENSIONS])
def test_dimensions(by: tuple[str, ...]) -> None:
    panel = panel_of(make_reading(org="政数局", project="热线", run="a"), by=by)
    facts = {
        "region": "甲区", "year": "2022", "org": "政数局", "project": "热线", "doc_id": "d1", "run": "a", "level1": "", "level2": "", "domain": "政务服务",
    }  # fmt: skip
    assert (panel.by, panel.cells[0].key) == (by, tuple(facts[name] for name in by))


@pytest.mark.parametrize("by", [(), ("region", "month")])
def test_dimensions_that_do_not_exist(by: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="dimensions"):
        panel_of(make_reading(), by=by)


def test_no_readings() -> None:
    assert panel_of() == Panel(("region", "year"), (), ())


# Conflict and several.


def test_the_same_words_with_other_numbers_are_a_conflict() -> None:
    cell = cell_of(make_reading("466484"), make_reading("580000", start=20, words="2022年全区受理业务情况"))
    assert (cell.state, cell.value, cell.op) == ("conflict", None, "")
    assert [value for _, value in cell.values] == [D(466484), D(580000)]


def test_other_words_with_other_numbers_are_several_and_the_entry_s_own_words_are_chosen() -> None:
    cell = cell_of(
        make_reading("466484", words="公安受理业务"), make_reading("580000", start=20), make_reading("113516", start=40, words="窗口收件")
    )
    assert (cell.state, cell.value) == ("several", D(580000))
    assert cell.values == (("受理业务", D(580000)), ("公安受理业务", D(466484)), ("窗口收件", D(113516)))


def test_values_that_agree_with_the_chosen_one_are_no_others() -> None:
    """580,102 is the same number as the 58.0万 of the entry's own words."""
    cell = cell_of(make_reading("580000", "1000"), make_reading("580102", words="大厅收件"), make_reading("9", words="外地收件"))
    assert (cell.state, cell.value) == ("several", D(580000))
    assert cell.values == (("受理业务", D(580000)), ("外地收件", D(9)))


@pytest.mark.parametrize("words", [("公安收件", "税务收件"), ("受理业务", "受理业务量")])
def test_several_without_a_choice(words: tuple[str, str]) -> None:
    """None or two of the words are the entry's own."""
    cell = cell_of(make_reading("100", words=words[0]), make_reading("200", words=words[1]))
    assert (cell.state, cell.value) == ("several", None)
    assert len(cell.values) == 2


def test_a_conflict_within_several_is_a_conflict() -> None:
    assert cell_of(make_reading("5", words="收件"), make_reading("1"), make_reading("2", start=9)).state == "conflict"


def test_other_words_with_one_number_are_one() -> None:
    assert cell_of(make_reading("100", words="公安收件"), make_reading("100", words="税务收件")).state == "one"


def test_projects_are_scopes() -> None:
    cell = cell_of(make_reading("100", project="热线项目"), make_reading("200", project="大厅项目"))
    assert cell.state == "several"


def test_the_level_of_a_city_is_a_part_of_the_city() -> None:
    cell = cell_of(make_reading("300", words="全市受理业务"), make_reading("100", words="市级受理业务", start=20))
    assert (cell.state, cell.value) == ("several", D(300))


def test_targets_are_told_once_each() -> None:
    readings = [make_reading(target=target, start=i) for i, target in enumerate(("≥20万件", "", "≥20万件", "25万件"))]
    assert cell_of(*readings).targets == ("≥20万件", "25万件")


# Parts of the year, other kinds.


def test_whole_years_go_before_parts() -> None:
    cell = cell_of(make_reading("90", part="partial", period="上半年"), make_reading("200"))
    assert (cell.state, cell.value, cell.notes) == ("one", D(200), ())
    assert len(cell.readings) == 2


def test_a_part_of_the_year_is_said() -> None:
    cell = cell_of(make_reading("90", part="partial", period="上半年"))
    assert (cell.value, cell.whole) == (D(90), False)
    assert cell.notes == ("只有部分期间的数值（上半年） part of the year only",)


def test_other_parts_of_the_year_are_no_conflict() -> None:
    cell = cell_of(make_reading("90", part="partial", period="上半年"), make_reading("140", part="partial", period="前三季度", start=20))
    assert (cell.state, cell.value) == ("several", None)
    assert cell.notes == ("只有部分期间的数值（上半年、前三季度） part of the year only",)


@pytest.mark.parametrize("part", ["change", "earlier", "other"])
def test_readings_without_a_value_make_no_cell(part: str) -> None:
    alone = make_reading(part=part)
    panel = panel_of(alone)
    assert (panel.cells, panel.left_out) == ((), (alone,))


def test_what_stands_beside_a_value() -> None:
    """Changes and earlier values stand in the cell; a value of another kind is left out."""
    value, earlier, other = make_reading(), make_reading(part="earlier", start=10), make_reading(part="other", start=20)
    panel = panel_of(other, earlier, change("5"), value)
    assert panel.cells[0].readings == (value, earlier, change("5"))
    assert panel.left_out == (other,)


# Units.


def test_hours_and_days() -> None:
    """The row has the unit of most readings; readings keep what was printed."""
    readings = [
        make_reading(v, id="days", words="平均办理时长", unit=u, start=i)
        for i, (v, u) in enumerate([("2", "天"), ("48", "小时"), ("2", "天")])
    ]
    cell = cell_of(*readings)
    assert (cell.unit, cell.state, cell.value) == ("天", "one", D(2))
    assert [r.unit for r in cell.readings] == ["天", "小时", "天"]
    assert cell.notes == ("单位不一，已换算或视为同类 units differ: 天、小时",)


def test_the_first_unit_of_the_entry_goes_before_others_that_are_as_frequent() -> None:
    readings = [make_reading(v, id="days", unit=u) for v, u in [("2", "天"), ("48", "小时")]]
    assert (cell_of(*readings).unit, cell_of(*readings).value) == ("小时", D(48))


def test_steps_are_converted_too() -> None:
    """1.5天 may be 35 or 37 hours."""
    in_days = make_reading("1.5", "0.1", id="days", unit="天")
    assert cell_of(in_days, make_reading("37", id="days", unit="小时"), make_reading("37", id="days", unit="小时")).state == "one"
    assert cell_of(in_days, make_reading("38", id="days", unit="小时"), make_reading("38", id="days", unit="小时")).state == "conflict"


def test_a_conversion_that_does_not_come_out_even() -> None:
    days = [make_reading(v, id="days", unit=u, year=y) for v, u, y in [("3", "天", 2020), ("3", "天", 2021), ("10", "小时", 2022)]]
    assert panel_of(*days).cells[-1].value == D("0.416666666667")


def test_a_unit_of_no_entry_that_can_be_converted() -> None:
    assert cell_of(make_reading("90", id="days", unit="分钟")).value == D("1.5")


def test_units_of_one_entry_are_two_words_for_one_thing() -> None:
    cell = cell_of(make_reading("250935", unit="宗"), make_reading("251000", "1000", unit="件"))
    assert (cell.unit, cell.state, cell.value) == ("件", "one", D(250935))
    assert cell.notes == ("单位不一，已换算或视为同类 units differ: 宗、件",)


def test_a_bare_number_is_taken_as_it_is() -> None:
    cell = cell_of(make_reading(unit=""))
    assert (cell.unit, cell.value, cell.notes) == ("件", D(250935), ())


@pytest.mark.parametrize("bare", [[], ["", ""], ["场"]])
@pytest.mark.parametrize("entry", ["cases", "trained"])
def test_a_percentage_never_gets_into_a_count(entry: str, bare: list[str]) -> None:
    """Not even where the entry tells no units and most numbers have none."""
    bare = ["件"] * len(bare) if entry == "cases" else bare
    percent = make_reading("98", id=entry, unit="%", start=90)
    panel = panel_of(percent, *(make_reading("500", id=entry, unit=unit, start=i) for i, unit in enumerate(bare)))
    assert panel.left_out == (percent,)
    assert [c.value for c in panel.cells] == ([D(500)] if bare else [])


def test_a_number_of_no_kind_keeps_its_printed_unit() -> None:
    """A coefficient of 0.55 and one of 55 % are not thrown together."""
    bare = [make_reading("0.55", "0.01", id="coefficient", unit="", start=i) for i in (1, 2)]
    panel = panel_of(*bare, make_reading("55", id="coefficient", unit="%"))
    assert [(c.unit, c.value) for c in panel.cells] == [("", D("0.55"))]
    assert [r.unit for r in panel.left_out] == ["%"]


# Changes on the year before.


def years(*values: str, make: Callable[..., Reading] = make_reading, **facts: Any) -> list[Reading]:
    return [make(value, year=2022 - len(values) + 1 + i, doc_id=f"d{i}", **facts) for i, value in enumerate(values)]


def last(*readings: Reading) -> Cell:
    return panel_of(*readings).cells[-1]


def test_change_in_percent() -> None:
    cells = panel_of(*years("80", "100", "95")).cells
    assert [(c.year_on_year, c.unit_of_change) for c in cells] == [(None, ""), (D("25.00"), "%"), (D("-5.00"), "%")]


def test_change_of_a_percentage_in_points() -> None:
    assert (last(*years("98.1", "98.6", make=satisfied)).year_on_year, last(*years("98.1", "98.6", make=satisfied)).unit_of_change) == (
        D("0.50"),
        "个百分点",
    )


def test_change_of_a_rate_in_thousandths_in_points() -> None:
    cell = last(*years("6.5", "6.0", id="births", unit="‰"))
    assert (cell.year_on_year, cell.unit_of_change) == (D("-0.05"), "个百分点")


@pytest.mark.parametrize("first", ["0", "-5"])
def test_no_change_in_percent_on_nothing_or_less(first: str) -> None:
    assert last(*years(first, "5")).year_on_year is None


def test_a_percentage_may_have_been_nought() -> None:
    assert last(*years("0", "5", make=satisfied)).year_on_year == D(5)


def test_no_change_without_the_year_before() -> None:
    cell = last(make_reading("80", year=2020), make_reading("100", year=2022), make_reading("90", year=2021, region="乙市"))
    assert cell.year_on_year is None


def test_no_change_on_a_conflict_or_of_one() -> None:
    conflict = make_reading("90", year=2021, start=50, doc_id="d0")
    assert last(*years("80", "100"), conflict).year_on_year is None
    assert last(*years("80", "100"), make_reading("120", start=50, doc_id="d1")).year_on_year is None


def test_a_chosen_value_of_several_has_a_change() -> None:
    assert last(*years("80", "100"), make_reading("30", words="公安收件")).year_on_year == D(25)


def test_no_change_between_parts_of_years_and_whole_years() -> None:
    half = make_reading("50", part="partial", period="上半年")
    assert last(make_reading("80", year=2021), half).year_on_year is None
    assert last(make_reading("50", year=2021, part="partial", period="上半年"), make_reading("80")).year_on_year is None


def test_no_change_without_a_year_or_years() -> None:
    assert last(make_reading(year=None), make_reading()).year_on_year is None
    assert panel_of(*years("80", "100"), by=("region", "doc_id")).cells[-1].year_on_year is None


@pytest.mark.parametrize("by", [("year", "region"), ("year",), ("region", "org", "year")])
def test_the_year_may_stand_anywhere(by: tuple[str, ...]) -> None:
    assert panel_of(*years("80", "100"), by=by).cells[-1].year_on_year == D(25)


def test_a_change_beyond_all_measure() -> None:
    assert last(*years("1E-40", "1E+40")).year_on_year is not None


@pytest.mark.parametrize("printed", ["25", "25.0", "25.1", "24.9"])
def test_a_printed_change_that_fits(printed: str) -> None:
    cell = last(*years("800", "1000"), change(printed))
    assert (cell.printed_change, cell.notes) == (D(printed), ())


def test_a_printed_change_that_differs_is_noted() -> None:
    cell = last(*years("800", "1000"), change("15.00"))
    assert cell.notes == ("报告所印变动 15，与按上年数值计算的 25 不符 the printed change differs",)
    assert (cell.year_on_year, cell.printed_change) == (D(25), D(15))


def test_a_fall_printed_without_its_sign() -> None:
    """The reading has it; the words tell it."""
    assert last(*years("1000", "800"), change("-20", "同比下降")).notes == ()
    assert last(*years("1000", "800"), change("20", "同比增长")).notes != ()


def test_what_rounding_explains_is_no_difference() -> None:
    """25.1万 after 24.0万 is between 4.2 and 5.0 percent; 5% is anything from 4.5."""
    coarse = years("240000", "251000", step="1000")
    assert last(*coarse, change("4.2")).notes == ()
    assert last(*coarse, change("5", step="1")).notes == ()
    assert last(*coarse, change("6.5")).notes != ()


def test_about_values_tell_no_difference() -> None:
    assert last(make_reading("240000", op="~", year=2021), make_reading("251000"), change("9")).notes == ()


@pytest.mark.parametrize("words", ["环比增长", "比年初增长", "比2019年增长", "高于目标", "低于全国", "年均增长"])
def test_changes_on_something_else_are_not_compared(words: str) -> None:
    cell = last(*years("800", "1000"), change("3", words))
    assert (cell.printed_change, cell.notes) == (None, ())
    assert len(cell.readings) == 2


@pytest.mark.parametrize("words", ["同比增长", "比上年增加", "增长", "较2021年增长", "比去年同期增长"])
def test_changes_on_the_year_before(words: str) -> None:
    assert last(*years("800", "1000"), change("25", words)).printed_change == D(25)


def test_points_are_compared_with_points_only() -> None:
    assert last(*years("98.1", "98.6", make=satisfied), change("0.5", id="pleased", unit="个百分点")).printed_change == D("0.5")
    assert last(*years("800", "1000"), change("3", unit="个百分点")).printed_change is None


def test_amounts_and_limits_are_no_printed_change() -> None:
    assert last(*years("800", "1000"), change("200", unit="件")).printed_change is None
    assert last(*years("800", "1000"), change("20", op=">")).printed_change is None


def test_two_printed_changes_are_none() -> None:
    assert last(*years("800", "1000"), change("25"), change("8", record_id="c2")).printed_change is None
    assert last(*years("800", "1000"), change("25"), change("25.0", record_id="c2")).printed_change == D(25)


def test_a_change_of_half_a_year_is_not_that_of_the_year() -> None:
    assert last(*years("800", "1000"), change("3", period="上半年")).printed_change is None
    assert last(make_reading("90", part="partial", period="上半年"), change("3", period="上半年")).printed_change == D(3)


def test_from_the_tables_to_the_panel(tmp_path: Path, taxonomy: Taxonomy) -> None:
    """Two years in two folders of one name."""
    a = write_run(tmp_path / "2021" / "out", make_record(value="200000", text="20万件", year=2021), formats=("csv",))
    b = write_run(
        tmp_path / "2022" / "out", make_record(value="250935", text="250,935宗", unit="宗"), make_record(value="251000", text="25.1万件"),
        make_record(value="25.5", text="25.5%", unit="%", change="同比增长"),
    )  # fmt: skip
    first, second = build(readings_of([b, a], taxonomy), taxonomy).cells
    assert (first.value, second.value, second.state) == (D(200000), D(250935), "one")
    assert (second.year_on_year, second.printed_change, len(second.readings)) == (D("25.47"), D("25.5"), 3)
    assert {r.run for r in second.readings} == {"2022/out"}
