"""The whole way of one report: text → layout → quantities → statements → records."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from zhibiao.layout import lay_out
from zhibiao.layout.clean import Clean
from zhibiao.layout.passages import Passage
from zhibiao.pairing.cells import cells_of
from zhibiao.pairing.drafts import Draft
from zhibiao.pairing.passage import quantity_names, read_passage
from zhibiao.pairing.tables import TableReader
from zhibiao.pairing.torn import is_torn, read_torn
from zhibiao.quantities import default_finder
from zhibiao.schema import Document, Quantity, Record, Report, Side
from zhibiao.tokens import make_segmenter
from zhibiao.tokens.words import WordIndex


class Extractor:
    def __init__(self) -> None:
        self.finder = default_finder()
        self.tagger = make_segmenter("jieba").tag

    def extract(self, report: Report) -> Document:
        began = time.perf_counter()
        layout = lay_out(report.text, page_starts=report.page_starts)
        quantities: list[Quantity] = []
        records: list[Record] = []
        last_name = ""
        for block in layout.blocks:
            if isinstance(block, Passage):
                view = block.clean
                found = self.finder.find(block.text)
                drafts = read_passage(WordIndex(block.text, found, self.tagger), found, mark=block.mark, section=block.section) if found or "指标值" in block.text or "目标值" in block.text else []
            else:
                region = cells_of(layout.folded, block, self.finder)
                view = region.clean
                if is_torn(region):
                    found, drafts = read_torn(region, finder=self.finder, names_of=self._names_of)
                else:
                    reader = TableReader(region, finder=self.finder, names_of=self._names_of, caption=block.caption, last_name=last_name)
                    found, drafts = reader.read()
                    last_name = reader.last_name
            section = " > ".join(block.section)
            quantities += [self._quantity(q, view, report, section, block.page) for q in found]
            records += [self._record(d, view, report, section, block.page) for d in drafts]
        return Document(report, tuple(quantities), tuple(records), seconds=time.perf_counter() - began)

    def _names_of(self, text: str, quantities: Sequence[Quantity]) -> list[str]:
        return quantity_names(WordIndex(text, quantities, self.tagger), quantities)

    def _quantity(self, q: Quantity, view: Clean, report: Report, section: str, page: int | None) -> Quantity:
        a, b = view.span(q.start, q.end)
        return replace(q, start=a, end=b, text=report.text[a:b], page=page, section=section)

    def _side(self, side: Side | None, view: Clean, report: Report) -> Side | None:
        if side is None or side.start is None or side.end is None:
            return side
        a, b = view.span(side.start, side.end)
        text = view.printed(report.text, side.start, side.end)
        if "".join(report.text[a:b].split()) != text:
            return replace(side, start=None, end=None, text=text)
        return replace(side, start=a, end=b, text=text)

    def _record(self, d: Draft, view: Clean, report: Report, section: str, page: int | None) -> Record:
        start = end = None
        if len(d.name) == 1 and not d.prefix and not d.suffix:
            start, end = view.span(*d.name[0])
        a, b = view.span(d.start, max(d.end, d.start + 1))
        name = d.prefix + "".join(view.printed(report.text, *span) for span in d.name) + d.suffix
        if start is not None and "".join(report.text[start:end].split()) != name:
            start = end = None  # a page number stands inside the name
        return Record(
            d.type, name, start, end, self._side(d.target, view, report), self._side(d.actual, view, report), a, b, report.text[a:b], d.method, d.confidence,
            change=d.change, page=page, section=section,
        )
