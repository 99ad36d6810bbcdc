"""One file to one report."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from zhibiao.errors import EmptyDocument, ReadError, TooLarge, UnsupportedFormat
from zhibiao.readers import FORMATS, Content, Input, Limits, read_report, reader_for, supported
from zhibiao.readers.registry import Format

TEXT = "\ufeff云海市档案局2021年绩效自评报告\r\n一、概况\r\n\f二、支出98.5万元\n"


def test_report(tmp_path: Path) -> None:
    path = tmp_path / "报告.txt"
    path.write_bytes(TEXT.encode())
    report = read_report(Input(path, "in/报告.txt", "报告"))
    assert report.text == TEXT[1:]
    assert (report.doc_id, report.path, report.format) == ("报告", "in/报告.txt", "txt")
    assert report.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (report.title, report.org, report.year) == ("云海市档案局2021年绩效自评报告", "云海市档案局", 2021)
    assert report.pages == 2
    assert report.text[report.page_starts[1] :] == "二、支出98.5万元\n"


def _file(folder: Path, name: str, data: bytes) -> Input:
    (folder / name).write_bytes(data)
    return Input(folder / name, name, name)


@pytest.mark.parametrize(
    ("name", "data", "limit", "error"),
    [
        ("a.txt", b"", 100, EmptyDocument),
        ("a.txt", b"x" * 101, 100, TooLarge),
        ("a.odg", b"x", 100, UnsupportedFormat),
        ("a", b"x", 100, UnsupportedFormat),
    ],
)
def test_refuses(tmp_path: Path, name: str, data: bytes, limit: int, error: type[ReadError]) -> None:
    with pytest.raises(error):
        read_report(_file(tmp_path, name, data), limits=Limits(max_bytes=limit))


def test_the_limit_itself_is_allowed(tmp_path: Path) -> None:
    assert read_report(_file(tmp_path, "a.txt", b"x" * 100), limits=Limits(max_bytes=100)).text == "x" * 100


def test_what_is_no_regular_file_is_refused_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ReadError, match="not a regular file"):
        read_report(Input(tmp_path / "pipe.txt", "pipe.txt", "pipe"))
    with pytest.raises(ReadError, match="No such file"):
        read_report(Input(tmp_path / "no.txt", "no.txt", "no"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    source = _file(tmp_path, "a.txt", b"x")
    source.path.chmod(0)
    with pytest.raises(ReadError, match="Permission denied"):
        read_report(source)


def test_an_unknown_suffix_names_what_is_supported() -> None:
    with pytest.raises(UnsupportedFormat, match=r"\.odg.*\.txt .*\.docx"):
        reader_for(Path("x.odg"))


def test_suffixes_are_distinct_and_every_reader_loads() -> None:
    suffixes = [suffix for fmt in FORMATS for suffix in fmt.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)
    assert all(callable(fmt.load()) for fmt in FORMATS)
    assert reader_for(Path("X.TXT"))[0].name == "txt"


def test_a_new_format_is_one_line() -> None:
    more = (*FORMATS, Format("text", (".text",), "zhibiao.readers.txt:read_txt"))
    fmt, reader = reader_for(Path("x.text"), formats=more)
    assert (fmt.name, supported(more)) == ("text", f"{supported()} .text")
    assert reader("文字".encode(), path=Path("x.text"), limits=Limits()) == Content("文字")


@pytest.mark.parametrize("starts", [(1,), (0, 3, 2), (0, 9)])
def test_page_starts_are_checked(starts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="page_starts"):
        Content("四个字符", starts)
