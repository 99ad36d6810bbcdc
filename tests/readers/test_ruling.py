"""Ruled lines become grids: merged cells, double, broken, faint and open lines; print alone is no table."""

import pytest

pytest.importorskip("cv2", reason="the extra zhibiao[ocr] is not installed")

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from zhibiao.readers.ocr.ruling import erase, find_ruling, scaled

Grey = NDArray[np.uint8]
DPI = 200
XS, YS = (100, 260, 520, 760, 900), (120, 170, 220, 270, 330)


def paper(height: int = 700, width: int = 1100, tone: int = 255) -> Grey:
    return np.full((height, width), tone, np.uint8)


def draw(page: Grey, *, tone: int = 0, thick: int = 2, merged: tuple[tuple[int, int, int, int], ...] = ()) -> Grey:
    """A grid on XS × YS; ``merged``: (row, column, rowspan, colspan) whose inner lines are left out."""
    for i, y in enumerate(YS):
        for j in range(len(XS) - 1):
            if not any(r < i < r + rs and c <= j < c + cs for r, c, rs, cs in merged):
                cv2.line(page, (XS[j], y), (XS[j + 1], y), tone, thick)
    for j, x in enumerate(XS):
        for i in range(len(YS) - 1):
            if not any(c < j < c + cs and r <= i < r + rs for r, c, rs, cs in merged):
                cv2.line(page, (x, YS[i]), (x, YS[i + 1]), tone, thick)
    return page


def lattice(page: Grey, dpi: float = DPI) -> list[list[tuple[int, int, int, int]]]:
    return [[(c.row, c.column, c.rowspan, c.colspan) for c in t.cells] for t in find_ruling(page, dpi=dpi).tables]


FULL = [(r, c, 1, 1) for r in range(4) for c in range(4)]


def test_a_plain_grid_with_its_borders() -> None:
    (table,) = find_ruling(draw(paper()), dpi=DPI).tables
    assert [(c.row, c.column, c.rowspan, c.colspan) for c in table.cells] == FULL
    assert table.edges == pytest.approx(XS, abs=2)
    first = table.cells[0]
    assert (first.x0, first.top, first.x1, first.bottom) == pytest.approx((XS[0], YS[0], XS[1], YS[1]), abs=2)


def test_merged_cells_stand_once_with_their_extent() -> None:
    merged = ((0, 0, 1, 3), (1, 0, 3, 1), (2, 2, 2, 2))
    covered = {(r + i, c + j) for r, c, rs, cs in merged for i in range(rs) for j in range(cs)}
    expected = sorted([*merged, *((r, c, 1, 1) for r in range(4) for c in range(4) if (r, c) not in covered)])
    assert lattice(draw(paper(), merged=merged)) == [expected]


def test_faint_lines_on_grey_paper() -> None:
    assert lattice(cv2.GaussianBlur(draw(paper(tone=235), tone=150), (0, 0), 0.8).astype(np.uint8)) == [FULL]


def test_double_lines_are_one() -> None:
    page = draw(paper())
    for y in (YS[0], YS[-1]):
        cv2.line(page, (XS[0], y + 7), (XS[-1], y + 7), 0, 2)
    assert lattice(page) == [FULL]


def test_broken_lines_are_whole() -> None:
    page = draw(paper())
    page[:, 137:1100:40] = 255
    assert lattice(page) == [FULL]


def test_coloured_head_adds_no_row() -> None:
    page = paper()
    page[YS[0] : YS[1], XS[0] : XS[-1]] = 205
    page[YS[1] : YS[2], XS[0] : XS[-1]] = 230
    assert lattice(draw(page)) == [FULL]


def test_table_open_to_both_sides() -> None:
    page = draw(paper())
    page[:, XS[0] - 3 : XS[0] + 4] = 255
    page[:, XS[-1] - 3 : XS[-1] + 4] = 255
    for y in YS:
        cv2.line(page, (XS[0], y), (XS[-1], y), 0, 2)
    assert lattice(page) == [FULL]


def test_grain_adds_no_lines() -> None:
    noise = np.random.default_rng(3).normal(0, 10, (700, 1100))
    assert lattice(np.clip(draw(paper(tone=240)) + noise, 0, 255).astype(np.uint8)) == [FULL]


def test_strokes_of_letters_add_no_lines() -> None:
    page = draw(paper())
    for x in range(280, 500, 30):  # tall strokes in a row of letters, near the borders of their cell but not on them
        cv2.rectangle(page, (x, 130), (x + 18, 160), 0, 3)
    assert lattice(page) == [FULL]


def test_a_row_of_dense_letters_is_no_line() -> None:
    page = draw(paper())
    rng = np.random.default_rng(8)
    blobs = cv2.GaussianBlur((rng.random((26, 200)) < 0.55).astype(np.float32), (0, 0), 1.6)
    page[182:208, 285:485] = np.where(blobs > 0.5, 40, 255)
    assert lattice(cv2.GaussianBlur(page, (0, 0), 0.9).astype(np.uint8)) == [FULL]


@pytest.mark.parametrize("shape", ["frame", "line", "letters", "blank", "noise"])
def test_what_is_no_table(shape: str) -> None:
    page = paper()
    if shape == "frame":
        cv2.rectangle(page, (100, 100), (900, 500), 0, 2)
    elif shape == "line":
        cv2.line(page, (100, 100), (900, 100), 0, 2)
    elif shape == "letters":
        for i in range(8):
            cv2.putText(page, "HEB 6,302.34 TILE FEET", (80, 80 + 70 * i), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 3)
    elif shape == "noise":
        page = np.random.default_rng(1).integers(0, 256, page.shape).astype(np.uint8)
    assert find_ruling(page, dpi=DPI).tables == ()


def test_two_tables_from_top_to_bottom() -> None:
    page = paper(1100)
    draw(page)
    page[600:1000] = draw(paper())[100:500]
    found = find_ruling(page, dpi=DPI).tables
    assert len(found) == 2
    assert found[0].cells[0].top < found[1].cells[0].top


def test_erasing_takes_the_lines_and_keeps_the_print() -> None:
    page = paper()
    page[YS[0] : YS[1], XS[0] : XS[-1]] = 210
    draw(page)
    cv2.putText(page, "99.9", (300, 155), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    clean = erase(page, find_ruling(page, dpi=DPI).lines, dpi=DPI)
    assert clean[YS[2], 300:500].min() > 240  # a line on white
    assert 200 < clean[140, XS[1]] < 220  # a line on colour
    assert np.array_equal(clean[128:162, 290:480], page[128:162, 290:480])


def test_scaled_turns_pixels_into_points() -> None:
    (table,) = find_ruling(draw(paper()), dpi=DPI).tables
    points = scaled(table, 72 / DPI)
    assert points.edges == pytest.approx([x * 0.36 for x in XS], abs=1)
    assert points.cells[-1].bottom == pytest.approx(YS[-1] * 0.36, abs=1)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(60, 240), min_size=1, max_size=6),
    st.lists(st.integers(44, 120), min_size=1, max_size=6),
    st.sampled_from([150, 200, 300]),
)
def test_any_grid_is_found_whole(widths: list[int], heights: list[int], dpi: int) -> None:
    """Whatever the sizes of rows and columns and the resolution, each place is a cell and cells do not overlap."""
    if len(widths) * len(heights) == 1 or sum(widths) < 240:
        return
    scale = dpi / DPI
    xs = [round((80 + sum(widths[:i])) * scale) for i in range(len(widths) + 1)]
    ys = [round((80 + sum(heights[:i])) * scale) for i in range(len(heights) + 1)]
    page = paper(ys[-1] + 60, xs[-1] + 60)
    for y in ys:
        cv2.line(page, (xs[0], y), (xs[-1], y), 0, 2)
    for x in xs:
        cv2.line(page, (x, ys[0]), (x, ys[-1]), 0, 2)
    (table,) = find_ruling(page, dpi=dpi).tables
    assert [(c.row, c.column, c.rowspan, c.colspan) for c in table.cells] == [
        (r, c, 1, 1) for r in range(len(heights)) for c in range(len(widths))
    ]
    assert table.edges == pytest.approx(xs, abs=2)
