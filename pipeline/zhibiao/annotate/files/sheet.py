"""The report as a workbook: its words on the first sheet, each table on a sheet of its own, with merged cells and typed numbers."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

from zhibiao.annotate.files.source import Cell, Source, TableBlock, WordsBlock
from zhibiao.annotate.files.tools import DATE, need, repack

#: Digits that a number format can print back exactly: no stray zeros in front, commas only between thousands.
_PLAIN = re.compile(r"-?(?:0|[1-9]\d{0,2}(?:,\d{3})*|[1-9]\d*)(?:\.(\d+))?(%?)")
_TYPED = frozenset({"weight", "score", "review", "initial", "budget", "executed", "rate", "change", "fact", "last", "amount"})
_COLUMN = 96.0  # width of a whole table in characters


def workbook_of(source: Source) -> bytes:
    """XLSX with the same bytes each time. Raises MissingLibraryError."""
    xlsxwriter = need("xlsxwriter", "xlsxwriter")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": source.title, "created": DATE.replace(tzinfo=None)})
    forms = _Formats(book)
    _words(book, source, forms)
    used: dict[str, tuple[Any, int]] = {}
    for n, table in enumerate(source.tables, 1):
        name = table.sheet or f"表{n}"
        sheet, top = used.get(name) or (book.add_worksheet(name), 0)
        used[name] = (sheet, _table(sheet, top, table, forms) + 1)
    book.close()
    return repack(out.getvalue())


def number_format(text: str) -> tuple[float, str] | None:
    """The number of a cell and the format that prints it as it stands; None where it must stay text.

    >>> number_format("8,460.00"), number_format("94.98%"), number_format("≥95%"), number_format("10")
    ((8460.0, '#,##0.00'), (0.9498, '0.00%'), None, (10.0, '0'))
    """
    found = _PLAIN.fullmatch(text)
    if found is None or text.startswith("-0"):
        return None
    places = "." + "0" * len(found[1]) if found[1] else ""
    value = Decimal(text.replace(",", "").rstrip("%"))
    grouped = "," in text or (not found[2] and abs(value) < 1000 and "." in text)
    return float(value / 100 if found[2] else value), ("#,##0" if grouped else "0") + places + found[2]


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def __call__(self, **wanted: object) -> Any:
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(
                {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True, **wanted}
            )
        return self._made[key]


def _words(book: Any, source: Source, forms: _Formats) -> None:
    """The sheet of the words: a paragraph a row. Left out where there are none beside titles."""
    lines = [(source.title, True), (source.org, False), (source.date, False)]
    for block in source.blocks:
        if isinstance(block, WordsBlock):
            lines += [(line, block.level > 0) for line in block.lines]
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, _COLUMN)
    for r, (line, bold) in enumerate((line, bold) for line, bold in lines if line):
        sheet.write_string(r, 0, line, forms(bold=bold))


def _table(sheet: Any, top: int, table: TableBlock, forms: _Formats) -> int:
    """Write one table with its caption from row ``top`` on; gives the row below it."""
    last = len(table.widths) - 1
    for c, width in enumerate(table.widths):
        sheet.set_column(c, c, _COLUMN * width / sum(table.widths))
    for words, form in ((table.caption, forms(bold=True, align="center", font_size=14)), (table.unit, forms(align="right"))):
        if words:
            sheet.merge_range(top, 0, top, last, words, form) if last else sheet.write_string(top, 0, words, form)
            top += 1
    for i, cell in enumerate(table.cells):
        _cell(sheet, top, cell, _typed(table, i), forms)
    return top + len(table.rows)


def _typed(table: TableBlock, i: int) -> bool:
    cell = table.cells[i]
    row = table.rows[cell.row]
    return table.typed and not cell.head and row.roles[cell.column].name in _TYPED


def _cell(sheet: Any, top: int, cell: Cell, typed: bool, forms: _Formats) -> None:
    found = number_format(cell.text) if typed else None
    wanted: dict[str, object] = {"border": 1, "bold": cell.head, "align": "right" if found else "center" if len(cell.text) < 12 else "left"}
    if found:
        wanted["num_format"] = found[1]
    form, row = forms(**wanted), top + cell.row
    if cell.rowspan > 1 or cell.colspan > 1:
        sheet.merge_range(row, cell.column, row + cell.rowspan - 1, cell.column + cell.colspan - 1, "", form)
    if found:
        sheet.write_number(row, cell.column, found[0], form)
    elif cell.text:
        sheet.write_string(row, cell.column, cell.text, form)
    elif cell.rowspan == cell.colspan == 1:
        sheet.write_blank(row, cell.column, None, form)
