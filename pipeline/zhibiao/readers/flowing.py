"""Builds the text of a report piece by piece: paragraphs, tables, page furniture, with the offsets of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhibiao.errors import EmptyDocument, ReadError, UnpacksTooLarge
from zhibiao.readers.content import Content, Limits
from zhibiao.schema import Table, TableCell, TextLine

_INVISIBLE = dict.fromkeys((*range(0x09), *range(0x0B, 0x20), 0x7F), " ")


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell to be written: place, extent and words (lines of the cell parted by line feeds)."""

    row: int
    column: int
    text: str
    rowspan: int = 1
    colspan: int = 1


class Builder:
    """Collects the text of a file in reading order and hands it over as :class:`Content`.

    Every paragraph ends with a line feed; a table stands as one line a row, its cells parted by tabs. Control characters but the line feed
    are blanked, so no cell can hold a tab of its own.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parts: list[str] = []
        self._size = 0
        self._pages: list[int] = []
        self._tables: list[Table] = []
        self._furniture: list[tuple[int, int]] = []
        self._lines: list[TextLine] = []
        self._gaps: list[ReadError] = []
        self._cells = 0

    @property
    def size(self) -> int:
        """Characters so far: the offset of what comes next."""
        return self._size

    def page(self) -> None:
        """A new page begins here."""
        self._pages.append(self._size)

    def gap(self, error: ReadError) -> None:
        """A part of the file that could not be read."""
        self._gaps.append(error)

    def text(self, words: str, *, furniture: bool = False) -> int:
        """Add a line or paragraph and its line end; gives its offset. ``furniture``: it belongs to the page, not to the text."""
        start = self._add(_plain(words))
        if furniture and self._size > start:
            self._furniture.append((start, self._size))
        self._add("\n")
        return start

    def table(self, cells: Sequence[CellText], *, edges: Sequence[float] = ()) -> list[tuple[int, int]]:
        """Add a table; gives the span of each cell, in the order of ``cells`` (by row, then column). Raises UnpacksTooLarge beyond the limit of cells."""
        self._cells += len(cells)
        if self._cells > self._limits.max_cells:
            raise UnpacksTooLarge(what=f"{self._cells} 个单元格 cells", limit=f"{self._limits.max_cells}")
        start, row, column = self._size, 0, 0
        placed: list[TableCell] = []
        for cell in cells:
            if cell.row > row:
                self._add("\n" * (cell.row - row))
                row, column = cell.row, 0
            self._add("\t" * (cell.column - column))
            column = cell.column
            at = self._add(_plain(cell.text).strip())
            placed.append(TableCell(cell.row, cell.column, at, self._size, cell.rowspan, cell.colspan))
        self._tables.append(Table(start, self._size, tuple(placed), tuple(edges)))
        self._add("\n")
        return [(c.start, c.end) for c in placed]

    def line(self, line: TextLine) -> None:
        """Where a stretch of the text added last stands on its page; lines come in order of text."""
        self._lines.append(line)

    def content(self) -> Content:
        """Everything collected. Raises EmptyDocument, or the first gap, where there are no words."""
        text = "".join(self._parts)
        if not text.strip():
            raise self._gaps[0] if self._gaps else EmptyDocument()
        return Content(text, tuple(self._pages), tuple(self._tables), tuple(self._furniture), tuple(self._lines), tuple(self._gaps))

    def _add(self, words: str) -> int:
        start = self._size
        self._parts.append(words)
        self._size += len(words)
        return start


def _plain(words: str) -> str:
    """Words with every control character but the line feed made a blank: one for one, so that offsets stay."""
    return words.replace("\r\n", " \n").replace("\r", "\n").replace("\t", " ").translate(_INVISIBLE)
