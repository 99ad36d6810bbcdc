"""What is measured on the test files: scores, true text, speed, and the part of the page that the commands write."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from zhibiao.annotate.files import command, measured, pages, score, speed, texts
from zhibiao.annotate.files.pages import MissingMarksError, Sheet
from zhibiao.errors import NoInput
from zhibiao.readers import ocr

ROOT = Path(__file__).resolve().parents[2]
FOLDER, GOLD = ROOT / "samples" / "files", ROOT / "tests" / "gold" / "files"
NAME = "01-wenhua-zipingbiao"
PAGE = "# 页 Page\n\nbefore\n\n{}\n{}\n\nbetween\n\n{}\nold\n{}\n\nafter\n".format(*pages.marks("score"), *pages.marks("speed"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One report in three formats and its scan's name, with its source."""
    out = tmp_path / "files"
    (out / "source").mkdir(parents=True)
    for suffix in ("docx", "html", "txt"):
        shutil.copy(FOLDER / f"{NAME}.{suffix}", out)
    for source in (FOLDER / "source").glob(f"{NAME}.*"):
        shutil.copy(source, out / "source")
    return out


def row_of(sheet: Sheet, label: str) -> dict[str, str]:
    return next(dict(zip(sheet.rows[0], row, strict=True)) for row in sheet.rows[1:] if row[0].startswith(label))


# Scores


def test_scores_of_one_report(folder: Path) -> None:
    (sheet,) = measured.sheets(folder, GOLD)
    truth = len([row for row in score.rows_of(GOLD / f"{NAME}.jsonl") if not row.get("optional")])
    for label in ("DOCX", "HTML", "TXT"):
        row = row_of(sheet, label)
        assert row["文件 files"] == "1"
        assert row["答案 rows"] == f"{truth}"
        assert int(row["找到 found"]) + int(row["漏 missed"]) == truth
    assert row_of(sheet, "DOCX")["同 DOCX same"] == "100.0%"
    assert float(row_of(sheet, "HTML")["F1"]) > 0.9
    assert int(row_of(sheet, "前四种")["答案 rows"]) == 2 * truth
    assert not any("四种都给出" in note for note in sheet.notes)


def test_scans_are_named_where_recognition_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(FOLDER / f"{NAME}-scan.pdf", folder)
    monkeypatch.setattr(ocr, "available", lambda: False)
    (sheet,) = measured.sheets(folder, GOLD)
    assert row_of(sheet, "扫描件")["答案 rows"] == "—"
    assert any("zhibiao[ocr]" in note for note in sheet.notes)


def test_scans_are_scored(folder: Path) -> None:
    """A Word file in two parts stands for the scan: how well it is recognised is another matter."""
    read = measured.readings(measured.discover([str(folder / f"{NAME}.docx")]).inputs)
    rows = {NAME: score.rows_of(GOLD / f"{NAME}.jsonl")}
    halves = [
        replace(read[0], kind="scan", document=replace(read[0].document, records=records))
        for records in (read[0].document.records[:9], read[0].document.records[9:])
    ]
    sheet = measured.accuracy([*read, *halves], rows, {})
    scanned, docx = row_of(sheet, "扫描件"), row_of(sheet, "DOCX")
    assert scanned.pop("文件 files") == "2"
    assert docx.pop("文件 files") == "1"
    assert list(scanned.values())[1:] == list(docx.values())[1:]


def test_a_record_outside_prose_is_false_in_plain_text(folder: Path) -> None:
    item = measured.discover([str(folder / f"{NAME}.txt")]).inputs
    (read,) = measured.readings(item)
    known = {report.id: report for report in measured.source.load(folder / "source")}
    prose = [r for r in read.document.records if r.method != "table"]
    assert prose
    told = replace(read, document=replace(read.document, records=tuple(prose)))
    assert row_of(measured.accuracy([told], {NAME: []}, known), "TXT")["误 false"] == "0"
    cell = read.document.report.text.index("\n1,185.50\n") + 1
    moved = replace(told, document=replace(read.document, records=(replace(prose[0], start=cell, end=cell + 8),)))
    assert row_of(measured.accuracy([moved], {NAME: []}, known), "TXT")["误 false"] == "1"


def test_optional_rows_claim_records_and_count_for_nothing(folder: Path) -> None:
    (read,) = measured.readings(measured.discover([str(folder / f"{NAME}.html")]).inputs)
    rows = score.rows_of(GOLD / f"{NAME}.jsonl")
    full = score.score(rows, read.document.records)
    assert full.found > 10
    optional = [{**row, "optional": True} for row in rows]
    assert score.score(optional, read.document.records) == replace(full, found=0, missed=())
    assert score.score(optional, ()) == score.Score(0, (), ())
    assert len(score.score([], read.document.records).false) == len([r for r in read.document.records if r.method == "table"])


def test_nothing_to_score(tmp_path: Path) -> None:
    with pytest.raises(NoInput):
        measured.sheets(tmp_path, GOLD)


# Texts


def test_recognition_counts_characters_and_numbers() -> None:
    sheet = texts.recognition({"x": ("全年支出1,260.00万元(%)；7项", "全年收入 1,260.00\n万元（%）；95.3项")}, pages=2, seconds=3.0)
    assert sheet.rows[1] == ("x", "23", "65.22%", "73.91%", "2", "50.00%", "1")
    assert sheet.rows[2][1:] == sheet.rows[1][1:]
    assert "1.5 秒" in sheet.notes[1]


def test_passages_are_found_line_for_line(tmp_path: Path) -> None:
    for name in ("files", "passages"):
        (tmp_path / name).mkdir()
    lines = [f"第{n}项工作全年完成{n * 17}件，办结率为{90 + n}.5%，群众较为满意。" for n in range(1, 9)]
    (tmp_path / "files" / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "passages" / "1.txt").write_text("\n\n".join([*lines[2:5], lines[5].replace("件", "户")]), encoding="utf-8")
    (tmp_path / "passages" / "2.txt").write_text("别处的一段话，与上面的文件没有什么关系，也没有相同的字句。", encoding="utf-8")
    sheet = texts.passages(tmp_path)
    assert sheet is not None
    assert sheet.rows[1][:4] == ("TXT", "1", "4", "75.0%")
    (tmp_path / "passages" / "1.txt").unlink()
    assert texts.passages(tmp_path) is None


# Speed


def test_speed_of_one_pdf_and_one_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["speed", str(FOLDER / f"{NAME}.pdf"), str(FOLDER / f"{NAME}.html"), "--rounds", "1"]) == 0
    rows = {line.split("|")[1].strip(): line.split("|")[2:] for line in capsys.readouterr().out.splitlines() if line.startswith("|")}
    tabled = next(cells for label, cells in rows.items() if label.endswith("table pages"))
    assert tabled[2].strip() == "pdfplumber"
    assert 0 < float(tabled[4]) < 5
    assert any(label.endswith("HTML") for label in rows)
    assert not any(str(FOLDER) in label for label in rows)


def test_pages_of_a_pdf_by_kind() -> None:
    samples = {sample.kind: sample for sample in speed.samples_of(FOLDER / f"{NAME}.pdf")}
    whole = speed.pdfium.PdfDocument(FOLDER / f"{NAME}.pdf")
    assert sum(sample.pages for sample in samples.values()) == len(whole)
    for sample in samples.values():
        part = speed.pdfium.PdfDocument(sample.data)
        assert len(part) == sample.pages
        part.close()
    whole.close()


@pytest.mark.parametrize("argv", [["speed", "--rounds", "0"], ["speed", "--rounds", "x"], ["score", "--rounds", "1"], [], ["other"]])
def test_wrong_arguments(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(argv)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_arguments() -> None:
    args = command.parser().parse_args(["speed", "a", "b", "--shared", "x", "--write", "y.md"])
    assert (args.inputs, args.shared, args.write, args.rounds) == (["a", "b"], Path("x"), Path("y.md"), 5)
    assert command.parser().parse_args(["speed"]).inputs == ["samples/files"]
    assert command.parser().parse_args(["score"]).truth == Path("tests/gold/files")


def test_no_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["speed", str(tmp_path)]) == 1
    assert "Z202" in capsys.readouterr().err


# The page


def test_a_part_is_written_between_its_marks(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "PAGE.md"
    page.write_text(PAGE, encoding="utf-8")
    arguments = ["score", "--files", str(folder), "--truth", str(GOLD), "--write", str(page)]
    assert command.main(arguments) == 0
    once = page.read_text(encoding="utf-8")
    assert capsys.readouterr().out.strip() in once
    assert str(folder) not in once
    assert command.main(arguments) == 0
    assert page.read_text(encoding="utf-8") == once
    begin, end = pages.marks("score")
    before, _, rest = once.partition(begin)
    assert before == PAGE.partition(begin)[0]
    assert rest.partition(end)[2] == PAGE.partition(end)[2]


def test_parts_do_not_touch_each_other() -> None:
    both = pages.replaced(pages.replaced(PAGE, "score", "one\n"), "speed", "two\n")
    assert both == pages.replaced(pages.replaced(PAGE, "speed", "two"), "score", "one")
    assert "old" not in both
    assert both.index("one") < both.index("between") < both.index("two") < both.index("after")


def test_a_page_without_marks_is_left_alone(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "PAGE.md"
    page.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(MissingMarksError):
        pages.write_part(page, "score", "x")
    assert page.read_text(encoding="utf-8") == "# nothing\n"
    assert command.main(["score", "--files", str(folder), "--truth", str(GOLD), "--write", str(page)]) == 1
    assert "score: end" in capsys.readouterr().err


def test_markdown() -> None:
    sheet = Sheet("题 Title", (("a", "b"), ("x|y", "1")), ("note",))
    assert pages.markdown([sheet]) == "### 题 Title\n\n| a | b |\n| --- | ---: |\n| x\\|y | 1 |\n\n- note\n"


def test_the_documentation_has_both_parts() -> None:
    page = (ROOT / "docs" / "FILES.md").read_text(encoding="utf-8")
    for part in ("score", "speed"):
        assert pages.replaced(page, part, "x") != page
