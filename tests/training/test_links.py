"""The ranker of the linker: it comes from the current annotations, its cases are what the annotations say, and fitting is repeatable and of use."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from zhibiao.annotate.links import LinkMark
from zhibiao.annotate.splits import Splits
from zhibiao.extractor import Extractor
from zhibiao.linking.linker import Linker
from zhibiao.linking.pairs import FEATURES
from zhibiao.linking.ranker import FOLDER, Ranker, chances
from zhibiao.linking.taxonomy import load_taxonomy
from zhibiao.training.fit_links import fit_ranker, link_cases, links_hash, stale_links
from zhibiao.training.links import LinkCase, accuracy, cases_of, judge_links

from .conftest import BUDGET, FACT, PAIR, marked

ROOT = Path(__file__).parents[2]
SPLITS = Splits(train=("w1",), dev=("w2",), test=("w3",))


# Is the stored one current?


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A root with a copy of the link annotations."""
    shutil.copytree(ROOT / "annotations" / "links", tmp_path / "annotations" / "links")
    return tmp_path


def test_the_shipped_ranker_is_current() -> None:
    assert stale_links(ROOT, FOLDER) == []


def change_line(file: Path, **values: object) -> None:
    first, *rest = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([json.dumps(json.loads(first) | values, ensure_ascii=False), *rest]) + "\n", "utf-8")


@pytest.mark.parametrize("file", ["a1.jsonl", "mentions/mentions.jsonl"])
def test_a_changed_link_makes_it_stale(copied: Path, file: str) -> None:
    change_line(copied / "annotations" / "links" / file, links=["m-carryover", "m-executed"])
    (problem,) = stale_links(copied, FOLDER)
    assert "链接标注" in problem
    assert "make train" in problem


def test_a_doubt_does_not_make_it_stale(copied: Path) -> None:
    change_line(copied / "annotations" / "links" / "a1.jsonl", unsure=True)
    assert stale_links(copied, FOLDER) == []


@pytest.mark.parametrize(("key", "word"), [("features", "特征"), ("version", "特征版本")])
def test_other_features_make_it_stale(tmp_path: Path, key: str, word: str) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "ranker"))
    about = json.loads((folder / "about.json").read_text("utf-8"))
    (folder / "about.json").write_text(json.dumps(about | {key: None}), "utf-8")
    (problem,) = stale_links(ROOT, folder)
    assert f"的{word} " in problem


def test_a_missing_ranker_is_told(tmp_path: Path) -> None:
    (problem,) = stale_links(ROOT, tmp_path / "nowhere")
    assert "make train" in problem


def test_the_hash_does_not_depend_on_the_order(copied: Path) -> None:
    folder = copied / "annotations" / "links"
    before = links_hash(folder)
    lines = (folder / "a1.jsonl").read_text("utf-8").splitlines()
    (folder / "a1.jsonl").write_text("\n".join(lines[::-1]) + "\n", "utf-8")
    assert links_hash(folder) == before


# Cases.


def cases(*marks: LinkMark, extractor: Extractor | None = None) -> list[LinkCase]:
    passages = {
        "pair": marked(PAIR, id="pair", writer="w1"),
        "fact": marked(FACT, id="fact", dept="热线", writer="w2"),
        "budget": marked(BUDGET, id="budget", dept="财政", writer="w3"),
    }
    return cases_of(marks, passages, SPLITS, extractor=extractor)


def mark(passage: str, record: int, *links: str) -> LinkMark:
    return LinkMark(passage, record, False, links)


def test_a_case_is_a_passage_with_its_mentions_in_order() -> None:
    pair, fact = cases(mark("pair", 1, "m-carryover"), mark("fact", 2), mark("fact", 1, "m-executed", "m-self-score"))
    assert (pair.passage, pair.part, pair.found) == ("pair", "train", False)
    assert (fact.passage, fact.part, fact.found) == ("fact", "dev", False)
    assert [m.name for m in (*pair.mentions, *fact.mentions)] == ["自助终端", "受理工单", "受理工单"]
    assert pair.right == (frozenset({"m-carryover"}),)
    assert fact.right == (frozenset(), frozenset({"m-executed", "m-self-score"}))


def test_a_mention_is_what_the_extractor_would_ask() -> None:
    (pair,), (fact,) = (case.mentions for case in cases(mark("pair", 1), mark("fact", 2)))
    assert (pair.unit, pair.kind, pair.op, pair.record_type) == ("台", "count", ">=", "performance")
    assert (fact.unit, fact.kind, fact.change) == ("%", "percent", "同比增长")
    assert "自助终端" in pair.context
    assert {pair.org, fact.org} <= {"", "教育局", "热线局"}


def test_the_names_that_the_extractor_finds(extractor: Extractor) -> None:
    annotated, found = cases(mark("fact", 1, "m-executed"), mark("fact", 2), extractor=extractor)
    assert (annotated.found, found.found) == (False, True)
    assert found.passage == "fact"
    assert {(m.name, right) for m, right in zip(found.mentions, found.right, strict=True)} == {
        ("受理工单", frozenset({"m-executed"})),
        ("受理工单", frozenset()),
    }


def test_a_found_record_that_nobody_decided_is_not_judged(extractor: Extractor) -> None:
    _, found = cases(mark("fact", 1, "m-executed"), extractor=extractor)
    assert set(found.right) == {None, frozenset({"m-executed"})}


@pytest.mark.parametrize("strange", [mark("nowhere", 1), mark("pair", 7), LinkMark("pair", 1, True, ())])
def test_a_mark_of_what_is_not_there(strange: LinkMark) -> None:
    with pytest.raises(KeyError):
        cases(strange)


def test_the_shipped_cases_have_all_three_parts() -> None:
    shipped = link_cases(ROOT)
    assert {case.part for case in shipped} == {"train", "dev", "test"}
    assert all(len(case.mentions) == len(case.right) for case in shipped)
    alone = [case for case in shipped if case.passage.startswith("mention-")]
    assert len(alone) >= 200
    assert {case.part for case in alone} == {"train"}


# Fitting.


@pytest.fixture(scope="module")
def some() -> list[LinkCase]:
    return [case for case in link_cases(ROOT) if case.part == "train"][:30]


@pytest.fixture(scope="module")
def fitted(some: list[LinkCase]) -> Ranker:
    return fit_ranker(some, load_taxonomy())


def test_two_fits_give_equal_probabilities(some: list[LinkCase], fitted: Ranker) -> None:
    again = fit_ranker(some, load_taxonomy())
    features = np.random.default_rng(7).random((50, len(FEATURES))).astype(np.float32)
    for part in ("first", "second"):
        np.testing.assert_array_equal(chances(getattr(again, part), features), chances(getattr(fitted, part), features))
    linkers = [Linker(load_taxonomy(), ranker=ranker) for ranker in (fitted, again)]
    assert all(len({tuple(linker.link_many(case.mentions)) for linker in linkers}) == 1 for case in some)
    assert again.about == fitted.about


def test_a_fit_is_of_use(some: list[LinkCase], fitted: Ranker) -> None:
    """On passages that it has not seen it finds most entries, though it saw thirty."""
    seen = {case.passage for case in some}
    fresh = [case for case in link_cases(ROOT) if case.part == "train" and case.passage not in seen][:60]
    linked, nil, in_ten, with_entry, without = accuracy(judge_links(fresh, Linker(load_taxonomy(), ranker=fitted)))
    assert with_entry > 50
    assert without > 20
    assert linked > 0.5
    assert nil > 0.5
    assert in_ten >= linked


def test_accuracy_of_nothing() -> None:
    assert accuracy([])[3:] == (0, 0)
