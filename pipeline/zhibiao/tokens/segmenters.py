"""Word segmenters behind one protocol: jieba (compiled), pkuseg with a model of one's own, and single characters.

``jieba`` runs jieba's algorithm and dictionary through the compiled package ``rjieba`` and learns the words of ``words.txt``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Protocol


class Segmenter(Protocol):
    """Cuts text into words. The words joined are the text again; tags are jieba's parts of speech ("x" where unknown)."""

    name: str

    def cut(self, text: str) -> Sequence[str]:
        """The words of ``text`` in order."""
        ...

    def tag(self, text: str) -> Sequence[tuple[str, str]]:
        """The words of ``text`` with a part of speech each."""
        ...


@cache
def user_words() -> tuple[str, ...]:
    """The project's own words (``words.txt``: one a line, # opens a comment), in order, each once."""
    lines = files("zhibiao.tokens").joinpath("words.txt").read_text("utf-8").splitlines()
    words = [line.split("#", 1)[0].strip() for line in lines]
    kept = [w for w in words if w]
    if doubles := sorted({w for w in kept if kept.count(w) > 1}):
        raise ValueError(f"words.txt: {', '.join(doubles)} stands twice")
    return tuple(kept)


class JiebaSegmenter:
    """jieba's words and tags, from the compiled ``rjieba``."""

    name = "jieba"

    def __init__(self, words: Iterable[str] | None = None) -> None:
        import rjieba

        self._jieba = rjieba.Jieba()
        for word in user_words() if words is None else words:
            self._jieba.add_word(word, 20000, "n")

    def cut(self, text: str) -> Sequence[str]:
        words: Sequence[str] = self._jieba.cut(text)
        return words

    def tag(self, text: str) -> Sequence[tuple[str, str]]:
        tagged: Sequence[tuple[str, str]] = self._jieba.tag(text)
        return tagged


class CharSegmenter:
    """One character a word; needs nothing."""

    name = "char"

    def cut(self, text: str) -> Sequence[str]:
        return list(text)

    def tag(self, text: str) -> Sequence[tuple[str, str]]:
        return [(ch, "x") for ch in text]


class PkusegSegmenter:
    """pkuseg's words with a model trained by the user (``spacy_pkuseg.train``): the package ships none and must not fetch one."""

    name = "pkuseg"

    def __init__(self, model: str) -> None:
        try:
            import spacy_pkuseg
        except ImportError as error:
            raise SegmenterError("分词器 pkuseg 未安装：pip install 'zhibiao[pkuseg]' (the pkuseg extra is missing)") from error
        self._segmenter = spacy_pkuseg.pkuseg(model_name=model)

    def cut(self, text: str) -> Sequence[str]:
        return _whole(text, self._segmenter.cut(text))

    def tag(self, text: str) -> Sequence[tuple[str, str]]:
        return [(word, "x") for word in self.cut(text)]


class SegmenterError(ValueError):
    """The segmenter asked for cannot be made; the message says what to install or give."""


def _whole(text: str, words: Iterable[str]) -> list[str]:
    """The words with the blanks that pkuseg drops put back as words of their own, so that they join to ``text``."""
    out, at = [], 0
    for word in words:
        start = text.index(word, at)
        if start > at:
            out.append(text[at:start])
        out.append(word)
        at = start + len(word)
    if at < len(text):
        out.append(text[at:])
    return out


def make_segmenter(name: str = "jieba", *, model: str | None = None) -> Segmenter:
    """The segmenter of that name: ``jieba``, ``char``, or ``pkuseg`` with ``model`` the folder of a trained model.

    Raises :class:`SegmenterError` (a ValueError) where the name is unknown, the package or the model is missing.
    """
    if name == "jieba":
        return JiebaSegmenter()
    if name == "char":
        return CharSegmenter()
    if name == "pkuseg":
        if model is None:
            raise SegmenterError("pkuseg 需要自训模型：请给出 model 目录 (pkuseg ships no model; give the folder of a trained one)")
        return PkusegSegmenter(model)
    raise SegmenterError(f"未知的分词器 {name!r}：可用 jieba、pkuseg、char (unknown segmenter)")
