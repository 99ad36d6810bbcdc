"""Training of the meeting: classifiers of roles, names and links from marked blocks whose tags come from a tagger that never saw them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from zhibiao.indicators.labels import ROLES
from zhibiao.indicators.tagger import Tagged
from zhibiao.meeting.candidates import candidates
from zhibiao.meeting.decide import Decision, Lean, choose_names, decide, evidence, heads
from zhibiao.meeting.features import TARGET_SIDE, of_links, of_names, of_roles, partners
from zhibiao.meeting.field import LOOSE, Field, Floats, Ints, Reading
from zhibiao.meeting.models import Models
from zhibiao.nets import Average, squeeze
from zhibiao.pairing.drafts import similar
from zhibiao.pairing.passage import read_passage

from .dataset import Block
from .matching import NAME_OK

_SEEDS = (0, 1)


def readings(blocks: Sequence[Block], tags: Sequence[Tagged]) -> list[Reading]:
    """The blocks as the meeting finds them."""
    return [
        Reading(
            b.index,
            b.quantities,
            t,
            read_passage(b.index, b.quantities, mark=b.mark, section=b.section),
            b.of_targets,
            b.mark,
        )
        for b, t in zip(blocks, tags, strict=True)
    ]


def fit_net(layers: tuple[int, ...], alpha: float, epochs: int, rows: Floats, wanted: Ints) -> Average:
    """Small networks over squeezed and scaled features, one a seed. ``wanted``: the class of each row."""
    members: list[Pipeline] = []
    squeezed = squeeze(rows)
    for seed in _SEEDS:
        net = MLPClassifier(
            layers, alpha=alpha, batch_size=512, learning_rate_init=1e-3, max_iter=epochs, n_iter_no_change=epochs, random_state=seed
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # so many epochs are wanted, no more
            fitted = make_pipeline(StandardScaler(), net).fit(squeezed, wanted)
        net._optimizer = None  # only training needs it, and it is no type that skops knows as safe
        members.append(fitted)
    return Average(members)


class Truth:
    """What should have been decided over a field made of these blocks."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.roles = np.array([r for b in blocks for r in b.roles], np.int64)
        self.names = [n for b in blocks for n in b.names]
        self.records: list[tuple[int, int]] = [(k, r) for k, b in enumerate(blocks) for r in b.records]

    def named(self, i: int, words: str) -> bool:
        """Are these words a right name of quantity ``i``'s record?"""
        return any(similar(words, name) >= NAME_OK for name in self.names[i])

    def linked(self, i: int, j: int) -> bool:
        """Do two quantities belong to one record?"""
        return self.records[i] == self.records[j] and self.records[i][1] != 0


def fit_models(blocks: Sequence[Block], tags: Sequence[Tagged], lean: Lean) -> Models:
    """Classifiers trained on these blocks."""
    field, truth = Field(readings(blocks, tags)), Truth(blocks)
    roles = fit_net((64,), 0.5, 20, of_roles(field), truth.roles)
    found = candidates(field, truth.roles.tolist())
    right = np.array([truth.named(c.quantity, c.words) for c in found], np.int64)
    names = fit_net((128, 64), 0.3, 16, of_names(field, found, truth.roles), right)
    models = Models(roles, names, names)
    chosen, sure = choose_names(field, models, truth.roles, lean)
    pairs = partners(field, truth.roles)
    together = np.array([truth.linked(i, j) for i, j in pairs], np.int64)
    models.links = fit_net((64,), 0.3, 30, of_links(field, pairs, truth.roles, chosen, sure), together)
    return models


def judged(field: Field, made: Decision, truth: Truth) -> tuple[list[int], list[bool]]:
    """The heads of the records decided on, and whether each record is right: sides, partner and name."""
    listed = heads(made)
    return listed, [_right(made, truth, i) for i in listed]


def _right(made: Decision, truth: Truth, i: int) -> bool:
    j = made.pairs.get(i)
    mine = int(truth.roles[i])
    if mine in LOOSE or (mine in TARGET_SIDE) != (int(made.roles[i]) in TARGET_SIDE):
        return False
    if j is not None:
        if not truth.linked(i, j) or int(truth.roles[j]) in LOOSE or int(truth.roles[j]) in TARGET_SIDE:
            return False
    else:
        others = [k for k in range(max(0, i - 40), min(len(truth.roles), i + 41)) if k != i and truth.linked(i, k)]
        want = TARGET_SIDE if mine not in TARGET_SIDE else frozenset(range(len(ROLES))) - LOOSE - TARGET_SIDE
        if any(int(truth.roles[k]) in want for k in others):
            return False
    return any(name is not None and truth.named(i, name.words) for name in (made.names[i], made.names[j] if j is not None else None))


def fit_sure(rows: Floats, right: Sequence[bool]) -> Pipeline:
    """From what is known of a record to the probability that it is right."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000)).fit(rows, np.array(right, np.int64))


def calibration_rows(blocks: Sequence[Block], tags: Sequence[Tagged], models: Models, lean: Lean) -> tuple[Floats, list[bool]]:
    """Evidence and correctness of the records decided on blocks that the models never saw."""
    field, truth = Field(readings(blocks, tags)), Truth(blocks)
    made = decide(field, models, lean)
    listed, right = judged(field, made, truth)
    return evidence(field, made, listed), right
