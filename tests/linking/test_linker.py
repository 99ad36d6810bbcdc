"""The linker: own wordings, kinds, changes, scores, budget pairs, neighbours, explanations, determinism, taxonomies of users."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from zhibiao.linking.linker import Linker, default_linker
from zhibiao.linking.mention import Mention
from zhibiao.linking.taxonomy import parse_taxonomy
from zhibiao.schema import Link


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker()


def test_every_unshared_wording_links_back(linker: Linker) -> None:
    wanted = [
        (Mention(text, unit, entry.kind if unit else "", op=entry.op), entry.id)
        for entry in linker.taxonomy
        for text in entry.wordings
        if text not in entry.shared
        for unit in entry.units or ("",)
    ]
    links = [link for i in range(0, len(wanted), 500) for link in linker.link_many([mention for mention, _ in wanted[i : i + 500]])]
    wrong = [(m.name, m.unit, want, link.canonical_id) for (m, want), link in zip(wanted, links, strict=True) if link.canonical_id != want]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "unit", "wanted"),
    [
        ("办事群众满意率", "%", "gov-hall-satisfaction"),
        ("办事群众满意度", "%", "gov-hall-satisfaction"),
        ("工单按时办结率", "%", "hl-ontime"),
        ("工单按时办结量", "件", None),  # a count never links to a rate
        ("视频会议系统覆盖镇街", "个", "it-video-towns"),
        ("视频会议系统覆盖率", "%", "it-video-coverage"),
        ("优良天数", "天", "env-good-day-count"),
        ("优良天数比例", "%", "env-good-days"),
        ("申报金额", "元", "gov-policy-applied"),
        ("兑现资金", "元", "gov-policy-amount"),
        ("新增数据量", "条", "da-records-new"),
        ("数据汇聚总量", "条", "da-records"),
        ("高企存量", "家", "sci-hightech-stock"),
        ("新认定高新技术企业", "家", "sci-hightech"),
        ("千人托位数", "个", "hea-nursery-1000"),  # 个 stands for 个/千人
        ("公用经费控制率", "", "m-public-cost"),
        ("低保补助标准", "元", "civ-dibao-standard"),  # 元 stands for 元/人·月
    ],
)
def test_kind_and_object(linker: Linker, name: str, unit: str, wanted: str | None) -> None:
    assert linker.link(name, unit=unit).canonical_id == wanted


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("学校食堂从业人员持证上岗率", "%"),
        ("交通信号灯安装数量", "套"),
        ("会议签到表样式", ""),
        ("合计", "元"),
        ("总计", ""),
        ("", ""),
        ("——", "元"),
        ("办公楼外墙清洗次数", "次"),
        ("标书制作份数", "份"),
        ("机房精密空调更换台数", "台"),
        ("2023年", ""),
        ("未完工项目抽查率", "%"),
    ],
)
def test_nil(linker: Linker, name: str, unit: str) -> None:
    link = linker.link(name, unit=unit)
    assert link.canonical_id is None
    assert (link.canonical_name, link.level1, link.direction, link.method) == ("", "", "none", "nil")


def test_bare_number_taken_for_a_count(linker: Linker) -> None:
    assert linker.link("公用经费控制率", kind="count").canonical_id == "m-public-cost"
    assert linker.link("公用经费控制率", unit="个", kind="count").canonical_id is None


@pytest.mark.parametrize(
    ("name", "unit", "change", "wanted"),
    [
        ("社会消费品零售总额", "元", "", "mac-retail-sales"),
        ("社会消费品零售总额", "%", "同比增长", "com-retail"),
        ("社会消费品零售总额", "%", "下降", "com-retail"),
        ("社会消费品零售总额增速", "%", "", "com-retail"),
        ("刑事案件立案数", "%", "下降", "pol-crime-fall"),
        ("刑事案件立案数", "%", "同比增长", "pol-criminal"),  # a rise is no fall
        ("罚没收入", "%", "增长", "fis-penalty"),  # no entry of its own: the measure that changes
        ("农林牧渔业总产值增速", "%", "", "mac-agri-output"),
        ("审批时限", "%", "压缩", "gov-time-cut"),
    ],
)
def test_change(linker: Linker, name: str, unit: str, change: str, wanted: str) -> None:
    assert linker.link(name, unit=unit, change=change).canonical_id == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("结转结余率完成情况", "m-carryover"),
        ("预算编制完成情况", "m-prep-score"),
        ("各项目自评得分", "m-self-score"),
        ("“合同备案及时性”扣分", "m-purchase-record"),
        ("履职效能", "m-perf-score"),
    ],
)
def test_scores_link_to_what_is_scored(linker: Linker, name: str, wanted: str) -> None:
    assert linker.link(name, unit="分", record_type="score").canonical_id == wanted


@pytest.mark.parametrize(
    ("name", "project", "wanted"),
    [
        ("区文化馆财政拨款", "", "m-executed"),
        ("部门整体支出", "", "m-executed"),
        ("基本支出", "", "m-basic-spend"),
        ("农村公益电影放映经费", "", "m-project-spend"),
        ("全市教育支出", "", "fis-exp-education"),
        ("公务接待费", "", "dep-reception"),
        ("其他城乡社区支出", "", None),
        ("文物平安工程一期", "文物平安工程", "m-project-spend"),
    ],
)
def test_budget_pairs(linker: Linker, name: str, project: str, wanted: str | None) -> None:
    assert linker.link(name, unit="元", record_type="budget", project=project).canonical_id == wanted


@pytest.mark.parametrize(
    ("name", "unit", "wanted"),
    [
        ("农村饮水安全项目执行率", "%", "m-project-rate"),
        ("教育支出预算完成率", "%", "m-budget-completion"),
        ("全市非税收入预算完成率", "%", "m-revenue-completion"),
        ("“培训人次”指标值的完成率", "%", "m-indicator-rate"),
        ("区本级支出执行率", "%", "dep-level-rate"),
        ("联合审批平台受理业务", "宗", "gov-joint-approval-cases"),  # a longer wording goes before an ending
        ("某税务分局受理业务", "宗", "gov-cases-accepted"),
    ],
)
def test_endings(linker: Linker, name: str, unit: str, wanted: str) -> None:
    assert linker.link(name, unit=unit).canonical_id == wanted


@pytest.mark.parametrize(
    ("section", "wanted"),
    [("政务服务中心窗口办理情况", "gov-ontime-handling"), ("12345热线工单办理", "hl-ontime"), ("", "gov-ontime-handling")],
)
def test_context_chooses_between_shared_wordings(linker: Linker, section: str, wanted: str) -> None:
    assert linker.link("按时办结率", unit="%", section=section).canonical_id == wanted


def test_organisation_never_speaks_against(linker: Linker) -> None:
    assert linker.link("工单按时办结率", unit="%", org="区教育局").canonical_id == "hl-ontime"


def test_a_bare_name_takes_the_entry_of_its_paragraph(linker: Linker) -> None:
    bare = Mention("按时办结率", "%", "percent", section="工作成效")
    orders = [Mention(name, "件", "count", section="工作成效") for name in ("承办热线工单", "咨询类工单", "投诉类工单")]
    assert linker.link_many([*orders, bare])[-1].canonical_id == "hl-ontime"
    elsewhere = [Mention(m.name, m.unit, m.kind, section="另一节") for m in orders]
    assert linker.link_many([*elsewhere, bare])[-1].canonical_id == "gov-ontime-handling"


def test_direction_against_the_target_counts(linker: Linker) -> None:
    plain = linker.link("群众等候时间", unit="分钟", op="<=").confidence
    against = linker.link("群众等候时间", unit="分钟", op=">=").confidence
    assert plain is not None
    assert against is not None
    assert plain > against


def test_link_carries_the_entry(linker: Linker) -> None:
    link = linker.link("结转结余率", unit="%")
    assert link == Link("m-carryover", "结转结余率", "管理效率", "预算执行", "lower", link.confidence, "alias")
    assert link.confidence is not None
    assert Decimal("0.5") < link.confidence <= 1


def test_explanation_shows_what_was_near_and_what_the_kind_ruled_out(linker: Linker) -> None:
    told = linker.explain([Mention("全市新增就业", "人")], 0)
    assert told.link == linker.link("全市新增就业", unit="人")
    assert told.candidates[0].entry.id == "lab-new-jobs"
    assert told.candidates[0].features["cosine"] > 0
    assert len(told.candidates) > 1
    ruled_out = linker.explain([Mention("工单按时办结", "件")], 0)
    assert "hl-ontime" in {entry.id for entry in ruled_out.rejected}


def test_the_same_words_link_alike_whatever_stands_around(linker: Linker) -> None:
    told = [
        Mention("受理案件", "件", section="法律援助", context="法律援助中心受理案件"),
        Mention("受理案件", "件", section="", context=""),
    ]
    links = linker.link_many([*told, told[0]])
    assert len({link.canonical_id for link in links}) == 1


def test_an_explanation_says_that_the_document_decided(linker: Linker) -> None:
    told = [Mention("受理案件", "件", context="法律援助中心受理案件"), Mention("受理案件", "件"), Mention("受理案件", "件", context="法院")]
    links = linker.link_many(told)
    alone = [linker.link_many([m])[0].canonical_id for m in told]
    for i, link in enumerate(links):
        if link.canonical_id != alone[i]:
            assert "同名" in linker.explain(told, i).notes[0]


def mentions(root: Path) -> list[Mention]:
    rows = [json.loads(line) for line in (root / "tests" / "cases" / "links.jsonl").read_text("utf-8").splitlines()]
    return [Mention(**{key: value for key, value in row.items() if key != "expect"}) for row in rows]


def test_same_answers_in_any_batch_order_and_instance(linker: Linker, root: Path) -> None:
    some = mentions(root)[::3]
    alone = [linker.link_many([mention])[0] for mention in some]
    other = Linker(linker.taxonomy)
    assert [other.link_many([mention])[0] for mention in reversed(some)][::-1] == alone
    # In one batch only names that fit several fields may come out otherwise.
    apart = [
        Mention(m.name, m.unit, m.kind, m.record_type, f"{m.section}{i}", m.project, m.org, m.op, m.change) for i, m in enumerate(some)
    ]
    assert [link.canonical_id for link in Linker(linker.taxonomy).link_many(apart)] == [link.canonical_id for link in alone]


def test_empty_batch(linker: Linker) -> None:
    assert linker.link_many([]) == []


def test_threshold_one_links_nothing_near(linker: Linker) -> None:
    strict = Linker(linker.taxonomy, threshold=1.0)
    assert strict.link("全市新增城镇就业", unit="人").canonical_id is None


@pytest.mark.parametrize("threshold", [-0.1, 1.1])
def test_threshold_out_of_range(linker: Linker, threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        Linker(linker.taxonomy, threshold=threshold)


def test_taxonomy_of_a_user() -> None:
    text = (
        "编号,名称,类别,单位,方向,别名,不含\n"
        "lib-1,图书借阅册次,count,册次,higher,借阅册次|外借册次,电子书借阅册次\n"
        "lib-2,读者满意度,percent,%,higher,读者满意率,\n"
    )
    mine = Linker(parse_taxonomy(text, csv_format=True))
    assert mine.link("全年图书借阅册次", unit="册次").canonical_id == "lib-1"
    assert mine.link("图书馆读者满意率", unit="%").canonical_id == "lib-2"
    assert mine.link("电子书借阅册次", unit="册次").canonical_id is None
    assert mine.link("高标准农田建设面积", unit="亩").canonical_id is None
    # The budget rule names entries of the shipped taxonomy only.
    assert mine.link("区文化馆财政拨款", unit="元", record_type="budget").canonical_id is None


def test_default_linker_is_built_once() -> None:
    assert default_linker() is default_linker()
