"""Fitting the weights: every wording left out once, weights that cannot speak against, a file that reads back."""

from __future__ import annotations

import tomllib

import pytest

from zhibiao.linking.features import Features, Weights, score, shipped_weights
from zhibiao.linking.fit import accuracy, fit, render, trials
from zhibiao.linking.taxonomy import Taxonomy, load_taxonomy


@pytest.fixture(scope="module")
def small() -> Taxonomy:
    return Taxonomy(tuple(entry for entry in load_taxonomy() if entry.domain in {"水务", "消防", "教育"}))


def test_every_wording_is_tried(small: Taxonomy) -> None:
    tried = {trial.mention.name for trial in trials(small)}
    assert len(tried) >= sum(len(entry.wordings) for entry in small) * 0.6
    assert any(not trial.right for trial in trials(small))


def test_fit_is_deterministic_and_useful(small: Taxonomy) -> None:
    weights = fit(small, rounds=1)
    assert weights == fit(small, rounds=1)
    assert min(weights.weights) >= 0
    linked, nil = accuracy(list(trials(small, weights, seed=3)), 0.3)
    assert linked > 0.5
    assert nil > 0.5


def test_rendered_weights_read_back(small: Taxonomy) -> None:
    weights = shipped_weights()
    data = tomllib.loads(render(weights))
    assert Weights.of(data["bias"], data["weights"]) == weights


def test_weights_name_every_feature_once() -> None:
    named = dict.fromkeys(Features._fields, 1.0)
    assert Weights.of(0.0, named).weights == (1.0,) * len(named)
    with pytest.raises(ValueError, match="colour"):
        Weights.of(0.0, named | {"colour": 1.0})
    with pytest.raises(ValueError, match="cosine"):
        Weights.of(0.0, {name: 1.0 for name in named if name != "cosine"})


def test_score_grows_with_each_feature() -> None:
    nothing = score(Features())
    assert 0 < nothing < 0.05
    assert all(score(Features(**{name: 1.0})) >= nothing for name in Features._fields)
    assert score(Features(exact=1, cosine=1, cover_wording=1, cover_entry=1, head=1, unit=1)) > 0.9
