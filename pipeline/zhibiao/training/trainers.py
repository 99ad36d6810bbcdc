"""What ``models/config.cfg`` names: the reader of marked passages, and the trainers of tagger and meeting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from spacy import util
from spacy.language import Language
from spacy.training import Example
from spacy.util import registry
from threadpoolctl import threadpool_limits

from zhibiao.annotate import markup
from zhibiao.annotate.splits import load_splits
from zhibiao.indicators.tagger import Tagged, Weights
from zhibiao.meeting.decide import Lean
from zhibiao.meeting.models import Models
from zhibiao.nets import Judge
from zhibiao.tokens.tokenizer import ProtectingTokenizer

from .crf import fit_tagger, tagged
from .dataset import Block, blocks_of
from .fit import calibration_rows, fit_models, fit_sure

#: Where an example's reference keeps its block.
BLOCK = "zhibiao.block"
_PROCESSES = 2


@registry.readers("zhibiao.MarkedPassages.v1")
def read_marked(corpus: str, splits: str, parts: list[str]) -> Callable[[Language], Iterator[Example]]:
    """A spaCy corpus of the blocks of marked passages: those of the writers that ``splits`` puts into ``parts``."""

    def examples(nlp: Language) -> Iterator[Example]:
        if not isinstance(nlp.tokenizer, ProtectingTokenizer):
            raise ValueError("管道必须使用 zhibiao.ProtectingTokenizer.v1 (the pipeline must use the protecting tokenizer)")
        yield from examples_of(passages_of(Path(corpus), Path(splits), parts), nlp.tokenizer)

    return examples


def examples_of(passages: Sequence[markup.MarkedPassage], tokenizer: ProtectingTokenizer) -> Iterator[Example]:
    """An example for each block of these passages; its reference holds the block."""
    for block in blocks_of(passages, tokenizer):
        doc = tokenizer.make(block.text, block.quantities)
        doc.user_data[BLOCK] = block
        yield Example(doc.copy(), doc)


def passages_of(corpus: Path, splits: Path, parts: Sequence[str]) -> list[markup.MarkedPassage]:
    """The passages of these parts, in the order of files and places."""
    chosen = load_splits(splits)
    read = [p for path in sorted(corpus.glob("*.txt")) for p in markup.read(path)]
    return [p for p in read if chosen.part_of(p) in parts]


def training_passages(config_path: Path, root: Path) -> list[markup.MarkedPassage]:
    """The passages that a config trains on; its paths start from ``root``."""
    config = util.load_config(config_path)
    return passages_of(root / config["paths"]["corpus"], root / config["paths"]["splits"], config["corpora"]["train"]["parts"])


def _blocks(examples: Sequence[Example]) -> list[Block]:
    return [example.reference.user_data[BLOCK] for example in examples]


@registry.misc("zhibiao.TaggerTrainer.v1")
def tagger_trainer(c1: float, c2: float, iterations: int) -> Callable[[Sequence[Example]], Weights]:
    """Trains the tagger on all examples."""

    def train(examples: Sequence[Example]) -> Weights:
        return fit_tagger(_blocks(examples), c1=c1, c2=c2, iterations=iterations)

    return train


@registry.misc("zhibiao.MeetingTrainer.v1")
def meeting_trainer(folds: int, tagger: Mapping[str, float]) -> Callable[[Sequence[Example], Lean], Models]:
    """Trains the classifiers of the meeting on tags made across folds of writers, and the judge of confidence on the last fold."""

    def train(examples: Sequence[Example], lean: Lean) -> Models:
        blocks = _blocks(examples)
        part = folds_by_writer(blocks, folds)
        tags = crossed(blocks, part, tagger)
        inner = [i for i, block in enumerate(blocks) if part[block.passage.writer] != folds - 1]
        outer = [i for i, block in enumerate(blocks) if part[block.passage.writer] == folds - 1]
        jobs = [([blocks[i] for i in chosen], [tags[i] for i in chosen], lean) for chosen in (range(len(blocks)), inner)]
        with _pool() as pool:
            models, without = pool.map(_fit, jobs)
        rows, right = calibration_rows([blocks[i] for i in outer], [tags[i] for i in outer], without, lean)
        models.sure = Judge(fit_sure(rows, right))
        return models

    return train


def folds_by_writer(blocks: Sequence[Block], folds: int) -> dict[str, int]:
    """A fold for each writer, so that the folds are of like size; the same blocks give the same folds."""
    sizes = Counter(block.passage.writer for block in blocks)
    load = [0] * folds
    out: dict[str, int] = {}
    for writer, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold = load.index(min(load))
        out[writer] = fold
        load[fold] += size
    return out


def crossed(blocks: Sequence[Block], part: Mapping[str, int], tagger: Mapping[str, float]) -> list[Tagged]:
    """Tags of every block by a tagger trained on the other folds."""
    count = max(part.values(), default=-1) + 1
    fit = partial(_fit_tagger, tagger=dict(tagger))
    with _pool() as pool:
        weights = list(pool.map(fit, [[b for b in blocks if part[b.passage.writer] != fold] for fold in range(count)]))
    out: list[Tagged | None] = [None] * len(blocks)
    for fold in range(count):
        chosen = [i for i, b in enumerate(blocks) if part[b.passage.writer] == fold]
        for i, tags in zip(chosen, tagged(weights[fold], [blocks[i] for i in chosen]), strict=True):
            out[i] = tags
    return [t for t in out if t is not None]


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn"))


def _fit_tagger(blocks: Sequence[Block], tagger: Mapping[str, float]) -> Weights:
    return fit_tagger(blocks, c1=tagger["c1"], c2=tagger["c2"], iterations=int(tagger["iterations"]))


def _fit(job: tuple[Sequence[Block], Sequence[Tagged], Lean]) -> Models:
    with threadpool_limits(1):  # sums in one order: the same numbers on every run
        return fit_models(*job)
