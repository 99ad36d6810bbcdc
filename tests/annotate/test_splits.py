"""The splits file: what it must look like, who is in which part, and the hash that notices a changed text."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from zhibiao.annotate import markup
from zhibiao.annotate.splits import Splits, SplitsError, frozen_hash, load_splits

GOOD: dict[str, Any] = {"version": 1, "by": "writer", "train": ["w1", "w4"], "dev": ["w2"], "test": ["w3"], "frozen": {"w2": "0" * 64}}

PASSAGES = markup.parse(
    "### id=edu-w2-001 dept=教育 layout=prose writer=w2\n新建{学校|I1}{3所|A1}。\n"
    "### id=edu-w2-002 dept=教育 layout=prose writer=w2\n培训{教师|I1}{40人|A1}。\n"
)


def written(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "splits.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return path


def test_a_good_file_is_read(tmp_path: Path) -> None:
    splits = load_splits(written(tmp_path, GOOD))
    assert splits == Splits(("w1", "w4"), ("w2",), ("w3",), {"w2": "0" * 64})
    assert splits.writers() == {"w1": "train", "w4": "train", "w2": "dev", "w3": "test"}


@pytest.mark.parametrize(("writer", "part"), [("w1", "train"), ("w4", "train"), ("w2", "dev"), ("w3", "test")])
def test_part_of(writer: str, part: str) -> None:
    assert Splits(("w1", "w4"), ("w2",), ("w3",)).part_of(replace(PASSAGES[0], writer=writer)) == part


def test_part_of_a_stranger_is_refused() -> None:
    with pytest.raises(SplitsError, match="edu-w2-001: 撰写人 w9 不在任何一部分"):
        Splits(("w1",), ("w2",), ("w3",)).part_of(replace(PASSAGES[0], writer="w9"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": 1}, "不认识的键 extra"),
        ({"train": None}, "train 应是撰写人代码的列表"),
        ({"train": []}, "train 应是撰写人代码的列表"),
        ({"dev": ["w2", 5]}, "dev 应是撰写人代码的列表"),
        ({"dev": ["w1"], "frozen": {}}, "撰写人 w1 在 train 和 dev 里重复"),
        ({"test": ["w3", "w3"]}, "撰写人 w3 在 test 和 test 里重复"),
        ({"version": 2}, "version 应为 1，实为 2"),
        ({"version": True}, "version 应为 1，实为 True"),
        ({"by": "passage"}, "by 只能是 'writer'"),
        ({"frozen": []}, "frozen 应是一个对象"),
        ({"frozen": {"w1": "0" * 64}}, "w1 不是 dev 或 test 的撰写人"),
        ({"frozen": {"w9": "0" * 64}}, "w9 不是 dev 或 test 的撰写人"),
        ({"frozen": {"w2": "0" * 63}}, "64 位小写十六进制"),
        ({"frozen": {"w2": "G" * 64}}, "64 位小写十六进制"),
        ({"frozen": {"w2": 7}}, "64 位小写十六进制"),
    ],
)
def test_a_fault_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(SplitsError, match=message) as error:
        load_splits(written(tmp_path, GOOD | change))
    assert str(error.value).startswith("splits.json: ")


@pytest.mark.parametrize("key", GOOD)
def test_every_key_is_needed(tmp_path: Path, key: str) -> None:
    with pytest.raises(SplitsError, match=f"缺少键 {key} "):
        load_splits(written(tmp_path, {k: v for k, v in GOOD.items() if k != key}))


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "不是 UTF-8 的 JSON"), ("[]", "最外层应是一个对象"), ('{"version": 1, "version": 1}', "键 version 写了两次")],
)
def test_what_is_no_splits_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SplitsError, match=message):
        load_splits(written(tmp_path, text))


def test_a_writer_twice_under_frozen_is_refused(tmp_path: Path) -> None:
    text = json.dumps(GOOD).replace('"frozen": {', f'"frozen": {{"w2": "{"1" * 64}", ')
    with pytest.raises(SplitsError, match="键 w2 写了两次"):
        load_splits(written(tmp_path, text))


def test_the_hash_knows_texts_and_nothing_else() -> None:
    one, two = PASSAGES
    known = frozen_hash([one, two])
    assert len(known) == 64
    assert frozen_hash([two, one]) == known
    assert frozen_hash([replace(one, id="x", marks=()), two]) == known
    assert frozen_hash([replace(one, text=one.text + " "), two]) != known
    assert frozen_hash([one]) != known
    assert frozen_hash([one, two, two]) != known
