"""The protecting tokenizer keeps quantities whole; segmenters stand behind one protocol."""

from __future__ import annotations

import pytest
from spacy.tokens import DocBin

import zhibiao
from zhibiao.quantities import default_finder
from zhibiao.tokens import make_segmenter
from zhibiao.tokens.segmenters import SegmenterError, user_words
from zhibiao.tokens.words import WordIndex

TEXT = "自助终端功能数量≥150台，实际完成962台，同比增长12.5%，投入6,302.34万元。"


@pytest.fixture(scope="module")
def nlp():
    return zhibiao.load()


def test_each_quantity_is_one_token(nlp) -> None:
    doc = nlp(TEXT)
    assert doc.text == TEXT
    assert [(t.text, t.norm_) for t in doc if t.norm_.startswith("<")] == [
        ("150台", "<count>"), ("962台", "<count>"), ("12.5%", "<percent>"), ("6,302.34万元", "<money>"),
    ]  # fmt: skip
    assert [s.text for s in doc.spans["quantities"]] == ["150台", "962台", "12.5%", "6,302.34万元"]


def test_pipe_gives_what_single_calls_give(nlp) -> None:
    texts = [TEXT, "新增就业5.1万人。", "没有数字。", ""]
    piped = [[d.name for d in doc.user_data["zhibiao.drafts"]] for doc in nlp.pipe(texts)]
    assert piped == [[d.name for d in nlp(t).user_data["zhibiao.drafts"]] for t in texts]


def test_docs_survive_a_docbin(nlp) -> None:
    (doc,) = DocBin(docs=[nlp(TEXT)]).get_docs(nlp.vocab)
    assert [s.text for s in doc.spans["quantities"]] == ["150台", "962台", "12.5%", "6,302.34万元"]


def test_a_saved_pipeline_loads_again(nlp, tmp_path) -> None:
    nlp.to_disk(tmp_path / "model")
    again = zhibiao.load(tmp_path / "model")
    assert [t.text for t in again(TEXT)] == [t.text for t in nlp(TEXT)]


@pytest.mark.parametrize("name", ["jieba", "char"])
def test_segmenters_join_to_the_text(name: str) -> None:
    segmenter = make_segmenter(name)
    assert segmenter.name == name
    for text in (TEXT, "", "ESI Top 1", "……\n。"):
        assert "".join(segmenter.cut(text)) == text
        assert "".join(word for word, _ in segmenter.tag(text)) == text


def test_unknown_segmenter_says_what_there_is() -> None:
    with pytest.raises(SegmenterError, match="jieba、pkuseg、char"):
        make_segmenter("thulac")
    with pytest.raises(SegmenterError, match="model"):
        make_segmenter("pkuseg")


def test_user_words_stay_whole() -> None:
    segmenter = make_segmenter("jieba")
    for word in user_words():
        assert word in segmenter.cut(f"全市{word}为"), word


def test_words_of_a_stretch_are_cut_at_its_edges() -> None:
    found = default_finder().find(TEXT)
    index = WordIndex(TEXT, found, make_segmenter("jieba").tag)
    assert "".join(w.text for w in index.words) == TEXT
    for start in range(len(TEXT)):
        part = index.slice(start, len(TEXT) - 2)
        assert "".join(w.text for w in part) == TEXT[start : len(TEXT) - 2]
        assert all(TEXT[w.start : w.end] == w.text for w in part)
