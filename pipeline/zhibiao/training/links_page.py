"""The linker's scores as tables: accuracy, candidates, confidence, record types, agreement of annotators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from zhibiao.annotate.links import read_links
from zhibiao.extractor import Extractor
from zhibiao.linking.linker import Linker

from .evaluate import Sheet
from .fit_links import LINKS, link_cases
from .links import Judged, accuracy, judge_links

_EDGES = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_TYPES = {"fact": "事实 fact", "change": "变动 change", "performance": "绩效 performance", "budget": "预算 budget", "score": "得分 score"}


def link_sheets(root: Path, linker: Linker) -> list[Sheet]:
    """Tables of the linker's answers on the link annotations under ``root``. Only the part test is unseen by the ranker and by the aliases."""
    cases = link_cases(root, extractor=Extractor(linker=linker))
    judged = {
        (part, found): judge_links([c for c in cases if (c.part == "test") == (part == "test") and c.found == found], linker)
        for part in ("test", "train")
        for found in (False, True)
    }
    test = [*judged["test", False], *judged["test", True]]
    head = ["", "有条目的连对 linked", "应留空的留空 NIL", "前十候选含正确条目 recall@10", "有条目 n", "应留空 n"]
    names = {
        ("test", False): "测试部分，标注的指标名 test, annotated names", ("test", True): "测试部分，抽取的指标名 test, extracted names",
        ("train", False): "训练所用，标注的指标名 trained on, annotated names", ("train", True): "训练所用，抽取的指标名 trained on, extracted names",
    }  # fmt: skip
    return [
        ("准确率 Accuracy", [head, *([label, *_cells(judged[key])] for key, label in names.items())]),
        ("按记录类型（测试部分） By record type, test part", [head, *_by(test, lambda j: _TYPES["change" if j.mention.change else j.mention.record_type])]),
        ("置信度（测试部分） Confidence, test part", _reliability(test)),
        ("两人标注 Two annotators", _agreement(root)),
    ]  # fmt: skip


def _cells(judged: Sequence[Judged]) -> list[str]:
    linked, nil, ten, n, m = accuracy(judged)
    return [f"{linked:.3f}", f"{nil:.3f}", f"{ten:.3f}", str(n), str(m)]


def _by(judged: Sequence[Judged], key: Callable[[Judged], str]) -> list[list[str]]:
    groups: defaultdict[str, list[Judged]] = defaultdict(list)
    for j in judged:
        groups[key(j)].append(j)
    return [[name, *_cells(group)] for name, group in sorted(groups.items(), key=lambda item: -len(item[1]))]


def _reliability(judged: Sequence[Judged]) -> list[list[str]]:
    """How often answers of each confidence are right, links and NIL alike."""
    rows = [["置信度 confidence", "平均 mean", "正确 right", "n"]]
    for low, high in zip(_EDGES, (*_EDGES[1:], 1.01), strict=True):
        group = [j for j in judged if low <= j.confidence < high]
        if group:
            mean, right = sum(j.confidence for j in group) / len(group), sum(j.right_answer for j in group) / len(group)
            rows.append([f"{low:.2f}–{min(high, 1.0):.2f}", f"{mean:.3f}", f"{right:.3f}", str(len(group))])
    return rows


def _agreement(root: Path) -> list[list[str]]:
    """How often two annotators decided alike; kappa of link or NIL."""
    first = {mark.key: mark for mark in read_links(root / LINKS)}
    pairs = [(first[mark.key], mark) for mark in read_links(root / LINKS / "double") if mark.key in first]
    n = max(1, len(pairs))
    same = sum(bool(set(a.links) & set(b.links)) or a.links == b.links for a, b in pairs) / n
    nil = sum(bool(a.links) == bool(b.links) for a, b in pairs) / n
    one, two = sum(not a.links for a, _ in pairs) / n, sum(not b.links for _, b in pairs) / n
    chance = one * two + (1 - one) * (1 - two)
    kappa = (nil - chance) / (1 - chance) if chance < 1 else 1.0
    return [
        ["", "值 value"],
        ["标了两次的记录 records decided twice", str(len(pairs))],
        ["结论相同 same decision", f"{same:.3f}"],
        ["有无条目一致 κ link or NIL, κ", f"{kappa:.3f}"],
    ]
