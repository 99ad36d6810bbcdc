"""Tables of indicators without a head: which of a row's values is target, actual, weight and score is told by the rows together.

The values with a sign or a unit are target and actual, bare numbers of at most 100 weight and score; of the few orders that forms have,
the one that suits most rows is taken for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .cell import Cell

_ORDERS: dict[int, tuple[tuple[str, ...], ...]] = {
    2: (("target", "actual"),),
    3: (("target", "actual", "score"), ("weight", "target", "actual"), ("target", "actual", "weight"), ("weight", "target", "score")),
    4: (("target", "actual", "weight", "score"), ("weight", "target", "actual", "score"), ("target", "weight", "actual", "score")),
}
_FULL_MARKS = 100
#: So well must an order suit the rows, for each of its values; and so many rows must there be.
_SURE, _LEAST_ROWS = 0.55, 2
_SIGNS = (">=", "<=", ">", "<")


def order_of(rows: Sequence[Sequence[Cell]], *, least: int = _LEAST_ROWS) -> tuple[str, ...] | None:
    """The roles of the values of these rows, in order; None where no order suits them."""
    counts = Counter(len(row) for row in rows if len(row) in _ORDERS)
    if not counts:
        return None
    width = max(counts, key=lambda n: (counts[n], n))
    alike = [row for row in rows if len(row) == width]
    if len(alike) < least:
        return None
    ranked = [(sum(_suits(order, row) for row in alike) / len(alike) / width, -i, order) for i, order in enumerate(_ORDERS[width])]
    best = max(ranked)
    return best[2] if best[0] >= _SURE else None


def _suits(order: Sequence[str], row: Sequence[Cell]) -> float:
    """How well a row's values suit an order: 1 a value at the best."""
    by_role = dict(zip(order, row, strict=True))
    target, weight = by_role.get("target"), by_role.get("weight")
    out = 0.0
    for role, cell in by_role.items():
        q = cell.q
        if role in ("weight", "score"):
            points = q is not None and (q.bare or q.unit == "分") and 0 <= q.value <= _FULL_MARKS
            out += 1.0 if points else -2.0
            if role == "score" and points and weight is not None and weight.q is not None and q is not None and q.value > weight.q.value:
                out -= 1.5
        elif q is None:
            out += 0.6
        elif role == "target":
            out += 1.2 if q.op in _SIGNS else 0.7 if not q.bare else 0.0
        else:
            same = target is not None and target.q is not None and target.q.unit == q.unit
            out += -2.0 if q.op in _SIGNS else 0.8 if same and not q.bare else 0.5 if same else 0.0
    return out


def number_runs(cells: Sequence[Cell]) -> list[list[Cell]]:
    """The values of each row of a stream of cells: three or more numbers behind a text."""
    runs: list[list[Cell]] = [[]]
    for cell in cells:
        if cell.kind == "number":
            runs[-1].append(cell)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) >= 3]
