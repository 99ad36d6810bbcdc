"""Which tagger of indicator names, over which words: every system trained and scored on the same split, and the page that shows it.

Names are compared as stretches of characters, so that words, pkuseg's words and single characters can be set side by side. Systems are
trained on the train part, scored on dev; the test part is never read. The page is ``docs/TRAINING.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import pairwise
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
from spacy.util import registry
from threadpoolctl import threadpool_limits

from zhibiao.annotate.splits import load_splits
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
_FOLDS, _ROUNDS, _DRAWS, _PKUSEG_ROUNDS = 3, 5, 2000, 5
_DOUBTFUL = ROLES.index("O")
#: The speed that the whole job should have, as a share of jieba's (docs/BENCH.md): a tagger far below it puts that out of reach.
FLOOR = 0.6
#: Speeds that differ by no more than this share are taken for equal: the clock is not surer on a machine that does other work.
_SAME_SPEED = 0.1


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
    return out | ({"corpora.train.@readers": _READER, "corpora.dev.@readers": _READER} if more else {})


def write_docs(material: Material, blocks: Sequence[Block], path: Path, tags: Sequence[Sequence[int]] | None) -> None:
    """The blocks as a DocBin: names as entities and as spans, ``tags`` (of the CRF) as tags of the tokens."""
    store = DocBin(attrs=["ENT_IOB", "ENT_TYPE", "NORM", "TAG"])
    for k, (block, doc) in enumerate(zip(blocks, material.docs(blocks), strict=True)):
        names = [Span(doc, c.first, c.last, _LABEL) for c in chunks(block.tags()) if c.kind == "I"]
        doc.user_data.clear()
        doc.set_ents(names)
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
    group = doc.spans[_KEY]
    return without_overlaps((float(p), (s.start_char, s.end_char)) for s, p in zip(group, group.attrs["scores"], strict=True))


# The page

_PAGE = """# 训练与选型 Training

由 `OMP_NUM_THREADS=1 .venv/bin/python -m zhibiao.training.compare --write docs/TRAINING.md` 写出，勿手改。指标名标注器由下表的数字选定。_Written by the command; the
tagger of indicator names is chosen by these figures._

## 数据 Data

{data}

撰写人按 `annotations/splits.json` 分开，同一人的段落不会既用于训练又用于评分；测试部分从未读取。_Parts are parts by writer; the test part is never read._

## 比较 Comparison

{table}

- F1：指标名首尾字符完全一致才算对；按字符比较，所以各种分词可以并列。_Exact stretches of characters._
- 差：与首行 F1 之差的 95% 区间（对开发部分的段落重抽 {draws} 次）；区间含 0 即不分上下。_95 % of the difference to the first row; level where it holds 0._
- 可及：首尾都落在词界上的指标名所占比例，即该分词下的上限。_Share of names whose edges are edges of words: the ceiling._
- 角色：数量角色的正确率；只有 CRF 同时给出角色，spaCy 各行只给名称。_Accuracy of roles; spaCy's rows give none._
- 轮数：spaCy 为遍历训练部分的次数，括号内是开发部分上最好、因而保留的一轮；CRF 为 L-BFGS 迭代次数。训练：处理器秒数，含自训分词模型与 CRF 特征。
  _Epochs (in brackets the one whose model was best on dev and is kept), or iterations of L-BFGS; processor seconds in all._
- 速度：单进程单线程，与同一轮 `jieba.cut` 对同一文本的速度相比，{rounds} 轮取中位数；“连同分词”含找数量与分词。_One process, one thread._
- 64/2/2000：网络的宽度/深度/散列行数；窗口未注明者为 1。_Width, depth, rows; window 1 unless told._
- pkuseg 模型用 `spacy_pkuseg.train` 在训练部分（jieba 切分）上训练 {pkuseg} 次迭代。_Trained on our own corpus as cut by jieba._

## 选择 Choice

规则 rule：连同分词不低于 jieba.cut 的 {floor} 倍（整个任务的目标速度）者之中，与 F1 最高者不分上下的，取最快的；速度相差不到 {same}% 视为相同，取 F1 高的。_Of
those that with segmentation reach {floor} of jieba's speed, the fastest that is level with the best; of speeds within {same} % the higher F1._

{choice}

## 重做 Repeat

    OMP_NUM_THREADS=1 .venv/bin/python -m zhibiao.training.compare --write docs/TRAINING.md

约需半小时（两个处理器）；`--results 文件.json` 记下已测的系统，中断后接着做；`--quick` 试跑两分钟，数字不作数。配置在 `models/ner.cfg`，可单独用于 `spacy train`。
_About half an hour; `--results` lets it go on after a break, `--quick` is a trial; `models/ner.cfg` works with `spacy train`._

## 局限 Limits

- 开发部分只有 {writers} 位撰写人，CRF 的正则系数也在其上选定。_Few writers on dev, on which CRF's regularisation was chosen too._
- 每个系统只用一个随机种子；spaCy 每次训练限约四分钟处理器时间；最好的一轮在末轮者，更久或许还会好些。_One seed; spaCy's runs are capped at
  about four minutes, and one whose best epoch is its last may not be at its end._
- spaCy 各行取开发部分上最好的一轮再在同一部分上评分，略偏高；CRF 不挑轮次。_spaCy's rows are scored on the part on which their best epoch was picked, which
  flatters them; the CRF picks none._
- 各 CRF 用同一套特征：窗口为前后三个词，单字时看得较近；pkuseg 与单字没有词性。_The same features over all words: over characters they see less far, and pkuseg and
  characters bring no parts of speech._
- spancat 的候选至多 8 个词，相互重叠时取分数高的。_Spans of 8 words at most; of those that overlap the best is kept._
- 机器 machine：{machine}
"""


def page(rows: Sequence[Row], data: str) -> str:
    """The page as Markdown; the first of ``rows`` is the shipped system. ``data``: :func:`data_lines`."""
    head = ["系统 system", "轮数 epochs", "P", "R", "F1", "差 difference", "可及 reach", "角色 roles", "训练 s", "标注 千字/秒 kch/s", "÷ jieba",
            "连同分词 ÷ jieba, with segmentation", "MB"]  # fmt: skip
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *(_cells(row, rows[0]) for row in rows)]
    return _PAGE.format(
        data=data, table="\n".join(f"| {' | '.join(cells)} |" for cells in lines), draws=_DRAWS, rounds=_ROUNDS, pkuseg=_PKUSEG_ROUNDS, floor=FLOOR, same=round(100 * _SAME_SPEED),
        choice=_choice_lines(rows), writers=len(load_splits(SPLITS).dev), machine=f"{os.cpu_count()} CPU，Python {platform.python_version()}，{date.today()}",
    )  # fmt: skip


def _cells(row: Row, first: Row) -> list[str]:
    c = row.total
    low, high = gap(first, row)
    return [
        row.name, str(row.epochs) if row.best is None else f"{row.epochs}（{row.best + 1}）", *(f"{v:.3f}" for v in (c.precision, c.recall, c.f1)), "—" if row is first else f"{low:+.3f} … {high:+.3f}",
        f"{row.reach:.3f}", "—" if row.roles is None else f"{row.roles:.3f}", f"{row.seconds:.0f}", f"{row.speed:.0f}",
        *(f"{r:.2f}" for r in row.ratio), f"{row.megabytes:.1f}",
    ]  # fmt: skip


def choose(rows: Sequence[Row]) -> Row:
    """The system chosen by the rule of the page; the speed does not count where none is fast enough."""
    fast = [r for r in rows if r.ratio[1] >= FLOOR] or list(rows)
    best = max(fast, key=lambda r: r.total.f1)
    level = [r for r in fast if gap(best, r)[1] >= 0]
    top = max(r.ratio[1] for r in level)
    return max((r for r in level if r.ratio[1] >= top * (1 - _SAME_SPEED)), key=lambda r: r.total.f1)


def _choice_lines(rows: Sequence[Row]) -> str:
    """What was chosen, and for each other system what speaks against it."""
    chosen = choose(rows)
    lines = [f"**{chosen.name}**：F1 {chosen.total.f1:.3f}，连同分词为 jieba 的 {chosen.ratio[1]:.2f} 倍。其余 the others：", ""]
    for row in rows:
        if row is not chosen:
            low, high = gap(chosen, row)
            told = "较差 worse" if high < 0 else "较好 better" if low > 0 else "不分上下 level"
            speed = f"速度为其 {row.ratio[1] / chosen.ratio[1]:.2f} 倍" + ("，低于下限 below the floor" if row.ratio[1] < FLOOR else "")
            lines.append(f"- {row.name}：F1 {row.total.f1 - chosen.total.f1:+.3f}（{told}），{speed}")
    return "\n".join(lines)


def data_lines(parts: Sequence[tuple[str, Sequence[Block]]]) -> str:
    """A table of the sizes of the parts."""
    lines = [
        "| 部分 part | 撰写人 writers | 段落 passages | 含数量的段 blocks | 字 characters | 指标名 names |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, blocks in parts:
        passages = {b.passage.id: b.passage.writer for b in blocks}
        sizes = [
            len(set(passages.values())),
            len(passages),
            len(blocks),
            sum(len(b.text) for b in blocks),
            sum(len(gold_names(b)) for b in blocks),
        ]
        lines.append(f"| {name} | {' | '.join(f'{n:,}' for n in sizes)} |")
    return "\n".join(lines)


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
            segmenter = make_segmenter("pkuseg", model=str(train_pkuseg(words, folder, rounds=1 if quick else _PKUSEG_ROUNDS)))
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
    for _ in range(_ROUNDS):
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
