"""spaCy component ``zhibiao_indicators``: tags names and roles; names as spans at ``doc.spans["indicators"]``, all tags in ``user_data``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

from zhibiao.tokens.tokenizer import QUANTITIES, WORDS

from .features import BUCKETS, Batch
from .labels import TAGS, chunks
from .tagger import Tagged, Weights, tag

#: Keys of ``doc.user_data``: whether the passage stands under a heading of targets (set by the caller), and what the component leaves.
OF_TARGETS = "zhibiao.of_targets"
TAGGED = "zhibiao.tagged"
_FILE = "weights.npz"
#: Raised when features or tags change their meaning: a model of another number cannot be read.
FEATURES = 1


class ModelMismatchError(ValueError):
    """A stored model that does not fit this version of the code; the message says what to do."""

    def __init__(self, part: str, found: object, wanted: object) -> None:
        super().__init__(
            f"模型与程序版本不符：{part} 为 {found}，本程序需要 {wanted}。请换用同版本的模型，或运行 make train 重新训练"
            f" (the model does not fit this version: {part} is {found}, wanted {wanted}; use its own model or run `make train`)"
        )


class Indicators:
    """Tags the words of each Doc made by the protecting tokenizer. Without weights (not yet trained) it tags nothing.

    ``doc.user_data["zhibiao.tagged"]`` is a :class:`~zhibiao.indicators.tagger.Tagged`; ``doc.spans[spans_key]`` the names, labelled
    ``INDICATOR``.
    """

    def __init__(self, name: str = "zhibiao_indicators", *, weights: Weights | None = None, spans_key: str = "indicators") -> None:
        self.name = name
        self.weights = weights
        self.spans_key = spans_key

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Tag many Docs; a batch at a time is much faster than one by one."""
        for listed in batches(stream, batch_size):
            for doc, tagged in zip(listed, self.predict(listed), strict=True):
                doc.user_data[TAGGED] = tagged
                doc.spans[self.spans_key] = [Span(doc, a, b, "INDICATOR") for a, b, kind in chunks(tagged.tags) if kind == "I"]
                yield doc

    def predict(self, docs: Sequence[Doc]) -> list[Tagged]:
        """Tags and probabilities of each Doc's words."""
        if self.weights is None:
            return [Tagged([0] * len(doc), np.zeros((len(doc), len(TAGS)), np.float32)) for doc in docs]
        passages = [(doc.user_data[WORDS], doc.user_data[QUANTITIES]) for doc in docs]
        return tag(self.weights, Batch(passages, of_targets=[bool(doc.user_data.get(OF_TARGETS)) for doc in docs]))

    def initialize(self, get_examples: Callable[[], Iterable[Example]], *, nlp: Language | None = None, trainer: Any = None) -> None:
        """Train from scratch: ``trainer`` (named in the config's ``[initialize.components]``; spaCy wants its type left open) makes the weights; without one they stay."""
        if trainer is not None:
            self.weights = trainer(list(get_examples()))

    # -- storage: numpy arrays, no pickle ---------------------------------------------------------------------------------------------

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        if self.weights is None:
            return
        rows = np.flatnonzero((self.weights.state != 0).any(axis=1))
        np.savez_compressed(
            folder / _FILE, features=np.array(FEATURES), tags=np.array(TAGS), rows=rows.astype(np.uint32),
            state=self.weights.state[rows].astype(np.float16), step=self.weights.step,
        )  # fmt: skip

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> Indicators:
        file = Path(path) / _FILE
        if not file.is_file():
            return self
        with np.load(file, allow_pickle=False) as stored:
            if int(stored["features"]) != FEATURES:
                raise ModelMismatchError("features", int(stored["features"]), FEATURES)
            if tuple(stored["tags"].tolist()) != TAGS:
                raise ModelMismatchError("tags", ", ".join(stored["tags"].tolist()), ", ".join(TAGS))
            state = np.zeros((BUCKETS + 1, len(TAGS)), np.float32)
            state[stored["rows"]] = stored["state"]
            self.weights = Weights(state, stored["step"])
        return self

    def to_bytes(self, *, exclude: Sequence[str] = ()) -> bytes:
        raise NotImplementedError("请用 to_disk 保存 (use to_disk)")

    def from_bytes(self, data: bytes, *, exclude: Sequence[str] = ()) -> Indicators:
        raise NotImplementedError("请用 from_disk 装载 (use from_disk)")


@Language.factory("zhibiao_indicators", assigns=["doc.spans", "doc.user_data"], default_config={"spans_key": "indicators"})
def create_indicators(nlp: Language, name: str, spans_key: str) -> Indicators:
    """Factory of the tagger; it needs the protecting tokenizer."""
    return Indicators(name, spans_key=spans_key)


def batches(stream: Iterable[Doc], size: int) -> Iterator[list[Doc]]:
    """The stream in lists of at most ``size``."""
    docs = iter(stream)
    while listed := list(islice(docs, size)):
        yield listed


def under_targets(section: Sequence[str]) -> bool:
    """Do the headings say that what follows are targets?"""
    return bool(section) and "目标" in section[-1]
