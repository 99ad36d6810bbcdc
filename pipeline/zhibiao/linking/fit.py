"""Fit the weights of the linking score on a taxonomy alone: ``python -m zhibiao.linking.fit [TAXONOMY] [--out weights.toml]``.

Each wording in turn is taken as a mention: most are left out of the index answer (so only their sisters can lead to the entry), some stay
but get an office in front or empty words behind, and for some entries all wordings are left out, so that every candidate is wrong and the
right answer is NIL. The features of the candidates and whether each is right are the examples of a logistic regression whose weights may
not be negative (each feature is made so that more speaks for the pair). No report is used, so reports stay a fair measure.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from zhibiao.linking.candidates import CandidateIndex
from zhibiao.linking.features import Features, Weights
from zhibiao.linking.ranking import Candidate, Mention, Query, rank
from zhibiao.linking.taxonomy import Taxonomy, load_taxonomy
from zhibiao.linking.wording import core, fold, trim

#: One entry in so many is left out whole.
_NIL_SHARE = 4
#: Chances that the context of a mention speaks of its own field, or of another.
_OWN_CONTEXT, _OTHER_CONTEXT = 0.4, 0.1
#: Chances that the value has no unit, or a general classifier (个, 项) where it is a count.
_NO_UNIT, _GENERAL_UNIT = 0.1, 0.3
#: Chance that a count comes with a unit of another sort.
_WRONG_UNIT = 0.04
#: Chance that a wording stays in the index, with words put around it.
_KEPT = 0.3
_BEFORE = ("", "区文化中心", "全市", "我局", "某市教育局", "2024年", "项目单位")
_BEHIND = ("", "情况", "完成情况", "工作")
#: Every so many counts get another thing to count behind them: an answer that is no entry.
_OTHER_HEAD = 8
_HEADS = ("涉及领域", "所在街道", "牵头单位", "责任单位", "负责人员", "检查组", "工作专班", "宣传栏", "合作机构", "供应商")
#: What may stand before the ending of an entry.
_TASKS = ("文化惠民工程", "窗口外包服务", "防汛物资储备", "老旧设备更新", "城乡供水一体化")
#: Weights of features that no left-out wording shows: a target against the direction, a score linked to a score.
_GIVEN = {"direction": 1.0, "score_type": 0.5}
#: Strength of the pull towards zero.
_RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Trial:
    """One left-out wording: the candidates that remain, best first, and the ids that are right (none where the entry was left out)."""

    mention: Mention
    candidates: tuple[Candidate, ...]
    right: frozenset[str]


def trials(taxonomy: Taxonomy, weights: Weights | None = None, *, seed: int = 7) -> Iterator[Trial]:
    """Every wording of the taxonomy once as a left-out mention; the order and the random parts follow from ``seed``."""
    index = CandidateIndex(taxonomy)
    dice = random.Random(seed)
    fields = sorted({entry.domain for entry in taxonomy if entry.domain})
    for number, entry in enumerate(taxonomy):
        whole = number % _NIL_SHARE == 0
        for text in entry.wordings:
            unit = dice.choice(entry.units) if entry.units and dice.random() > _NO_UNIT else ""
            throw = dice.random()
            section = entry.domain if throw < _OWN_CONTEXT else dice.choice(fields) if throw < _OWN_CONTEXT + _OTHER_CONTEXT else ""
            if unit and entry.kind == "count" and dice.random() < _GENERAL_UNIT:
                unit = dice.choice(("个", "项"))
            elif unit and entry.kind == "count" and dice.random() < _WRONG_UNIT:
                unit = dice.choice(("人", "件", "台", "家", "次"))
            kept = not whole and dice.random() < _KEPT
            name = dice.choice(_BEFORE) + text + dice.choice(_BEHIND) if kept else text
            mention = Mention(name, unit, entry.kind if unit else "", section=section)
            query = Query.of(mention)
            left_out = "" if kept else fold(text)
            right = frozenset(e.id for e in taxonomy if not whole and (e.id == entry.id or text in e.shared))
            hits = [
                hit
                for hit in (*index.exact(query.folded, query.trimmed, query.kind), *index.search([query.trimmed])[0])
                if not ((w := index.wordings[hit.wording]).folded == left_out or (whole and w.entry == number))
            ]
            yield Trial(mention, tuple(rank(index, query, hits, weights)[0]), right)
        if entry.kind == "count" and number % _OTHER_HEAD == 1:
            query = Query.of(Mention(core(trim(fold(entry.name)), "count") + dice.choice(_HEADS), "个", "count"))
            hits = [*index.exact(query.folded, query.trimmed, query.kind), *index.search([query.trimmed])[0]]
            yield Trial(query.mention, tuple(rank(index, query, hits, weights)[0]), frozenset())
        for ending in entry.endings:
            for before in _TASKS:
                mention = Mention(before + ending, entry.units[0] if entry.units else "", entry.kind if entry.units else "")
                query = Query.of(mention)
                hits = [*index.exact(query.folded, query.trimmed, query.kind), *index.search([query.trimmed])[0]]
                yield Trial(mention, tuple(rank(index, query, hits, weights)[0]), frozenset({entry.id}))


def fit(taxonomy: Taxonomy, *, rounds: int = 2, seed: int = 7) -> Weights:
    """Weights of the logistic score. Several rounds, since the wording that stands for an entry is chosen by the weights themselves."""
    weights: Weights | None = None
    for _ in range(rounds):
        rows: list[tuple[float, ...]] = []
        labels: list[int] = []
        for trial in trials(taxonomy, weights, seed=seed):
            for candidate in trial.candidates:
                rows.append(candidate.features)
                labels.append(int(candidate.entry.id in trial.right))
        solution = _logistic(np.asarray(rows), np.asarray(labels))
        weights = Weights.of(float(solution[0]), {**dict(zip(Features._fields, map(float, solution[1:]), strict=True)), **_GIVEN})
    assert weights is not None
    return weights


def _logistic(features: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Intercept and weights of a ridge logistic regression with weights of at least zero."""
    matrix = np.hstack([np.ones((len(features), 1)), features])
    signs = np.where(labels == 1, 1.0, -1.0)

    def loss(solution: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = signs * (matrix @ solution)
        pull = np.concatenate([[0.0], solution[1:]])
        value = float(np.logaddexp(0.0, -margin).sum() + 0.5 * _RIDGE * (pull**2).sum())
        return value, matrix.T @ (-signs / (1.0 + np.exp(margin))) + _RIDGE * pull

    bounds = [(None, None)] + [(0.0, None)] * features.shape[1]
    result = optimize.minimize(loss, np.zeros(matrix.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B")
    return np.asarray(result.x)


def accuracy(found: Sequence[Trial], threshold: float) -> tuple[float, float]:
    """Share of left-out mentions with an entry that got it, and of those without that got NIL, at a threshold."""
    linked = [trial for trial in found if trial.right]
    nil = [trial for trial in found if not trial.right]
    right = sum(bool(t.candidates) and t.candidates[0].score >= threshold and t.candidates[0].entry.id in t.right for t in linked)
    empty = sum(not t.candidates or t.candidates[0].score < threshold for t in nil)
    return right / max(1, len(linked)), empty / max(1, len(nil))


def render(weights: Weights) -> str:
    """The weights as the text of ``weights.toml``."""
    head = "# Weights of the logistic score, written by `python -m zhibiao.linking.fit`: each wording of the taxonomy left out in turn.\n"
    lines = [f"{name} = {value:.3f}\n" for name, value in zip(Features._fields, weights.weights, strict=True)]
    return head + f"bias = {weights.bias:.3f}\n\n[weights]\n" + "".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="在指标目录上拟合链接权重（逐一留出别名）")
    parser.add_argument("taxonomy", nargs="?", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    taxonomy = load_taxonomy(options.taxonomy)
    weights = fit(taxonomy)
    found = list(trials(taxonomy, weights, seed=8))
    for step in range(3, 10):
        linked, nil = accuracy(found, step / 10)
        print(f"阈值 {step / 10:.1f}  有条目 {linked:.3f}  应为空 {nil:.3f}")
    if options.out:
        options.out.write_text(render(weights), encoding="utf-8")
    else:
        print(render(weights))


if __name__ == "__main__":
    main()
