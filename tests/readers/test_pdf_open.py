"""Tables without lines between their rows or columns: heads over heads, wrapped names, several tables below each other."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from zhibiao.readers.content import Content, Limits
from zhibiao.readers.pdf.open import tables_of
from zhibiao.readers.pdf.reader import read_pdf
from zhibiao.readers.pdf.rules import Rules
from zhibiao.readers.printed import Run
from zhibiao.schema import Table

FONT = "STSong-Light"
HEIGHT = 842.0
LEFT, RIGHT = 72.0, 522.0
MIDDLES = (120.0, 230.0, 310.0, 390.0, 470.0)  # of the columns
STEP = 22.0  # from row to row
LINE = 13.0  # from line to line of wrapped words

Draw = Callable[[Canvas], None]
Word = tuple[float, float, str]  # the middle of the words, how far below the top, the words
BODY = [
    ["税收收入", "1,200", "1,260", "1,255", "99.60"],
    ["契税", "430", "400", "409", "102.25"],
    ["房产税", "156", "150", "151", "100.67"],
    ["罚没收入", "88", "90", "93", "103.33"],
]


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def read(*draws: Draw) -> Content:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595.0, HEIGHT))
    for draw in draws:
        draw(canvas)
    canvas.save()
    return read_pdf(file.getvalue(), path=Path("报告.pdf"), limits=Limits())


def say(*words: Word, top: float = 0.0) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, 10)
        for x, y, text in words:
            canvas.drawCentredString(x, HEIGHT - top - y, text)

    return draw


def rule(y: float, x0: float = LEFT, x1: float = RIGHT) -> Draw:
    return lambda canvas: canvas.line(x0, HEIGHT - y, x1, HEIGHT - y)


def upright(x: float, top: float, bottom: float) -> Draw:
    return lambda canvas: canvas.line(x, HEIGHT - top, x, HEIGHT - bottom)


def rows(body: list[list[str]], *, top: float, middles: tuple[float, ...] = MIDDLES) -> tuple[list[Draw], float]:
    """Rows of centred words, names from the left and wrapped at each line end with the figures beside their middle; and where they end."""
    out: list[Draw] = []
    for row in body:
        height = STEP + LINE * (max(word.count("\n") for word in row) if row else 0)
        for x, text in zip(middles, row, strict=False):
            parts = text.split("\n")
            for number, part in enumerate(parts):
                out.append(say((x, height / 2 + 3 + LINE * (number - (len(parts) - 1) / 2), part), top=top))
        top += height
    return out, top


def table(heads: list[Word], body: list[list[str]] = BODY, *, top: float = 100.0, height: float = 48.0, under: bool = True) -> list[Draw]:
    """A three-line table; without a rule ``under`` its head one of two lines."""
    draws, end = rows(body, top=top + height)
    return [rule(top), *([rule(top + height)] if under else []), rule(end), say(*heads, top=top), *draws]


def shape(content: Content, found: Table) -> list[tuple[int, int, int, int, str]]:
    """Row, column, rowspan, colspan, words of each cell with words."""
    cells = [(c.row, c.column, c.rowspan, c.colspan, content.text[c.start : c.end]) for c in found.cells]
    return [cell for cell in cells if cell[4]]


def heads(content: Content, number: int = 0) -> list[tuple[int, int, int, int, str]]:
    """The cells above the first figures."""
    cells = shape(content, content.tables[number])
    first = min(row for row, column, _, _, words in cells if column and words[0].isdigit() and not words.endswith("年"))
    return [cell for cell in cells if cell[0] < first]


def body_of(content: Content, number: int = 0, *, first: int = 0) -> list[list[str]]:
    """The words of the rows from ``first`` on, or else of those below the heads."""
    first = first or max(row + span for row, _, span, _, _ in heads(content, number))
    out: dict[int, list[str]] = {}
    for cell in content.tables[number].cells:
        if cell.row >= first:
            out.setdefault(cell.row, []).append(content.text[cell.start : cell.end])
    return list(out.values())


MID, HIGH, LOW = 27.0, 15.0, 39.0


def wrapped(x: float, first: str, second: str) -> list[Word]:
    return [(x, MID - LINE / 2, first), (x, MID + LINE / 2, second)]


A, B, C, D, E = MIDDLES


def test_heads_of_two_lines_are_one_cell() -> None:
    words = [
        (A, MID, "项目"),
        (B, MID, "年初预算"),
        (C, MID, "决算数"),
        *wrapped(D, "完成调整预", "算的比例"),
        *wrapped(E, "比上年增", "长（%）"),
    ]
    content = read(*table(words))
    assert heads(content) == [
        (0, 0, 1, 1, "项目"),
        (0, 1, 1, 1, "年初预算"),
        (0, 2, 1, 1, "决算数"),
        (0, 3, 1, 1, "完成调整预\n算的比例"),
        (0, 4, 1, 1, "比上年增\n长（%）"),
    ]
    assert body_of(content) == BODY


def test_head_over_two_columns() -> None:
    words = [(A, MID, "项目"), ((B + C) / 2, HIGH, "预算数"), (B, LOW, "年初预算"), (C, LOW, "调整预算"), (D, MID, "决算数")]
    content = read(*table([*words, *wrapped(E, "完成预", "算（%）")]))
    assert heads(content) == [
        (0, 0, 2, 1, "项目"),
        (0, 1, 1, 2, "预算数"),
        (0, 3, 2, 1, "决算数"),
        (0, 4, 2, 1, "完成预\n算（%）"),
        (1, 1, 1, 1, "年初预算"),
        (1, 2, 1, 1, "调整预算"),
    ]
    assert body_of(content) == BODY


def test_head_over_three_columns_lies_over_no_gap() -> None:
    words = [(A, MID, "项目"), (C, HIGH, "预算"), (B, LOW, "年初"), (C, LOW, "调整"), (D, LOW, "追加"), (E, MID, "备注")]
    assert heads(read(*table(words)))[:3] == [(0, 0, 2, 1, "项目"), (0, 1, 1, 3, "预算"), (0, 4, 2, 1, "备注")]


def test_two_heads_side_by_side_share_the_columns() -> None:
    words = [(A, MID, "科目"), ((B + C) / 2, HIGH, "2023年"), ((D + E) / 2, HIGH, "2024年")]
    words += [(x, LOW, text) for x, text in zip((B, C, D, E), ("预算", "决算", "预算", "决算"), strict=True)]
    assert heads(read(*table(words))) == [
        (0, 0, 2, 1, "科目"),
        (0, 1, 1, 2, "2023年"),
        (0, 3, 1, 2, "2024年"),
        (1, 1, 1, 1, "预算"),
        (1, 2, 1, 1, "决算"),
        (1, 3, 1, 1, "预算"),
        (1, 4, 1, 1, "决算"),
    ]


def test_head_over_two_columns_beside_a_wrapped_one() -> None:
    words = [
        (A, MID, "项目"),
        (B, MID, "预算"),
        *wrapped(C, "完成年初", "预算"),
        ((D + E) / 2, HIGH, "增减"),
        (D, LOW, "金额"),
        (E, LOW, "幅度"),
    ]
    assert heads(read(*table(words))) == [
        (0, 0, 2, 1, "项目"),
        (0, 1, 2, 1, "预算"),
        (0, 2, 2, 1, "完成年初\n预算"),
        (0, 3, 1, 2, "增减"),
        (1, 3, 1, 1, "金额"),
        (1, 4, 1, 1, "幅度"),
    ]


def test_three_levels() -> None:
    words = [(A, 39.0, "项目"), ((B + E) / 2, 15.0, "一般公共预算"), ((B + C) / 2, 39.0, "预算数"), ((D + E) / 2, 39.0, "执行数")]
    words += [(x, 63.0, text) for x, text in zip((B, C, D, E), ("年初", "调整", "金额", "比例"), strict=True)]
    assert heads(read(*table(words, height=72.0))) == [
        (0, 0, 3, 1, "项目"),
        (0, 1, 1, 4, "一般公共预算"),
        (1, 1, 1, 2, "预算数"),
        (1, 3, 1, 2, "执行数"),
        (2, 1, 1, 1, "年初"),
        (2, 2, 1, 1, "调整"),
        (2, 3, 1, 1, "金额"),
        (2, 4, 1, 1, "比例"),
    ]


def test_rule_under_a_head_shows_its_columns() -> None:
    """Heads that stand at the foot of the band do not show what goes on over them; a rule does."""
    words = [(A, LOW, "项目"), (C, HIGH, "预算"), (B, LOW, "年初"), (C, LOW, "调整"), (D, LOW, "追加"), (E, LOW, "备注")]
    content = read(*table(words), rule(124.0, B - 30, D + 30))
    assert heads(content)[:3] == [(0, 0, 2, 1, "项目"), (0, 1, 1, 3, "预算"), (0, 4, 2, 1, "备注")]


def test_head_over_columns_without_heads_of_their_own() -> None:
    words = [(A, MID, "项目"), (B, MID, "预算"), (C, MID, "决算"), ((D + E) / 2, MID, "比上年增减的金额和幅度")]
    assert heads(read(*table(words)))[-1] == (0, 3, 1, 2, "比上年增减的金额和幅度")


def test_head_without_a_rule_below_it() -> None:
    words = [
        (A, MID, "项目"),
        ((B + C) / 2, HIGH, "预算数"),
        (B, LOW, "年初预算"),
        (C, LOW, "调整预算"),
        (D, MID, "决算数"),
        (E, MID, "占比"),
    ]
    content = read(*table(words, under=False))
    assert [cell[:4] for cell in heads(content)] == [(0, 0, 2, 1), (0, 1, 1, 2), (0, 3, 2, 1), (0, 4, 2, 1), (1, 1, 1, 1), (1, 2, 1, 1)]
    assert body_of(content) == BODY


ONE = [(x, MID, text) for x, text in zip(MIDDLES, ("项目", "年初预算", "调整预算", "决算数", "完成%"), strict=True)]
LONG = ["国有资源有偿\n使用收入", "95", "109", "111", "101.56"]


@pytest.mark.parametrize("wraps", [1, 4])
def test_wrapped_names_stay_with_their_figures(wraps: int) -> None:
    body = [[row[0] + "和其他\n项目的收入", *row[1:]] if i < wraps else row for i, row in enumerate(BODY)]
    assert body_of(read(*table(ONE, [*body, LONG]))) == [*body, LONG]


def test_label_without_figures_is_a_row() -> None:
    body = [["一、税收"], *BODY[:2], ["二、非税"], *BODY[2:]]
    assert body_of(read(*table(ONE, body)), first=1) == [row + [""] * (5 - len(row)) for row in body]


def test_label_that_runs_over_the_columns_is_one_cell() -> None:
    label = (LEFT + 130, 48.0 + STEP * 4 + 14, "其中上级补助和上年结转安排的收入共计")
    draws = table(ONE, [*BODY, [], BODY[0]])
    content = read(*draws, say(label, top=100))
    assert [cell[3] for cell in shape(content, content.tables[0]) if cell[4] == label[2]] == [3]
    assert body_of(content)[-1] == BODY[0]


@pytest.mark.parametrize(
    "between", [["表二"], ["表二  其他收入", "单位：万元"], ["以下是说明的文字，占一整行。", "第二行的说明。", "表二"]]
)
def test_tables_below_each_other_are_not_one(between: list[str]) -> None:
    first, second = table(ONE), table(ONE, BODY[::-1], top=300 + 24.0 * len(between))
    content = read(*first, *(say((297, 268 + 24.0 * i, text)) for i, text in enumerate(between)), *second)
    assert [body_of(content, number) for number in range(len(content.tables))] == [BODY, BODY[::-1]]
    for line in between:
        assert line.split()[0] in content.text[content.tables[0].end : content.tables[1].start]


def test_rules_at_the_head_and_foot_of_the_page_are_no_part_of_the_table() -> None:
    words = [say((297, 60 + 18.0 * i, "全年各项工作按计划推进，预算执行总体良好。")) for i in range(3)]
    content = read(rule(40), *words, *table(ONE, top=140), rule(780), say((297, 600, "表后的说明。")))
    assert body_of(content) == BODY
    assert content.text.startswith("全年")
    assert content.text.endswith("表后的说明。\n")


def test_table_with_verticals_and_heads_of_two_lines_keeps_its_head() -> None:
    words = [(A, MID, "项目"), *(w for x in MIDDLES[1:] for w in wrapped(x, "预算数的", "金额"))]
    draws = table(words)
    end = 148 + STEP * len(BODY)
    draws += [upright(x, 100, end) for x in (180, 270, 350, 430)]
    content = read(*draws)
    assert [cell[4] for cell in heads(content)] == ["项目", *["预算数的\n金额"] * 4]
    assert body_of(content) == BODY


def test_rules_around_a_list_of_words_are_no_table() -> None:
    words = [say((x, 130 + 20.0 * i, "文字说明")) for i in range(8) for x in (120, 320)]
    assert read(rule(100), rule(400), *words).tables == ()


def test_words_printed_over_each_other_in_an_open_table() -> None:
    across, down = np.array([(90.0, 72.0, 522.0), (120.0, 72.0, 522.0)]), np.array([(180.0, 90.0, 120.0)])
    runs = [Run(text, tuple(130.0 + 10 * i for i in range(len(text) + 1)), 95.0, 106.0) for text in ("项目", "1,200")]
    (found,) = tables_of(Rules(across, down, np.zeros(2, np.bool_), np.zeros(1, np.bool_)), runs)
    assert len(found.cells) == 2


_RULES = st.lists(st.tuples(st.integers(90, 400), st.sampled_from([(72, 522), (72, 300), (200, 350)])), max_size=9)
_WORDS = st.lists(
    st.tuples(st.sampled_from([80, 130, 200, 260, 330, 400, 470]), st.integers(90, 400), st.sampled_from(["项目", "1,200", "98.5%", "预算数的合计", "2024", "-"])),
    max_size=40,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_RULES, _WORDS, st.lists(st.tuples(st.sampled_from([72, 180, 300, 522]), st.integers(90, 200), st.integers(210, 400)), max_size=3))
def test_any_rules_and_words_make_tables_whose_cells_do_not_overlap(
    rules: list[tuple[int, tuple[int, int]]], words: list[tuple[int, int, str]], uprights: list[tuple[int, int, int]]
) -> None:
    across = np.array([(y, *ends) for y, ends in rules], np.float64).reshape(-1, 3)
    down = np.array(uprights, np.float64).reshape(-1, 3)
    drawn = Rules(across, down, np.zeros(len(across), np.bool_), np.zeros(len(down), np.bool_))
    runs = [Run(text, tuple(x + 10.0 * i for i in range(len(text) + 1)), y, y + 11.0) for x, y, text in words]
    for found in tables_of(drawn, runs):
        places = [
            (r, c)
            for cell in found.cells
            for r in range(cell.row, cell.row + cell.rowspan)
            for c in range(cell.column, cell.column + cell.colspan)
        ]
        assert len(places) == len(set(places)) == (max(r for r, _ in places) + 1) * (len(found.edges) - 1)
        assert all(cell.x0 < cell.x1 and cell.top < cell.bottom for cell in found.cells)
