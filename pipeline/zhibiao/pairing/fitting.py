"""Which column does a cell stand in? The fit of a row's cells to the columns, by their kinds, their places and the arithmetic of the row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from zhibiao.quantities import unit_hint
from zhibiao.schema import Op

from .cell import Cell
from .columns import Column
from .records import plausible

#: Of a row with empty cells, at the most so many ways to put it under the columns are looked at.
_MANY_COLUMNS = 10
#: Weights and scores are no higher, but for those of forms that count in thousands.
_FULL_MARKS = 200
TEXT_ROLES = ("text", "level", "name", "unit", "op")
#: What stands in a column of signs where the indicator is no number.
_NATURE = re.compile(r"定[性量]|[正反逆]向|等于|大于|小于|不[低高少超多]")
_SIGN_OP: dict[str, Op] = {"≥": ">=", "≤": "<=", ">": ">", "<": "<", "=": "="}
_DATE = re.compile(r"\d{1,2}[月日][底末前]?")


def is_value(cell: Cell) -> bool:
    return cell.kind in ("number", "blank")


def fit(cells: Sequence[Cell], columns: Sequence[Column]) -> tuple[float, list[int]]:
    """The columns that a row's cells stand in, in order, by the best fit of their kinds; the fit is below 0 where it is no good."""
    n, m = len(cells), len(columns)
    none: tuple[float, list[int]] = (-1e9, [])
    best: list[list[tuple[float, list[int]]]] = [[none] * (m + 1) for _ in range(n + 1)]
    best[0][0] = (0.0, [])
    for j, column in enumerate(columns):
        skip = skip_cost(column, j, m)
        for i in range(n + 1):
            value, path = best[i][j]
            if value < -1e8:
                continue
            if value + skip > best[i][j + 1][0]:
                best[i][j + 1] = (value + skip, path)
            if i < n:
                got = value + suits(cells[i], column)
                if got > best[i + 1][j + 1][0]:
                    best[i + 1][j + 1] = (got, [*path, j])
    return best[n][m]


def skip_cost(column: Column, at: int, width: int) -> float:
    """What it costs to leave a column empty; the last ones are empty most often."""
    cost = {"text": 0.05, "level": 0.1, "index": 0.1, "name": 3.0}.get(column.role, 0.5)
    return -cost - 0.02 * (width - at)


def suits(cell: Cell, column: Column) -> float:
    role = column.role
    if cell.kind == "blank":
        return -2.0 if role == "name" else 0.3
    if role == "index":
        return (
            1.0
            if cell.kind == "number" and cell.q is not None and cell.q.bare and cell.q.value == cell.q.value.to_integral_value()
            else -1.5
        )
    if cell.kind in ("level", "head") and role in ("target", "actual", "cycle"):
        return -1.5
    if cell.kind == "unit" and role != "unit":
        return -1.0
    if cell.words in _SIGN_OP or role == "op":
        return 1.0 if role == "op" and (cell.words in _SIGN_OP or _NATURE.match(cell.words)) else -1.5
    if role == "unit":
        return 1.0 if cell.kind == "unit" or cell.hint is not None or unit_hint(f"（{cell.words}）") is not None else -0.5
    if cell.kind != "number" or cell.q is None:
        if role in TEXT_ROLES:
            if cell.words[-1] in "。；":  # a sentence
                return 1.0 if role == "text" else -1.0
            return 1.0 if (role == "level") == (cell.kind == "level") or role == "name" else 0.4
        return (0.9 if _DATE.search(cell.words) else 0.4) if role in ("target", "actual", "cycle") else -0.8
    if role in TEXT_ROLES:
        return -0.5 if role == "text" else -2.0
    if role in ("weight", "score") and cell.q.value > _FULL_MARKS:
        return -1.5
    percent = cell.q.kind == "percent" and not cell.q.bare
    wants = column.hint is not None and column.hint.kind == "percent"
    if cell.q.bare:
        return 1.0
    if percent == wants or (percent and role in ("target", "actual", "cycle")):
        return 1.0 if column.hint is None or column.hint.kind == cell.q.kind or role in ("target", "actual", "cycle") else 0.5
    return 0.8 if column.hint is None and not percent else -0.5 if percent and column.hint is not None else 0.4


def place(row: Sequence[Cell], columns: Sequence[Column], named: bool) -> list[tuple[int, Cell]] | None:
    """The row's cells under their columns; None where they do not fit. ``named``: the name, or its beginning, stood on the lines above."""
    cells = list(row)
    if len(cells) > len(columns):
        cells = _signed(cells, columns)
    if len(cells) > len(columns) and (columns[-1].role == "text" or not any(is_value(c) for c in cells[len(columns) - 1 : len(columns)])):
        cells = [*cells[: len(columns) - 1], joined(cells[len(columns) - 1 :])]
    while len(cells) > len(columns) and len(cells) > 2 and not is_value(cells[0]) and not is_value(cells[1]):
        cells = [joined(cells[:2]), *cells[2:]]
    if len(cells) > len(columns):
        return None
    free = [j for j, c in enumerate(columns) if c.role != "name"] if named and len(cells) < len(columns) else list(range(len(columns)))
    score, path = best_fit(cells, columns)
    if len(free) < len(columns):
        again, other = best_fit(cells, [columns[j] for j in free])
        if again > score:
            score, path = again, [free[j] for j in other]
    if score < 0.3 * len(cells):
        return None
    return list(zip(path, cells, strict=True))


def _signed(cells: Sequence[Cell], columns: Sequence[Column]) -> list[Cell]:
    """Where no column is made for them, a sign and a unit that stand apart from their number (≥ 2260 只) belong to it."""
    if any(c.role in ("op", "unit") for c in columns):
        return list(cells)
    out: list[Cell] = []
    for cell in cells:
        last = out[-1] if out else None
        if last is not None and last.words in _SIGN_OP and cell.kind == "number" and cell.q is not None:
            shift = cell.start - last.start
            q = replace(cell.q, op=_SIGN_OP[last.words], start=cell.q.start + shift, end=cell.q.end + shift)
            out[-1] = replace(cell, start=last.start, left=last.left, q=q, words=last.words + cell.words)
        elif (
            last is not None
            and last.kind == "number"
            and last.q is not None
            and last.q.bare
            and last.words[0] in _SIGN_OP
            and cell.hint is not None
        ):
            out[-1] = replace(last, right=cell.right, hint=cell.hint)
        else:
            out.append(cell)
    return out


def best_fit(cells: Sequence[Cell], columns: Sequence[Column]) -> tuple[float, list[int]]:
    """The best places of a row's cells; where cells are missing, what stands under which head and what agrees with a rate decides too."""
    score, path = fit(cells, columns)
    n, m = len(cells), len(columns)
    if score < -100 or n >= m or m > _MANY_COLUMNS or not any(is_value(c) for c in cells):
        return score, path
    best = (-1e9, path)
    for chosen in combinations(range(m), n):
        got = score_of(cells, columns, chosen)
        if got > best[0]:
            best = (got, list(chosen))
    return score, best[1]


def score_of(cells: Sequence[Cell], columns: Sequence[Column], chosen: Sequence[int]) -> float:
    """How well cells stand in these columns: by their kinds, by their places on the line, by the arithmetic of the row."""
    value = sum(suits(c, columns[j]) for c, j in zip(cells, chosen, strict=True))
    value += sum(skip_cost(c, j, len(columns)) for j, c in enumerate(columns) if j not in chosen)
    if any(c.kind == "blank" for c in cells):  # empty cells are printed: none is missing but at the end
        value -= sum(j < chosen[-1] for j in range(len(columns)) if j not in chosen and columns[j].role not in ("level", "index"))
    for cell, j in zip(cells, chosen, strict=True):
        over = min(cell.right, columns[j].right) - max(cell.left, columns[j].left)
        value += 0.6 if over > 0 else 0.0
    numbers = [(columns[j].role, c) for c, j in zip(cells, chosen, strict=True) if c.kind == "number" and columns[j].role not in TEXT_ROLES]
    return value + plausible(numbers)


def joined(cells: Sequence[Cell]) -> Cell:
    return replace(
        cells[0], end=cells[-1].end, kind="text", q=None, role="", hint=None, right=cells[-1].right, words="".join(c.words for c in cells)
    )
