"""Paragraphs, headings, noise and table regions."""

from __future__ import annotations

import pytest

from zhibiao.layout import lay_out
from zhibiao.layout.blocks import Passage, TableRegion
from zhibiao.layout.headers import header_role, header_words
from zhibiao.layout.lines import item_mark, split_lines, terminated, wrap_of

PROSE = (
    "一、基本情况\n（一）部门概况\n临岳区水务局是区政府工作部门，内设办公室、规划建设科、河湖管理科三个科室，下属两家事业单位，负责全区水资源管理、"
    "水利工程建设和河湖长制的日常工作，承担防汛抗旱的具体组织协调任务。\n（二）收支情况\n全年预算数2,415.60万元，执行数2,398.17万元，完成预算的99.3%。"
    "其中项目支出1,806.44万元，比上年增加213.5万元，主要是新增了三处泵站的更新改造，年内全部完工并通过验收。\n"
)


def wrapped(text: str, width: int, gap: str = "\n") -> str:
    return gap.join(line[i : i + width] for line in text.split("\n") for i in range(0, max(len(line), 1), width))


@pytest.mark.parametrize("width", [18, 24, 31, 40])
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n"])
def test_wraps_are_joined_and_headings_are_not(width: int, gap: str) -> None:
    plain = [b.text for b in lay_out(PROSE).blocks if isinstance(b, Passage)]
    cut = [b.text for b in lay_out(wrapped(PROSE, width, gap)).blocks if isinstance(b, Passage)]
    assert cut == plain


def test_sections_follow_the_headings() -> None:
    passages = [b for b in lay_out(PROSE).blocks if isinstance(b, Passage)]
    assert passages[-1].section == ("基本情况", "收支情况")


@pytest.mark.parametrize("noise", ["- 3 -", "— 12 —", "第 110 页，共 116 页", "第5页"])
def test_page_numbers_inside_a_sentence_are_left_out(noise: str) -> None:
    text = f"全市一般公共预算收入完成154.9亿元，为年初预算的100.0%，\n比上年同期增长10.1%；支出预算执行中调整为\n{noise}\n430.5亿元，实际完成424.5亿元，为调整预算的98.6%，\n比上年同期增长15.2%，各项重点支出得到较好保障。"
    (passage,) = lay_out(text).blocks
    assert isinstance(passage, Passage)
    assert "调整为430.5亿元" in passage.text
    start = passage.text.index("430.5")
    assert text[slice(*passage.clean.span(start, start + 5))] == "430.5"


def test_running_head_before_a_page_number_is_left_out() -> None:
    lines = [
        "全市共改造老旧小区七十八个惠及居民三万户完成投资十五亿",
        "望川市人民政府公报",
        "2026年第3期",
        "39",
        "新开工棚户区改造安置房两千一百套基本建成一千九百套。",
    ]
    text = "民生实事扎实推进各项任务按期完成群众满意度稳步提升一年\n" + lines[0] + "\n\x0c" + "\n".join(lines[1:])
    texts = [b.text for b in lay_out(text).blocks if isinstance(b, Passage)]
    assert any("投资十五亿新开工" in t for t in texts)


def test_chapters_of_years_hold_their_parts_and_a_date_below_a_title_is_none() -> None:
    text = "岫原县政府工作报告\n——2024年1月18日在岫原县人民代表大会上\n一、2023年工作回顾\n——项目攻坚见效。实施重点项目47个。\n二、2024年工作安排\n（一）扩大投资。实施重点项目52个。\n"
    sections = [b.section for b in lay_out(text).blocks]
    assert sections[3] == ("2023年工作回顾", "项目攻坚见效")
    assert sections[-1] == ("2024年工作安排", "扩大投资")


def test_a_function_item_over_two_lines_is_one() -> None:
    text = "7、卫生健康支出（类）行政事业单位医疗（款）事业单位\n医疗（项）。年初预算为196.40万元，支出决算为196.29\n万元，完成年初预算的99.94%，与预算基本持平，没有调整。\n"
    passage = lay_out(text).blocks[0]
    assert isinstance(passage, Passage)
    assert passage.text.startswith("7、卫生健康支出（类）行政事业单位医疗（款）事业单位医疗（项）。年初预算")


def test_a_table_on_one_line_is_parted() -> None:
    text = "一级指标 二级指标 三级指标 分值 得分 评分说明 决策 项目立项 立项依据充分性 5 5 与部门职责相符，论证充分。 绩效目标合理性 5 4 个别目标没有量化。 预算执行率 5 4.6 基本到位。\n"
    (region,) = lay_out(text).blocks
    assert isinstance(region, TableRegion)
    assert len(region.lines) == 20
    assert all(text[line.start : line.end] == line.text for line in region.lines)


def test_the_title_of_the_next_table_ends_the_one_before() -> None:
    text = "表1 学校情况\n类别\n学校数\n教师\n小学\n63\n2,106\n初中\n18\n1,385\n表2 医疗情况\n指标名称\n单位\n2024年\n上年\n床位\n张\n2,846\n2,790\n医师\n人\n1,286\n1,241\n"
    regions = [b for b in lay_out(text).blocks if isinstance(b, TableRegion)]
    assert [r.lines[0].text for r in regions] == ["类别", "指标名称"]


def test_one_cell_a_line_is_a_table() -> None:
    text = "2023年收入情况表\n单位：万元\n科目\n年初预算\n实际完成\n增值税\n1200\n1250\n契税\n300\n290\n"
    regions = [b for b in lay_out(text).blocks if isinstance(b, TableRegion)]
    assert [line.text for line in regions[0].lines] == ["科目", "年初预算", "实际完成", "增值税", "1200", "1250", "契税", "300", "290"]
    assert regions[0].caption == "2023年收入情况表；单位：万元"


def test_prose_is_no_table() -> None:
    assert not [b for b in lay_out(PROSE).blocks if isinstance(b, TableRegion)]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("一、基本情况", 1),
        ("（二）成效", 2),
        ("3.加快建设", 3),
        ("（4）满意度", 4),
        ("①数量", 5),
        ("——税收", 6),
        ("2.4%的项目", None),
        ("2023年", None),
        ("1.5倍", None),
        ("一、2023年工作回顾", 1),
        ("三、12345热线运行", 1),
        ("1.2023年度决算", 3),
        ("1、2、3号楼", None),
    ],
)
def test_item_marks(line: str, level: int | None) -> None:
    mark = item_mark(line)
    assert (mark[0] if mark else None) == level


def test_terminated_looks_through_closing_quotes() -> None:
    assert terminated("授予“先进单位。”")
    assert not terminated("授予“先进单位”")


def test_wrap_of_needs_many_equal_lines() -> None:
    assert wrap_of(split_lines(PROSE)) is None
    wrap = wrap_of(split_lines(wrapped(PROSE, 24)))
    assert wrap is not None
    assert wrap.chars == 24


def test_every_header_word_is_known_by_its_role() -> None:
    for word, role in header_words().items():
        assert header_role(word) == role
        assert header_role(f" {word}（万元）") == role
    assert header_role("临岳区水务局") is None


@pytest.mark.parametrize("text", ["", "\n\n \n", "。", "\x0c\x0c", "1\n2\n3"])
def test_odd_texts_do_not_fail(text: str) -> None:
    lay_out(text)


def test_a_line_of_many_pages_is_cut_at_its_stops() -> None:
    """Pieces follow one another without a gap, each ends with a stop, and nothing in them is lost or moved."""
    line = "全年受理热线工单26万件，办结率达到99.5%。" * 700
    blocks = [block for block in lay_out(line).blocks if isinstance(block, Passage)]
    assert len(blocks) > 3
    assert "".join(block.text for block in blocks) == line
    assert all(block.text.endswith("。") and len(block.text) <= 4000 for block in blocks)
    assert [block.end for block in blocks[:-1]] == [block.start for block in blocks[1:]]
    assert all(line[block.start : block.end] == block.text for block in blocks)


def test_a_long_line_without_stops_stays_whole() -> None:
    line = "共" + "1" * 9000
    assert [block.text for block in lay_out(line).blocks if isinstance(block, Passage)] == [line]
