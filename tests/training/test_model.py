"""The shipped model comes from the current annotations and config; a change of either is noticed; training is repeatable."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from zhibiao.annotate import markup
from zhibiao.meeting.decide import Lean
from zhibiao.nlp import load, shipped_model
from zhibiao.training.crf import fit_tagger, tagged
from zhibiao.training.dataset import blocks_of
from zhibiao.training.fit import calibration_rows, fit_models, fit_sure
from zhibiao.training.train import data_hash, stale
from zhibiao.training.trainers import folds_by_writer, passages_of

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "models" / "config.cfg"


def test_the_shipped_model_is_current():
    assert stale(shipped_model(), CONFIG, root=ROOT) == []


def test_a_changed_mark_makes_the_model_stale(tmp_path):
    shutil.copytree(ROOT / "annotations", tmp_path / "annotations")
    file = tmp_path / "annotations" / "corpus" / "w1-edu-1.txt"
    file.write_text(file.read_text("utf-8").replace("|A1}", "|E1}", 1), "utf-8")
    (problem,) = stale(shipped_model(), CONFIG, root=tmp_path)
    assert "标注" in problem
    assert "make train" in problem


def test_a_missing_model_is_told(tmp_path):
    assert "make train" in stale(tmp_path, CONFIG, root=ROOT)[0]


def test_the_test_part_never_trains():
    corpus, splits = ROOT / "annotations" / "corpus", ROOT / "annotations" / "splits.json"
    train = {p.id for p in passages_of(corpus, splits, ["train", "dev"])}
    test = {p.id for p in passages_of(corpus, splits, ["test"])}
    assert len(train) >= 1500
    assert len(test) >= 300
    assert not train & test
    made = json.loads((shipped_model() / "meta.json").read_text("utf-8"))["zhibiao"]
    assert made["passages"] == len(train)


def test_the_stored_config_names_no_machine():
    text = (shipped_model() / "config.cfg").read_text("utf-8")
    assert str(ROOT) not in text
    assert "annotations/corpus" in text


def test_the_hash_does_not_depend_on_order():
    passages = markup.read(ROOT / "annotations" / "corpus" / "w1-edu-1.txt")
    assert data_hash(passages) == data_hash(passages[::-1])
    assert data_hash(passages) != data_hash(passages[1:])


@pytest.fixture(scope="module")
def blocks():
    files = [ROOT / "annotations" / "corpus" / name for name in ("w1-edu-1.txt", "w2-com-1.txt")]
    passages = [p for file in files for p in markup.read(file)[:12]]
    return blocks_of(passages, load(stages="patterns").tokenizer)


def test_training_is_repeatable_and_learns(blocks):
    """Twice the same weights; and on what it has seen the tagger is nearly right."""
    first, second = fit_tagger(blocks, iterations=40), fit_tagger(blocks, iterations=40)
    np.testing.assert_array_equal(first.state, second.state)
    tags = tagged(first, blocks)
    right = sum(a == b for block, found in zip(blocks, tags, strict=True) for a, b in zip(block.tags(), found.tags, strict=True))
    assert right / sum(len(block.index.texts) for block in blocks) > 0.9
    models, again = (fit_models(blocks, tags, Lean()) for _ in range(2))
    for part in ("roles", "names", "links"):
        for a, b in zip(getattr(models, part).members, getattr(again, part).members, strict=True):
            for x, y in zip(a[-1].coefs_, b[-1].coefs_, strict=True):
                np.testing.assert_array_equal(x, y)
    rows, judged = calibration_rows(blocks, tags, models, Lean())
    assert len(rows) == len(judged) > 50
    assert sum(judged) / len(judged) > 0.7
    chances = fit_sure(rows, judged).predict_proba(rows)[:, 1]
    assert abs(chances.mean() - np.mean(judged)) < 0.02


def test_folds_hold_whole_writers(blocks):
    part = folds_by_writer(blocks, 2)
    assert set(part) == {"w1", "w2"}
    assert len(set(part.values())) == 2
