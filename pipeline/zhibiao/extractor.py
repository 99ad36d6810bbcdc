"""The whole way of one report: text → layout → quantities → statements → links → status → findings."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from spacy.language import Language
from spacy.tokens import Doc

from zhibiao.assess import assess, find_findings
from zhibiao.layout import lay_out
from zhibiao.layout.clean import Clean
from zhibiao.layout.passages import Layout, Passage, TableRegion
from zhibiao.linking import Linker, Mention, default_linker
from zhibiao.nlp import load
from zhibiao.pairing.cells import cells_of
from zhibiao.pairing.component import DRAFTS, MARK, SECTION
from zhibiao.pairing.drafts import Draft
from zhibiao.pairing.passage import quantity_names
from zhibiao.pairing.tables import TableReader
from zhibiao.pairing.torn import is_torn, read_torn
from zhibiao.schema import Document, Quantity, Record, Report, Side
from zhibiao.tokens.tokenizer import QUANTITIES, ProtectingTokenizer
from zhibiao.tokens.words import WordIndex

#: A passage with neither a quantity nor one of these can hold no record and never reaches the pipeline.
_CUE = re.compile(r"[指目]标值|完成值|实际完成|得分")
_YEAR = re.compile(r"(?:19|20)\d{2}年")
_PERIOD = re.compile(r"(?:19|20)\d{2}年(?:度|末|底|(?:\d{1,2}[-—~至])?\d{1,2}月(?:末|底|\d{1,2}日)?)?|截至目前|全年|年末|年底|上半年|下半年|前三季度")
_PROJECT = re.compile(r"(?:项目|工程|专项|经费|资金|计划)(?:（[^）]*）)?$")


@dataclass(frozen=True, slots=True)
class _Block:
    """What one block gave, in offsets of its clean text."""

    view: Clean
    quantities: Sequence[Quantity]
    drafts: Sequence[Draft]
    section: tuple[str, ...]
    page: int | None


class Extractor:
    """Extracts one report after the other; holds the pipeline and the linker, no state of a report.

    ``nlp``: a pipeline made by :func:`zhibiao.load`; ``linker``: the taxonomy linker. Both default to the shipped ones.
    """

    def __init__(self, *, nlp: Language | None = None, linker: Linker | None = None) -> None:
        self.nlp = nlp if nlp is not None else load()
        if not isinstance(self.nlp.tokenizer, ProtectingTokenizer):
            raise ValueError("管道必须使用 zhibiao.ProtectingTokenizer.v1 (the pipeline must use the protecting tokenizer)")
        self.tokenizer: ProtectingTokenizer = self.nlp.tokenizer
        self.finder = self.tokenizer.finder
        self.linker = linker if linker is not None else default_linker()
        self.version = _version(self.nlp, self.linker)

    def extract(self, report: Report) -> Document:
        """Quantities, records and findings of a report; offsets point into ``report.text``."""
        began = time.perf_counter()
        quantities: list[Quantity] = []
        records: list[Record] = []
        for block in self._blocks(lay_out(report.text, page_starts=report.page_starts)):
            section = " > ".join(block.section)
            quantities += [_located(q, block, report, section) for q in block.quantities]
            records += [_record(d, block, report, section) for d in block.drafts]
        records = self._link(records, report)
        records = _identified([assess(r) for r in records], report)
        findings = find_findings(records)
        seconds = time.perf_counter() - began
        return Document(report, tuple(quantities), tuple(records), tuple(findings), seconds, self.version)

    def _blocks(self, layout: Layout) -> Iterator[_Block]:
        """The blocks of a layout in order, each read: prose through the pipeline, tables by their rows."""
        made = {i: doc for i, block in enumerate(layout.blocks) if isinstance(block, Passage) and (doc := self._doc(block)) is not None}
        read = dict(zip(made, self.nlp.pipe(made.values()), strict=True))
        last_name = ""
        for i, block in enumerate(layout.blocks):
            if isinstance(block, TableRegion):
                table, last_name = self._table(layout.folded, block, last_name)
                yield table
            elif i in read:
                data = read[i].user_data
                yield _Block(block.clean, data[QUANTITIES], data[DRAFTS], block.section, block.page)

    def _doc(self, block: Passage) -> Doc | None:
        found = self.finder.find(block.text)
        if not found and not _CUE.search(block.text):
            return None
        doc = self.tokenizer.make(block.text, found)
        doc.user_data[SECTION], doc.user_data[MARK] = block.section, block.mark
        return doc

    def _table(self, folded: str, block: TableRegion, last_name: str) -> tuple[_Block, str]:
        region = cells_of(folded, block, self.finder)
        if is_torn(region):
            quantities, drafts = read_torn(region, finder=self.finder, names_of=self._names_of)
        else:
            reader = TableReader(region, finder=self.finder, names_of=self._names_of, caption=block.caption, last_name=last_name)
            quantities, drafts = reader.read()
            last_name = reader.last_name
        return _Block(region.clean, quantities, drafts, block.section, block.page), last_name

    def _names_of(self, text: str, quantities: Sequence[Quantity]) -> list[str]:
        return quantity_names(WordIndex(text, quantities, self.tokenizer.segmenter.tag), quantities)

    def _link(self, records: Sequence[Record], report: Report) -> list[Record]:
        mentions = [_mention(r, report) for r in records]
        links = self.linker.link_many(mentions)
        return [
            replace(r, link=link, level1=r.level1 or link.level1, level2=r.level2 or link.level2)
            for r, link in zip(records, links, strict=True)
        ]


def _mention(r: Record, report: Report) -> Mention:
    value = r.actual if r.actual is not None and r.actual.value is not None else r.target
    return Mention(
        name=r.indicator, unit=value.unit if value else "", kind=(value.kind or "") if value else "", record_type=r.type, section=r.section,
        project=r.project, org=report.org, op=(r.target.op or "") if r.target else "", change=r.change,
    )  # fmt: skip


def _located(q: Quantity, block: _Block, report: Report, section: str) -> Quantity:
    a, b = block.view.span(q.start, q.end)
    return replace(q, start=a, end=b, text=report.text[a:b], page=block.page, section=section)


def _side(side: Side | None, view: Clean, source: str) -> Side | None:
    """The side in source offsets; without offsets where a page number stands inside its words."""
    if side is None or side.start is None or side.end is None:
        return side
    a, b = view.span(side.start, side.end)
    text = view.printed(source, side.start, side.end)
    if "".join(source[a:b].split()) != text:
        return replace(side, start=None, end=None, text=text)
    return replace(side, start=a, end=b, text=text)


def _record(d: Draft, block: _Block, report: Report, section: str) -> Record:
    view, source = block.view, report.text
    start = end = None
    name = d.prefix + "".join(view.printed(source, *span) for span in d.name) + d.suffix
    if len(d.name) == 1 and not d.prefix and not d.suffix:
        start, end = view.span(*d.name[0])
        if "".join(source[start:end].split()) != name:
            start = end = None
    a, b = view.span(d.start, max(d.end, d.start + 1))
    told = view.text[d.start : d.end]
    years = _YEAR.findall(told)
    period = _PERIOD.search(told)
    project = next((h for h in reversed(block.section) if _PROJECT.search(h)), "")
    return Record(
        type=d.type, indicator=name, indicator_start=start, indicator_end=end, target=_side(d.target, view, source), actual=_side(d.actual, view, source),
        start=a, end=b, evidence=source[a:b], method=d.method, confidence=d.confidence, change=d.change, weight=d.weight, score=d.score,
        org=report.org, region=report.region, year=int(years[0][:4]) if years else report.year, period=period[0] if period else "",
        project=project, section=section, page=block.page,
    )  # fmt: skip


def _identified(records: Sequence[Record], report: Report) -> list[Record]:
    """Give each record its id: made of the input's bytes and of what the record says and where, so that it is stable between runs."""
    seen: Counter[str] = Counter()
    out = []
    for r in records:
        sides = [(s.start, s.text) if s else None for s in (r.target, r.actual)]
        key = sha256(repr((report.sha256, report.doc_id, r.type, r.indicator, r.change, r.start, r.end, sides)).encode()).hexdigest()[:16]
        seen[key] += 1
        out.append(replace(r, record_id=key if seen[key] == 1 else f"{key}-{seen[key]}"))
    return out


def _version(nlp: Language, linker: Linker) -> str:
    """What made the rows: the package's version and the pipeline's name and version."""
    from zhibiao import __version__

    name = nlp.meta.get("name", "")
    return f"zhibiao {__version__}" + (f" · {name} {nlp.meta.get('version', '')}" if name and name != "pipeline" else "")
