"""Recognition of scanned pages, an extra (``pip install 'zhibiao[ocr]'``). Importing this module costs nothing; the networks load with the first page.

The same page gives the same words on one machine. Nothing is fetched: the models stand inside the package of the recognition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zhibiao.readers.page import Page, RuledTable, Run

if TYPE_CHECKING:
    from zhibiao.readers.ocr.recognition import Box, Recognition, Words
    from zhibiao.readers.ocr.ruling import Ruling
    from zhibiao.readers.ocr.scanlines import Place

Grey = NDArray[np.uint8]

_SURE = 0.9  # a line whose least sure figure is below this is read again
_PLAIN = 0.5  # lines below this are smudges, not print
_LONE_SURE = 0.9  # ink that no line was found for must read well to count
_HYPHEN = 0.09  # inches: a lone stroke that is shorter than this is a hyphen, a longer one a dash
_SLANT = 0.16  # of its height: an italic 1 leans by 0.11, a steep slash by 0.22
_SIGNS = frozenset("=≥≤><＝＞＜≧≦-—")
_LARGE = 0.6  # inches: no line of figures or Latin letters alone is set as high as this; shapes in photographs are read as such
_FIGURE = 0.5  # a line with a figure below this is left out: a wrong number is worse than none
_POOR = 0.8  # a page that reads worse than this, or whose lines run up and down, is tried turned
_BETTER = 0.1  # and left turned where it reads better by this
_GOOD = 0.95  # no other way up is tried after one that reads like this
_PRINT = 0.75  # whatever way up, what reads worse than this is a photograph or a pattern, and its letters are chance
_SAMPLE = 10  # lines that are read to tell which way up a page is
_FIGURES = frozenset("0123456789.,%‰-－−—+＋≥≤≧≦><＞＜=：:/~～±０１２３４５６７８９．％")
_HALF = 0x2E7F  # characters up to here are half as wide as Chinese ones


def available() -> bool:
    """Whether the extra is installed, with its models. Costs a look at the disk."""
    return _models() is not None and all(find_spec(name) is not None for name in ("onnxruntime", "cv2", "PIL"))


def _models() -> tuple[Path, Path] | None:
    """The networks that find and read lines, inside the package of the recognition; None where it is not installed whole."""
    spec = find_spec("rapidocr")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        found = [sorted(Path(folder, "models").glob(f"*_{kind}_*.onnx")) for kind in ("det", "rec")]
        if all(found):
            return found[0][0], found[1][0]
    return None


@lru_cache(maxsize=1)
def _recognition() -> Recognition:
    """The recognition of this process."""
    from zhibiao.readers.ocr.recognition import Recognition

    files = _models()
    if files is None:
        raise ImportError("the recognition is not installed")
    return Recognition(*files)


def scan(image: NDArray[np.uint8], *, dpi: float) -> tuple[tuple[Run, ...], tuple[RuledTable, ...]]:
    """The words and ruled tables of a picture of a page (H×W×3 uint8, RGB), in points from its upper left corner (pixels × 72 / ``dpi``).

    Skew of up to 3° is taken out first, and a page that lies on its side or stands on its head is turned: places are those on the upright
    page. Runs come cell by cell, lines from top to bottom; characters are as recognised, nothing is folded. What was not recognised
    surely enough is left out. Raises ImportError where the extra is not installed.
    """
    page = scan_page(image, dpi=dpi, number=1)
    return page.runs, page.tables


def scan_page(image: NDArray[np.uint8], *, dpi: float, number: int) -> Page:
    """The same as a :class:`Page`, with its size once it stands upright. ``number`` from 1."""
    network = _recognition()
    from zhibiao.readers.ocr import picture, ruling

    image, dpi = picture.sized(image, dpi)
    grey = picture.to_grey(image, dpi=dpi)
    grey, reading = _upright(network, picture.straighten(grey)[0], dpi)
    height, width = grey.shape
    points = 72.0 / dpi
    runs = tuple(_run(place.box, words, reading.ink, points) for place, words in reading.lines)
    return Page(number, width * points, height * points, runs, tuple(ruling.scaled(t, points) for t in reading.ruling.tables))


class _Reading:
    """One way of looking at a page: its tables, the places of its lines, and what they say once :meth:`complete` was called."""

    def __init__(self, network: Recognition, grey: Grey, dpi: float) -> None:
        from zhibiao.readers.ocr import ruling, scanlines

        self._network = network
        self._dpi = dpi
        self.ruling: Ruling = ruling.find_ruling(grey, dpi=dpi)
        self._clean = ruling.erase(grey, self.ruling.lines, dpi=dpi)
        self.ink = ruling.ink_of(self._clean, dpi=dpi, contrast=30)
        self.places: list[Place] = scanlines.places(network.find(self._clean, dpi=dpi), self.ruling.tables, self.ink, dpi=dpi)
        self.lines: list[tuple[Place, Words]] = []
        self._read: list[Words] = []

    def lies(self) -> bool:
        """Whether most lines run up or down the page."""
        boxes = [p.box for p in self.places if not p.overlooked]
        tall = sum(max(b.height, b.width) for b in boxes if b.height > 1.5 * b.width)
        return tall * 2 > sum(max(b.height, b.width) for b in boxes)

    def sample(self) -> float:
        """How well some of the widest lines read, 0 to 1."""
        boxes = sorted((p.box for p in self.places if not p.overlooked), key=lambda b: (-b.width, b.top, b.x0))[:_SAMPLE]
        return _quality(self._network.read([self._crop(b) for b in boxes]))

    def quality(self) -> float:
        """How well the lines that were found were read, 0 to 1; 0 before that."""
        return _quality([w for p, w in zip(self.places, self._read, strict=False) if not p.overlooked])

    def complete(self) -> None:
        """Read every line; those with unsure figures twice."""
        words = self._network.read([self._crop(p.box) for p in self.places])
        doubtful = [i for i, w in enumerate(words) if w.text and _weakest(w) < _SURE]
        for i, again in zip(doubtful, self._network.read([self._larger(self.places[i].box) for i in doubtful]), strict=True):
            if _weakest(again) > _weakest(words[i]) and again.score >= words[i].score - 0.02:
                words[i] = again
        words = self._strokes(words)
        self._read = words
        self.lines = [(p, w) for p, w in zip(self.places, words, strict=True) if _believed(p, w, self._dpi)]
        self.lines.sort(key=_order)

    def _strokes(self, words: Sequence[Words]) -> list[Words]:
        """Cells of a single stroke or two told by their ink: - — = and / where 一, 二 or 1 was read.

        Where no letter stands beside, they differ in nothing that the network sees, and tables are full of dashes for "none" and columns of
        signs; each would become a number. 一 and 二 stay where the column counts on (三), or holds both and no other sign.
        """
        from zhibiao.readers.ocr.recognition import Words

        lines = Counter(p.cell for p, w in zip(self.places, words, strict=True) if w.text)
        lone = [(i, p.cell) for i, p in enumerate(self.places) if p.cell is not None and lines[p.cell] == 1 and words[i].text]
        columns: dict[float, set[str]] = {}
        for i, cell in lone:
            columns.setdefault(cell.x0, set()).add(words[i].text)
        out = list(words)
        for i, cell in lone:
            said, column = words[i].text, columns[cell.x0]
            counts = "三" in column or ({"一", "二"} <= column and not column & _SIGNS)
            if said in ("一", "二") and not counts:
                out[i] = Words("=" if said == "二" else self._dash(self.places[i].box), words[i].sure)
            elif said == "1" and self._slants(self.places[i].box):
                out[i] = Words("/", words[i].sure)
        return out

    def _dash(self, box: Box) -> str:
        marked = np.flatnonzero(self.ink[box.top : box.bottom, box.x0 : box.x1].any(axis=0))
        return "-" if len(marked) and marked[-1] - marked[0] < self._dpi * _HYPHEN else "—"

    def _slants(self, box: Box) -> bool:
        """Whether ink runs from the lower left to the upper right, by more than an italic figure does."""
        y, x = np.nonzero(self.ink[box.top : box.bottom, box.x0 : box.x1])
        if not len(y):
            return False
        height = int(y.max() - y.min()) + 1
        upper, lower = x[y < y.min() + height / 4], x[y > y.max() - height / 4]
        return float(upper.mean() - lower.mean()) > _SLANT * height

    def _crop(self, box: Box) -> Grey:
        crop: Grey = self._clean[box.top : box.bottom, box.x0 : box.x1]
        return crop

    def _larger(self, box: Box) -> Grey:
        """The line with more white above and below: its letters come out at another size, on other pixels."""
        import cv2

        crop = self._crop(box)
        pad = max(box.height // 6, 2)
        paper = float(np.percentile(crop, 90))
        return cv2.copyMakeBorder(crop, pad, pad, 2 * pad, 2 * pad, cv2.BORDER_CONSTANT, value=paper).astype(np.uint8)


def _upright(network: Recognition, grey: Grey, dpi: float) -> tuple[Grey, _Reading]:
    """The page the right way up, read. Turned only on evidence: it reads poorly as it is, and clearly better turned."""
    best = _Reading(network, grey, dpi)
    if all(place.overlooked for place in best.places):  # a page number at most: nothing to tell the way up by
        best.complete()
        return grey, best
    if not best.lies():
        best.complete()
    score = best.quality()
    if score >= _POOR:
        return grey, best
    upright = grey
    for quarter in (1, 3, 2):
        turned = np.ascontiguousarray(np.rot90(grey, quarter))
        other = _Reading(network, turned, dpi)
        if other.lies() or (found := other.sample()) <= score + _BETTER:
            continue
        upright, best, score = turned, other, found
        if score >= _GOOD:
            break
    if not best.lines:
        best.complete()
    if best.quality() < _PRINT:
        best.lines = []
    return upright, best


def _quality(words: Sequence[Words]) -> float:
    """The mean sureness of characters; a line without any counts as one that is not sure at all."""
    return sum(w.score * len(w.text) for w in words) / max(sum(max(len(w.text), 1) for w in words), 1)


def _weakest(words: Words) -> float:
    """How sure the least sure figure or sign is; without one, the whole line."""
    return min((s for c, s in zip(words.text, words.sure, strict=True) if c in _FIGURES), default=words.score)


def _believed(place: Place, words: Words, dpi: float) -> bool:
    if not words.text.strip() or (place.box.height > dpi * _LARGE and all(ord(c) <= _HALF for c in words.text)):
        return False
    least = _LONE_SURE if place.overlooked else _PLAIN
    return words.score >= least and min((s for c, s in zip(words.text, words.sure, strict=True) if c.isdigit()), default=1.0) >= _FIGURE


def _order(line: tuple[Place, Words]) -> tuple[float, float, float, float]:
    """Cells from top to bottom and left to right, each with its lines together; lines outside of tables by their place."""
    place, box = line[0], line[0].box
    if place.cell is not None:
        return place.cell.top, place.cell.x0, box.top, box.x0
    return box.top, box.x0, box.top, box.x0


def _run(box: Box, words: Words, ink: Grey, points: float) -> Run:
    """A line as a run: the ink of its box is shared out among its characters by their widths."""
    text = words.text.strip()
    marked = ink[box.top : box.bottom, box.x0 : box.x1]
    columns, rows = np.flatnonzero(marked.any(axis=0)), np.flatnonzero(marked.any(axis=1))
    x0, x1 = (box.x0 + int(columns[0]), box.x0 + int(columns[-1]) + 1) if len(columns) else (box.x0, box.x1)
    top, bottom = (box.top + int(rows[0]), box.top + int(rows[-1]) + 1) if len(rows) else (box.top, box.bottom)
    widths = np.array([0.5 if ord(c) <= _HALF else 1.0 for c in text])
    edges = x0 + (x1 - x0) * np.concatenate(([0.0], np.cumsum(widths))) / widths.sum()
    return Run(text, tuple(float(e) * points for e in edges), top * points, bottom * points)
