"""The protecting tokenizer: quantities are found on characters first and stay whole; a segmenter cuts the rest.

Registered as ``zhibiao.ProtectingTokenizer.v1``, so that a spaCy config can name it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from zhibiao.quantities import QuantityFinder, default_finder
from zhibiao.quantities.component import USER_DATA
from zhibiao.schema import Quantity

from .segmenters import Segmenter, make_segmenter
from .words import WordIndex

#: Where the tokenizer leaves what it found, in ``doc.user_data``.
QUANTITIES = USER_DATA
WORDS = "zhibiao.words"


class ProtectingTokenizer:
    """Makes a spaCy Doc of clean text; each quantity is one token whose norm is its kind, such as ``<money>``.

    ``doc.user_data`` holds the quantities (``zhibiao.quantities``) and the words with their parts of speech (``zhibiao.words``).
    """

    def __init__(self, vocab: Vocab, *, segmenter: Segmenter, finder: QuantityFinder) -> None:
        self.vocab = vocab
        self.segmenter = segmenter
        self.finder = finder

    def __call__(self, text: str) -> Doc:
        return self.make(text, self.finder.find(text))

    def make(self, text: str, quantities: Sequence[Quantity]) -> Doc:
        """The Doc of a text whose quantities (sorted by start) are already known."""
        index = WordIndex(text, quantities, self.segmenter.tag)
        doc = Doc(self.vocab, words=index.texts, spaces=[False] * len(index.texts))
        doc.user_data[QUANTITIES] = list(quantities)
        doc.user_data[WORDS] = index
        kinds = iter(quantities)
        for i, tag in enumerate(index.tags):
            if tag == "quantity":
                doc[i].norm_ = f"<{next(kinds).kind}>"
        return doc

    # spaCy asks a tokenizer for these; the segmenter and the finder are made anew from the config, nothing is stored.
    def to_bytes(self, *, exclude: Sequence[str] = ()) -> bytes:
        return b""

    def from_bytes(self, data: bytes, *, exclude: Sequence[str] = ()) -> ProtectingTokenizer:
        return self

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        return None

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> ProtectingTokenizer:
        return self


@registry.tokenizers("zhibiao.ProtectingTokenizer.v1")
def create_tokenizer(segmenter: str = "jieba", model: str | None = None) -> Callable[[Language], ProtectingTokenizer]:
    """The tokenizer's factory for spaCy configs: ``segmenter`` is jieba, pkuseg or char, ``model`` the folder of a pkuseg model."""

    def make(nlp: Language) -> ProtectingTokenizer:
        return ProtectingTokenizer(nlp.vocab, segmenter=make_segmenter(segmenter, model=model), finder=default_finder())

    return make
