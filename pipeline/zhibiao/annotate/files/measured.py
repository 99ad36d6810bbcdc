"""How well the test files are read: records against the truth, formats against each other, scans against the print that they were made of.

python -m zhibiao.annotate.files score [--shared DIR] [--write docs/FILES.md]
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from pathlib import Path
from typing import Any

from zhibiao.annotate.files import source
from zhibiao.annotate.files.pages import Sheet, machine
from zhibiao.annotate.files.plain import text_of
from zhibiao.annotate.files.score import f1_of, from_table, rows_of, said_by, score
from zhibiao.annotate.files.source import Source, TableBlock
from zhibiao.annotate.files.texts import passages, recognition
from zhibiao.api import shared_extractor
from zhibiao.errors import NoInput
from zhibiao.readers import discover, ocr, read_report
from zhibiao.readers.discovery import Input
from zhibiao.schema import Document, Record

#: The formats in the order of the table, and those that keep tables as tables.
KINDS = ("docx", "xlsx", "html", "pdf", "txt", "scan")
WHOLE = ("docx", "xlsx", "html", "pdf")
_LABELS = {"docx": "DOCX", "xlsx": "XLSX", "html": "HTML", "pdf": "PDF", "txt": "TXT（压平的表格 flattened）", "scan": "扫描件 scans"}
_SCAN = re.compile(r"-scan(?:-\d+)?$")
_HEAD = ("格式 format", "文件 files", "答案 rows", "找到 found", "漏 missed", "误 false", "F1", "同 DOCX same")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one file: its report's name, its kind (of :data:`KINDS`), and processor seconds from file to records."""

    name: str
    kind: str
    document: Document
    seconds: float


@dataclass(frozen=True, slots=True)
class Tally:
    """Files, and rows of truth found and missed, false records; records that the DOCX of the same report gives too, of those of either."""

    files: int = 0
    found: int = 0
    missed: int = 0
    false: int = 0
    same: int = 0
    either: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.files + other.files, self.found + other.found, self.missed + other.missed,
            self.false + other.false, self.same + other.same, self.either + other.either,
        )  # fmt: skip


def kind_of(path: Path) -> tuple[str, str]:
    """The report that a test file is made of, and its kind.

    >>> kind_of(Path("03-x-scan-2.png")), kind_of(Path("03-x.pdf"))
    (('03-x', 'scan'), ('03-x', 'pdf'))
    """
    name = _SCAN.sub("", path.stem)
    return name, path.suffix[1:].lower() if name == path.stem else "scan"


def readings(inputs: Sequence[Input]) -> list[Reading]:
    """Extract test files. Scans are left out where recognition is not installed. Raises ReadError."""
    out = []
    for item in inputs:
        name, kind = kind_of(item.path)
        if kind != "scan" or ocr.available():
            began = time.process_time()
            document = shared_extractor().extract(read_report(item))
            out.append(Reading(name, kind, document, time.process_time() - began))
    return out


def sheets(files: Path, truth: Path, shared: Path | None = None) -> list[Sheet]:
    """Everything that is measured of the test files in ``files`` against the truth in ``truth``.

    ``shared``: a folder with real files (``files``) and passages taken from them by other means (``passages``); these are measured too.
    Raises NoInput where there are no files, ReadError for a file that cannot be read, SourceError, OSError.
    """
    inputs = [item for item in discover([str(files)]).inputs if (truth / f"{kind_of(item.path)[0]}.jsonl").is_file()]
    if not inputs:
        raise NoInput(detail=str(files))
    read = readings(inputs)
    names = sorted({reading.name for reading in read})
    known = {report.id: report for report in source.load(files / "source")} if (files / "source").is_dir() else {}
    out = [accuracy(read, {name: rows_of(truth / f"{name}.jsonl") for name in names}, known)]
    printed = {r.name: r.document.report.text for r in read if r.kind == "pdf"}
    scanned: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in read:
        if reading.kind == "scan" and reading.name in printed:
            scanned[reading.name].append(reading)
    if scanned:
        texts = {name: "\n".join(r.document.report.text for r in parts) for name, parts in scanned.items()}
        pages = sum(r.document.report.pages or 1 for parts in scanned.values() for r in parts)
        seconds = sum(r.seconds for parts in scanned.values() for r in parts)
        out.append(recognition({name: (text, printed[name]) for name, text in texts.items()}, pages=pages, seconds=seconds))
    found = passages(shared) if shared else None
    return [*out, found] if found else out


def accuracy(read: Sequence[Reading], truth: Mapping[str, Sequence[dict[str, Any]]], known: Mapping[str, Source]) -> Sheet:
    """One line a format: rows of the truth found and missed, false records, agreement with the DOCX.

    ``truth`` and ``known`` (the sources, for what is prose in a text file) by name of the report.
    """
    by: defaultdict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in read:
        by[reading.name, reading.kind].append(reading)
    tallies = {
        kind: [_tally(by[name, kind], truth[name], by.get((name, "docx"), []), known.get(name)) for name in truth if (name, kind) in by]
        for kind in KINDS
    }
    rows = [_line(_LABELS[kind], sum(each, Tally())) for kind, each in tallies.items() if each]
    first = _line("前四种 the first four", sum((tally for kind in WHOLE for tally in tallies[kind]), Tally()))
    said = [[_said(by[name, kind]) for kind in WHOLE] for name in truth if all((name, kind) in by for kind in WHOLE)]
    agreed = sum(reduce(and_, each).total() for each in said)
    given = sum(reduce(or_, each).total() for each in said)
    notes = [
        "答案 rows：`tests/gold/files` 里的行，可有可无的不计。找到 found：名称、类型、数值、单位、分值、得分全对。"
        "误 false：由表格读出而答案里没有的记录；TXT 里凡不在正文行里的都算。",
        "同 DOCX same：与同一报告的 DOCX 说得完全一样的记录，占两者合起来的份额；正文的记录也在内。"
        "_Rows found say the same name, type, values, units, weight and score; same: records, those of prose too, that the DOCX gives as well._",
    ]
    if said:
        notes.append(
            f"DOCX、XLSX、HTML、PDF 四种都给出的记录 records that all four give：{agreed:,} / {given:,}（{agreed / max(given, 1):.1%}）"
        )
    if not tallies["scan"]:
        rows.append((_LABELS["scan"], *["—"] * (len(_HEAD) - 1)))
        notes.append("扫描件没有测：没有装 `zhibiao[ocr]`。 / Scans were not measured: the extra `zhibiao[ocr]` is not installed.")
    return Sheet("测试文件的记录 Records of the test files", (_HEAD, *rows, first), (*notes, machine()))


def _tally(read: Sequence[Reading], rows: Sequence[dict[str, Any]], docx: Sequence[Reading], known: Source | None) -> Tally:
    """One report in one format, whatever number of files it takes."""
    documents = [reading.document for reading in read]
    places = {id(record): document for document in documents for record in document.records}
    tabled: Callable[[Record], bool] = from_table
    if known is not None and read[0].kind == "txt":
        prose = _prose(known)
        tabled = lambda record: from_table(record) or _line_of(places[id(record)].report.text, record.start) not in prose  # noqa: E731
    result = score(rows, [record for document in documents for record in document.records], tabled=tabled)
    here, there = _said(read), _said(docx)
    return Tally(len(read), result.found, len(result.missed), len(result.false), (here & there).total(), (here | there).total())


def _line(label: str, tally: Tally) -> tuple[str, ...]:
    counts = (tally.files, tally.found + tally.missed, tally.found, tally.missed, tally.false)
    f1, same = f1_of(tally.found, tally.missed, tally.false), tally.same / max(tally.either, 1)
    return (label, *(f"{count:,}" for count in counts), f"{f1:.3f}", f"{same:.1%}")


def _said(read: Sequence[Reading]) -> Counter[tuple[object, ...]]:
    return Counter(said_by(record) for reading in read for record in reading.document.records)


def _prose(report: Source) -> frozenset[str]:
    """The lines that the text file of a report has outside its tables, without blanks."""
    bare = replace(report, blocks=tuple(block for block in report.blocks if not isinstance(block, TableBlock)))
    return frozenset("".join(line.split()) for line in text_of(bare).split("\n"))


def _line_of(text: str, at: int) -> str:
    """The line of a text around an offset, without blanks."""
    end = text.find("\n", at)
    return "".join(text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)].split())
