"""Lines that are rows of a table, and the words of heads."""

from __future__ import annotations

import pytest

from zhibiao.layout import headers, lay_out
from zhibiao.layout.blocks import TableRegion
from zhibiao.layout.grids import grid_lines, is_form_line
from zhibiao.layout.lines import split_lines


def regions(text: str) -> list[list[str]]:
    return [[line.text for line in block.lines] for block in lay_out(text).blocks if isinstance(block, TableRegion)]


def test_rows_with_the_same_number_of_cells_are_a_grid() -> None:
    text = "县区 场地数量（个） 场地面积（万平方米）\n鹿鸣区 2,118 161.37\n云埠区 1,504 143.90\n注：数据截至年末。\n"
    assert grid_lines(split_lines(text)) == {0, 1, 2}


def test_prose_with_blanks_is_no_grid() -> None:
    text = "全年组织近 10 次会审、近 20 次沟通，完成 184 个\n建设类、388 个运维类、66 个项目立项；完成近 600\n个终验项目 12 个，共 30 场 40 次活动\n"
    assert grid_lines(split_lines(text)) == set()


def test_the_head_above_a_table_of_one_cell_a_line_belongs_to_it() -> None:
    text = "案件统计情况如下。\n类别\n受理数（件）\n结案率\n市容环境\n9,317\n98.79%\n街面秩序\n12,560\n99.43%\n"
    assert regions(text)[0][:3] == ["类别", "受理数（件）", "结案率"]


@pytest.mark.parametrize(
    ("text", "form"),
    [("全年预算数 96.00 全年执行数 95.20 执行率 99.17%", True), ("全年预算数 96.00 万元，执行 95.20", False), ("合计 96.00 95.20", False)],
)
def test_form_lines(text: str, form: bool) -> None:
    assert is_form_line(text) is form


def test_a_note_below_states_the_unit() -> None:
    text = "项目 预算数 决算数\n单位缴费 23,860 25,114\n个人缴费 9,420 9,633\n一、单位为万元，不含由财政另行代缴的个人账户部分\n"
    (block,) = [b for b in lay_out(text).blocks if isinstance(b, TableRegion)]
    assert "单位：万元" in block.caption


def test_the_loader_rejects_a_part_without_a_known_role(monkeypatch: pytest.MonkeyPatch) -> None:
    headers.header_parts.cache_clear()
    monkeypatch.setattr(headers, "_data", lambda: {"part": [{"role": "colour", "words": ["红"]}]})
    with pytest.raises(ValueError, match="part"):
        headers.header_parts()
    monkeypatch.undo()
    headers.header_parts.cache_clear()
