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
        self.cut = self._jieba.cut
        self.tag = self._jieba.tag

    def cut(self, text: str) -> Sequence[str]:  # replaced by the compiled method in __init__
        raise NotImplementedError

    def tag(self, text: str) -> Sequence[tuple[str, str]]:  # replaced by the compiled method in __init__
        raise NotImplementedError


class CharSegmenter:
    """One character a word; needs nothing."""

    name = "char"

    def cut(self, text: str) -> Sequence[str]:
        return list(text)

    def tag(self, text: str) -> Sequence[tuple[str, str]]:
        return [(ch, "x") for ch in text]


def make_segmenter(name: str = "jieba") -> Segmenter:
    """The segmenter of that name: ``jieba`` or ``char``. Raises ValueError for any other."""
    if name == "jieba":
        return JiebaSegmenter()
    if name == "char":
        return CharSegmenter()
    raise ValueError(f"未知的分词器 {name!r}：可用 jieba、char (unknown segmenter)")
