"""A document as a whole: who votes for whom, and the same words with one answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from zhibiao.linking.mention import Mention, Query
from zhibiao.linking.neighbours import REACH, VOTES_FROM, alike, votes

#: Entries 0 and 1 are of field 0, entry 2 of field 1, entry 3 of a general one.
FIELD_OF, GENERAL = np.array([0, 0, 1, 2]), np.array([False, False, False, True])


def share(
    names: Sequence[str], best: Sequence[int], entry: int, *, of: int = -1, sections: Sequence[str] = (), chance: float = 0.9
) -> float:
    """The votes that the mention ``of`` gets for ``entry``."""
    queries = [Query.of(Mention(name, section=section)) for name, section in zip(names, sections or [""] * len(names), strict=True)]
    got = votes(
        queries, np.array(best), np.full(len(names), chance), FIELD_OF, GENERAL, np.array([of % len(names)]), np.array([entry])
    )  # fmt: skip
    assert got.dtype == np.float32
    return float(got[0])


def test_the_share_of_the_votes_for_the_field() -> None:
    assert [share(["甲灯", "乙灯", "丙灯", "丁灯"], [0, 1, 2, 3], entry) for entry in (0, 1, 2)] == pytest.approx([2 / 3, 2 / 3, 1 / 3])


def test_those_after_vote_like_those_before() -> None:
    assert share(["甲灯", "乙灯"], [2, 0], 0, of=0) == share(["乙灯", "甲灯"], [0, 2], 0, of=1) == 1.0


def test_nobody_votes_alone() -> None:
    assert share(["甲灯"], [0], 0) == 0.0


def test_only_the_same_section_votes() -> None:
    names, best = ["甲灯", "乙灯", "丙灯"], [0, 2, 1]
    assert share(names, best, 0, sections=["一", "二", "二"]) == 0.0
    assert share(names, best, 0, sections=["二", "一", "二"]) == 1.0


@pytest.mark.parametrize(("between", "wanted"), [(REACH - 1, 1.0), (REACH, 0.0)])
def test_the_reach(between: int, wanted: float) -> None:
    assert share(["甲灯", *["丙灯"] * between, "丁灯"], [0, *[-1] * between, 2], 0) == wanted


def test_the_own_name_has_no_vote() -> None:
    assert share(["全市甲灯情况", "甲灯"], [0, 2], 0) == 0.0


@pytest.mark.parametrize("best", [-1, 3])
def test_nil_and_general_fields_have_no_vote(best: int) -> None:
    assert share(["甲灯", "乙灯", "丙灯"], [best, 0, 2], 0) == 1.0


def test_a_general_field_gets_no_vote() -> None:
    assert share(["甲灯", "乙灯"], [3, 0], 3) == 0.0
    assert share(["甲灯", "乙灯"], [0, 0], 3) == 0.0


@pytest.mark.parametrize(("chance", "wanted"), [(VOTES_FROM, 1.0), (VOTES_FROM - 0.01, 0.0)])
def test_an_unsure_mention_has_no_vote(chance: float, wanted: float) -> None:
    assert share(["甲灯", "乙灯"], [0, 2], 0, chance=chance) == wanted


def test_no_pairs() -> None:
    nothing = np.zeros(0, np.int64)
    assert len(votes([Query.of(Mention("甲灯"))], np.array([-1]), np.zeros(1), FIELD_OF, GENERAL, nothing, nothing)) == 0


def taken(mentions: Sequence[Mention], entries: Sequence[int], chances: Sequence[float], *, ambiguous: bool = False) -> list[int]:
    return alike([Query.of(m) for m in mentions], entries, chances, ambiguous=[ambiguous] * len(mentions))


def lamp(name: str = "灯笼数量", unit: str = "只", **facts: str) -> Mention:
    return Mention(name, unit, "count", **facts)


def test_the_same_words_take_the_likeliest_answer() -> None:
    assert taken([lamp(), lamp("灯笼 “数量”"), lamp()], [7, 8, 7], [0.4, 0.5, 0.6]) == [0, 2, 2]


def test_equal_answers_stay_where_they_are() -> None:
    assert taken([lamp(), lamp()], [7, 7], [0.4, 0.9]) == [0, 1]


def test_the_sum_counts_not_the_single_best() -> None:
    assert taken([lamp(), lamp(), lamp()], [7, 8, 7], [0.5, 0.8, 0.5]) == [0, 0, 2]


def test_nil_can_win() -> None:
    assert taken([lamp(), lamp()], [-1, 7], [0.9, 0.4]) == [0, 0]


def test_of_equals_nil_wins_then_the_first_entry() -> None:
    assert taken([lamp(), lamp()], [7, -1], [0.5, 0.5]) == [1, 1]
    assert taken([lamp(), lamp()], [8, 7], [0.5, 0.5]) == [1, 1]


@pytest.mark.parametrize(
    "other",
    [lamp("灯笼总数"), Mention("灯笼数量", "%", "percent"), lamp(record_type="score"), lamp(change="同比增长")],
    ids=["words", "kind", "score", "change"],
)
def test_others_are_left_alone(other: Mention) -> None:
    assert taken([lamp(), other], [7, 8], [0.9, 0.1]) == [0, 1]


def test_an_ambiguous_name_is_decided_by_each_section() -> None:
    mentions = [lamp(section="一"), lamp(section="二"), lamp(section="二")]
    assert taken(mentions, [7, 8, 9], [0.9, 0.4, 0.5], ambiguous=True) == [0, 2, 2]
    assert taken(mentions, [7, 8, 9], [0.9, 0.4, 0.5]) == [0, 0, 0]


def test_no_mentions() -> None:
    assert taken([], [], []) == []
