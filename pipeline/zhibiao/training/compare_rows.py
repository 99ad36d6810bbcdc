"""The systems that are compared, what each gave, and how names and roles are scored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from spacy.tokens import Doc

from zhibiao.indicators.labels import FIRST_ROLE, NO_ROLE, ROLES, chunks

from .crf import ITERATIONS
from .dataset import Block
from .scoring import Counts

#: Half-open offsets of a name in a block's text.
Stretch = tuple[int, int]
#: Tags Docs made by the protecting tokenizer; gives the names of each.
Tag = Callable[[Sequence[Doc]], list[set[Stretch]]]
CORPUS, SPLITS, CONFIG = Path("annotations/corpus"), Path("annotations/splits.json"), Path("models/ner.cfg")
LABEL, KEY, READER = "INDICATOR", "indicators", "zhibiao.TaggedDocs.v1"
FOLDS, ROUNDS, DRAWS, PKUSEG_ROUNDS = 3, 5, 2000, 5
_DOUBTFUL = ROLES.index("O")
#: The speed that the whole job should have, as a share of jieba's (docs/BENCH.md): a tagger far below it puts that out of reach.
FLOOR = 0.35
#: Speeds that differ by no more than this share are taken for equal: the clock is not surer on a machine that does other work.
SAME_SPEED = 0.1


@dataclass(frozen=True, slots=True)
class System:
    """One line of the table. ``untagged``: parts of speech hidden; ``crf_tags``: the CRF's tags as a feature; sizes are those of spaCy's net."""

    name: str
    kind: Literal["crf", "ner", "spancat"] = "ner"
    segmenter: str = "jieba"
    epochs: int = ITERATIONS
    width: int = 96
    depth: int = 4
    rows: int = 5000
    window: int = 1
    untagged: bool = False
    crf_tags: bool = False


#: The first is the shipped one, which the others are compared with. Epochs: about four minutes of processor time each.
SYSTEMS = (
    System("CRF，jieba 词（所用 shipped）", "crf"),
    System("CRF，jieba 词，无词性 no parts of speech", "crf", untagged=True),
    System("CRF，pkuseg 词", "crf", "pkuseg"),
    System("CRF，单字 characters", "crf", "char"),
    System("spaCy NER 64/2/2000，jieba 词", epochs=14, width=64, depth=2, rows=2000),
    System("spaCy NER 96/4/5000，jieba 词", epochs=6),
    System("spaCy NER 96/4/5000，窗口 window 2，jieba 词", epochs=6, window=2),
    System("spaCy NER 96/4/5000，单字 characters", segmenter="char", epochs=4),
    System("spaCy NER 96/4/5000＋CRF 标签为特征 CRF as a feature，jieba 词", epochs=6, crf_tags=True),
    System("spaCy spancat 96/4/5000，1–8 词 words，jieba 词", "spancat", epochs=4),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of a system. ``counts``: (found, too many, missed) of each dev block; ``ratio``: speed ÷ jieba.cut, tagging alone and
    with segmentation; ``reach``: share of names whose edges are edges of words; ``seconds``: processor time of training;
    ``best``: the epoch whose model was kept (spaCy)."""

    name: str
    epochs: int
    counts: list[tuple[int, int, int]]
    reach: float
    roles: float | None
    seconds: float
    speed: float
    ratio: tuple[float, float]
    megabytes: float
    best: int | None = None

    @property
    def total(self) -> Counts:
        """Counts over all blocks."""
        return sum((Counts(*c) for c in self.counts), Counts())


# Scores


def gold_names(block: Block) -> set[Stretch]:
    """The marked names of a block."""
    return {(p.start, p.end) for p in block.placed if p.mark.label == "I"}


def reachable(block: Block) -> set[Stretch]:
    """The names that a tagger without fault would find: those that begin and end with a word."""
    starts = block.index.starts
    return {(starts[c.first], starts[c.last]) for c in chunks(block.tags()) if c.kind == "I"} & gold_names(block)


def count(gold: set[Stretch], found: set[Stretch]) -> Counts:
    """Exact matches.

    >>> count({(0, 4), (6, 8)}, {(0, 4), (5, 8)})
    Counts(tp=1, fp=1, fn=1)
    """
    return Counts(len(gold & found), len(found - gold), len(gold - found))


def without_overlaps(scored: Iterable[tuple[float, Stretch]]) -> set[Stretch]:
    """The best of stretches that overlap.

    >>> sorted(without_overlaps([(0.6, (0, 4)), (0.9, (2, 6)), (0.7, (6, 8))]))
    [(2, 6), (6, 8)]
    """
    kept: set[Stretch] = set()
    for _, (a, b) in sorted(scored, key=lambda s: (-s[0], s[1])):
        if all(b <= c or d <= a for c, d in kept):
            kept.add((a, b))
    return kept


def role_accuracy(blocks: Sequence[Block], tags: Sequence[Sequence[int]]) -> float:
    """Share of quantities whose role is right; one inside a name has the role "of no record", doubtful ones do not count."""
    right = total = 0
    for block, found in zip(blocks, tags, strict=True):
        for word, wanted, given in zip(block.index.tags, block.tags(), found, strict=True):
            if word == "quantity" and _role(wanted) != _DOUBTFUL:
                total += 1
                right += _role(wanted) == _role(given)
    return right / total if total else 0.0


def _role(tag: int) -> int:
    return tag - FIRST_ROLE if tag >= FIRST_ROLE else NO_ROLE


def gap(ours: Row, theirs: Row) -> tuple[float, float]:
    """Between what F1 of ``theirs`` less F1 of ``ours`` lies with 95 %, by drawing the dev blocks anew."""
    a, b = np.array(ours.counts), np.array(theirs.counts)
    draws = np.random.default_rng(0).integers(0, len(a), (DRAWS, len(a)))
    f1 = [2 * s[:, 0] / np.maximum(2 * s[:, 0] + s[:, 1] + s[:, 2], 1) for s in (a[draws].sum(1), b[draws].sum(1))]
    low, high = np.quantile(f1[1] - f1[0], (0.025, 0.975))
    return float(low), float(high)
