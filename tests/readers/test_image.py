"""Pictures: every kind of pixel, several pages, resolution, and files that are damaged, huge or empty."""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from zhibiao.errors import Damaged, EmptyDocument, OcrMissing, OcrSkipped, OutOfTime, ReadError, TooManyPages, UnpacksTooLarge
from zhibiao.readers import Limits, ocr
from zhibiao.readers.content import Content
from zhibiao.readers.ocr.image import read_image

needs_ocr = pytest.mark.skipif(not ocr.available(), reason="the extra zhibiao[ocr] is not installed")
if ocr.available():
    import numpy as np
    from PIL import Image

SCANS = Path(__file__).parent / "scans"
NUMBERS = ["6,302.34", "5,987.20", "95", "-2.35", "47.6", "45", "99.9", "0.05", "1", "1", "3", "98.50"]


def read(data: bytes, limits: Limits | None = None) -> Content:
    return read_image(data, path=Path("扫描件.png"), limits=limits or Limits())


def numbers(text: str) -> list[str]:
    return re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)


def prose() -> Image.Image:
    with Image.open(SCANS / "prose.png") as picture:
        return picture.convert("RGB")


def packed(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@needs_ocr
def test_table_of_a_picture() -> None:
    content = read((SCANS / "table.png").read_bytes())
    (table,) = content.tables
    cells = {(c.row, c.column): content.text[c.start : c.end] for c in table.cells}
    assert (cells[1, 2], cells[3, 3], cells[4, 3], cells[2, 4]) == ("≥45公里", "0.05", "-2.35%", "5")
    assert next(c for c in table.cells if (c.row, c.column) == (1, 0)).rowspan == 3
    assert content.page_starts == (0,)
    assert content.text.startswith("渠道维护项目绩效自评表\n")
    for line in content.lines:
        assert content.text[line.start : line.end].strip()
        assert line.page == 1


def _sixteen(picture: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(picture.convert("L"), dtype=np.uint16) * 257)


def _clear(picture: Image.Image) -> Image.Image:
    """Black print on nothing: what shows as white has no colour at all."""
    return Image.merge("LA", (Image.new("L", picture.size, 0), picture.convert("L").point(lambda v: 255 - v)))


@needs_ocr
@pytest.mark.parametrize(
    ("kind", "made", "options"),
    [
        ("PNG", lambda p: p.convert("1"), {}),
        ("PNG", _sixteen, {}),
        ("PNG", _clear, {}),
        ("JPEG", lambda p: p.convert("CMYK"), {"quality": 90}),
        ("TIFF", lambda p: p.convert("1"), {"compression": "group4"}),
        ("TIFF", lambda p: p.convert("F"), {}),
        ("BMP", lambda p: p, {}),
    ],
    ids=["one bit", "sixteen bits", "alpha", "cmyk", "fax", "float", "bmp"],
)
def test_every_kind_of_pixel(kind: str, made: Any, options: dict[str, Any]) -> None:
    assert numbers(read(packed(made(prose()), kind, dpi=(200, 200), **options)).text) == NUMBERS


@needs_ocr
def test_the_camera_says_which_way_is_up() -> None:
    turned = prose().transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    content = read(packed(turned, "JPEG", exif=exif.tobytes(), dpi=(200, 200), quality=90))
    assert numbers(content.text) == NUMBERS


@needs_ocr
@pytest.mark.parametrize(("stated", "left"), [((200, 200), 24), (None, 28), ((72, 72), 24 * 200 / 72), ((1, 1), 28), ((200, 50), 28)])
def test_places_follow_the_resolution_that_can_be_true(stated: tuple[int, int] | None, left: float) -> None:
    """The left margin is 24 points at 200 dpi; without a resolution the picture is taken for a page of A4, which is 120.9 dpi at its width."""
    picture = prose()
    content = read(packed(picture, "PNG", **({"dpi": stated} if stated else {})))
    expected = left if left != 28 else 24 * 200 / max(picture.size[1] / 8.27, picture.size[0] / 11.69)
    assert min(line.edges[0] for line in content.lines) == pytest.approx(expected, abs=1.5)


@needs_ocr
def test_frames_of_a_tiff_are_pages() -> None:
    table = Image.open(SCANS / "table.png").convert("RGB")
    data = packed(prose(), "TIFF", save_all=True, append_images=[table, prose()], dpi=(200, 200), compression="tiff_deflate")
    content = read(data, Limits(ocr_pages=2))
    assert content.pages == 3
    assert len(content.tables) == 1
    assert content.page_starts[1] <= content.tables[0].start
    assert [(type(gap), gap.facts["what"]) for gap in content.gaps] == [(OcrSkipped, "第3页")]
    assert {line.page for line in content.lines} == {1, 2}


@needs_ocr
def test_limits_of_pages() -> None:
    data = packed(prose(), "TIFF", save_all=True, append_images=[prose()], compression="tiff_deflate")
    with pytest.raises(TooManyPages):
        read(data, Limits(max_pages=1))
    with pytest.raises(OcrSkipped):
        read(data, Limits(ocr_pages=0))
    with pytest.raises(OutOfTime):
        read(data, Limits(max_seconds=-1))


@needs_ocr
def test_a_damaged_frame_is_a_gap() -> None:
    data = packed(prose(), "TIFF", save_all=True, append_images=[prose()], compression="tiff_deflate")
    picture = Image.open(io.BytesIO(data))
    picture.seek(1)
    at = picture.tag_v2[273][0]  # where the strips of the second frame begin
    broken = data[:at] + b"\xff" * 4000 + data[at + 4000 :]
    content = read(broken)
    assert numbers(content.text) == NUMBERS
    assert content.pages == 2
    assert [type(gap) for gap in content.gaps] == [Damaged]


@needs_ocr
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_cut_short(kind: str, share: float) -> None:
    data = packed(prose(), kind)
    with pytest.raises(Damaged):
        read(data[: int(len(data) * share)])


@needs_ocr
@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"II*\x00\xff\xff\xff\xff", b"BM"],
)
def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(Damaged):
        read(data)


def _bomb(side: int) -> bytes:
    """A PNG of side × side white pixels in 1 bit: a few kilobytes that unpack to ``side``² pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


@needs_ocr
@pytest.mark.parametrize("side", [11_000, 15_000, 200_000])
def test_bombs_are_not_unpacked(side: int) -> None:
    with pytest.raises(UnpacksTooLarge):
        read(_bomb(side))


@needs_ocr
@pytest.mark.parametrize("what", ["white", "noise", "clouds"])
def test_pictures_without_words(what: str) -> None:
    rng = np.random.default_rng(4)
    pixels = {
        "white": np.full((900, 700, 3), 255, np.uint8),
        "noise": rng.integers(0, 256, (900, 700, 3)).astype(np.uint8),
        "clouds": np.asarray(Image.fromarray(rng.integers(0, 256, (9, 7, 3)).astype(np.uint8)).resize((700, 900))),
    }[what]
    with pytest.raises(EmptyDocument):
        read(packed(Image.fromarray(pixels), "PNG"))


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    with pytest.raises(OcrMissing) as caught:
        read(b"")
    assert isinstance(caught.value, ReadError)
    assert "pip install 'zhibiao[ocr]'" in str(caught.value)
