"""The report as a word-processor file: headings, paragraphs, tables with merged cells, running head and page number."""

from __future__ import annotations

import io
import re
from typing import Any

from zhibiao.annotate.files.source import Source, TableBlock
from zhibiao.annotate.files.tools import DATE, need, repack

_FIELDS = {"{page}": "PAGE", "{pages}": "NUMPAGES"}
_FONTS = {"serif": "宋体", "sans": "黑体"}
_INDENT = 2  # characters before a paragraph


class _Word:
    """Writes one report. ``docx`` and its parts are imported when the first is made."""

    def __init__(self, source: Source) -> None:
        docx = need("docx", "python-docx")
        self._qn = need("docx.oxml.ns", "python-docx").qn
        self._element = need("docx.oxml", "python-docx").OxmlElement
        self._pt = need("docx.shared", "python-docx").Pt
        self._align = need("docx.enum.text", "python-docx").WD_ALIGN_PARAGRAPH
        self._centre = need("docx.enum.table", "python-docx").WD_CELL_VERTICAL_ALIGNMENT.CENTER
        self._landscape = need("docx.enum.section", "python-docx").WD_ORIENT.LANDSCAPE
        self.source = source
        self.document: Any = docx.Document()

    def bytes(self) -> bytes:
        source, document = self.source, self.document
        core = document.core_properties
        core.title, core.author, core.last_modified_by = source.title, "", ""
        core.created = core.modified = DATE.replace(tzinfo=None)
        style = document.styles["Normal"]
        style.font.size = self._pt(12)
        self._font(style.element.get_or_add_rPr(), _FONTS[source.font])
        section = document.sections[0]
        width, height = sorted((section.page_width, section.page_height))
        if source.flipped:
            section.orientation, width, height = self._landscape, height, width
        section.page_width, section.page_height = width, height
        if source.running:
            self._line(section.header.paragraphs[0], source.running)
        if source.number:
            self._number(section.footer.paragraphs[0], source.number)
        self._line(document.add_paragraph(), source.title, size=20, bold=True)
        for words in (source.org, source.date):
            if words:
                self._line(document.add_paragraph(), words, size=14)
        for block in source.blocks:
            if isinstance(block, TableBlock):
                self._table(block)
            elif not block.lines:
                document.add_page_break()
            else:
                for words in block.lines:
                    if block.level:
                        document.add_heading(words, block.level)
                    else:
                        document.add_paragraph(words).paragraph_format.first_line_indent = self._pt(12 * _INDENT)
        out = io.BytesIO()
        document.save(out)
        return repack(out.getvalue())

    def _font(self, properties: Any, name: str) -> None:
        fonts = properties.get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(self._qn(script), name)

    def _line(self, paragraph: Any, words: str, *, size: float = 9, bold: bool = False, align: str = "CENTER") -> None:
        paragraph.alignment = getattr(self._align, align)
        run = paragraph.add_run(words)
        run.bold, run.font.size = bold, self._pt(size)

    def _number(self, paragraph: Any, pattern: str) -> None:
        """The page number as a field, with the words around it."""
        paragraph.alignment = self._align.CENTER
        for piece in re.split(r"(\{pages?\})", pattern):
            if piece in _FIELDS:
                field = self._element("w:fldSimple")
                field.set(self._qn("w:instr"), _FIELDS[piece])
                paragraph._p.append(field)
            elif piece:
                paragraph.add_run(piece)

    def _table(self, block: TableBlock) -> None:
        if block.caption:
            self._line(self.document.add_paragraph(), block.caption, size=14, bold=True)
        if block.unit:
            self._line(self.document.add_paragraph(), block.unit, align="RIGHT")
        table = self.document.add_table(rows=len(block.rows), cols=len(block.widths), style="Table Grid" if block.rules == "grid" else None)
        table.autofit = False
        section = self.document.sections[0]
        room = section.page_width - section.left_margin - section.right_margin
        widths = [int(room * w / sum(block.widths)) for w in block.widths]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        grid = [list(row.cells) for row in table.rows]
        for cell in block.cells:
            place = grid[cell.row][cell.column]
            if cell.rowspan > 1 or cell.colspan > 1:
                place = place.merge(grid[cell.row + cell.rowspan - 1][cell.column + cell.colspan - 1])
            place.width = sum(widths[cell.column : cell.column + cell.colspan])
            place.vertical_alignment = self._centre
            for i, words in enumerate(cell.text.split("\n")):
                paragraph = place.paragraphs[0] if i == 0 else place.add_paragraph()
                self._line(paragraph, words, size=block.size, bold=cell.head, align="CENTER" if len(cell.text) < 12 else "LEFT")
        for row in table.rows[: block.heads if block.repeat else 0]:
            row._tr.get_or_add_trPr().append(self._element("w:tblHeader"))


def document_of(source: Source) -> bytes:
    """DOCX with the same bytes each time. Raises MissingLibraryError."""
    return _Word(source).bytes()
