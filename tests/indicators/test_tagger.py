"""The tagger: features do not depend on what else is in the batch, probabilities are those of the chain, models of another version are refused."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.indicators.component import Indicators, ModelMismatchError
from zhibiao.indicators.features import BUCKETS, Batch
from zhibiao.indicators.labels import TAG_ID, TAGS, chunks
from zhibiao.indicators.tagger import Weights, _marginals, tag
from zhibiao.nlp import load
from zhibiao.tokens.words import WordIndex

TEXTS = [
    "全年受理工单26万件，同比增长17.9%。",
    "目标：培训12期，实际15期。",
    "",
    "。。",
    "综合窗口40个",
    "支出6,302.34万元；结余0.5万元。" * 12,
]


@pytest.fixture(scope="module")
def tokenizer():
    return load(stages="patterns").tokenizer


@pytest.fixture(scope="module")
def weights():
    rng = np.random.default_rng(0)
    state = rng.normal(0, 0.5, (BUCKETS + 1, len(TAGS))).astype(np.float32)
    state[-1] = 0
    return Weights(state, rng.normal(0, 0.5, (len(TAGS), len(TAGS))).astype(np.float32))


def passage(tokenizer, text):
    quantities = tokenizer.finder.find(text)
    return WordIndex(text, quantities, tokenizer.segmenter.tag), quantities


def test_tags_do_not_depend_on_the_batch(tokenizer, weights):
    passages = [passage(tokenizer, text) for text in TEXTS if text]
    together = tag(weights, Batch(passages))
    for one, other in zip(passages, together, strict=True):
        alone = tag(weights, Batch([one]))[0]
        assert alone.tags == other.tags
        np.testing.assert_allclose(alone.chances, other.chances, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="，。；全年受理工单26万件%增长目标≥实际0.5", min_size=1, max_size=80), min_size=1, max_size=5))
def test_every_word_gets_a_tag_and_chances_add_up(tokenizer, weights, texts):
    passages = [passage(tokenizer, text) for text in texts]
    for (index, _), found in zip(passages, tag(weights, Batch(passages)), strict=True):
        assert len(found.tags) == len(index.texts)
        np.testing.assert_allclose(found.chances.sum(1), 1, atol=1e-4)


def test_no_passages_give_no_tags(weights):
    assert tag(weights, Batch([])) == []


def test_marginals_are_those_of_the_chain():
    """Against the sum over all sequences of tags."""
    rng = np.random.default_rng(1)
    words, tags = 4, 3
    scores, step = rng.normal(size=(words, tags)).astype(np.float32), rng.normal(size=(tags, tags)).astype(np.float32)
    expected = np.zeros((words, tags))
    for path in product(range(tags), repeat=words):
        weight = np.exp(sum(scores[i, t] for i, t in enumerate(path)) + sum(step[a, b] for a, b in pairwise(path)))
        for i, t in enumerate(path):
            expected[i, t] += weight
    expected /= expected.sum(1, keepdims=True)
    padded = np.zeros((2, words + 2, tags), np.float32)
    padded[0, :words] = scores
    found = _marginals(padded, np.array([words, words + 2]), np.exp(step))
    np.testing.assert_allclose(found[0, :words], expected, rtol=1e-4)


def test_chunks_end_where_the_kind_changes():
    ids = [TAG_ID[t] for t in ("I-I", "I-I", "I-C", "O", "B-I", "B-I", "q-T", "B-I")]
    assert [tuple(c) for c in chunks(ids)] == [(0, 2, "I"), (2, 3, "C"), (4, 5, "I"), (5, 6, "I"), (7, 8, "I")]


def test_weights_are_stored_and_read_again(tmp_path, weights):
    half = Weights(weights.state.astype(np.float16).astype(np.float32), weights.step)
    Indicators(weights=half).to_disk(tmp_path)
    again = Indicators().from_disk(tmp_path).weights
    np.testing.assert_array_equal(again.state, half.state)
    np.testing.assert_array_equal(again.step, half.step)


@pytest.mark.parametrize(("key", "value"), [("features", np.array(99)), ("tags", np.array(["O", "B-I"]))])
def test_weights_of_another_version_are_refused(tmp_path, weights, key, value):
    Indicators(weights=weights).to_disk(tmp_path)
    with np.load(tmp_path / "weights.npz") as stored:
        parts = dict(stored)
    np.savez(tmp_path / "weights.npz", **{**parts, key: value})
    with pytest.raises(ModelMismatchError, match="make train"):
        Indicators().from_disk(tmp_path)


def test_names_are_spans_of_the_doc():
    doc = load()("全年受理热线工单26万件，办结率98.5%。")
    names = [span.text for span in doc.spans["indicators"]]
    assert "办结率" in names
    assert {span.label_ for span in doc.spans["indicators"]} == {"INDICATOR"}
