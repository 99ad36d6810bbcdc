"""The command line as a user calls it: exit codes, streams, one clear line for a wrong call."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import zhibiao.cli as cli

from .conftest import call

pytestmark = pytest.mark.usefixtures("stubbed")


@pytest.fixture
def stubbed(stub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_extractor", lambda taxonomy: stub)


def test_extract(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "extract", "in", "--out", "out", "--format", "csv,jsonl,xlsx,parquet")
    assert code == 0
    assert err == ""
    for words in (
        "文档 documents",
        "记录 records",
        "绩效 performance",
        "达标 met",
        "记录示例 1 条",
        "收入",
        "3万元",
        "150.0%",
        "→ out/\n",
        " records.csv ",
    ):
        assert words in out
    assert len(list(Path("out").iterdir())) == 16


def test_the_default_is_csv_and_parquet(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "extract", "in/a.txt", "-o", "out")[0] == 0
    assert {path.suffix for path in Path("out").iterdir()} == {".csv", ".parquet"}


def test_failures_are_listed_with_what_to_do(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (inputs / "empty.txt").write_bytes(b"")
    (inputs / "x.txt").write_text("炸", "utf-8")
    code, out, err = call(capsys, "extract", "in", "missing.txt", "--out", "out")
    assert code == 1
    assert "失败 failed" in out
    assert "3 个输入失败 / 3 inputs failed" in err
    for words in (
        "in/empty.txt（read） [Z104] 文件里没有文字",
        "missing.txt（discover） [Z101]",
        "in/x.txt（extract） [Z301]",
        "ValueError: boom in two lines",
    ):
        assert words in err


def test_many_failures_are_cut_short(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for index in range(30):
        (inputs / f"e{index}.txt").write_bytes(b"")
    code, _, err = call(capsys, "extract", "in", "--out", "out")
    assert code == 1
    assert err.count("[Z104]") == 20
    assert "see the table errors for the others" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["extract", "in", "--out", "out", "--format", "csv,xls"], "Z201"),
        (["extract", "in", "--out", "out", "--format", ""], "Z201"),
        (["extract", "--out", "out"], "Z202"),
        (["extract", "in", "--out", "in/a.txt"], "Z203"),
        (["extract", "in", "--out", "in/a.txt/out"], "Z204"),
        (["extract", "in", "--out", "out", "--wrong"], "Z205"),
        (["extract", "in", "--out", "out", "--limit-mb", "x"], "Z205"),
        (["extract", "in", "--out", "out", "--limit-mb", "0"], "Z205"),
        (["unknown"], "Z205"),
        (["show"], "Z205"),
        (["show", "in/a.txt", "--width", "3"], "Z205"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_2(inputs: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    code, out, err = call(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert err.startswith(f"[{said}]")
    assert err.count("\n") == 1
    assert " / " in err
    assert not Path("out").exists()


def test_no_arguments_print_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys)
    assert code == 2
    assert "extract" in out + err


@pytest.mark.parametrize("arguments", [["--help"], ["extract", "--help"], ["show", "--help"]])
def test_help(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, _ = call(capsys, *arguments)
    assert code == 0
    assert "Usage" in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "version")
    assert code == 0
    assert out.startswith("zhibiao ")


def test_show(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "show", "in/a.txt")
    assert (code, err) == (0, "")
    assert "⟨收入⟩目标目{[3万元]}，实际实{[4.5万元]}。" in out
    assert "图例" in out
    assert "150.0%" in out
    assert "150.0%" not in call(capsys, "show", "in/a.txt", "--no-records")[1]
    assert "\x1b[" in call(capsys, "show", "in/a.txt", "--color")[1]


@pytest.mark.parametrize("file", ["missing.txt", "in", "in/empty.txt", "in/x.pdf"])
def test_show_of_what_cannot_be_read(inputs: Path, capsys: pytest.CaptureFixture[str], file: str) -> None:
    (inputs / "empty.txt").write_bytes(b"")
    (inputs / "x.pdf").write_bytes(b"%PDF")
    code, out, err = call(capsys, "show", file)
    assert (code, out) == (1, "")
    assert err.startswith("[Z1")


def test_interrupt_and_sigterm(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for word in "断停":
        (inputs / "ab.txt").write_text(f"{word}收入1万元", "utf-8")
        code, out, _ = call(capsys, "extract", "in", "--out", "out")
        assert code == 130
        assert "中断 interrupted" in out
        assert "\na," in Path("out/reports.csv").read_text("utf-8-sig")


def test_an_extractor_that_cannot_start_is_one_line(
    inputs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(taxonomy: Path | None) -> Any:
        raise ValueError("units.toml: 元 stands twice")

    monkeypatch.setattr(cli, "_extractor", broken)
    code, _, err = call(capsys, "extract", "in", "--out", "out")
    assert code == 1
    assert err.startswith("[Z001] 内部错误：ValueError: units.toml")


def run_script(arguments: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, with the stub in the place of the extractor."""
    script = f"""
import importlib.util, sys
spec = importlib.util.spec_from_file_location("stubs", {str(Path(__file__).with_name("conftest.py"))!r})
stubs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(stubs)
import zhibiao.cli as cli
cli._extractor = lambda taxonomy: stubs.StubExtractor()
sys.exit(cli.main(sys.argv[1:]))
"""
    return subprocess.run([sys.executable, "-c", script, *arguments], stderr=subprocess.PIPE, check=False, timeout=60, **options)


def test_a_terminal_without_chinese(inputs: Path) -> None:
    done = run_script(["show", "in/a.txt"], stdout=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u6536\\u5165" in done.stdout


def test_a_reader_that_goes_away(inputs: Path) -> None:
    """``zhibiao show … | head`` ends quietly."""
    (inputs / "long.txt").write_text("收入1万元。\n" * 3_000, "utf-8")
    read, write = os.pipe()
    os.close(read)
    try:
        done = run_script(["show", "in/long.txt"], stdout=write)
    finally:
        os.close(write)
    assert done.stderr == b""
