"""What a reader hands back, and what it may cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from zhibiao.errors import ReadError
from zhibiao.schema import Table, TextLine

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a single input may cost.

    ``max_bytes``: size of the file on disk. ``max_unpacked``: bytes that a packed file (DOCX, XLSX) may unpack to. ``max_pages``: pages of a
    PDF. ``max_cells``: cells of all tables. ``max_seconds``: time of reading, asked between pages. ``ocr_pages``: pages without a text layer that
    are recognised (0: none are).
    """

    max_bytes: int = 200 * MEGABYTE
    max_unpacked: int = 1000 * MEGABYTE
    max_pages: int = 2000
    max_cells: int = 2_000_000
    max_seconds: float = 600.0
    ocr_pages: int = 200


@dataclass(frozen=True, slots=True)
class Content:
    """The text of one file, where its pages begin, and what the file knows of its own layout.

    ``page_starts`` holds the offset of the first character of each page, ascending, the first one 0; empty where the format or
    the file knows no pages. ``tables``, ``furniture`` and ``lines`` as in :class:`~zhibiao.schema.Report`. ``gaps``: parts of the file that could not be
    read though the rest could (a scanned page where no recognition is installed), each as the error that names it.
    """

    text: str
    page_starts: tuple[int, ...] = ()
    tables: tuple[Table, ...] = ()
    furniture: tuple[tuple[int, int], ...] = ()
    lines: tuple[TextLine, ...] = ()
    gaps: tuple[ReadError, ...] = ()

    def __post_init__(self) -> None:
        starts, size = self.page_starts, len(self.text)
        if starts and (starts[0] != 0 or starts[-1] > size or any(a > b for a, b in pairwise(starts))):
            raise ValueError("page_starts must begin at 0, ascend and lie inside the text")
        _ordered("tables", ((t.start, t.end) for t in self.tables), size)
        _ordered("furniture", self.furniture, size)
        _ordered("lines", ((line.start, line.end) for line in self.lines), size)
        for table in self.tables:
            _ordered("cells", ((c.start, c.end) for c in table.cells), size)
            if any(not table.start <= c.start <= c.end <= table.end for c in table.cells):
                raise ValueError("cells must lie inside their table")
        if any(len(line.edges) != line.end - line.start + 1 for line in self.lines):
            raise ValueError("a line has one edge more than characters")

    @property
    def pages(self) -> int | None:
        """Number of pages, None where unknown."""
        return len(self.page_starts) or None


def _ordered(what: str, spans: Iterable[tuple[int, int]], size: int) -> None:
    """Raises ValueError where spans overlap, run backwards or leave the text."""
    last = 0
    for start, end in spans:
        if not last <= start <= end <= size:
            raise ValueError(f"{what} must stand in order of text, without overlap and inside it")
        last = end
