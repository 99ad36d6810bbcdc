"""A page as its words stand on it, whether a PDF prints them or a recognition reads them, and how pages become text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhibiao.readers.flowing import Builder


@dataclass(frozen=True, slots=True)
class Run:
    """Characters side by side on one line. ``edges``: left edge of each character and right edge of the last, in points from the left;
    ``top`` and ``bottom`` in points from the top of the page."""

    text: str
    edges: tuple[float, ...]
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class RuledCell:
    """A cell between ruled lines: its place in the grid (from 0), extent, and box in points."""

    row: int
    column: int
    rowspan: int
    colspan: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class RuledTable:
    """The cells of one table of a page by row, then column; ``edges``: x positions of the column borders."""

    cells: tuple[RuledCell, ...]
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page (``number`` from 1): its runs in the order of the file, its tables from top to bottom, its size in points."""

    number: int
    width: float
    height: float
    runs: tuple[Run, ...]
    tables: tuple[RuledTable, ...] = ()


def write_pages(pages: Sequence[Page], builder: Builder) -> None:
    """Write pages in reading order into ``builder``, with running heads and page numbers as furniture and the words of each cell inside it."""
    raise NotImplementedError
