"""Floors on the tables of real files kept outside the project, against facts taken from them by hand. Skipped where those files are absent."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from zhibiao.api import shared_extractor
from zhibiao.readers import Input, read_report
from zhibiao.schema import Document

from .table_score import HERE, Score, load, score, shown

SHARED = Path(os.environ.get("ZHIBIAO_SHARED", Path(__file__).parents[3] / "shared"))
STEMS = sorted(path.stem for path in HERE.glob("*.jsonl"))
FLOOR = 0.97

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not all((SHARED / "files" / f"{stem}.pdf").is_file() for stem in STEMS),
        reason="the real files with tables are not here (ZHIBIAO_SHARED, or ../shared beside the repository)",
    ),
]
each = pytest.mark.parametrize("stem", STEMS)


@cache
def read(stem: str) -> Document:
    path = SHARED / "files" / f"{stem}.pdf"
    return shared_extractor().extract(read_report(Input(path, path.name, stem)))


@cache
def scored(stem: str) -> Score:
    document = read(stem)
    return score(load(stem), document.records, document.report)


@each
def test_rows_of_complete_pages(stem: str) -> None:
    found = scored(stem)
    assert found.wanted > 200
    missed = [f"- {row['page']} {row['indicator']} {row.get('column', '')}: {why}" for row, why in found.missed]
    false = [f"+ {r.page} {r.type} {r.indicator}" for r in found.false]
    assert found.f1 >= FLOOR, "\n".join([shown(found), *missed[:20], *false[:20]])


@each
def test_rows_of_sampled_pages(stem: str) -> None:
    found = scored(stem)
    assert not found.sampled_wanted or found.sampled_recall >= FLOOR, shown(found)


@each
def test_every_record_stands_where_it_says(stem: str) -> None:
    document = read(stem)
    text = document.report.text
    assert not document.report.gaps
    assert all(text[q.start : q.end] == q.text for q in document.quantities)
    for record in document.records:
        assert text[record.start : record.end] == record.evidence
        assert record.page
        assert record.box
