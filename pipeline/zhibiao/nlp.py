"""The spaCy pipeline: the shipped trained one, or one made from the config; usable with ``nlp.pipe``, displaCy and DocBin."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Literal

import spacy
from spacy.language import Language
from thinc.api import Config

from zhibiao.errors import ModelError

Stages = Literal["both", "patterns", "model"]
#: What each choice of stages leaves out.
_LEFT_OUT: dict[str, tuple[str, ...]] = {
    "both": (),
    "patterns": ("zhibiao_indicators", "zhibiao_meeting"),
    "model": ("zhibiao_statements",),
}


def load(model: str | Path | None = None, *, segmenter: str = "jieba", stages: Stages = "both") -> Language:
    """The zhibiao pipeline.

    ``model``: the folder of a trained pipeline; None takes the shipped one. ``stages``: ``both``, or ``patterns`` or ``model`` alone.
    ``segmenter``: jieba, or char; the shipped model knows jieba's words, so char goes with ``stages="patterns"`` only.
    Raises :class:`~zhibiao.errors.ModelError` where the model is missing, damaged or made for another version.

    >>> doc = load(stages="patterns")("全年受理工单26万件。")
    >>> [t.text for t in doc if t.norm_.startswith("<")]
    ['26万件']
    """
    register()
    if stages not in _LEFT_OUT:
        raise ValueError(f"stages={stages!r}: 可用 {'、'.join(_LEFT_OUT)} (use one of these)")
    if stages == "patterns" and model is None:
        text = files("zhibiao").joinpath("config.cfg").read_text("utf-8")
        return spacy.util.load_model_from_config(Config().from_str(text, overrides={"nlp.tokenizer.segmenter": segmenter}), auto_fill=True)
    if segmenter != "jieba":
        raise ValueError(f'segmenter={segmenter!r}: 随附模型按 jieba 训练，请用 stages="patterns" (the shipped model knows jieba\'s words)')
    folder = Path(model) if model is not None else shipped_model()
    if not (folder / "config.cfg").is_file():
        raise ModelError(detail=f"{folder.name}: 没有 config.cfg (not a saved pipeline)")
    try:
        return spacy.load(folder, exclude=list(_LEFT_OUT[stages]))
    except (ValueError, OSError, KeyError) as error:
        raise ModelError(detail=str(error)) from error


def shipped_model() -> Path:
    """The folder of the shipped model: ``models/core`` of a checkout, else the one installed with the package."""
    checkout = Path(__file__).parents[2] / "models" / "core"
    installed = Path(__file__).parent / "core"
    return next((path for path in (checkout, installed) if path.is_dir()), checkout)


@cache
def register() -> None:
    """Register tokenizer and factories also where the package's entry points are not installed (a checkout on the path)."""
    for module in ("quantities.component", "indicators.component", "pairing.component", "meeting.component", "tokens.tokenizer"):
        import_module(f"zhibiao.{module}")
