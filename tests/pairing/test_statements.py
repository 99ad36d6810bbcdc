"""Statements in prose, plans and tables: one readable case a line in ``tests/cases/statements.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_case(case: dict, extract) -> None:
    assert sorted(told(extract(case["text"]))) == sorted(case["records"])


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
