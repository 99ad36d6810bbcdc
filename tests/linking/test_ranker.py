"""Storing the ranker and refusing what is not one of this version."""

from __future__ import annotations

import json
import shutil
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zhibiao.errors import ModelError
from zhibiao.linking.pairs import FEATURES
from zhibiao.linking.ranker import FOLDER, Ranker, best_rows, chances, evidence, shipped_ranker
from zhibiao.nets import store


class Stranger:
    """A type that nobody knows as safe."""


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A copy of the shipped ranker."""
    return Path(shutil.copytree(FOLDER, tmp_path / "ranker"))


def told(ranker: Ranker) -> list[Any]:
    """All probabilities for some rows of features."""
    features = np.random.default_rng(7).random((40, len(FEATURES))).astype(np.float32)
    mention = np.repeat(np.arange(10), 4)
    score = chances(ranker.second, features)
    rows = evidence(score, features, mention, best_rows(score, mention, 10))
    return [chances(ranker.first, features), score, ranker.sure.chances(rows)]


def test_what_is_saved_and_loaded_gives_equal_probabilities(tmp_path: Path) -> None:
    shipped_ranker().save(tmp_path / "new" / "ranker")
    loaded = Ranker.load(tmp_path / "new" / "ranker")
    for one, other in zip(told(loaded), told(shipped_ranker()), strict=True):
        np.testing.assert_array_equal(one, other)
    assert loaded.about == shipped_ranker().about


def test_probabilities_are_probabilities() -> None:
    for values in told(shipped_ranker()):
        assert values.min() >= 0
        assert values.max() <= 1


def test_no_rows_have_no_probabilities() -> None:
    assert chances(shipped_ranker().first, np.zeros((0, len(FEATURES)), np.float32)).tolist() == []


@pytest.mark.parametrize(
    "change", [{"version": 0}, {"version": None}, {"features": list(FEATURES[::-1])}, {"features": list(FEATURES[1:])}]
)
def test_another_version_or_other_features_are_refused(stored: Path, change: dict[str, Any]) -> None:
    about = json.loads((stored / "about.json").read_text("utf-8"))
    (stored / "about.json").write_text(json.dumps(about | change), "utf-8")
    with pytest.raises(ModelError, match="make train"):
        Ranker.load(stored)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        Ranker.load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
def test_a_missing_file_is_refused(stored: Path, name: str) -> None:
    (stored / name).unlink()
    with pytest.raises(ModelError):
        Ranker.load(stored)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
@pytest.mark.parametrize("data", [b"", b"[]", b"\x00\xff"])
def test_a_damaged_file_is_refused(stored: Path, name: str, data: bytes) -> None:
    (stored / name).write_bytes(data)
    with pytest.raises(ModelError):
        Ranker.load(stored)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_short_is_refused(stored: Path, name: str, share: float) -> None:
    data = (stored / name).read_bytes()
    (stored / name).write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ModelError, match="make train"):
        Ranker.load(stored)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.skops")))
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_with_other_bytes_inside_is_refused(stored: Path, name: str, share: float) -> None:
    data = bytearray((stored / name).read_bytes())
    at = int(len(data) * share)
    data[at : at + 64] = bytes(byte ^ 0xFF for byte in data[at : at + 64])
    (stored / name).write_bytes(data)
    with pytest.raises(ModelError, match="make train"):
        Ranker.load(stored)


@pytest.mark.parametrize("columns", [3, len(FEATURES) + 1])
def test_a_network_of_other_features_is_refused(stored: Path, columns: int) -> None:
    rows = np.random.default_rng(7).random((20, columns))
    net = make_pipeline(StandardScaler(), MLPClassifier((2,), solver="lbfgs")).fit(rows, np.arange(20) % 2)
    store([net], stored / "first.skops")
    with pytest.raises(ModelError, match="features"):
        Ranker.load(stored)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.skops")))
@pytest.mark.parametrize("stranger", [[Stranger()], Stranger(), OrderedDict(a=Stranger)])
def test_a_file_with_an_unknown_type_is_refused(stored: Path, name: str, stranger: Any) -> None:
    store(stranger, stored / name)
    with pytest.raises(ModelError, match="不可信"):
        Ranker.load(stored)


@pytest.mark.parametrize("other", [[], {}, [1], "灯笼"])
def test_a_file_of_something_else_is_refused(stored: Path, other: Any) -> None:
    store(other, stored / "second.skops")
    with pytest.raises(ModelError):
        Ranker.load(stored)


def test_the_best_row_is_the_first_of_equals() -> None:
    best = best_rows(np.array([0.2, 0.7, 0.7, 0.1]), np.array([0, 0, 0, 2]), 4)
    assert best.tolist() == [1, -1, 3, -1]


def test_the_untrained_makes_no_probabilities() -> None:
    with pytest.raises(AttributeError):
        chances(Ranker.untrained().first, np.zeros((1, len(FEATURES)), np.float32))
