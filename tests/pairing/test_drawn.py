"""Drawn tables of every shape: what each row says, under which levels, for which project, and where it stands."""

from __future__ import annotations

import time
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.export import rows_of
from zhibiao.extractor import Extractor, layout_of
from zhibiao.layout.blocks import DrawnTable
from zhibiao.pairing.drawn import DrawnReader
from zhibiao.readers.flowing import CellText
from zhibiao.schema import Document

from ..sheets import cells_of, content_of, drawn, grids, report_of, stands, told

HEAD = "一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因"

#: A sheet of self-evaluation as ministries print it: labels, money, goals in prose, indicators, total.
FORM = """
项目名称|河道清淤工程|<|<|主管部门|区水务局|<|<|<
项目资金↵（万元）|·|<|年初预算数|全年预算数|全年执行数|分值|执行率|得分
^|年度资金总额：|<|500.00|520.00|518.20|10|99.65%|9.97
^|其中：当年财政拨款|<|500.00|500.00|498.20|—|99.64%|—
年度总体目标|预期目标|<|<|<|实际完成情况|<|<|<
^|完成清淤12公里，改造泵站3座。|<|<|<|完成清淤12.5公里，改造泵站2座。|<|<|<
绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施
^|产出指标|数量指标|清淤长度|≥12公里|12.5公里|10|10|·
^|^|^|改造泵站↵数量|3座|2座|10|6.7|征地滞后，↵1座结转下年。
^|^|质量指标|工程验收合格率|100%|100%|10|10|·
^|满意度指标|服务对象↵满意度|群众满意度|≥90%|95.2%|10|10|·
总分|<|<|<|<|<|100|96.67|·
"""

CASES = {
    "sign, value and unit in columns of their own": (
        "三级指标|指标方向|目标值|计量单位|实际完成值|分值|得分\n清淤长度|≥|12|公里|12.5|10|10\n单位造价|≤|3.5|万元/公里|3.4|10|10\n验收合格率|＝|100|%|98|10|9.8",
        [
            "清淤长度 | ≥12公里 -> 12.5公里 | 10/10",
            "单位造价 | ≤35000元/公里 -> 34000元/公里 | 10/10",
            "验收合格率 | 100% -> 98% | 10/9.8",
        ],
    ),
    "sign, value and unit under one head": (
        "三级指标|年度指标值|<|<|实际完成值|分值|得分\n清淤长度|≥|12|公里|12.5公里|10|10\n改造泵站|=|3|座|2|10|6.7",
        ["清淤长度 | ≥12公里 -> 12.5公里 | 10/10", "改造泵站 | 3座 -> 2座 | 10/6.7"],
    ),
    "the unit stands in the head": (
        "指标名称|目标值（%）|实际值（%）\n合格率|100|98\n满意度|≥90|95.2",
        ["合格率 | 100% -> 98%", "满意度 | ≥90% -> 95.2%"],
    ),
    "the unit stands behind the name, or at the other side": (
        "指标名称|目标值|实际值\n清淤长度（公里）|≥12|12.5\n改造泵站|3座|2",
        ["清淤长度（公里） | ≥12公里 -> 12.5公里", "改造泵站 | 3座 -> 2座"],
    ),
    "two targets: the result names the one it answers": (
        "指标名称|全年目标值|三季度目标值|三季度完成值|分值|得分\n清淤长度|20公里|15公里|16公里|10|10",
        ["清淤长度 | 15公里 -> 16公里 | 10/10", "清淤长度全年目标值 | 20公里 ->"],
    ),
    "a target of several years beside that of this year": (
        "指标名称|实施期目标值|年度目标值|实际完成值\n清淤长度|60公里|20公里|21公里",
        ["清淤长度 | 20公里 -> 21公里"],
    ),
    "two scores": (
        "指标名称|年度指标值|实际完成值|分值|自评得分|复核得分\n清淤长度|20公里|16公里|10|10|8",
        ["清淤长度 | 20公里 -> 16公里 | 10/10", "score 清淤长度复核得分 | 10分 -> 8分 | 10/8"],
    ),
    "scores by dimension": (
        "部门|得分|<|<|等级\n^|决策|过程|产出|^\n区水务局|18|20|28|优\n区文旅局|17|19|28|良",
        [
            "score 区水务局决策 | 18分 | ·/18",
            "score 区水务局过程 | 20分 | ·/20",
            "score 区水务局产出 | 28分 | ·/28",
            "score 区文旅局决策 | 17分 | ·/17",
            "score 区文旅局过程 | 19分 | ·/19",
            "score 区文旅局产出 | 28分 | ·/28",
        ],
    ),
    "a ranking": (
        "名次|单位|得分|等次\n1|区水务局|95.5|优\n2|区文旅局|90.1|优",
        ["score 区水务局 | 95.5分 | ·/95.5", "score 区文旅局 | 90.1分 | ·/90.1"],
    ),
    "scores with a total": (
        "评价指标|分值|得分|评价等级\n决策|20|18.5|优\n过程|30|28|良\n合计|50|46.5|优",
        [
            "score 决策 | 20分 -> 18.5分 | 20/18.5",
            "score 过程 | 30分 -> 28分 | 30/28",
            "score 合计 | 50分 -> 46.5分 | 50/46.5",
        ],
    ),
    "results in words": (
        "三级指标|年度指标值|实际完成值|分值|得分\n工程完成及时性|2023年12月底前完成|按期完成|10|10\n管理制度健全性|健全|健全|10|10",
        ["工程完成及时性 | 2023年12月底前完成 -> 按期完成 | 10/10", "管理制度健全性 | 健全 -> 健全 | 10/10"],
    ),
    "budgets: the adjusted one is answered, the first is its forerunner": (
        "项目（单位：万元）|年初预算数|调整预算数|决算数|执行率\n基本支出|1,200.50|1,250.00|1,248.30|99.86%\n合计|1,200.50|1,250.00|1,248.30|99.86%",
        [
            "budget 基本支出 | 12500000元 -> 12483000元",
            "基本支出预算完成率 | 99.86%",
            "budget 合计 | 12500000元 -> 12483000元",
            "合计预算完成率 | 99.86%",
        ],
    ),
    "values named by their heads": (
        "预算数（万元）|<|<|<|<|<|决算数（万元）|<|<|<|<|<\n"
        "合计|因公出国费|公务用车购置及运行费|<|<|公务接待费|合计|因公出国费|公务用车购置及运行费|<|<|公务接待费\n"
        "^|^|小计|公务用车购置费|公务用车运行费|^|^|^|小计|公务用车购置费|公务用车运行费|^\n"
        "12.50|0|10.00|0|10.00|2.50|11.30|0|9.80|0|9.80|1.50",
        [
            "budget 合计 | 125000元 -> 113000元",
            "budget 因公出国费 | 0元 -> 0元",
            "budget 公务用车购置及运行费 | 100000元 -> 98000元",
            "budget 公务用车购置费 | 0元 -> 0元",
            "budget 公务用车运行费 | 100000元 -> 98000元",
            "budget 公务接待费 | 25000元 -> 15000元",
        ],
    ),
    "halves": (
        "收入|<|支出|<\n项目|决算数（万元）|项目|决算数（万元）\n一、财政拨款收入|1,500.20|一、教育支出|1,100.10\n二、其他收入|20|·|·\n本年收入合计|1,520.20|本年支出合计|1,280.60",
        [
            "budget 财政拨款收入 | 15002000元",
            "budget 其他收入 | 200000元",
            "budget 本年收入合计 | 15202000元",
            "budget 教育支出 | 11001000元",
            "budget 本年支出合计 | 12806000元",
        ],
    ),
    "years and growth": (
        "指标|计量单位|2022年|2023年|增长（%）\n户籍人口|万人|48.20|48.05|-0.3\n粮食产量|吨|186,500|190,230|2.0",
        [
            "2022年户籍人口 | 482000人",
            "户籍人口 | 480500人",
            "户籍人口 | -0.3% | 增长",
            "2022年粮食产量 | 186500吨",
            "粮食产量 | 190230吨",
            "粮食产量 | 2% | 增长",
        ],
    ),
    "years over general heads": (
        "类别|2022年|<|2023年|<\n^|数量|金额（万元）|数量|金额（万元）\n农机|12台|30|15台|36",
        ["2022年农机数量 | 12台", "2022年农机金额 | 300000元", "农机数量 | 15台", "农机金额 | 360000元"],
    ),
    "each column has the unit of a list": (
        "单位：户、人、万元|<|<|<\n乡镇|户数|人数|补助资金\n青禾乡|12|30|4.5",
        ["青禾乡户数 | 12户", "青禾乡人数 | 30人", "青禾乡补助资金 | 45000元"],
    ),
    "numbers of rows are none": (
        "序号|指标名称|单位|目标值|完成值|完成率\n1|清淤长度|公里|12|12.5|104.2%\n2|改造泵站|座|3|2|66.7%\n合计|<|—|—|—|—",
        [
            "清淤长度 | 12公里 -> 12.5公里",
            "清淤长度完成率 | 104.2%",
            "改造泵站 | 3座 -> 2座",
            "改造泵站完成率 | 66.7%",
        ],
    ),
    "headings across the table name no row": (
        "指标名称|年度指标值|实际完成值\n（一）产出指标|<|<\n清淤长度|12公里|12.5公里\n（二）效益指标|<|<\n受益人口|5万人|5.2万人",
        ["清淤长度 | 12公里 -> 12.5公里", "受益人口 | 50000人 -> 52000人"],
    ),
    "labels with figures": (
        "编制人数|35人|实有人数|33人\n在职人员控制率|94.29%|办公用房面积（平方米）|1200",
        ["编制人数 | 35人", "实有人数 | 33人", "在职人员控制率 | 94.29%", "办公用房面积（平方米） | 1200平方米"],
    ),
    "labels of a project": (
        "项目名称|河道清淤工程|主管部门|区水务局\n预算数（万元）|500|执行数（万元）|480\n分值|10|得分|9.6",
        ["budget 河道清淤工程 | 5000000元 -> 4800000元", "score 河道清淤工程 | 10分 -> 9.6分 | 10/9.6"],
    ),
    "no head at all": (
        "清淤长度|12.5公里\n改造泵站|3座\n惠及群众|5万人",
        ["清淤长度 | 12.5公里", "改造泵站 | 3座", "惠及群众 | 50000人"],
    ),
    "cells wrapped and spaced out": (
        "项 目|预 算↵数|决 算↵数\n河 道↵清 淤|5,200↵万元|5,182↵.5万元",
        ["budget 河道清淤 | 52000000元 -> 51825000元"],
    ),
}  # fmt: skip


def read(extractor: Extractor, *parts: str | list[CellText], edges: Sequence[Sequence[float]] = ()) -> Document:
    return extractor.extract(drawn(*parts, edges=edges))


@pytest.mark.parametrize(("drawing", "expected"), CASES.values(), ids=CASES.keys())
def test_shapes(extractor: Extractor, drawing: str, expected: list[str]) -> None:
    document = read(extractor, drawing)
    assert [told(record) for record in document.records] == expected
    assert {record.method for record in document.records} == {"table"}


def test_a_whole_form(extractor: Extractor) -> None:
    document = read(extractor, "区水务局2023年度项目支出绩效自评表", FORM)
    rows = [r for r in document.records if r.method == "table"]
    assert [told(r) for r in rows] == [
        "budget 年度资金总额 | 5200000元 -> 5182000元 | 10/9.97",
        "年度资金总额预算完成率 | 99.65%",
        "budget 当年财政拨款 | 5000000元 -> 4982000元",
        "当年财政拨款预算完成率 | 99.64%",
        "清淤长度 | ≥12公里 -> 12.5公里 | 10/10",
        "改造泵站数量 | 3座 -> 2座 | 10/6.7",
        "工程验收合格率 | 100% -> 100% | 10/10",
        "群众满意度 | ≥90% -> 95.2% | 10/10",
        "score 总分 | 100分 -> 96.67分 | 100/96.67",
    ]
    assert {r.project for r in rows} == {"河道清淤工程"}
    assert [(r.stated_level1, r.stated_level2) for r in rows[4:8]] == [
        ("产出指标", "数量指标"), ("产出指标", "数量指标"), ("产出指标", "质量指标"), ("满意度指标", "服务对象满意度"),
    ]  # fmt: skip
    assert all((r.stated_level1, r.stated_level2) == ("", "") for r in (*rows[:4], rows[8]))
    assert [r.deviation for r in rows if r.deviation] == ["征地滞后，1座结转下年。"]
    assert rows[5].deviation
    goals = [r for r in document.records if r.method != "table"]
    assert {(s.value, s.unit) for r in goals for s in (r.target, r.actual) if s} == {
        (Decimal("12"), "公里"), (Decimal("3"), "座"), (Decimal("12.5"), "公里"), (Decimal("2"), "座"),
    }  # fmt: skip
    text = document.report.text
    numbers = {text[q.start : q.end] for q in document.quantities}
    assert {"518.20", "≥12公里", "12.5公里", "95.2%", "96.67"} <= numbers | {"≥" + n for n in numbers}


def test_goals_stand_under_their_heads(extractor: Extractor) -> None:
    layout = layout_of(drawn(FORM))
    (block,) = [b for b in layout.blocks if isinstance(b, DrawnTable)]
    reader = extractor.read_drawn(layout.folded, block)
    assert [(p.text, p.section[-1:]) for p in reader.prose] == [
        ("完成清淤12公里，改造泵站3座。", ("预期目标",)),
        ("完成清淤12.5公里，改造泵站2座。", ("实际完成情况",)),
    ]


def test_items_of_a_goal_are_read_one_by_one(extractor: Extractor) -> None:
    drawing = (
        "年度目标|年初设定目标|<|年度目标完成情况|<\n^|1.完成清淤12公里；↵2.改造泵站3座。|<|1.完成清淤12.5公里；↵2.改造泵站2座。|<\n"
        "指标名称|目标值|实际值|分值|得分\n清淤长度|12公里|12.5公里|10|10"
    )
    document = read(extractor, drawing)
    assert told(document.records[0]) == "清淤长度 | 12公里 -> 12.5公里 | 10/10"
    assert {"12公里", "3座", "12.5公里", "2座"} <= {q.text for q in document.quantities}


def test_each_project_of_a_sheet_has_its_rows(extractor: Extractor) -> None:
    head = "指标名称|年度指标值|实际完成值|得分"
    drawing = f"项目名称|清淤工程|<|<\n{head}\n清淤长度|12公里|12.5公里|10\n项目名称：|泵站改造|<|<\n{head}\n改造泵站|3座|2座|6"
    document = read(extractor, drawing)
    assert [(r.project, told(r)) for r in document.records] == [
        ("清淤工程", "清淤长度 | 12公里 -> 12.5公里 | ·/10"),
        ("泵站改造", "改造泵站 | 3座 -> 2座 | ·/6"),
    ]


def test_where_no_third_level_is_named_the_second_is_the_name(extractor: Extractor) -> None:
    drawing = "一级指标|二级指标|三级指标|年度指标值|实际完成值\n产出指标|数量指标|·|12项|13项\n成本指标|·|·|≤50万元|48万元"
    document = read(extractor, drawing)
    assert [(told(r), r.stated_level1, r.stated_level2) for r in document.records] == [
        ("数量指标 | 12项 -> 13项", "产出指标", ""),
        ("成本指标 | ≤500000元 -> 480000元", "", ""),
    ]


def test_a_long_cell_of_words_is_read_as_prose_and_kept_as_the_side(extractor: Extractor) -> None:
    drawing = (
        "三级指标|年度指标值|实际完成值|得分|说明\n会议制度|健全|已建立|5|全年召开联席会议4次，形成会议纪要并印发执行，按季度通报进度。"
    )
    document = read(extractor, drawing)
    assert told(document.records[0]) == "会议制度 | 健全 -> 已建立 | ·/5"
    assert "4次" in {q.text for q in document.quantities}


def test_a_unit_taken_from_the_other_side_is_the_quantity_s_too(extractor: Extractor) -> None:
    document = read(extractor, "指标名称|目标值|实际值|得分\n改造泵站|3座|2|3\n清淤长度|12|12.5公里|4")
    assert [(q.text, q.unit, q.bare) for q in document.quantities] == [
        ("3座", "座", False), ("2", "座", True), ("3", "", True), ("12", "公里", True), ("12.5公里", "公里", False), ("4", "", True),
    ]  # fmt: skip


def test_the_caption_gives_the_unit(extractor: Extractor) -> None:
    body = "项目|预算数|决算数\n基本支出|120|118"
    for parts in (("单位：万元", body), (body, "注：单位为万元。")):
        assert [told(r) for r in read(extractor, *parts).records] == ["budget 基本支出 | 1200000元 -> 1180000元"]
    assert [told(r) for r in read(extractor, "说明如下：", body).records] == ["budget 基本支出 | 120 -> 118"]


# -- over pages ------------------------------------------------------------------------------------------------------------------------

FIRST = f"{HEAD}\n产出指标|数量指标|清淤长度|12公里|12.5公里|10|10|·\n^|^|改造泵站及配套管|3座|2座|10|6.7|征地滞后，"
WHOLE = [
    "清淤长度 | 12公里 -> 12.5公里 | 10/10",
    "改造泵站及配套管道数量 | 3座 -> 2座 | 10/6.7",
    "验收合格率 | 100% -> 98% | 10/9.8",
]


@pytest.mark.parametrize("again", ["", HEAD + "\n"], ids=["head once", "head repeated"])
def test_a_row_broken_over_a_page_is_one_row(extractor: Extractor, again: str) -> None:
    rest = again + "产出指标|数量指标|道数量|·|·|·|·|已整改。\n^|质量指标|验收合格率|100%|98%|10|9.8|·"
    document = read(extractor, "\f", FIRST, "~— 1 —", "\f", "~区水务局绩效报告", rest, "~— 2 —")
    assert [told(r) for r in document.records] == WHOLE
    assert [r.page for r in document.records] == [1, 1, 2]
    assert [r.deviation for r in document.records] == ["", "征地滞后，已整改。", ""]
    assert [r.stated_level2 for r in document.records] == ["数量指标", "数量指标", "质量指标"]


def test_an_item_mark_at_the_top_of_a_page_opens_a_row(extractor: Extractor) -> None:
    document = read(extractor, "\f", "项目|预算数|决算数\n公用经费|50|49", "\f", "二、项目支出|·|·\n清淤工程|80|79")
    assert [told(r) for r in document.records] == ["budget 公用经费 | 50 -> 49", "budget 清淤工程 | 80 -> 79"]


def test_columns_of_a_further_page_are_found_by_their_borders(extractor: Extractor) -> None:
    """A page on which the second level is merged away has a column fewer."""
    borders = (10.0, 60.0, 110.0, 200.0, 260.0, 320.0, 350.0, 380.0, 470.0)
    first = f"{HEAD}\n产出指标|数量指标|清淤长度|12公里|12.5公里|10|10|·"
    later = "满意度指标|群众满意度|≥90%|95%|10|10|抽样"
    document = read(extractor, "\f", first, "~1", "\f", later, edges=[borders, (10.0, 110.0, 200.5, 260.0, 319.5, 350.0, 380.0, 470.0)])
    assert [told(r) for r in document.records] == [WHOLE[0], "群众满意度 | ≥90% -> 95% | 10/10"]
    assert (document.records[1].stated_level1, document.records[1].deviation) == ("满意度指标", "抽样")


def test_a_level_goes_on_over_the_page(extractor: Extractor) -> None:
    first = "一级指标|三级指标|目标值|实际值\n产出指标|清淤长度|12公里|12.5公里"
    document = read(extractor, "\f", first, "\f", "·|改造泵站|3座|2座\n效益指标|受益人口|5万人|6万人")
    assert [r.stated_level1 for r in document.records] == ["产出指标", "产出指标", "效益指标"]


# -- as understood ---------------------------------------------------------------------------------------------------------------------


def test_tables_as_understood(extractor: Extractor) -> None:
    report = drawn("一、概况", FORM, "项目|预算数|决算数\n基本支出|120|118", "惠及|5万人\n培训|3场")
    money, indicators, budget, stream = extractor.tables(report)  # goals are prose and make no rows
    assert [role for _, role in money.columns] == ["name", "initial", "budget", "executed", "weight", "rate", "score"]
    assert [words for words, _ in indicators.columns][:4] == ["一级指标", "二级指标", "三级指标", "年度指标值"]
    assert indicators.rows[1] == ("产出指标", "数量指标", "改造泵站数量", "3座", "2座", "10", "6.7", "征地滞后，1座结转下年。")
    assert budget.rows == (("基本支出", "120", "118"),)
    assert (stream.how, stream.rows) == ("stream", (("惠及", "", "5万人", "", ""), ("培训", "", "3场", "", "")))
    assert all(report.text[view.start :].strip() for view in (money, indicators, budget, stream))


# -- cost ------------------------------------------------------------------------------------------------------------------------------


def test_the_time_of_a_table_grows_with_its_rows(extractor: Extractor) -> None:
    """Twice the rows may not take four times as long: a sheet of ten thousand rows must end."""

    def seconds(count: int) -> float:
        rows = "\n".join(["产出指标|数量指标|清淤长度|12公里|13|10|9.5|征地滞后"] * count)
        layout = layout_of(drawn(f"{HEAD}\n{rows}"))
        (block,) = [b for b in layout.blocks if isinstance(b, DrawnTable)]
        began = time.perf_counter()
        reader = DrawnReader(layout.folded, block, finder=extractor.finder, names_of=lambda text, quantities: [])
        reader.read()
        assert len(reader.drafts) == count
        return time.perf_counter() - began

    seconds(20)
    assert seconds(2000) < 25 * seconds(200) + 1


# -- properties ------------------------------------------------------------------------------------------------------------------------


@settings(max_examples=250, deadline=None)
@given(st.lists(grids(), min_size=1, max_size=3), st.booleans(), st.sampled_from(["", "单位：万元", "一、概况"]))
def test_any_grid_is_read_and_everything_stands_where_it_says(
    extractor: Extractor, tables: list[list[CellText]], pages: bool, caption: str
) -> None:
    parts: list[str | list[CellText]] = [caption] if caption else []
    for table in tables:
        parts += [*(["\f"] if pages else []), table]
    if not any(cell.text for table in tables for cell in table) and not caption:
        return
    document = extractor.extract(drawn(*parts))
    text = document.report.text
    for q in document.quantities:
        assert text[q.start : q.end] == q.text
        assert (q.page is not None) == pages
    for r in document.records:
        assert text[r.start : r.end] == r.evidence != ""
        assert stands(text, r.indicator_start, r.indicator_end, r.indicator)
        assert all(stands(text, side.start, side.end, side.text) for side in (r.target, r.actual) if side)
        assert r.target or r.actual or r.weight is not None or r.score is not None
    assert len({r.record_id for r in document.records}) == len(document.records)
    for view in extractor.tables(document.report):
        assert all(len(row) == len(view.columns) for row in view.rows)
    assert set(rows_of(document)) == {"quantities", "records", "reports", "findings", "errors"}


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(6)), st.sets(st.integers(0, 5)))
def test_the_order_of_columns_and_empty_cells_change_no_value(extractor: Extractor, order: list[int], without: set[int]) -> None:
    """Target, result, weight and score are told by their heads, wherever they stand; a cell that is empty takes nothing from the others."""
    names = ["指标名称", "目标值", "实际完成值", "分值", "得分", "备注"]
    values = ["清淤长度", "≥12公里", "12.5公里", "10", "9.5", "抽样"]
    kept = [c for c in range(6) if c == 0 or c not in without]
    lines = ["|".join(names[c] for c in order), "|".join(values[c] if c in kept else "·" for c in order)]
    document = extractor.extract(report_of(content_of("\n".join(lines))))
    if not {1, 2, 3, 4} & set(kept):
        assert not document.records
        return
    (record,) = document.records
    assert record.indicator == "清淤长度"
    assert (record.weight, record.score) == (Decimal(10) if 3 in kept else None, Decimal("9.5") if 4 in kept else None)
    if not {1, 2} & set(kept):
        assert record.type == "score"
        return
    target, actual = record.target, record.actual
    assert (target and (target.op, target.value, target.unit)) == ((">=", Decimal(12), "公里") if 1 in kept else None)
    assert (actual and (actual.op, actual.value, actual.unit)) == (("=", Decimal("12.5"), "公里") if 2 in kept else None)


@given(grids(rows=5, columns=5))
def test_drawings_and_cells(cells: list[CellText]) -> None:
    """The notation of these tests says what it means."""
    height = max((c.row + c.rowspan for c in cells), default=1)
    width = max((c.column + c.colspan for c in cells), default=1)
    places = [["·"] * width for _ in range(height)]
    for c in cells:
        for row in range(c.row, c.row + c.rowspan):
            for column in range(c.column, c.column + c.colspan):
                places[row][column] = "<" if column > c.column else "^" if row > c.row else (c.text.replace("\n", "↵").strip() or "·")
    again = cells_of("\n".join("|".join(row) for row in places))
    assert {(c.row, c.column, c.rowspan, c.colspan, c.text.strip()) for c in cells} <= {
        (c.row, c.column, c.rowspan, c.colspan, c.text) for c in again
    }
