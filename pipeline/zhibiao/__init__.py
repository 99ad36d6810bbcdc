"""zhibiao (指标): quantities, indicators and target/actual pairs from Chinese government performance reports.

Two names are public: :func:`load`, the spaCy pipeline, and :func:`extract`, tables from files or from a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["__version__", "extract", "load"]

if TYPE_CHECKING:
    from zhibiao.api import extract as extract
    from zhibiao.nlp import load as load


def __getattr__(name: str) -> object:
    # spaCy and pandas are imported when they are asked for, so that ``zhibiao version`` and ``--help`` answer at once.
    if name == "load":
        from zhibiao.nlp import load

        return load
    if name == "extract":
        from zhibiao.api import extract

        return extract
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
