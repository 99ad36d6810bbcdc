"""Tables that the file itself draws: what stands round them in their first and last rows is text; parts on several pages are one table."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from zhibiao.schema import Table, TableCell

from .blocks import DrawnTable

#: Points by which the borders of one table may differ from page to page.
_SLACK = 4.0
#: A row across the whole table that ends it is a note.
_NOTE = re.compile(r"\s*(?:备?注|说明|附|填表|填报|单位|审核|经办|联系|资料来源|数据来源|[（(]?\d*[.、]?本表)")
_LONG = 40
#: A title above a table runs across so much of it.
_ACROSS = 0.6
_UNIT = re.compile(r"单位\s*[:：]")
#: Merged cells may span so many places of a grid, and so many for each cell: more than that is no table but an attempt to fill the memory.
_PLACES, _PLACES_A_CELL = 1_000_000, 20


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table and the stretches of text that it takes up: one a part."""

    block: DrawnTable
    spans: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        return self.block.start


def assemble(folded: str, tables: Sequence[Table], furniture: Sequence[tuple[int, int]]) -> list[Drawn]:
    """The tables of a text in order, titles and notes taken off, parts that follow one another over a page break put together."""
    out: list[_Parts] = []
    for table in tables:
        kept = _trimmed(folded, table)
        if kept is None:
            continue
        if out and _nothing_between(folded, out[-1].spans[-1][1], kept.start, furniture):
            moved = _moved(kept, out[-1].first)
            if moved is not None:
                out[-1].add(moved)
                continue
        out.append(_Parts(kept))
    return [parts.drawn() for parts in out]


class _Parts:
    """The parts of one table as they are found, ``first`` the one that counts the columns."""

    def __init__(self, first: Table) -> None:
        self.first = first
        self.spans = [(first.start, first.end)]
        self._cells = list(first.cells)
        self._breaks: list[int] = []
        self._rows = max(c.row for c in first.cells) + 1

    def add(self, part: Table) -> None:
        """A further part, its rows counted on: those of merged cells that run out of a page end with it."""
        base = self._rows
        self._breaks.append(base)
        self._cells += [replace(c, row=c.row + base) for c in part.cells]
        self._rows = base + max(c.row for c in part.cells) + 1
        self.spans.append((part.start, part.end))

    def drawn(self) -> Drawn:
        """All parts put together."""
        block = DrawnTable(tuple(self._cells), self.first.start, self.spans[-1][1], (), "", tuple(self._breaks))
        return Drawn(block, tuple(self.spans))


def _trimmed(folded: str, table: Table) -> Table | None:
    """The table without the titles above its first row and the notes below its last; None where nothing is left of it."""
    rows: dict[int, list[TableCell]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(cell)
    order = sorted(rows)
    width = max((c.column + c.colspan for c in table.cells), default=0)
    if _too_sparse(table, width):
        return None
    covered = {r for c in table.cells if c.rowspan > 1 for r in range(c.row, c.row + c.rowspan)}

    def alone(row: int) -> TableCell | None:
        said = [c for c in rows[row] if c.end > c.start]
        return said[0] if len(said) == 1 and row not in covered else None

    def titled(row: int) -> bool:
        lone = alone(row)
        return lone is not None and (lone.colspan >= _ACROSS * width or _UNIT.search(folded, lone.start, lone.end) is not None)

    first, last = 0, len(order)
    while first < last and (not any(c.end > c.start for c in rows[order[first]]) or titled(order[first])):
        first += 1
    while last > first:
        said = [c for c in rows[order[last - 1]] if c.end > c.start]
        lone = alone(order[last - 1])
        if said and (
            lone is None or not (_NOTE.match(folded, lone.start, lone.end) or (lone.colspan >= width - 1 and lone.end - lone.start > _LONG))
        ):
            break
        last -= 1
    if last - first < 1 or width < 2:
        return None
    if first == 0 and last == len(order):
        return table
    cells = [c for row in order[first:last] for c in rows[row]]
    base = order[first]
    start = folded.rfind("\n", 0, cells[0].start) + 1 if first else table.start  # the tabs of empty cells before it are its own
    return Table(max(start, table.start), cells[-1].end, tuple(replace(c, row=c.row - base) for c in cells), table.edges)


def _too_sparse(table: Table, width: int) -> bool:
    """Does the table take up far more places than it has cells? Its lines are then read as text."""
    most = max(_PLACES, _PLACES_A_CELL * len(table.cells))
    height = max((c.row + c.rowspan for c in table.cells), default=0)
    return height * width > most or sum(c.rowspan * c.colspan for c in table.cells) > most


def _nothing_between(folded: str, start: int, end: int, furniture: Sequence[tuple[int, int]]) -> bool:
    """Does only page furniture stand between two tables, and some at least of a page break?"""
    at = start
    for a, b in furniture[bisect_left(furniture, (start, start)) :]:
        if a >= end:
            break
        if folded[at:a].strip():
            return False
        at = b
    return not folded[at:end].strip()


def _moved(table: Table, first: Table) -> Table | None:
    """The table with its columns counted as those of the first part; None where its borders are others."""
    ours, theirs = _width(table.cells), _width(first.cells)
    if not table.edges or not first.edges:
        return table if ours == theirs else None
    places = [min(range(len(first.edges)), key=lambda k: abs(first.edges[k] - x)) for x in table.edges]
    if any(abs(first.edges[k] - x) > _SLACK for k, x in zip(places, table.edges, strict=True)) or len(set(places)) < len(places):
        return table if ours == theirs and _alike(table.edges, first.edges) else None
    if places[0] != 0 or places[-1] != len(first.edges) - 1:
        return None
    cells = [replace(c, column=places[c.column], colspan=places[c.column + c.colspan] - places[c.column]) for c in table.cells]
    return Table(table.start, table.end, tuple(cells), first.edges)


def _alike(a: Sequence[float], b: Sequence[float]) -> bool:
    """Are the columns as wide, the table only set elsewhere on the page?"""
    return len(a) == len(b) and all(abs((x - a[0]) - (y - b[0])) <= _SLACK for x, y in zip(a, b, strict=True))


def _width(cells: Iterable[TableCell]) -> int:
    return max((c.column + c.colspan for c in cells), default=0)
