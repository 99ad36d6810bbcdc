"""The traps: every example is passed over, and the loader refuses what is wrong."""

from __future__ import annotations

import copy
import re
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from zhibiao.quantities import default_finder
from zhibiao.quantities.traps import load_traps

DATA = tomllib.loads(files("zhibiao.quantities").joinpath("traps.toml").read_text("utf-8"))


EXAMPLES = [(row["regex"], text) for row in DATA["pattern"] for text in row["hits"]]


@pytest.mark.parametrize(("regex", "text"), EXAMPLES, ids=[text for _, text in EXAMPLES])
def test_every_example_is_matched_whole(regex: str, text: str) -> None:
    begin = re.search(r"[\d〇零一二三四五六七八九十]", text)
    assert begin
    match = re.compile(regex).match(text, begin.start())
    assert match
    assert match.end() == len(text)
    assert default_finder().find(f"按照{text}，推进。") == []


@pytest.mark.parametrize("phrase", DATA["phrases"]["words"])
def test_every_phrase_is_passed_over(phrase: str) -> None:
    assert default_finder().find(f"推进{phrase}，落实。") == []


@pytest.mark.parametrize("text", ["30日内", "3个月", "20年", "10.4G", "2021.5吨", "指标1：95%", "24小时内", "360个", "12345件"])
def test_near_misses_are_quantities(text: str) -> None:
    assert len(default_finder().find(text + "。")) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.pop("left"), "must hold exactly"),
        (lambda d: d["pattern"].append(dict(d["pattern"][0])), "is given twice"),
        (lambda d: d["pattern"].append({"id": "x", "why": "", "regex": "("}), "holds exactly"),
        (lambda d: d["pattern"].append({"id": "x", "why": "", "regex": "(", "hits": []}), "no regular expression"),
        (lambda d: d["pattern"].append({"id": "x", "why": "", "regex": "(1)", "hits": []}), "write groups as"),
        (lambda d: d["phrases"]["words"].append(d["phrases"]["words"][0]), "given twice"),
    ],
)
def test_loader_refuses(change: Any, words: str) -> None:
    data = copy.deepcopy(DATA)
    change(data)
    with pytest.raises(ValueError, match=re.escape(words)):
        load_traps(data)
