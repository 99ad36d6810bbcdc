"""``zhibiao.extract``: tables from files or from a text, as pandas frames."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from zhibiao.export.frames import frames_of
from zhibiao.extractor import Extractor
from zhibiao.readers import discover
from zhibiao.readers.heading import heading
from zhibiao.readers.registry import format_of
from zhibiao.runner import outcomes
from zhibiao.schema import Document, Failure, Report

if TYPE_CHECKING:
    import pandas as pd


@cache
def shared_extractor() -> Extractor:
    """The extractor with the shipped pipeline and taxonomy, made once a process."""
    return Extractor()


def extract(source: str | PathLike[str] | Sequence[str | PathLike[str]], *, exact_values: bool = False) -> dict[str, pd.DataFrame]:
    """Extract the tables of CONTRACT.md from files, folders or patterns, or from a text.

    ``source``: a path or several (folders are searched, patterns expanded), or the text of a report itself: a ``str`` that holds a line
    break or that names nothing on disk and is no pattern is taken as text (``doc_id`` is then ``text``). Returns one frame a table:
    quantities, records, reports, findings, errors; inputs that fail are rows of ``errors``, nothing is raised for them.
    ``exact_values=True`` gives measured values as :class:`decimal.Decimal` instead of ``float64``.

    >>> frames = extract("全年受理热线工单26万件，同比增长5.2%。")
    >>> frames["records"][["indicator", "actual_value", "actual_unit", "change"]].values.tolist()
    [['受理热线工单', 260000.0, '件', ''], ['受理热线工单', 5.2, '%', '同比增长']]
    """
    if isinstance(source, str) and _is_text(source):
        return frames_of([shared_extractor().extract(report_of(source))], exact_values=exact_values)
    inputs = [str(source)] if isinstance(source, (str, PathLike)) else [str(s) for s in source]
    documents: list[Document] = []
    failures: list[Failure] = []
    for outcome, _ in outcomes(discover(inputs), extractor=shared_extractor()):
        (failures if isinstance(outcome, Failure) else documents).append(outcome)  # type: ignore[arg-type]
    return frames_of(documents, failures=failures, exact_values=exact_values)


def report_of(text: str, *, doc_id: str = "text") -> Report:
    """A report made of a text; title, department, region and year are read from it."""
    known = heading(text)
    return Report(doc_id, "", sha256(text.encode("utf-8")).hexdigest(), "text", text, known.title, known.org, known.region, known.year)


def _is_text(source: str) -> bool:
    if "\n" in source:
        return True
    try:
        named = Path(source).exists()
    except (OSError, ValueError):
        named = False
    return not named and not any(ch in source for ch in "*?[") and format_of(Path(source)) is None
