"""The panel as files: CSV (cells and readings), an Excel workbook, one self-contained HTML page."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from zhibiao.errors import OutputError, OutputIsFile, UnknownFormat
from zhibiao.export.workbook import MAX_ROWS, cell_text
from zhibiao.readers.discovery import printable
from zhibiao.schema import plain

from .cells import Cell, Panel
from .grid import (
    LABELS,
    PART_NAMES,
    STATES,
    Value,
    Wide,
    cell_columns,
    cell_rows,
    number,
    reading_columns,
    reading_rows,
    shown,
    told,
    wide,
)

FORMATS = ("csv", "xlsx", "html")
_DIGITS = 15
_FILL = {"several": "#FFF2CC", "conflict": "#FBE3E0"}
#: Widths of columns in characters of a latin font; Chinese ones take two.
_WIDTHS = {
    "canonical_id": 26, "canonical_name": 28, "indicator": 30, "values": 50, "value": 16, "text": 16, "targets": 20, "target": 20, "change": 14,
    "printed_change": 14, "notes": 50, "region": 20, "org": 30, "project": 30, "period": 16, "run": 16, "doc_id": 24, "record_id": 19, "evidence": 60,
    "link_confidence": 12, "level1": 12, "level2": 16, "domain": 16, "unit": 10,
}  # fmt: skip
_CODES: dict[str, Mapping[Any, str]] = {"state": STATES, "part": PART_NAMES}


def parse_panel_formats(text: str) -> tuple[str, ...]:
    """``"csv, html"`` → ``("csv", "html")``. Raises :class:`~zhibiao.errors.UnknownFormat`."""
    names = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise UnknownFormat(unknown=", ".join(unknown) or "（空 empty）", known=", ".join(FORMATS))
    return names


def write_panel(panel: Panel, folder: Path, formats: Sequence[str]) -> tuple[Path, ...]:
    """Write ``panel.csv`` and ``panel_evidence.csv``, ``panel.xlsx``, ``panel.html`` into ``folder`` (made where absent); gives their paths.

    A file appears under its name when it is whole. Raises :class:`~zhibiao.errors.OutputIsFile`, :class:`~zhibiao.errors.OutputError`.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputIsFile(path=printable(folder))
    makers: dict[str, Callable[[Panel], bytes]] = {}
    for name in formats:
        makers |= _MAKERS[name]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(_write(folder / name, make(panel)) for name, make in makers.items())
    except OSError as error:
        raise OutputError(detail=f"{printable(folder)}: {error.strerror or error}") from error


def _write(path: Path, data: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """CSV as the tables of a run are: UTF-8 with a byte-order mark, names of columns as codes, numbers without exponents."""
    buffer = io.StringIO(newline="")
    out = csv.writer(buffer, lineterminator="\r\n")
    out.writerow(columns)
    out.writerows([plain(cell) if isinstance(cell, Decimal) else cell for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig", "replace")


def _cells_csv(panel: Panel) -> bytes:
    return _csv(cell_columns(panel), cell_rows(panel))


def _readings_csv(panel: Panel) -> bytes:
    return _csv(reading_columns(), reading_rows(panel))


class _Book:
    """The workbook: the wide panel, its cells, the evidence. Texts are texts (no formula, no web link), numbers show their digits."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(self.buffer, options)
        self.book.set_properties({"title": "指标面板", "author": "zhibiao", "created": datetime(2000, 1, 1)})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def look(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"valign": "top", **properties})
        return self._formats[key]

    def sheet(self, name: str, heads: Sequence[str], widths: Sequence[int], *, frozen: int = 1) -> Any:
        sheet = self.book.add_worksheet(name)
        head = self.look(bold=True, bg_color="#D9E2F3", bottom=1, text_wrap=True)
        for column, (label, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, cell_text(label), head)
        sheet.freeze_panes(1, frozen)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(len(heads) - 1)}1"})  # years as heads are names
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def put(self, sheet: Any, row: int, column: int, value: Value, **properties: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, Decimal):
            text = plain(value)
            if len(text.lstrip("-").replace(".", "").strip("0")) <= _DIGITS:
                places = min(len(text.partition(".")[2]), _DIGITS)
                style = self.look(num_format="#,##0" + ("." + "0" * places if places else ""), **properties)
                sheet.write_number(row, column, float(value), style)
                return
            value = text
        if isinstance(value, (int, float)):
            sheet.write_number(row, column, value, self.look(**properties))
        else:
            sheet.write_string(row, column, cell_text(value), self.look(text_wrap=True, **properties))

    def fill(self, sheet: Any, columns: Sequence[str], rows: Iterable[Sequence[Value]], *, most: int = MAX_ROWS) -> None:
        """Rows below the head, codes as words; what Excel's limit leaves out is said in the last row."""
        count = 0
        for count, row in enumerate(rows, 1):
            if count >= most - 1:
                continue
            for column, (name, value) in enumerate(zip(columns, row, strict=True)):
                look: dict[str, Any] = {"bg_color": _FILL[str(value)]} if name == "state" and value in _FILL else {}
                if name in ("confidence", "link_confidence"):
                    look["num_format"] = "0.00"
                elif name == "year" and isinstance(value, str) and value.isdecimal():
                    value = int(value)  # a number as in the other sheets, not a text that looks like one
                self.put(sheet, count, column, _CODES[name][str(value)] if name in _CODES else value, **look)
        if count >= most - 1:
            self.put(sheet, most - 1, 0, f"已达 Excel 行数上限，另有 {count - most + 2} 行未列出，请看 CSV（more rows: see the CSV）")
        sheet.autofilter(0, 0, max(1, min(count, most - 2)), len(columns) - 1)

    def close(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()


def _xlsx(panel: Panel) -> bytes:
    book = _Book()
    table = wide(panel)
    _wide_sheet(book, table)
    columns = cell_columns(panel)
    sheet = book.sheet("单元格", [LABELS[c] for c in columns], [_WIDTHS.get(c, 10) for c in columns], frozen=2)
    book.fill(sheet, columns, cell_rows(panel))
    heads = reading_columns()
    sheet = book.sheet("依据", [LABELS[c] for c in heads], [_WIDTHS.get(c, 10) for c in heads], frozen=2)
    book.fill(sheet, heads, reading_rows(panel))
    return book.close()


def _wide_sheet(book: _Book, table: Wide) -> None:
    heads = [*(LABELS[h] for h in table.heads), *(c or "（无）" for c in table.columns)]
    widths = [*(_WIDTHS.get(h, 10) for h in table.heads), *(18 for _ in table.columns)]
    sheet = book.sheet("面板", heads, widths, frozen=len(table.heads))
    for row, (key, cells) in enumerate(table.rows, 1):
        for column, part in enumerate(key):
            book.put(sheet, row, column, part)
        for column, name in enumerate(table.columns, len(key)):
            cell = cells.get(name)
            if cell is None:
                continue
            fill = {"bg_color": _FILL[cell.state]} if cell.state in _FILL else {}
            plain_number = cell.value is not None and cell.op == "=" and cell.state == "one"
            book.put(sheet, row, column, cell.value if plain_number else shown(cell), align="right", **fill)
            if comment := _comment(cell):
                sheet.write_comment(row, column, cell_text(comment, limit=2_000), {"x_scale": 3, "y_scale": 2})
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(heads) - 1)


def _comment(cell: Cell) -> str:
    """What a reader sees beside a cell: states, changes, and the words that it was taken from."""
    lines = [STATES[cell.state] + (f"：{told(cell)}" if told(cell) else "")]
    if cell.year_on_year is not None:
        lines.append(f"比上年 {plain(cell.year_on_year)}{cell.unit_of_change}")
    if cell.printed_change is not None:
        lines.append(f"报告所印变动 {plain(cell.printed_change)}")
    lines += cell.notes
    lines += [f"{r.doc_id} {r.start}–{r.end}：{' '.join(r.evidence.split())}" for r in cell.readings[:5]]
    return "\n".join(lines)


def _html(panel: Panel) -> bytes:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": number, "plain": plain, "shown": shown, "told": told}
    source = files("zhibiao.panel").joinpath("page.html.j2").read_text("utf-8")
    page = environment.from_string(source).render(
        panel=panel, table=wide(panel), labels=LABELS, states=STATES, parts=PART_NAMES,
        counts={state: sum(c.state == state for c in panel.cells) for state in STATES},
    )  # fmt: skip
    return page.encode("utf-8", "xmlcharrefreplace")


_MAKERS: dict[str, dict[str, Callable[[Panel], bytes]]] = {
    "csv": {"panel.csv": _cells_csv, "panel_evidence.csv": _readings_csv},
    "xlsx": {"panel.xlsx": _xlsx},
    "html": {"panel.html": _html},
}
