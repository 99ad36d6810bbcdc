"""Heads of drawn tables: which rows are heads, and what columns and halves they make."""

from __future__ import annotations

import pytest

from zhibiao.extractor import Extractor, layout_of
from zhibiao.layout.blocks import DrawnTable
from zhibiao.pairing.columns import column_of, columns_of
from zhibiao.pairing.drawn import DrawnReader
from zhibiao.pairing.drawnheads import Head, Sheet, head_height, head_of

from ..sheets import drawn


def sheet_of(extractor: Extractor, drawing: str) -> Sheet:
    layout = layout_of(drawn(drawing))
    (block,) = [b for b in layout.blocks if isinstance(b, DrawnTable)]
    return DrawnReader(layout.folded, block, finder=extractor.finder, names_of=lambda text, quantities: [""] * len(quantities)).sheet


def columns(head: Head | None) -> list[list[str]]:
    """Each group's columns: role, colon, words, unit."""
    assert head is not None
    return [[f"{c.role}:{c.words}" + (f"({c.hint.unit})" if c.hint else "") for c in group.columns.all] for group in head.groups]


HEADS = {
    "a row of known words": (
        "三级指标|年度指标值|实际完成值|分值|得分\n清淤长度|12公里|12公里|10|10",
        1,
        [["name:三级指标", "target:年度指标值", "actual:实际完成值", "weight:分值", "score:得分"]],
    ),
    "unknown words over numbers": (
        "乡镇|受益户（户）|补贴机具（台）|补贴率（%）\n青禾乡|318|402|30.5\n白石镇|127|149|28.1",
        1,
        [["name:乡镇", ":受益户(户)", ":补贴机具(台)", "share:补贴率(%)"]],
    ),
    "two rows, the lower ones divide": (
        "学校类型|学校数（所）|人数（人）|<\n^|^|在校学生|专任教师\n小学|32|32748|2106\n初中|12|17204|1385",
        2,
        [["name:学校类型", ":学校数(所)", ":在校学生(人)", ":专任教师(人)"]],
    ),
    "words that are too general alone take those above": (
        "类别|2022年|<|2023年|<\n^|数量|金额（万元）|数量|金额（万元）\n农机|12|30|15|36\n农具|40|8|42|9",
        2,
        [["name:类别", ":2022年数量", "amount:2022年金额(元)", ":2023年数量", "amount:2023年金额(元)"]],
    ),
    "three rows": (
        "项目|预算数|<|<|决算数\n^|年初|调整|<|^\n^|^|上半年|下半年|^\n清淤|1|2|3|4\n改造|5|6|7|8",
        3,
        [["name:项目", "initial:年初", "budget:上半年", "budget:下半年", "executed:决算数"]],
    ),
    "the name of a level column is merged over two": (
        "指标|<|目标值|完成值\n产出|清淤长度|12公里|13公里\n^|改造泵站|3座|3座",
        1,
        [["name:指标", "target:目标值", "actual:完成值"]],
    ),
    "a label merged down beside the table gives its unit": (
        "项目资金↵（万元）|·|年初预算数|全年执行数|执行率\n^|年度资金总额|500|480|96%\n^|财政拨款|500|480|96%",
        1,
        [["name:", "initial:年初预算数", "executed:全年执行数", "rate:执行率(%)"]],
    ),
    "halves with the same heads": (
        "项目|决算数|项目|决算数\n一、财政拨款|120|一、教育支出|80\n二、其他收入|5|二、住房支出|40",
        1,
        [["name:项目", "executed:决算数"]] * 2,
    ),
    "words of a level head columns over numbers": (
        "部门|决策|过程|产出|总分\n区水务局|18|20|28|66\n区文旅局|17|19|28|64",
        1,
        [["name:部门", ":决策", ":过程", ":产出", ":总分"]],
    ),
    "words of a level divide a head": (
        "部门|得分|<|<|等级\n^|决策|过程|产出|^\n区水务局|18|20|28|优\n区文旅局|17|19|28|良",
        2,
        [["name:部门", "score:决策", "score:过程", "score:产出", "text:等级"]],
    ),
    "levels under the head of levels are rows": (
        "指标|<|目标值|完成值\n产出指标|数量指标|·|·\n^|清淤长度|12公里|13公里",
        1,
        [["name:指标", "target:目标值", "actual:完成值"]],
    ),
    "a bare count": ("品名|数量|金额（万元）\n农机|12|30\n农具|40|8", 1, [["name:品名", ":数量", "amount:金额(元)"]]),
    "ranks count rows, whatever names them": (
        "名次|单位|得分|等次\n1|区水务局|95.5|优\n2|区文旅局|90.1|优",
        1,
        [["index:名次", "name:单位", "score:得分", "text:等次"]],
    ),
}


@pytest.mark.parametrize(("drawing", "height", "expected"), HEADS.values(), ids=HEADS.keys())
def test_heads(extractor: Extractor, drawing: str, height: int, expected: list[list[str]]) -> None:
    sheet = sheet_of(extractor, drawing)
    assert head_height(sheet, 0, first=True) == height
    assert columns(head_of(sheet, 0, height)) == expected


NO_HEADS = {
    "labels with words": "项目名称|河道清淤工程|主管部门|区水务局\n实施单位|区河道所|项目类别|新建",
    "labels over labels with numbers": "项目名称|河道清淤工程|主管部门|区水务局\n预算数（万元）|500|执行数（万元）|480",
    "names with numbers": "清淤长度|12.5公里|改造泵站|3座\n惠及群众|5万人|培训|4期",
    "sentences": "完成清淤12公里，改造泵站3座。|验收合格，投入使用。\n12|13",
    "one cell": "产出指标|·|·\n清淤长度|12公里|13公里",
}


@pytest.mark.parametrize("drawing", NO_HEADS.values(), ids=NO_HEADS.keys())
def test_no_heads(extractor: Extractor, drawing: str) -> None:
    assert head_height(sheet_of(extractor, drawing), 0, first=True) == 0


def test_unknown_words_are_a_head_only_at_the_top(extractor: Extractor) -> None:
    sheet = sheet_of(extractor, "乡镇|受益户|补贴机具|补贴率\n青禾乡|318|402|30.5\n白石镇|127|149|28.1")
    assert head_height(sheet, 0, first=True) == 1
    assert head_height(sheet, 0, first=False) == 0


def test_the_unit_of_a_label_beside_the_table(extractor: Extractor) -> None:
    drawing, height, _ = HEADS["a label merged down beside the table gives its unit"]
    head = head_of(sheet_of(extractor, drawing), 0, height)
    assert head is not None
    assert head.unit.startswith("项目资金")
    assert "年初预算数" in head.words
    assert not any("项目资金" in words for words in head.words)


def test_values_named_by_their_heads(extractor: Extractor) -> None:
    sheet = sheet_of(
        extractor,
        "预算数|<|<|决算数|<|<\n合计|因公出国费|公务接待费|合计|因公出国费|公务接待费\n12.5|10|2.5|11.3|9.8|1.5",
    )
    head = head_of(sheet, 0, head_height(sheet, 0, first=True))
    assert head is not None
    assert [group.name.words for group in head.groups if group.name] == ["合计", "因公出国费", "公务接待费"]
    assert [group.spans[1:] for group in head.groups] == [((0, 1), (3, 4)), ((1, 2), (4, 5)), ((2, 3), (5, 6))]
    assert all(group.columns.couples == ((1, 2),) for group in head.groups)


def test_nothing_but_labels_beside_the_table_is_no_head(extractor: Extractor) -> None:
    sheet = sheet_of(extractor, "预算数|决算数\n^|^\n^|^\n清淤|12")
    assert head_of(sheet, 0, 1) is None


@pytest.mark.parametrize(
    ("heads", "couples"),
    [
        ("指标名称 全年目标值 三季度目标值 三季度完成值", [(2, 3)]),  # the head of the result says which plan it answers
        ("指标名称 三季度目标值 全年目标值 三季度完成值", [(1, 3)]),
        ("指标名称 年初目标值 调整后目标值 实际完成值", [(1, 3)]),
        ("指标名称 目标值 完成值 目标值 完成值", [(1, 2), (3, 4)]),
        ("品名 计划数量 到货数量 预算金额（万元） 成交金额（万元）", [(1, 2), (3, 4)]),
        ("品名 计划数量 预算金额（万元） 到货数量 成交金额（万元）", [(1, 3), (2, 4)]),
    ],
)
def test_couples(heads: str, couples: list[tuple[int, int]]) -> None:
    assert list(columns_of([column_of(head) for head in heads.split()]).couples) == couples
