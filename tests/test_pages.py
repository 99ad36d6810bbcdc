"""Pages and boxes of stretches of text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.extractor import Extractor
from zhibiao.pages import Pages
from zhibiao.schema import Report, TextLine

from .sheets import content_of, report_of

#: Three lines of four characters, 10 points each, the last on page 2.
TEXT = "甲乙丙丁\n戊己庚辛\n壬癸子丑\n"
LINES = tuple(
    TextLine(start, start + 4, page, top, top + 12.0, tuple(left + 10.0 * k for k in range(5)))
    for start, page, top, left in ((0, 1, 100.0, 50.0), (5, 1, 120.0, 70.0), (10, 2, 80.0, 50.0))
)


def report(text: str = TEXT, lines: tuple[TextLine, ...] = LINES, starts: tuple[int, ...] = (0, 10)) -> Report:
    return Report("a", "a", "", "pdf", text, page_starts=starts, lines=lines)


@pytest.mark.parametrize(("offset", "page"), [(0, 1), (9, 1), (10, 2), (99, 2)])
def test_page(offset: int, page: int) -> None:
    assert Pages(report()).page_of(offset) == page


def test_a_page_without_words_counts() -> None:
    assert Pages(report(starts=(0, 5, 5, 10))).page_of(5) == 3


def test_no_pages() -> None:
    pages = Pages(report(lines=(), starts=()))
    assert (pages.page_of(3), pages.box_of(0, 4)) == (None, "")


@pytest.mark.parametrize(
    ("start", "end", "box"),
    [
        (0, 4, "50.0,100.0,90.0,112.0"),
        (1, 3, "60.0,100.0,80.0,112.0"),
        (2, 7, "70.0,100.0,90.0,132.0"),  # over a line end: round the words of both
        (4, 6, "70.0,120.0,80.0,132.0"),  # the line end itself has no place
        (7, 14, "90.0,120.0,110.0,132.0"),  # over a page end: on the page where it begins
        (4, 5, ""),
        (2, 2, ""),
        (14, 15, ""),
    ],
)
def test_box(start: int, end: int, box: str) -> None:
    assert Pages(report()).box_of(start, end) == box


def test_words_before_the_first_line_have_no_box() -> None:
    assert Pages(report(lines=LINES[1:])).box_of(0, 4) == ""
    assert Pages(report(lines=LINES[1:])).box_of(0, 6) == "70.0,120.0,80.0,132.0"


@given(st.integers(0, 15), st.integers(0, 15))
def test_a_box_holds_each_of_its_characters(start: int, end: int) -> None:
    pages = Pages(report())
    box = pages.box_of(start, end)
    own = [at for at in range(start, end) if TEXT[at : at + 1].strip()]
    assert bool(box) == bool(own)
    if own:
        first = pages.page_of(own[0])
        outer = [float(x) for x in box.split(",")]
        inner = [[float(x) for x in pages.box_of(at, at + 1).split(",")] for at in own if pages.page_of(at) == first]
        assert outer == [min(b[0] for b in inner), min(b[1] for b in inner), max(b[2] for b in inner), max(b[3] for b in inner)]


def test_a_box_in_a_long_report_is_found_at_once() -> None:
    count = 200_000
    lines = tuple(TextLine(3 * k, 3 * k + 2, 1 + k // 50, 0.0, 9.0, (1.0, 2.0, 3.0)) for k in range(count))
    pages = Pages(Report("a", "a", "", "pdf", "甲乙\n" * count, lines=lines))
    began = time.perf_counter()
    assert {pages.box_of(3 * k, 3 * k + 2) for k in range(0, count, 10)} == {"1.0,0.0,3.0,9.0"}
    assert time.perf_counter() - began < 3


def test_records_and_quantities_bear_page_and_box(extractor: Extractor) -> None:
    content = content_of("\f", "甲", "\f", "指标名称|目标值|实际值\n清淤长度|12公里|13公里")
    (table,) = content.tables
    lines = [TextLine(0, 1, 1, 10.0, 22.0, (10.0, 20.0))]
    for cell in table.cells:
        left, top = 100.0 * cell.column, 50.0 * (cell.row + 1)
        lines.append(TextLine(cell.start, cell.end, 2, top, top + 12, tuple(left + 8.0 * k for k in range(cell.end - cell.start + 1))))
    document = extractor.extract(report_of(content.__class__(content.text, content.page_starts, content.tables, (), tuple(lines))))
    (record,) = document.records
    assert (record.page, record.box) == (2, "0.0,100.0,232.0,112.0")
    assert [(q.text, q.page, q.box) for q in document.quantities] == [
        ("12公里", 2, "100.0,100.0,132.0,112.0"),
        ("13公里", 2, "200.0,100.0,232.0,112.0"),
    ]
