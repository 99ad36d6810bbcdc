"""Classifiers are read off scikit-learn exactly, and a file with types that nobody vouches for is not read."""

from __future__ import annotations

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from zhibiao.errors import ModelError
from zhibiao.meeting.models import Models
from zhibiao.nets import Average, Judge, squeeze
from zhibiao.nlp import load, shipped_model


def rows(seed=0, n=60):
    return np.random.default_rng(seed).normal(0, 30, (n, 7))


def net(classes, seed=0):
    x = rows()
    y = np.arange(len(x)) % classes
    fitted = make_pipeline(StandardScaler(), MLPClassifier((8, 5), max_iter=3, random_state=seed))
    with pytest.warns(Warning, match="Maximum iterations"):
        fitted.fit(squeeze(x), y)
    fitted[-1]._optimizer = None
    return fitted


@pytest.mark.parametrize("classes", [2, 4])
def test_networks_give_what_scikit_learn_gives(classes):
    members = [net(classes, seed) for seed in (0, 1)]
    wanted = np.mean([m.predict_proba(squeeze(rows(5))) for m in members], axis=0)
    np.testing.assert_allclose(Average(members).predict_proba(rows(5)), wanted, atol=1e-5)


def test_the_judge_gives_what_scikit_learn_gives():
    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows(), np.arange(60) % 2)
    np.testing.assert_allclose(Judge(fitted).chances(rows(3)), fitted.predict_proba(rows(3))[:, 1], atol=1e-9)


def test_models_are_stored_and_read_again(tmp_path):
    judge = Judge(make_pipeline(StandardScaler(), LogisticRegression()).fit(rows(), np.arange(60) % 2))
    models = Models(Average([net(3)]), Average([net(2)]), Average([net(2)]), judge)
    models.save(tmp_path)
    again = Models.load(tmp_path)
    np.testing.assert_array_equal(again.roles.predict_proba(rows(2)), models.roles.predict_proba(rows(2)))
    np.testing.assert_array_equal(again.sure.chances(rows(2)), judge.chances(rows(2)))


def test_a_file_with_unknown_types_is_refused(tmp_path):
    Models(Average([net(3)]), Average([net(2)]), Average([net(2)])).save(tmp_path)
    skops.io.dump([make_pipeline(FunctionTransformer(squeeze), net(2)[0])], tmp_path / "names.skops")
    with pytest.raises(ValueError, match=r"names.skops.*拒绝装载"):
        Models.load(tmp_path)


def test_the_shipped_model_holds_no_pickle_and_is_small():
    files = [path for path in shipped_model().rglob("*") if path.is_file()]
    assert files
    assert not [path.name for path in files if path.suffix in (".pkl", ".pickle", ".joblib")]
    assert sum(path.stat().st_size for path in files) < 15 * 2**20


def test_a_missing_model_says_what_to_do(tmp_path):
    with pytest.raises(ModelError, match="make train"):
        load(tmp_path)
