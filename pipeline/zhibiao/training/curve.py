"""Learning curve: the models trained on a part of the corpus, scored on the test part. Tells whether more annotation would help."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from spacy import util
from spacy.language import Language

from zhibiao.annotate.markup import MarkedPassage
from zhibiao.extractor import Extractor
from zhibiao.indicators.component import Indicators
from zhibiao.meeting.component import Meeting
from zhibiao.nlp import load

from . import trainers
from .evaluate import LABELS, Sheet, Source, evaluate
from .scoring import Counts

SHARES = (0.1, 0.25, 0.5, 1.0)
_SEED = 0
_MAIN = ("pair/pairs", "fact/facts")


def curve(config_path: Path, test: Source, *, root: Path, shares: Sequence[float] = SHARES) -> Sheet:
    """F1 on the passages of ``test`` after training on each share of the training passages; the whole is the shipped model."""
    passages = trainers.training_passages(config_path, root)
    rows = [["训练段落 passages", "占 share", *(f"{LABELS[m]} F1" for m in _MAIN)]]
    for share in shares:
        chosen = part_of(passages, share)
        nlp = load()
        if share < 1:
            retrain(nlp, chosen, config_path)
        total = evaluate([test], Extractor(nlp=nlp)).total()
        rows.append([str(len(chosen)), f"{share:.0%}", *(f"{total.get(m, Counts()).f1:.3f}" for m in _MAIN)])
    patterns = evaluate([test], Extractor(nlp=load(stages="patterns"))).total()
    rows.append(["0（仅规则 patterns only）", "—", *(f"{patterns.get(m, Counts()).f1:.3f}" for m in _MAIN)])
    return "学习曲线 learning curve", rows


def part_of(passages: Sequence[MarkedPassage], share: float) -> list[MarkedPassage]:
    """A share of the passages, drawn with a fixed seed, in their order; a greater share holds the smaller one."""
    order = list(range(len(passages)))
    random.Random(_SEED).shuffle(order)
    return [passages[i] for i in sorted(order[: max(1, round(share * len(passages)))])]


def retrain(nlp: Language, passages: Sequence[MarkedPassage], config_path: Path) -> None:
    """Train tagger and meeting of a loaded pipeline anew on these passages, as the config says."""
    settings = util.load_config(config_path)["initialize"]["components"]
    examples = list(trainers.examples_of(passages, Extractor(nlp=nlp).tokenizer))
    for _, pipe in nlp.pipeline:
        if isinstance(pipe, Indicators):
            own = {k: v for k, v in settings["zhibiao_indicators"]["trainer"].items() if not k.startswith("@")}
            pipe.weights = trainers.tagger_trainer(**own)(examples)
        elif isinstance(pipe, Meeting):
            own = {k: v for k, v in settings["zhibiao_meeting"]["trainer"].items() if not k.startswith("@")}
            pipe.models = trainers.meeting_trainer(**own)(examples, pipe.lean)
