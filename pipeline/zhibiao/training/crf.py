"""Training of the tagger: CRFsuite fits the weights, the package decodes them with numpy (:mod:`zhibiao.indicators.tagger`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from zhibiao.indicators.features import BUCKETS, Batch
from zhibiao.indicators.labels import TAG_ID, TAGS
from zhibiao.indicators.tagger import Tagged, Weights, tag

from .dataset import Block

#: L1 and L2 of CRFsuite's L-BFGS, and its iterations; chosen on the dev part (docs/TRAINING.md).
C1, C2, ITERATIONS = 0.1, 0.3, 120


class MissingTrainerError(RuntimeError):
    """A package that only training needs is not installed."""


def batch_of(blocks: Sequence[Block]) -> Batch:
    """The blocks as one batch."""
    return Batch([(b.index, b.quantities) for b in blocks], of_targets=[b.of_targets for b in blocks])


def fit_tagger(blocks: Sequence[Block], *, c1: float = C1, c2: float = C2, iterations: int = ITERATIONS) -> Weights:
    """Weights of a tagger trained on these blocks; the same blocks in the same order give the same weights."""
    try:
        import pycrfsuite
    except ImportError as error:
        raise MissingTrainerError("训练需要 python-crfsuite：pip install 'zhibiao[train]' (training needs the train extra)") from error
    batch = batch_of(blocks)
    rows = [[str(v) for v in row] for row in batch.columns().T.tolist()]
    for place, own in zip(batch.quantities.tolist(), batch.of_quantities().T.tolist(), strict=True):
        rows[place] += [str(v) for v in own if v >= 0]
    trainer = pycrfsuite.Trainer(verbose=False)
    for start, block in zip(batch.starts, blocks, strict=True):
        trainer.append(rows[start : start + len(block.index.texts)], [TAGS[t] for t in block.tags()])
    trainer.set_params({"c1": c1, "c2": c2, "max_iterations": iterations, "feature.possible_transitions": True})
    with TemporaryDirectory(prefix="zhibiao-") as folder:
        file = str(Path(folder) / "tagger.crfsuite")
        trainer.train(file)
        tagger = pycrfsuite.Tagger()
        tagger.open(file)
        stored = tagger.info()
        tagger.close()
    state = np.zeros((BUCKETS + 1, len(TAGS)), np.float32)
    step = np.zeros((len(TAGS), len(TAGS)), np.float32)
    for (feature, name), weight in stored.state_features.items():
        state[int(feature), TAG_ID[name]] = weight
    for (before, after), weight in stored.transitions.items():
        step[TAG_ID[before], TAG_ID[after]] = weight
    # The precision in which weights are stored, so that a model works alike before and after it is saved.
    return Weights(state.astype(np.float16).astype(np.float32), step)


def tagged(weights: Weights, blocks: Sequence[Block]) -> list[Tagged]:
    """Tags of blocks."""
    return tag(weights, batch_of(blocks))
