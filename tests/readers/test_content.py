"""What a reader hands back is checked when it is made: nothing out of order, nothing outside the text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.readers.content import Content, Limits
from zhibiao.schema import Table, TableCell, TextLine

TEXT = "项目\t决算数\n清淤\t12万元\n"


def table(start: int, end: int, *cells: tuple[int, int]) -> Table:
    return Table(start, end, tuple(TableCell(0, k, *span) for k, span in enumerate(cells)))


def line(start: int, end: int, edges: int | None = None) -> TextLine:
    return TextLine(start, end, 1, 0.0, 9.0, tuple(float(k) for k in range(end - start + 1 if edges is None else edges)))


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"page_starts": (0,)},
        {"page_starts": (0, 0, 7)},  # a page without words
        {"page_starts": (0, len(TEXT))},
        {"tables": (table(0, 6, (0, 2), (3, 6)), table(7, 14, (7, 9), (10, 14)))},
        {"tables": (table(0, 0),)},
        {"furniture": ((0, 3), (3, 6))},
        {"lines": (line(0, 2), line(3, 6), line(6, 6))},
    ],
)
def test_accepted(facts: dict[str, Any]) -> None:
    content = Content(TEXT, **facts)
    assert content.pages == (len(facts["page_starts"]) if "page_starts" in facts else None)
    assert content.gaps == ()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"page_starts": (1,)}, "page_starts"),
        ({"page_starts": (0, 5, 4)}, "page_starts"),
        ({"page_starts": (0, 99)}, "page_starts"),
        ({"tables": (table(7, 14), table(0, 6))}, "tables"),
        ({"tables": (table(0, 8), table(7, 14))}, "tables"),
        ({"tables": (table(0, 99),)}, "tables"),
        ({"tables": (table(0, 6, (3, 6), (0, 2)),)}, "cells"),
        ({"tables": (table(0, 6, (0, 2), (7, 9)),)}, "cells"),
        ({"tables": (table(3, 6, (0, 2)),)}, "cells"),
        ({"tables": (table(0, 6, (2, 0)),)}, "cells"),
        ({"furniture": ((3, 6), (0, 3))}, "furniture"),
        ({"furniture": ((0, 99),)}, "furniture"),
        ({"lines": (line(3, 6), line(0, 2))}, "lines"),
        ({"lines": (line(0, 99),)}, "lines"),
        ({"lines": (line(0, 2, 2),)}, "edge"),
        ({"lines": (line(0, 2, 4),)}, "edge"),
    ],
)
def test_refused(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Content(TEXT, **facts)


@given(st.lists(st.tuples(st.integers(-2, 18), st.integers(-2, 18)), max_size=5))
def test_spans_are_accepted_exactly_where_they_stand_in_order(spans: list[tuple[int, int]]) -> None:
    flat = [0, *(at for span in spans for at in span), len(TEXT)]
    try:
        Content(TEXT, furniture=tuple(spans))
        accepted = True
    except ValueError:
        accepted = False
    assert accepted == (flat == sorted(flat))


def test_limits_are_those_of_the_options() -> None:
    limits = Limits()
    assert (limits.max_bytes, limits.max_pages, limits.ocr_pages) == (200 * 2**20, 2000, 200)
