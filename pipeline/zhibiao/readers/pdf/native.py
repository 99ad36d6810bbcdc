"""The functions of pdfium that are asked once a character or once a drawn object, called without the price of a Python frame each.

pypdfium2 declares every function with checked argument types, which costs about a microsecond a call: a page of 700 characters would take longer to
ask for its boxes than to be parsed. Here the same functions of the same library are bound with plain addresses and driven by ``map``, which makes
a page's boxes cost a fifth of a millisecond. The results land in one array.
"""

from __future__ import annotations

import ctypes
import math
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as raw

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint32]

_POINTER, _INT, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_float


def _bind(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """The pdfium function of this name taking plain integers for pointers. The interpreter lock stays held: pdfium knows no threads."""
    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    return cast(Callable[..., Any], ctypes.PYFUNCTYPE(result, *arguments)(cast(int, address)))


_loose_box = _bind("FPDFText_GetLooseCharBox", _INT, _POINTER, _INT, _POINTER)
_tight_box = _bind("FPDFText_GetCharBox", _INT, _POINTER, _INT, _POINTER, _POINTER, _POINTER, _POINTER)
_origin = _bind("FPDFText_GetCharOrigin", _INT, _POINTER, _INT, _POINTER, _POINTER)
_matrix = _bind("FPDFText_GetMatrix", _INT, _POINTER, _INT, _POINTER)
_font_size = _bind("FPDFText_GetFontSize", ctypes.c_double, _POINTER, _INT)
_angle = _bind("FPDFText_GetCharAngle", _FLOAT, _POINTER, _INT)
_unicode = _bind("FPDFText_GetUnicode", ctypes.c_uint, _POINTER, _INT)
_text = _bind("FPDFText_GetText", _INT, _POINTER, _INT, _INT, _POINTER)
_count_rects = _bind("FPDFText_CountRects", _INT, _POINTER, _INT, _INT)
_page_object = _bind("FPDFPage_GetObject", _POINTER, _POINTER, _INT)
_form_object = _bind("FPDFFormObj_GetObject", _POINTER, _POINTER, ctypes.c_ulong)
_type = _bind("FPDFPageObj_GetType", _INT, _POINTER)
_bounds = _bind("FPDFPageObj_GetBounds", _INT, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER)
_object_matrix = _bind("FPDFPageObj_GetMatrix", _INT, _POINTER, _POINTER)
_segment = _bind("FPDFPath_GetPathSegment", _POINTER, _POINTER, _INT)
_segment_type = _bind("FPDFPathSegment_GetType", _INT, _POINTER)
_segment_close = _bind("FPDFPathSegment_GetClose", _INT, _POINTER)
_segment_point = _bind("FPDFPathSegment_GetPoint", _INT, _POINTER, _POINTER, _POINTER)
_segments = _bind("FPDFPath_CountSegments", _INT, _POINTER)
_form_count = _bind("FPDFFormObj_CountObjects", _INT, _POINTER)
_draw_mode = _bind("FPDFPath_GetDrawMode", _INT, _POINTER, _POINTER, _POINTER)


def address(handle: Any) -> int:
    """The address behind a pypdfium2 object (page, text page) as a plain number."""
    return ctypes.addressof(handle.raw.contents)


def _run(calls: Any) -> None:
    deque(calls, maxlen=0)


def codes(textpage: int, count: int) -> Codes:
    """The code points of the first ``count`` characters of a text page, by character index."""
    buffer = np.zeros(count + 1, np.uint16)
    # One call serves where each character is one unit; glyphs without a meaning and characters beyond the first plane break the step.
    if _text(textpage, 0, count, buffer.ctypes.data) == count + 1:
        units = buffer[:count]
        if units.all() and not ((units >= 0xD800) & (units < 0xE000)).any():
            return units.astype(np.uint32)
    return np.fromiter(map(_unicode, repeat(textpage), range(count)), np.uint32, count)


def loose_boxes(textpage: int, count: int) -> Floats:
    """x0, top, x1, bottom (y upwards) of the first characters: the advance by the height of the font."""
    out = np.zeros((count, 4), np.float32)
    base = out.ctypes.data
    _run(map(_loose_box, repeat(textpage), range(count), range(base, base + 16 * count, 16)))
    return out.astype(np.float64)


def tight_boxes(textpage: int, count: int) -> Floats:
    """x0, x1, bottom, top (y upwards) of the ink of the first characters."""
    out = np.zeros((count, 4), np.float64)
    base, step = out.ctypes.data, 32
    places = (range(base + 8 * k, base + 8 * k + step * count, step) for k in range(4))
    _run(map(_tight_box, repeat(textpage), range(count), *places))
    return out


def origins(textpage: int, count: int) -> Floats:
    """x, y (upwards) of the pen at the first characters."""
    out = np.zeros((count, 2), np.float64)
    base = out.ctypes.data
    _run(map(_origin, repeat(textpage), range(count), range(base, base + 16 * count, 16), range(base + 8, base + 8 + 16 * count, 16)))
    return out


def sizes(textpage: int, count: int) -> Floats:
    """Height of the font of the first characters in points of the page."""
    matrices = np.zeros((count, 6), np.float32)
    base = matrices.ctypes.data
    _run(map(_matrix, repeat(textpage), range(count), range(base, base + 24 * count, 24)))
    scale = np.hypot(matrices[:, 2], matrices[:, 3]).astype(np.float64)
    return scale * np.fromiter(map(_font_size, repeat(textpage), range(count)), np.float64, count)


def angles(textpage: int, indices: Sequence[int]) -> list[float]:
    """Clockwise turn of each of the characters, in degrees from 0 to 360."""
    return [math.degrees(angle) for angle in map(_angle, repeat(textpage), indices)]


def objects(page: int, count: int) -> tuple[list[int], npt.NDArray[np.int32]]:
    """The objects of a page and their types."""
    found = list(map(_page_object, repeat(page), range(count)))
    return found, np.fromiter(map(_type, found), np.int32, count)


def all_words(page: int, indices: Sequence[int]) -> bool:
    """Whether each of these objects of a page is a stretch of words."""
    return all(kind == raw.FPDF_PAGEOBJ_TEXT for kind in map(_type, map(_page_object, repeat(page), indices)))


def word_count(textpage: int) -> int:
    """How many stretches of words a text page holds, by the objects that print them."""
    return int(_count_rects(textpage, 0, -1))


def form_objects(form: int, limit: int) -> tuple[list[int], npt.NDArray[np.int32]]:
    """The objects inside a form (a drawing used like a stamp) and their types, at most ``limit``."""
    count = min(max(_form_count(form), 0), limit)
    found = list(map(_form_object, repeat(form), range(count)))
    return found, np.fromiter(map(_type, found), np.int32, count)


def bounds(found: Sequence[int]) -> Floats:
    """x0, bottom, x1, top (y upwards) of each object, in the space of what holds it."""
    out = np.zeros((len(found), 4), np.float32)
    base, end = out.ctypes.data, 16 * len(found)
    _run(map(_bounds, found, *(range(base + 4 * k, base + 4 * k + end, 16) for k in range(4))))
    return out.astype(np.float64)


def matrix(found: int) -> Floats:
    """The matrix of an object as 3 x 3, for row vectors (x, y, 1)."""
    out = np.array((1, 0, 0, 1, 0, 0), np.float32)
    _object_matrix(found, out.ctypes.data)
    a, b, c, d, e, f = out.astype(np.float64)
    return np.array(((a, b, 0.0), (c, d, 0.0), (e, f, 1.0)))


def draw_mode(path: int) -> tuple[bool, bool]:
    """Whether a path is filled, and whether its line is drawn."""
    out = np.zeros(2, np.int32)
    _draw_mode(path, out.ctypes.data, out.ctypes.data + 4)
    return bool(out[0]), bool(out[1])


def segment_count(path: int) -> int:
    """Number of steps of the pen in a path."""
    return max(int(_segments(path)), 0)


def segments(path: int, count: int) -> tuple[Floats, list[int], list[int]]:
    """End points (n x 2, in the space of the path), kinds and closing marks of the first steps of a path."""
    steps = list(map(_segment, repeat(path), range(count)))
    out = np.zeros((count, 2), np.float32)
    base = out.ctypes.data
    _run(map(_segment_point, steps, range(base, base + 8 * count, 8), range(base + 4, base + 4 + 8 * count, 8)))
    return out.astype(np.float64), list(map(_segment_type, steps)), list(map(_segment_close, steps))
