"""The workbook for people, read back by openpyxl."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from zhibiao.export import Rows, failure_rows, rows_of
from zhibiao.export.labels import labels
from zhibiao.export.workbook import MAX_CELL, WorkbookWriter, cell_text, column_order
from zhibiao.schema import TABLES, Document, Failure

Make = Callable[..., Document]


def write(folder: Path, rows: list[Rows], **options: Any) -> Any:
    writer = WorkbookWriter(folder, **options)
    for part in rows:
        writer.prepare(part)()
    writer.close([("文档 documents", 1), ("秒 seconds", 0.5), ("公式", "=1+1")])
    return openpyxl.load_workbook(folder / "zhibiao.xlsx")


def column(book: Any, table: str, name: str) -> list[Any]:
    index = column_order(table).index(name) + 1
    return [cell[0] for cell in book[labels()["sheet"][table]].iter_rows(min_row=2, min_col=index, max_col=index)]


def test_sheets_and_heads(tmp_path: Path, document: Make) -> None:
    book = write(tmp_path, [rows_of(document("d")), failure_rows(Failure("", "x", "read", "ReadError", "读不了"))])
    assert book.sheetnames == ["概览", "指标记录", "数量", "审核发现", "文档", "错误"]
    for table, columns in TABLES.items():
        sheet = book[labels()["sheet"][table]]
        assert [cell.value for cell in sheet[1]] == [columns[name] for name in column_order(table)]
        assert sorted(column_order(table)) == sorted(columns)
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref.startswith("A1:")
    assert [cell.value for cell in book["指标记录"][1]][:7] == ["文档", "指标", "目标原文", "实际原文", "完成率", "状态", "依据"]
    assert book["错误"]["E2"].value == "读不了"
    overview = {row[0].value: row[1].value for row in book["概览"].iter_rows() if row[0].value}
    assert overview["文档 documents"] == 1
    assert overview["公式"] == "=1+1"
    assert overview["指标记录"] == 19


def test_texts_are_texts(tmp_path: Path, document: Make) -> None:
    """No formula, no web link, no lost character; line ends become those of a cell."""
    one = document("d")
    cells = column(write(tmp_path, [rows_of(one)]), "quantities", "text")
    for cell, quantity in zip(cells, one.quantities, strict=True):
        expected = quantity.text.replace("\r\n", "\n").replace("\r", "\n")
        assert cell.value.replace("_x005F_", "_") == (expected + " " if expected.startswith("<r>") else expected)
        assert cell.data_type == "s"
        assert cell.hyperlink is None


def test_numbers_are_numbers_with_their_printed_decimals(tmp_path: Path, document: Make) -> None:
    values = ["63023400.00", "99.5", "98.0", "600", "-3.50", "12345678901234567890"]
    one = document("d", texts=["x"], values=[Decimal(value) for value in values])
    cells = column(write(tmp_path, [rows_of(one)]), "quantities", "value")
    assert [(cell.value, cell.number_format) for cell in cells[:5]] == [
        (63023400, "#,##0.00"), (99.5, "#,##0.0"), (98, "#,##0.0"), (600, "#,##0"), (-3.5, "#,##0.00"),
    ]  # fmt: skip
    assert cells[5].value == "12345678901234567890"  # more digits than Excel has


def test_codes_are_words_and_completion_is_a_percentage(tmp_path: Path, document: Make) -> None:
    book = write(tmp_path, [rows_of(document("d", values=[Decimal("0.985")]))])
    assert {cell.value for cell in column(book, "records", "status")} == {"达标", "未达标"}
    cell = column(book, "records", "completion")[1]
    assert (cell.value, cell.number_format) == (0.985, "0.00%")
    assert column(book, "records", "evidence")[1].alignment.wrap_text


def test_a_record_leads_to_its_report(tmp_path: Path, document: Make) -> None:
    book = write(tmp_path, [rows_of(document("a")), rows_of(document("b"))])
    first, last = column(book, "records", "doc_id")[0], column(book, "records", "doc_id")[-1]
    for cell, name in ((first, "a"), (last, "b")):
        sheet, _, place = cell.hyperlink.location.partition("!")
        assert sheet.strip("'") == "文档"
        assert book["文档"][place].value == name == cell.value


def test_the_row_limit_is_said_not_crossed(tmp_path: Path, document: Make) -> None:
    book = write(tmp_path, [rows_of(document("a")), rows_of(document("b"))], max_rows=12)
    sheet = book["指标记录"]
    assert sheet.max_row == 12
    assert "另有 28 行未列出" in sheet["A12"].value
    assert {row[0].value: row[1].value for row in book["概览"].iter_rows()}["指标记录"] == 38


@pytest.mark.parametrize("text", ["数" * 40_000, "😀" * 20_000, "a" * 32_767, "a" * 32_768])
def test_the_cell_limit(tmp_path: Path, document: Make, text: str) -> None:
    cut = cell_text(text)
    assert len(cut.encode("utf-16-le")) // 2 <= MAX_CELL
    if len(text.encode("utf-16-le")) // 2 <= MAX_CELL:
        assert cut == text
    else:
        assert f"全文 {len(text)} 字" in cut
        book = write(tmp_path, [rows_of(document("d", texts=[text], values=[Decimal(1)]))])
        assert column(book, "reports", "text")[0].value == cut


def test_characters_that_xml_forbids(tmp_path: Path, document: Make) -> None:
    one = document("d", texts=["甲\x01\x0b乙\ufffe丙\ud800丁"], values=[Decimal(1)])
    (cell,) = column(write(tmp_path, [rows_of(one)]), "quantities", "text")
    assert cell.value.replace("_x0001_", "\x01").replace("_x000B_", "\x0b") == "甲\x01\x0b乙\ufffd丙\ufffd丁"


def test_no_formula_and_no_outside_link_is_in_the_file(tmp_path: Path, document: Make) -> None:
    write(tmp_path, [rows_of(document("d"))])
    with zipfile.ZipFile(tmp_path / "zhibiao.xlsx") as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"<f>" not in content
            assert b'TargetMode="External"' not in content


def test_abort_lets_go_of_everything(tmp_path: Path, document: Make, recwarn: pytest.WarningsRecorder) -> None:
    writer = WorkbookWriter(tmp_path)
    writer.prepare(rows_of(document("d")))()
    writer.abort()
    del writer
    assert not (tmp_path / "zhibiao.xlsx").exists()
    assert not recwarn.list
