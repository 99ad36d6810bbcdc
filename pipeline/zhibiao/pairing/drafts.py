"""The record while it is being put together, in clean offsets of one passage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rapidfuzz.distance import Indel

from zhibiao.schema import Quantity, RecordType, Side

Span = tuple[int, int]
#: Gives each quantity of a text the words that name it ("" where there are none).
NamesOf = Callable[[str, Sequence[Quantity]], list[str]]


@dataclass(slots=True)
class Draft:
    """A record in the making. ``name`` lists the spans of its name in order; ``prefix``/``suffix`` hold words that do not stand there."""

    type: RecordType
    name: list[Span] = field(default_factory=list)
    suffix: str = ""
    prefix: str = ""
    target: Side | None = None
    actual: Side | None = None
    change: str = ""
    method: str = "pattern"
    confidence: float = 0.8
    start: int = 0
    end: int = 0
    weight: Decimal | None = None
    score: Decimal | None = None
    initial: bool = False  # the target is a first budget, which an adjusted one replaces
    planned: bool = False  # its target is of a coming period: nothing that was done answers it
    levels: tuple[str, ...] = ()  # the levels above it in its table, outermost first
    deviation: tuple[Span, ...] = ()  # where its row tells the reason of a deviation
    project: str = ""  # the project that its table is about
    also: tuple[tuple[Span, ...], ...] = ()  # further names that the same value is told of (甲率和乙率均达100%)
    rule: str = ""  # the pattern that found it: plan, answer, or the role its words gave it in prose

    def words(self, text: str) -> str:
        """The name as it will be printed."""
        return self.prefix + "".join(text[a:b] for a, b in self.name) + self.suffix


def each(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """The records of these drafts: one for every name that a value is told of."""
    for draft in drafts:
        yield draft
        for name in draft.also:
            yield replace(draft, name=list(name), also=())


def side(q: Quantity) -> Side:
    """The side that a quantity makes."""
    return Side(q.text, q.start, q.end, q.op, q.value, q.value_high, q.unit, q.kind)


def points(q: Quantity) -> Side:
    """The side that a weight or a score makes: a bare number is one of 分, which the cell need not say."""
    made = side(q)
    return replace(made, unit="分", kind="score") if q.bare and not q.unit else made


def words_side(text: str, start: int, end: int) -> Side:
    """A side in words (按季度提供分析报告)."""
    return Side(text[start:end], start, end)


def similar(a: str, b: str) -> float:
    """Similarity of two names, 0 to 1: twice the longest common subsequence over the sum of the lengths."""
    if not a or not b:
        return 0.0
    return Indel.normalized_similarity(a, b)
