"""Link annotations: what a file must look like, the faults that are told, and the shipped ones against taxonomy and corpus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.annotate import markup
from zhibiao.annotate.links import LinkMark, LinksError, read_links, read_mentions, render_links
from zhibiao.annotate.splits import load_splits
from zhibiao.linking.mention import Mention
from zhibiao.linking.taxonomy import load_taxonomy
from zhibiao.training.gold import gold_of

ANNOTATIONS = Path(__file__).parents[2] / "annotations"
IDS = {"lamps", "lanterns", "kites", "drums"}
GOOD: dict[str, Any] = {"passage": "cul-w1-001", "record": 1, "links": ["lamps"]}
MENTION: dict[str, Any] = {"name": "灯笼数量", "unit": "只", "links": ["lamps"]}


def written(folder: Path, *rows: object, name: str = "a.jsonl") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text("".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows), "utf-8")
    return file


# What is read.


def test_a_good_file(tmp_path: Path) -> None:
    rows = [GOOD, GOOD | {"score": True, "links": [], "unsure": True}, GOOD | {"record": 2, "links": ["lamps", "lanterns", "kites"]}]
    assert read_links(written(tmp_path, *rows), ids=IDS) == [
        LinkMark("cul-w1-001", 1, False, ("lamps",)),
        LinkMark("cul-w1-001", 1, True, (), True),
        LinkMark("cul-w1-001", 2, False, ("lamps", "lanterns", "kites")),
    ]


def test_a_folder_is_read_in_order_without_its_subfolders(tmp_path: Path) -> None:
    written(tmp_path, GOOD | {"record": 2}, name="b.jsonl")
    written(tmp_path, GOOD, name="a.jsonl")
    written(tmp_path / "double", GOOD)
    written(tmp_path, "no JSON", name="notes.txt")
    assert [mark.record for mark in read_links(tmp_path)] == [1, 2]


def test_mentions(tmp_path: Path) -> None:
    file = written(tmp_path, MENTION, MENTION | {"section": "二、灯会", "change": "同比增长", "links": []})
    assert read_mentions(file, ids=IDS) == [
        (Mention("灯笼数量", "只"), ("lamps",)),
        (Mention("灯笼数量", "只", section="二、灯会", change="同比增长"), ()),
    ]


def test_the_same_mention_may_stand_twice(tmp_path: Path) -> None:
    assert len(read_mentions(written(tmp_path, MENTION, MENTION))) == 2


marks = st.builds(
    LinkMark, st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(0, 99), st.booleans(),
    st.lists(st.sampled_from(sorted(IDS)), max_size=3, unique=True).map(tuple), st.booleans(),
)  # fmt: skip


@given(st.lists(marks, max_size=5, unique_by=lambda mark: mark.key))
def test_what_is_rendered_is_read_back(tmp_path_factory: pytest.TempPathFactory, some: list[LinkMark]) -> None:
    file = tmp_path_factory.getbasetemp() / "rendered.jsonl"
    file.write_text(render_links(some), "utf-8")
    assert read_links(file, ids=IDS) == some


def test_what_is_false_is_not_rendered() -> None:
    assert render_links([LinkMark("p", 1, False, ("灯",))]) == '{"passage": "p", "record": 1, "links": ["灯"]}\n'


# Faults.
FAULTS: list[tuple[Any, str]] = [
    ({"entry": "lamps"}, "不认识的键 entry"),
    ({"record": "1"}, "record 的类型不对"),
    ({"record": True}, "record 的类型不对"),
    ({"passage": 1, "score": "yes"}, "passage、score 的类型不对"),
    ({"links": "lamps"}, "links 的类型不对"),
    ({"links": None}, "links 的类型不对"),
    ({"links": [1]}, "至多 3 个互不相同的编号"),
    ({"links": [""]}, "至多 3 个互不相同的编号"),
    ({"links": [["lamps"]]}, "至多 3 个互不相同的编号"),
    ({"links": ["lamps", "lamps"]}, "至多 3 个互不相同的编号"),
    ({"links": sorted(IDS)}, "至多 3 个互不相同的编号"),
    ({"links": ["lamps", "stars"]}, "指标目录里没有 stars"),
]


@pytest.mark.parametrize(("change", "message"), FAULTS)
def test_a_fault_is_told_with_its_place(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(LinksError, match=message) as caught:
        read_links(written(tmp_path, GOOD | {"record": 2}, GOOD | change), ids=IDS)
    assert str(caught.value).startswith("a.jsonl 第2行：")


@pytest.mark.parametrize("key", GOOD)
def test_every_key_is_needed(tmp_path: Path, key: str) -> None:
    with pytest.raises(LinksError, match=f"缺少键 {key} "):
        read_links(written(tmp_path, {k: v for k, v in GOOD.items() if k != key}))


@pytest.mark.parametrize(
    ("line", "message"), [("{", "不是合法的 JSON"), ("", "不是合法的 JSON"), ("[]", "应为一个对象"), ("null", "应为一个对象")]
)
def test_what_is_no_object(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(LinksError, match=f"第1行：{message}"):
        read_links(written(tmp_path, line))


def test_a_record_decided_twice(tmp_path: Path) -> None:
    written(tmp_path, GOOD, GOOD | {"score": True}, name="a.jsonl")
    written(tmp_path, GOOD | {"links": []}, name="b.jsonl")
    with pytest.raises(LinksError, match=r"b\.jsonl 第1行：cul-w1-001 的记录 1 标了两次"):
        read_links(tmp_path)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (MENTION | {"passage": "p"}, "不认识的键 passage"),
        ({"name": "灯笼"}, "缺少键 links"),
        (MENTION | {"unit": None}, "unit 的类型不对"),
        (MENTION | {"links": ["stars"]}, "指标目录里没有 stars"),
    ],
)
def test_a_fault_of_a_mention(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(LinksError, match=message):
        read_mentions(written(tmp_path, row), ids=IDS)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_links(tmp_path / "nowhere.jsonl")


# The shipped ones.


@pytest.fixture(scope="module")
def shipped() -> list[LinkMark]:
    return read_links(ANNOTATIONS / "links", ids=load_taxonomy())


@pytest.fixture(scope="module")
def passages() -> dict[str, markup.MarkedPassage]:
    return {p.id: p for file in sorted((ANNOTATIONS / "corpus").glob("*.txt")) for p in markup.read(file)}


@pytest.fixture(scope="module")
def records(shipped: list[LinkMark], passages: dict[str, markup.MarkedPassage]) -> dict[str, set[tuple[str, int, bool]]]:
    """The keys of the records of each passage that is annotated."""
    return {
        name: {(name, r.number, r.type == "score") for r in gold_of(passages[name]).records if not r.optional}
        for name in {mark.passage for mark in shipped}
    }


def test_the_shipped_marks_load(shipped: list[LinkMark]) -> None:
    assert len(shipped) >= 4_000


def test_every_passage_and_record_exists(shipped: list[LinkMark], records: dict[str, set[tuple[str, int, bool]]]) -> None:
    assert [mark for mark in shipped if mark.key not in records[mark.passage]] == []


def test_no_record_of_a_test_passage_is_left_undecided(
    shipped: list[LinkMark], passages: dict[str, markup.MarkedPassage], records: dict[str, set[tuple[str, int, bool]]]
) -> None:
    splits = load_splits(ANNOTATIONS / "splits.json")
    test = {name for name in records if splits.part_of(passages[name]) == "test"}
    assert len(test) >= 50
    decided = {mark.key for mark in shipped}
    assert sorted(key for name in test for key in records[name] if key not in decided) == []


def test_the_second_reader_read_what_the_first_did(shipped: list[LinkMark]) -> None:
    second = read_links(ANNOTATIONS / "links" / "double", ids=load_taxonomy())
    assert len(second) >= 100
    assert {mark.key for mark in second} <= {mark.key for mark in shipped}


def test_the_shipped_mentions_load() -> None:
    mentions = read_mentions(ANNOTATIONS / "links" / "mentions", ids=load_taxonomy())
    assert len(mentions) >= 200
    assert all(mention.name.strip() for mention, _ in mentions)
