"""Word documents: paragraphs and tables in the order of the page, with their automatic numbers, as a reader sees them.

The XML is walked directly: python-docx gives neither list numbers nor footnotes, and passes over content controls, tracked insertions, text boxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from zhibiao.errors import Damaged, UnpacksTooLarge
from zhibiao.readers.content import Content, Limits
from zhibiao.readers.flowing import Builder, CellText
from zhibiao.readers.ooxml.numbering import Numbering, W
from zhibiao.readers.ooxml.packed import Package
from zhibiao.readers.ooxml.wordtext import Styles, Words, contents, flag, value, whole

#: Columns that one cell may reach over; Word allows 63 to a table.
_MOST_SPAN = 256
#: Between the cells of a table that stands inside of a cell.
_GAP = "　"


def read_docx(data: bytes, *, path: Path, limits: Limits) -> Content:
    """Read a DOCX or DOCM.

    *Text*: paragraphs one a line, empty ones left out, line breaks kept; list numbers (一、（一）1.) stand before their words, bullets are left out.
    Text boxes follow the paragraph they hang on, footnotes and endnotes the whole text, without their marks (98%¹ is not 98%1). Inserted text
    counts; deleted and hidden text, heads, feet and comments do not.
    *Tables*: merged cells once, with their extent; paragraphs of a cell parted by line feeds. A table inside of a cell stands in it as text, a row a line.
    A table of a single column is a frame: it is read as paragraphs.
    *Pages*: none, a DOCX has no pages before a program sets it.

    Raises the errors of :class:`~zhibiao.readers.ooxml.packed.Package`, EmptyDocument, and UnpacksTooLarge beyond ``limits.max_cells``.
    """
    package = Package(data, kind="docx", path=path, limits=limits)
    parts = {relation.kind: relation.target for relation in package.relations(package.main).values()}
    styles = Styles(package.tree(parts["styles"]) if "styles" in parts else None)
    numbering = Numbering(package.tree(parts["numbering"]) if "numbering" in parts else None, styles.lists)
    writer = _Writer(package, Builder(limits), Words(styles, numbering), limits)
    try:
        body = package.tree(package.main).find(f"{W}body")
        if body is None:
            raise Damaged(detail=f"{package.main}: 没有正文 no body")
        writer.flow(contents(body))
        for kind in ("footnote", "endnote"):
            if f"{kind}s" in parts and any(note == kind for note, _ in writer.words.notes):
                writer.notes(package.tree(parts[f"{kind}s"]), kind)
    except RecursionError:
        raise Damaged(detail="嵌套过深 nested too deeply") from None
    return writer.builder.content()


@dataclass(slots=True)
class _Cell:
    row: int
    column: int
    colspan: int
    nodes: list[etree._Element]
    rowspan: int = 1


@dataclass(slots=True)
class _Writer:
    package: Package
    builder: Builder
    words: Words
    limits: Limits
    _grid: int = 0

    def flow(self, blocks: Iterable[etree._Element]) -> None:
        """Write paragraphs and tables."""
        for piece in self._pieces(blocks):
            if isinstance(piece, str):
                self.builder.text(piece)
            else:
                self._table(piece)

    def _pieces(self, blocks: Iterable[etree._Element]) -> Iterator[str | etree._Element]:
        """The texts of paragraphs, those that run on made one, what stands in their boxes behind them, and the tables, in order."""
        carried = ""
        for block in blocks:
            self.package.check_time()
            if block.tag == f"{W}p":
                paragraph = self.words.paragraph(block)
                carried += paragraph.text
                if paragraph.open:
                    continue
                if carried.strip():
                    yield carried
                carried = ""
                for box in paragraph.boxes:
                    yield from self._pieces(contents(box))
            elif block.tag == f"{W}tbl":
                yield block
        if carried.strip():
            yield carried

    def notes(self, root: etree._Element, kind: str) -> None:
        """Write the notes that the text refers to, in its order, each once."""
        nodes = {node.get(f"{W}id") or "": node for node in root.iterchildren(f"{W}{kind}")}
        for of, name in dict.fromkeys(self.words.notes):
            if of == kind and name in nodes:
                self.flow(contents(nodes[name]))

    def _table(self, table: etree._Element) -> None:
        cells = self._cells(table)
        if max((cell.column + cell.colspan for cell in cells), default=0) <= 1 or len(cells) == 1:
            for cell in cells:
                self.flow(cell.nodes)
            return
        self.builder.table([CellText(c.row, c.column, "\n".join(self._lines(c.nodes)), c.rowspan, c.colspan) for c in cells])

    def _lines(self, blocks: Iterable[etree._Element]) -> Iterator[str]:
        """The lines of a cell."""
        for piece in self._pieces(blocks):
            if isinstance(piece, str):
                yield piece.strip()
                continue
            rows: dict[int, list[str]] = {}
            cells = self._cells(piece)
            frame = max((cell.column + cell.colspan for cell in cells), default=0) <= 1
            for cell in cells:
                lines = list(self._lines(cell.nodes))
                if frame:
                    yield from lines
                elif lines:
                    rows.setdefault(cell.row, []).append(" ".join(lines))
            yield from (_GAP.join(row) for row in rows.values())

    def _cells(self, table: etree._Element) -> list[_Cell]:
        """The cells of a table by row, then column, those that run over several rows put together. Raises UnpacksTooLarge."""
        out: list[_Cell] = []
        above: dict[int, _Cell] = {}  # by column: the cell that may go on downwards
        number = -1
        for row in contents(table):
            if row.tag != f"{W}tr":
                continue
            properties = row.find(f"{W}trPr")
            if properties is not None and (properties.find(f"{W}del") is not None or flag(properties, "hidden")):
                continue
            number += 1
            self.package.check_time()
            column = whole(value(properties, "gridBefore"), 0, _MOST_SPAN)
            going: dict[int, _Cell] = {}
            for node in contents(row):
                if node.tag != f"{W}tc":
                    continue
                own = node.find(f"{W}tcPr")
                span = max(1, whole(value(own, "gridSpan"), 1, _MOST_SPAN))
                down, along = value(own, "vMerge"), value(own, "hMerge")
                upper = above.get(column)
                if along is not None and along != "restart" and out and out[-1].row == number:
                    out[-1].colspan += span
                elif down is not None and down != "restart" and upper is not None:
                    upper.rowspan += 1
                    going[column] = upper
                else:
                    cell = _Cell(number, column, span, list(contents(node)))
                    out.append(cell)
                    if down is not None:
                        going[column] = cell
                column += span
            above = going
            self._grid += column
            if self._grid > 8 * self.limits.max_cells:  # spans that blow a small file up
                raise UnpacksTooLarge(what=f"> {8 * self.limits.max_cells} 格 places of tables", limit=str(self.limits.max_cells))
        return out
