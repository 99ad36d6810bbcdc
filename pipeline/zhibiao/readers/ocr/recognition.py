"""The recognition itself: rapidocr's networks, from the models inside its package. Nothing is fetched and nothing is logged."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_MAX_THREADS = 4  # more gain nothing on lines of print
_FINDING = 150.0  # dpi at which lines are looked for; reading them takes all the pixels there are
_MAX_BOXES = 3000  # lines that are looked at on one page: a dense A3 table has 1,500, noise has any number


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a page, in pixels: x0 ≤ x < x1, top ≤ y < bottom."""

    x0: int
    top: int
    x1: int
    bottom: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Words:
    """What a line says: its characters, how sure the network is of each (0 to 1), and of the whole (their mean)."""

    text: str
    sure: tuple[float, ...]

    @property
    def score(self) -> float:
        return sum(self.sure) / len(self.sure) if self.sure else 0.0


class Recognition:
    """Finds lines on a page and reads them. One at a time: calls from several threads wait for one another."""

    def __init__(self, finding: Path, reading: Path) -> None:
        """``finding``, ``reading``: the files of the two networks. Loading takes about 0.5 s."""
        threads = max(min(os.cpu_count() or 1, _MAX_THREADS), 1)
        # The paths are named, so that nothing is ever looked for on the network; the classifier of angles, which turns 99.9% upside down, is not
        # loaded at all. Pages arrive in the size in which they are to be read.
        self._engine = rapidocr.RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Global.use_preprocess_img": False,
                "Global.use_vertical_padding": False,
                "Global.return_word_box": True,
                "Det.model_path": str(finding),
                "Rec.model_path": str(reading),
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
        self._lock = Lock()

    def find(self, grey: Grey, *, dpi: float) -> list[Box]:
        """Boxes around the lines of print of an upright page, from top to bottom, with a little white around each."""
        height, width = grey.shape
        factor = min(_FINDING / dpi, 1.0)
        if factor < 1:
            grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.uint8)
        with self._lock:
            found: Any = self._engine(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None:
            return []
        boxes = []
        for corners in found.boxes[:_MAX_BOXES]:
            (x0, top), (x1, bottom) = np.floor(corners.min(axis=0) / factor), np.ceil(corners.max(axis=0) / factor)
            box = Box(max(int(x0), 0), max(int(top), 0), min(int(x1) + 1, width), min(int(bottom) + 1, height))
            if box.width > 3 and box.height > 3:
                boxes.append(box)
        return boxes

    def read(self, crops: Sequence[Grey]) -> list[Words]:
        """The words of each picture of one line."""
        if not crops:
            return []
        with self._lock:
            # Asked for anew each time, since looking for lines switches it off.
            self._engine.return_word_box = True
            result: Any = self._engine.recognize_txt([cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR) for crop in crops])
        words = []
        for text, info in zip(result.txts, result.word_results, strict=True):
            sure = tuple(float(c) for c in info.confs) if info is not None else ()
            words.append(Words(text, sure[: len(text)]) if text.strip() and len(sure) >= len(text) else Words("", ()))
        return words
