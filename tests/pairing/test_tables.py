"""Flattened tables: what each row says, in the order ``indicator | target | actual | change`` with the unit in which a bare number counts."""

from __future__ import annotations

import pytest

from zhibiao.pairing.columns import column_of, columns_of

CASES = {
    "free columns are facts of their own, named by row and head": (
        "各乡镇补贴发放统计（金额：万元）\n乡镇  受益户（户）  补贴机具（台）  中央补贴\n青禾乡  318  402  286.15\n白石镇  127  149  93.08\n柳河镇  96  108\n",
        [
            "青禾乡受益户 | 318户",
            "青禾乡补贴机具 | 402台",
            "青禾乡中央补贴 | 2861500元",
            "白石镇受益户 | 127户",
            "白石镇补贴机具 | 149台",
            "白石镇中央补贴 | 930800元",
            "柳河镇受益户 | 96户",
            "柳河镇补贴机具 | 108台",
        ],
    ),
    "a change belongs to the column before it; a cell that is no number keeps its place": (
        "景区    接待人次（万人次）    同比%    营业收入（万元）    同比%\n云顶湖    6.84    12.7    583.2    9.4\n老街    21.36    30.1    免票    —\n",
        [
            "云顶湖接待人次 | 68400人次",
            "云顶湖接待人次 | 12.7% | 同比",
            "云顶湖营业收入 | 5832000元",
            "云顶湖营业收入 | 9.4% | 同比",
            "老街接待人次 | 213600人次",
            "老街接待人次 | 30.1% | 同比",
        ],
    ),
    "one cell a line: unknown heads, a unit column, years; an empty cell does not run into the next name": (
        "指标\n单位\n2023年\n2022年\n增长\n（%）\n研发人员\n人\n21,836\n20,107\n8.6\n研发经费\n亿元\n58.73\n52.11\n—\n投入强度\n%\n2.87\n2.71\n—\n",
        [
            "研发人员 | 21836人",
            "2022年研发人员 | 20107人",
            "研发人员 | 8.6% | 增长",
            "研发经费 | 5873000000元",
            "2022年研发经费 | 5211000000元",
            "投入强度 | 2.87%",
            "2022年投入强度 | 2.71%",
        ],
    ),
    "known columns among free ones: budget and spending are a pair, carried over sums are facts": (
        "单位：万元\n项目      上年结转   本年预算   支出数    年末结转\n疫苗采购  12.60     186.00     191.05    7.55\n扑杀补助  0         45.00      8.32      36.68\n",
        [
            "疫苗采购 | 1860000元 -> 1910500元",
            "疫苗采购上年结转 | 126000元",
            "疫苗采购年末结转 | 75500元",
            "扑杀补助 | 450000元 -> 83200元",
            "扑杀补助上年结转 | 0元",
            "扑杀补助年末结转 | 366800元",
        ],
    ),
    "several couples in one row": (
        "装备采购情况\n装备名称 计划数量 到货数量 预算金额（万元） 成交金额（万元）\n摩托车 30辆 28辆 96.00 93.60\n记录仪 350台 280台 80.50 64.12\n",
        [
            "摩托车数量 | 30辆 -> 28辆",
            "摩托车金额 | 960000元 -> 936000元",
            "记录仪数量 | 350台 -> 280台",
            "记录仪金额 | 805000元 -> 641200元",
        ],
    ),
    "the unit that the row states counts for both sides": (
        "三级指标 指标值 度量单位 完成值\n新建公厕 ≥12 座 13\n保洁率 ≥95 % 96.5\n巡查次数 ≥48 次 50\n",
        ["新建公厕 | >=12座 -> 13座", "保洁率 | >=95% -> 96.5%", "巡查次数 | >=48次 -> 50次"],
    ),
    "a head of two lines that repeats": (
        "医院 平均住院日（天） 次均费用（元）\n目标 实际 目标 实际\n市一院 7.8 7.5 9,600 9,877\n市二院 8.6 8.2 7,400 7,168\n",
        [
            "市一院平均住院日 | 7.8天 -> 7.5天",
            "市一院次均费用 | 9600元 -> 9877元",
            "市二院平均住院日 | 8.6天 -> 8.2天",
            "市二院次均费用 | 7400元 -> 7168元",
        ],
    ),
    "rows without a head: all rows together tell target, actual, weight and score": (
        "数量指标 接入村社 412个 412个 20 20\n数量指标 精简报表 ≥60张 71张 10 10\n质量指标 填充率 ≥70% 62.8% 10 8.97\n满意度指标 干部满意度 ≥90% 93% 10 10\n",
        [
            "接入村社 | 412个 -> 412个",
            "精简报表 | >=60张 -> 71张",
            "填充率 | >=70% -> 62.8%",
            "干部满意度 | >=90% -> 93%",
        ],
    ),
    "labels each followed by its value are a budget pair and a rate of the project": (
        "项目支出绩效自评表\n项目名称 污水治理工程\n资金情况（万元） 全年预算数 865.00 全年执行数 822.46 执行率 95.08% 得分 9.51\n",
        ["污水治理工程 | 8650000元 -> 8224600元", "污水治理工程预算完成率 | 95.08%"],
    ),
    "two tables side by side under one head": (
        "金额单位：万元\n项目 行次 决算数 项目 行次 决算数\n一、财政拨款收入 1 816.42 一、公共服务支出 32 12.00\n二、事业收入 2 86.00 二、教育支出 33 408.77\n",
        ["财政拨款收入 | 8164200元", "事业收入 | 860000元", "公共服务支出 | 120000元", "教育支出 | 4087700元"],
    ),
    "names wrapped over two lines, a unit on the line below its number": (
        "三级指标\n年度\n指标值\n实际\n完成值\n艾滋病高危\n人群干预\n1.2万\n人次\n13,804\n人次\n患者免费\n服药人数\n920人\n897人\n社区数\n86个\n86个\n",
        ["艾滋病高危人群干预 | 12000人次 -> 13804人次", "患者免费服药人数 | 920人 -> 897人", "社区数 | 86个 -> 86个"],
    ),
}


def told(document) -> list[str]:
    """Each record that is no score, its values in the base unit."""

    def side(s) -> str:
        sign = s.op if s.op not in (None, "=") else ""
        unit = s.unit.split("（")[0]
        return f"{sign}{s.value:f}".rstrip("0").rstrip(".") + unit if "." in f"{s.value:f}" else f"{sign}{s.value:f}{unit}"

    rows = []
    for r in document.records:
        if r.type == "score":
            continue
        values = " -> ".join(side(s) for s in (r.target, r.actual) if s is not None)
        rows.append(f"{r.indicator} | {values}" + (f" | {r.change}" if r.change else ""))
    return rows


#: Tables whose scores count too, as they are told by :func:`all_told`.
FORMS = {
    "a table on one line, head and all": (
        "表1 评分情况\n一级指标 二级指标 三级指标 分值 得分 评分说明 决策 项目立项 立项依据充分性 5 5 与部门职责相符，论证充分。 绩效目标合理性 5 4 个别目标没有量化。 过程 资金管理 配套资金到位率 5 3.2 最后一笔晚到两个月。 预算执行率 5 4.6 基本到位。 合计 20 16.8\n",
        [
            "立项依据充分性 | 5分 -> 5分",
            "绩效目标合理性 | 5分 -> 4分",
            "配套资金到位率 | 5分 -> 3.2分",
            "预算执行率 | 5分 -> 4.6分",
            "合计 | 20分 -> 16.8分",
        ],
    ),
    "one cell a line with sign and unit in cells of their own; a row told in words": (
        "绩效指标 指标性质 指标值 度量单位 完成值\n改建寄宿学校\n≥\n17\n所\n18\n工程优良率\n≥\n90\n%\n91.7\n单位造价\n≤\n2650\n元/平方米\n2598\n学生住宿条件\n定性\n明显改善\n—\n明显改善\n",
        [
            "改建寄宿学校 | ≥17所 -> 18所",
            "工程优良率 | ≥90% -> 91.7%",
            "单位造价 | ≤2650元/平方米 -> 2598元/平方米",
            "学生住宿条件 | 明显改善 -> 明显改善",
        ],
    ),
    "codes of the classification are no amounts": (
        "单位：万元\n科目编码\n科目名称\n年初预算数\n决算数\n合计\n其中：基本支出\n完成年初预算%\n208\n社会保障和就业支出\n605.20\n612.48\n612.48\n101.20\n20805\n行政单位养老支出\n590.22\n597.66\n597.66\n101.26\n2080505\n基本养老保险缴费支出\n398.60\n402.94\n402.94\n101.09\n",
        [
            "社会保障和就业支出 | 6052000元 -> 6124800元",
            "社会保障和就业支出预算完成率 | 101.2%",
            "行政单位养老支出 | 5902200元 -> 5976600元",
            "行政单位养老支出预算完成率 | 101.26%",
            "基本养老保险缴费支出 | 3986000元 -> 4029400元",
            "基本养老保险缴费支出预算完成率 | 101.09%",
        ],
    ),
    "sums of weights and scores; a caption's 万元 is of money alone": (
        "单位：万元\n三级指标 年度指标值 实际完成值 分值 得分\n灌溉水利用系数 ≥0.58 0.583 5 5\n项目总成本 ≤398 395.16 5 5\n农户满意度 ≥90% 93.6% 10 10\n总分 20 20\n",
        ["灌溉水利用系数 | ≥0.58 -> 0.583", "项目总成本 | ≤3980000元 -> 3951600元", "农户满意度 | ≥90% -> 93.6%", "总分 | 20分 -> 20分"],
    ),
    "indicators under a head of funds that have lost their own": (
        "项目资金\n（万元）\n年初预算数\n全年预算数\n全年执行数\n分值\n执行率\n得分\n年度资金总额\n240.00\n226.80\n219.54\n10\n96.80%\n9.68\n产出指标\n数量指标\n举办健身赛事场次\n≥35场\n39场\n15\n15\n培训体育指导员\n600人\n652人\n15\n15\n",
        [
            "年度资金总额 | 2268000元 -> 2195400元",
            "年度资金总额预算完成率 | 96.8%",
            "举办健身赛事场次 | ≥35场 -> 39场",
            "培训体育指导员 | 600人 -> 652人",
        ],
    ),
    "numbered rows with running text in a cell, which is read as prose": (
        "评价结果统计表\n序号\n项目名称\n评价资金\n（万元）\n绩效目标实现情况\n评价分数\n（分）\n等级\n主管部门\n1\n困难群众救助补助资金\n4,126.80\n预算执行率99.34%。全年保障低保对象3,842人，\n实施临时救助1,127人次。\n93.15\n优\n区民政局\n2\n居家养老服务提升\n1,580.00\n计划建设家庭养老床位500张，实际建成436张。\n84.30\n良\n区民政局\n",
        [
            "预算执行率 | 99.34%",
            "困难群众救助补助资金 | 41268000元",
            "困难群众救助补助资金 | 93.15分",
            "居家养老服务提升 | 15800000元",
            "居家养老服务提升 | 84.3分",
            "保障低保对象 | 3842人",
            "实施临时救助 | 1127人次",
            "建设家庭养老床位 | 500张 -> 436张",
        ],
    ),
    "numbers that lost their last digit to the next line": (
        "单位：万元\n支出类型\n年初预算数\n调整预算数\n决算数\n执行率\n部门支出合计\n18,640.2\n0\n19,872.3\n6\n19,208.9\n3\n96.66%\n基本支出\n1,486.50\n1,532.80\n1,519.44\n99.13%\n项目支出\n17,153.70\n18,339.56\n17,689.49\n96.46%\n",
        [
            "部门支出合计 | 198723600元 -> 192089300元",
            "部门支出合计预算完成率 | 96.66%",
            "基本支出 | 15328000元 -> 15194400元",
            "基本支出预算完成率 | 99.13%",
            "项目支出 | 183395600元 -> 176894900元",
            "项目支出预算完成率 | 96.46%",
        ],
    ),
    "two halves with the rank before the name": (
        "名次 部门名称 得分 等次 名次 部门名称 得分 等次\n1 市教育局 96.20 优秀 4 市水务局 91.60 良好\n2 市交通局 94.33 优秀 5 市民政局 91.18 良好\n3 市住建局 93.90 良好 6 市城管局 89.05 良好\n",
        [
            "市教育局 | 96.2分",
            "市交通局 | 94.33分",
            "市住建局 | 93.9分",
            "市水务局 | 91.6分",
            "市民政局 | 91.18分",
            "市城管局 | 89.05分",
        ],
    ),
}


def all_told(document) -> list[str]:
    """Every record with its sides in base units, words as printed."""

    def side(s) -> str:
        if s.value is None:
            return s.text
        value = f"{s.value:f}"
        value = value.rstrip("0").rstrip(".") if "." in value else value
        return {">=": "≥", "<=": "≤"}.get(s.op or "", "") + value + s.unit

    return [f"{r.indicator} | " + " -> ".join(side(s) for s in (r.target, r.actual) if s is not None) for r in document.records]


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str, extract) -> None:
    text, wanted = FORMS[name]
    assert sorted(all_told(extract(text))) == sorted(wanted)


@pytest.mark.parametrize("name", CASES)
def test_rows(name: str, extract) -> None:
    text, wanted = CASES[name]
    assert sorted(told(extract(text))) == sorted(wanted)


@pytest.mark.parametrize("name", CASES)
def test_spans_are_the_evidence(name: str, extract) -> None:
    text, _ = CASES[name]
    document = extract(text)
    for q in document.quantities:
        assert text[q.start : q.end] == q.text
    for r in document.records:
        assert text[r.start : r.end] == r.evidence


@pytest.mark.parametrize(
    ("head", "role", "unit"),
    [
        ("到货数量", "actual", ""),
        ("较上年增减（%）", "change", "%"),
        ("结案率", "share", "%"),
        ("支出进度", "rate", "%"),
        ("救助人次", "", "人次"),
        ("全年执行数（B）", "executed", ""),
        ("完成%", "rate", "%"),
        ("场地面积（万平方米）", "", "平方米"),
    ],
)
def test_a_head_tells_role_and_unit(head: str, role: str, unit: str) -> None:
    column = column_of(head)
    assert (column.role, column.hint.unit if column.hint else "") == (role, unit)


def test_couples_join_heads_of_one_stem() -> None:
    columns = columns_of([column_of(h) for h in ("所名", "排查任务（件）", "实际排查（件）", "化解率目标", "化解率实际", "考评得分")])
    assert columns.couples == ((1, 2), (3, 4))


def test_years_do_not_make_a_couple() -> None:
    columns = columns_of([column_of(h) for h in ("项目", "2023年执行数", "2024年预算数")])
    assert columns.couples == ()
