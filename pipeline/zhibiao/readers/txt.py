"""Plain text files: the decoded characters with their line ends untouched; form feeds part the pages."""

from __future__ import annotations

import re
from pathlib import Path

from zhibiao.readers.content import Content, Limits
from zhibiao.readers.decode import decode

_SUBSTANCE = re.compile(r"[^\s\ufeff\u200b-\u200f\u2060]")


def read_txt(data: bytes, *, path: Path, limits: Limits) -> Content:
    """Decode a text file and find its pages.

    The byte-order mark is removed, nothing else changes. A form feed ends a page and belongs to the page it ends; one behind the
    last words begins no new page. Raises EmptyDocument, BinaryFile, UndecodableText or GarbledText.
    """
    text = decode(data)
    starts = [0]
    for match in re.finditer("\f", text):
        # pdftotext closes every page with a form feed, the last one too: an empty tail is no page.
        if _SUBSTANCE.search(text, match.end()):
            starts.append(match.end())
    return Content(text, tuple(starts) if "\f" in text else ())
