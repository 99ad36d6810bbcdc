"""The training corpus is what the guide says: it reads, its marks hold, its ids are unique, and no passage stands in it twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from zhibiao.annotate import markup

FILES = sorted((Path(__file__).parents[2] / "annotations" / "corpus").glob("*.txt"))
_SHARED = 0.4  # of a passage's eight-character pieces


@pytest.fixture(scope="module")
def passages():
    return [passage for path in FILES for passage in markup.read(path)]


def test_there_is_a_corpus(passages):
    assert len(FILES) >= 40
    assert len(passages) >= 1000
    assert {p.layout for p in passages} == {"prose", "table", "bulletin", "budget", "pairs"}


@pytest.mark.parametrize("path", FILES, ids=[p.stem for p in FILES])
def test_marks_hold(path):
    assert [(p.id, problem) for p in markup.read(path) for problem in markup.problems(p)] == []


def test_ids_are_unique(passages):
    assert [name for name, n in Counter(p.id for p in passages).items() if n > 1] == []


def test_no_passage_stands_twice(passages):
    """No two passages share two fifths of the shorter one's words: a split by passage would leak."""
    where: dict[str, set[int]] = {}
    pieces = []
    for i, passage in enumerate(passages):
        text = "".join(passage.text.split())
        pieces.append({text[k : k + 8] for k in range(len(text) - 7)})
        for piece in pieces[-1]:
            where.setdefault(piece, set()).add(i)
    shared: Counter[tuple[int, int]] = Counter()
    for places in where.values():
        if 1 < len(places) <= 20:
            ordered = sorted(places)
            shared.update((a, b) for n, a in enumerate(ordered) for b in ordered[n + 1 :])
    close = [(passages[a].id, passages[b].id, n) for (a, b), n in shared.items() if n > _SHARED * min(len(pieces[a]), len(pieces[b]))]
    assert close == []
