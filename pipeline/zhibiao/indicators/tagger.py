"""A linear-chain conditional random field over hashed features: tags and their probabilities for a batch of passages.

Trained by CRFsuite (``zhibiao.training.crf``); decoded here with numpy by forward-backward (Rabiner 1989, with scaling), many sentences side
by side, which is several times faster than handing strings to CRFsuite one word at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .features import BUCKETS, Batch
from .labels import TAGS

Floats = npt.NDArray[np.float32]
#: Passages of more words than this are decoded sentence by sentence, no piece shorter than so many words.
_LONG, _SHORT = 60, 20
#: Pieces decoded side by side.
_TOGETHER = 48


@dataclass(frozen=True, slots=True)
class Weights:
    """``state``: (buckets + 1, tags), the last row zero; ``step``: (tags, tags), from row to column."""

    state: Floats
    step: Floats

    def __post_init__(self) -> None:
        if self.state.shape != (BUCKETS + 1, len(TAGS)) or self.step.shape != (len(TAGS), len(TAGS)):
            raise ValueError(f"标注器权重形状不符：{self.state.shape}、{self.step.shape} (the tagger's weights have the wrong shape)")


@dataclass(frozen=True, slots=True)
class Tagged:
    """Tags of one passage's words, and for each word the probability of every tag: shapes (words,) and (words, tags)."""

    tags: list[int]
    chances: Floats


def tag(weights: Weights, batch: Batch) -> list[Tagged]:
    """Tag the passages of a batch: for each word the probability of every tag given the whole sentence, and the most probable tag."""
    if not batch.lengths:
        return []
    scores = np.zeros((batch.size, len(TAGS)), np.float32)
    for column in batch.columns():
        scores += weights.state.take(column, axis=0)
    own = np.zeros((len(batch.quantities), len(TAGS)), np.float32)
    for column in batch.of_quantities():
        own += weights.state.take(column, axis=0, mode="wrap")  # -1 is the zero row at the end
    scores[batch.quantities] += own
    chances = np.zeros_like(scores)
    # Pieces of like length go together, so that little of the padded block is empty.
    pieces = sorted(_pieces(batch), key=lambda piece: piece[1] - piece[0])
    hop = np.exp(weights.step)
    for first in range(0, len(pieces), _TOGETHER):
        group = pieces[first : first + _TOGETHER]
        lengths = np.array([b - a for a, b in group])
        places = np.array([a for a, _ in group])[:, None] + np.arange(lengths.max())
        inside = np.arange(lengths.max()) < lengths[:, None]
        block = scores[np.where(inside, places, 0)]
        chances[places[inside]] = _marginals(block, lengths, hop)[inside]
    best = chances.argmax(1)
    return [Tagged(best[a : a + n].tolist(), chances[a : a + n]) for a, n in zip(batch.starts, batch.lengths, strict=True)]


def _pieces(batch: Batch) -> list[tuple[int, int]]:
    """Half-open stretches of the row that are decoded on their own: passages, cut behind full stops where they are long."""
    out = []
    for start, length in zip(batch.starts, batch.lengths, strict=True):
        end, at = start + length, start
        if length > _LONG:
            for stop in (np.flatnonzero(batch.stops[start:end]) + start + 1).tolist():
                if stop - at >= _SHORT and end - stop >= _SHORT:
                    out.append((at, stop))
                    at = stop
        if end > at:
            out.append((at, end))
    return out


def _marginals(block: Floats, lengths: npt.NDArray[np.int64], hop: Floats) -> Floats:
    """Forward-backward over pieces side by side; ``block``: (pieces, words, tags), padded behind ``lengths``; ``hop``: exp of the steps."""
    count, longest, tags = block.shape
    # Sums are kept in scale word by word, so that no product runs out of range.
    emit = np.exp(block - block.max(2, keepdims=True))
    ahead = np.empty_like(block)
    ahead[:, 0] = emit[:, 0] / emit[:, 0].sum(1, keepdims=True)
    for i in range(1, longest):
        x = (ahead[:, i - 1] @ hop) * emit[:, i]
        x /= x.sum(1, keepdims=True)
        ahead[:, i] = x
    behind = np.ones((count, tags), np.float32)
    back = hop.T.copy()
    for i in range(longest - 1, 0, -1):
        ahead[:, i] *= behind
        after = (emit[:, i] * behind) @ back
        after /= after.sum(1, keepdims=True)
        behind = np.where((i < lengths)[:, None], after, np.float32(1.0))
    ahead[:, 0] *= behind
    found: Floats = ahead / ahead.sum(2, keepdims=True)
    return found
