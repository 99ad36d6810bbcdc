"""Packed streams of a PDF are measured before the file is opened: pdfium unpacks a page's drawing whole, however much it is."""

from __future__ import annotations

import re
import zlib

from zhibiao.errors import UnpacksTooLarge

_MEGABYTE = 1024 * 1024
_DRAWING = 32 * _MEGABYTE  # words and lines of a page; a full page of print has 0.05. It makes two million objects, a gigabyte of memory.
_FONT = 128 * _MEGABYTE  # the largest fonts for Chinese have 30
_BEST = 1032  # deflate packs no better than this
_HEAD = 2048  # bytes in which the description of a stream stands
_FILTERS = 4  # one in another
_STREAM = re.compile(rb"stream\r?\n")
_PICTURE = re.compile(rb"/Subtype\s*/Image")
_IS_FONT = re.compile(rb"/Length1|/CIDFontType0C|/Type1C|/OpenType")
_PACKED = re.compile(rb"/FlateDecode|/Fl\b")


def check_packed(data: bytes) -> None:
    """Raises UnpacksTooLarge where a stream of words, drawings, objects or a font unpacks to more than any real one does. Pictures are not looked at:
    they are unpacked only where a page is recognised, and then to its size."""
    for match in _STREAM.finditer(data):
        start = match.end()
        if data[match.start() - 3 : match.start()] == b"end":
            continue
        end = data.find(b"endstream", start)
        end = len(data) if end < 0 else end
        head = data[max(0, match.start() - _HEAD) : match.start()]
        head = head[head.rfind(b" obj") + 1 :]
        filters = len(_PACKED.findall(head))
        if not filters or (end - start) * _BEST**filters <= _DRAWING or _PICTURE.search(head):
            continue
        limit = _FONT if _IS_FONT.search(head) else _DRAWING
        if (end - start) * _BEST**filters > limit and _unpacked(data[start:end], min(filters, _FILTERS), limit) > limit:
            raise UnpacksTooLarge(what="PDF 内的数据流 a stream of the PDF", limit=f"{limit // _MEGABYTE} MB")


def _unpacked(packed: bytes, filters: int, limit: int) -> int:
    """How many bytes come out of so many filters one in another: exact up to ``limit``, something above it beyond. Damaged data count as far as they unpack."""
    size = 0
    for _ in range(filters):
        unpacker = zlib.decompressobj()
        try:
            packed = unpacker.decompress(packed, limit + 1)
        except zlib.error:
            return size
        size = max(size, len(packed))
        if size > limit:
            break
    return size
