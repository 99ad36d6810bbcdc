"""Marked passages in one line, and an extractor that gives back what the marks say, with faults on order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pytest

from zhibiao.annotate.markup import MarkedPassage, parse
from zhibiao.schema import Document, Quantity, Record, Report, Side
from zhibiao.training.gold import Gold, gold_of

Change = Callable[[Record], Record | None]


def marked(body: str, *, id: str = "p1", dept: str = "教育", layout: str = "prose", writer: str = "w1") -> MarkedPassage:
    """A passage of these marked lines."""
    return parse(f"### id={id} dept={dept} layout={layout} writer={writer}\n{body}\n")[0]


def found_by(gold: Gold) -> tuple[list[Quantity], list[Record]]:
    """What an extractor without fault gives for these gold rows; optional rows are left out."""
    quantities = [
        Quantity(q.start, q.end, q.text, q.op, q.value, q.unit, q.kind, q.value_high)
        for q in gold.quantities
        if q.value is not None and not q.optional
    ]
    records = [
        Record(
            r.type, r.names[0], None, None, r.target, r.actual, 0, 1, "", "stub", 1.0, change=r.change, weight=r.weight, score=r.score
        )
        for r in gold.records
        if not r.optional
    ]  # fmt: skip
    return quantities, records


@dataclass
class Faulty:
    """An extractor that knows the truth of its passages and spoils it: ``change`` of each record, ``lost`` words of quantities."""

    passages: Iterable[MarkedPassage]
    change: Change = lambda r: r
    lost: tuple[str, ...] = ()

    def extract(self, report: Report) -> Document:
        passage = next(p for p in self.passages if p.id == report.doc_id)
        quantities, records = found_by(gold_of(passage))
        kept = [q for q in quantities if q.text not in self.lost]
        changed = [c for r in records if (c := self.change(r)) is not None]
        return Document(report, tuple(kept), tuple(changed))


def with_side(side: Side | None, **values: object) -> Side:
    assert side is not None
    return replace(side, **values)  # type: ignore[arg-type]


PAIR = "{自助终端|I1}目标不少于{150台|T1}，实际{162台|A1}。"
FACT = "全年{受理工单|I1,I2}{26万件|A1}，{同比增长|C2}{5.2%|A2}。"
BUDGET = "{公用经费|I1,I2}预算{20万元|B1}，执行{19万元|E1}，{完成预算的|R2}{95%|A2}。"


@pytest.fixture
def passages() -> list[MarkedPassage]:
    """Three passages: one pair, two facts of which one is a change, one budget with its rate. Seven quantities in all."""
    return [
        marked(PAIR, id="a", layout="pairs", writer="w1"),
        marked(FACT, id="b", layout="prose", writer="w2"),
        marked(BUDGET, id="c", dept="财政", layout="budget", writer="w2"),
    ]
