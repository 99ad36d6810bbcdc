"""Cells of a flattened table that come out as no grid: read one after the other, text opening a row and numbers filling it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .cell import Cell
from .guess import number_runs, order_of
from .records import Row

if TYPE_CHECKING:
    from .tables import TableReader

#: Running text in cells is so long at the least.
_TOLD = 20
_MANY = 100
#: Codes of the functional classification of spending (208, 20805, 2080505); so many make a table one that tells them.
_CODE, _LEAST_CODES = re.compile(r"2[0-3]\d(?:\d\d){0,2}"), 3
_STOP = re.compile(r"[，。；]")
_GOALS = re.compile(r"(?:目标|计划|完成情况|实现情况)(?:（[^）]*）)?$")


class Stream:
    """Reads a stretch of cells into its table reader."""

    def __init__(self, table: TableReader) -> None:
        self.table = table
        cells = table.split.cells
        codes = sum(c.kind == "number" and _CODE.fullmatch(table.text[c.start : c.end]) is not None for c in cells)
        self.coded = codes >= _LEAST_CODES

    def read(self, cells: Sequence[Cell]) -> None:
        """Read cells one after the other: text opens a row, numbers fill it, running text is left to the readers of prose."""
        row = Row()
        indexed, graded = any(role == "index" for role, _ in self.table.columns), False
        told = self._told(cells) if self.table.columns else {}
        for i, cell in enumerate(cells):
            if i in told:
                if told[i]:
                    above = cells[i - 1].words if i and cells[i - 1].kind in ("head", "text") and _GOALS.search(cells[i - 1].words) else ""
                    self.table.prose.append((cell.start, cells[told[i] - 1].end, above))
                continue
            following = cells[i + 1] if i + 1 < len(cells) else None
            if cell.kind == "head" and row.name and not row.values and following is not None and following.kind == "number":
                row.name.append(cell)  # the end of a wrapped name (…提升|项目)
                continue
            if cell.kind in ("head", "unit"):
                if row.values or row.name:
                    row = self.table.finish(row)
                continue
            if cell.kind == "level":
                if row.values or row.name:
                    row = self.table.finish(row)
                if {"initial", "budget", "executed"} & set(self.table.roles) and not {"target", "cycle", "actual"} & set(self.table.roles):
                    self.table.head([])  # the indicators below have columns of their own, whose head was not printed
                    self.table.order = order_of(number_runs(cells[i:]))
                self.table.levelled = True
            elif cell.kind == "grade":
                row.grade = cell
                row = self.table.finish(row)
                graded = True
            elif cell.kind == "blank":
                if row.name or row.values:
                    row.values.append(cell)
            elif cell.kind == "number":
                if (indexed or (graded and not row.values)) and self._is_next(cell, following, indexed):
                    # the next row; words that found no number belonged to the end of the one before
                    row = self.table.finish(row) if row.values else Row()
                    continue
                if self._is_index(cell, following, indexed) and (self.coded or not (row.name or row.values)):
                    row = self.table.finish(row) if row.values else Row() if self.coded else row
                    continue
                row.values.append(cell)
            else:
                if row.values:
                    row = self.table.finish(row)
                row.name.append(cell)
        self.table.finish(row)

    def _told(self, cells: Sequence[Cell]) -> dict[int, int]:
        """Cells that are lines of running text: the first of a run with the index behind its last, the others with 0."""
        out: dict[int, int] = {}
        i = 0
        while i < len(cells):
            j = i
            while j < len(cells) and cells[j].kind == "text":
                j += 1
            stops = [k for k in range(i, j) if _STOP.search(cells[k].words)]
            ends = [k for k in stops if cells[k].words[-1] in "。；"]
            if ends:
                first = i if i and cells[i - 1].kind == "number" else stops[0]
                words = "".join(c.words for c in cells[first : ends[-1] + 1])
                of_goals = bool(i) and cells[i - 1].kind == "head" and _GOALS.search(cells[i - 1].words) is not None
                if {"target", "cycle", "actual"} & set(self.table.roles) and not of_goals:
                    words = ""  # a target or a result in words
                if len(words) >= _TOLD and any(map(str.isdigit, words)):
                    out.update(dict.fromkeys(range(first, ends[-1] + 1), 0))
                    out[first] = ends[-1] + 1
            i = j + 1
        return out

    def _is_next(self, cell: Cell, following: Cell | None, indexed: bool) -> bool:
        """Is the cell the number of the next row? A page break may have taken one away. Where no head is there, behind a grade any small number is."""
        if cell.q is None or not cell.q.bare or not self._is_index(cell, following, False):
            return False
        if self.table.number < cell.q.value <= self.table.number + 2 or (not indexed and cell.q.value < _MANY):
            self.table.number = int(cell.q.value)
            return True
        return False

    def _is_index(self, cell: Cell, following: Cell | None, indexed: bool) -> bool:
        text = self.table.text[cell.start : cell.end]
        if self.coded and _CODE.fullmatch(text):
            return following is not None and following.kind in ("text", "head")
        return (
            text.isdigit()
            and len(text) <= 3
            and (indexed or (following is not None and following.kind == "text" and following.line != cell.line))
        )
