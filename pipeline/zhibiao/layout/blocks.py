"""What a text is made of: paragraphs, flattened tables, drawn tables."""

from __future__ import annotations

from dataclasses import dataclass

from zhibiao.schema import TableCell

from .clean import Clean
from .lines import Line


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph: clean text with its map, the headings it stands under (outermost first), its own item mark's length."""

    clean: Clean
    start: int
    end: int
    section: tuple[str, ...]
    mark: int

    @property
    def text(self) -> str:
        return self.clean.text


@dataclass(frozen=True, slots=True)
class TableRegion:
    """Lines that are cells of a flattened table. ``caption``: clean text of the block before it, and the note after it, where 单位：万元 may stand."""

    lines: tuple[Line, ...]
    section: tuple[str, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A table that the file itself draws, the parts of it that stand on several pages put together.

    ``cells`` in order of text, rows counted on from part to part; ``breaks``: the rows at which a part begins that is not the first.
    """

    cells: tuple[TableCell, ...]
    start: int
    end: int
    section: tuple[str, ...]
    caption: str
    breaks: tuple[int, ...] = ()


Block = Passage | TableRegion | DrawnTable


@dataclass(frozen=True, slots=True)
class Layout:
    """The folded text (same length as the source) and its blocks in order."""

    folded: str
    blocks: tuple[Block, ...]
