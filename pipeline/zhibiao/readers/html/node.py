"""What a web page is made of once its markup is read: blocks with their words, and the cells of its tables."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Marks inside the words of a node: a forced line break, and where the words of a link begin and end.
BREAK, LINK, UNLINK = "\x1e", "\x1c", "\x1d"


@dataclass(slots=True)
class Node:
    """A block of the page: its words and blocks in order, and what was counted of it when it was closed.

    ``chars``, ``linked``: characters that are no white space, and those of them inside links to elsewhere. ``paragraphs``: lines with words.
    ``site``: named as a part of the site. ``grid``: the cells of a table that is one; None for a table that only lays out the page.
    ``holds_data``: a table with a grid stands inside. ``marks``: the attributes that matter after parsing.
    """

    tag: str
    site: bool = False
    items: list[str | Node] = field(default_factory=list)
    chars: int = 0
    linked: int = 0
    paragraphs: int = 0
    holds_data: bool = False
    grid: Grid | None = None
    marks: dict[str, str] | None = None

    def count(self) -> None:
        """Count the words; the blocks inside are counted already."""
        own = "".join([item for item in self.items if isinstance(item, str)])
        if own:
            if LINK in own:
                self.linked = sum(len("".join(part.partition(UNLINK)[0].split())) for part in own.split(LINK)[1:])
                own = own.replace(LINK, "").replace(UNLINK, "")
            lines = ["".join(line.split()) for line in own.split(BREAK)]
            self.chars, self.paragraphs = sum(map(len, lines)), sum(map(bool, lines))
        for item in self.items:
            if isinstance(item, Node):
                self.chars += item.chars
                self.linked += item.linked
                self.paragraphs += item.paragraphs
                self.holds_data = self.holds_data or item.holds_data or item.grid is not None


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell in its place. Rows and columns are counted where a cell with words begins."""

    row: int
    column: int
    rowspan: int
    colspan: int
    cell: Node


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a table by row, then column; ``captions``: what stands in the table outside its cells."""

    cells: tuple[Placed, ...]
    captions: tuple[Node, ...]
