"""Patterns alone, models alone and both side by side; and how far a record's confidence can be believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from zhibiao.nlp import Stages

from .evaluate import KINDS, LABELS, Evaluation, Scored, Sheet, add
from .scoring import Counts

_NAMES: dict[Stages, str] = {"both": "两者 both", "patterns": "规则 patterns", "model": "模型 model"}
_MAIN = ("quantity/full", "pair/pairs", "fact/facts")
_PAIR_AND_FACT = ("pair/pairs", "fact/facts")
#: The upper edges of the bands of confidence.
_BANDS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)


def stage_sheets(results: Mapping[Stages, Evaluation]) -> list[Sheet]:
    """F1 of each choice of stages: over all, by record type, layout and department."""
    names = list(results)
    totals = {name: result.total() for name, result in results.items()}
    rows = [["F1", *(_NAMES[n] for n in names)]]
    rows += [[LABELS[m], *(f"{totals[n].get(m, Counts()).f1:.3f}" for n in names)] for m in _MAIN]
    kinds = {n: add(s.score.kinds for s in result.scored) for n, result in results.items()}
    rows += [[f"{zh} {kind}", *(f"{kinds[n].get(kind, Counts()).f1:.3f}" for n in names)] for kind, zh in KINDS.items()]
    out: list[Sheet] = [("规则、模型与两者 patterns, models and both", rows)]
    groups: list[tuple[str, Callable[[Scored], str]]] = [
        ("版式 by layout", lambda s: s.passage.layout),
        ("部门 by department", lambda s: s.passage.dept),
    ]
    for title, key in groups:
        head = ["", *(f"{measure} {_NAMES[n]}" for measure in _PAIR_AND_FACT for n in names)]
        out.append((f"规则、模型与两者，按{title}", [head, *_by(results, key)]))
    return out


def _by(results: Mapping[Stages, Evaluation], key: Callable[[Scored], str]) -> list[list[str]]:
    counts: dict[Stages, dict[str, dict[str, Counts]]] = {}
    sizes: defaultdict[str, int] = defaultdict(int)
    for name, result in results.items():
        groups: defaultdict[str, list[Scored]] = defaultdict(list)
        for s in result.scored:
            groups[key(s)].append(s)
        counts[name] = {group: add(s.score.measures for s in members) for group, members in groups.items()}
        for group, members in groups.items():
            sizes[group] = len(members)
    rows = []
    for group in sorted(sizes, key=lambda g: (-sizes[g], g)):
        cells = []
        for measure in _PAIR_AND_FACT:
            for name in results:
                c = counts[name].get(group, {}).get(measure, Counts())
                cells.append(f"{c.f1:.3f}" if c.tp + c.fp + c.fn else "—")
        rows.append([group, *cells])
    return rows


def reliability(result: Evaluation) -> Sheet:
    """Records by band of confidence: how many, how sure they were on the mean, how many were right."""
    judged = [row for s in result.scored for row in s.judged]
    rows = [["置信度 confidence", "记录 records", "平均置信度 mean", "正确 right", "其中模型 of them by the models", "正确 right"]]
    low = 0.0
    for high in _BANDS:
        band = [r for r in judged if low <= r[0] < high or (high == 1.0 and r[0] == 1.0)]
        by_model = [r for r in band if "model" in r[1]]
        rows.append(
            [f"{low:.2f}–{high:.2f}", str(len(band)), _mean([r[0] for r in band]), _share(band), str(len(by_model)), _share(by_model)]
        )
        low = high
    sure = [r for r in judged if r[0] >= 0.9]
    rows.append(["≥ 0.90", str(len(sure)), _mean([r[0] for r in sure]), _share(sure), "", ""])
    return "置信度与正确率 reliability", rows


def _mean(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.3f}" if values else "—"


def _share(rows: Sequence[tuple[float, str, bool]]) -> str:
    return f"{sum(r[2] for r in rows) / len(rows):.3f}" if rows else "—"
