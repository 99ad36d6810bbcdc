"""How fast the whole job is, and each stage of it, as ratios to ``jieba.cut`` over the same text in the same run.

A stage is timed by calling its own functions on what the stage before it gives. Whole jobs, stages and jieba take turns in every round;
reported are medians over the rounds. One process, one thread; the caller limits the threads of numerical libraries before the import.

The texts are repeated up to a wanted length, and a linker remembers names it has seen, which flatters it on repeated texts: how it fares on
names that it has never seen is told by :mod:`zhibiao.bench_linking`.
"""

from __future__ import annotations

import gc
import os
import platform
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

from zhibiao.assess import completion_of, direction_of, find_findings, status_of
from zhibiao.bench_linking import linking_sheet
from zhibiao.errors import NoInput, UsageError
from zhibiao.export.frames import rows_of
from zhibiao.export.sink import Sink
from zhibiao.extractor import Extractor, layout_of
from zhibiao.layout.blocks import DrawnTable, Layout, Passage
from zhibiao.pairing.component import MARK, SECTION
from zhibiao.readers import discover, read_report
from zhibiao.readers.discovery import Input
from zhibiao.runner import run, settle_heap
from zhibiao.schema import Document, Report

#: A table to print: a title and rows of cells, the head first.
Sheet = tuple[str, list[list[str]]]
T = TypeVar("T")

#: The speed that the whole job should have, as a share of jieba's.
TARGET = 0.35
WHOLE, JIEBA, REST = "whole", "jieba", "rest"
STAGES = ("read", "layout", "quantities", "tokens", "statements", "tables", "linking", "assess", "export")
OTHER_FORMATS = ("jsonl", "xlsx")
LABELS = {
    WHOLE: "整个任务 whole job（csv, parquet）", "jsonl": "整个任务 whole job（jsonl）", "xlsx": "整个任务 whole job（xlsx）",
    "read": "　读入 read", "layout": "　版面 layout", "quantities": "　数量 quantities", "tokens": "　分词 tokens", "statements": "　陈述 statements",
    "tables": "　表格 tables", "linking": "　链接 linking", "assess": "　评估 assess", "export": "　写出 export", REST: "　其余 rest", JIEBA: "jieba.cut",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Material:
    """What is measured on: ``files`` in a folder of its own, ``distinct`` reports of ``chars`` characters, ``times`` over."""

    files: tuple[Input, ...]
    reports: tuple[Report, ...]
    distinct: int
    times: int

    @property
    def chars(self) -> int:
        return sum(len(r.text) for r in self.reports)


@dataclass(slots=True)
class Timings:
    """Seconds of each round by name: wall time, and processor time of this process."""

    wall: list[defaultdict[str, float]] = field(default_factory=list)
    cpu: list[defaultdict[str, float]] = field(default_factory=list)

    def begin_round(self) -> None:
        """Begin a round; the garbage of the one before is cleared away outside the clock."""
        gc.collect()
        self.wall.append(defaultdict(float))
        self.cpu.append(defaultdict(float))

    def run(self, name: str, work: Callable[[], T]) -> T:
        """Do ``work`` and add what it took to ``name`` in this round."""
        cpu, wall = time.process_time(), time.perf_counter()
        result = work()
        self.wall[-1][name] += time.perf_counter() - wall
        self.cpu[-1][name] += time.process_time() - cpu
        return result


@dataclass(frozen=True, slots=True)
class Bench:
    """The result: characters a round, medians of the seconds, ratios to jieba (speed, jieba = 1), peak memory in megabytes."""

    chars: int
    distinct_chars: int
    documents: int
    times: int
    rounds: int
    load_seconds: float
    memory_mb: float | None
    seconds: dict[str, float]
    ratio: dict[str, float]
    cpu_ratio: dict[str, float]
    linking: Sheet | None = None


def bench(inputs: Sequence[str], *, repeat: int = 5, min_chars: int = 200_000, linking: bool = False) -> Bench:
    """Measure on ``inputs`` (files, folders, patterns), repeated until ``min_chars`` characters, over ``repeat`` rounds.

    ``linking``: also how linking grows with the taxonomy, on the distinct inputs.

    Raises NoInput without inputs, UsageError where no input can be read or ``repeat`` is less than 1.
    """
    if repeat < 1:
        raise UsageError(detail="--repeat 至少为 1 (at least 1)")
    began = time.perf_counter()
    extractor = Extractor()
    settle_heap()  # as the command line does
    load_seconds = time.perf_counter() - began
    with TemporaryDirectory(prefix="zhibiao-") as place:
        material = gather(inputs, Path(place) / "in", min_chars=min_chars)
        out = Path(place) / "out"
        run([f.shown for f in material.files], extractor=extractor, out=out)  # warms caches and shows the memory of the job alone
        memory = peak_memory()
        documents = [extractor.extract(r) for r in material.reports]
        cut = jieba_cutter()
        texts = [r.text for r in material.reports]
        cut(texts[:1])
        timings = Timings()
        for _ in range(repeat):
            _round(material, documents, extractor, out, timings, lambda: cut(texts))
        result = _summary(material, repeat, load_seconds, memory, timings)
        if linking:
            distinct = material.reports[: material.distinct]
            mentions = [[mention for mention, _, _ in extractor.mentions(report)] for report in distinct]
            whole = result.seconds[WHOLE] / material.times
            result = replace(result, linking=linking_sheet(extractor.linker.taxonomy, mentions, whole, repeat=repeat))
    return result


def gather(inputs: Sequence[str], folder: Path, *, min_chars: int) -> Material:
    """Copy the inputs to ``folder``, each as often as needed to reach ``min_chars`` characters together."""
    if not inputs:
        raise NoInput()
    found = discover(list(inputs))
    if found.failures or not found.inputs:
        raise UsageError(detail=found.failures[0].message if found.failures else "没有可读的输入 nothing readable")
    chars = sum(len(read_report(source).text) for source in found.inputs)
    times = max(1, ceil(min_chars / chars))
    folder.mkdir(parents=True)
    for k in range(times):
        for i, source in enumerate(found.inputs):
            (folder / f"{k:04d}-{i:04d}{source.path.suffix}").write_bytes(source.path.read_bytes())
    files = tuple(discover([str(folder)]).inputs)
    return Material(files, tuple(read_report(f) for f in files), len(found.inputs), times)


def peak_memory() -> float | None:
    """The most memory that this process has held so far, in megabytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def jieba_cutter() -> Callable[[Sequence[str]], None]:
    """jieba with its dictionary loaded: a function that cuts texts and keeps nothing."""
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()

    def cut(texts: Sequence[str]) -> None:
        for text in texts:
            for _ in jieba.cut(text):
                pass

    return cut


def _round(
    material: Material, documents: Sequence[Document], extractor: Extractor, out: Path, timings: Timings, cut: Callable[[], None]
) -> None:
    """One round: whole jobs and jieba in turn, then the stages, document after document as in the whole job."""
    names = [f.shown for f in material.files]
    timings.begin_round()
    timings.run(WHOLE, lambda: run(names, extractor=extractor, out=out))
    timings.run(JIEBA, cut)
    for name in OTHER_FORMATS:
        timings.run(name, lambda name=name: run(names, extractor=extractor, out=out, formats=(name,)))  # type: ignore[misc]
    with timings.run("export", lambda: Sink(out, ("csv", "parquet"))) as sink:
        for file, document in zip(material.files, documents, strict=True):
            _stages(file, document, extractor, sink, timings)
        timings.run("export", sink.finish)


def _stages(file: Input, document: Document, extractor: Extractor, sink: Sink, timings: Timings) -> None:
    """Each stage on one document; ``document`` is what the whole job made of it."""
    report = timings.run("read", lambda: read_report(file))
    layout = timings.run("layout", lambda: layout_of(report))
    passages = [b for b in layout.blocks if isinstance(b, Passage)]
    found = timings.run("quantities", lambda: [extractor.finder.find(p.text) for p in passages])
    kept = [(p, q) for p, q in zip(passages, found, strict=True) if q]
    docs = timings.run("tokens", lambda: [extractor.tokenizer.make(p.text, q) for p, q in kept])
    for doc, (passage, _) in zip(docs, kept, strict=True):
        doc.user_data[SECTION], doc.user_data[MARK] = passage.section, passage.mark
    timings.run("statements", lambda: list(extractor.nlp.pipe(docs)))
    timings.run("tables", lambda: read_tables(layout, extractor))
    mentions = [mention for mention, _, _ in extractor.mentions(report)]
    timings.run("linking", lambda: extractor.linker.link_many(mentions))
    timings.run("assess", lambda: list(assess(document)))
    timings.run("export", lambda: sink.add(rows_of(document)))


def read_tables(layout: Layout, extractor: Extractor) -> int:
    """Read the tables of a layout with the extractor's own reader; how many records they gave."""
    flattened = sum(len(table.block.drafts) for table in extractor.read_tables(layout).values())
    return flattened + sum(len(extractor.read_drawn(layout.folded, b).drafts) for b in layout.blocks if isinstance(b, DrawnTable))


def assess(document: Document) -> Iterator[object]:
    """Completion and status of every record, and the findings."""
    for r in document.records:
        direction = direction_of(r.target, r.link)
        yield completion_of(r.type, r.target, r.actual, direction), status_of(r.type, r.target, r.actual, direction)
    yield find_findings(document.records)


def _summary(material: Material, rounds: int, load_seconds: float, memory: float | None, timings: Timings) -> Bench:
    for took in (*timings.wall, *timings.cpu):
        took[REST] = max(0.0, took[WHOLE] - sum(took[s] for s in STAGES))
    ratio, cpu_ratio = ({name: _ratio(times, name) for name in LABELS} for times in (timings.wall, timings.cpu))
    return Bench(
        chars=material.chars, distinct_chars=material.chars // material.times, documents=len(material.files), times=material.times,
        rounds=rounds, load_seconds=load_seconds, memory_mb=memory,
        seconds={name: median(took[name] for took in timings.wall) for name in LABELS}, ratio=ratio, cpu_ratio=cpu_ratio,
    )  # fmt: skip


def _ratio(times: Sequence[Mapping[str, float]], name: str) -> float:
    """The median over the rounds of the speed as a share of jieba's in the same round; 0 where nothing was measured."""
    return median(took[JIEBA] / took[name] if took[name] > 0 else 0.0 for took in times)


def sheets(result: Bench) -> list[Sheet]:
    """The result as tables; shares are of the whole job's time."""
    rows = [["", "字/秒 chars/s", "÷ jieba", "÷ jieba（CPU）", "占时 share"]]
    whole = result.seconds[WHOLE]
    for name, label in LABELS.items():
        seconds = result.seconds[name]
        share = f"{seconds / whole:.1%}" if name in (*STAGES, REST) and whole > 0 else ""
        speed = f"{result.chars / seconds:,.0f}" if seconds > 0 else "—"
        ratios = ["", ""] if name == REST else [f"{result.ratio[name]:.2f}", f"{result.cpu_ratio[name]:.2f}"]
        rows.append([label, speed, *ratios, share])
    return [("速度 speed", rows), *([result.linking] if result.linking else [])]


def facts(result: Bench) -> list[str]:
    """What was measured and where, one sentence a line; no host names and no paths."""
    memory = f"{result.memory_mb:.0f} MB" if result.memory_mb is not None else "未知 unknown"
    verdict = "达到 met" if result.ratio[WHOLE] >= TARGET else "未达到 missed"
    return [
        f"整个任务 ÷ jieba = {result.ratio[WHOLE]:.2f}（目标 target ≥ {TARGET}：{verdict}）",
        f"文本 text：{result.chars:,} 字，{result.documents} 份 documents（不同的 distinct {result.distinct_chars:,} 字，重复 {result.times} 遍）",
        f"轮次 rounds：{result.rounds}，取中位数 medians；单进程单线程 one process, one thread",
        f"峰值内存 peak memory（jieba 之前）：{memory}；装载 load：{result.load_seconds:.2f} 秒",
        f"机器 machine：{os.cpu_count()} CPU，Python {platform.python_version()}，{platform.system()}；{date.today().isoformat()}",
    ]
