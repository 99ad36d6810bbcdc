"""Which reader reads which file: one table. A new format is one module with one function and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from zhibiao.errors import LegacyFormat, UnsupportedFormat
from zhibiao.readers.content import Content, Limits


class Reader(Protocol):
    """Bytes in, text and pages out; raises a :class:`~zhibiao.errors.ReadError`. ``path`` is for messages and hints only."""

    def __call__(self, data: bytes, *, path: Path, limits: Limits) -> Content: ...


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. ``reader`` is ``module:function``, imported when first needed, so that unused formats cost nothing."""

    name: str
    suffixes: tuple[str, ...]
    reader: str

    def load(self) -> Reader:
        module, _, function = self.reader.partition(":")
        return cast(Reader, cast(Callable[..., Content], getattr(import_module(module), function)))


FORMATS: tuple[Format, ...] = (
    Format("txt", (".txt",), "zhibiao.readers.txt:read_txt"),
    Format("pdf", (".pdf",), "zhibiao.readers.pdf.reader:read_pdf"),
    Format("docx", (".docx", ".docm"), "zhibiao.readers.ooxml.docx:read_docx"),
    Format("xlsx", (".xlsx", ".xlsm"), "zhibiao.readers.ooxml.xlsx:read_xlsx"),
    Format("html", (".html", ".htm", ".xhtml"), "zhibiao.readers.html.reader:read_html"),
    Format("image", (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"), "zhibiao.readers.ocr.image:read_image"),
)


#: Formats of old or closed programs, and what their files are saved as to be read.
_LEGACY = {".doc": ".docx", ".wps": ".docx", ".rtf": ".docx", ".xls": ".xlsx", ".et": ".xlsx", ".xlsb": ".xlsx", ".ofd": ".pdf"}


def supported(formats: tuple[Format, ...] = FORMATS) -> str:
    """The supported suffixes, for messages.

    >>> supported()
    '.txt .pdf .docx .docm .xlsx .xlsm .html .htm .xhtml .png .jpg .jpeg .tif .tiff .bmp'
    """
    return " ".join(suffix for fmt in formats for suffix in fmt.suffixes)


def format_of(path: Path, *, formats: tuple[Format, ...] = FORMATS) -> Format | None:
    """The format of a file by its suffix (case does not count), None where no reader knows it."""
    suffix = path.suffix.lower()
    return next((fmt for fmt in formats if suffix in fmt.suffixes), None)


def reader_for(path: Path, *, formats: tuple[Format, ...] = FORMATS) -> tuple[Format, Reader]:
    """The format and reader of a file. Raises LegacyFormat (save it anew) or UnsupportedFormat, which names what is supported."""
    fmt = format_of(path, formats=formats)
    if fmt is None and (instead := _LEGACY.get(path.suffix.lower())):
        raise LegacyFormat(kind=path.suffix, instead=instead)
    if fmt is None:
        raise UnsupportedFormat(suffix=path.suffix or "（无后缀 none）", supported=supported(formats))
    return fmt, fmt.load()
