"""The index of wordings: n-grams of any text, the search with its filter and its order, and the lookup for people."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.linking.candidates import TOP_ENTRIES, CandidateIndex
from zhibiao.linking.taxonomy import load_taxonomy, parse_taxonomy

ROWS: list[dict[str, Any]] = [
    {"id": "open-days", "name": "开放天数", "kind": "duration", "units": ["天"], "aliases": ["展馆开放日数"]},
    {"id": "visits", "name": "展馆参观人次", "kind": "count", "units": ["人次"], "aliases": ["参观人次"], "shared": ["参观人次"]},
    {"id": "hall-visits", "name": "礼堂参观人次", "kind": "count", "units": ["人次"], "aliases": ["参观人次"], "shared": ["参观人次"]},
    {"id": "pleased", "name": "参观满意率", "kind": "percent", "units": ["%"], "endings": ["观众好评占比"]},
    {"id": "a", "name": "甲灯笼数量", "kind": "count"},
    {"id": "b", "name": "乙灯笼数量", "kind": "count"},
    {"id": "c", "name": "丙灯笼数量", "kind": "count"},
]


@pytest.fixture(scope="module")
def index() -> CandidateIndex:
    return CandidateIndex(parse_taxonomy("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)))


def ids_of(index: CandidateIndex, wordings: Any) -> list[str]:
    return [index.taxonomy.entries[index.wordings[w].entry].id for w in wordings.tolist()]


def search(index: CandidateIndex, *names: str, allowed: Any = None, ahead: Any = None) -> list[list[str]]:
    found = index.search(index.gram_table(names), [allowed] * len(names), [ahead] * len(names))
    return [ids_of(index, wordings) for wordings in found]


# N-grams. Texts hold no blanks: the linker takes them out.
texts = st.lists(
    st.text(st.characters(exclude_characters=" ")).filter(lambda text: " " not in text)
    | st.text("展馆参观人次开放灯笼甲\ud800\udfff\U00020000\U0001f600\n\u3000a", max_size=12),
    max_size=6,
)


@given(texts)
def test_table_and_flags_agree(index: CandidateIndex, some: list[str]) -> None:
    table, flags = index.gram_table(some), index.gram_flags(some)
    assert flags.shape == (len(some), index.width)
    assert len(table.starts) == len(some) + 1
    for i in range(len(some)):
        columns = table.columns[table.starts[i] : table.starts[i + 1]]
        assert columns.tolist() == np.flatnonzero(flags[i]).tolist()


@given(texts)
def test_the_mass_is_at_least_that_of_the_known_grams(index: CandidateIndex, some: list[str]) -> None:
    table = index.gram_table(some)
    for i in range(len(some)):
        assert table.mass[i] >= table.squares[table.starts[i] : table.starts[i + 1]].sum() * 0.999


@given(texts.filter(bool), st.data())
def test_some_texts_alone(index: CandidateIndex, some: list[str], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(some) - 1), max_size=5))
    part, direct = index.gram_table(some).only(chosen), index.gram_table([some[i] for i in chosen])
    for one, other in zip(part, direct, strict=True):
        np.testing.assert_array_equal(one, other)


def test_surrogates_and_characters_beyond_the_basic_plane_are_unknown(index: CandidateIndex) -> None:
    assert not index.gram_flags(["\ud800", "\U00020000\U0001f600", ""]).any()
    assert index.gram_table(["\U00020000\U0001f600", ""]).mass.tolist() == [index.gram_table(["齉鼍"]).mass[0], 0.0]


def test_pairs_do_not_reach_over_the_border_of_texts(index: CandidateIndex) -> None:
    apart, whole = index.gram_flags(["灯", "笼"]).any(0), index.gram_flags(["灯笼"])[0]
    assert whole.sum() == apart.sum() + 1


def test_a_wording_has_the_grams_with_which_it_is_kept(index: CandidateIndex) -> None:
    kept = [i for i, wording in enumerate(index.wordings) if wording.text != "观众好评占比"]
    told = index.gram_table([index.wordings[i].trimmed for i in kept])
    np.testing.assert_array_equal(told.columns, index.grams.only(kept).columns)
    np.testing.assert_allclose(told.mass, index.grams.only(kept).mass, rtol=1e-6)


# Search.


def test_the_nearest_entry_comes_first_and_once(index: CandidateIndex) -> None:
    (found,) = search(index, "展馆参观人次")
    assert found[0] == "visits"
    assert len(found) == len(set(found))


def test_an_entry_that_is_not_allowed_is_not_given(index: CandidateIndex) -> None:
    percent = np.array([entry.kind == "percent" for entry in index.taxonomy])
    assert search(index, "展馆参观人次", allowed=percent) == [["pleased"]]
    assert search(index, "展馆参观人次", allowed=np.zeros(len(index.taxonomy), bool)) == [[]]


def test_each_name_has_its_own_filter(index: CandidateIndex) -> None:
    percent = np.array([entry.kind == "percent" for entry in index.taxonomy])
    found = index.search(index.gram_table(["参观人次", "参观人次"]), [percent, None], [None, None])
    assert ids_of(index, found[0]) == ["pleased"]
    assert ids_of(index, found[1])[:2] == ["visits", "hall-visits"]


def test_ties_stand_in_the_order_of_the_file(index: CandidateIndex) -> None:
    assert search(index, "灯笼") == [["a", "b", "c"]]


def test_what_is_ahead_breaks_the_tie(index: CandidateIndex) -> None:
    ahead = np.array([0.1 if entry.id == "c" else 0.0 for entry in index.taxonomy], np.float32)
    assert search(index, "灯笼", ahead=ahead) == [["c", "a", "b"]]


def test_a_search_does_not_depend_on_the_batch(index: CandidateIndex) -> None:
    names = ["灯笼", "展馆参观人次", "", "齉鼍", "开放天数", "参观满意率"]
    alone = [search(index, name)[0] for name in names]
    assert search(index, *names) == alone
    assert search(index, *reversed(names)) == alone[::-1]
    assert search(CandidateIndex(index.taxonomy), *names) == alone


def test_an_empty_batch_and_names_that_share_nothing(index: CandidateIndex) -> None:
    assert search(index) == []
    assert search(index, "", "齉鼍", "\ud800") == [[], [], []]


def test_not_more_than_so_many_entries() -> None:
    shipped = CandidateIndex(load_taxonomy())
    assert max(map(len, search(shipped, "培训人次完成率", "补助资金发放"))) == TOP_ENTRIES


def test_frequent_grams_retrieve_nothing(index: CandidateIndex) -> None:
    assert search(CandidateIndex(index.taxonomy, max_postings=2), "灯笼") == [[]]


def test_an_ending_is_no_near_wording(index: CandidateIndex) -> None:
    assert search(index, "好评占比") == [[]]
    (hit,) = index.exact("夜间观众好评占比", "夜间观众好评占比", "percent")
    assert (index.wordings[hit.wording].text, hit.exact) == ("观众好评占比", 0.7)


# Lookup.


def test_exact_words_come_first_then_those_that_hold_them(index: CandidateIndex) -> None:
    found = index.lookup("参观人次")
    assert [(entry.id, wording, near) for entry, wording, near in found[:2]] == [
        ("visits", "参观人次", 1.0),
        ("hall-visits", "参观人次", 1.0),
    ]
    nearness = [near for _, _, near in found]
    assert nearness == sorted(nearness, reverse=True)
    assert {(entry.id, wording) for entry, wording, _ in found} >= {("visits", "展馆参观人次"), ("hall-visits", "礼堂参观人次")}
    assert all(near < 1.0 for near in nearness[2:])


def test_a_lookup_folds_what_was_typed(index: CandidateIndex) -> None:
    assert index.lookup(" “参观”  满意率 ")[0][::2] == (index.taxonomy["pleased"], 1.0)


def test_a_lookup_gives_so_many_at_most(index: CandidateIndex) -> None:
    assert len(index.lookup("参观", top=2)) == 2


def test_a_lookup_among_some_entries(index: CandidateIndex) -> None:
    """What is not among them takes no place of what is."""
    among = np.array([entry.id == "hall-visits" for entry in index.taxonomy])
    found = index.lookup("参观人次", among=among)
    assert found == [row for row in index.lookup("参观人次") if row[0].id == "hall-visits"]
    assert index.lookup("参观人次", among=among, top=1) == found[:1] != []
    assert index.lookup("参观人次", among=np.zeros(len(index.taxonomy), np.bool_)) == []


@pytest.mark.parametrize("words", ["", " ", "——", "齉鼍", "\ud800", "\U0001f600"])
def test_words_of_nothing_find_nothing(index: CandidateIndex, words: str) -> None:
    assert index.lookup(words) == []
