"""The spaCy pipeline: made from one config, usable with ``nlp.pipe``, displaCy and DocBin."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import spacy
from spacy.language import Language
from thinc.api import Config


def load(model: str | Path | None = None, *, segmenter: str = "jieba") -> Language:
    """The zhibiao pipeline.

    ``model``: the folder of a saved pipeline; None makes it from the shipped config. ``segmenter``: jieba or char, for the shipped config.

    >>> doc = load()("全年受理工单26万件。")
    >>> [t.text for t in doc if t.norm_.startswith("<")]
    ['26万件']
    """
    _register()
    if model is not None:
        return spacy.load(model)
    config = Config().from_str(files("zhibiao").joinpath("config.cfg").read_text("utf-8"), overrides={"nlp.tokenizer.segmenter": segmenter})
    return spacy.util.load_model_from_config(config, auto_fill=True)


@cache
def _register() -> None:
    """Register tokenizer and factories also where the package's entry points are not installed (a checkout on the path)."""
    for module in ("quantities.component", "pairing.component", "tokens.tokenizer"):
        import_module(f"zhibiao.{module}")
