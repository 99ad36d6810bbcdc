"""Statements in prose, plans and tables: one readable case a line in ``tests/cases/statements.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from zhibiao.api import report_of
from zhibiao.extractor import Extractor
from zhibiao.nlp import load

CASES = tomllib.loads((Path(__file__).parent.parent / "cases" / "statements.toml").read_text("utf-8"))["case"]


def told(document) -> list[str]:
    """Each record as ``indicator | target | actual | change`` with the signs of comparison."""

    def side(s) -> str:
        if s is None:
            return ""
        sign = {"=": "", None: ""}.get(s.op, s.op)
        return f"{sign}{s.text}"

    rows = ["|".join([r.indicator, side(r.target), side(r.actual), r.change]).rstrip("|") for r in document.records]
    return [row.replace("|", " | ").replace("|  |", "| |") for row in rows]


@pytest.fixture(scope="module")
def patterns() -> Extractor:
    """The patterns alone: the cases are theirs."""
    return Extractor(nlp=load(stages="patterns"))


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_case(case: dict, patterns: Extractor) -> None:
    assert sorted(told(patterns.extract(report_of(case["text"])))) == sorted(case["records"])


def test_the_models_leave_what_the_patterns_read_right(extract) -> None:
    """Nearly all cases come out the same with the models in."""
    changed = [case["name"] for case in CASES if sorted(told(extract(case["text"]))) != sorted(case["records"])]
    assert len(changed) <= 0.06 * len(CASES), changed


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_spans_are_the_evidence(case: dict, extract) -> None:
    text = case["text"]
    document = extract(text)
    for q in document.quantities:
        assert text[q.start : q.end] == q.text
    for r in document.records:
        assert text[r.start : r.end] == r.evidence
        spans = [(r.indicator_start, r.indicator_end, r.indicator)] + [(s.start, s.end, s.text) for s in (r.target, r.actual) if s]
        for start, end, words in spans:
            if start is not None:
                assert "".join(text[start:end].split()) == words
