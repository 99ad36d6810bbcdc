"""Which tagger of indicator names, over which words: every system trained and scored on the same split, and the page that shows it.

Names are compared as stretches of characters, so that words, pkuseg's words and single characters can be set side by side. Systems are
trained on the train part, scored on dev; the test part is never read. The page is ``docs/TRAINING.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import spacy
from spacy.cli.train import train as spacy_train
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example
from spacy.util import registry
from threadpoolctl import threadpool_limits

from zhibiao.indicators.component import OF_TARGETS, TAGGED, Indicators
from zhibiao.indicators.labels import TAGS, chunks
from zhibiao.indicators.tagger import Weights
from zhibiao.quantities import default_finder
from zhibiao.tokens.segmenters import Segmenter, make_segmenter
from zhibiao.tokens.tokenizer import ProtectingTokenizer

from .compare_page import data_lines, page
from .compare_rows import (
    CONFIG,
    CORPUS,
    FOLDS,
    KEY,
    LABEL,
    PKUSEG_ROUNDS,
    READER,
    ROUNDS,
    SPLITS,
    SYSTEMS,
    Row,
    Stretch,
    System,
    Tag,
    count,
    gold_names,
    reachable,
    role_accuracy,
    without_overlaps,
)
from .crf import ITERATIONS, fit_tagger, tagged
from .dataset import Block, blocks_of
from .trainers import folds_by_writer, passages_of

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
        self.tokenizer = ProtectingTokenizer(spacy.blank("zh").vocab, segmenter=segmenter, finder=default_finder())
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
    component = Indicators(weights=weights, spans_key=KEY)
    return lambda docs: [{(s.start_char, s.end_char) for s in doc.spans[KEY]} for doc in component.pipe(docs)]


def read_tagged(path: Path) -> Callable[[Language], Iterator[Example]]:
    """A spaCy corpus whose Docs to be predicted keep norm and tag of each token."""

    def examples(nlp: Language) -> Iterator[Example]:
        for wanted in DocBin().from_disk(path).get_docs(nlp.vocab):
            doc = Doc(nlp.vocab, words=[t.text for t in wanted], spaces=[False] * len(wanted), tags=[t.tag_ for t in wanted])
            for token, other in zip(doc, wanted, strict=True):
                token.norm_ = other.norm_
            yield Example(doc, wanted)

    return examples


def overrides(system: System, folder: Path) -> dict[str, Any]:
    """What differs from ``models/ner.cfg`` for this system."""
    more = ["TAG"] if system.crf_tags else []
    out = {
        "paths.train": str(folder / "train.spacy"), "paths.dev": str(folder / "dev.spacy"),
        "nlp.pipeline": [system.kind], "nlp.tokenizer.segmenter": system.segmenter,
        "net.width": system.width, "net.depth": system.depth, "net.window": system.window,
        "net.attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", *more], "net.rows": [system.rows, *[system.rows // 2] * 3, *(50 for _ in more)],
        "training.max_epochs": system.epochs, "training.eval_frequency": 200 if system.epochs > 1 else 20,
        "training.logger": {"@loggers": "spacy.ConsoleLogger.v3", "output_file": str(folder / "log.jsonl")},
    }  # fmt: skip
    return out | ({"corpora.train.@readers": READER, "corpora.dev.@readers": READER} if more else {})


def write_docs(material: Material, blocks: Sequence[Block], path: Path, tags: Sequence[Sequence[int]] | None) -> None:
    """The blocks as a DocBin: names as entities and as spans, ``tags`` (of the CRF) as tags of the tokens."""
    store = DocBin(attrs=["ENT_IOB", "ENT_TYPE", "NORM", "TAG"])
    for k, (block, doc) in enumerate(zip(blocks, material.docs(blocks), strict=True)):
        names = [Span(doc, c.first, c.last, LABEL) for c in chunks(block.tags()) if c.kind == "I"]
        doc.user_data.clear()
        doc.set_ents(names)
        doc.spans[KEY] = names
        if tags is not None:
            _set_tags(doc, tags[k])
        store.add(doc)
    store.to_disk(path)


def _set_tags(doc: Doc, tags: Sequence[int]) -> None:
    for token, tag in zip(doc, tags, strict=True):
        token.tag_ = TAGS[tag]


def crossed_tags(blocks: Sequence[Block], *, iterations: int) -> list[list[int]]:
    """The CRF's tags of each block, by a CRF that was trained on other writers."""
    part = folds_by_writer(blocks, FOLDS)
    out: list[list[int]] = [[]] * len(blocks)
    for fold in range(FOLDS):
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
        registry.readers.register(READER, func=read_tagged)
        tags = {"train": crossed_tags(material.train, iterations=iterations), "dev": [t.tags for t in tagged(weights, material.dev)]}
    for name, blocks in (("train", material.train), ("dev", material.dev)):
        write_docs(material, blocks, folder / f"{name}.spacy", tags.get(name))
    with redirect_stdout(sys.stderr):
        spacy_train(CONFIG, folder / "out", overrides=overrides(system, folder))
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
    group = doc.spans[KEY]
    return without_overlaps((float(p), (s.start_char, s.end_char)) for s, p in zip(group, group.attrs["scores"], strict=True))


# Measuring


def measure(system: System, *, quick: bool = False) -> Row:
    """Train a system and score it on dev."""
    epochs = min(system.epochs, 30 if system.kind == "crf" else 1) if quick else system.epochs
    system = replace(system, epochs=epochs)
    iterations = 30 if quick else ITERATIONS
    with TemporaryDirectory(prefix="zhibiao-") as temp, threadpool_limits(1):
        folder = Path(temp)
        began = _processor_seconds()
        if system.segmenter == "pkuseg":
            words = Material(make_segmenter("jieba"), quick=quick)
            segmenter = make_segmenter("pkuseg", model=str(train_pkuseg(words, folder, rounds=1 if quick else PKUSEG_ROUNDS)))
        else:
            segmenter = make_segmenter(system.segmenter)
        material = Material(Untagged(segmenter) if system.untagged else segmenter, quick=quick)
        roles: float | None = None
        model = folder / "out" / "model-best"
        if system.kind == "crf":
            weights = fit_tagger(material.train, iterations=epochs)
            Indicators(weights=weights).to_disk(model)
            tag = crf_tag(weights)
            roles = role_accuracy(material.dev, [t.tags for t in tagged(weights, material.dev)])
        else:
            tag = train_spacy(system, material, folder, iterations=iterations)
        seconds = _processor_seconds() - began
        found = tag(material.docs(material.dev))
        counts = [count(gold_names(b), names) for b, names in zip(material.dev, found, strict=True)]
        names = sum(len(gold_names(b)) for b in material.dev)
        log = [json.loads(line) for file in folder.glob("log.jsonl") for line in file.read_text("utf-8").splitlines()]
        best = max(log, key=lambda entry: float(entry["score"]))["epoch"] if log else None
        size = sum(f.stat().st_size for part in (model, folder / "pkuseg") for f in part.rglob("*") if f.is_file())
        speed, *ratio = speeds([b.text for b in material.dev], material.tokenizer, tag)
    return Row(
        system.name, epochs, [(c.tp, c.fp, c.fn) for c in counts], sum(len(reachable(b)) for b in material.dev) / names, roles, seconds, speed,
        (ratio[0], ratio[1]), size / 1e6, best,
    )  # fmt: skip


def speeds(texts: Sequence[str], tokenizer: ProtectingTokenizer, tag: Tag) -> tuple[float, float, float]:
    """Thousand characters a second of tagging alone; speed ÷ jieba.cut alone, and with segmentation. Medians; all take turns in each round."""
    import jieba

    jieba.setLogLevel("ERROR")
    jieba.initialize()
    rounds = []
    for _ in range(ROUNDS):
        marks = [time.process_time()]
        for text in texts:
            jieba.lcut(text)
        marks.append(time.process_time())
        docs = [tokenizer(text) for text in texts]
        marks.append(time.process_time())
        tag(docs)
        marks.append(time.process_time())
        rounds.append([b - a for a, b in pairwise(marks)])
    alone = median(j / t for j, _, t in rounds)
    return sum(map(len, texts)) / 1000 / median(t for _, _, t in rounds), alone, median(j / (s + t) for j, s, t in rounds)


def _processor_seconds() -> float:
    """Seconds of processor time of this process and of those it started."""
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every system, or those that ``--results`` lacks; write the page or print it."""
    parser = argparse.ArgumentParser(
        prog="python -m zhibiao.training.compare", description="比较指标名标注器 (compare taggers of indicator names)"
    )
    parser.add_argument("--write", type=Path, metavar="PAGE", help="写出说明页，如 docs/TRAINING.md；不给则打印")
    parser.add_argument("--results", type=Path, metavar="JSON", help="结果存于此文件；其中已有的系统不再训练")
    parser.add_argument("--quick", action="store_true", help="只用少量段落试跑，数字不作数")
    args = parser.parse_args(argv)
    done: dict[str, Row] = {}
    if args.results and args.results.exists():
        done = {r["name"]: Row(**r) for r in json.loads(args.results.read_text("utf-8"))}
    for system in SYSTEMS:
        if system.name not in done:
            done[system.name] = row = measure(system, quick=args.quick)
            print(f"{system.name}: F1 {row.total.f1:.3f}, {row.seconds:.0f} s", file=sys.stderr, flush=True)
            if args.results:
                args.results.write_text(json.dumps([asdict(r) for r in done.values()], ensure_ascii=False), "utf-8")
    material = Material(make_segmenter("char"), quick=args.quick)
    text = page([done[s.name] for s in SYSTEMS], data_lines([("训练 train", material.train), ("开发 dev", material.dev)]))
    if args.write:
        args.write.write_text(text, "utf-8")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
