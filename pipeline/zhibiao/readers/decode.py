"""Bytes to text, strictly: the right characters or a clear refusal, never silent garbage.

The order of trial: byte-order mark, UTF-8, GB18030 (the national standard, superset of GBK and GB2312), then what
charset-normalizer says of a sample. UTF-8 proves itself. A double-byte encoding does not: almost any bytes are *some* rare
hanzi in GB18030, so its result must look like writing. In real reports more than 90 % of the characters outside ASCII are
everyday ones (level 1 hanzi and punctuation of GB 2312-1980); UTF-8, Big5 or random bytes read as GB18030 stay below 30 %.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from zhibiao.errors import BinaryFile, EmptyDocument, GarbledText, UndecodableText

# Longest first: the mark of UTF-32-LE begins with that of UTF-16-LE.
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP / DOCX / XLSX"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC / XLS / WPS"),
    (b"\x89PNG\r\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\x1f\x8b", "GZIP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"PAR1", "Parquet"),
)
# Everyday characters by lead byte: (codec, lead bytes). GB 2312: rows 1-3 marks, rows 16-55 level 1; Big5: marks and level 1.
_EVERYDAY = {
    "gb18030": ("gb2312", (*range(0xA1, 0xA4), *range(0xB0, 0xD8))),
    "big5": ("big5", tuple(range(0xA1, 0xC7))),
    "big5hkscs": ("big5", tuple(range(0xA1, 0xC7))),
}
_PLAUSIBLE = 0.6  # between the two groups measured above
_SAMPLE_CHARS = 20_000
_SAMPLE_BYTES = 64_000  # charset-normalizer takes seconds a megabyte

# Characters that writing does not hold: C0 but tab, line ends, vertical tab and form feed; DEL and C1; U+FFFD and non-characters.
_BAD = "".join(map(chr, (*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xFFFD, 0xFFFE, 0xFFFF)))
_MAX_BAD = 0.01
_BLANK = re.compile(r"[\s\ufeff\u200b-\u200f\u2060]*")


def decode(data: bytes) -> str:
    """The text of ``data``, byte-order mark removed, line ends untouched.

    Raises EmptyDocument (no character but white space), BinaryFile (a known file signature, or NUL bytes), UndecodableText (no
    encoding fits) or GarbledText (more than 1 % control or replacement characters).
    """
    if not data:
        raise EmptyDocument()
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise BinaryFile(looks_like=name)
    text = _decode(data)
    if _BLANK.fullmatch(text):
        raise EmptyDocument()
    bad = sum(map(text.count, _BAD))
    if bad > _MAX_BAD * len(text):
        raise GarbledText(bad=bad, share=f"{bad / len(text):.0%}")
    return text


def _decode(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding)
            except UnicodeDecodeError as error:
                at = error.start + len(bom)
                raise UndecodableText(detail=f"{encoding.upper()}，第 {at} 字节 byte {at}") from None
    if b"\0" in data:
        raise BinaryFile(looks_like="UTF-16 无 BOM 或二进制 UTF-16 without BOM, or binary")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        broken_at = error.start
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        pass
    else:
        if _everyday_share(text, "gb18030") >= _PLAUSIBLE:
            return text
    return _decode_other(data, broken_at)


def _decode_other(data: bytes, broken_at: int) -> str:
    """Ask charset-normalizer; believe it where it names another Chinese encoding whose strict result looks like writing."""
    sample = data[:_SAMPLE_BYTES]
    if len(data) > _SAMPLE_BYTES:  # not in the middle of a character
        sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b" ")) + 1] or sample
    best = from_bytes(sample).best()
    guess = best.encoding if best else ""
    candidates = [name for name in (guess, "big5") if name in _EVERYDAY and name != "gb18030"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _everyday_share(text, encoding) >= _PLAUSIBLE:
            return text
    detail = f"第 {broken_at} 字节起不是 UTF-8 not UTF-8 from byte {broken_at}"
    raise UndecodableText(detail=f"{detail}；像是 looks like {guess}" if guess else detail)


def _everyday_share(text: str, encoding: str) -> float:
    """Share of everyday characters among those outside ASCII, from three places of the text."""
    codec, leads = _EVERYDAY[encoding]
    third = _SAMPLE_CHARS // 3
    middle = max(0, len(text) // 2 - third // 2)
    sample = text if len(text) <= _SAMPLE_CHARS else text[:third] + text[middle : middle + third] + text[-third:]
    outside = [char for char in sample if char > "\x7f"]
    if not outside:
        return 1.0
    everyday = sum(1 for char in outside if char.encode(codec, "ignore")[:1] and char.encode(codec, "ignore")[0] in leads)
    return everyday / len(outside)
