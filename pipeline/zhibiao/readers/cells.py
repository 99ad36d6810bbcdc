"""Which words stand in which cell of a ruled table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zhibiao.readers.printed import RuledTable, Run

# What is not cut at a border: a figure or a word of letters. Hanzi stand alone.
_UNIT = re.compile(r"[0-9A-Za-z.,%+\-:/()]+|[^ ]")


class Grid:
    """Finds the cell of a point of one table."""

    def __init__(self, table: RuledTable) -> None:
        self.table = table
        cells = table.cells
        self.x0, self.x1 = min(c.x0 for c in cells), max(c.x1 for c in cells)
        self.top, self.bottom = min(c.top for c in cells), max(c.bottom for c in cells)
        self._rows = _spans([(c.top, c.bottom, c.row, c.rowspan) for c in cells])
        self._columns = _spans([(c.x0, c.x1, c.column, c.colspan) for c in cells])
        self._cells = {
            (row, column): i
            for i, c in enumerate(cells)
            for row in range(c.row, c.row + c.rowspan)
            for column in range(c.column, c.column + c.colspan)
        }

    def holds(self, run: Run) -> bool:
        """Whether any of the run may stand in the table."""
        middle = (run.top + run.bottom) / 2
        return self.top <= middle <= self.bottom and run.edges[0] < self.x1 and run.edges[-1] > self.x0

    def cell(self, x: float, y: float) -> int | None:
        """Index of the cell around a point, None outside the table."""
        if not (self.x0 <= x <= self.x1 and self.top <= y <= self.bottom):
            return None
        return self._cells.get((_index(self._rows, y), _index(self._columns, x)))

    def split(self, run: Run) -> Iterator[tuple[int | None, Run]]:
        """The pieces of a run with the cell of each; None for what stands beside the table. A figure is never cut."""
        y = (run.top + run.bottom) / 2
        start, end, place, first = 0, 0, None, True
        for unit in _UNIT.finditer(run.text):
            a, b = unit.span()
            x = (run.edges[a] + run.edges[b]) / 2
            here = self.cell(x, y)
            if first:
                start, place, first = a, here, False
            elif here != place:
                yield place, part(run, start, end)
                start, place = a, here
            end = b
        if not first:
            yield place, part(run, start, end)


def part(run: Run, start: int, end: int) -> Run:
    """Some characters of a run."""
    return run if (start, end) == (0, len(run.text)) else Run(run.text[start:end], run.edges[start : end + 1], run.top, run.bottom)


def _spans(sides: Sequence[tuple[float, float, int, int]]) -> list[float]:
    """The inner borders of rows (or columns), from the boxes of the cells that begin or end there."""
    count = max(first + span for _, _, first, span in sides)
    ends: list[list[float]] = [[] for _ in range(count + 1)]
    for low, high, first, span in sides:
        ends[first].append(low)
        ends[first + span].append(high)
    known = [sum(e) / len(e) if e else float("nan") for e in ends]
    return known[1:-1]


def _index(borders: list[float], position: float) -> int:
    return sum(position >= border for border in borders)
