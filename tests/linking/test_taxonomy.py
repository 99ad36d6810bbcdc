"""Loading a taxonomy: what is refused and where, CSV files of users, and the rows of the shipped one."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from zhibiao.errors import UnreadableTaxonomy
from zhibiao.linking.checks import load_frames
from zhibiao.linking.taxonomy import SHIPPED, Taxonomy, TaxonomyError, check_taxonomy, load_taxonomy, parse_taxonomy
from zhibiao.linking.wording import fold
from zhibiao.linking.words import words

GOOD: dict[str, Any] = {
    "id": "a", "name": "培训人次", "kind": "count", "units": ["人次"], "level1": "产出指标", "level2": "数量指标", "direction": "higher", "op": ">=",
    "aliases": ["参训人次"],
}  # fmt: skip


def lines(*rows: dict[str, Any]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def refused(text: str, *, csv_format: bool = False) -> list[str]:
    with pytest.raises(TaxonomyError) as caught:
        parse_taxonomy(text, csv_format=csv_format)
    return [str(problem) for problem in caught.value.problems]


#: What is only said: a user's own levels.
WARNINGS: list[tuple[dict[str, Any], str]] = [
    ({"level2": "速度指标"}, "层级“产出指标/速度指标”不在已知框架中"),
    ({"level1": "效果指标", "level2": "社会效益指标"}, "不在已知框架中"),
    ({"variants": ["产出指标/数目"]}, "其他层级“产出指标/数目”不在已知框架中"),
]
FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("unknown key", {"unit": "人次"}, "未知字段“unit”"),
    ("missing name", {"name": ""}, "缺少“name”"),
    ("unknown kind", {"kind": "number"}, "“kind”的值“number”不在"),
    ("unknown direction", {"direction": "up"}, "“direction”的值“up”不在"),
    ("list that is a text", {"aliases": "参训人次"}, "“aliases”应为字符串列表"),
    ("text that is a list", {"name": ["培训人次"]}, "“name”应为字符串"),
    ("blank alias", {"aliases": [" 参训人次"]}, "“aliases”应为字符串列表"),
    ("direction against op", {"direction": "lower"}, "方向“lower”与比较“>=”矛盾"),
    ("exact with at least", {"direction": "exact"}, "方向“exact”与比较“>=”矛盾"),
    ("kind against units", {"kind": "percent"}, "类别“percent”与单位“人次”矛盾"),
    ("money in persons", {"kind": "money"}, "类别“money”与单位“人次”矛盾"),
    ("count in percent", {"units": ["%"]}, "类别“count”与单位“%”矛盾"),
    ("unknown related", {"related": ["zzz"]}, "“related”指向未知编号“zzz”"),
    ("related to itself", {"related": ["a"]}, "“related”指向自身"),
    ("unknown change_of", {"change_of": "zzz"}, "“change_of”指向未知编号“zzz”"),
    ("alias twice", {"aliases": ["参训人次", "“参训”人次"]}, "重复"),
    ("alias that is the name", {"aliases": ["培训 人次"]}, "重复"),
    ("alias of marks only", {"aliases": ["——"]}, "没有可用的字"),
    ("alias that is excluded", {"excludes": ["参训人次"]}, "既是别名又列为不含"),
    ("shared but no alias", {"shared": ["培训次数"]}, "不在别名之中"),
    ("shared with nobody", {"shared": ["参训人次"]}, "只在一条指标上"),
]


@pytest.mark.parametrize(("change", "message"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_fault_of_one_entry(change: dict[str, Any], message: str) -> None:
    found = refused(lines(GOOD | change))
    assert any(message in problem and problem.startswith("第1行") for problem in found), found


def test_good_entry_passes() -> None:
    assert [entry.id for entry in parse_taxonomy(lines(GOOD))] == ["a"]


def test_id_twice() -> None:
    assert refused(lines(GOOD, GOOD | {"name": "参会人次", "aliases": []})) == ["第2行（a）：编号与第1行重复"]


def test_alias_on_two_entries_names_both_lines() -> None:
    found = refused(lines(GOOD, GOOD | {"id": "b", "name": "参会人次"}))
    assert found == [
        "第1行（a）：别名“参训人次”也在 b（第2行），且未列为共用",
        "第2行（b）：别名“参训人次”也在 a（第1行），且未列为共用",
    ]  # fmt: skip


def test_alias_on_two_entries_may_be_shared() -> None:
    shared = {"shared": ["参训人次"]}
    assert len(parse_taxonomy(lines(GOOD | shared, GOOD | shared | {"id": "b", "name": "参会人次"}))) == 2


def test_all_problems_at_once_in_order_of_lines() -> None:
    text = lines(GOOD | {"related": ["zzz"]}) + "\nnot json\n\n[1]\n" + lines({"id": "c", "colour": 1})
    found = refused(text)
    assert [problem.split("（")[0].split("：")[0] for problem in found] == ["第1行", "第2行", "第4行", "第5行", "第5行", "第5行"]


def test_empty_file() -> None:
    assert refused("\n\n") == ["第1行：文件中没有指标"]


def test_default_op_follows_direction() -> None:
    row = {key: value for key, value in GOOD.items() if key != "op"}
    assert parse_taxonomy(lines(row | {"direction": "lower"}))["a"].op == "<="


CSV = "编号,名称,类别,单位,一级指标,二级指标,方向,别名\nx-1,图书借阅册次,count,册次|册,产出指标,数量指标,higher,借阅册次；外借册次\nx-2,读者满意度,percent,%,,,higher,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_of_a_user(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "mine.csv"
    file.write_bytes(CSV.encode(encoding))
    taxonomy = load_taxonomy(file)
    assert taxonomy["x-1"].aliases == ("借阅册次", "外借册次")
    assert taxonomy["x-1"].units == ("册次", "册")
    assert taxonomy["x-2"].level1 == ""
    assert "x-3" not in taxonomy


def test_csv_faults_carry_their_rows() -> None:
    text = CSV + "x-2,办证数,count,本,产出指标,数量指标,lower,,多的一格\nx-4,办证率,percent,本,,,higher,\n"
    assert refused(text, csv_format=True) == ["第4行（x-2）：有9格，表头只有8格", "第5行（x-4）：类别“percent”与单位“本”矛盾"]


def test_csv_head_twice() -> None:
    assert "第1行：表头“name”重复" in refused("编号,名称,name,类别\na,甲,乙,count\n", csv_format=True)


def test_a_csv_in_chinese_needs_no_codes(tmp_path: Path) -> None:
    file = tmp_path / "目录.csv"
    file.write_text("编号,名称,单位,方向,比较,类别\nx-1,专项经费支出,万元,越低越好,≤,\nx-2,满意度,,正向,,百分比\n", "utf-8-sig")
    one, two = load_taxonomy(file)
    assert (one.kind, one.units, one.direction, one.op) == ("money", ("元",), "lower", "<=")
    assert (two.kind, two.direction, two.op) == ("percent", "higher", ">=")


@pytest.mark.parametrize(("change", "message"), WARNINGS)
def test_a_level_of_ones_own_is_only_said(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text(lines(GOOD | change), "utf-8")
    taxonomy, problems = check_taxonomy(file)
    assert taxonomy is not None
    assert [(p.severity, message in p.message) for p in problems] == [("warning", True)]


def test_checking_gives_the_faults_back(tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text(lines(GOOD, GOOD), "utf-8")
    taxonomy, problems = check_taxonomy(file)
    assert taxonomy is None
    assert any("重复" in p.message for p in problems)


def test_the_error_of_a_taxonomy_can_travel() -> None:
    import pickle

    with pytest.raises(TaxonomyError) as caught:
        parse_taxonomy(lines(GOOD, GOOD))
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert "[Z206]" in str(again)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_only_ends_of_lines_end_a_row(end: str) -> None:
    rows = [GOOD | {"definition": "挂着的\u2028灯笼\x85两排"}, {"id": "b", "name": "灯笼数量", "kind": "count"}]
    assert [entry.id for entry in parse_taxonomy(end.join(lines(row) for row in rows))] == ["a", "b"]
    assert refused(lines(GOOD) + end + "not json")[0].startswith("第2行")


@pytest.mark.parametrize(("before", "line"), [("", 1), ("id,name,kind\nx,灯笼数量,count\n", 3)])
def test_a_quotation_mark_that_stays_open(before: str, line: int) -> None:
    limit = csv.field_size_limit(1_000)  # of the whole process: reading a run raises it
    try:
        found = refused(before + 'y,"' + "灯," * 1_000, csv_format=True)
    finally:
        csv.field_size_limit(limit)
    assert [problem.split("：")[0] for problem in found] == [f"第{line}行"]
    assert "引号" in found[0]


def test_the_shipped_one_has_not_even_warnings() -> None:
    assert check_taxonomy()[1] == check_taxonomy(SHIPPED)[1] == ()


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00\xd8\xff"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "none.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UnreadableTaxonomy, match="Z207"):
        load_taxonomy(file)


@pytest.fixture(scope="module")
def shipped() -> Taxonomy:
    return load_taxonomy()


def test_shipped_keeps_every_first_id(shipped: Taxonomy, root: Path) -> None:
    first = (root / "tests" / "cases" / "taxonomy_ids.txt").read_text("utf-8").split()
    assert len(first) == 516
    assert [entry for entry in first if entry not in shipped] == []


def test_shipped_rows_are_complete(shipped: Taxonomy) -> None:
    assert len(shipped) >= 900
    bare = [e.id for e in shipped if not (e.en and e.level1 and e.level2 and e.domain and e.source and e.aliases)]
    assert bare == []
    # Only indices, ratios and grades have no unit.
    assert [e.id for e in shipped if not e.units and e.kind != "other"] == []


def test_shipped_fields_are_known(shipped: Taxonomy) -> None:
    assert {e.domain for e in shipped} <= set(words().domains)


def test_shipped_aliases_are_names_not_numbers(shipped: Taxonomy) -> None:
    assert [(e.id, w) for e in shipped for w in e.wordings if len(fold(w)) < 2 or len(w) > 40] == []


def test_shipped_budget_ids_exist(shipped: Taxonomy) -> None:
    assert {words().budget.whole_id, words().budget.project_id} <= set(shipped.by_id)


def test_growth_is_named_once(shipped: Taxonomy) -> None:
    said = Counter((e.change_of, "下降" in e.name or "压缩" in e.name) for e in shipped if e.change_of)
    assert [pair for pair, n in said.items() if n > 1] == []
    assert [e.id for e in shipped if e.change_of and e.kind != "percent"] == []


@pytest.mark.parametrize(
    ("printed", "official"),
    [
        (("效果指标", "环境效益"), ("效益指标", "生态效益指标")),
        (("产出", "产出数量"), ("产出指标", "数量指标")),
        (("满意度", "社会公众满意度"), ("满意度指标", "服务对象满意度指标")),
        (("管理效能", "运行成本"), ("管理效率", "运行成本")),
        (("某某指标", "别的"), ("某某指标", "别的")),
    ],
)
def test_levels_of_other_years_fold(printed: tuple[str, str], official: tuple[str, str]) -> None:
    assert load_frames().fold(*printed) == official
