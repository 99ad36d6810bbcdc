"""The report as a scan: its PDF pages as grey pictures, a little askew, blurred and noisy, always in the same way."""

from __future__ import annotations

import io
from time import gmtime
from typing import Any

from zhibiao.annotate.files.tools import DATE, need

DPI = 200
_SKEW = 0.5  # degrees, to one side and the other by turns
_BLUR = 0.6  # pixels
_NOISE = 4.0  # grey levels
_QUALITY = 60
_SEED = 20250101
_INK = 150  # of a black-and-white scanner: darker is black


def pages_of(pdf: bytes) -> list[Any]:
    """Each page as a grey Pillow image at :data:`DPI`. Raises MissingLibraryError."""
    pdfium = need("pypdfium2", "pypdfium2")
    image, filters = need("PIL.Image", "pillow"), need("PIL.ImageFilter", "pillow")
    numpy = need("numpy", "numpy")
    random = numpy.random.RandomState(_SEED)  # a generator whose numbers never change between versions
    document = pdfium.PdfDocument(pdf)
    try:
        out = []
        for i, page in enumerate(document):
            picture = page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
            picture = picture.rotate(_SKEW if i % 2 == 0 else -_SKEW, image.Resampling.BICUBIC, fillcolor=255)
            picture = picture.filter(filters.GaussianBlur(_BLUR))
            grey = numpy.asarray(picture, dtype="float32") * 0.94 + 8  # paper is no pure white, ink no pure black
            grey += random.normal(0, _NOISE, grey.shape)
            out.append(image.fromarray(grey.clip(0, 255).astype("uint8")))
        return out
    finally:
        document.close()


def scan_pdf(pdf: bytes) -> bytes:
    """A PDF of pictures alone, one a page. Raises MissingLibraryError."""
    first, *rest = pages_of(pdf)
    out = io.BytesIO()
    when = gmtime(DATE.timestamp())
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=DPI, quality=_QUALITY, creationDate=when, modDate=when)
    return out.getvalue()


def scan_pngs(pdf: bytes) -> list[bytes]:
    """A black-and-white PNG a page, as office scanners make them. Raises MissingLibraryError."""
    out = []
    for picture in pages_of(pdf):
        file = io.BytesIO()
        picture.point([0 if grey < _INK else 255 for grey in range(256)]).convert("1").save(file, "PNG", optimize=True, dpi=(DPI, DPI))
        out.append(file.getvalue())
    return out
