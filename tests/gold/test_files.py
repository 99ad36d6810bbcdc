"""The same report as Word, Excel, HTML, PDF and text gives the same records: each file against the truth that its source states.

The floors lie just below what is reached. Scans are judged where recognition is tested.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from zhibiao.api import shared_extractor
from zhibiao.readers import Input, read_report
from zhibiao.schema import Document, Record, Side, plain

from .file_score import Score, is_right, rows_of, score

FOLDER = Path(__file__).parents[2] / "samples" / "files"
NAMES = sorted(path.stem for path in (Path(__file__).parent / "files").glob("*.jsonl"))
#: F1 of all reports together: what the format draws as tables, and what it only sets as text.
FLOORS = {"docx": 0.995, "xlsx": 0.995, "html": 0.995, "pdf": 0.995, "txt": 0.84}
LEAST = 0.97  # of each file whose format draws its tables
DRAWN = ("docx", "xlsx", "html", "pdf")


@cache
def read(name: str, suffix: str) -> Document:
    path = FOLDER / f"{name}.{suffix}"
    return shared_extractor().extract(read_report(Input(path, path.name, name)))


@cache
def scored(name: str, suffix: str) -> Score:
    return score(rows_of(name), read(name, suffix).records)


def shown(found: Score) -> str:
    """What to look at when a floor breaks."""
    missed = [f"- {row['indicator']} {row.get('target_text', '')} {row.get('actual_text', '')}" for row in found.missed]
    false = [f"+ {r.type} {r.indicator} {r.target and r.target.text} {r.actual and r.actual.text}" for r in found.false]
    return "\n".join([f"F1 {found.f1:.3f}", *missed[:10], *false[:10]])


def told(record: Record) -> tuple[object, ...]:
    """What a record says, places aside: the words of a wrapped cell without their line ends. Not its link, which the words around it bear on."""

    def side(s: Side | None) -> tuple[object, ...] | None:
        if s is None:
            return None
        if s.value is None:
            return ("".join(s.text.split()),)
        return s.op, plain(s.value), None if s.value_high is None else plain(s.value_high), s.unit

    points = [None if v is None else plain(v) for v in (record.weight, record.score)]
    return (
        record.type, record.indicator, side(record.target), side(record.actual), *points, record.change, record.stated_level1,
        record.stated_level2, "".join(record.deviation.split()), record.project, record.year, record.method, record.status,
    )  # fmt: skip


def test_there_is_a_truth_for_each_report_and_a_file_in_each_format() -> None:
    assert len(NAMES) >= 10
    assert all((FOLDER / f"{name}.{suffix}").is_file() for name in NAMES for suffix in FLOORS)
    assert {path.stem for path in FOLDER.glob("*.docx")} == set(NAMES)


@pytest.mark.parametrize("suffix", FLOORS)
def test_a_format_as_a_whole(suffix: str) -> None:
    results = [scored(name, suffix) for name in NAMES]
    right, missed, false = (sum(n) for n in zip(*((s.found, len(s.missed), len(s.false)) for s in results), strict=True))
    assert right + missed >= 450
    f1 = 2 * right / (2 * right + missed + false)
    assert f1 >= FLOORS[suffix], "\n".join(f"{name}: {shown(s)}" for name, s in zip(NAMES, results, strict=True) if s.f1 < LEAST)


@pytest.mark.parametrize("suffix", DRAWN)
@pytest.mark.parametrize("name", NAMES)
def test_each_file(name: str, suffix: str) -> None:
    found = scored(name, suffix)
    assert found.f1 >= LEAST, shown(found)


@pytest.mark.parametrize("suffix", ["xlsx", "html"])
@pytest.mark.parametrize("name", NAMES)
def test_formats_that_flow_agree_on_every_record(name: str, suffix: str) -> None:
    ours, theirs = (Counter(told(r) for r in read(name, s).records) for s in ("docx", suffix))
    assert ours == theirs


@pytest.mark.parametrize("name", NAMES)
def test_pages_change_no_record_of_a_table(name: str) -> None:
    ours, theirs = (Counter(told(r) for r in read(name, s).records if r.method == "table") for s in ("docx", "pdf"))
    assert ours == theirs


@pytest.mark.parametrize("suffix", FLOORS)
def test_everything_stands_where_it_says(suffix: str) -> None:
    for name in NAMES:
        document = read(name, suffix)
        text = document.report.text
        assert all(text[q.start : q.end] == q.text for q in document.quantities)
        for record in document.records:
            assert text[record.start : record.end] == record.evidence
            for side in (record.target, record.actual):
                if side and side.start is not None:
                    assert "".join(text[side.start : side.end].split()) == "".join(side.text.split())


def test_records_of_a_pdf_bear_page_and_box() -> None:
    for name in NAMES:
        document = read(name, "pdf")
        assert document.report.pages
        assert all(r.page and 1 <= r.page <= document.report.pages for r in document.records)
        boxes = [[float(x) for x in r.box.split(",")] for r in document.records]
        assert all(0 <= left < right <= 850 and 0 <= top < bottom <= 850 for left, top, right, bottom in boxes)


def test_the_scorer_finds_what_is_wrong() -> None:
    """A floor is worth nothing if the scorer lets everything pass."""
    rows = rows_of(NAMES[0])
    records = list(read(NAMES[0], "docx").records)
    table = [r for r in records if r.method == "table"]
    assert score(rows, records).f1 > score(rows, [r for r in records if r is not table[0]]).f1
    assert score(rows, [*records, table[0]]).false == (table[0],)
    assert score(rows, []).f1 == 0
    right = next(r for r in table if is_right(rows[0], r))
    assert not is_right({**rows[0], "indicator": "别的指标"}, right)
    key = next(k for k in ("target_value", "actual_value") if k in rows[0])
    assert not is_right({**rows[0], key: "123456"}, right)
