"""Rows of a flattened table that are told in words: names with their targets and results, printed once a column."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zhibiao.schema import Quantity

from .cell import Cell
from .drafts import Draft, side, similar, words_side
from .records import Row

if TYPE_CHECKING:
    from .tables import TableReader


class WordRows:
    """Reads rows in words into their table reader."""

    def __init__(self, table: TableReader) -> None:
        self.table = table

    def before(self, cells: list[Cell]) -> list[Cell]:
        """Of the text cells before a row's numbers, those of earlier rows told in words are read apart; the row's own name is left."""
        columns = [r for r in self.table.roles if r in ("target", "cycle", "actual")]
        if self.table.region.rows or len(cells) < 4 or (columns and len(columns) < 2):
            return cells
        for end in range(len(cells) - 1, 2, -1):  # a value printed twice ends a row in words
            parts = self._split_words([(c.start, c.end) for c in cells[:end]], 2)
            if parts is not None and len(parts) == 3:
                self.read(Row(name=cells[:end]))
                return cells[end:]
        width = 1 + len(columns)
        if len(columns) < 2 or (len(cells) - 1) % width:
            return cells
        for at in range(0, len(cells) - 1, width):
            group = cells[at : at + width]
            d = Draft("performance", [(group[0].start, group[0].end)], method="table", start=group[0].start, end=group[-1].end)
            for role, cell in zip(columns, group[1:], strict=True):
                if role in ("target", "actual"):
                    setattr(d, role, words_side(self.table.text, cell.start, cell.end))
            self.table.drafts.append(d)
        return cells[-1:]

    def read(self, row: Row) -> None:
        """A row with no number cell: name, then the target in words, printed once a target column."""
        before = len(self.table.quantities)
        if row.name:
            a, b = row.name[0].start, row.name[-1].end
            self.table.quantities += [replace(q, start=q.start + a, end=q.end + a) for q in self.table.finder.find(self.table.text[a:b])]
        found = self.table.quantities[before:]
        columns = [r for r in self.table.roles if r in ("target", "cycle", "actual")]
        if not columns and not self.table.levelled:
            return
        if len(found) >= 2 and self._told_in_cells(row, found, columns):
            return
        lines = [(c.start, c.end) for c in row.name]
        parts = self._split_words(lines, max(1, len(columns)))
        if parts is None:
            return
        name, *values = parts
        d = Draft(
            "performance", [name], method="table", target=words_side(self.table.text, *values[-1] if "cycle" in columns else values[0])
        )
        if "actual" in columns and len(values) > 1:
            d.actual = words_side(self.table.text, *values[1])
        d.start, d.end = name[0], values[-1][1]
        self.table.drafts.append(d)

    def _told_in_cells(self, row: Row, found: list[Quantity], columns: list[str]) -> bool:
        """Cells of text that hold numbers: the second column words the first one again (共支持≥1570项…共支持≥314项…)."""
        a, b = row.name[0].start, row.name[-1].end
        names = self.table.names_of(self.table.text[a:b], [replace(q, start=q.start - a, end=q.end - a) for q in found])
        half = len(found) // 2
        twice = len(found) % 2 == 0 and all(similar(x, y) >= 0.6 for x, y in zip(names[:half], names[half:], strict=True))
        if not twice:
            return False
        title = self.table.text[a : found[0].start]
        actual = "actual" in columns and "cycle" not in columns
        for first, second, name in zip(found[:half], found[half:], names[half:], strict=True):
            d = Draft("performance", [], prefix=name or title, method="table", start=first.start, end=second.end)
            d.target = side(first if actual else second)
            d.actual = side(second) if actual else None
            self.table.drafts.append(d)
        return True

    def _split_words(self, lines: list[tuple[int, int]], columns: int) -> list[tuple[int, int]] | None:
        """Name and value spans among text lines: by a value printed twice, or name and one short value."""
        n = len(lines)
        for i in range(1, n):
            rest = n - i
            if rest % 2 == 0 or columns == 2:
                for j in range(i + 1, n):
                    a, b = self.table.text[lines[i][0] : lines[j - 1][1]], self.table.text[lines[j][0] : lines[-1][1]]
                    if a == b:
                        return [(lines[0][0], lines[i - 1][1]), (lines[i][0], lines[j - 1][1]), (lines[j][0], lines[-1][1])]
        if n == 2 and columns == 1:
            return [lines[0], lines[1]]
        return None
