"""Files with tables and pages on the command line: what was understood is drawn, what could not be read is told."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

import zhibiao.cli as cli
import zhibiao.runner as runner
from zhibiao.errors import OcrMissing, OcrSkipped
from zhibiao.extractor import Extractor
from zhibiao.readers import Limits, discover, read_report
from zhibiao.readers.registry import FORMATS
from zhibiao.schema import Report

from ..sheets import drawn
from .conftest import call

PAGE = """<html><body><main><h1>云海市水务局2023年度绩效自评报告</h1><p>单位：万元</p>
<table><tr><th>项目</th><th>年初预算数</th><th>全年执行数</th><th>执行率</th></tr>
<tr><td>清淤工程</td><td>500</td><td>480</td><td>96%</td></tr></table>
<p>自评得分95分。</p></main></body></html>"""


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch, extractor: Extractor) -> None:
    monkeypatch.setattr(cli, "_extractor", lambda taxonomy: extractor)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pdf(*pages: str) -> bytes:
    """A PDF with a line of words on each page; a page without words is a picture, as a scanner makes it."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    for words in pages:
        canvas.setFont("STSong-Light", 14)
        if words:
            canvas.drawString(72, 720, words)
        else:
            canvas.drawImage(ImageReader(Image.new("L", (600, 850), 230)), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def rows(table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(f"out/{table}.jsonl").read_text("utf-8").split("\n") if line]


# -- show --tables ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("real")
def test_show_draws_the_tables_as_understood(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "r.html").write_text(PAGE, "utf-8")
    code, out, err = call(capsys, "show", "r.html", "--tables", "--no-color")
    assert (code, err) == (0, "")
    for words in ("表 1", "单位：万元", "项目", "名称 name", "年初预算 initial", "执行 executed", "比率 rate", "清淤工程", "480", "96%"):
        assert words in out
    assert "自评得分95分" not in out  # only the tables
    assert "\x1b[" not in out


@pytest.mark.usefixtures("real")
def test_show_without_tables_shows_the_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "r.html").write_text(PAGE, "utf-8")
    code, out, _ = call(capsys, "show", "r.html", "--no-color")
    assert code == 0
    assert "自评得分" in out
    assert "表 1" not in out


@pytest.mark.usefixtures("real")
def test_a_report_without_tables(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "r.txt").write_text("全年完成清淤12公里。", "utf-8")
    assert call(capsys, "show", "r.txt", "--tables")[:2] == (0, "没有表格 no tables\n")


@pytest.mark.usefixtures("real")
def test_a_flattened_table_is_drawn_too_and_page_numbers_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "一、概况\f单位：万元\n项目  年初预算数  全年执行数  执行率\n清淤工程  500  480  96%\n泵站改造  300  270  90%\n"
    (folder / "r.txt").write_text(text, "utf-8")
    code, out, _ = call(capsys, "show", "r.txt", "--tables")
    assert code == 0
    assert "第 2 页" in out
    assert "泵站改造" in out
    assert "年初预算 initial" in out


@pytest.mark.usefixtures("real")
def test_a_table_cannot_steer_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    report = drawn("单位：\x1b[31m万元[bold]", "项目[red]|年初预算数|全年执行数\n清淤\u202e工程[/]|500|480")
    monkeypatch.setattr(cli, "read_report", lambda source, limits: replace(report, text=report.text.replace("单位： ", "单位：\x1b")))
    code, out, _ = call(capsys, "show", "r.docx", "--tables")
    assert code == 0
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[bold]" in out
    assert "[/]" in out


# -- what could not be read ------------------------------------------------------------------------------------------------------------

GAPS = (OcrMissing(what="第 2 页", english="Page 2 has"), OcrSkipped(what="第 3–9 页", english="Pages 3–9 have", limit=1))


@pytest.fixture
def with_gaps(stub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports whose name begins with g have gaps."""
    monkeypatch.setattr(cli, "_extractor", lambda taxonomy: stub)

    def read(source: Any, *, limits: Limits | None = None) -> Report:
        report = read_report(source, limits=limits)
        return replace(report, gaps=GAPS) if report.doc_id.startswith("g") else report

    monkeypatch.setattr(runner, "read_report", read)


@pytest.mark.usefixtures("with_gaps")
def test_a_document_with_gaps_is_kept_and_its_gaps_are_errors(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (inputs / "g.txt").write_text("收入目标3万元，实际4.5万元。", "utf-8")
    code, out, err = call(capsys, "extract", "in", "--out", "out", "--format", "jsonl,csv")
    assert code == 1
    assert [row["doc_id"] for row in rows("reports")] == ["a", "b", "g", "c"]
    assert "g" in {row["doc_id"] for row in rows("records")}
    assert [(r["doc_id"], r["path"], r["stage"], r["error"]) for r in rows("errors")] == [
        ("g", "in/g.txt", "read", "OcrMissing"),
        ("g", "in/g.txt", "read", "OcrSkipped"),
    ]
    for row, gap in zip(rows("errors"), GAPS, strict=True):
        assert row["message"] == str(gap)
    with Path("out/errors.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["error"] for row in csv.DictReader(file)] == ["OcrMissing", "OcrSkipped"]
    summary = " ".join(out.split())
    assert "文档 documents 4" in summary
    assert "失败 failed 0" in summary
    assert "部分未读 partly read 1" in summary
    assert "1 个输入有未读的部分 / 1 inputs were read in part:" in err
    assert "个输入失败" not in err
    assert err.count("in/g.txt（read）") == 2
    assert "pip install 'zhibiao[ocr]'" in err


@pytest.mark.usefixtures("with_gaps")
def test_failures_and_gaps_are_counted_apart(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("g1", "g2"):
        (inputs / f"{name}.txt").write_text("收入3万元。", "utf-8")
    (inputs / "empty.txt").write_bytes(b"")
    code, out, err = call(capsys, "extract", "in", "--out", "out", "--format", "jsonl")
    assert code == 1
    summary = " ".join(out.split())
    assert "失败 failed 1 部分未读 partly read 2" in summary
    assert "1 个输入失败 / 1 inputs failed" in err
    assert "2 个输入有未读的部分" in err
    assert [row["error"] for row in rows("errors")].count("OcrMissing") == 2


def test_without_gaps_nothing_is_said_of_them(inputs: Path, stub: Any, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    monkeypatch.setattr(cli, "_extractor", lambda taxonomy: stub)
    code, out, _ = call(capsys, "extract", "in", "--out", "out")
    assert code == 0
    assert "部分未读" not in out


# -- pages -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("real")
def test_limit_pages(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "r.pdf").write_bytes(pdf("全年完成清淤12公里。", "改造泵站3座。"))
    code, _, err = call(capsys, "extract", "r.pdf", "--out", "out", "--format", "jsonl", "--limit-pages", "1")
    assert code == 1
    assert "[Z110] 页数过多（2 页，上限 1 页）" in err
    assert [row["error"] for row in rows("errors")] == ["TooManyPages"]
    code, _, err = call(capsys, "extract", "r.pdf", "--out", "out", "--format", "jsonl", "--limit-pages", "2")
    assert (code, err) == (0, "")
    assert [row["pages"] for row in rows("reports")] == [2]
    assert [(row["text"], row["page"]) for row in rows("quantities")] == [("12公里", 1), ("3座", 2)]
    left, top, right, bottom = (float(x) for x in rows("quantities")[0]["box"].split(","))
    assert 72 < left < right < 72 + 14 * 12
    assert 842 - 720 - 16 < top < bottom < 842 - 720 + 6


@pytest.mark.usefixtures("real")
def test_ocr_pages_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "r.pdf").write_bytes(pdf("全年完成清淤12公里。", ""))
    code, out, err = call(capsys, "extract", "r.pdf", "--out", "out", "--format", "jsonl", "--ocr-pages", "0")
    assert code == 1
    assert "部分未读" in out
    assert "[Z118]" in err
    assert "--ocr-pages" in err
    assert [row["error"] for row in rows("errors")] == ["OcrSkipped"]
    assert [row["text"] for row in rows("quantities")] == ["12公里"]
    code, out, err = call(capsys, "show", "r.pdf", "--ocr-pages", "0", "--no-color")
    assert code == 0
    assert "12公里" in out
    assert "[Z118]" in err


@pytest.mark.usefixtures("real")
def test_a_scan_alone_without_recognition_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "r.pdf").write_bytes(pdf(""))
    code, _, err = call(capsys, "show", "r.pdf", "--tables", "--ocr-pages", "0")
    assert code == 1
    assert err.startswith("[Z118]")


@pytest.mark.parametrize("options", [("--limit-pages", "0"), ("--ocr-pages", "-1"), ("--limit-pages", "x")])
def test_wrong_numbers_of_pages(options: tuple[str, str], inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (("extract", "in/a.txt", "--out", "out"), ("show", "in/a.txt")):
        code, _, err = call(capsys, *command, *options)
        assert code == 2
        assert err.startswith("[Z205]")
        assert options[0] in err


def test_the_options_are_the_limits(inputs: Path, stub: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[Limits | None] = []

    def read(source: Any, *, limits: Limits | None = None) -> Report:
        seen.append(limits)
        return read_report(source, limits=limits)

    monkeypatch.setattr(cli, "_extractor", lambda taxonomy: stub)
    monkeypatch.setattr(runner, "read_report", read)
    monkeypatch.setattr(cli, "read_report", read)
    given = ("--limit-mb", "3", "--limit-pages", "7", "--ocr-pages", "5")
    assert call(capsys, "extract", "in/a.txt", "--out", "out", *given)[0] == 0
    call(capsys, "show", "in/a.txt", *given)
    call(capsys, "extract", "in/a.txt", "--out", "out")
    assert seen == [Limits(max_bytes=3 * 2**20, max_pages=7, ocr_pages=5)] * 2 + [Limits()]


def test_every_kind_of_file_is_found_in_a_folder(folder: Path) -> None:
    suffixes = [suffix for kind in FORMATS for suffix in kind.suffixes]
    for number, suffix in enumerate(suffixes):
        (folder / f"r{number}{suffix.upper()}").write_bytes(b"x")
    assert len(discover(["."]).inputs) == len(suffixes)
