"""A report in the terminal."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from zhibiao.schema import Document, Quantity, Record, Report, Side
from zhibiao.show import fold, legend, marked_lines, records_table, segments, show

TEXT = "新增{37所}学校，\r\n收入[目标]3万元。\x1b[31m\f二、支出\n"


def a_document(text: str, quantities: list[tuple[int, int]], records: list[tuple[tuple[int, int], tuple[int, int] | None]]) -> Document:
    def side(span: tuple[int, int] | None) -> Side | None:
        return span and Side(text[span[0] : span[1]], *span, "=", Decimal("1.50"), None, "元")  # type: ignore[return-value]

    return Document(
        Report("d", "d.txt", "", "txt", text),
        tuple(Quantity(a, b, text[a:b], "=", Decimal(1), "", "count") for a, b in quantities),
        tuple(Record("fact", text[a:b], a, b, None, side(actual), a, b, "", "", 1.0) for (a, b), actual in records),
    )


def plain_lines(document: Document) -> list[str | int]:
    return [line if isinstance(line, int) else line.plain for line in marked_lines(document, color=False)]


@pytest.mark.parametrize(
    ("text", "quantities", "records", "expected"),
    [
        ("收入3万元。", [(2, 5)], [], ["收入[3万元]。"]),
        ("收入3万元。", [(2, 5)], [((0, 2), (2, 5))], ["⟨收入⟩实{[3万元]}。"]),
        # Overlap: cut at each other's borders.
        ("布设60台云屏", [(2, 5)], [((0, 7), None)], ["⟨布设⟩⟨[60台]⟩⟨云屏⟩"]),
        ("一二三四五", [(0, 3), (2, 5)], [], ["[一二][三][四五]"]),
        # A mark over a line end is closed and opened again.
        ("收\r\n入3\n万元", [(4, 8)], [((0, 4), None)], ["⟨收⟩", "⟨入⟩[3]", "[万元]"]),
        ("一\f二", [], [], ["一", 2, "二"]),
        ("一\r二\n\n三", [], [], ["一", "二", "", "三"]),
        # Spans that lie outside or are empty mark nothing.
        ("收入", [(1, 9), (1, 1)], [], ["收入"]),
        ("红\x1b[31m色\u202e反\t列", [], [], ["红\ufffd[31m色\ufffd反 列"]),
    ],
)
def test_brackets(text: str, quantities: Any, records: Any, expected: list[str | int]) -> None:
    assert plain_lines(a_document(text, quantities, records)) == expected


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


@given(st.text("收入3万\n\r\f[", max_size=30), spans, spans)
def test_segments_cover_the_text(text: str, quantities: list[tuple[int, int]], names: list[tuple[int, int]]) -> None:
    document = a_document(text, quantities, [(span, None) for span in names])
    pieces = segments(document)
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text
    for piece in pieces:
        assert piece.start < piece.end
        for position in range(piece.start, piece.end):
            inside = any(a <= position < b <= len(text) for a, b in quantities)
            assert ("quantity:count" in piece.marks) == inside
    colored = "".join("" if isinstance(line, int) else line.plain for line in marked_lines(document, color=True))
    assert colored == re.sub(r"[\r\n\f]", "", text)


@given(st.text("收入，3.5%aB 😀\u0301", max_size=80), st.integers(2, 20))
def test_fold_keeps_rows_inside_the_width(text: str, width: int) -> None:
    breaks = fold(text, width)
    rows = [text[a:b] for a, b in zip([0, *breaks], [*breaks, len(text)], strict=True)]
    assert "".join(rows) == text
    assert all(cell_len(row) <= width for row in rows)
    assert all(rows) or not text


@pytest.mark.parametrize(
    ("text", "width", "rows"),
    [
        ("一二三四五", 4, ["一二", "三四", "五"]),
        ("支出6,302.34万元", 10, ["支出", "6,302.34万", "元"]),
        ("123456789012", 5, ["12345", "67890", "12"]),
        ("", 5, [""]),
    ],
)
def test_fold(text: str, width: int, rows: list[str]) -> None:
    breaks = fold(text, width)
    assert [text[a:b] for a, b in zip([0, *breaks], [*breaks, len(text)], strict=True)] == rows


def test_show_in_colour_without_and_folded() -> None:
    document = a_document("收入3万元。" * 40 + "\n第二行[bold]", [(2, 5)], [((0, 2), (2, 5))])
    out = {}
    for color in (True, False):
        stream = io.StringIO()
        console = Console(file=stream, width=60, force_terminal=color, no_color=not color, color_system="standard" if color else None)
        show(document, console=console, width=60, color=color)
        out[color] = stream.getvalue()
    assert "\x1b[" in out[True]
    assert "\x1b[" not in out[False]
    assert "⟨收入⟩实{[3万元]}。收入" in out[False]
    assert "[bold]" in out[False]
    assert "图例" in out[False]
    assert all(cell_len(line) <= 60 for line in out[False].splitlines())


def test_show_for_a_pipe_does_not_break_lines() -> None:
    stream = io.StringIO()
    show(a_document("长" * 500, [], []), console=Console(file=stream, width=40), color=False)
    assert stream.getvalue().splitlines()[0] == "长" * 500


def test_the_table_shows_words_of_comparison_and_change() -> None:
    side = Side("98%", 0, 3, ">=", Decimal(98), None, "%")
    record = Record(
        "performance",
        "满意\n度",
        0,
        3,
        side,
        Side("合格", 0, 2),
        0,
        3,
        "",
        "",
        1.0,
        change="比上年",
        completion=Decimal("1.2"),
        status="met",
    )
    stream = io.StringIO()
    Console(file=stream, width=100).print(records_table([("文档", record)]))
    row = stream.getvalue().splitlines()[-2].split()
    assert row == ["文档", "满意度", "≥98%", "比上年", "合格", "120.0%", "达标", "绩效"]


def test_legend_names_the_kinds_that_occur() -> None:
    line = legend(a_document("37所", [(0, 3)], []), color=False).plain
    assert "数量 1" in line
    assert "金额" not in line


def test_a_long_line_is_shown_in_reasonable_time() -> None:
    stream = io.StringIO()
    text = "收入3万元。" * 20_000
    document = a_document(text, [(i * 6 + 2, i * 6 + 5) for i in range(20_000)], [])
    show(document, console=Console(file=stream, width=100), width=100, color=False)
    assert stream.getvalue().count("[3万元]") > 15_000
