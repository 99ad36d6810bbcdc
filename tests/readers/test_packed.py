"""The guard before packed files: what is damaged, hostile or another thing is refused with the right error, in bounded time."""

from __future__ import annotations

import contextlib
import io
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhibiao.errors import Damaged, EmptyDocument, Encrypted, LegacyFormat, OutOfTime, ReadError, UnpacksTooLarge, UnsafeXml
from zhibiao.readers import Content, Limits
from zhibiao.readers.ooxml.docx import read_docx
from zhibiao.readers.ooxml.xlsx import read_xlsx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROOT = f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="{{}}"/></Relationships>'
DOCUMENT = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>正文一段</w:t></w:r></w:p></w:body></w:document>'
DOCX = {"_rels/.rels": ROOT.format("word/document.xml"), "word/document.xml": DOCUMENT}
XLSX = {
    "_rels/.rels": ROOT.format("/xl/workbook.xml"),
    "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{OFFICE}"><sheets><sheet name="表一览" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/s.xml"/></Relationships>',
    "xl/worksheets/s.xml": f'<worksheet xmlns="{S}"><sheetData><row r="1"><c r="A1"><v>7</v></c></row></sheetData></worksheet>',
}
Reader = Callable[..., Content]


def pack(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, words in parts.items():
            archive.writestr(name, words)
    return out.getvalue()


def docx(data: bytes, limits: Limits | None = None) -> Content:
    return read_docx(data, path=Path("报告.docx"), limits=limits or Limits())


def xlsx(data: bytes, limits: Limits | None = None) -> Content:
    return read_xlsx(data, path=Path("附表.xlsx"), limits=limits or Limits())


def ole(*streams: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + b"".join(name.encode("utf-16-le") for name in streams) + bytes(600)


def test_the_least_packages_are_read() -> None:
    assert docx(pack(DOCX)).text == "正文一段\n"
    assert xlsx(pack(XLSX)).text == "表一览\n7\n"


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", EmptyDocument, ""),
        (bytes(512), EmptyDocument, ""),
        (ole("EncryptionInfo", "EncryptedPackage"), Encrypted, ""),
        (ole("WordDocument"), LegacyFormat, ".docx"),
        (ole("Workbook"), LegacyFormat, ".xlsx"),
        (ole("Contents"), LegacyFormat, ""),
        (b"%PDF-1.7\n...", Damaged, "PDF"),
        (b"{\\rtf1 ...}", Damaged, "RTF"),
        ("\ufeff<html><table><tr><td>1</td></tr></table></html>".encode(), Damaged, "HTML"),
        (b"PK\x03\x04 and then nothing", Damaged, ""),
        (b"plain words", Damaged, ""),
        (pack({"a.txt": "x"}), Damaged, "no main part"),
        (pack({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}), Damaged, "OpenDocument"),
        (pack({"ppt/presentation.xml": "<presentation/>"}), Damaged, "presentation"),
        (pack({"_rels/.rels": ROOT.format("xl/workbook.bin"), "xl/workbook.bin": b"\x83\x01"}), LegacyFormat, ".xlsb"),
    ],
)
@pytest.mark.parametrize("read", [docx, xlsx])
def test_other_files_are_named(read: Reader, data: bytes, error: type[ReadError], words: str) -> None:
    with pytest.raises(error) as caught:
        read(data)
    assert type(caught.value) is error
    assert words in str(caught.value)


def test_a_wrong_suffix_is_said() -> None:
    with pytest.raises(Damaged, match=r"\.docx，内容是Excel"):
        docx(pack(XLSX))
    with pytest.raises(Damaged, match=r"\.xlsx，内容是Word"):
        xlsx(pack(DOCX))


@pytest.mark.parametrize("at", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize(("read", "parts"), [(docx, DOCX), (xlsx, XLSX)])
def test_cut_short(read: Reader, parts: dict[str, str | bytes], at: float) -> None:
    data = pack(parts)
    with pytest.raises(Damaged):
        read(data[: int(len(data) * at)])


@pytest.mark.parametrize("read_parts", [(docx, DOCX), (xlsx, XLSX)])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 0.999), junk=st.binary(min_size=1, max_size=8))
def test_broken_bytes_raise_nothing_else(read_parts: tuple[Reader, dict[str, str | bytes]], place: float, junk: bytes) -> None:
    read, parts = read_parts
    data = bytearray(pack(parts))
    at = int(place * len(data))
    data[at : at + len(junk)] = junk
    with contextlib.suppress(ReadError):
        assert read(bytes(data)).text.strip()


def test_a_part_with_a_password() -> None:
    data = bytearray(pack(DOCX))
    for header, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(header, at + 1)) >= 0:
            data[at + place] |= 1
    with pytest.raises(Encrypted):
        docx(bytes(data))


ENTITIES = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("head", [ENTITIES, OUTSIDE, "<!DOCTYPE d>"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("read", "parts", "name"),
    [(docx, DOCX, "word/document.xml"), (xlsx, XLSX, "xl/workbook.xml"), (xlsx, XLSX, "xl/worksheets/s.xml"), (docx, DOCX, "_rels/.rels")],
)
def test_entities_are_refused(read: Reader, parts: dict[str, str | bytes], name: str, head: str, codec: str) -> None:
    said = f'<?xml version="1.0" encoding="{"utf-8" if codec == "utf-8" else "utf-16"}"?>' if codec in ("utf-8", "utf-16") else ""
    words = parts[name]
    assert isinstance(words, str)
    with pytest.raises(UnsafeXml, match=r"DOCTYPE|ENTITY"):
        read(pack({**parts, name: (said + head + words).encode(codec)}))


def test_a_declaration_over_the_edge_of_two_pieces_is_found() -> None:
    for lead in range(64 * 1024 - 12, 64 * 1024 + 2):
        with pytest.raises(UnsafeXml):
            docx(pack({**DOCX, "word/document.xml": "<?p " + "x" * (lead - 6) + "?>" + ENTITIES + DOCUMENT}))


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "utf-32", "x-unknown"])
def test_an_encoding_that_hides_is_refused(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    with pytest.raises(UnsafeXml):
        docx(pack({**DOCX, "word/document.xml": (head + DOCUMENT).encode("utf-7" if encoding == "utf-7" else "utf-8")}))
    with pytest.raises(UnsafeXml):
        docx(pack({**DOCX, "word/document.xml": (head + DOCUMENT).encode("cp037", "replace")}))


def test_bombs() -> None:
    start = time.perf_counter()
    bomb = pack({**DOCX, "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>' + "<w:p/>" * 6_000_000})
    with pytest.raises(UnpacksTooLarge, match="×"):
        docx(bomb)
    with pytest.raises(UnpacksTooLarge, match="×"):
        xlsx(pack({**XLSX, "xl/worksheets/s.xml": f'<worksheet xmlns="{S}"><sheetData>' + f"<row>{' ' * 900}</row>" * 50_000}))
    assert time.perf_counter() - start < 60


def test_sizes_are_counted_not_believed() -> None:
    data = bytearray(pack({**DOCX, "word/document.xml": DOCUMENT.replace("<w:p>", "<w:p>" + " " * 3_000_000)}))
    at = data.find(b"word/document.xml", data.find(b"PK\x01\x02")) - 46
    data[at + 24 : at + 28] = struct.pack("<I", 500)
    with pytest.raises(ReadError):
        docx(bytes(data), Limits(max_unpacked=1_000_000))


def test_limits_of_all_parts_together() -> None:
    size = sum(len(words) for words in DOCX.values())
    assert docx(pack(DOCX), Limits(max_unpacked=5 * size)).text
    with pytest.raises(UnpacksTooLarge):
        docx(pack(DOCX), Limits(max_unpacked=size // 2))
    with pytest.raises(OutOfTime):
        docx(pack(DOCX), Limits(max_seconds=-1.0))


def test_what_is_not_text_is_not_unpacked() -> None:
    """Macros, pictures, embedded files: not even looked at, so they may be as large or as broken as they like."""
    parts = {**DOCX, "word/vbaProject.bin": bytes(40_000_000), "word/media/a.png": b"no picture", "word/embeddings/b.docx": bytes(9)}
    assert docx(pack(parts), Limits(max_unpacked=100_000)).text == "正文一段\n"


def test_links_out_of_the_file_are_not_followed() -> None:
    out = '<Relationship Id="{}" Type="{}/{}" Target="{}" {}/>'
    links = [
        out.format("a", OFFICE, "styles", "http://127.0.0.1:9/styles.xml", 'TargetMode="External"'),
        out.format("b", OFFICE, "footnotes", "file:///etc/hostname", ""),
        out.format("c", OFFICE, "numbering", "../../../../etc/hostname", ""),
    ]
    rels = f'<Relationships xmlns="{RELATIONS}">' + "".join(links) + "</Relationships>"
    assert docx(pack({**DOCX, "word/_rels/document.xml.rels": rels})).text == "正文一段\n"


def test_very_many_parts_and_links() -> None:
    link = f'<Relationship Id="r{{}}" Type="{OFFICE}/image" Target="media/{{}}.png"/>'
    rels = f'<Relationships xmlns="{RELATIONS}">' + "".join(link.format(n, n) for n in range(100_000)) + "</Relationships>"
    start = time.perf_counter()
    assert docx(pack({**DOCX, "word/_rels/document.xml.rels": rels})).text
    with pytest.raises(UnpacksTooLarge, match="parts"):
        docx(pack({**DOCX, **{f"a{n}": b"" for n in range(20_001)}}))
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize("depth", [100, 240, 5000, 200_000])
@pytest.mark.parametrize("tag", ["w:sdt", "w:ins", "w:txbxContent", "w:tbl", "w:x"])
def test_deep_nesting_is_bounded(tag: str, depth: int) -> None:
    body = f"<{tag}>" * depth + f"</{tag}>" * depth
    words = DOCUMENT.replace("<w:body>", "<w:body>" + body)
    try:
        assert "正文一段" in docx(pack({**DOCX, "word/document.xml": words})).text
    except Damaged:
        assert depth > 200


def test_tables_inside_of_tables_are_bounded() -> None:
    for depth in (5, 40, 80):
        nest = "<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc>" * depth + "<w:p><w:r><w:t>底</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * depth
        try:
            assert "底" in docx(pack({**DOCX, "word/document.xml": DOCUMENT.replace("<w:body>", "<w:body>" + nest)})).text
        except Damaged:
            assert depth > 40


def test_names_in_other_spellings() -> None:
    """Some programs write names with backslashes, or in another case than the links to them."""
    parts = {name.replace("/", "\\").replace("worksheets", "Worksheets"): words for name, words in XLSX.items()}
    assert xlsx(pack(parts)).text == "表一览\n7\n"


def test_the_strict_variant() -> None:
    strict = {name: str(words).replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main") for name, words in DOCX.items()}
    assert (
        docx(pack({k: v.replace(OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships") for k, v in strict.items()})).text
        == "正文一段\n"
    )
    strict = {name: str(words).replace(S, "http://purl.oclc.org/ooxml/spreadsheetml/main") for name, words in XLSX.items()}
    assert (
        xlsx(pack({k: v.replace(OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships") for k, v in strict.items()})).text
        == "表一览\n7\n"
    )
