"""Which tagger of indicator names, over which words: every system trained and scored on the same split, and the page that shows it.

Names are compared as stretches of characters, so that words, pkuseg's words and single characters can be set side by side. Systems are
trained on the train part, scored on dev; the test part is never read. The page is ``docs/TRAINING.md`` (:mod:`.compare_page`).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
import spacy
from spacy.cli.train import train as spacy_train
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example
from spacy.util import load_config, registry
from spacy.vocab import Vocab
from threadpoolctl import threadpool_limits

from zhibiao.indicators.component import OF_TARGETS, TAGGED, Indicators
from zhibiao.indicators.labels import FIRST_ROLE, NO_ROLE, ROLES, TAGS, chunks
from zhibiao.indicators.tagger import Weights
from zhibiao.quantities import default_finder
from zhibiao.tokens.segmenters import Segmenter, make_segmenter
from zhibiao.tokens.tokenizer import ProtectingTokenizer

from .crf import ITERATIONS, fit_tagger, tagged
from .dataset import Block, blocks_of
from .scoring import Counts
from .trainers import folds_by_writer, passages_of

#: Half-open offsets of a name in a block's text.
Stretch = tuple[int, int]
#: Tags Docs made by the protecting tokenizer; gives the names of each.
Tag = Callable[[Sequence[Doc]], list[set[Stretch]]]
CORPUS, SPLITS, CONFIG = Path("annotations/corpus"), Path("annotations/splits.json"), Path("models/ner.cfg")
_LABEL, _KEY, _READER = "INDICATOR", "indicators", "zhibiao.TaggedDocs.v1"
_FOLDS, _ROUNDS, _DRAWS, _PKUSEG_ROUNDS, _LONGEST = 3, 3, 2000, 5, 8
_DOUBTFUL = ROLES.index("O")


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
    System("spaCy NER 96/4/5000，jieba 词", epochs=9),
    System("spaCy NER 96/4/5000，窗口 window 2，jieba 词", epochs=8, window=2),
    System("spaCy NER 96/4/5000，单字 characters", segmenter="char", epochs=5),
    System("spaCy NER 96/4/5000＋CRF 标签为特征 CRF as a feature", epochs=9, crf_tags=True),
    System("spaCy spancat 96/4/5000，1–8 词 words", "spancat", epochs=5),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of a system. ``counts``: (found, too many, missed) of each dev block; ``ratio``: speed ÷ jieba.cut, tagging alone and
    with segmentation; ``reach``: share of names whose edges are edges of words; ``seconds``: processor time of training."""

    name: str
    epochs: int
    counts: list[tuple[int, int, int]]
    reach: float
    roles: float | None
    seconds: float
    speed: float
    ratio: tuple[float, float]
    megabytes: float

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
    draws = np.random.default_rng(0).integers(0, len(a), (_DRAWS, len(a)))
    f1 = [2 * s[:, 0] / np.maximum(2 * s[:, 0] + s[:, 1] + s[:, 2], 1) for s in (a[draws].sum(1), b[draws].sum(1))]
    low, high = np.quantile(f1[1] - f1[0], (0.025, 0.975))
    return float(low), float(high)


# Systems


class Untagged:
    """A segmenter's words without their parts of speech."""

    def __init__(self, inner: Segmenter) -> None:
        self.name = inner.name
        self._inner = inner

    def cut(self, text: str) -> Sequence[str]:
        return self._inner.cut(text)

    def tag(self, text: str) -> Sequence[tuple[str, str]]:
        return [(word, "x") for word, _ in self._inner.tag(text)]


class Material:
    """The blocks of both parts as words of one segmenter."""

    def __init__(self, segmenter: Segmenter, *, quick: bool) -> None:
        self.tokenizer = ProtectingTokenizer(Vocab(), segmenter=segmenter, finder=default_finder())
        parts = [blocks_of(passages_of(CORPUS, SPLITS, [part]), self.tokenizer) for part in ("train", "dev")]
        self.train, self.dev = (blocks[::12] for blocks in parts) if quick else parts

    def docs(self, blocks: Sequence[Block]) -> list[Doc]:
        """The blocks as Docs, nothing marked."""
        out = []
        for block in blocks:
            doc = self.tokenizer.make(block.text, block.quantities)
            doc.user_data[OF_TARGETS] = block.of_targets
            out.append(doc)
        return out


def train_pkuseg(material: Material, folder: Path, *, rounds: int) -> Path:
    """A pkuseg model that has learned the words of the train part; what stands between two quantities is a line."""
    import spacy_pkuseg

    lines = []
    for block in material.train:
        words = ["\n" if tag == "quantity" else word for word, tag in zip(block.index.texts, block.index.tags, strict=True)]
        lines += [line.strip() for line in " ".join(words).replace("。", "。\n").splitlines() if line.strip()]
    for name, chosen in (("train", lines), ("test", lines[:50])):
        (folder / f"{name}.utf8").write_text("\n".join(chosen) + "\n", "utf-8")
    random.seed(0)
    np.random.seed(0)
    with redirect_stdout(sys.stderr):
        spacy_pkuseg.train(str(folder / "train.utf8"), str(folder / "test.utf8"), str(folder / "pkuseg"), train_iter=rounds)
    return folder / "pkuseg"


def crf_tag(weights: Weights) -> Tag:
    """The shipped component with these weights."""
    component = Indicators(weights=weights, spans_key=_KEY)
    return lambda docs: [{(s.start_char, s.end_char) for s in doc.spans[_KEY]} for doc in component.pipe(docs)]


def read_tagged(path: Path) -> Callable[[Language], Iterator[Example]]:
    """A spaCy corpus whose Docs to be predicted keep norm and tag of each token."""

    def examples(nlp: Language) -> Iterator[Example]:
        for wanted in DocBin().from_disk(path).get_docs(nlp.vocab):
            doc = Doc(nlp.vocab, words=[t.text for t in wanted], spaces=[False] * len(wanted), tags=[t.tag_ for t in wanted])
            for token, other in zip(doc, wanted, strict=True):
                token.norm_ = other.norm_
            yield Example(doc, wanted)

    return examples


def spacy_config(system: System, folder: Path) -> dict[str, Any]:
    """``models/ner.cfg`` with the system's sizes; for spancat and for the CRF's tags with what they need instead."""
    config = load_config(CONFIG)
    config["paths"] = {part: str(folder / f"{part}.spacy") for part in ("train", "dev")}
    config["net"] = {"width": system.width, "depth": system.depth, "rows": system.rows, "window": system.window}
    config["nlp"]["tokenizer"]["segmenter"] = system.segmenter
    config["training"]["max_epochs"] = system.epochs
    tok2vec = config["components"]["ner"]["model"]["tok2vec"]
    if system.crf_tags:
        half = system.rows // 2
        tok2vec.clear()
        tok2vec["@architectures"] = "spacy.Tok2Vec.v2"
        tok2vec["embed"] = {
            "@architectures": "spacy.MultiHashEmbed.v2", "width": system.width, "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", "TAG"],
            "rows": [system.rows, half, half, half, 50], "include_static_vectors": False,
        }  # fmt: skip
        tok2vec["encode"] = {
            "@architectures": "spacy.MaxoutWindowEncoder.v2", "width": system.width, "depth": system.depth, "window_size": system.window,
            "maxout_pieces": 3,
        }  # fmt: skip
        for part in ("train", "dev"):
            config["corpora"][part]["@readers"] = _READER
    if system.kind == "spancat":
        config["nlp"]["pipeline"] = ["spancat"]
        config["components"] = {"spancat": {
            "factory": "spancat", "spans_key": _KEY, "threshold": 0.5,
            "suggester": {"@misc": "spacy.ngram_range_suggester.v1", "min_size": 1, "max_size": _LONGEST},
            "model": {
                "@architectures": "spacy.SpanCategorizer.v1", "tok2vec": tok2vec,
                "reducer": {"@layers": "spacy.mean_max_reducer.v1", "hidden_size": 128},
                "scorer": {"@layers": "spacy.LinearLogistic.v1", "nO": None, "nI": None},
            },
        }}  # fmt: skip
        config["training"]["score_weights"] = {f"spans_{_KEY}_f": 1.0}
    return config


def write_docs(material: Material, blocks: Sequence[Block], path: Path, tags: Sequence[Sequence[int]] | None) -> None:
    """The blocks as a DocBin: names as entities and as spans, ``tags`` (of the CRF) as tags of the tokens."""
    store = DocBin(attrs=["ENT_IOB", "ENT_TYPE", "NORM", "TAG"])
    for k, (block, doc) in enumerate(zip(blocks, material.docs(blocks), strict=True)):
        names = [Span(doc, c.first, c.last, _LABEL) for c in chunks(block.tags()) if c.kind == "I"]
        doc.user_data.clear()
        doc.set_ents(names)  # type: ignore[arg-type]
        doc.spans[_KEY] = names
        if tags is not None:
            _set_tags(doc, tags[k])
        store.add(doc)
    store.to_disk(path)


def _set_tags(doc: Doc, tags: Sequence[int]) -> None:
    for token, tag in zip(doc, tags, strict=True):
        token.tag_ = TAGS[tag]


def crossed_tags(blocks: Sequence[Block], *, iterations: int) -> list[list[int]]:
    """The CRF's tags of each block, by a CRF that was trained on other writers."""
    part = folds_by_writer(blocks, _FOLDS)
    out: list[list[int]] = [[]] * len(blocks)
    for fold in range(_FOLDS):
        held = [i for i, b in enumerate(blocks) if part[b.passage.writer] == fold]
        weights = fit_tagger([b for b in blocks if part[b.passage.writer] != fold], iterations=iterations)
        for i, found in zip(held, tagged(weights, [blocks[i] for i in held]), strict=True):
            out[i] = found.tags
    return out


def train_spacy(system: System, material: Material, folder: Path, *, iterations: int) -> Tag:
    """Train with ``spacy train``; the best model on dev, which is left in ``folder/out/model-best``."""
    weights = fit_tagger(material.train, iterations=iterations) if system.crf_tags else None
    tags: dict[str, list[list[int]]] = {}
    if weights is not None:
        registry.readers.register(_READER, func=read_tagged)
        tags = {"train": crossed_tags(material.train, iterations=iterations), "dev": [t.tags for t in tagged(weights, material.dev)]}
    for name, blocks in (("train", material.train), ("dev", material.dev)):
        write_docs(material, blocks, folder / f"{name}.spacy", tags.get(name))
    file = folder / "made.cfg"
    config = load_config(CONFIG)
    config.clear()
    config.update(spacy_config(system, folder))
    config.to_disk(file)
    with redirect_stdout(sys.stderr):
        spacy_train(file, folder / "out")
    nlp = spacy.load(folder / "out" / "model-best", vocab=material.tokenizer.vocab)
    pipe = nlp.get_pipe(system.kind)
    component = Indicators(weights=weights)

    def tag(docs: Sequence[Doc]) -> list[set[Stretch]]:
        stream: Iterable[Doc] = docs
        if weights is not None:
            stream = list(component.pipe(docs))
            for doc in stream:
                _set_tags(doc, doc.user_data[TAGGED].tags)
        done = pipe.pipe(stream, batch_size=128)  # type: ignore[attr-defined]
        return [_found(doc, spancat=system.kind == "spancat") for doc in done]

    return tag


def _found(doc: Doc, *, spancat: bool) -> set[Stretch]:
    if not spancat:
        return {(s.start_char, s.end_char) for s in doc.ents}
    group = doc.spans[_KEY]
    return without_overlaps((float(p), (s.start_char, s.end_char)) for s, p in zip(group, group.attrs["scores"], strict=True))
