"""Whether a value can be one of an entry, for all entries at once: the tables say what the two functions say."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.linking.compat import Compatibility, kinds_agree, unit_agreement
from zhibiao.linking.entry import Entry
from zhibiao.linking.taxonomy import load_taxonomy
from zhibiao.schema import KINDS, RecordType

TAXONOMY = load_taxonomy()
UNITS = sorted({unit for entry in TAXONOMY for unit in entry.units} | {"", "名", "位", "元/人", "趟"})
kinds, units = st.sampled_from(["", *KINDS]), st.sampled_from(UNITS)


@pytest.fixture(scope="module")
def compat() -> Compatibility:
    return Compatibility(TAXONOMY)


@given(kinds, units, st.sampled_from(get_args(RecordType)), st.sampled_from(["", "升", "降"]))
@settings(max_examples=50)
def test_agree_is_kinds_agree_of_every_entry(compat: Compatibility, kind: str, unit: str, record_type: str, change: str) -> None:
    wanted = [kinds_agree(kind, unit, entry, record_type=record_type, change=change) for entry in TAXONOMY]
    for _ in range(2):  # computed, then remembered
        assert compat.agree(kind, unit, record_type, change).tolist() == wanted


@given(kinds, units)
@settings(max_examples=50)
def test_unit_is_unit_agreement_of_every_entry(compat: Compatibility, kind: str, unit: str) -> None:
    wanted = [unit_agreement(kind, unit, entry) for entry in TAXONOMY]
    for _ in range(2):
        assert compat.unit(kind, unit).tolist() == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("kind", "unit", "entry", "record_type", "change", "wanted"),
    [
        ("", "", ("percent", "%"), "fact", "", True),
        ("count", "件", ("percent", "%"), "fact", "", False),
        ("percent", "%", ("count", "件"), "fact", "", False),
        ("percent", "%", ("count", "件"), "fact", "升", True),
        ("score", "分", ("percent", "%"), "fact", "", True),
        ("score", "分", ("count", "件"), "fact", "", False),
        ("score", "分", ("count", "件"), "score", "", True),
        ("money", "元", ("rate", "元/人"), "fact", "", True),
        ("rate", "次/年", ("money", "元"), "fact", "", False),
        ("count", "个", ("rate", "个/千人"), "fact", "", True),
        ("count", "名", ("rank", "名"), "fact", "", True),
        ("count", "件", ("rank", "名"), "fact", "", False),
    ],
)
def test_kinds(kind: str, unit: str, entry: tuple[str, str], record_type: str, change: str, wanted: bool) -> None:
    one = Entry("x", "甲", entry[0], units=(entry[1],))  # type: ignore[arg-type]
    assert kinds_agree(kind, unit, one, record_type=record_type, change=change) is wanted


@pytest.mark.parametrize(
    ("unit", "of_entry", "wanted"),
    [
        ("件", ("件", "宗"), 1.0),
        ("宗", ("件", "宗"), 1.0),
        ("", ("件",), 0.0),
        ("件", (), 0.0),
        ("人", ("辆",), -1.0),
        ("项", ("人",), 0.0),
    ],
)
def test_units_of_counts(unit: str, of_entry: tuple[str, ...], wanted: float) -> None:
    assert unit_agreement("count", unit, Entry("x", "甲", "count", units=of_entry)) == wanted
