"""Pictures of pages: PNG, JPEG, BMP, and TIFF with any number of pages, read by recognition (an extra)."""

from __future__ import annotations

import io
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zhibiao.errors import Damaged, OcrMissing, OcrSkipped, OutOfTime, ReadError, TooManyPages, UnpacksTooLarge
from zhibiao.readers import ocr
from zhibiao.readers.content import Content, Limits
from zhibiao.readers.flowing import Builder
from zhibiao.readers.page import Page, write_pages

if TYPE_CHECKING:
    from PIL import Image

# Only these are opened, whatever the suffix says: other formats that the library knows would start other programs.
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP")
_MAX_PIXELS = 100_000_000  # of one page: A3 at 600 dpi has 70 million. Pages are unpacked one by one, so this bounds the memory of all
_DPI = (60.0, 1200.0)  # what a scanner may have worked at
_SHORT = (2.0, 18.0)  # inches of the short side of a page (a receipt to A2); a camera's 72 dpi makes pages of a metre
_SQUARE = 1.2  # a fax has fewer lines than columns an inch, but not by more than this can be read as it is
_A4 = (8.27, 11.69)


def read_image(data: bytes, *, path: Path, limits: Limits) -> Content:
    """The words and ruled tables of a picture; each frame of a TIFF is a page, a camera's turn of the picture is followed.

    Places are in points, by the resolution that the file states, or as if the page were A4 where it states none that can be true. Frames
    that are damaged, or beyond ``limits.ocr_pages``, become gaps. Raises OcrMissing where recognition is not installed, Damaged, UnpacksTooLarge
    (more than 100 million pixels), TooManyPages, OutOfTime, and EmptyDocument where nothing can be read on it.
    """
    if not ocr.available():
        raise OcrMissing(what="图片", english="the picture has")
    builder = Builder(limits)
    pages: list[Page] = []
    started = time.monotonic()
    for number, frame in enumerate(_frames(data, limits), 1):
        if time.monotonic() - started > limits.max_seconds:
            raise OutOfTime(seconds=f"{limits.max_seconds:g}")
        if isinstance(frame, ReadError):
            builder.gap(frame)
            pages.append(Page(number, _A4[0] * 72, _A4[1] * 72, ()))
            continue
        if number > limits.ocr_pages:
            builder.gap(OcrSkipped(what=f"第{number}页", english=f"page {number} has", limit=limits.ocr_pages))
            pages.append(Page(number, *_size(frame), ()))
            continue
        try:
            pixels, dpi = _pixels(frame), _dpi(frame)
        except Exception as error:  # decoders fail in every way that Python knows; a damaged frame must not stop a run
            builder.gap(_damaged(error, number))
            pages.append(Page(number, *_size(frame), ()))
            continue
        pages.append(ocr.scan_page(pixels, dpi=dpi, number=number))
    write_pages(pages, builder)
    return builder.content()


def _frames(data: bytes, limits: Limits) -> Iterator[Image.Image | ReadError]:
    """The frames of a file, not yet decoded; what cannot even be opened as an error."""
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # large pictures are measured here, not warned of; odd tags do not matter
        try:
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
            count = int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1
        except Image.DecompressionBombError as error:
            raise _too_large(None) from error
        except UnidentifiedImageError as error:
            raise Damaged(detail="不是 PNG、JPEG、TIFF、BMP 图片 no PNG, JPEG, TIFF or BMP picture") from error
        except Exception as error:  # as above
            raise _damaged(error, 1) from error
    if count > limits.max_pages:
        raise TooManyPages(pages=count, limit=limits.max_pages)
    for index in range(count):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                picture.seek(index)
        except Image.DecompressionBombError:
            yield _too_large(None)
            continue
        except Exception as error:  # as above
            yield _damaged(error, index + 1)
            continue
        width, height = picture.size
        yield _too_large(width * height) if width * height > _MAX_PIXELS else picture


def _too_large(pixels: int | None) -> UnpacksTooLarge:
    shown = f"{pixels // 1_000_000} 百万像素 Mpx" if pixels else "像素过多 too many pixels"
    return UnpacksTooLarge(what=shown, limit=f"{_MAX_PIXELS // 1_000_000} 百万像素 Mpx")


def _damaged(error: Exception, number: int) -> Damaged:
    return Damaged(detail=f"第{number}页 page {number}: {' '.join(str(error).split())[:200] or type(error).__name__}")


def _pixels(frame: Image.Image) -> NDArray[np.uint8]:
    """A frame as H×W×3 RGB, 8 bits, the right way up as its camera says, on white where it is transparent."""
    from PIL import Image, ImageOps

    frame.load()
    upright = ImageOps.exif_transpose(frame)
    if upright.mode.startswith(("I", "F")):
        upright = Image.fromarray(_eight_bits(np.asarray(upright, dtype=np.float64)))
    if upright.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in upright.info:
        coloured = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured)
    return np.array(upright.convert("RGB"), dtype=np.uint8)


def _eight_bits(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Grey of more than 8 bits: 16 bits by their range, anything else by its own."""
    finite = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = min(float(finite.min()), 0.0), float(finite.max())
    top = 65535.0 if 255 < high <= 65535 and low == 0 else max(high, low + 1)
    return np.clip((finite - low) * (255.0 / (top - low)), 0, 255).astype(np.uint8)


def _dpi(frame: Image.Image) -> float:
    """Pixels an inch, as the file states it where that can be true, else as if the frame were one page of A4."""
    short, long = sorted(frame.size)
    stated = frame.info.get("dpi")
    try:
        x, y = (float(v) for v in stated) if stated else (0.0, 0.0)
    except (TypeError, ValueError, ZeroDivisionError):
        x = y = 0.0
    if _DPI[0] <= min(x, y) and max(x, y) <= min(_DPI[1], _SQUARE * min(x, y)) and _SHORT[0] <= short / ((x + y) / 2) <= _SHORT[1]:
        return (x + y) / 2
    return max(short / _A4[0], long / _A4[1], 1.0)


def _size(frame: Image.Image) -> tuple[float, float]:
    """Width and height of a frame in points."""
    points = 72.0 / _dpi(frame)
    return frame.size[0] * points, frame.size[1] * points
