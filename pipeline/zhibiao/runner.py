"""The serial run over many inputs: each document read, extracted and written on its own, so that one bad input costs only itself."""

from __future__ import annotations

import gc
import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from zhibiao.errors import NoInput, OutputError, describe
from zhibiao.export.frames import Rows, failure_rows, gaps_of, rows_of
from zhibiao.export.labels import labels
from zhibiao.export.sink import Sink
from zhibiao.readers import Discovery, Input, Limits, discover, read_report
from zhibiao.schema import Document, Failure, Record, Report

_log = logging.getLogger(__name__)
_KEPT_FAILURES = 200
_KEPT_RECORDS = 8


class Extractor(Protocol):
    """What turns a report into a document; may raise anything."""

    def extract(self, report: Report) -> Document: ...


class Progress(Protocol):
    """Called before the first input and after each: inputs done, inputs in all, name of the one just done."""

    def __call__(self, done: int, total: int, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did. ``incomplete`` counts documents of which a part could not be read (a scanned page). ``failures`` and ``preview`` hold the first few; the tables hold all.

    ``seconds`` is wall time, ``chars`` counts the characters of the documents that succeeded.
    """

    documents: int = 0
    failed: int = 0
    incomplete: int = 0
    skipped: int = 0
    quantities: int = 0
    records: int = 0
    findings: int = 0
    chars: int = 0
    seconds: float = 0.0
    by_type: Counter[str] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    failures: tuple[Failure, ...] = ()
    preview: tuple[tuple[str, Record], ...] = ()
    paths: tuple[Path, ...] = ()
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """0 all fine, 1 some inputs failed or were read in part, 130 stopped by the user (the shell's code for Ctrl-C)."""
        if self.interrupted:
            return 130
        return 1 if self.failed or self.incomplete else 0


def outcomes(
    found: Discovery, *, extractor: Extractor, limits: Limits | None = None, timing: bool = True
) -> Iterator[tuple[Document | Failure, Rows]]:
    """Each input's document, or why there is none, with its rows; the failures of discovery first, then the inputs in order.

    Holds one document at a time. No exception of one input passes, RecursionError, MemoryError and panics of native libraries
    included; only what is meant to stop the program (KeyboardInterrupt, SystemExit) does.
    """
    for failure in found.failures:
        yield failure, failure_rows(failure)
    for source in found.inputs:
        yield _one(source, extractor, limits, timing)


def _one(source: Input, extractor: Extractor, limits: Limits | None, timing: bool) -> tuple[Document | Failure, Rows]:
    stage = "read"
    try:
        began = time.perf_counter()
        report = read_report(source, limits=limits)
        stage = "extract"
        document = extractor.extract(report)
        document = replace(document, seconds=time.perf_counter() - began)
        stage = "export"
        return document, rows_of(document, timing=timing)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # native libraries panic with exceptions that are no Exception
        failure = _failure(source, stage, error)
    return failure, failure_rows(failure)


def _failure(source: Input, stage: str, error: BaseException) -> Failure:
    _log.debug("%s: %s failed", source.shown, stage, exc_info=error)
    return Failure(source.doc_id, source.shown, stage, type(error).__name__, describe(error))


def settle_heap() -> None:
    """Tell Python's collector that what is loaded by now (models, dictionaries, taxonomy) stays as long as the process, and to look less often.

    For programs that own their process, such as the command line; a library must not change its host's collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def run(
    inputs: Sequence[str],
    *,
    extractor: Extractor,
    out: Path,
    formats: Sequence[str] = ("csv", "parquet"),
    limits: Limits | None = None,
    progress: Progress | None = None,
    timing: bool = True,
) -> RunSummary:
    """Extract every input and write the tables of CONTRACT.md to ``out``.

    Tables hold whole documents only and appear when all is written; on KeyboardInterrupt they hold the documents finished by then.
    ``timing=False`` leaves the column ``seconds`` empty, so that two runs over the same inputs give the same bytes. Raises NoInput,
    OutputIsFile and OutputNotWritable before work begins, OutputError where the disk refuses during it (the tables of an earlier
    run then stay as they were).
    """
    if not inputs:
        raise NoInput()
    began = time.perf_counter()
    tally = _Tally()
    with Sink(out, formats) as sink:
        own = frozenset(path.resolve() for path in sink.paths)
        found = discover(inputs, exclude=own)
        total = len(found.inputs) + len(found.failures)
        try:
            if progress:
                progress(0, total, "")
            for done, (outcome, rows) in enumerate(outcomes(found, extractor=extractor, limits=limits, timing=timing), start=1):
                outcome = _store(sink, outcome, rows)
                tally.count(outcome)
                if progress:
                    progress(done, total, outcome.path if isinstance(outcome, Failure) else outcome.report.path)
        except KeyboardInterrupt:
            tally.interrupted = True
        summary = tally.summary(found.skipped, time.perf_counter() - began)
        paths = sink.finish(summary_lines(summary, timing=timing))
    return replace(summary, paths=paths)


def _store(sink: Sink, outcome: Document | Failure, rows: Rows) -> Document | Failure:
    """Write one outcome; a document that a format cannot hold becomes a failure instead."""
    try:
        sink.add(rows)
    except (KeyboardInterrupt, SystemExit, OutputError):
        raise
    except BaseException as error:
        if isinstance(outcome, Failure):
            raise
        report = outcome.report
        outcome = _failure(Input(Path(report.path), report.path, report.doc_id), "export", error)
        sink.add(failure_rows(outcome))
    return outcome


@dataclass(slots=True)
class _Tally:
    """The running counts; lives inside one run."""

    counts: Counter[str] = field(default_factory=Counter)
    by_type: Counter[str] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    pairs: list[tuple[str, Record]] = field(default_factory=list)
    others: list[tuple[str, Record]] = field(default_factory=list)
    interrupted: bool = False

    def count(self, outcome: Document | Failure) -> None:
        if isinstance(outcome, Failure):
            self.counts["failed"] += 1
            if len(self.failures) < _KEPT_FAILURES:
                self.failures.append(outcome)
            return
        gaps = gaps_of(outcome.report)
        self.counts["incomplete"] += bool(gaps)
        self.failures += gaps[: max(0, _KEPT_FAILURES - len(self.failures))]
        self.counts.update(
            documents=1, quantities=len(outcome.quantities), records=len(outcome.records), findings=len(outcome.findings),
            chars=len(outcome.report.text),
        )  # fmt: skip
        self.by_type.update(record.type for record in outcome.records)
        self.by_status.update(record.status for record in outcome.records)
        # What the reader came for first: some pairs of each document; other records only where no document has any.
        both = [record for record in outcome.records if record.target is not None and record.actual is not None]
        both.sort(key=lambda record: record.type != "performance")
        if len(self.pairs) < _KEPT_RECORDS:
            self.pairs.extend((outcome.report.doc_id, record) for record in both[: _KEPT_RECORDS // 4])
        self.others.extend((outcome.report.doc_id, record) for record in outcome.records[: _KEPT_RECORDS - len(self.others)])

    def summary(self, skipped: int, seconds: float) -> RunSummary:
        n = self.counts
        return RunSummary(
            documents=n["documents"], failed=n["failed"], incomplete=n["incomplete"], skipped=skipped, quantities=n["quantities"], records=n["records"],
            findings=n["findings"], chars=n["chars"], seconds=seconds, by_type=self.by_type, by_status=self.by_status,
            failures=tuple(self.failures), preview=tuple((self.pairs or self.others)[:_KEPT_RECORDS]), interrupted=self.interrupted,
        )  # fmt: skip


def summary_lines(summary: RunSummary, *, timing: bool = True) -> list[tuple[str, str | int | float]]:
    """The summary as (label, value) lines for people, Chinese first; counts of zero that tell nothing are left out."""
    words = labels()
    lines: list[tuple[str, str | int | float]] = [("文档 documents", summary.documents), ("失败 failed", summary.failed)]
    if summary.incomplete:
        lines.append(("部分未读 partly read", summary.incomplete))
    if summary.skipped:
        lines.append(("略过（其他类型）skipped", summary.skipped))
    lines += [("数量 quantities", summary.quantities), ("记录 records", summary.records)]
    lines += [(f"　{words['type'][code]} {code}", n) for code in words["type"] if (n := summary.by_type[code])]
    lines += [(f"　{words['status'][code]} {code}", n) for code in words["status"] if (n := summary.by_status[code])]
    lines += [("审核发现 findings", summary.findings), ("字数 characters", summary.chars)]
    if timing:
        lines.append(("秒 seconds", round(summary.seconds, 3)))
        lines.append(("每秒字数 characters/s", int(summary.chars / summary.seconds) if summary.seconds > 0 else 0))
    if summary.interrupted:
        lines.append(("中断 interrupted", "是，只含已完成的文档 yes: finished documents only"))
    return lines
