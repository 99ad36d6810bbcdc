"""The test files: their sources hold to the rules, the files are what the sources make, and the truth stands in the cells."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import docx
import lxml.html
import openpyxl
import pypdfium2
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from zhibiao.annotate.files import build, command, paper, plain, scan, sheet, source, tools, truth, values, web, word
from zhibiao.annotate.files.source import SourceError, TableBlock
from zhibiao.quantities import UnitHint, default_finder, default_units, unit_hint
from zhibiao.schema import plain as spelled

ROOT = Path(__file__).resolve().parents[2]
FOLDER, GOLD = ROOT / "samples" / "files", ROOT / "tests" / "gold" / "files"
REPORTS = source.load(FOLDER / "source")
EACH = pytest.mark.parametrize("report", REPORTS, ids=lambda r: r.id)
needs_fonts = pytest.mark.skipif(
    not set(paper.FONTS.values()) <= set(typst.Fonts().families()), reason="the CJK fonts that the pages are set in are not on this machine"
)
UNITS = {form.unit for form in default_units().forms.values()}
SCANNED = [r for r in REPORTS if r.scan]


def squash(words: str) -> str:
    return "".join(words.split())


def grid(table: TableBlock) -> list[list[str]]:
    """The words at each place; a merged cell's words at each of its places."""
    return [[squash(table.cells[i].text) for i in row.cells] for row in table.rows]


def words_of(report: source.Source) -> list[str]:
    """Everything a file of the report must hold, piece by piece, apart from the tables' cells."""
    out = [report.title, report.org, report.date]
    for block in report.blocks:
        out += [block.caption, block.unit] if isinstance(block, TableBlock) else block.lines
    return [squash(words) for words in out if words]


def gold(report: source.Source) -> list[dict]:
    return [json.loads(line) for line in (GOLD / f"{report.id}.jsonl").read_text(encoding="utf-8").splitlines()]


# The sources

GOOD = """
id = "x"
title = "甲表"
[[blocks]]
kind = "text"
text = "说明。"
[[blocks]]
kind = "table"
caption = "表1"
unit = "单位：万元"
widths = [2, 1, 1]
[[blocks.parts]]
head = 1
roles = "name budget executed"
rows = '''
项目 | 预算数 | 决算数
办公费 | 10.00 | 9.50
'''
"""


def parsed(tmp_path: Path, text: str) -> source.Source:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    return source.read(path)


def test_there_are_ten_and_each_has_its_files() -> None:
    assert [r.id[:2] for r in REPORTS] == [f"{n:02d}" for n in range(1, 11)]
    wanted = set()
    for report in REPORTS:
        document = pypdfium2.PdfDocument(FOLDER / f"{report.id}.pdf")
        assert 2 <= len(document) <= 6
        wanted |= set(build.names(report, len(document)))
        document.close()
    assert {path.name for path in FOLDER.glob("*.*")} == wanted
    assert {path.stem for path in GOLD.glob("*")} == {r.id for r in REPORTS}
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 6_000_000


def test_every_way_of_tearing_and_of_scanning_is_used() -> None:
    assert {r.plain for r in REPORTS} == {"blank", "line", "row", "run"}
    assert Counter(r.scan for r in REPORTS) == {"pdf": 4, "png": 1, "": 5}
    assert {t.rules for r in REPORTS for t in r.tables} == {"grid", "three"}
    assert {r.columns for r in REPORTS} == {1, 2}
    assert {x.name for r in REPORTS for t in r.tables for row in t.rows for x in row.roles} == source.ROLES


def test_a_good_source_is_read(tmp_path: Path) -> None:
    report = parsed(tmp_path, GOOD)
    assert grid(report.tables[0]) == [["项目", "预算数", "决算数"], ["办公费", "10.00", "9.50"]]
    assert truth.records(report) == [
        {"table": 1, "row": 2, "type": "budget", "indicator": "办公费", "name": "办公费", "target_text": "10.00", "target_op": "=",
         "target_value": "100000", "target_unit": "元", "actual_text": "9.50", "actual_op": "=", "actual_value": "95000", "actual_unit": "元"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "甲表"', 'title = "甲表"\ncolour = "red"', "colour"),
        ('unit = "单位：万元"', 'units = "单位：万元"', "units"),
        ("head = 1", "heads = 1", "heads"),
        ('title = "甲表"', "", "title"),
        ('title = "甲表"', "title = 3", "title"),
        ('title = "甲表"', 'title = "甲表"\nscan = "tiff"', "scan=tiff"),
        ("head = 1", "head = true", "head"),
        ('kind = "text"', 'kind = "picture"', "kind=picture"),
        ("name budget executed", "name budget", "2 个 roles"),
        ("name budget executed", "name budget spent", "spent"),
        ("办公费 | 10.00 | 9.50", "办公费 | 10.00", "2 格"),
        ("办公费 | 10.00 | 9.50", "@total 办公费 | 10.00 | 9.50", "@total"),
        ("项目 | 预算数 | 决算数", "项目 | ^ | 决算数", "无可接续"),
        ("项目 | 预算数 | 决算数", "< | 预算数 | 决算数", "无可接续"),
        ("办公费 | 10.00 | 9.50", "办公费 | < | 9.50\n^ | 8.00 | 7.00", "矩形"),
        ("办公费 | 10.00 | 9.50", "办公费 | 10.00 | 9.50\n^ | < | 7.00", "矩形"),
        ('id = "x"', 'id = "y"', "id=y"),
        ('id = "x"', "id = ", "x.toml"),
    ],
)
def test_a_broken_source_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(SourceError, match=message):
        parsed(tmp_path, GOOD.replace(old, new, 1))


def test_a_source_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="没有表格"):
        parsed(tmp_path, GOOD.partition('[[blocks]]\nkind = "table"')[0])


@st.composite
def layouts(draw: st.DrawFn) -> tuple[int, int, dict[tuple[int, int], tuple[int, int]]]:
    """Height, width, and rectangles that do not overlap: corner → extent."""
    high, wide = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    taken: set[tuple[int, int]] = set()
    spans = {}
    for _ in range(draw(st.integers(0, 6))):
        r, c = draw(st.integers(0, high - 1)), draw(st.integers(0, wide - 1))
        h, w = draw(st.integers(1, high - r)), draw(st.integers(1, wide - c))
        places = {(r + i, c + j) for i in range(h) for j in range(w)}
        if not places & taken:
            taken |= places
            spans[r, c] = (h, w)
    return high, wide, spans


@given(layouts())
def test_spans_are_read_as_they_are_drawn(layout: tuple[int, int, dict[tuple[int, int], tuple[int, int]]]) -> None:
    high, wide, spans = layout
    drawn = [[f"{r}.{c}" for c in range(wide)] for r in range(high)]
    corners = {(r, c): (1, 1) for r in range(high) for c in range(wide)}
    for (r, c), (h, w) in spans.items():
        for i in range(h):
            for j in range(w):
                drawn[r + i][c + j] = "<" if j else "^" if i else drawn[r][c]
                del corners[r + i, c + j]
        corners[r, c] = (h, w)
    part = {"roles": " ".join(["-"] * wide), "rows": "\n".join(" | ".join(row) for row in drawn)}
    block = {"kind": "table", "widths": [1] * wide, "parts": [part]}
    table = source.parse({"id": "x", "title": "x", "blocks": [block]}, where="x").tables[0]
    assert {(c.row, c.column): (c.rowspan, c.colspan) for c in table.cells} == corners
    assert all(c.text == f"{c.row}.{c.column}" for c in table.cells)


# The truth


@EACH
def test_the_truth_stands_in_its_rows(report: source.Source) -> None:
    rows = gold(report)
    assert len(rows) >= 20
    for row in rows:
        table = report.tables[row["table"] - 1]
        cells = grid(table)[row["row"] - 1]
        heads = squash("".join(c.text for c in table.cells if c.head))
        for key in ("target_text", "actual_text", "reason"):
            assert row.get(key, cells[0]) in cells, (row, key)
        assert any(cell.rstrip("：").endswith(row.get("name", "")) for cell in cells)
        assert row["indicator"].startswith(row.get("name", "")) or row["indicator"].endswith(row["name"])
        for level in ("level1", "level2"):
            assert row.get(level, "") in squash("".join(c.text for c in table.cells))
        for key in ("weight", "score"):
            assert key not in row or Decimal(row[key]) in [Decimal(c) for c in cells if c.replace(".", "", 1).isdigit()]
        added = row["indicator"].removeprefix(row.get("name", ""))
        if added and "name" not in row:
            assert added.removeprefix("三公经费") in heads


@EACH
def test_no_filled_value_cell_is_without_truth(report: source.Source) -> None:
    said = {(row["table"], row["row"], row.get(f"{side}_text")) for row in gold(report) for side in ("target", "actual")}
    said |= {(row["table"], row["row"], row.get(key)) for row in gold(report) for key in ("weight", "score")}
    for n, table in enumerate(report.tables, 1):
        for r, row in enumerate(table.rows):
            if row.head or row.mark:
                continue
            for c in range(len(row.roles)):
                cell = table.cells[row.cells[c]]
                text = squash(cell.text)
                corner = (cell.row, cell.column) == (r, c) and row.roles[c].name in {
                    "target",
                    "actual",
                    "executed",
                    "rate",
                    "change",
                    "fact",
                    "last",
                    "amount",
                }
                if corner and not source.is_empty(text) and cell.colspan == 1:
                    assert (n, r + 1, text) in said, (table.caption, text)


@EACH
def test_the_truth_agrees_with_the_package_on_what_a_cell_is_worth(report: source.Source) -> None:
    finder = default_finder()
    for row in gold(report):
        for side in ("target", "actual"):
            if f"{side}_value" not in row:
                continue
            read = finder.parse_cell(row[f"{side}_text"])
            assert read is not None, row
            if not read.bare:
                assert (spelled(read.value), read.unit) == (row[f"{side}_value"], row[f"{side}_unit"])
                assert read.op == row[f"{side}_op"]
            elif row[f"{side}_unit"]:
                assert row[f"{side}_unit"] in UNITS


def test_rates_follow_from_their_budgets() -> None:
    """The reports hold no slip: an audit of them finds none."""
    checked = 0
    for report in REPORTS:
        rows = gold(report)
        budgets = {(r["table"], r["row"]): r for r in rows if r["type"] == "budget" and {"target_value", "actual_value"} <= set(r)}
        for row in rows:
            budget = budgets.get((row["table"], row["row"]))
            if budget and row["indicator"].endswith("预算完成率") and Decimal(budget["target_value"]):
                share = Decimal(budget["actual_value"]) / Decimal(budget["target_value"]) * 100
                assert abs(share - Decimal(row["actual_value"])) <= Decimal("0.006"), row
                checked += 1
    assert checked > 60


def test_scores_add_up() -> None:
    for report in REPORTS:
        for n in range(1, len(report.tables) + 1):
            rows = [r for r in gold(report) if r["table"] == n and not r.get("optional")]
            total = [r for r in rows if r.get("name") in ("总分", "合计", "小计") and "weight" in r]
            for key in ("weight", "score") if total else ():
                assert sum(Decimal(r[key]) for r in rows if key in r and r not in total) == Decimal(total[0][key]), (report.id, n, key)


@pytest.mark.parametrize(
    ("cell", "unit", "op", "expected"),
    [
        ("≥8,460.50", "万元", "", (">=", "84605000", "元")),
        ("不低于95%", "", "", (">=", "95", "%")),
        ("95%以上", "", "", (">=", "95", "%")),
        ("95.00(%)", "", "", ("=", "95", "%")),
        ("约55公斤", "", "", ("~", "55", "公斤")),
        ("-6.8", "%", "", ("=", "-6.8", "%")),
        ("1800", "万元", "≥", (">=", "18000000", "元")),
        ("1.2", "", "", ("=", "1.2", "")),
        ("达到预期目标", "", "", (None, None, "")),
        ("6月30日前", "", "", (None, None, "")),
    ],
)
def test_values(cell: str, unit: str, op: str, expected: tuple[str | None, str | None, str]) -> None:
    value = values.value_of(cell, unit, op=op)
    assert (value.op, value.value and spelled(value.value), value.unit) == expected


def test_ranges() -> None:
    value = values.value_of("80%-95%")
    assert (value.op, value.value, value.high, value.unit) == ("range", 80, 95, "%")


@pytest.mark.parametrize(("cell", "unit", "op"), [("12,34.5", "", ""), ("3", "佛郎机", ""), ("3佛郎机", "", ""), ("3", "", "佛郎机")])
def test_what_cannot_be_read_is_an_error(cell: str, unit: str, op: str) -> None:
    with pytest.raises(SourceError):
        values.value_of(cell, unit, op=op)


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(["万元", "亿元", "元", "%"]), st.booleans())
def test_a_printed_number_is_worth_itself(number: Decimal, unit: str, own: bool) -> None:
    printed = f"{number:,.2f}"
    value = values.value_of(printed + unit * own, "" if own else unit)
    hint = unit_hint(f"（{unit}）")
    assert isinstance(hint, UnitHint)
    assert (value.value, value.unit, value.bare) == (number * hint.factor, hint.unit, not own)


# The files


@EACH
def test_word_file(report: source.Source) -> None:
    for data in ((FOLDER / f"{report.id}.docx").read_bytes(), word.document_of(report)):
        document = docx.Document(BytesIO(data))
        assert [[[squash(c.text) for c in row.cells] for row in table.rows] for table in document.tables] == [
            grid(t) for t in report.tables
        ]
        assert [squash(p.text) for p in document.paragraphs if squash(p.text)] == words_of(report)
        assert squash(document.sections[0].header.paragraphs[0].text) == squash(report.running)


@EACH
def test_web_page(report: source.Source) -> None:
    data = (FOLDER / f"{report.id}.html").read_bytes()
    assert data == web.page_of(report)
    page = lxml.html.fromstring(data.decode(report.encoding).partition("<html")[2].join(["<html", ""]))
    tables = page.findall(".//table")
    for found, table in zip(tables, report.tables, strict=True):
        laid: dict[tuple[int, int], str] = {}
        for r, tr in enumerate(found.iter("tr")):
            for td in tr:
                c = next(c for c in range(99) if (r, c) not in laid)
                for i in range(int(td.get("rowspan", 1))):
                    for j in range(int(td.get("colspan", 1))):
                        laid[r + i, c + j] = squash(td.text_content())
        expected = grid(table)
        assert laid == {(r, c): words for r, row in enumerate(expected) for c, words in enumerate(row)}
    text = squash(page.text_content())
    assert [words for words in words_of(report) if words not in text] == []
    assert "网站标识码" in text


def shown(cell: openpyxl.cell.Cell) -> str:
    """A cell as a spreadsheet shows it."""
    if isinstance(cell.value, int | float):
        percent = cell.number_format.endswith("%")
        places = len(cell.number_format.rstrip("%").partition(".")[2])
        comma = "," if "," in cell.number_format else ""
        return f"{Decimal(str(cell.value)) * (100 if percent else 1):{comma}.{places}f}" + "%" * percent
    return squash(str(cell.value or ""))


@EACH
def test_workbook(report: source.Source) -> None:
    for data in ((FOLDER / f"{report.id}.xlsx").read_bytes(), sheet.workbook_of(report)):
        book = openpyxl.load_workbook(BytesIO(data))
        numbers, tops = 0, Counter[str]()
        for n, table in enumerate(report.tables, 1):
            page = book[table.sheet or f"表{n}"]
            top = tops[page.title] + bool(table.caption) + bool(table.unit)
            tops[page.title] = top + len(table.rows) + 1
            for cell in table.cells:
                place = page.cell(top + cell.row + 1, cell.column + 1)
                assert shown(place) == squash(cell.text)
                numbers += isinstance(place.value, int | float)
                merged = {str(m) for m in page.merged_cells.ranges}
                assert (cell.rowspan * cell.colspan > 1) == any(m.startswith(f"{place.coordinate}:") for m in merged)
        assert (numbers > 0) == any(t.typed for t in report.tables)
        text = "".join(squash(str(c.value or "")) for page in book for row in page for c in row)
        assert [words for words in words_of(report) if words not in text] == []


@given(st.decimals(min_value=-(10**7), max_value=10**9, places=2), st.sampled_from(["{:,.2f}", "{:.2f}", "{:.2f}%", "{:,.0f}", "{:.0f}"]))
def test_a_number_format_prints_the_cell_as_it_stands(number: Decimal, pattern: str) -> None:
    printed = pattern.format(number)
    found = sheet.number_format(printed)
    if found is not None:
        page = openpyxl.Workbook().active
        cell = page.cell(1, 1, found[0])
        cell.number_format = found[1]
        assert shown(cell) == printed


@EACH
def test_plain_text(report: source.Source) -> None:
    data = (FOLDER / f"{report.id}.txt").read_bytes()
    text = data.decode("utf-8")
    assert text == plain.text_of(report)
    assert "\t" not in text
    assert Counter(squash(text)) == Counter("".join([*words_of(report), *(squash(c.text) for t in report.tables for c in t.cells)]))
    longest = max(map(len, text.splitlines()))
    assert (longest > 300) == (report.plain == "run")
    assert ("\n\n" in text) >= (report.plain == "blank")


@EACH
@pytest.mark.parametrize("anew", [False, pytest.param(True, marks=needs_fonts)], ids=["stored", "anew"])
def test_pdf(report: source.Source, anew: bool) -> None:
    wanted = Counter("".join([*words_of(report), *(squash(c.text) for t in report.tables for c in t.cells)]))
    document = pypdfium2.PdfDocument(paper.pdf_of(report) if anew else (FOLDER / f"{report.id}.pdf").read_bytes())
    pages = [squash(page.get_textpage().get_text_range()) for page in document]
    document.close()
    feet = [squash(report.number.format(page=n, pages=len(pages))) for n in range(1, len(pages) + 1)]
    for page, foot in zip(pages, feet, strict=True):
        assert squash(report.running) in page
        assert foot in page
    found = Counter("".join(pages))
    assert wanted - found == Counter()
    heads = "".join(squash(c.text) for t in report.tables for c in t.cells if c.head) * (len(pages) - 1)
    assert found - wanted - Counter(squash(report.running) * len(pages) + "".join(feet) + heads) == Counter()


@pytest.mark.parametrize("report", SCANNED, ids=lambda r: r.id)
def test_scans_hold_pictures_alone(report: source.Source) -> None:
    printed = pypdfium2.PdfDocument(FOLDER / f"{report.id}.pdf")
    sizes = [tuple(round(x * scan.DPI / 72) for x in page.get_size()) for page in printed]
    if report.scan == "png":
        pictures = [Image.open(FOLDER / f"{report.id}-scan-{n}.png") for n in range(1, len(printed) + 1)]
        assert {p.mode for p in pictures} == {"1"}
        found = [p.size for p in pictures]
    else:
        document = pypdfium2.PdfDocument(FOLDER / f"{report.id}-scan.pdf")
        assert [page.get_textpage().count_chars() for page in document] == [0] * len(document)
        found = [tuple(round(x * scan.DPI / 72) for x in page.get_size()) for page in document]
        document.close()
    printed.close()
    assert len(found) == len(sizes)
    assert all(abs(a - b) <= 2 for one, other in zip(found, sizes, strict=True) for a, b in zip(one, other, strict=True))


@needs_fonts
def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    report = parsed(tmp_path, GOOD.replace('id = "x"', 'id = "x"\nscan = "pdf"'))
    first, second = dict(build.made(report)), dict(build.made(report))
    assert list(first) == build.names(report, 1)
    assert [name for name in first if first[name] != second[name]] == []


@needs_fonts
def test_build_writes_all_and_removes_what_no_source_makes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out, answers = tmp_path / "source", tmp_path / "out", tmp_path / "gold"
    folder.mkdir()
    out.mkdir()
    (folder / "01-x.toml").write_text(GOOD.replace('id = "x"', 'id = "01-x"\nscan = "png"'), encoding="utf-8")
    (out / "00-old.pdf").write_bytes(b"old")
    (out / "README.md").write_bytes(b"kept")
    arguments = ["--source", str(folder), "--out", str(out), "--truth", str(answers)]
    assert command.main(["build", *arguments]) == 0
    assert "7 个文件" in capsys.readouterr().out
    assert sorted(p.name for p in out.iterdir()) == sorted(
        ["README.md", *(f"01-x.{s}" for s in ("docx", "html", "pdf", "txt", "xlsx")), "01-x-scan-1.png"]
    )
    assert command.main(["check", *arguments]) == 0
    (out / "01-x.txt").write_text("changed", encoding="utf-8")
    (answers / "01-x.jsonl").unlink()
    assert command.main(["check", *arguments]) == 1
    assert sorted(line.partition(":")[0] for line in capsys.readouterr().err.splitlines()) == ["01-x.jsonl", "01-x.txt"]


def test_committed_files_are_fresh() -> None:
    assert build.stale(FOLDER / "source", FOLDER, GOLD) == []


def test_a_broken_source_stops_the_build_with_its_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(FOLDER / "source", tmp_path / "source"))
    (folder / "99-x.toml").write_text(GOOD, encoding="utf-8")
    assert command.main(["build", "--source", str(folder), "--out", str(tmp_path / "o"), "--truth", str(tmp_path / "g")]) == 1
    assert "99-x.toml" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("package", ["typst", "python-docx", "xlsxwriter", "jinja2"])
def test_a_missing_library_is_named(
    tmp_path: Path, package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = {"python-docx": "docx"}.get(package, package)

    def absent(name: str) -> object:
        if name.partition(".")[0] == module:
            raise ModuleNotFoundError(name)
        return __import__(name, fromlist=["x"])

    monkeypatch.setattr(tools, "import_module", absent)
    (tmp_path / "x.toml").write_text(GOOD, encoding="utf-8")
    assert command.main(["build", "--source", str(tmp_path), "--out", str(tmp_path / "o"), "--truth", str(tmp_path / "g")]) == 1
    message = capsys.readouterr().err
    assert package in message
    assert "pip install" in message


def test_a_missing_font_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(paper.FONTS, "serif", "No Such Font CJK")
    with pytest.raises(paper.MissingFontError, match="No Such Font CJK"):
        paper.pdf_of(REPORTS[0])
