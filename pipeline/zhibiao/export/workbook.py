"""The Excel workbook for people: a summary, then one sheet a table, with Chinese heads and words for codes.

Every text is written as a text (no formula, no web link), every measure as a number that shows its printed decimals; a number that
Excel cannot hold exactly (more than 15 digits) is written as text. What Excel's limits leave out is said in the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from zhibiao.export.frames import Cell, Row, Rows, column_type, spans_json
from zhibiao.export.labels import labels
from zhibiao.export.writers import Summary
from zhibiao.schema import TABLES, plain

MAX_ROWS = 1_048_576
MAX_CELL = 32_767  # UTF-16 units
MAX_LINKS = 65_530
_DIGITS = 15

# What a reader looks at first; the other columns follow in the order of the table.
_FIRST = {
    "records": (
        "doc_id", "indicator", "target_text", "actual_text", "completion", "status", "evidence", "type", "change", "canonical_name",
    ),
    "reports": ("doc_id", "title", "org", "region", "year", "n_records", "n_quantities"),
}  # fmt: skip
_LAST = {"reports": ("text",)}
_WIDTHS = {
    "doc_id": 22, "indicator": 30, "target_text": 22, "actual_text": 22, "evidence": 60, "message": 60, "title": 44, "path": 40, "text": 24,
    "canonical_name": 22, "org": 26, "section": 26, "sha256": 16, "expected": 20, "found": 20, "spans": 18, "error": 22,
}  # fmt: skip
_WRAPPED = frozenset({"indicator", "target_text", "actual_text", "evidence", "message", "title", "section"})
_CODED = {"type": "type", "status": "status", "severity": "severity", "kind": "kind"}
_FILL = {"missed": "#FBE3E0", "exceeded": "#E2EFDA", "met": "#E2EFDA", "error": "#FBE3E0", "warning": "#FFF2CC"}
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def cell_text(text: str, *, limit: int = MAX_CELL) -> str:
    """A text as a cell can hold it: line ends as ``\\n``, characters that XML forbids as U+FFFD, a cut beyond the limit and said.

    >>> cell_text("数" * 40, limit=30)
    '数数数数数数数数数数数数……（截断，全文 40 字 cut）'
    """
    text = _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "  # xlsxwriter would take it for ready-made markup and break the file
    if len(text) * 2 > limit and len(text.encode("utf-16-le")) // 2 > limit:
        note = f"……（截断，全文 {len(text)} 字 cut）"
        text = text.encode("utf-16-le")[: (limit - len(note)) * 2].decode("utf-16-le", "ignore") + note
    return text


def column_order(table: str) -> tuple[str, ...]:
    """The columns of a sheet, in the order for people."""
    first, last = _FIRST.get(table, ()), _LAST.get(table, ())
    return (*first, *(name for name in TABLES[table] if name not in first and name not in last), *last)


class WorkbookWriter:
    """Streams all tables to ``zhibiao.xlsx`` in constant memory."""

    files = ("zhibiao.xlsx",)

    def __init__(self, folder: Path, *, max_rows: int = MAX_ROWS) -> None:
        self._max_rows = max_rows
        self._path = folder / self.files[0]
        self._book = xlsxwriter.Workbook(
            self._path,
            {
                "constant_memory": True, "tmpdir": str(folder), "strings_to_urls": False, "strings_to_formulas": False,
                "strings_to_numbers": False, "nan_inf_to_errors": False,
            },
        )  # fmt: skip
        # A fixed date, or two equal runs would give unequal files.
        self._book.set_properties({"title": "指标抽取结果", "author": "zhibiao", "created": datetime(2000, 1, 1)})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._summary = self._book.add_worksheet(labels()["sheet"]["summary"])
        self._sheets: dict[str, Any] = {}
        self._next = dict.fromkeys(TABLES, 1)
        self._lost = dict.fromkeys(TABLES, 0)
        self._links = 0
        self._order: dict[str, tuple[tuple[str, int], ...]] = {}
        for table in ("records", "quantities", "findings", "reports", "errors"):
            self._add_sheet(table)

    def _add_sheet(self, table: str) -> None:
        sheet = self._sheets[table] = self._book.add_worksheet(labels()["sheet"][table])
        names = column_order(table)
        position = {name: index for index, name in enumerate(TABLES[table])}
        self._order[table] = tuple((name, position[name]) for name in names)
        sheet.freeze_panes(1, 2 if table == "records" else 1)
        head = self._format(bold=True, bg_color="#D9E2F3", bottom=1, text_wrap=True, valign="vcenter")
        for column, name in enumerate(names):
            label = TABLES[table][name]
            sheet.set_column(column, column, _WIDTHS.get(name, max(8, 2 * len(label) + 4)))
            sheet.write_string(0, column, label, head)

    def _format(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    def prepare(self, rows: Rows) -> Callable[[], None]:
        ready = [(table, [self._cells(table, row) for row in lines]) for table, lines in rows.items() if lines]

        def write() -> None:
            linked = self._next["reports"] if rows["reports"] and self._next["reports"] < self._max_rows - 1 else None
            for table, lines in ready:
                for cells in lines:
                    self._write_row(table, cells, linked)

        return write

    def _cells(self, table: str, row: Row) -> list[tuple[str, Any, Any]]:
        """(kind of cell, value, format) in the order of the sheet."""
        return [self._cell(name, row[index]) for name, index in self._order[table]]

    def _cell(self, name: str, value: Cell) -> tuple[str, Any, Any]:
        if value is None or value == "":
            return "blank", None, None
        if isinstance(value, Decimal):
            return self._measure(name, value)
        if isinstance(value, (int, float)):
            number_format = {"confidence": "0.00", "seconds": "0.000"}.get(name)
            return "number", value, self._format(valign="top", **({"num_format": number_format} if number_format else {}))
        text = spans_json(value) if column_type(name) == "spans" else str(value)
        look: dict[str, Any] = {"valign": "top"}
        if name in _WRAPPED:
            look["text_wrap"] = True
        if name in _CODED:
            if text in _FILL:
                look["bg_color"] = _FILL[text]
            text = labels()[_CODED[name]].get(text, text)
        return "text", cell_text(text), self._format(**look)

    def _measure(self, name: str, value: Decimal) -> tuple[str, Any, Any]:
        text = plain(value)
        if len(text.lstrip("-").replace(".", "").strip("0")) > _DIGITS:
            return "text", text, self._format(valign="top", align="right")
        _, _, exponent = value.as_tuple()
        places = min(max(0, -exponent), _DIGITS) if isinstance(exponent, int) else 0
        number_format = "#,##0" + ("." + "0" * places if places else "")
        if name == "completion":
            number_format = "0.00%"
        elif name == "link_confidence":
            number_format = "0.00"
        return "number", float(value), self._format(valign="top", num_format=number_format)

    def _write_row(self, table: str, cells: list[tuple[str, Any, Any]], report_row: int | None) -> None:
        sheet, row = self._sheets[table], self._next[table]
        if row >= self._max_rows - 1:  # the last row is kept for the note
            self._lost[table] += 1
            return
        for column, (kind, value, look) in enumerate(cells):
            if kind == "number":
                sheet.write_number(row, column, value, look)
            elif kind == "text":
                if column == 0 and table == "records" and report_row is not None and self._links < MAX_LINKS:
                    self._links += 1
                    look = self._format(valign="top", font_color="#0563C1", underline=1)
                    sheet.write_url(row, column, f"internal:'{labels()['sheet']['reports']}'!A{report_row + 1}", look, value)
                else:
                    sheet.write_string(row, column, value, look)
        self._next[table] = row + 1

    def close(self, summary: Summary) -> None:
        for table, sheet in self._sheets.items():
            if self._lost[table]:
                n = self._lost[table]
                note = f"已达 Excel 行数上限，另有 {n} 行未列出，请看 CSV 或 Parquet（{n} more rows: see the other formats）"
                sheet.write_string(self._next[table], 0, note, self._format(bold=True, font_color="#C00000"))
            sheet.autofilter(0, 0, max(1, self._next[table] - 1), len(TABLES[table]) - 1)
        self._write_summary(summary)
        try:
            self._book.close()
        except XlsxWriterException as error:  # the disk refused; callers know OSError
            raise OSError(str(error)) from error

    def _write_summary(self, summary: Summary) -> None:
        sheet, bold = self._summary, self._format(bold=True)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 18)
        sheet.set_column(2, 2, 60)
        sheet.write_string(0, 0, "指标抽取结果", self._format(bold=True, font_size=16))
        row = 2
        for label, value in summary:
            sheet.write_string(row, 0, cell_text(label))
            if isinstance(value, str):
                sheet.write_string(row, 1, cell_text(value))
            else:
                sheet.write_number(row, 1, value, self._format(num_format="#,##0" if isinstance(value, int) else "#,##0.00", align="left"))
            row += 1
        row += 1
        for column, head in enumerate(("工作表", "行数", "说明")):
            sheet.write_string(row, column, head, bold)
        for table, tab in self._sheets.items():
            row += 1
            link = self._format(font_color="#0563C1", underline=1)
            sheet.write_url(row, 0, f"internal:'{tab.get_name()}'!A1", link, tab.get_name())
            sheet.write_number(row, 1, self._next[table] - 1 + self._lost[table], self._format(num_format="#,##0", align="left"))
            sheet.write_string(row, 2, _ABOUT[table])

    def abort(self) -> None:
        # xlsxwriter can only close by writing the file; dropping it leaves its temporary files to the folder's removal.
        for sheet in self._sheets.values():
            if sheet.row_data_fh is not None and not sheet.row_data_fh.closed:
                sheet.row_data_fh.close()
        if not self._summary.row_data_fh.closed:
            self._summary.row_data_fh.close()
        self._book.fileclosed = True


_ABOUT = {
    "records": "一条指标一行：目标、实际、完成率、状态与依据",
    "quantities": "文中每个数量一行：数值已换算为基本单位",
    "findings": "值得审核的地方",
    "reports": "读入的文档",
    "errors": "未能处理的输入",
}
