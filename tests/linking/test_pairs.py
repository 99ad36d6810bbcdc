"""The pairs of mentions and entries: features in their ranges, wordings that are hidden, defaults, refused kinds, and the memory of pairs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhibiao.linking import pairs as pairs_module
from zhibiao.linking import shortlist
from zhibiao.linking.candidates import CandidateIndex
from zhibiao.linking.mention import Mention, Query
from zhibiao.linking.pairs import FEATURES, PRIOR, VOTES, PairMaker, Pairs
from zhibiao.linking.taxonomy import load_taxonomy, parse_taxonomy

INDEX = CandidateIndex(load_taxonomy())
#: Features that may leave 0…1, and their bounds.
BOUNDS = {
    "default": (-1, 1),
    "unit_clash": (-1, 0),
    "lacks": (0, 20),
    "adds": (0, 20),
    "held": (0, 60),
    "characters": (1, 60),
    "wording_characters": (1, 60),
}


@pytest.fixture(scope="module")
def maker() -> PairMaker:
    return PairMaker(INDEX)


@pytest.fixture(scope="module")
def mentions(root: Path) -> list[Mention]:
    rows = [json.loads(line) for line in (root / "tests" / "cases" / "links.jsonl").read_text("utf-8").splitlines()]
    more = [
        Mention("区灯笼局财政拨款", "元", "money", "budget"),
        Mention("灯笼布展项目", "元", "money", "budget", project="灯笼布展项目"),
        Mention("灯笼布展得分", "分", "score", "score", section="灯笼布展"),
        Mention("灯笼单价", "元/只", "rate"),
        Mention("参训人次", "%", "percent", change="同比下降", context="灯笼班\n 参训 \ud800\U0001f600"),
        Mention("热线工单按时办结率", "%", op="<="),
    ]
    return [*more, *(Mention(**{key: value for key, value in row.items() if key != "expect"}) for row in rows)]


def pairs_of(maker: PairMaker, *mentions: Mention, **options: Any) -> Pairs:
    return maker.make([Query.of(mention) for mention in mentions], **options)


def rows_of(pairs: Pairs, mention: int = 0) -> dict[str, dict[str, float]]:
    """The features of the pairs of one mention by the id of the entry."""
    return {
        INDEX.taxonomy.entries[pairs.entry[row]].id: dict(zip(FEATURES, pairs.features[row].tolist(), strict=True))
        for row in np.flatnonzero(pairs.mention == mention)
    }


# Features.


@pytest.mark.parametrize("name", [name for i, name in enumerate(FEATURES) if i not in (VOTES, PRIOR)])
def test_features_are_in_their_ranges(maker: PairMaker, mentions: list[Mention], name: str) -> None:
    values = pairs_of(maker, *mentions).features[:, FEATURES.index(name)]
    low, high = BOUNDS.get(name, (0, 1))
    assert np.isfinite(values).all()
    assert values.min() >= low - 1e-5
    assert values.max() <= high + 1e-5


def test_votes_and_priors_are_left_to_the_linker(maker: PairMaker, mentions: list[Mention]) -> None:
    assert not pairs_of(maker, *mentions).features[:, [VOTES, PRIOR]].any()


def test_the_pairs_of_a_mention_stand_together_each_entry_once(maker: PairMaker, mentions: list[Mention]) -> None:
    pairs = pairs_of(maker, *mentions)
    assert (np.diff(pairs.mention) >= 0).all()
    assert len({*zip(pairs.mention.tolist(), pairs.entry.tolist(), strict=True)}) == len(pairs.mention)
    assert (INDEX.entry_of[pairs.wording] == pairs.entry).all()


def test_an_exact_name_shares_everything(maker: PairMaker) -> None:
    found = rows_of(pairs_of(maker, Mention("热线工单按时办结率", "%")))["hl-ontime"]
    assert found["exact"] == 1.0
    assert [found[name] for name in ("cosine", "cover_wording", "cover_name", "unit", "same_kind")] == pytest.approx([1.0] * 5)
    assert [found[name] for name in ("unit_clash", "no_unit", "lacks", "adds", "others", "behind")] == pytest.approx([0.0] * 6, abs=1e-6)


def test_a_target_against_the_direction(maker: PairMaker) -> None:
    against, along = (rows_of(pairs_of(maker, Mention("热线工单按时办结率", "%", op=op)))["hl-ontime"]["direction"] for op in ("<=", ">="))
    assert (against, along) == (1.0, 0.0)


def test_a_batch_gives_what_each_gives_alone(maker: PairMaker, mentions: list[Mention]) -> None:
    some = mentions[:40]
    together = pairs_of(maker, *some)
    for i, mention in enumerate(some):
        alone, here = pairs_of(maker, mention), together.mention == i
        np.testing.assert_array_equal(alone.wording, together.wording[here])
        np.testing.assert_allclose(alone.features, together.features[here], atol=1e-6)
        assert alone.rejected[0] == together.rejected[i]


# Names that are hidden, empty or refused.


def test_unseen_hides_the_own_wording_of_the_name(maker: PairMaker) -> None:
    mention = Mention("热线工单按时办结率", "%")
    seen, unseen = (pairs_of(maker, mention, mention, unseen=[False, hide]) for hide in (False, True))
    assert rows_of(seen, 1)["hl-ontime"]["exact"] == 1.0
    own = Query.of(mention).trimmed
    assert own not in {INDEX.wordings[w].trimmed for w in unseen.wording[unseen.mention == 1].tolist()}
    assert rows_of(unseen, 0)["hl-ontime"]["exact"] == 1.0  # only where it is asked for


def test_unseen_leaves_no_trace(maker: PairMaker) -> None:
    mention = Mention("热线工单按时办结率", "%")
    pairs_of(maker, mention, unseen=[True])
    assert rows_of(pairs_of(maker, mention))["hl-ontime"]["exact"] == 1.0


def test_an_empty_batch(maker: PairMaker) -> None:
    pairs = pairs_of(maker)
    assert (len(pairs.mention), pairs.features.shape, pairs.rejected) == (0, (0, len(FEATURES)), ())


@pytest.mark.parametrize("name", ["", "——", "合计", "其他", "\ud800"])
def test_a_name_that_says_nothing_has_no_pairs(maker: PairMaker, name: str) -> None:
    pairs = pairs_of(maker, Mention(name, "元", "money", "budget"))
    assert (len(pairs.mention), pairs.rejected) == (0, ((),))


def test_an_empty_name_among_others(maker: PairMaker) -> None:
    pairs = pairs_of(maker, Mention("合计", "元"), Mention("热线工单按时办结率", "%"), Mention(""))
    assert set(pairs.mention.tolist()) == {1}


def test_an_entry_of_another_kind_is_rejected(maker: PairMaker) -> None:
    pairs = pairs_of(maker, Mention("热线工单按时办结率", "件"))
    assert "hl-ontime" in {INDEX.taxonomy.entries[n].id for n in pairs.rejected[0]}
    assert "hl-ontime" not in rows_of(pairs)


def test_an_excluded_wording_is_no_pair() -> None:
    mine = parse_taxonomy(
        "编号,名称,单位,别名,不含\n"
        "lamps,灯笼布置数量,只,灯笼数量,电子灯笼布置数量\n"
        "lights,路灯布置数量,盏,,\n",
        csv_format=True,
    )  # fmt: skip
    maker = PairMaker(CandidateIndex(mine))
    found = [{mine.entries[n].id for n in pairs_of(maker, Mention(name, "")).entry} for name in ("纸灯笼布置数量", "电子灯笼布置数量")]
    assert found == [{"lamps", "lights"}, {"lights"}]


# Defaults.


@pytest.mark.parametrize(
    ("mention", "entry", "wanted"),
    [
        (Mention("区灯笼局财政拨款", "元", "money", "budget"), "m-executed", 1.0),
        (Mention("区灯笼局财政拨款", "元", "money", "budget"), "m-project-spend", 0.0),
        (Mention("灯笼巡展布置项目", "元", "money", "budget"), "m-project-spend", 1.0),
        (Mention("灯笼节", "元", "money", "budget"), "m-project-spend", 0.5),
        (Mention("灯笼税", "元", "money", "budget"), "m-project-spend", -1.0),
        (Mention("灯笼布展", "分", "score", "score"), "m-self-score", 0.5),
        (Mention("灯笼单价", "元/只", "rate"), "m-unit-cost", 0.5),
    ],
)
def test_defaults_of_budgets_scores_and_rates(maker: PairMaker, mention: Mention, entry: str, wanted: float) -> None:
    assert rows_of(pairs_of(maker, mention))[entry]["default"] == wanted


def test_a_fact_has_no_default(maker: PairMaker, mentions: list[Mention]) -> None:
    pairs = pairs_of(maker, Mention("灯笼布展", "元", "money"))
    assert not pairs.features[:, FEATURES.index("default")].any()


# Memory.


def test_the_memory_gives_the_same_in_any_order(mentions: list[Mention]) -> None:
    maker = PairMaker(INDEX)
    first, again = (pairs_of(maker, *mentions) for _ in range(2))
    for name in ("mention", "wording", "entry", "features"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert first.rejected == again.rejected
    back = pairs_of(maker, *mentions[::-1])
    fresh = pairs_of(PairMaker(INDEX), *mentions[::-1])
    np.testing.assert_array_equal(back.wording, fresh.wording)
    np.testing.assert_allclose(back.features, fresh.features, atol=1e-6)


def test_a_full_memory_begins_anew(monkeypatch: pytest.MonkeyPatch, mentions: list[Mention]) -> None:
    wanted = pairs_of(PairMaker(INDEX), *mentions[:30])
    monkeypatch.setattr(pairs_module, "_KEPT", 2)
    monkeypatch.setattr(shortlist, "_KEPT_FIELDS", 1)
    maker = PairMaker(INDEX)
    for i in range(0, 30, 3):
        pairs_of(maker, *mentions[i : i + 3])
    np.testing.assert_array_equal(pairs_of(maker, *mentions[:30]).wording, wanted.wording)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"unit": "%"}, {"unit": "件"}),
        ({"record_type": "budget", "unit": "元"}, {"record_type": "fact", "unit": "元"}),
        ({"unit": "%"}, {"unit": "%", "change": "同比增长"}),
        ({"record_type": "budget", "unit": "元"}, {"record_type": "budget", "unit": "元", "project": "灯笼布展项目"}),
        ({}, {"section": "12345热线工单办理"}),
    ],
)
def test_what_is_kept_for_one_value_is_not_given_for_another(one: dict[str, str], other: dict[str, str]) -> None:
    maker = PairMaker(INDEX)
    pairs_of(maker, Mention("按时办结率", **one))
    got, fresh = (pairs_of(m, Mention("按时办结率", **other)) for m in (maker, PairMaker(INDEX)))
    np.testing.assert_array_equal(got.wording, fresh.wording)
    np.testing.assert_array_equal(got.features, fresh.features)
