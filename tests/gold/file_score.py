"""Scores of test files, from the package; the truth of this checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zhibiao.annotate.files import score as scoring
from zhibiao.annotate.files.score import Score, is_right, score

__all__ = ["TRUTH", "Score", "is_right", "rows_of", "score"]

TRUTH = Path(__file__).parent / "files"


def rows_of(name: str) -> list[dict[str, Any]]:
    """The truth of one report."""
    return scoring.rows_of(TRUTH / f"{name}.jsonl")
