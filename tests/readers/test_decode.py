"""Bytes of every kind: the right text, or the right refusal."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from zhibiao.errors import BinaryFile, EmptyDocument, GarbledText, ReadError, UndecodableText
from zhibiao.readers import Limits
from zhibiao.readers.decode import decode
from zhibiao.readers.txt import read_txt

TEXT = "云海市档案局2021年度部门整体支出绩效自评报告\r\n全年完成档案整理1,200卷，预算执行率达到98.5%。\r服务群众约3万人次。\n" * 3
TRADITIONAL = "本局全年完成檔案整理工作，預算執行率達到百分之九十八，服務市民約三萬人次，滿意度較上年有所提升。\n" * 3
RANDOM = random.Random(7)


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        (TEXT.encode("utf-8"), TEXT),
        (TEXT.encode("utf-8-sig"), TEXT),
        (TEXT.encode("gb18030"), TEXT),
        (TEXT.encode("gbk"), TEXT),
        ("预算执行率98.5%".encode("gbk"), "预算执行率98.5%"),
        (b"\x84\x31\x95\x33" + TEXT.encode("gb18030"), TEXT),
        (TEXT.encode("utf-16"), TEXT),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), TEXT),
        (TEXT.encode("utf-32"), TEXT),
        (TRADITIONAL.encode("big5"), TRADITIONAL),
        (b"plain ASCII 98.5%\r\n", "plain ASCII 98.5%\r\n"),
        ("表意文字𠮷和表情😀，私用区\ue4c6\n".encode(), "表意文字𠮷和表情😀，私用区\ue4c6\n"),
        ("\ufeff\ufeff双重标记".encode(), "\ufeff双重标记"),
    ],
    ids=[
        "utf8",
        "utf8-bom",
        "gb18030",
        "gbk",
        "gbk-short",
        "gb18030-bom",
        "utf16",
        "utf16be",
        "utf32",
        "big5",
        "ascii",
        "rare",
        "two-boms",
    ],
)
def test_decodes(encoded: bytes, expected: str) -> None:
    assert decode(encoded) == expected


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (b"", EmptyDocument, "没有文字"),
        (b" \r\n\t\x0c\n", EmptyDocument, "没有文字"),
        ("\u3000\u200b\ufeff\n".encode(), EmptyDocument, "没有文字"),
        (b"\xff\xfe", EmptyDocument, "没有文字"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), BinaryFile, "PNG"),
        (b"%PDF-1.7\n", BinaryFile, "PDF"),
        (b"PK\x03\x04" + bytes(30), BinaryFile, "DOCX"),
        (RANDOM.randbytes(4000), BinaryFile, "二进制"),
        (RANDOM.randbytes(4000).replace(b"\0", b"\1"), UndecodableText, "UTF-8"),
        (TEXT.encode("utf-16-le"), BinaryFile, "UTF-16"),
        (TEXT.encode("utf-16")[:-1], UndecodableText, "UTF-16-LE"),
        (TEXT.encode() + b"\xff\xfe" + TEXT.encode(), UndecodableText, "UTF-8"),
        (TEXT.encode()[:-2], UndecodableText, "UTF-8"),
        ("これは日本語の文章です。漢字かな混じり文。\n".encode("shift_jis") * 20, UndecodableText, "UTF-8"),
        ("café résumé naïve straße ".encode("latin-1") * 40, UndecodableText, "UTF-8"),
        (("档案" + "\x01\x02" * 5).encode() * 20, GarbledText, "83%"),
        ("整理\ufffd\ufffd\ufffd卷".encode() * 20, GarbledText, "控制符或替换符"),
    ],
)  # fmt: skip
def test_refuses(data: bytes, error: type[ReadError], said: str) -> None:
    with pytest.raises(error) as caught:
        decode(data)
    assert said in str(caught.value)


@pytest.mark.parametrize("cut", [n for n in range(1, 30) if n % 3])
def test_broken_utf8_is_never_taken_for_gb18030(cut: int) -> None:
    """UTF-8 bytes are often valid GB18030: a file cut inside a character must be refused, not read as rare hanzi."""
    with pytest.raises(UndecodableText):
        decode(("全年完成档案整理工作，服务群众" * 20).encode()[:-cut])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\n\r", "\u2028", "\x85"])
def test_line_ends_stay(ending: str) -> None:
    text = f"第一行{ending}第二行{ending}"
    assert read_txt(text.encode(), path=Path("x.txt"), limits=Limits()).text == text


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("没有分页", ()),
        ("一\f二\f三", (0, 2, 4)),
        ("一\f二\f", (0, 2)),
        ("一\f二\f \r\n", (0, 2)),
        ("一\f\f三", (0, 2, 3)),
        ("\f二", (0, 1)),
    ],
)
def test_pages(text: str, starts: tuple[int, ...]) -> None:
    content = read_txt(text.encode(), path=Path("x.txt"), limits=Limits())
    assert content.text == text
    assert content.page_starts == starts
    assert content.pages == (len(starts) or None)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_a_line_of_50_megabytes_is_read_in_seconds(encoding: str) -> None:
    """Nothing that costs more than linear time, and no detector, may look at the whole."""
    line = "預算執行率達到百分之九十八，服務市民約三萬人次。" if encoding == "big5" else "预算执行率98.5%，服务群众约3万人次。"
    data = line.encode(encoding) * (50_000_000 // len(line.encode(encoding)))
    began = time.perf_counter()
    text = decode(data)
    assert text.startswith(line)
    assert time.perf_counter() - began < 10
