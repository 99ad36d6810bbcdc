"""The cells of a worksheet as they are shown, read in one pass over its XML.

openpyxl either holds an object for every formatted cell and every place of a merged range (one range over the whole sheet is 17 thousand million of
them) or, reading row by row, knows no merged cells and no hidden rows; neither tells a formula without a result from an empty cell. Here only cells
that hold something cost memory.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import cast

from lxml import etree

from zhibiao.errors import Damaged, UnpacksTooLarge
from zhibiao.readers.ooxml.numberformat import exact, shown, text_shown
from zhibiao.readers.ooxml.numbertokens import BUILTIN
from zhibiao.readers.ooxml.packed import Package, local

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FILLED = etree.XPath("*[*]")  # cells that hold something, found without making an object of the others
#: What comes behind the merged cells is of no use here and may be long.
_LATER = ("conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "drawing", "tableParts", "extLst")


class Ranges:
    """Whole numbers, kept as runs: a million hidden rows are one."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, start: int, end: int) -> None:
        """Add ``start`` to ``end`` (inclusive); calls come in ascending order, others are left out."""
        if self._ends and start == self._ends[-1] + 1:
            self._ends[-1] = end
        elif end >= start and (not self._ends or start > self._ends[-1]):
            self._starts.append(start)
            self._ends.append(end)

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self._starts, number) - 1
        return at >= 0 and number <= self._ends[at]

    def first_outside(self, start: int, end: int) -> int | None:
        """The first number from ``start`` to ``end`` (inclusive) that is not in here."""
        while start <= end:
            at = bisect_right(self._starts, start) - 1
            if at < 0 or start > self._ends[at]:
                return start
            start = self._ends[at] + 1
        return None


@dataclass(slots=True)
class Sheet:
    """``cells``: shown words by (row, column) from 1; ``merged``: ranges (row, column, last row, last column); ``uncounted``: formulas without a result."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: Ranges = field(default_factory=Ranges)
    hidden_columns: Ranges = field(default_factory=Ranges)
    uncounted: int = 0


class Cells:
    """Reads worksheets of one workbook. ``strings``: its shared strings; ``formats``: number format by style; ``room``: cells that may still come."""

    def __init__(self, package: Package, strings: list[str], formats: list[str], *, date1904: bool, room: int) -> None:
        self._package, self._strings, self._date1904 = package, strings, date1904
        self._codes = {str(style): code for style, code in enumerate(formats)}
        self._room, self._limit = room, room
        self._shown: dict[tuple[str, str], str] = {}

    def read(self, name: str) -> Sheet:
        """The cells of part ``name``. Raises UnpacksTooLarge beyond the limit of cells, Damaged."""
        sheet = Sheet()
        row = 0
        for event, node in self._package.elements(name, start=_LATER, end=("row", "col", "mergeCell")):
            if event == "start":
                break
            kind = local(node)
            if kind == "row":
                row = _count(node.get("r") or str(row + 1), row + 1, MAX_ROW)
                if _hidden(node, "ht"):
                    sheet.hidden_rows.add(row, row)
                elif len(node):
                    self._row(sheet, row, node)
            elif kind == "col":
                first = _count(node.get("min"), 1, MAX_COLUMN)
                if _hidden(node, "width"):
                    sheet.hidden_columns.add(first, _count(node.get("max"), first, MAX_COLUMN))
            elif (area := _area(node.get("ref"))) is not None:
                self._take()
                sheet.merged.append(area)
        return sheet

    def _row(self, sheet: Sheet, row: int, node: etree._Element) -> None:
        column = 0
        filled = cast(list[etree._Element], _FILLED(node))
        if filled and filled[0].get("r") is None:
            filled = list(node)  # places are counted, so the empty ones count
        for cell in filled:
            column = _column(cell.get("r") or "") or column + 1
            words = self._words(sheet, cell, column)
            if words.strip():
                self._take()
                sheet.cells[row, column] = words

    def _words(self, sheet: Sheet, cell: etree._Element, column: int) -> str:
        """The words of a cell; ``""`` for an empty one."""
        kind = cell.get("t") or "n"
        value, formula, rich = None, False, None
        for child in cell:
            name = local(child)
            if name == "v":
                value = child.text
            elif name == "f":
                formula = True
            elif name == "is":
                rich = child
        if formula and not value and kind != "str" and column not in sheet.hidden_columns:
            sheet.uncounted += 1
        code = self._codes.get(cell.get("s") or "0", "General")
        if kind == "inlineStr":
            return "" if rich is None else text_shown(rich_text(rich), code)
        if not value:
            return ""
        if kind == "s":
            known = value.isdecimal() and len(value) < 10 and int(value) < len(self._strings)
            return text_shown(self._strings[int(value)], code) if known else ""
        if kind == "str":
            return text_shown(unescape(value), code)
        if kind == "b":
            return "TRUE" if value.strip() in ("1", "true") else "FALSE"
        if kind == "e":
            return str(value)
        key = value, code
        if key not in self._shown:
            if len(self._shown) > 100_000:
                self._shown.clear()
            self._shown[key] = self._number(value, code, kind)
        return self._shown[key]

    def _number(self, value: str, code: str, kind: str) -> str:
        try:
            if kind == "d":  # a date in words: turned into the number of its day
                moment = datetime.fromisoformat(value.strip()).replace(tzinfo=None) - datetime(1899, 12, 30)
                return shown(Decimal(moment.days) + Decimal(moment.seconds) / 86400, code)
            return shown(exact(value), code, date1904=self._date1904)
        except ValueError:
            return value

    def _take(self) -> None:
        self._room -= 1
        if self._room < 0:
            raise UnpacksTooLarge(what=f"> {self._limit} 个单元格 cells", limit=str(self._limit))


def read_strings(package: Package, name: str) -> list[str]:
    """The shared strings of a workbook."""
    return [rich_text(node) for _, node in package.elements(name, end=("si",))]


def read_formats(package: Package, name: str) -> list[str]:
    """The number format of each cell style. Fonts, fills and borders are not looked at, which other programs often write amiss."""
    custom: dict[int, str] = {}
    formats: list[str] = []
    root = package.tree(name)
    for node in root.iterfind("{*}numFmts/{*}numFmt"):
        custom[_count(node.get("numFmtId"), 0, 1 << 30)] = node.get("formatCode") or "General"
    for node in root.iterfind("{*}cellXfs/{*}xf"):
        number = _count(node.get("numFmtId"), 0, 1 << 30)
        formats.append(custom.get(number) or BUILTIN.get(number, "General"))
    return formats


def rich_text(node: etree._Element) -> str:
    """The words of a string item: its runs one after the other, without reading aids above the characters."""
    parts = []
    for child in node:
        name = local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts.extend(text.text or "" for text in child.iterchildren("{*}t"))
    return unescape("".join(parts))


def unescape(words: str) -> str:
    """Characters written as ``_x000D_``."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)) if not 0xD800 <= int(m[1], 16) < 0xE000 else "", words) if "_x" in words else words


@lru_cache(maxsize=MAX_COLUMN)
def column_number(letters: str) -> int:
    """
    >>> column_number("A"), column_number("AB"), column_number("XFD")
    (1, 28, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _column(reference: str) -> int:
    """The column of a cell's address, 0 where it has none."""
    place = _REFERENCE.match(reference)
    return min(column_number(place[1]), MAX_COLUMN) if place else 0


def _area(reference: str | None) -> tuple[int, int, int, int] | None:
    ends = [_REFERENCE.match(end) for end in (reference or "").split(":")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    rows = sorted(min(int(end[2]), MAX_ROW) for end in ends if end)
    columns = sorted(min(column_number(end[1]), MAX_COLUMN) for end in ends if end)
    return rows[0], columns[0], rows[1], columns[1]


def _hidden(node: etree._Element, size: str) -> bool:
    return node.get("hidden") in ("1", "true") or node.get(size) in ("0", "0.0")


def _count(text: str | None, default: int, most: int) -> int:
    """A number from the file. Raises Damaged beyond ``most``."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit()):
        return default
    if len(text) > 12 or int(text) > most:
        raise Damaged(detail=f"行列号越界 a row or column out of range: {text[:20]}")
    return int(text)
