"""The training corpus is what the guide says: it reads, its marks hold, its ids are unique, and no passage stands in it twice."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from zhibiao.annotate.check import LAYOUTS, SHARED, Problem, check_corpus, summary

ANNOTATIONS = Path(__file__).parents[2] / "annotations"
FILES = sorted((ANNOTATIONS / "corpus").glob("*.txt"))
SPLITS = ANNOTATIONS / "splits.json"


@pytest.fixture(scope="module")
def errors() -> dict[str, list[Problem]]:
    """The errors of the corpus by file, those of the splits under their own."""
    out: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in check_corpus(FILES, splits=SPLITS if SPLITS.exists() else None):
        if problem.severity == "error":
            out[problem.where.split(":")[0]].append(problem)
    return out


def of_kind(errors: dict[str, list[Problem]], *kinds: str) -> list[str]:
    return [str(problem) for problems in errors.values() for problem in problems if problem.what in kinds]


def test_there_is_a_corpus() -> None:
    counts = summary(FILES)
    assert len(FILES) >= 40
    assert counts.passages >= 1000
    assert set(counts.layouts) == set(LAYOUTS)
    assert counts.nearest <= SHARED


@pytest.mark.parametrize("path", FILES, ids=[p.stem for p in FILES])
def test_marks_hold(path: Path, errors: dict[str, list[Problem]]) -> None:
    assert [str(problem) for problem in errors.get(path.name, ())] == []


def test_ids_are_unique(errors: dict[str, list[Problem]]) -> None:
    assert of_kind(errors, "id") == []


def test_no_passage_stands_twice(errors: dict[str, list[Problem]]) -> None:
    """No two passages share two fifths of the shorter one's words: a split would leak."""
    assert of_kind(errors, "same-text", "near-duplicate") == []


@pytest.mark.skipif(not SPLITS.exists(), reason="annotations/splits.json is not there yet")
def test_the_splits_hold(errors: dict[str, list[Problem]]) -> None:
    assert of_kind(errors, "splits", "frozen") == []
