"""The panel as files: CSV, workbook and page hold the cells and every reading, texts stay texts, and equal panels give equal bytes."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from zhibiao.errors import OutputError, OutputIsFile, UnknownFormat
from zhibiao.linking.taxonomy import Taxonomy
from zhibiao.panel.cells import Panel, build
from zhibiao.panel.grid import LABELS, cell_columns, cell_rows, number, reading_columns, reading_rows, shown, told, wide
from zhibiao.panel.write import FORMATS, _Book, parse_panel_formats, write_panel

from .conftest import TAXONOMY, make_reading

D = Decimal
EVIL = "<script>alert(\"1\")</script> & 'x'"
FORMULA = '=HYPERLINK("http://x.cn")'


def make_panel() -> Panel:
    """One value in 2021, several in 2022, a conflict elsewhere, a share, and a reading in no cell."""
    readings = [
        make_reading("200000", year=2021, page=7, doc_id="d0"),
        make_reading("580000", target="≥50万件"),
        make_reading("466484", words="公安受理业务", evidence=f"公安{EVIL}", start=20, record_id="r2"),
        make_reading("190", part="change", change="同比增长", unit="%", start=40, record_id="r3"),
        make_reading("1", region="=1+1", org="+2", start=60, record_id="r4", text=FORMULA, evidence=FORMULA),
        make_reading("2", region="=1+1", start=80, record_id="r5"),
        make_reading("98.60", "0.01", id="pleased", unit="%", start=90, record_id="r6", op=">="),
        make_reading("5", id="points", unit="分", part="other", start=99, record_id="r7", evidence=f"没有格{EVIL}"),
    ]
    return build(readings, TAXONOMY)


@pytest.fixture
def panel() -> Panel:
    return make_panel()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def workbook(folder: Path, panel: Panel) -> Any:
    (path,) = write_panel(panel, folder, ["xlsx"])
    return openpyxl.load_workbook(path)


def test_files_by_format(tmp_path: Path, panel: Panel) -> None:
    paths = write_panel(panel, tmp_path / "new" / "out", FORMATS)
    assert [path.name for path in paths] == ["panel.csv", "panel_evidence.csv", "panel.xlsx", "panel.html"]
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == sorted(path.name for path in paths)
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in paths)


def test_formats_from_words() -> None:
    assert parse_panel_formats(" CSV, html,csv,") == ("csv", "html")


@pytest.mark.parametrize("text", ["", " , ", "csv,pdf"])
def test_unknown_formats(text: str) -> None:
    with pytest.raises(UnknownFormat, match="csv, xlsx, html"):
        parse_panel_formats(text)


def test_two_writes_give_equal_bytes(tmp_path: Path, panel: Panel) -> None:
    first = [path.read_bytes() for path in write_panel(panel, tmp_path / "a", FORMATS)]
    assert [path.read_bytes() for path in write_panel(make_panel(), tmp_path / "b", FORMATS)] == first
    assert [path.read_bytes() for path in write_panel(panel, tmp_path / "a", FORMATS)] == first


def test_the_output_is_a_file(tmp_path: Path, panel: Panel) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputIsFile, match="out"):
        write_panel(panel, tmp_path / "out", ["csv"])
    assert (tmp_path / "out").read_text() == "mine"


def test_a_folder_that_cannot_be_made(tmp_path: Path, panel: Panel) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="file/out"):
        write_panel(panel, tmp_path / "file" / "out", ["csv"])


def test_a_write_that_fails_leaves_nothing_half(tmp_path: Path, panel: Panel) -> None:
    (tmp_path / "panel.csv").mkdir()  # cannot be replaced by a file
    with pytest.raises(OutputError):
        write_panel(panel, tmp_path, ["csv"])
    assert [path.name for path in tmp_path.iterdir()] == ["panel.csv"]


# CSV.


def test_csv_has_a_mark_and_its_columns(tmp_path: Path, panel: Panel) -> None:
    cells, readings = write_panel(panel, tmp_path, ["csv"])
    for path, columns in ((cells, cell_columns(panel)), (readings, reading_columns())):
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf" + columns[0].encode())
        assert data.count(b"\n") == data.count(b"\r\n")
        assert list(table(path)[0]) == list(columns)
        assert set(columns) <= set(LABELS)
    assert cell_columns(panel)[:4] == ("canonical_id", "canonical_name", "region", "year")


def test_csv_holds_the_cells(tmp_path: Path, panel: Panel) -> None:
    rows = table(write_panel(panel, tmp_path, ["csv"])[0])
    assert [(r["canonical_name"], r["region"], r["year"], r["state"], r["value"], r["op"]) for r in rows] == [
        ("受理业务量", "=1+1", "2022", "conflict", "", ""),
        ("受理业务量", "甲区", "2021", "one", "200000", "="),
        ("受理业务量", "甲区", "2022", "several", "580000", "="),
        ("群众满意度", "甲区", "2022", "one", "98.6", ">="),
    ]
    several = rows[2]
    assert (several["values"], several["n_readings"], several["targets"]) == ("受理业务 580,000；公安受理业务 466,484", "3", "≥50万件")
    assert (several["year_on_year"], several["unit_of_change"], several["printed_change"], several["notes"]) == ("190", "%", "190", "")


def test_csv_holds_every_reading(tmp_path: Path, panel: Panel) -> None:
    """Those in no cell too, with the name of their entry; texts unaltered, also those that a spreadsheet takes for formulas."""
    rows = {r["record_id"] + r["year"]: r for r in table(write_panel(panel, tmp_path, ["csv"])[1])}
    assert len(rows) == 8
    left = rows["r72022"]
    assert (left["canonical_id"], left["canonical_name"], left["part"], left["evidence"]) == (
        "points",
        "自评得分",
        "other",
        f"没有格{EVIL}",
    )
    assert (rows["r42022"]["region"], rows["r42022"]["org"], rows["r42022"]["text"]) == ("=1+1", "+2", FORMULA)
    assert (rows["r12021"]["page"], rows["r12021"]["start"], rows["r12021"]["end"], rows["r22022"]["page"]) == ("7", "0", "9", "")
    assert rows["r62022"]["value"] == "98.6"


def test_evidence_is_what_was_printed(tmp_path: Path) -> None:
    """In the unit of the report, where the cell has another."""
    readings = [make_reading(v, id="days", unit=u, record_id=u, start=i) for i, (v, u) in enumerate([("2", "天"), ("48", "小时")])]
    rows = table(write_panel(build(readings, TAXONOMY), tmp_path, ["csv"])[1])
    assert [(r["value"], r["unit"]) for r in rows] == [("2", "天"), ("48", "小时")]


def test_numbers_have_no_exponent_and_all_digits(tmp_path: Path) -> None:
    values = ["1.2E+9", "1E-7", "12345678901234567890.123456789"]
    panel = build([make_reading(v, "0", id="trained", year=y, unit="", record_id=v) for y, v in enumerate(values, 2001)], TAXONOMY)
    for path in write_panel(panel, tmp_path, ["csv"]):
        assert [r["value"] for r in table(path)] == ["1200000000", "0.0000001", "12345678901234567890.123456789"]


def test_texts_that_break_tables(tmp_path: Path) -> None:
    nasty = 'a,b"c"\r\n行二\r行三\n\ud800'
    rows = table(write_panel(build([make_reading(evidence=nasty)], TAXONOMY), tmp_path, ["csv"])[1])
    assert rows[0]["evidence"] == nasty.replace("\ud800", "?")


# Excel.


def test_sheets(tmp_path: Path, panel: Panel) -> None:
    book = workbook(tmp_path, panel)
    assert book.sheetnames == ["面板", "单元格", "依据"]
    assert [book[name].freeze_panes for name in book.sheetnames] == ["D2", "C2", "C2"]
    assert all(book[name].auto_filter.ref.startswith("A1:") for name in book.sheetnames)
    assert [cell.value for cell in book["面板"][1]] == ["标准指标", "单位", "地区", "2021", "2022"]
    assert [cell.value for cell in book["单元格"][1]] == [LABELS[name] for name in cell_columns(panel)]
    assert [cell.value for cell in book["依据"][1]] == [LABELS[name] for name in reading_columns()]
    assert [book[name].max_row for name in book.sheetnames] == [4, 5, 9]


def test_the_wide_sheet(tmp_path: Path, panel: Panel) -> None:
    sheet = workbook(tmp_path, panel)["面板"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["受理业务量", "件", "=1+1", None, "1 / 2⚠"],
        ["受理业务量", "件", "甲区", 200000, "580,000※"],
        ["群众满意度", "%", "甲区", None, "≥98.6"],
    ]
    assert [cell.fill.fgColor.rgb for cell in sheet["E"][1:]] == ["FFFBE3E0", "FFFFF2CC", "00000000"]


def test_comments_tell_where_a_value_is_from(tmp_path: Path, panel: Panel) -> None:
    text = workbook(tmp_path, panel)["面板"]["E3"].comment.text
    assert text.startswith("多个说法：受理业务 580,000；公安受理业务 466,484\n比上年 190%\n报告所印变动 190\nd1 0–9：受理业务580000件\n")
    assert EVIL in text


def test_texts_are_texts(tmp_path: Path, panel: Panel) -> None:
    book = workbook(tmp_path, panel)
    formulas = [cell for sheet in book for row in sheet.iter_rows() for cell in row if str(cell.value).startswith(("=", "+"))]
    assert {cell.value for cell in formulas} == {"=", "=1+1", "+2", FORMULA}  # "=" is an op
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in formulas)


def test_codes_are_words(tmp_path: Path, panel: Panel) -> None:
    book = workbook(tmp_path, panel)
    assert [row[cell_columns(panel).index("state")].value for row in book["单元格"].iter_rows(min_row=2)] == [
        "冲突",
        "一致",
        "多个说法",
        "一致",
    ]
    parts = [row[reading_columns().index("part")].value for row in book["依据"].iter_rows(min_row=2)]
    assert sorted(parts) == sorted(["本值"] * 6 + ["变动", "其他"])


def test_numbers_show_their_digits(tmp_path: Path) -> None:
    values = ["98.65", "12345678901234567890.5", "1E-20"]
    panel = build([make_reading(v, "0", id="trained", year=y, unit="", record_id=v) for y, v in enumerate(values, 2001)], TAXONOMY)
    cells = [row[cell_columns(panel).index("value")] for row in workbook(tmp_path, panel)["单元格"].iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in cells] == [(98.65, "n"), ("12345678901234567890.5", "s"), (1e-20, "n")]
    assert cells[0].number_format == "#,##0.00"
    assert len(cells[2].number_format) <= 21


def test_the_sheets_hold_years_as_numbers_and_shares_with_two_places(panel: Panel, tmp_path: Path) -> None:
    book = workbook(tmp_path, panel)
    for name, heads in (("单元格", ("年度",)), ("依据", ("年度", "置信度", "链接置信度"))):
        rows = list(book[name].iter_rows())
        for head in heads:
            at = [cell.value for cell in rows[0]].index(head)
            cells = [row[at] for row in rows[1:] if row[at].value is not None]
            assert cells
            assert {cell.data_type for cell in cells} == {"n"}
            assert {cell.number_format for cell in cells} == {"General" if head == "年度" else "0.00"}


def test_what_excel_cannot_hold(tmp_path: Path) -> None:
    panel = build([make_reading(evidence="长" * 40_000 + "\ufffe", region="<r>x</r>")], TAXONOMY)
    book = workbook(tmp_path, panel)
    evidence = book["依据"].cell(2, reading_columns().index("evidence") + 1).value
    assert "截断" in evidence
    assert len(evidence) <= 32_767


def test_rows_beyond_excel_s_limit_are_said(tmp_path: Path) -> None:
    book = _Book()
    sheet = book.sheet("表", ["甲", "乙"], [5, 5])
    book.fill(sheet, ("a", "b"), ((str(i), i) for i in range(10)), most=6)
    (tmp_path / "x.xlsx").write_bytes(book.close())
    rows = [row[0].value for row in openpyxl.load_workbook(tmp_path / "x.xlsx")["表"].iter_rows()]
    assert rows[:5] == ["甲", "0", "1", "2", "3"]
    assert "另有 6 行未列出" in rows[5]


# HTML.


class Page(HTMLParser):
    """The texts of a page by tag, and how often each tag opens."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def page(folder: Path, panel: Panel) -> tuple[str, Page]:
    (path,) = write_panel(panel, folder, ["html"])
    text = path.read_text("utf-8")
    return text, Page(text)


def test_markup_in_reports_is_text(tmp_path: Path) -> None:
    """In evidence, words, places, names of runs, notes, targets: everywhere."""
    readings = [
        make_reading("90", part="partial", **dict.fromkeys(("words", "region", "org", "run", "doc_id", "record_id", "target", "text", "evidence", "change", "period"), EVIL)),
        make_reading("91", part="partial", words=EVIL, period=EVIL, region=EVIL, start=8, unit=EVIL),
    ]  # fmt: skip
    text, parsed = page(tmp_path, build(readings, TAXONOMY, by=("region", "run")))
    assert EVIL not in text
    assert "&lt;script&gt;" in text
    assert parsed.tags.count("script") == 1
    assert EVIL in parsed.text


def test_the_page_stands_alone(tmp_path: Path, panel: Panel) -> None:
    text, parsed = page(tmp_path, panel)
    assert text.startswith("<!doctype html>")
    assert '<meta charset="utf-8">' in text
    assert parsed.links == []
    assert not re.search(r"https?://(?!x\.cn)", text)


def test_the_page_shows_values_and_evidence(tmp_path: Path, panel: Panel) -> None:
    _, parsed = page(tmp_path, panel)
    for part in (
        "4 个单元格：一致 2，多个说法 1，冲突 1",
        "200,000",
        "580,000※ +190%",
        "1 / 2⚠",
        "≥98.6",
        "目标 ≥50万件",
        f"公安{EVIL}",
        "第7页",
    ):
        assert part in parsed.text
    assert parsed.tags.count("details") == 4
    assert parsed.tags.count("q") == 7


def test_a_lone_surrogate_breaks_no_page(tmp_path: Path) -> None:
    for path in write_panel(build([make_reading(evidence="坏\ud800")], TAXONOMY), tmp_path, FORMATS):
        assert path.stat().st_size > 0


def test_an_empty_panel(tmp_path: Path) -> None:
    """Only heads, and what was left out."""
    paths = write_panel(build([make_reading(part="change")], TAXONOMY), tmp_path, FORMATS)
    assert table(paths[0]) == []
    assert len(table(paths[1])) == 1
    assert openpyxl.load_workbook(paths[2])["面板"].max_row == 1


# The grid.


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("-0.5", "-0.5"),
        ("1234.50", "1,234.5"),
        ("-1234567", "-1,234,567"),
        ("1E+6", "1,000,000"),
        ("0.001", "0.001"),
        ("-0.0", "0"),
    ],
)
def test_numbers_for_people(value: str, text: str) -> None:
    assert number(D(value)) == text


@pytest.mark.parametrize(("op", "text"), [("=", "5"), ("~", "约5"), (">=", "≥5"), ("<=", "≤5"), (">", ">5")])
def test_signs_before_values(op: str, text: str) -> None:
    assert shown(build([make_reading("5", op=op)], TAXONOMY).cells[0]) == text


def test_nothing_is_shown_where_there_is_no_cell() -> None:
    assert shown(None) == ""


def test_many_values_are_cut_in_the_table_and_told_in_full() -> None:
    cell = build([make_reading(str(10 + i), words=f"{word}类收件", start=i) for i, word in enumerate("甲乙丙丁戊")], TAXONOMY).cells[0]
    assert shown(cell) == "10 / 11 / 12 / 13 …※"
    assert told(cell).endswith("；戊类收件 14")


def test_rows_of_a_reading_come_once(panel: Panel) -> None:
    twice = build([make_reading(), make_reading()], TAXONOMY)
    assert len(list(reading_rows(twice))) == 1
    assert len(list(cell_rows(panel))) == 4


@pytest.mark.parametrize(
    ("by", "heads", "columns"),
    [
        (("region", "year"), ("canonical_name", "unit", "region"), ("2021", "2022")),
        (("year", "region"), ("canonical_name", "unit", "region"), ("2021", "2022")),
        (("year",), ("canonical_name", "unit"), ("2021", "2022")),
        (("year", "region", "run"), ("canonical_name", "unit", "region", "run"), ("2021", "2022")),
        (("run", "region"), ("canonical_name", "unit", "run"), ("乙市", "甲区")),
    ],
)
def test_years_are_the_columns_else_the_last_dimension(by: tuple[str, ...], heads: tuple[str, ...], columns: tuple[str, ...]) -> None:
    table = wide(build([make_reading(year=2021), make_reading(region="乙市")], TAXONOMY, by=by))
    assert (table.heads, table.columns) == (heads, columns)
    assert sum(len(cells) for _, cells in table.rows) == 2


def test_two_entries_of_one_name_are_two_rows() -> None:
    from dataclasses import replace

    both = Taxonomy((TAXONOMY["cases"], replace(TAXONOMY["cases"], id="cases2")))
    readings = [make_reading("1"), replace(make_reading("2"), id="cases2")]
    assert [shown(cells["2022"]) for _, cells in wide(build(readings, both)).rows] == ["1", "2"]
