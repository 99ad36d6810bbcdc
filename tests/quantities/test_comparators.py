"""Every word of comparison gives its op, and the loader refuses contradictions."""

from __future__ import annotations

import copy
import re
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from zhibiao.quantities import Comparators, default_finder
from zhibiao.quantities.comparators import default_comparators

DATA = tomllib.loads(files("zhibiao.quantities").joinpath("comparators.toml").read_text("utf-8"))
WORDS = default_comparators()


@pytest.mark.parametrize(("word", "op"), WORDS.words_before.items())
def test_every_word_before(word: str, op: str) -> None:
    (q,) = default_finder().find(f"规模{word}300元。")
    assert (q.text, q.op) == ("300元", op)


@pytest.mark.parametrize(("word", "op"), WORDS.words_after.items())
def test_every_word_after(word: str, op: str) -> None:
    (q,) = default_finder().find(f"历时30小时{word}。")
    assert (q.text, q.op) == ("30小时", op)


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("节约3万元", "="),
        ("最近5小时", "="),
        ("附近2个", "="),
        ("近三年", "="),
        ("近20次", "~"),
        ("高超3万元", "="),
        ("约为3万元", "~"),
        ("超过了3万元", ">"),
        ("不少于达到3万元", ">="),
        ("约达3万元", "~"),
        ("高于全省3个百分点", "="),
        ("高于3个百分点", "="),
        ("控制在3%以内", "<="),
        ("控制在3%以上", ">="),
        ("控制在3%", "<="),
        ("至少布设3台", ">="),
        ("至少每月、布设3台", "="),
        ("3家内资企业", "="),
        ("3天内部整改", "="),
        ("8小时内", "<="),
        ("达600余台", "~"),
        ("超过600余台", ">"),
        ("2年多", "~"),
        ("5个上下游企业", "="),
        ("未超过3次", "<="),
        ("≥95%以上", ">="),
        ("达到95%以上", ">="),
        ("100万元（含）以上", ">="),
        ("共有约3万元", "~"),
    ],
)
def test_op(text: str, op: str) -> None:
    (q,) = default_finder().find(text)
    assert q.op == op


@pytest.mark.parametrize(("text", "op"), [("≥", ">="), ("不少于", ">="), ("约为", "~"), ("达到", "="), ("增长", None), ("", None)])
def test_whole(text: str, op: str | None) -> None:
    assert WORDS.whole(text) == op


def changed(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    data = copy.deepcopy(DATA)
    at: Any = data
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("besides",), {}, "unknown or missing sections besides"),
        (("before", "=="), ["等"], "unknown ops =="),
        (("before", "<"), ["≥"], "gives ≥ twice"),
        (("after", "<"), ["以上"], "gives 以上 twice"),
        (("not_after", "很"), "好", "listed nowhere: 很"),
        (("not_for", "很"), ["元"], "listed nowhere: 很"),
        (("weak", "words"), ["很"], "not listed: 很"),
        (("only_for", "内"), ["time"], "no kinds: time"),
    ],
)
def test_loader_refuses(path: tuple[str, ...], value: Any, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        Comparators(changed(path, value))
