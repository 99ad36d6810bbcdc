"""Known truths, known faults, known scores."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from zhibiao.annotate.markup import MarkedPassage
from zhibiao.schema import Document, Quantity, Record, Report, Side
from zhibiao.training.causes import CAUSES
from zhibiao.training.evaluate import Evaluation, Source, evaluate
from zhibiao.training.gold import gold_of
from zhibiao.training.scoring import Counts, PassageScore, score

from .conftest import FACT, PAIR, Change, Faulty, found_by, marked, with_side


def run(passages: list[MarkedPassage], change: Change = lambda r: r, *, lost: tuple[str, ...] = ()) -> Evaluation:
    return evaluate([Source("test", tuple(passages))], Faulty(passages, change, lost))


def tp_fp_fn(c: Counts) -> tuple[int, int, int]:
    return c.tp, c.fp, c.fn


def causes(result: Evaluation) -> Counter[str]:
    return Counter(m.cause for s in result.scored for m in s.score.misses)


def test_without_fault_all_is_found(passages: list[MarkedPassage]) -> None:
    result = run(passages)
    total = result.total()
    assert {m: tp_fp_fn(c) for m, c in total.items()} == {
        "quantity/span": (7, 0, 0), "quantity/value": (7, 0, 0), "quantity/full": (7, 0, 0),
        "pair/values": (2, 0, 0), "pair/pairs": (2, 0, 0), "pair/full": (2, 0, 0), "fact/facts": (3, 0, 0), "fact/full": (3, 0, 0),
    }  # fmt: skip
    assert all(c.f1 == c.precision == c.recall == 1.0 for c in total.values())
    assert not causes(result)


def swapped(r: Record) -> Record:
    return replace(r, target=r.actual, actual=r.target) if r.target else r


def misnamed(r: Record) -> Record:
    return replace(r, indicator="别的东西")


def actual_with(**values: object) -> Change:
    return lambda r: replace(r, actual=with_side(r.actual, **values)) if r.type == "performance" else r


@pytest.mark.parametrize(
    ("change", "measure", "counts", "cause", "n"),
    [
        (swapped, "pair/pairs", (0, 2, 2), "swapped", 2),
        (misnamed, "pair/pairs", (0, 2, 2), "name", 5),
        (misnamed, "pair/values", (2, 0, 0), "name", 5),
        (misnamed, "fact/facts", (0, 3, 3), "name", 5),
        (lambda r: None, "pair/pairs", (0, 0, 2), "no_record", 5),
        (lambda r: None if r.type == "budget" else r, "pair/pairs", (1, 0, 1), "no_record", 1),
        (lambda r: replace(r, actual=None) if r.target else r, "pair/pairs", (0, 2, 2), "side_missing", 2),
        (lambda r: replace(r, target=r.actual) if r.type == "fact" else r, "pair/pairs", (2, 3, 0), "side_extra", 3),
        (actual_with(unit="家"), "pair/pairs", (1, 1, 1), "unit", 1),
        (actual_with(value=Decimal(7)), "pair/pairs", (1, 1, 1), "value", 1),
        (actual_with(op="~"), "pair/pairs", (2, 0, 0), "op", 1),
        (actual_with(op="~"), "pair/full", (1, 1, 1), "op", 1),
        (lambda r: replace(r, change=""), "fact/facts", (3, 0, 0), "change_missed", 1),
        (lambda r: replace(r, change=""), "fact/full", (2, 1, 1), "change_missed", 1),
        (lambda r: replace(r, change="增长"), "fact/full", (1, 2, 2), "change_spurious", 2),
    ],
)
def test_faults_cost_what_they_should(
    passages: list[MarkedPassage], change: Change, measure: str, counts: tuple[int, int, int], cause: str, n: int
) -> None:
    result = run(passages, change)
    assert tp_fp_fn(result.total()[measure]) == counts
    assert causes(result) == {cause: n}


def test_a_lost_quantity_is_the_cause_of_a_lost_record(passages: list[MarkedPassage]) -> None:
    result = run(passages, lambda r: None if r.type == "performance" else r, lost=("162台",))
    assert tp_fp_fn(result.total()["quantity/full"]) == (6, 0, 1)
    assert causes(result) == {"q_missed": 1, "no_quantity": 1}


def test_kinds_of_records(passages: list[MarkedPassage]) -> None:
    kinds = [s.score.kinds for s in run(passages, lambda r: None if r.change else r).scored]
    assert [{k: tp_fp_fn(c) for k, c in kind.items()} for kind in kinds] == [
        {"performance": (1, 0, 0)}, {"fact": (1, 0, 0), "change": (0, 0, 1)}, {"budget": (1, 0, 0), "fact": (1, 0, 0)},
    ]  # fmt: skip


def scored(passage: MarkedPassage, quantities: list[Quantity], records: list[Record]) -> PassageScore:
    report = Report("p", "", "", "text", passage.text)
    return score(gold_of(passage), Document(report, tuple(quantities), tuple(records)))


@pytest.mark.parametrize(
    ("values", "levels", "cause"),
    [
        ({}, (1, 1, 1), None),
        ({"op": "~"}, (1, 1, 0), "q_op"),
        ({"value": Decimal(27)}, (1, 0, 0), "q_value"),
        ({"unit": "个"}, (1, 0, 0), "q_unit"),
        ({"start": 4, "value": Decimal(6)}, (1, 0, 0), "q_edge"),
    ],
)
def test_levels_of_a_quantity(values: dict[str, object], levels: tuple[int, int, int], cause: str | None) -> None:
    passage = marked("{工单|I1}{26件|A1}")
    quantities, records = found_by(gold_of(passage))
    result = scored(passage, [replace(quantities[0], **{"start": 2, **values})], records)  # type: ignore[arg-type]
    assert tuple(result.measures[f"quantity/{level}"].tp for level in ("span", "value", "full")) == levels
    assert [m.cause for m in result.misses] == ([cause] if cause else [])


def test_doubtful_quantities_are_ignored_either_way() -> None:
    passage = marked("居{第38位|O}，{五大行动|O}")
    found = [Quantity(1, 5, "第38位", "=", Decimal(38), "位", "rank"), Quantity(6, 7, "五", "=", Decimal(5), "", "count")]
    for given in ([], found):
        assert tp_fp_fn(scored(passage, given, []).measures["quantity/full"]) == (0, 0, 0)


def test_spurious_finds() -> None:
    passage = marked(FACT)
    quantities, records = found_by(gold_of(passage))
    more = replace(records[0], indicator="多余", actual=Side("9个", 0, 2, "=", Decimal(9), None, "个"))
    result = scored(passage, [*quantities, Quantity(0, 1, "全", "=", Decimal(1), "", "count")], [*records, more])
    assert tp_fp_fn(result.measures["quantity/span"]) == (2, 1, 0)
    assert tp_fp_fn(result.measures["fact/facts"]) == (2, 1, 0)
    assert [m.cause for m in result.misses] == ["q_spurious", "spurious"]


def test_a_fact_that_repeats_a_side_of_a_pair_is_not_wrong() -> None:
    passage = marked(PAIR)
    quantities, (pair,) = found_by(gold_of(passage))
    again = replace(pair, type="fact", target=None)
    assert tp_fp_fn(scored(passage, quantities, [pair, again]).measures["fact/facts"]) == (0, 0, 0)
    other_name = replace(again, indicator="别的东西")
    assert tp_fp_fn(scored(passage, quantities, [pair, other_name]).measures["fact/facts"]) == (0, 1, 0)


def test_matching_is_one_to_one() -> None:
    passage = marked("{工单|I1}{26件|A1}，{工单|I2}{26件|A2}")
    quantities, records = found_by(gold_of(passage))
    assert tp_fp_fn(scored(passage, quantities, records[:1]).measures["fact/facts"]) == (1, 0, 1)
    assert tp_fp_fn(scored(passage, quantities, [*records, records[0]]).measures["fact/facts"]) == (2, 1, 0)


def test_weight_and_score_of_a_row() -> None:
    passage = marked("{终端|I1} ≥{150台|T1} {162台|A1} {5|W1} {4.5|S1}", layout="table")
    quantities, (pair,) = found_by(gold_of(passage))
    assert tp_fp_fn(scored(passage, quantities, [pair]).measures["row/score"]) == (1, 0, 0)
    assert tp_fp_fn(scored(passage, quantities, [replace(pair, score=None)]).measures["row/score"]) == (0, 0, 1)
    apart = replace(pair, type="score", target=Side("5", None, None, "=", Decimal(5), None, "分"), actual=Side("4.5", None, None, "=", Decimal("4.5"), None, "分"))  # fmt: skip
    assert tp_fp_fn(scored(passage, quantities, [pair, apart]).measures["pair/pairs"]) == (1, 0, 0)


def test_a_budget_told_twice_may_be_found_twice() -> None:
    passage = marked("{税收|I1}完成{113亿元|E1}，即{税收|I2}{113亿元|A2}")
    quantities, records = found_by(gold_of(passage))
    assert tp_fp_fn(scored(passage, quantities, records).measures["fact/facts"]) == (1, 0, 0)
    assert tp_fp_fn(scored(passage, quantities, records[:1]).measures["fact/facts"]) == (1, 0, 0)


def test_every_cause_has_words() -> None:
    assert all(" " in words for words in CAUSES.values())
