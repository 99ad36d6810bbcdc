"""What stands on a page, whether a PDF prints it or a recognition reads it: words with their places, and ruled tables."""

from __future__ import annotations

from dataclasses import dataclass


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
