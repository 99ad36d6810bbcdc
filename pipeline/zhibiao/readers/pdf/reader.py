"""PDF files: text by pdfium, tables by pdfplumber's finder over the lines that pdfium reports, scanned pages by recognition."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from zhibiao.errors import Damaged, EmptyDocument, Encrypted, OcrMissing, OcrSkipped, OutOfTime, ReadError, TooManyPages, UnpacksTooLarge
from zhibiao.readers.content import Content, Limits
from zhibiao.readers.flowing import Builder
from zhibiao.readers.page import write_pages
from zhibiao.readers.pdf import native as native
from zhibiao.readers.pdf.frame import A4, Frame, frame_of, turn
from zhibiao.readers.pdf.open import tables_of
from zhibiao.readers.pdf.packed import check_packed
from zhibiao.readers.pdf.rules import Rules, read_rules
from zhibiao.readers.pdf.runs import runs_of
from zhibiao.readers.pdf.text import Letters, read_letters
from zhibiao.readers.printed import Page, Run

_SIGNATURE = b"%PDF-"
_HEAD = 1024  # bytes of rubbish before the signature that programs put up with
_TAIL = 2048  # bytes in which the end mark stands
_MAX_LETTERS = 200_000  # on one page; a full page of print holds two thousand
_BATCH = 20_000  # letters of as many pages as are made into runs at once
_FEW = 20  # letters: a stamp or a page number over a scan
_SCAN = 0.5  # share of the page that pictures cover
_OUTLINES = 300  # drawings on a page without letters: letters drawn as shapes
_PRIVATE = 0.3  # share of letters without a meaning that makes a text layer worthless
_DPI = 200
_MAX_PIXELS = 25_000_000  # A3 at 200 dpi has 15 million


@dataclass(frozen=True, slots=True)
class _Draft:
    """A page whose characters and lines are known; ``page`` where it is done already."""

    number: int
    letters: Letters
    rules: Rules | None = None
    page: Page | None = None


class _Reading:
    """One file's reading: what its pages have cost so far, and what could not be read of them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.gaps: list[ReadError] = []
        self.recognised = 0
        self._end = time.monotonic() + limits.max_seconds

    def go_on(self) -> None:
        """Raises OutOfTime where the time is up."""
        if time.monotonic() > self._end:
            raise OutOfTime(seconds=f"{self.limits.max_seconds:g}")


def read_pdf(data: bytes, *, path: Path, limits: Limits) -> Content:
    """Read a PDF: words in reading order, ruled tables in cells, page furniture marked, a place on its page for every line.

    Nothing in the file is executed (no forms, scripts or attachments are opened) or fetched. Raises Damaged, Encrypted (a password to open; one
    that only forbids printing does not matter), EmptyDocument, TooManyPages, OutOfTime, UnpacksTooLarge (cells, or a stream
    that is a bomb), or the first gap where no page has words.
    Pages that cannot be read though others can are gaps: Damaged, OcrMissing, OcrSkipped, UnpacksTooLarge.
    """
    reading = _Reading(limits)
    if not data:
        raise EmptyDocument()
    if _SIGNATURE not in data[:_HEAD]:
        raise Damaged(detail="不是 PDF not a PDF")
    check_packed(data)
    with closing(_opened(data)) as document:
        count = len(document)
        if count == 0:
            raise EmptyDocument()
        if count > limits.max_pages:
            raise TooManyPages(pages=count, limit=limits.max_pages)
        if b"%%EOF" not in data[-_TAIL:]:
            reading.gaps.append(Damaged(detail="没有文件结束标记 no end mark"))
        pages = _pages(document, count, reading)
    builder = Builder(limits)
    for gap in reading.gaps:
        builder.gap(gap)
    write_pages(pages, builder)
    return builder.content()


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise Encrypted() from error
        raise Damaged(detail="无法打开 cannot be opened") from error


def _pages(document: pdfium.PdfDocument, count: int, reading: _Reading) -> list[Page]:
    pages: list[Page] = []
    drafts: list[_Draft] = []
    held = 0
    for index in range(count):
        reading.go_on()
        drafts.append(_draft(document, index, reading))
        held += drafts[-1].letters.codes.size
        if held > _BATCH or index == count - 1:
            for draft, runs in zip(drafts, runs_of([draft.letters for draft in drafts]), strict=True):
                reading.go_on()
                pages.append(draft.page or _finished(draft, runs))
            drafts, held = [], 0
    return pages


def _finished(draft: _Draft, runs: tuple[Run, ...]) -> Page:
    frame = draft.letters.frame
    tables = tables_of(draft.rules, runs) if draft.rules is not None else []
    return Page(draft.number, round(frame.width, 2), round(frame.height, 2), runs, tuple(tables))


def _draft(document: pdfium.PdfDocument, index: int, reading: _Reading) -> _Draft:
    """What pdfium tells of one page; what cannot be read of it is noted as a gap."""
    number = index + 1
    try:
        page = document[index]
    except pdfium.PdfiumError:
        reading.gaps.append(Damaged(detail=f"第{number}页无法读取 page {number} cannot be read"))
        return _Draft(number, Letters(A4))
    with closing(page):
        letters = _letters(page, number, frame_of(page), reading)
        if letters.turned:
            letters = _letters(page, number, turn(page, letters.frame, letters.turned), reading)
        rules = read_rules(native.address(page), max(raw.FPDFPage_CountObjects(page), 0), letters.frame, worded=letters.stretches)
    if _is_scan(letters, rules):
        scanned = _recognised(document, number, reading)
        if scanned is not None:
            return _Draft(number, Letters(letters.frame), page=scanned)
        if _is_garbled(letters):
            return _Draft(number, Letters(letters.frame), rules)
    return _Draft(number, letters, rules)


def _letters(page: pdfium.PdfPage, number: int, frame: Frame, reading: _Reading) -> Letters:
    try:
        textpage = page.get_textpage()
    except pdfium.PdfiumError:
        reading.gaps.append(Damaged(detail=f"第{number}页的文字无法读取 the words of page {number} cannot be read"))
        return Letters(frame)
    with closing(textpage):
        count = textpage.count_chars()
        if count > _MAX_LETTERS:
            reading.gaps.append(UnpacksTooLarge(what=f"第{number}页 page {number}: {count} 字 characters", limit=_MAX_LETTERS))
            return Letters(frame, count=count)
        return read_letters(native.address(textpage), count, frame)


def _is_scan(letters: Letters, rules: Rules) -> bool:
    """Whether the page's words have to be recognised: a picture with next to no letters, letters drawn as shapes, or letters without meaning."""
    if letters.count < _FEW and rules.pictured >= _SCAN:
        return True
    return (letters.count == 0 and rules.paths >= _OUTLINES) or _is_garbled(letters)


def _is_garbled(letters: Letters) -> bool:
    return letters.count >= _FEW and letters.unreadable > _PRIVATE * letters.count


def _recognised(document: pdfium.PdfDocument, number: int, reading: _Reading) -> Page | None:
    """The page as recognition reads it; None, with a gap noted, where recognition is missing or used up; None where it finds nothing."""
    from zhibiao.readers import ocr  # the extra is loaded by files that need it

    what, english = f"第{number}页", f"page {number} has"
    if not ocr.available():
        reading.gaps.append(OcrMissing(what=what, english=english))
        return None
    if reading.recognised >= reading.limits.ocr_pages:
        reading.gaps.append(OcrSkipped(what=what, english=english, limit=reading.limits.ocr_pages))
        return None
    reading.recognised += 1
    with closing(document[number - 1]) as page:
        picture, dpi = _picture(page)
    scanned = ocr.scan_page(picture, dpi=dpi, number=number)
    return scanned if scanned.runs or scanned.tables else None


def _picture(page: pdfium.PdfPage) -> tuple[npt.NDArray[np.uint8], float]:
    """The page as H x W x 3 RGB and its dots per inch: 200, less where the page is huge."""
    width, height = page.get_size()
    scale = min(_DPI / 72, (_MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
    with closing(page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False, may_draw_forms=False)) as bitmap:
        array = bitmap.to_numpy()
        rgb = array[:, :, :3] if array.ndim == 3 else np.stack((array,) * 3, axis=2)
        return np.ascontiguousarray(rgb), scale * 72
