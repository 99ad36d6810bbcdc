"""Getting a scanned page ready for reading: size, red seals, skew."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Picture = NDArray[np.uint8]

LONGEST = 4000  # pixels of the longer side; an A3 page at 240 dpi. More costs time and memory and reads no better
_COARSE, _DRAWN = 130.0, 200.0  # below the first, a picture is drawn out to the second
_RED = 45  # steps by which red exceeds green and blue in the ink of a seal
_SEAL = (0.75, 2.7)  # a seal's width and height in inches: 3 to 4.5 cm by rule, some room for scale
_OBLONG = 1.7  # an oval seal's long side over its short one
_WASHED = 0.97  # a little more than the seal's ink is taken off: remnants of it read as figures
_STEEPEST = 3.0  # degrees of skew that are looked for
_LEVEL = 0.08  # degrees; turning a page by less blurs it for nothing
_PROFILE = 1000  # pixels of the longer side at which skew is measured


def sized(picture: Picture, dpi: float) -> tuple[Picture, float]:
    """The picture in a size that can be read, and its dpi then: no larger than bounded time allows, and print of a screen's dpi drawn out."""
    factor = min(LONGEST / max(picture.shape[:2]), max(_DRAWN / dpi, 1.0) if dpi < _COARSE else 1.0)
    if factor == 1:
        return picture, dpi
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(picture, None, fx=factor, fy=factor, interpolation=method).astype(np.uint8), dpi * factor


def to_grey(picture: Picture, *, dpi: float) -> Grey:
    """H×W×3 RGB to H×W grey, red seals taken off.

    A seal is red and about as wide as high; its ink is white in the red channel, print beneath it dark. Red letters elsewhere
    (a letterhead, a negative sum) are print and stay dark.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.uint8)
    red = np.ascontiguousarray(picture[:, :, 0])
    excess = red.astype(np.int16) - picture[:, :, 1:].max(axis=2)
    stained = ((excess > _RED) * 255).astype(np.uint8)
    if not stained.any():
        return grey
    size = max(int(dpi * 0.1), 1)
    blobs = cv2.morphologyEx(stained, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(blobs, connectivity=8)
    cleaned: Grey = grey.copy()
    for x, y, width, height, _area in (tuple(int(v) for v in row) for row in stats[1:count]):
        short, long = sorted((width, height))
        if not (_SEAL[0] * dpi <= short and long <= _SEAL[1] * dpi and long <= _OBLONG * short):
            continue
        place = np.s_[max(y - 4, 0) : y + height + 4, max(x - 4, 0) : x + width + 4]
        # The rim of a stroke is less red than its middle, after JPEG least of all: the seal's surroundings go with it.
        near = cv2.dilate(stained[place], np.ones((9, 9), np.uint8)) > 0
        cleaned[place] = np.where(near, _bleached(red[place], stained[place]), grey[place])
    return cleaned


def _bleached(red: Grey, stained: Grey) -> Grey:
    """The red channel stretched so that the seal's ink is as white as paper, its darker parts too; print beneath stays dark."""
    ink = max(float(np.percentile(red[stained > 0], 25)) * _WASHED, 128.0)
    bleached: Grey = np.clip(red.astype(np.float32) * (255.0 / ink), 0, 255).astype(np.uint8)
    return bleached


def straighten(grey: Grey) -> tuple[Grey, float]:
    """The page turned so that its lines run level, and by how many degrees it was askew (positive: clockwise); at most 3°.

    The angle is the one at which rows of print and white part most sharply. The page keeps its size; corners that turn out of it are lost, what
    comes in is white.
    """
    angle = skew(grey)
    if abs(angle) < _LEVEL:
        return grey, 0.0
    return _turned(grey, angle, cv2.INTER_CUBIC, float(np.percentile(grey[::16, ::16], 90))), angle


def skew(grey: Grey) -> float:
    """By how many degrees the lines of a page fall to the right (0 where there is nothing to go by)."""
    factor = min(_PROFILE / max(grey.shape), 1.0)
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    ink = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 15).astype(np.uint8)
    if not ink.any():
        return 0.0
    best = 0.0
    for step, reach in ((0.5, _STEEPEST), (0.1, 0.5), (0.02, 0.1)):
        angles = [best + step * k for k in range(-round(reach / step), round(reach / step) + 1)]
        scores = [_sharpness(_turned(ink, angle, cv2.INTER_LINEAR, 0.0)) for angle in angles]
        # On a page of one tone all angles are alike: the smallest then.
        best = max(zip(scores, angles, strict=True), key=lambda pair: (pair[0], -abs(pair[1])))[1]
    return best if abs(best) <= _STEEPEST else 0.0


def _sharpness(ink: Grey) -> float:
    """How sharply the rows of a page differ: the squares of the differences of neighbouring rows."""
    rows = ink.sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


def _turned(picture: Grey, angle: float, method: int, border: float) -> Grey:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(picture, matrix, (width, height), flags=method, borderMode=cv2.BORDER_CONSTANT, borderValue=border).astype(
        np.uint8
    )
