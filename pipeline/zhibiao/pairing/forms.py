"""The upper part of a self-evaluation form, torn from its lines: each label followed by its value (全年预算数（A） 265.00 全年执行数（B） 251.83).

A label that stands right before its value is no column head: the rows below have columns of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .cell import Cell
from .records import VALUE_ROLES

_LEAST = 2


@dataclass(frozen=True, slots=True)
class Form:
    """One run of labels with values. ``name``: the text cell before it that says whose they are; ``caption``: the label over the run."""

    pairs: tuple[tuple[Cell, Cell], ...]
    name: Cell | None
    caption: Cell | None


@dataclass(frozen=True, slots=True)
class Split:
    """The forms of a region and the stretches of cells around them."""

    forms: tuple[Form, ...]
    stretches: tuple[tuple[Cell, ...], ...]

    @property
    def cells(self) -> list[Cell]:
        """The cells that belong to no form."""
        return [cell for stretch in self.stretches for cell in stretch]


def split_forms(cells: Sequence[Cell]) -> Split:
    """Part a stream of cells into forms and what stands between them.

    A run counts from two pairs on: a single number behind a head is the first cell of a row.
    """
    forms: list[Form] = []
    rest: list[Cell] = []
    stretches: list[tuple[Cell, ...]] = []
    i, n = 0, len(cells)
    while i < n:
        pairs: list[tuple[Cell, Cell]] = []
        k = i
        while k + 1 < n and cells[k].kind == "head" and cells[k].role in VALUE_ROLES and cells[k + 1].kind == "number":
            pairs.append((cells[k], cells[k + 1]))
            k += 2
        if len(pairs) < _LEAST or len({head.role for head, _ in pairs}) < len(pairs):
            rest.append(cells[i])
            i += 1
            continue
        caption = rest.pop() if rest and rest[-1].kind == "head" and rest[-1].hint is not None else None
        name = next((c for c in reversed(rest) if c.kind == "text"), None)
        forms.append(Form(tuple(pairs), name, caption))
        stretches.append(tuple(rest))
        rest, i = [], k
    return Split(tuple(forms), (*stretches, tuple(rest)))
