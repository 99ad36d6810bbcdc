"""Excel workbooks: each visible sheet as lines of text and tables, its cells as they are shown."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from zhibiao.errors import Damaged, UnpacksTooLarge
from zhibiao.readers.content import Content, Limits
from zhibiao.readers.flowing import Builder, CellText
from zhibiao.readers.ooxml.packed import Package, Relation
from zhibiao.readers.ooxml.sheet import Cells, Sheet, read_formats, read_strings

_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表|表格|table|页)\s*\d*\s*(?:[(（]\d+[)）])?", re.IGNORECASE)
#: A single cell this long that holds a full stop is prose, also between the rows of a table.
_PROSE = 60
_COLON = re.compile(r"[^：:]{1,12}[：:]\s*\S")
#: A row of notes above a table (部门：…　单位：万元) has no more cells than this.
_NOTES = 3
#: Between the notes of one row.
_GAP = "　"


class _Cell(NamedTuple):
    """A cell that is seen: the rows and columns of the sheet (from 1) that it takes up, the last ones included."""

    row: int
    column: int
    last_row: int
    last_column: int
    text: str


def read_xlsx(data: bytes, *, path: Path, limits: Limits) -> Content:
    """Read an XLSX or XLSM.

    *Cells* as shown: numbers by their format (0.9782 under 0.00% is 97.82%; whole numbers without a format in full), formulas by the result that was
    saved with them; those without one are counted in a gap. Merged cells stand once, with their extent. Hidden sheets, rows (also those filtered out)
    and columns are left out, charts and comments too; rows and columns are numbered without them.
    *Text*: a sheet is cut at its empty rows. Rows of a single cell above and below a table, long prose, and notes above it (部门：… 单位：万元) are
    lines; the rest is a :class:`~zhibiao.schema.Table` that holds the cells with words. Columns without any are dropped. The name of a sheet is a line,
    unless it is the program's own (Sheet1) or stands in the first line.
    *Pages*: each visible sheet is one, in the order of the tabs.

    Raises the errors of :class:`~zhibiao.readers.ooxml.packed.Package`, EmptyDocument, and UnpacksTooLarge beyond ``limits.max_cells``.
    """
    package = Package(data, kind="xlsx", path=path, limits=limits)
    book = package.tree(package.main)
    relations = package.relations(package.main)
    parts = {relation.kind: relation.target for relation in relations.values()}
    properties = book.find("{*}workbookPr")
    cells = Cells(
        package,
        read_strings(package, parts["sharedStrings"]) if "sharedStrings" in parts else [],
        read_formats(package, parts["styles"]) if "styles" in parts else [],
        date1904=properties is not None and properties.get("date1904") in ("1", "true"),
        room=limits.max_cells,
    )
    builder = Builder(limits)
    uncounted = grid = 0
    for name, relation in _sheets(book, relations):
        builder.page()
        if relation is None or relation.kind != "worksheet":
            continue
        sheet = cells.read(relation.target)
        uncounted += sheet.uncounted
        blocks = list(_blocks(sheet))
        first = "".join(cell.text for cell in blocks[0][0]) if blocks else ""
        if blocks and not _DEFAULT_NAME.fullmatch(name.strip()) and _bare(name) not in _bare(first):
            builder.text(name, furniture=True)
        for block in blocks:
            package.check_time()
            for piece in _pieces(block):
                if isinstance(piece, str):
                    builder.text(piece)
                    continue
                grid += (piece[-1].row + 1) * (1 + max(cell.column for cell in piece))
                if grid > 16 * limits.max_cells:  # few cells, far apart
                    raise UnpacksTooLarge(what=f"> {16 * limits.max_cells} 格 places of tables", limit=str(limits.max_cells))
                builder.table(piece)
    if uncounted:
        builder.gap(Damaged(detail=f"{uncounted} 个公式没有保存结果，读作空 {uncounted} formulas without a saved result, read as empty"))
    return builder.content()


def _sheets(book: etree._Element, relations: dict[str, Relation]) -> Iterator[tuple[str, Relation | None]]:
    """Name and part of each visible sheet, in the order of the tabs."""
    for node in book.iterfind("{*}sheets/{*}sheet"):
        if node.get("state") not in ("hidden", "veryHidden"):
            identity = next((str(value) for key, value in node.attrib.items() if str(key).endswith("}id")), "")
            yield node.get("name") or "", relations.get(identity)


def _seen(sheet: Sheet) -> list[_Cell]:
    """The cells that are seen, by row, then column. A merged cell begins at its first visible row and column."""
    bottom = max((row for row, _ in sheet.cells), default=0)
    right = max((column for _, column in sheet.cells), default=0)
    merged = {area[:2]: area for area in sheet.merged if area[:2] in sheet.cells}
    out = []
    for (row, column), words in sheet.cells.items():
        area = merged.get((row, column), (row, column, row, column))
        last_row, last_column = min(area[2], bottom), min(area[3], right)
        at = sheet.hidden_rows.first_outside(row, last_row), sheet.hidden_columns.first_outside(column, last_column)
        if at[0] is not None and at[1] is not None:
            out.append(_Cell(at[0], at[1], last_row, last_column, words))
    return sorted(out, key=lambda cell: (cell.row, cell.column))


def _blocks(sheet: Sheet) -> Iterator[list[list[_Cell]]]:
    """The rows with words, cut where a visible row is empty."""
    block: list[list[_Cell]] = []
    reach = 0
    for row, group in groupby(_seen(sheet), key=lambda cell: cell.row):
        if block and sheet.hidden_rows.first_outside(reach + 1, row - 1) is not None:
            yield block
            block = []
        block.append(list(group))
        reach = max(reach, row, *(cell.last_row for cell in block[-1]))
    if block:
        yield block


def _pieces(rows: list[list[_Cell]]) -> Iterator[str | list[CellText]]:
    """A block as lines and tables in order."""
    alone, notes, reach = [], [], 0
    for cells in rows:
        free = cells[0].row > reach  # no merged cell reaches into the row from above
        flat = free and all(cell.last_row == cell.row for cell in cells)
        alone.append(free and len(cells) == 1)
        notes.append(alone[-1] or (flat and len(cells) <= _NOTES and all(_COLON.match(cell.text.strip()) for cell in cells)))
        reach = max(reach, *(cell.last_row for cell in cells))
    first, last = 0, len(rows)
    while first < last and notes[first]:
        first += 1
    while last > first and notes[last - 1]:
        last -= 1
    table: list[list[_Cell]] = []
    for index, cells in enumerate(rows):
        prose = alone[index] and len(cells[0].text) > _PROSE and "。" in cells[0].text
        if first <= index < last and not prose:
            table.append(cells)
            continue
        yield from _table(table)
        table = []
        yield _GAP.join(cell.text.strip() for cell in cells)
    yield from _table(table)


def _table(rows: list[list[_Cell]]) -> Iterator[str | list[CellText]]:
    """Rows as a table, places counted without empty rows and columns; as lines where there is one column only."""
    at_row = [cells[0].row for cells in rows]
    at_column = sorted({cell.column for cells in rows for cell in cells})
    if len(at_column) == 1:
        yield from (cells[0].text.strip() for cells in rows)
    elif rows:
        yield [
            CellText(
                row,
                bisect_left(at_column, cell.column),
                cell.text,
                bisect_right(at_row, cell.last_row) - row,
                bisect_right(at_column, cell.last_column) - bisect_left(at_column, cell.column),
            )
            for row, cells in enumerate(rows)
            for cell in cells
        ]


def _bare(words: str) -> str:
    return "".join(words.split())
