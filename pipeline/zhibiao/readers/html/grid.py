"""The cells of a table element by row and column, and whether the element is a table at all or only lays out the page."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TypeGuard

from zhibiao.errors import UnpacksTooLarge
from zhibiao.readers.html.node import BREAK, LINK, UNLINK, Grid, Node, Placed

#: What HTML allows; browsers cut the rest.
_MAX_COLSPAN, _MAX_ROWSPAN = 1000, 65534
#: Steps of laying out for each cell that is allowed: rows with few cells, many of which reach down, cost more than their cells.
_STEPS = 20
#: A cell with so many words in so many paragraphs, which are the greater part of the table, is an article; in a table of few cells sooner.
_ARTICLE_CHARS, _ARTICLE_PARAGRAPHS, _FEW_CELLS, _FEW_CHARS = 1000, 5, 4, 40
#: Cells of a row that stands alone are shorter than this.
_SINGLE_CHARS = 200
_LINKED = 0.7


def lay_out(table: Node, max_cells: int, steps: int) -> tuple[Grid, int]:
    """Place the cells of a table, spans resolved as browsers do. ``steps`` counts over all tables of a page: in and out.

    Raises UnpacksTooLarge where the spans of a page would take beyond all measure to resolve.
    """
    rows, captions = _rows(table)
    placed: list[tuple[int, int, int, int, Node]] = []
    reaching: list[tuple[int, int, int]] = []  # columns from, to, and the row at which cells that reach down end
    for index, row in enumerate(rows):
        reaching = [span for span in reaching if span[2] > index]
        column, at, new = 0, 0, []
        for cell in row:
            while at < len(reaching) and reaching[at][0] <= column:
                column = max(column, reaching[at][1])
                at += 1
            colspan = _span(cell, "colspan", _MAX_COLSPAN)
            rowspan = min(_span(cell, "rowspan", _MAX_ROWSPAN) or len(rows), len(rows) - index)
            placed.append((index, column, rowspan, max(colspan, 1), cell))
            if rowspan > 1:
                new.append((column, column + max(colspan, 1), index + rowspan))
            column += max(colspan, 1)
        steps += len(row) + len(reaching) + 1
        if steps > max_cells * _STEPS:
            raise UnpacksTooLarge(what="跨行单元格过多 spans of cells", limit=f"{max_cells}")
        if new:
            reaching = sorted([*reaching, *new])
    return Grid(_ranked(placed), tuple(captions)), steps


def is_data(table: Node, grid: Grid) -> bool:
    """Whether a table holds rows and columns of data. One that lays out the page, or has one column, is read as flowing text."""
    held = [placed for placed in grid.cells if placed.cell.chars]
    if (table.marks or {}).get("role") in ("presentation", "none") or any(placed.cell.holds_data for placed in held):
        return False
    columns, rows = len({placed.column for placed in held}), len({placed.row for placed in held})
    if columns < 2 or table.linked > _LINKED * table.chars:
        return False
    longest = max((placed.cell for placed in held), key=lambda cell: cell.chars)
    if rows < 2:  # a row torn off its table, not a line of columns of text
        return columns > 2 and all(placed.cell.paragraphs == 1 for placed in held) and longest.chars < _SINGLE_CHARS
    if longest.paragraphs >= _ARTICLE_PARAGRAPHS and longest.chars >= _ARTICLE_CHARS and 2 * longest.chars > table.chars:
        return False
    return len(held) > _FEW_CELLS or longest.chars < _FEW_CHARS or longest.paragraphs < 2


def _rows(table: Node) -> tuple[list[list[Node]], list[Node]]:
    """The cells of each row, heads first and feet last as they are shown; and what stands outside of cells: captions, stray words."""
    rows: dict[str, list[list[Node]]] = {"thead": [], "tbody": [], "tfoot": []}
    captions: list[Node] = []
    loose: list[Node] | None = None  # cells without a row make one
    for part, item in _parts(table):
        if isinstance(item, Node) and item.tag == "tr":
            rows[part].append([cell for cell in item.items if _is_cell(cell)])
            captions.extend(node for other in item.items if not _is_cell(other) and (node := _stray(other)))
            loose = None
        elif _is_cell(item):
            if loose is None:
                loose = []
                rows[part].append(loose)
            loose.append(item)
        elif node := _stray(item):
            captions.append(node)
    return [*rows["thead"], *rows["tbody"], *rows["tfoot"]], captions


def _parts(table: Node) -> Iterator[tuple[str, str | Node]]:
    for item in table.items:
        if isinstance(item, Node) and item.tag in ("thead", "tbody", "tfoot"):
            for inner in item.items:
                yield item.tag, inner
        else:
            yield "tbody", item


def _is_cell(item: str | Node) -> TypeGuard[Node]:
    return isinstance(item, Node) and item.tag in ("td", "th")


def _stray(item: str | Node) -> Node | None:
    """Words of a table outside its cells as a block of their own."""
    if isinstance(item, str):
        if not item.strip(f"{BREAK}{LINK}{UNLINK} \t\r\n\f"):
            return None
        item = Node("p", items=[item])
        item.count()
    return item if item.chars else None


def _span(cell: Node, name: str, most: int) -> int:
    """The span of a cell as HTML reads numbers: leading digits, 1 where there are none."""
    value = (cell.marks or {}).get(name, "").strip()
    digits = value[: len(value) - len(value.lstrip("0123456789"))]
    return min(int(digits), most) if digits else 1


def _ranked(placed: list[tuple[int, int, int, int, Node]]) -> tuple[Placed, ...]:
    """Cells with rows and columns counted where cells with words begin: a colspan of 1000 in a table of three columns spans three, and
    empty rows and columns, which only keep distance, are gone."""
    rows, columns = sorted({cell[0] for cell in placed if cell[4].chars}), sorted({cell[1] for cell in placed if cell[4].chars})
    row_of, column_of = {row: rank for rank, row in enumerate(rows)}, {column: rank for rank, column in enumerate(columns)}
    ranked = []
    for row, column, rowspan, colspan, cell in placed:
        if row in row_of and column in column_of:
            height, width = bisect_left(rows, row + rowspan) - row_of[row], bisect_left(columns, column + colspan) - column_of[column]
            ranked.append(Placed(row_of[row], column_of[column], height, width, cell))
    return tuple(sorted(ranked, key=lambda cell: (cell.row, cell.column)))
