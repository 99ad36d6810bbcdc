"""Evaluate an extractor on marked passages: read them, extract each, score, and lay the scores out as tables.

The passages are the project's own (``annotations/corpus``, ``samples/marked``); how numbers are read off the marks stands in
:mod:`.gold`, what is counted in :mod:`.scoring`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from zhibiao.annotate import markup
from zhibiao.annotate.markup import MarkedPassage
from zhibiao.annotate.splits import PARTS, SplitsError, load_splits
from zhibiao.errors import UsageError
from zhibiao.schema import Document, Report

from .causes import CAUSES
from .gold import gold_of
from .judging import judge
from .scoring import MEASURES, Counts, PassageScore, score

#: A table to print: a title and rows of cells, the head first.
Sheet = tuple[str, list[list[str]]]

#: Measure → what it means to people.
LABELS = {
    "quantity/span": "数量·找到 found", "quantity/value": "数量·数值与单位 value and unit", "quantity/full": "数量·连同比较 and op",
    "pair/values": "目标/实际·数值 both values", "pair/pairs": "目标/实际·连同指标名 and name", "pair/full": "目标/实际·连同比较 and ops",
    "fact/facts": "事实·指标名与数值 name and value", "fact/full": "事实·连同比较与变动 and op, change",
    "row/score": "表格行·分值与得分（只计召回）weight and score of a row (recall)",
}  # fmt: skip
KINDS = {"performance": "绩效", "budget": "预算", "score": "得分", "fact": "事实", "change": "变动"}
#: The measures of a table by groups.
_MAIN = ("quantity/full", "pair/pairs", "fact/facts")


class Extractor(Protocol):
    """What turns a report into a document; may raise anything."""

    def extract(self, report: Report) -> Document: ...


@dataclass(frozen=True, slots=True)
class Source:
    """The passages of one folder. ``problems`` says what could not be used, one sentence each."""

    name: str
    passages: tuple[MarkedPassage, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """One passage with the name of its source and its scores; ``judged``: each record's confidence, method and whether it is right."""

    source: str
    passage: MarkedPassage
    score: PassageScore
    judged: tuple[tuple[float, str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All scored passages, and what could not be scored."""

    scored: tuple[Scored, ...]
    problems: tuple[str, ...] = ()

    def total(self) -> dict[str, Counts]:
        """Counts by measure over all passages."""
        return add(s.score.measures for s in self.scored)


def read_source(folder: Path, *, name: str = "") -> Source:
    """The marked passages of every ``*.txt`` under ``folder``, in the order of their paths; none where the folder is missing.

    A file that breaks the markup, and a passage that the guide's checks refuse, are left out and told in ``problems``.
    """
    passages: list[MarkedPassage] = []
    wrong: list[str] = []
    if not folder.is_dir():
        return Source(name or folder.name, (), (f"没有标注目录 {name or folder.name}，略过 (no such folder, left out)",))
    for path in sorted(folder.rglob("*.txt")):
        try:
            found = markup.read(path)
        except (markup.MarkupError, UnicodeDecodeError, OSError) as error:
            wrong.append(f"{path.name}: {error}")
            continue
        for passage in found:
            if faults := markup.problems(passage):
                wrong.append(f"{path.name}: {passage.id}: {faults[0]}" + (f" (+{len(faults) - 1})" if len(faults) > 1 else ""))
            else:
                passages.append(passage)
    if not passages and not wrong:
        wrong.append(f"标注目录 {name or folder.name} 里还没有段落，略过 (no passages yet, left out)")
    return Source(name or folder.name, tuple(passages), tuple(wrong))


def of_part(source: Source, splits: Path, part: str) -> Source:
    """The passages of a source that the splits put into ``part`` (train, dev, test)."""
    if part not in PARTS:
        raise UsageError(detail=f"--part {part}：可用 {'、'.join(PARTS)}、all (choose one of these)")
    if not splits.is_file():
        note = f"没有 {splits.name}，{source.name} 的全部段落都打分 (no splits: all passages are scored)"
        return replace(source, problems=(*source.problems, note))
    try:
        chosen = load_splits(splits)
        kept = tuple(p for p in source.passages if chosen.part_of(p) == part)
    except (SplitsError, OSError) as error:
        raise UsageError(detail=str(error)) from error
    return replace(source, name=f"{source.name} {part}", passages=kept)


def evaluate(sources: Iterable[Source], extractor: Extractor) -> Evaluation:
    """Extract every passage as a report of its own and score it. An exception of the extractor costs only that passage its finds."""
    scored: list[Scored] = []
    wrong: list[str] = []
    for source in sources:
        wrong += source.problems
        for passage in source.passages:
            report = Report(passage.id, "", sha256(passage.text.encode("utf-8")).hexdigest(), "text", passage.text)
            try:
                document = extractor.extract(report)
            except Exception as error:
                wrong.append(f"{passage.id}: 抽取出错 {type(error).__name__}: {error} (counted as nothing found)")
                document = Document(report)
            gold = gold_of(passage)
            scored.append(Scored(source.name, passage, score(gold, document), judge(gold.records, document.records)))
    return Evaluation(tuple(scored), tuple(wrong))


def add(parts: Iterable[dict[str, Counts]]) -> dict[str, Counts]:
    """Counts added up by key."""
    out: defaultdict[str, Counts] = defaultdict(Counts)
    for part in parts:
        for key, counts in part.items():
            out[key] += counts
    return dict(out)


# Tables


def sheets(result: Evaluation) -> list[Sheet]:
    """Scores over all passages, by record type, source, layout, department and writer, and how often each cause was met."""
    total = result.total()
    rows = [["", "P", "R", "F1", "tp", "fp", "fn"]]
    rows += [[LABELS[m], *_prf(total[m])] for m in MEASURES if m in total and m != "row/score"]
    if "row/score" in total:
        c = total["row/score"]
        rows.append([LABELS["row/score"], "", f"{c.recall:.3f}", "", str(c.tp), "", str(c.fn)])
    out: list[Sheet] = [(f"总分 scores（{len(result.scored)} 段 passages）", rows), _by_kind(result)]
    groups: list[tuple[str, Callable[[Scored], str]]] = [
        ("来源 source", lambda s: s.source),
        ("版式 layout", lambda s: s.passage.layout),
        ("部门 department", lambda s: s.passage.dept),
        ("撰写人 writer", lambda s: s.passage.writer),
    ]
    out += [_grouped(title, key, result.scored) for title, key in groups]
    causes = Counter(miss.cause for s in result.scored for miss in s.score.misses)
    out.append(("差错原因 causes of misses", [["", "n"], *([CAUSES[c], str(causes[c])] for c in CAUSES if causes[c])]))
    return out


def _prf(c: Counts) -> list[str]:
    return [f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}", str(c.tp), str(c.fp), str(c.fn)]


def _by_kind(result: Evaluation) -> Sheet:
    counts = add(s.score.kinds for s in result.scored)
    rows = [
        ["", "P", "R", "F1", "tp", "fp", "fn"],
        *([f"{zh} {kind}", *_prf(counts[kind])] for kind, zh in KINDS.items() if kind in counts),
    ]
    return "记录类型 record types（名称与数值 name and values）", rows


def _grouped(title: str, key: Callable[[Scored], str], scored: Sequence[Scored]) -> Sheet:
    """F1 of the main measures for each group, with how many rows were wanted, the largest group first."""
    groups: defaultdict[str, list[Scored]] = defaultdict(list)
    for s in scored:
        groups[key(s)].append(s)
    rows = [["", "段 passages", *(f"{m} F1（n）" for m in _MAIN)]]
    for name, members in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0])):
        counts = add(s.score.measures for s in members)
        cells = []
        for measure in _MAIN:
            c = counts.get(measure, Counts())
            cells.append(f"{c.f1:.3f}（{c.tp + c.fn}）" if c.tp + c.fp + c.fn else "—")
        rows.append([name, str(len(members)), *cells])
    return title, rows


def error_sheets(result: Evaluation, *, limit: int = 0) -> list[Sheet]:
    """The misses by cause, each with the id of its passage. ``limit``: at the most so many a cause, 0 for all."""
    by_cause: defaultdict[str, list[list[str]]] = defaultdict(list)
    for s in result.scored:
        for miss in s.score.misses:
            by_cause[miss.cause].append([s.passage.id, miss.words])
    out: list[Sheet] = []
    for cause, title in CAUSES.items():
        if rows := by_cause.get(cause):
            shown = rows[:limit] if limit else rows
            out.append((f"{title}：{len(rows)}" + (f"（列出 {len(shown)} shown）" if len(shown) < len(rows) else ""), [["id", ""], *shown]))
    return out
