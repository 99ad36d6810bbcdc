"""The text of a report, built piece by piece: whatever is written stands where its offsets say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.errors import EmptyDocument, OcrMissing, OcrSkipped, UnpacksTooLarge
from zhibiao.readers.content import Limits
from zhibiao.readers.flowing import Builder, CellText
from zhibiao.schema import TableCell, TextLine

from ..sheets import grids


def test_paragraphs_tables_pages_and_furniture() -> None:
    builder = Builder(Limits())
    builder.page()
    assert builder.text("一、概况") == 0
    spans = builder.table([CellText(0, 0, "项目"), CellText(0, 1, "决算数", 1, 2), CellText(2, 0, "合计"), CellText(2, 2, " 12\n万元 ")])
    builder.text("— 1 —", furniture=True)
    builder.page()
    at = builder.size
    assert builder.text("二、结余") == at
    content = builder.content()
    assert content.text == "一、概况\n项目\t决算数\n\n合计\t\t12\n万元\n— 1 —\n二、结余\n"
    assert [content.text[a:b] for a, b in spans] == ["项目", "决算数", "合计", "12\n万元"]
    (table,) = content.tables
    assert content.text[table.start : table.end] == "项目\t决算数\n\n合计\t\t12\n万元"
    assert table.cells[1] == TableCell(0, 1, *spans[1], 1, 2)
    assert content.page_starts == (0, at)
    assert [content.text[a:b] for a, b in content.furniture] == ["— 1 —"]


def test_borders_and_lines_travel_along() -> None:
    builder = Builder(Limits())
    start = builder.text("12万元")
    line = TextLine(start, builder.size - 1, 1, 10.0, 20.0, (1.0, 2.0, 3.0, 4.0, 5.0))
    builder.line(line)
    builder.table([CellText(0, 0, "项目")], edges=[50.0, 90.5])
    content = builder.content()
    assert content.lines == (line,)
    assert content.tables[0].edges == (50.0, 90.5)


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("甲\t乙", "甲 乙"),
        ("甲\r\n乙\r丙\n丁", "甲 \n乙\n丙\n丁"),  # one for one, so that a reader's own offsets hold
        ("甲\x00乙\x0b\x0c\x1f\x7f丙", "甲 乙    丙"),
        ("\u3000甲\u00a0乙", "\u3000甲\u00a0乙"),
    ],
)
def test_control_characters_are_blanks(words: str, written: str) -> None:
    builder = Builder(Limits())
    builder.text(words)
    assert builder.content().text == written + "\n"
    assert len(written) == len(words)


def test_no_cell_holds_a_tab_or_outer_blanks() -> None:
    builder = Builder(Limits())
    spans = builder.table([CellText(0, 0, "\t项\t目\r\n"), CellText(0, 1, " \t\n")])
    content = builder.content()
    assert [content.text[a:b] for a, b in spans] == ["项 目", ""]
    assert content.text == "项 目\t\n"


def test_furniture_without_words_is_none() -> None:
    builder = Builder(Limits())
    builder.text("", furniture=True)
    builder.text("正文")
    assert builder.content().furniture == ()


def test_nothing_written() -> None:
    with pytest.raises(EmptyDocument):
        Builder(Limits()).content()
    builder = Builder(Limits())
    builder.page()
    builder.text(" \u3000")
    builder.table([CellText(0, 0, ""), CellText(0, 1, " ")])
    with pytest.raises(EmptyDocument):
        builder.content()


def test_a_file_of_nothing_but_gaps_is_its_first_gap() -> None:
    first, second = OcrMissing(what="第 1 页", english="Page 1 has"), OcrSkipped(what="第 2 页", english="Page 2 has", limit=1)
    builder = Builder(Limits())
    builder.gap(first)
    builder.gap(second)
    with pytest.raises(OcrMissing, match="第 1 页"):
        builder.content()
    builder.text("第三页有文字")
    assert builder.content().gaps == (first, second)


def test_cells_of_all_tables_are_counted() -> None:
    builder = Builder(Limits(max_cells=3))
    builder.table([CellText(0, 0, "甲"), CellText(0, 1, "乙")])
    with pytest.raises(UnpacksTooLarge, match="4"):
        builder.table([CellText(0, 0, "丙"), CellText(0, 1, "丁")])


_words = st.text(st.characters(blacklist_categories=["Cs"]) | st.sampled_from("\t\n\r\x0c 数12%"), max_size=8)
_pieces = st.one_of(
    st.tuples(st.just("text"), _words, st.booleans()),
    st.tuples(st.just("table"), grids(words=_words, rows=4, columns=4)),
    st.tuples(st.just("page")),
)


@given(st.lists(_pieces, max_size=8))
def test_whatever_is_written_stands_where_it_says(pieces: list[tuple]) -> None:
    builder = Builder(Limits())
    builder.page()
    builder.text("开头")
    wanted: list[tuple[int, int, str]] = []
    furniture: list[tuple[int, int]] = []
    for kind, *rest in pieces:
        if kind == "page":
            builder.page()
        elif kind == "text":
            start = builder.text(rest[0], furniture=rest[1])
            wanted.append((start, builder.size - 1, rest[0]))
            if rest[0] and rest[1]:
                furniture.append(wanted[-1][:2])
        else:
            wanted += [(*span, cell.text) for span, cell in zip(builder.table(rest[0]), rest[0], strict=True)]
    content = builder.content()  # checks order and bounds of everything itself
    assert not any(ord(char) < 0x20 and char not in "\n\t" for char in content.text)
    for start, end, words in wanted:
        assert content.text[start:end].split() == re.sub(r"[\x00-\x1f\x7f]", " ", words).split()
        assert "\t" not in content.text[start:end]
    for table, cells in zip(content.tables, (rest[0] for kind, *rest in pieces if kind == "table"), strict=True):
        assert [(c.row, c.column, c.rowspan, c.colspan) for c in table.cells] == [(c.row, c.column, c.rowspan, c.colspan) for c in cells]
        inside = sum(content.text[c.start : c.end].count("\n") for c in table.cells)
        assert content.text[table.start : table.end].count("\n") - inside == max((c.row for c in table.cells), default=0)
    assert list(content.furniture) == furniture
