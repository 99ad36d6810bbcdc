"""Drawn tables among paragraphs: titles and notes are text, parts over pages are one table, nothing is read twice."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.extractor import layout_of
from zhibiao.layout import lay_out
from zhibiao.layout.blocks import DrawnTable, Layout, Passage, TableRegion
from zhibiao.layout.passages import passages_of
from zhibiao.readers.flowing import CellText

from ..sheets import content_of, drawn, grids, report_of

BODY = "项目|预算数|决算数\n基本支出|120|118\n项目支出|80|79"


def laid(*parts: str | list[CellText], edges: Sequence[Sequence[float]] = ()) -> Layout:
    return layout_of(drawn(*parts, edges=edges))


def tables(layout: Layout) -> list[DrawnTable]:
    return [block for block in layout.blocks if isinstance(block, DrawnTable)]


def texts(layout: Layout) -> list[str]:
    return [block.text for block in layout.blocks if isinstance(block, Passage)]


def rows(layout: Layout, table: DrawnTable) -> list[list[str]]:
    """The words of a table by row, empty cells left out."""
    out: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.end > cell.start:
            out.setdefault(cell.row, []).append(layout.folded[cell.start : cell.end])
    return [out[row] for row in sorted(out)]


BODY_ROWS = [line.split("|") for line in BODY.split("\n")]


def test_a_table_stands_between_its_paragraphs_under_its_headings() -> None:
    layout = laid("二、预算执行情况", "（一）总体情况", "全年支出情况见下表（单位：万元）。", BODY, "支出进度快于上年。")
    (table,) = tables(layout)
    kinds = [type(block).__name__ for block in layout.blocks]
    assert kinds == ["Passage", "Passage", "Passage", "DrawnTable", "Passage"]
    assert rows(layout, table) == BODY_ROWS
    assert table.section == ("预算执行情况", "总体情况")
    assert "单位：万元" in table.caption
    assert layout.folded[table.start : table.end].split() == [word for row in BODY_ROWS for word in row]


@pytest.mark.parametrize(
    ("parts", "caption"),
    [
        (("单位：万元", BODY), "单位：万元"),
        ((BODY, "注：单位为万元。"), "单位：万元"),
        (("区水务局收支决算表", "金额单位：元", BODY), "金额单位：元"),
        (("单位：万元", "附表1", BODY), "单位：万元"),
    ],
)
def test_the_unit_may_stand_above_or_below(parts: tuple[str, ...], caption: str) -> None:
    layout = laid(*parts)
    assert caption in tables(layout)[0].caption


def test_titles_and_notes_inside_the_frame_are_text() -> None:
    layout = laid(
        "区水务局2023年收支决算表|<|<\n·|·|单位：万元\n" + BODY + "\n注：本表含上年结转12.5万元。|<|<\n填表人：某某|<|<",
    )
    (table,) = tables(layout)
    assert rows(layout, table) == BODY_ROWS
    assert min(cell.row for cell in table.cells) == 0
    assert "单位：万元" in table.caption
    outside = "".join(texts(layout)) + "".join(
        line.text for block in layout.blocks if isinstance(block, TableRegion) for line in block.lines
    )
    for words in ("区水务局2023年收支决算表", "注：本表含上年结转12.5万元。", "填表人：某某"):
        assert outside.count(words) == 1


def test_a_heading_across_inside_the_table_stays_in_it() -> None:
    layout = laid("项目|预算数|决算数\n一、基本支出|<|<\n人员经费|100|99\n二、项目支出|<|<\n清淤工程|50|49")
    assert rows(layout, tables(layout)[0])[3] == ["二、项目支出"]


def test_a_label_merged_down_from_the_first_row_is_no_title() -> None:
    layout = laid("绩效指标|<|·\n^|^|·\n清淤长度|12公里|13公里")
    assert rows(layout, tables(layout)[0]) == [["绩效指标"], ["清淤长度", "12公里", "13公里"]]


@pytest.mark.parametrize("drawing", ["本页无正文|<|<", "只有标题|<\n注：无数据|<"])
def test_nothing_but_titles_is_no_table(drawing: str) -> None:
    layout = laid("一、概况", drawing)
    assert not tables(layout)
    assert drawing.split("|")[0] in "".join(texts(layout))


def test_a_column_alone_is_no_table() -> None:
    layout = laid([CellText(0, 0, "完成清淤12公里。"), CellText(1, 0, "改造泵站3座。")])
    assert not tables(layout)
    assert "".join(texts(layout)) == "完成清淤12公里。改造泵站3座。"


# -- over pages ------------------------------------------------------------------------------------------------------------------------

MORE = "差旅费|12|11\n会议费|8|7"


def test_parts_over_pages_are_one_table() -> None:
    layout = laid("\f", "单位：万元", BODY, "~— 1 —", "\f", "~区水务局决算", MORE, "~— 2 —", "\f", "~区水务局决算", MORE)
    (table,) = tables(layout)
    assert rows(layout, table) == [*BODY_ROWS, *([line.split("|") for line in MORE.split("\n")] * 2)]
    assert table.breaks == (3, 5)
    assert "单位：万元" in table.caption
    assert not any("决算" in text or "—" in text for text in texts(layout))


@pytest.mark.parametrize(
    "between", [("~1", "\f", "其他支出如下。"), ("其他支出如下。", "~1", "\f"), ("~1", "\f", "其他支出如下。", "~2", "\f")]
)
def test_words_between_part_two_tables(between: tuple[str, ...]) -> None:
    layout = laid("\f", BODY, *between, MORE)
    assert [rows(layout, table)[0] for table in tables(layout)] == [BODY_ROWS[0], ["差旅费", "12", "11"]]
    assert "其他支出如下。" in texts(layout)


def test_another_number_of_columns_parts_two_tables() -> None:
    layout = laid("\f", BODY, "\f", "差旅费|12\n会议费|8")
    assert [len(rows(layout, table)) for table in tables(layout)] == [3, 2]


EDGES = (50.0, 200.0, 300.0, 400.0)


@pytest.mark.parametrize(
    ("drawing", "edges", "columns"),
    [
        ("差旅费|12|11", (50.5, 201.0, 299.0, 400.0), [(0, 1), (1, 1), (2, 1)]),  # the same borders, nearly
        ("差旅费|11", (50.0, 300.0, 400.0), [(0, 2), (2, 1)]),  # a border that no row of this page has
        ("差旅费|12|11", (90.0, 240.0, 340.0, 440.0), [(0, 1), (1, 1), (2, 1)]),  # a page with another margin
    ],
)
def test_the_columns_of_a_page_are_those_of_the_first(drawing: str, edges: tuple[float, ...], columns: list[tuple[int, int]]) -> None:
    layout = laid("\f", BODY, "\f", drawing, edges=[EDGES, edges])
    (table,) = tables(layout)
    assert [(cell.column, cell.colspan) for cell in table.cells if cell.row == 3] == columns


@pytest.mark.parametrize(
    ("drawing", "edges"),
    [
        ("差旅费|12|11", (50.0, 120.0, 350.0, 400.0)),
        ("差旅费|12|11", (50.0, 230.0, 330.0, 400.0)),
        ("差旅费|12", (50.0, 200.0, 300.0)),  # narrower
        ("差旅费|12|11|5", (50.0, 200.0, 300.0, 400.0, 480.0)),
    ],
)
def test_other_borders_are_another_table(drawing: str, edges: tuple[float, ...]) -> None:
    assert len(tables(laid("\f", BODY, "\f", drawing, edges=[EDGES, edges]))) == 2


def test_pages_without_form_feeds_join_sentences() -> None:
    content = content_of("\f", "区水务局全年完成河道清淤长度共计", "~— 1 —", "\f", "~绩效报告", "十二公里，均已验收。")
    layout = layout_of(report_of(content))
    assert texts(layout) == ["区水务局全年完成河道清淤长度共计十二公里，均已验收。"]


# -- cost ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        [CellText(i, i, "12", 3000 - i, 1) for i in range(3000)],
        [*(CellText(0, i, "数量") for i in range(1000)), *(CellText(i, 0, "12", 1, 1000) for i in range(1, 5000))],
    ],
    ids=["stairs", "carpet"],
)
def test_spans_that_would_fill_the_memory_are_no_table(cells: list[CellText]) -> None:
    """A few hundred kilobytes of HTML can span a thousand million places."""
    began = time.perf_counter()
    layout = laid("一、概况", cells)
    assert time.perf_counter() - began < 10
    assert not tables(layout)


def test_a_table_over_a_thousand_pages_is_put_together_in_time() -> None:
    page = "\n".join(["差旅费|12|11"] * 10)
    report = drawn("\f", BODY, *(["\f", page] * 1000))
    began = time.perf_counter()
    (table,) = tables(layout_of(report))
    assert time.perf_counter() - began < 5
    assert (len(table.breaks), table.cells[-1].row) == (1000, 10_002)


# -- properties ------------------------------------------------------------------------------------------------------------------------

LINES = st.sampled_from(["一、概况", "单位：万元", "全区完成清淤12公里，较上年增长3.5%。", "~第 3 页", "~— 4 —", "\f", "（二）绩效情况"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(LINES, grids(rows=5, columns=5)), min_size=1, max_size=6), st.booleans())
def test_nothing_is_read_twice_and_all_stands_where_it_says(parts: list[str | list[CellText]], bordered: bool) -> None:
    parts = [part for part in parts if part]
    if not any((part if isinstance(part, str) else "".join(cell.text for cell in part)).strip("~\f \n") for part in parts):
        return
    edges = [tuple(50.0 + 60 * k for k in range(max(c.column + c.colspan for c in p) + 1)) for p in parts if isinstance(p, list)]
    report = drawn(*parts, edges=edges if bordered else ())
    layout = layout_of(report)
    assert len(layout.folded) == len(report.text)
    taken = bytearray(len(report.text))
    given_cells = {(c.start, c.end) for t in report.tables for c in t.cells}
    last = 0
    for block in layout.blocks:
        if isinstance(block, DrawnTable):
            places = [at for cell in block.cells for at in range(cell.start, cell.end)]
            assert {(c.start, c.end) for c in block.cells} <= given_cells
            order = [(c.row, c.column) for c in block.cells]
            assert order == sorted(set(order))
            assert all(block.start <= c.start <= c.end <= block.end for c in block.cells)
            assert set(block.breaks) <= set(range(1, block.cells[-1].row + 1))
            start = block.start
        elif isinstance(block, Passage):
            places = list(block.clean.offsets)[: len(block.text)]
            start = block.start
        else:
            places = [at for line in block.lines for at in range(line.start, line.end)]
            start = block.lines[0].start
        assert last <= start
        last = start
        for at in places:
            assert not taken[at]
            taken[at] = 1
    for a, b in report.furniture:
        assert not any(taken[a:b])


@given(st.text("完成12公里，。；\n1.（一）①、 ", max_size=60), st.integers(0, 5))
def test_passages_of_a_cell_give_its_words(words: str, before: int) -> None:
    text = "表" * before + words
    found = passages_of(text, before, len(text), ("总体目标",))
    for passage in found:
        assert [text[at] for at in list(passage.clean.offsets)[: len(passage.text)]] == list(passage.text)
        assert passage.section == ("总体目标",)
        assert 0 <= passage.mark <= len(passage.text)
    assert "".join("".join(p.text for p in found).split()) == "".join(words.split())


def test_passages_of_a_cell_join_wrapped_lines_and_part_items() -> None:
    text = "1.完成改造，\n惠及5户。\n2.培训3场。\n（3）宣传\n4次"
    assert [p.text for p in passages_of(text, 0, len(text), ())] == ["1.完成改造，惠及5户。", "2.培训3场。", "（3）宣传4次"]


def test_tables_and_furniture_are_optional() -> None:
    text = "一、概况\n全年完成清淤12公里。\n"
    assert lay_out(text).blocks == lay_out(text, tables=(), furniture=()).blocks
