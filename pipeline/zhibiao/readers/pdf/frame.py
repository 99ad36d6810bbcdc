"""The frame of a PDF page: where its upper left corner is, and how a page whose words stand on their side is set upright."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

_ABSURD = 1_000_000.0  # points; a page of the standard is 14,400 at most
_LETTER = (0.0, 0.0, 612.0, 792.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible part of a page in the page's own space (points, y upwards): its left and upper border, its extent."""

    left: float
    top: float
    width: float
    height: float


A4 = Frame(0.0, 842.0, 595.0, 842.0)


def frame_of(page: pdfium.PdfPage) -> Frame:
    """The crop box of a page within its media box. A box that is none (empty, endless) gives the size that the PDF standard assumes."""
    box = raw.FS_RECTF()
    known = raw.FPDF_GetPageBoundingBox(page, box)
    x0, y0, x1, y1 = (box.left, box.bottom, box.right, box.top) if known else _LETTER
    if not all(map(math.isfinite, (x0, y0, x1, y1))) or not (0 < x1 - x0 < _ABSURD and 0 < y1 - y0 < _ABSURD):
        x0, y0, x1, y1 = _LETTER
    return Frame(x0, y1, x1 - x0, y1 - y0)


def turn(page: pdfium.PdfPage, frame: Frame, clockwise: int) -> Frame:
    """Turn everything on ``page`` back by ``clockwise`` degrees (90, 180, 270), so that words turned that far stand upright; gives the new frame.

    The page in memory is changed, the file is not. pdfium's boxes of words, lines and pictures then agree with each other and with the print,
    whatever mixture of /Rotate and turned text the page was made with.
    """
    angle = math.radians(clockwise)
    cos, sin = round(math.cos(angle)), round(math.sin(angle))
    corners = np.array([(x, y) for x in (frame.left, frame.left + frame.width) for y in (frame.top, frame.top - frame.height)])
    xs, ys = corners @ np.array((cos, -sin)), corners @ np.array((sin, cos))
    e, f = -float(xs.min()), -float(ys.min())
    for index in range(raw.FPDFPage_CountObjects(page)):
        raw.FPDFPageObj_Transform(raw.FPDFPage_GetObject(page, index), cos, sin, -sin, cos, e, f)
    width, height = float(np.ptp(xs)), float(np.ptp(ys))
    raw.FPDFPage_SetRotation(page, 0)
    raw.FPDFPage_SetMediaBox(page, 0, 0, width, height)
    raw.FPDFPage_SetCropBox(page, 0, 0, width, height)
    return Frame(0.0, height, width, height)
