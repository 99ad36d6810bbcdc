"""The guard before DOCX and XLSX: parts of a packed file, unpacked one by one within limits, their XML checked before any parser sees it.

Only the parts that are asked for are unpacked. Macros, pictures, embedded files and whatever a link points to are never touched, and nothing is
fetched. What the directory of the archive says of sizes is not believed: bytes are counted as they come.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from lxml import etree

from zhibiao.errors import Damaged, EmptyDocument, Encrypted, LegacyFormat, OutOfTime, UnpacksTooLarge, UnsafeXml
from zhibiao.readers.content import MEGABYTE, Limits

Kind = Literal["docx", "xlsx"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = ((b"%PDF-", "PDF"), (b"{\\rtf", "RTF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"Rar!", "RAR"), (b"<", "HTML / XML"))
_NAMED = {"docx": "Word 文档 document", "xlsx": "Excel 工作簿 workbook", "pptx": "演示文稿 presentation", "odf": "OpenDocument 文件 file"}
#: What zipfile raises on archives that are not in order.
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, OverflowError, NotImplementedError, RuntimeError)
#: Entries of an archive: the longest real report has some hundreds.
_MAX_MEMBERS = 20_000
#: Bytes of XML that are held as a tree, which takes several times as much memory.
_MAX_TREE = 128 * MEGABYTE
#: How many times its packed size a large part may grow to. Honest XML packs 10 to 100 times, a bomb 1000 times.
_MAX_RATIO = 200
_RATIO_FROM = 32 * MEGABYTE
_CHUNK = 64 * 1024
#: Ended elements of a large part that are kept before they are thrown away together.
_BATCH = 256
#: What declares entities, in the encodings that are let through.
_FORBIDDEN = tuple(mark.encode(codec) for mark in ("<!DOCTYPE", "<!ENTITY") for codec in ("ascii", "utf-16-le", "utf-16-be"))
_TAIL = max(map(len, _FORBIDDEN)) - 1
#: Another encoding could hide a declaration from the search above.
_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)""")
_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"gb2312", b"gbk", b"gb18030")
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A link of a part: ``kind`` is the last word of its type (``styles``), ``target`` the name of another part."""

    id: str
    kind: str
    target: str


class Package:
    """A DOCX or XLSX from its bytes.

    Raises EmptyDocument, Encrypted, LegacyFormat (an OLE compound file), Damaged (no archive, cut short, a file of another kind), UnpacksTooLarge,
    UnsafeXml, OutOfTime: at once or when a part is read.
    """

    def __init__(self, data: bytes, *, kind: Kind, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._unpacked = 0
        self._until = time.monotonic() + limits.max_seconds
        _refuse_other_files(data, kind)
        if data.count(b"PK\x01\x02") > _MAX_MEMBERS:  # before the directory is read, which takes memory by the entry
            raise UnpacksTooLarge(what=f"> {_MAX_MEMBERS} 个内部文件 parts", limit=str(_MAX_MEMBERS))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise Damaged(detail=f"压缩包不完整 broken archive: {error}") from error
        # Names are compared without case, and some programs write backslashes; of two parts with one name the later one counts, as in zipfile.
        self._members = {info.filename.replace("\\", "/").lower().lstrip("/"): info for info in self._zip.infolist()}
        self.main = self._main(kind, path)

    def has(self, name: str) -> bool:
        return name.lower() in self._members

    def stream(self, name: str) -> Part:
        """A part as a file to read from, each byte checked. Raises Damaged where there is none of this name."""
        info = self._members.get(name.lower())
        if info is None:
            raise Damaged(detail=f"缺少 missing {name}")
        if info.flag_bits & 1:
            raise Encrypted()
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # the format allows no other
            raise Damaged(detail=f"{name}: 压缩方法 compression method {info.compress_type}")
        return Part(self, self._zip, info)

    def tree(self, name: str) -> etree._Element:
        """The root element of a part. Besides the errors of :meth:`stream`, Damaged where it is no well-formed XML."""
        chunks = []
        size = 0
        part = self.stream(name)
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            if size > _MAX_TREE:
                raise UnpacksTooLarge(what=f"{name} > {_MAX_TREE // MEGABYTE} MB", limit=f"{_MAX_TREE // MEGABYTE} MB")
            chunks.append(chunk)
        data = b"".join(chunks)
        if b"purl.oclc.org/ooxml" in data:  # the strict variant of the format has the same elements under other names
            for strict, usual in _STRICT:
                data = data.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
        )
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise Damaged(detail=f"{name}: {_reason(error)}") from error

    def elements(self, name: str, *, start: tuple[str, ...] = (), end: tuple[str, ...] = ()) -> Iterator[tuple[str, etree._Element]]:
        """Elements of a large part as they come: (``start`` or ``end``, element) for the local names asked for. An ended one is forgotten after use.

        Stop early where enough was seen. Errors as for :meth:`tree`.
        """
        wanted = {*start, *end}
        ended = 0
        events = etree.iterparse(
            self.stream(name),
            events=("start", "end") if start else ("end",),
            tag=[f"{{*}}{tag}" for tag in wanted],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for event, node in events:
                if not start or local(node) in (start if event == "start" else end):
                    yield event, node
                if event == "end":
                    node.clear()
                    ended += 1
                    if ended % _BATCH == 0 and (parent := node.getparent()) is not None:
                        del parent[:-1]  # emptied rows add up too
        except etree.XMLSyntaxError as error:
            raise Damaged(detail=f"{name}: {_reason(error)}") from error

    def relations(self, name: str) -> dict[str, Relation]:
        """The links of a part (``""``: of the package) to other parts that are there, by id. Links out of the file are left out."""
        folder, base = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(rels):
            return {}
        out: dict[str, Relation] = {}
        for node in self.tree(rels):
            target = (node.get("Target") or "").replace("\\", "/")
            inside = posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))
            if node.get("TargetMode") != "External" and self.has(inside):
                identity = node.get("Id") or ""
                out[identity] = Relation(identity, (node.get("Type") or "").rpartition("/")[2], inside)
        return out

    def check_time(self) -> None:
        """Raises OutOfTime where reading has taken longer than the limit."""
        if time.monotonic() > self._until:
            raise OutOfTime(seconds=f"{self._limits.max_seconds:g}")

    def count(self, size: int) -> None:
        """Bytes were unpacked: hold them against the limits."""
        self._unpacked += size
        if self._unpacked > self._limits.max_unpacked:
            limit = f"{self._limits.max_unpacked / MEGABYTE:g} MB"
            raise UnpacksTooLarge(what=f"> {limit}", limit=limit)
        self.check_time()

    def _main(self, kind: Kind, path: Path) -> str:
        """The name of the main part. Raises where the file is of another kind than its suffix says."""
        roots = [r.target for r in self.relations("").values() if r.kind == "officeDocument"]
        roots += [name for name in ("word/document.xml", "xl/workbook.xml", "xl/workbook.bin", "ppt/presentation.xml") if self.has(name)]
        if not roots:
            if self.has("content.xml") and self.has("mimetype"):
                raise Damaged(detail=_mismatch(path, "odf"))
            raise Damaged(detail=f"压缩包里没有{'文档' if kind == 'docx' else '工作簿'} no main part in the archive")
        main = roots[0]
        if main.lower().endswith(".bin"):
            raise LegacyFormat(kind=".xlsb", instead=".xlsx")
        try:
            root = local(next(node for _, node in self._first(main)))
        except StopIteration:
            raise Damaged(detail=f"{main}: 空文件 empty") from None
        found = {"document": "docx", "workbook": "xlsx", "presentation": "pptx"}.get(root, "")
        if found != kind:
            raise Damaged(detail=_mismatch(path, found) if found else f"{main}: <{root}>")
        return main

    def _first(self, name: str) -> Iterator[tuple[str, etree._Element]]:
        try:
            yield from etree.iterparse(self.stream(name), events=("start",), resolve_entities=False, no_network=True, load_dtd=False)
        except etree.XMLSyntaxError as error:
            raise Damaged(detail=f"{name}: {_reason(error)}") from error


class Part:
    """One part while it is unpacked. Reading raises the errors of :class:`Package`."""

    def __init__(self, package: Package, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self._package, self._info, self._tail, self._size = package, info, b"", 0
        try:
            self._file = archive.open(info)
        except _BROKEN as error:
            raise Damaged(detail=f"{info.filename}: {error}") from error

    def read(self, size: int = -1) -> bytes:
        """The next bytes (at most ``size``, and never very many at once)."""
        try:
            chunk = self._file.read(_CHUNK if size < 0 else min(size, _CHUNK))
        except _BROKEN as error:
            raise Damaged(detail=f"{self._info.filename}: {error}") from error
        if not self._size:
            _refuse_encoding(chunk, self._info.filename)
        self._size += len(chunk)
        self._package.count(len(chunk))
        if self._size > _RATIO_FROM and self._size > _MAX_RATIO * self._info.compress_size:
            raise UnpacksTooLarge(
                what=f"{self._info.filename}: {self._size // max(1, self._info.compress_size)} ×", limit=f"{_MAX_RATIO} ×"
            )
        window = self._tail + chunk
        for mark in _FORBIDDEN:
            if mark in window:
                raise UnsafeXml(detail=f"{self._info.filename}: {mark.replace(bytes(1), b'').decode()}")
        self._tail = window[-_TAIL:]
        return chunk


def local(node: etree._Element) -> str:
    """The name of an element without its namespace."""
    return _local(node.tag)


@lru_cache(maxsize=4096)
def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _refuse_other_files(data: bytes, kind: Kind) -> None:
    if not data.strip(b"\0 \r\n\t"):
        raise EmptyDocument()
    if data.startswith(_OLE):
        if _utf16("EncryptedPackage") in data:
            raise Encrypted()
        if _utf16("WordDocument") in data:
            raise LegacyFormat(kind=".doc", instead=".docx")
        if _utf16("Workbook") in data or _utf16("Book") in data:
            raise LegacyFormat(kind=".xls", instead=".xlsx")
        raise LegacyFormat(kind=f".{kind[:3]}", instead=f".{kind}")
    if data.startswith(b"PK\x03\x04"):
        return
    head = data[:64].lstrip(b"\xef\xbb\xbf \r\n\t")
    for magic, name in _OTHERS:
        if head.startswith(magic):
            raise Damaged(detail=f"不是 {kind.upper()}，像是 {name} not {kind.upper()} but {name}")


def _refuse_encoding(head: bytes, name: str) -> None:
    """Raises UnsafeXml where the first bytes announce an encoding in which a declaration could hide."""
    if not head or head.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        return
    declared = _ENCODING.match(head)
    known = head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    if not known or (declared and declared[1].lower() not in _ENCODINGS):
        raise UnsafeXml(detail=f"{name}: 编码 encoding {declared[1].decode('ascii', 'replace') if declared else '?'}")


def _mismatch(path: Path, found: str) -> str:
    return f"后缀是 {path.suffix}，内容是{_NAMED[found]}，请改后缀 the suffix says {path.suffix}, the file holds another format; rename it"


def _reason(error: etree.XMLSyntaxError) -> str:
    return f"XML 有错 not well-formed ({error.msg or 'empty'})"


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")
