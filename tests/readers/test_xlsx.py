"""Workbooks: cells as they are shown, sheets as lines and tables."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from zhibiao.errors import Damaged, EmptyDocument, UnpacksTooLarge
from zhibiao.readers import Content, Limits
from zhibiao.readers.ooxml.numberformat import exact, general, shown, text_shown
from zhibiao.readers.ooxml.sheet import Ranges
from zhibiao.readers.ooxml.xlsx import read_xlsx

PROSE = "根据年度工作安排，本单位对全部项目开展了绩效自评，总体完成情况较好，资金拨付及时、使用规范，未发现截留挪用等问题，各项指标达到预期目标。"


def read(data: bytes, limits: Limits | None = None) -> Content:
    return read_xlsx(data, path=Path("附表.xlsx"), limits=limits or Limits())


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_of(rows: Sequence[Sequence[object]], title: str = "Sheet1") -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(r, c, value)
    return book, sheet


def edited(data: bytes, name: str, change: dict[str, str]) -> bytes:
    """The package with text of one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            words = old.read(info).decode("utf-8", "surrogateescape")
            if info.filename == name:
                for before, after in change.items():
                    assert before in words
                    words = words.replace(before, after)
            new.writestr(info.filename, words.encode("utf-8", "surrogateescape"))
    return out.getvalue()


def grid(content: Content, number: int = 0) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.column, c.rowspan, c.colspan, content.text[c.start : c.end]) for c in content.tables[number].cells]


def test_a_self_evaluation_table() -> None:
    book, sheet = sheet_of(
        [
            ["项目支出绩效自评表"],
            ["（2023年度）"],
            ["填报单位：云海市水务局", None, None, None, "单位：万元"],
            ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值"],
            ["产出指标", "数量指标", "供水量", "≥900万吨", "912.5万吨"],
            [None, None, "检修次数", "12次", 12],
            [None, "质量指标", "合格率", 0.98, 0.9782],
            ["备注"],
            ["填表人：某某", None, "联系电话：000"],
        ],
        "附件2",
    )
    for area in ("A1:E1", "A2:E2", "A5:A7", "B5:B6"):
        sheet.merge_cells(area)
    sheet["D7"].number_format, sheet["E7"].number_format = "0%", "0.00%"
    content = read(saved(book))
    assert content.text == (
        "附件2\n项目支出绩效自评表\n（2023年度）\n填报单位：云海市水务局　单位：万元\n一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\n"
        "产出指标\t数量指标\t供水量\t≥900万吨\t912.5万吨\n\t\t检修次数\t12次\t12\n\t质量指标\t合格率\t98%\t97.82%\n备注\n填表人：某某　联系电话：000\n"
    )
    assert len(content.tables) == 1
    assert grid(content)[5:7] == [(1, 0, 3, 1, "产出指标"), (1, 1, 2, 1, "数量指标")]
    assert grid(content)[-1] == (3, 4, 1, 1, "97.82%")


def test_blocks_lines_and_prose() -> None:
    rows: list[list[object]] = [
        [None, "附表"], [], [None, "项目", None, "金额"], [None, "甲", None, 1], [None, "小计"], [None, "乙", None, 2], [None, PROSE], [None, "丙", None, 3], [],
        [None, "说明：", None], [None, "A", None, "B", "C"], [None, None, None, "D"],
    ]  # fmt: skip
    content = read(saved(sheet_of(rows)[0]))
    assert content.text == f"附表\n项目\t金额\n甲\t1\n小计\n乙\t2\n{PROSE}\n丙\t3\n说明：\nA\tB\tC\nD\n"
    assert [len(table.cells) for table in content.tables] == [7, 2, 3]


def test_sheets_are_pages() -> None:
    book, _ = sheet_of([["甲", "乙"], [1, 2]], "收入表")
    book.create_sheet("Sheet2")["A1"] = "二"
    book.create_sheet("工作表3")
    for state in ("hidden", "veryHidden"):
        book.create_sheet(f"藏{state}")["A1"] = "不见"
        book.worksheets[-1].sheet_state = state
    book.create_sheet("支出 总表")["A1"] = "2023年支出总表"
    content = read(saved(book))
    assert content.text == "收入表\n甲\t乙\n1\t2\n二\n2023年支出总表\n"
    assert content.page_starts == (0, 12, 14, 14)
    assert content.pages == 4


def test_hidden_rows_and_columns() -> None:
    book, sheet = sheet_of([["甲", "藏", "乙", "丙"], ["藏行", "x", "y", "z"], [1, 2, 3, 4], [5, 6, 7, 8]])
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[2].hidden = True
    content = read(saved(book))
    assert content.text == "甲\t乙\t丙\n1\t3\t4\n5\t7\t8\n"
    # A merged cell whose first row or column is hidden still shows its words.
    book, sheet = sheet_of([["甲", "乙", "丙"], ["块", None, "y"], [None, None, "z"]])
    sheet.merge_cells("A2:B3")
    sheet.column_dimensions["A"].hidden = True
    assert grid(read(saved(book))) == [(0, 0, 1, 1, "乙"), (0, 1, 1, 1, "丙"), (1, 0, 2, 1, "块"), (1, 1, 1, 1, "y"), (2, 1, 1, 1, "z")]
    book, sheet = sheet_of([["只有藏着的"]])
    sheet.row_dimensions[1].hidden = True
    with pytest.raises(EmptyDocument):
        read(saved(book))


def test_merged_cells_over_empty_rows_and_columns() -> None:
    book, sheet = sheet_of([["名称", None, "数", None], [None] * 4, ["甲", None, 1, None], [None] * 4, ["乙", None, 2, None]])
    for area in ("A1:B2", "C1:D2", "A3:B4", "C3:D4", "A5:B5", "C5:D1048576"):
        sheet.merged_cells.add(area)
    content = read(saved(book))
    assert content.text == "名称\t数\n甲\t1\n乙\t2\n"
    assert {(c.rowspan, c.colspan) for c in content.tables[0].cells} == {(1, 1)}


def test_formulas() -> None:
    data = saved(sheet_of([["甲", "乙"], [1, "=SUM(A2:A2)"], [2, "=A3*2"]])[0])
    content = read(data)
    assert content.text == "甲\t乙\n1\n2\n"
    assert len(content.gaps) == 1
    assert isinstance(content.gaps[0], Damaged)
    assert "2 个公式" in str(content.gaps[0])
    words = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    empty = re.search(r"</f>(<v ?/>|<v></v>|)</c>", words)
    assert empty is not None
    done = read(edited(data, "xl/worksheets/sheet1.xml", {empty[0]: "</f><v>0.30000000000000004</v></c>"}))
    assert done.text == "甲\t乙\n1\t0.3\n2\t0.3\n"
    assert done.gaps == ()


def test_kinds_of_cells() -> None:
    data = saved(sheet_of([["文本", True, "富文本"], [1, 2, 3]])[0])
    cells = (
        '<row r="2"><c r="A2" t="e"><v>#DIV/0!</v></c><c r="B2" t="inlineStr"><is><r><t>行</t></r><r><t>内</t></r><rPh sb="0" eb="1"><t>hang</t></rPh></is></c>'
        '<c r="C2" t="d"><v>2023-05-06T00:00:00</v></c><c r="D2" t="str"><f>A1</f><v>式_x000A_样</v></c><c r="E2" t="s"><v>99</v></c><c t="n"><v>abc</v></c></row>'
    )
    words = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    row = re.search(r'<row r="2".*?</row>', words)
    assert row is not None
    content = read(edited(data, "xl/worksheets/sheet1.xml", {row[0]: cells}))
    assert [c[4] for c in grid(content)] == ["文本", "TRUE", "富文本", "#DIV/0!", "行内", "45052", "式\n样", "abc"]


def test_dates_of_both_calendars() -> None:
    book, sheet = sheet_of([["日期", "数"], [45052, 1]])
    sheet["A2"].number_format = 'yyyy"年"m"月"d"日"'
    data = saved(book)
    assert "2023年5月6日" in read(data).text
    apple = edited(data, "xl/workbook.xml", {"<workbookPr/>": '<workbookPr date1904="1"/>'})
    assert "2027年5月7日" in read(apple).text


def test_cells_without_addresses() -> None:
    data = saved(sheet_of([["甲", None, "乙"], [1, None, 2]])[0])
    words = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    whole = re.search(r"<sheetData>.*</sheetData>", words)
    assert whole is not None
    bare = "<sheetData><row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row><c/><c><v>5</v></c><c><v>6</v></c></row></sheetData>"
    content = read(edited(data, "xl/worksheets/sheet1.xml", {whole[0]: bare}))
    assert content.text == "1\t3\n5\t6\n"


def raw(data: str) -> bytes:
    """A workbook whose sheet is this XML."""
    book = saved(sheet_of([["x"]])[0])
    words = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    whole = re.search(r"<sheetData>.*</sheetData>", words)
    assert whole is not None
    return edited(book, "xl/worksheets/sheet1.xml", {whole[0]: data})


def test_a_million_formatted_empty_rows_cost_little() -> None:
    rows = "".join(f'<row r="{n}" ht="15" customFormat="1"/>' for n in range(3, 1_048_577))
    data = raw(f'<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>{rows}</sheetData>')
    start = time.perf_counter()
    assert read(data, Limits(max_cells=10)).text == "1\t2\n"
    assert time.perf_counter() - start < 40  # about two seconds on a free machine


def test_hostile_sheets_are_bounded() -> None:
    start = time.perf_counter()
    one = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    everything = raw(f'<sheetData>{one}</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    assert read(everything).text == "1\t2\n"
    with pytest.raises(UnpacksTooLarge):
        read(
            raw("<sheetData>" + "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 200)) + "</sheetData>"),
            Limits(max_cells=100),
        )
    many = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 500))
    with pytest.raises(UnpacksTooLarge):
        read(raw(f"<sheetData>{one}</sheetData><mergeCells>{many}</mergeCells>"), Limits(max_cells=100))
    # Few cells, far apart: tabs between them must not fill the memory.
    letters = [openpyxl.utils.get_column_letter(n) for n in range(1, 2001)]
    stairs = "".join(f'<row r="{n}"><c r="{letter}{n}"><v>1</v></c><c r="ZZZ{n}"><v>1</v></c></row>' for n, letter in enumerate(letters, 1))
    with pytest.raises(UnpacksTooLarge):
        read(raw(f"<sheetData>{stairs}</sheetData>"), Limits(max_cells=5000))
    for odd in ('<row r="99999999999"/>', '<row r="1048577"/>', '<row r="1048576"/><row/>'):
        with pytest.raises(Damaged):
            read(raw(f"<sheetData>{odd}</sheetData>"))
    assert time.perf_counter() - start < 60


def test_styles_that_are_amiss() -> None:
    """Fills and fonts that other programs write against the rules do not matter."""
    book, sheet = sheet_of([["率", "数"], [0.5, 1]])
    sheet["A2"].number_format = "0.0%"
    data = edited(saved(book), "xl/styles.xml", {"<fills": "<fills><fill/><nonsense a='1'/></fills><fills"})
    assert read(data).text == "率\t数\n50.0%\t1\n"


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("0.9782", "0.00%", "97.82%"),
        ("0.97819999999999996", "0.00%", "97.82%"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("-1234.5", "#,##0.00", "-1,234.50"),
        ("-1234.5", "#,##0.00_);[Red](#,##0.00)", "(1,234.50)"),
        ("1234567.891", "#,##0", "1,234,568"),
        ("0.30000000000000004", "General", "0.3"),
        ("1.005", "0.00", "1.01"),
        ("2.5", "0", "3"),
        ("12", '0.0"万元"', "12.0万元"),
        ("123456", '0\\.0,"万"', "12.3万"),
        ("123456", '0!.0,"万"', "12.3万"),
        ("63023400", '#,##0.00,,"百万"', "63.02百万"),
        ("0", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        ("-5", '#,##0.00"元";[Red]"亏"#,##0.00"元"', "亏5.00元"),
        ("50", '[>=100]0.0"百";0', "50"),
        ("-50", "[<0](0.0);0.0", "(50.0)"),
        ("7", "000", "007"),
        ("5551234", "000-0000", "555-1234"),
        ("1234.5", "[$¥-804]#,##0.00", "¥1,234.50"),
        ("8", '"共"0"项"', "共8项"),
        ("8", ";;;", ""),
        ("0.5", "0.##", "0.5"),
        ("1234.5", "0.00E+00", "1.23E+03"),
        ("99999.995", "0.00E+00", "1.00E+05"),
        ("0.25", "# ?/?", "0.25"),
        ("12", "[DBNum1]General", "十二"),
        ("12", "[DBNum2]0", "壹拾贰"),
        ("44561", "yyyy/m/d", "2021/12/31"),
        ("44561.75", "yyyy-mm-dd hh:mm", "2021-12-31 18:00"),
        ("44561", '[$-804]yyyy"年"m"月";@', "2021年12月"),
        ("44561", "[$-F800]dddd, mmmm dd, yyyy", "2021年12月31日"),
        ("44561", '[DBNum1][$-804]yyyy"年"m"月"d"日"', "二〇二一年十二月三十一日"),
        ("44561", "yy.mm.dd", "21.12.31"),
        ("44561", "aaaa", "星期五"),
        ("44561", "mmm-yy", "Dec-21"),
        ("0.75", "h:mm AM/PM", "6:00 PM"),
        ("0.75", '上午/下午h"时"mm"分"', "下午6时00分"),
        ("1.5", "[h]:mm", "36:00"),
        ("0.0005", "mm:ss.0", "00:43.2"),
        ("1", "yyyy-mm-dd", "1900-01-01"),
        ("-1", "yyyy-mm-dd", "-1"),
        ("99999999", "yyyy-mm-dd", "99999999"),
        ("3", "G/通用格式", "3"),
        ("3", 'General"人"', "3人"),
        ("3", "@", "3"),
        ("3", "", "3"),
    ],
)
def test_number_formats(value: str, code: str, words: str) -> None:
    assert shown(exact(value), code) == words


def test_formats_of_text() -> None:
    assert [text_shown("甲", code) for code in ("General", "@", '@"元"', '0;0;0;"【"@"】"', "0.00")] == ["甲", "甲", "甲元", "【甲】", "甲"]


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.sampled_from('0#?.,%;"\\_*[]<>=E+-@ymdhsaGeneral$¥万 /DBNum1:元'), max_size=24),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_any_format_shows_something(code: str, value: float) -> None:
    assert isinstance(shown(exact(repr(value)), code), str)
    assert isinstance(text_shown("甲", code), str)


@settings(deadline=None)
@given(st.decimals(min_value=Decimal(-(10**12)), max_value=Decimal(10**12), places=4))
def test_plain_formats_round_half_up(value: Decimal) -> None:
    words = shown(value, "#,##0.00")
    assert abs(Decimal(words.replace(",", "")) - value) <= Decimal("0.005")
    assert words == f"{Decimal(words.replace(',', '')):,.2f}"
    assert abs(Decimal(general(value)) - value) <= abs(value) * Decimal("1e-10")


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 5)), max_size=12), st.integers(1, 70), st.integers(0, 30))
def test_ranges(parts: list[tuple[int, int]], start: int, length: int) -> None:
    ranges, members = Ranges(), set()
    for first, more in sorted(parts):
        if first not in members and (not members or first > max(members)):
            ranges.add(first, first + more)
            members.update(range(first, first + more + 1))
    assert all((n in ranges) == (n in members) for n in range(80))
    assert ranges.first_outside(start, start + length) == next((n for n in range(start, start + length + 1) if n not in members), None)


WORDS = st.text(st.sampled_from("指标万元≥9.8%（） \u3000aＢ\n"), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=5), min_size=1, max_size=8))
def test_offsets_give_the_words(rows: list[list[str]]) -> None:
    book, _ = sheet_of(rows)
    expected = [words.strip() for row in rows for words in row if words.strip()]
    if not expected:
        with pytest.raises(EmptyDocument):
            read(saved(book))
        return
    content = read(saved(book))
    assert content.text.split() == " ".join(expected).split()
    cells = [content.text[c.start : c.end] for table in content.tables for c in table.cells]
    rest = iter(expected)
    assert all(words in rest for words in cells)  # in order, each one a cell of the sheet
    for table in content.tables:
        places = [(c.row, c.column) for c in table.cells]
        assert places == sorted(set(places))
        assert len({column for _, column in places}) > 1
