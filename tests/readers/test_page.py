"""Pages of runs and ruled tables to text: nothing lost, nothing twice, places right."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import UnpacksTooLarge
from zhibiao.readers import furniture, hanzi
from zhibiao.readers.content import Content, Limits
from zhibiao.readers.flowing import Builder
from zhibiao.readers.order import lines
from zhibiao.readers.page import Page, RuledCell, RuledTable, Run, write_pages


def run(text: str, x: float, top: float, size: float = 12.0) -> Run:
    """Words of hanzi width, one character after another."""
    return Run(text, tuple(x + size * i for i in range(len(text) + 1)), top, top + size)


def table(x: float, top: float, columns: int, rows: int, width: float = 100.0, height: float = 20.0) -> RuledTable:
    cells = [
        RuledCell(r, c, 1, 1, x + width * c, top + height * r, x + width * (c + 1), top + height * (r + 1))
        for r in range(rows)
        for c in range(columns)
    ]
    return RuledTable(tuple(cells), tuple(x + width * c for c in range(columns + 1)))


def written(*pages: Page, **limits: int) -> Content:
    builder = Builder(Limits(**limits))  # type: ignore[arg-type]
    write_pages(pages, builder)
    return builder.content()


def page(*runs: Run, number: int = 1, tables: tuple[RuledTable, ...] = ()) -> Page:
    return Page(number, 595.0, 842.0, runs, tables)


def test_order_of_the_file_does_not_matter() -> None:
    content = written(page(run("第三行", 72, 140), run("行首", 72, 100), run("第二行", 72, 120), run("行尾", 96, 100)))
    assert content.text == "行首行尾\n第二行\n第三行\n"


def test_blanks_have_edges() -> None:
    content = written(page(run("左", 72, 100), run("右", 200, 100)))
    (line,) = content.lines
    assert content.text[line.start : line.end] == "左  右"
    assert line.edges == pytest.approx((72, 84, 142, 200, 212))


def test_cells_hold_their_words_by_line() -> None:
    words = [run("甲", 76, 101), run("乙一", 176, 99), run("乙二", 176, 109.5), run("丙", 76, 124)]
    content = written(page(*words, tables=(table(72, 98, 2, 2),)))
    (drawn,) = content.tables
    assert [content.text[c.start : c.end] for c in drawn.cells] == ["甲", "乙一\n乙二", "丙", ""]
    assert [content.text[line.start : line.end] for line in content.lines] == ["甲", "乙一", "乙二", "丙"]


def test_run_over_several_cells_is_parted() -> None:
    one = Run("甲乙丙12.5万元", tuple(72 + 20 * i for i in range(11)), 100, 112)
    content = written(page(one, tables=(table(72, 98, 3, 2, width=70),)))
    assert [content.text[c.start : c.end] for c in content.tables[0].cells][:3] == ["甲乙丙", "12.5", "万元"]


def test_words_beside_a_table_stand_outside() -> None:
    content = written(page(run("表中", 80, 102), run("旁注", 400, 102), run("表后", 72, 200), tables=(table(72, 98, 2, 2),)))
    assert content.text == "表中\t\n\t\n旁注\n表后\n"


def test_too_many_cells() -> None:
    with pytest.raises(UnpacksTooLarge):
        written(page(run("甲", 80, 102), tables=(table(72, 98, 20, 20),)), max_cells=100)


def test_words_printed_over_words_are_not_mixed() -> None:
    content = written(page(run("上面的字", 72, 100), run("压住的", 78, 101)))
    assert content.text in ("上面的字\n压住的\n", "压住的\n上面的字\n")


def test_same_words_twice_are_said_once() -> None:
    assert [line.text for line in lines([run("合计12", 72, 100), run("合计12", 72.5, 100.2)])] == ["合计12"]


def _titled(number: int) -> Page:
    """A page whose title, unit and table stand at the same place as on all others."""
    return page(
        run("项目绩效自评表", 200, 50), run("单位：万元", 400, 66), run("甲", 80, 92), number=number, tables=(table(72, 88, 2, 30),)
    )


def test_title_and_unit_of_a_table_are_no_furniture() -> None:
    content = written(*map(_titled, range(1, 6)))
    assert content.furniture == ()


def test_unit_is_kept_without_a_table_too() -> None:
    content = written(*(page(run("单位：万元", 400, 40), run(f"正文{'一二三四'[n]}", 72, 120), number=n + 1) for n in range(4)))
    assert content.furniture == ()


def test_head_that_repeats_is_furniture_with_or_without_figures() -> None:
    content = written(*(page(run(f"评价报告 第{n}章", 200, 40), run("正文", 72, 120 + 9 * n), number=n) for n in range(1, 5)))
    assert [content.text[a:b] for a, b in content.furniture] == [f"评价报告 第{n}章" for n in range(1, 5)]


def test_first_lines_of_the_text_are_no_head() -> None:
    content = written(*(page(run(f"第{'一二三四'[n]}部分的开头", 72, 40), run("正文", 72, 90), number=n + 1) for n in range(4)))
    assert content.furniture == ()


def test_figure_that_does_not_count_the_pages_is_text() -> None:
    content = written(*(page(run("正文", 72, 120), run(words, 300, 800), number=n + 1) for n, words in enumerate(["12", "7", "2024", "3"])))
    assert content.furniture == ()


def test_dotted_furniture_toml_is_held() -> None:
    good: dict[str, object] = {"page_numbers": ["x"], "plain_numbers": ["(?P<number>1)"], "kept": ["y"]}
    assert furniture.check(good).kept[0].pattern == "y"
    for bad in (
        {},
        {**good, "kept": []},
        {**good, "kept": "y"},
        {**good, "page_numbers": ["("]},
        {**good, "plain_numbers": ["1"]},
        {**good, "z": ["y"]},
    ):
        with pytest.raises(ValueError, match=r"furniture\.toml"):
            furniture.check(bad)


def test_radicals_toml_is_held() -> None:
    assert hanzi.plain_hanzi("⻋⽅⾦") == "车方金"
    for bad in ({}, {"hanzi": {}}, {"hanzi": {"车": "车"}}, {"hanzi": {"⻋": "车辆"}}, {"hanzi": {"⻋": "x"}}):
        with pytest.raises(ValueError, match=r"radicals\.toml"):
            hanzi.check(bad)


_RUNS = st.lists(
    st.builds(
        run,
        st.text("甲乙丙丁12.,%（）a", min_size=1, max_size=12),
        st.floats(20, 500).map(lambda x: round(x, 1)),
        st.floats(20, 780).map(lambda y: round(y, 1)),
        st.sampled_from([7.0, 12.0, 18.0]),
    ),
    max_size=25,
)


def _letters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


@settings(max_examples=150, deadline=None)
@given(_RUNS, st.booleans(), _RUNS)
def test_every_line_is_where_it_says(first: list[Run], tabled: bool, second: list[Run]) -> None:
    anchor = run("锚", 10, 10)
    pages = [
        page(anchor, *first, tables=(table(100, 200, 3, 5),) if tabled else ()),
        page(anchor, *second, number=2),
    ]
    content = written(*pages)
    assert content.pages == 2
    covered = Counter[str]()
    for line in content.lines:
        words = content.text[line.start : line.end]
        assert "\n" not in words
        assert "\t" not in words
        assert len(line.edges) == len(words) + 1
        assert list(line.edges) == sorted(line.edges)
        assert line.top < line.bottom
        covered += _letters(words)
    # Every character of the text belongs to one line, and none was invented.
    assert covered == _letters(content.text)
    printed = _letters("".join(r.text for p in pages for r in p.runs))
    assert not covered - printed
    # What is missing was printed twice in one place.
    for line_run in (r for p in pages for r in p.runs):
        assert all(covered[char] for char in line_run.text)


@settings(max_examples=100, deadline=None)
@given(_RUNS)
def test_lines_keep_all_words_that_do_not_overlap(runs: list[Run]) -> None:
    apart: list[Run] = []
    for one in runs:
        if all(
            one.bottom <= other.top or one.top >= other.bottom or one.edges[0] >= other.edges[-1] or one.edges[-1] <= other.edges[0]
            for other in apart
        ):
            apart.append(one)
    assert _letters("".join(line.text for line in lines(apart))) == _letters("".join(r.text for r in apart))
