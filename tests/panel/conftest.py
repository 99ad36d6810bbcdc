"""A small taxonomy, records made by hand, and readings for the tests of the panel."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhibiao.export.frames import rows_of
from zhibiao.export.sink import Sink
from zhibiao.linking.taxonomy import Taxonomy, parse_taxonomy
from zhibiao.panel.readings import Reading
from zhibiao.schema import Document, Link, Record, Report, Side

ENTRIES: list[dict[str, Any]] = [
    {"id": "cases", "name": "受理业务量", "kind": "count", "units": ["件", "宗"], "aliases": ["受理业务"], "domain": "政务服务"},
    {"id": "days", "name": "平均办理时长", "kind": "duration", "units": ["小时", "天"], "direction": "lower"},
    {"id": "pleased", "name": "群众满意度", "kind": "percent", "units": ["%"], "direction": "higher"},
    {"id": "growth", "name": "受理业务增长率", "kind": "percent", "units": ["%"], "change_of": "cases"},
    {"id": "fall", "name": "投诉下降率", "kind": "percent", "units": ["%"], "change_of": "cases"},
    {"id": "births", "name": "出生率", "kind": "percent", "units": ["‰"]},
    {"id": "trained", "name": "培训覆盖数", "kind": "count"},
    {"id": "coefficient", "name": "灌溉水利用系数", "kind": "other"},
    {"id": "points", "name": "自评得分", "kind": "score", "units": ["分"]},
]
TAXONOMY = parse_taxonomy("\n".join(json.dumps(entry, ensure_ascii=False) for entry in ENTRIES))


def make_record(entry: str | None = "cases", value: str | None = "250935", text: str | None = None, **facts: Any) -> Record:
    """A linked fact; ``unit``, ``op``, ``high``, ``target``, ``link`` and any field of a record may be given."""
    unit, op, high = facts.pop("unit", "件"), facts.pop("op", "="), facts.pop("high", None)
    confidence, target = facts.pop("link", "0.9"), facts.pop("target", "")
    words = f"{value}{unit}" if text is None else text
    record = Record(
        type="fact", indicator="受理业务", indicator_start=0, indicator_end=4,
        target=Side(target, None, None) if target else None,
        actual=Side(words, 4, 8, op if value else None, Decimal(value) if value else None, Decimal(high) if high else None, unit),
        start=0, end=9, evidence=f"受理业务{words}", method="pattern", confidence=0.9, region="甲区", year=2022, record_id="r1",
        link=Link(entry, TAXONOMY[entry].name if entry else "", confidence=Decimal(confidence) if confidence else None),
    )  # fmt: skip
    return replace(record, **facts)


def write_run(folder: Path, *records: Record, formats: Sequence[str] = ("parquet",), doc_id: str = "d1") -> Path:
    """A run of one document with these records; each gets a record id and a place of its own."""
    placed = tuple(replace(r, record_id=f"{doc_id}-{i}", start=10 * i, end=10 * i + 9) for i, r in enumerate(records))
    with Sink(folder, formats) as sink:
        sink.add(rows_of(Document(Report(doc_id, f"in/{doc_id}.txt", "0" * 64, "txt", ""), records=placed), timing=False))
        sink.finish([])
    return folder


def make_reading(value: str = "250935", step: str = "1", **facts: Any) -> Reading:
    """A reading of ``cases`` in 甲区, 2022; any field may be given."""
    entry = facts.setdefault("id", "cases")
    reading = Reading(
        id=entry, name=TAXONOMY[entry].name, part="value", words="受理业务", value=Decimal(value), unit="件", text=value, op="=", step=Decimal(step),
        target="", change="", region="甲区", year=2022, org="", project="", period="", run="out", doc_id="d1", record_id="r1",
        evidence=f"受理业务{value}件", start=0, end=9, page=None, confidence=0.9, link_confidence=0.9,
    )  # fmt: skip
    return replace(reading, **facts)


@pytest.fixture
def taxonomy() -> Taxonomy:
    return TAXONOMY


@pytest.fixture
def record() -> Callable[..., Record]:
    return make_record


@pytest.fixture
def run() -> Callable[..., Path]:
    return write_run


@pytest.fixture(scope="session")
def reading() -> Callable[..., Reading]:
    return make_reading
