"""The whole way of one report: text → layout → quantities → statements → links → status → findings."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from zhibiao.assess import completion_of, direction_of, find_findings, status_of
from zhibiao.indicators.component import OF_TARGETS, under_targets
from zhibiao.layout import lay_out
from zhibiao.layout.blocks import DrawnTable, Layout, Passage, TableRegion
from zhibiao.layout.clean import Clean
from zhibiao.layout.passages import passages_of
from zhibiao.linking.linker import Linker, default_linker
from zhibiao.linking.mention import Mention
from zhibiao.linking.taxonomy import SHIPPED
from zhibiao.meeting.component import Meeting
from zhibiao.nlp import load
from zhibiao.pages import Pages
from zhibiao.pairing.cell import Region
from zhibiao.pairing.cells import cells_of
from zhibiao.pairing.component import DRAFTS, MARK, SECTION
from zhibiao.pairing.drafts import Draft, each
from zhibiao.pairing.drawn import DrawnReader
from zhibiao.pairing.names import is_name
from zhibiao.pairing.passage import quantity_names
from zhibiao.pairing.tables import Above, TableReader
from zhibiao.pairing.torn import is_torn, read_torn
from zhibiao.pairing.views import TableView, view_of_drafts, view_of_grid
from zhibiao.schema import Document, Link, Quantity, Record, RecordType, Report, Side
from zhibiao.tokens.tokenizer import QUANTITIES, ProtectingTokenizer
from zhibiao.tokens.words import WordIndex

#: A passage with neither a quantity nor one of these can hold no record and never reaches the pipeline.
_CUE = re.compile(r"[指目]标值|完成值|实际完成|得分")
#: Characters of the steps in which the surroundings of records are taken: one step before and two from where it begins.
_CONTEXT = 80
_YEAR = re.compile(r"(?:19|20)\d{2}年")
_PERIOD = re.compile(
    r"(?:19|20)\d{2}年(?:度|末|底|(?:\d{1,2}[-—~至])?\d{1,2}月(?:末|底|\d{1,2}日)?)?|截至目前|全年|年末|年底|上半年|下半年|前三季度"
)
_PROJECT = re.compile(r"(?:项目|工程|专项|经费|资金|计划)(?:（[^）]*）)?$")


@dataclass(frozen=True, slots=True)
class _Block:
    """What one block gave, in offsets of its clean text."""

    view: Clean
    quantities: Sequence[Quantity]
    drafts: Sequence[Draft]
    section: tuple[str, ...]


class TableRead(NamedTuple):
    """A flattened table as it was read: its cells, what they say, and the running text among them."""

    region: Region
    block: _Block
    prose: Sequence[Passage]


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
        self.meeting = next((pipe for _, pipe in self.nlp.pipeline if isinstance(pipe, Meeting)), None)
        self._linker = linker

    @property
    def linker(self) -> Linker:
        """The taxonomy linker; the shipped one is built when it is first asked for."""
        if self._linker is None:
            self._linker = default_linker()
        return self._linker

    @cached_property
    def version(self) -> str:
        """What makes the rows: versions of package, pipeline and, where it is not the shipped one, taxonomy."""
        return _version(self.nlp, self.linker)

    def extract(self, report: Report) -> Document:
        """Quantities, records and findings of a report; offsets point into ``report.text``."""
        began = time.perf_counter()
        quantities, told = self._told(report)
        links = self.linker.link_many([_mention(t, report) for t in told])
        ids = _Ids(report)
        records = tuple(_record(t, link, ids, report) for t, link in zip(told, links, strict=True))
        findings = find_findings(records)
        return Document(report, tuple(quantities), records, tuple(findings), time.perf_counter() - began, self.version)

    def mentions(self, report: Report) -> list[tuple[Mention, Side | None, Side | None]]:
        """What the linker is asked about a report: the mention of each record, in order, with the record's target and actual."""
        return [(_mention(t, report), t.target, t.actual) for t in self._told(report)[1]]

    def tables(self, report: Report) -> list[TableView]:
        """The tables of a report as they were understood, in order of text."""
        layout = layout_of(report)
        out: list[TableView] = []
        read = self.read_tables(layout)
        for i, block in enumerate(layout.blocks):
            if isinstance(block, DrawnTable):
                reader = self.read_drawn(layout.folded, block)
                found = [g for g in reader.grids if g.rows]
                views = [view_of_grid(g, reader.text, start=block.start, how="drawn", caption=block.caption) for g in found]
                out += views or [view_of_drafts(reader.drafts, reader.text, start=block.start, caption=block.caption)]
            elif isinstance(block, TableRegion):
                region, table, _ = read[i]
                start = block.lines[0].start
                views = [view_of_grid(g, region.text, start=start, how="grid", caption=block.caption) for g in region.grids]
                out += views or [view_of_drafts(table.drafts, region.text, start=start, caption=block.caption)]
        return [view for view in out if view.rows]

    def _told(self, report: Report) -> tuple[list[Quantity], list[_Told]]:
        quantities: list[Quantity] = []
        told: list[_Told] = []
        pages = Pages(report)
        for block in self._blocks(layout_of(report)):
            section = " > ".join(block.section)
            project = next((h for h in reversed(block.section) if _PROJECT.search(h)), "")
            quantities += [_located(q, block, report.text, section, pages) for q in block.quantities]
            made = [_told(d, block, report, section, d.project or project, pages) for d in each(block.drafts)]
            told += [t for t in made if is_name(t.name)]
        return quantities, told

    def _blocks(self, layout: Layout) -> Iterator[_Block]:
        """The blocks of a layout in order, each read: prose through the pipeline, tables by their rows, the prose in their cells like other prose."""
        drawn = {i: self.read_drawn(layout.folded, block) for i, block in enumerate(layout.blocks) if isinstance(block, DrawnTable)}
        tables = self.read_tables(layout)
        parts = {
            i: [block] if isinstance(block, Passage) else drawn[i].prose if i in drawn else tables[i].prose
            for i, block in enumerate(layout.blocks)
        }
        passages = [p for some in parts.values() for p in some]
        made = {id(p): doc for p in passages if (doc := self._doc(p)) is not None}
        read = dict(zip(made, self.nlp.pipe(made.values()), strict=True))
        for i, block in enumerate(layout.blocks):
            if i in tables:
                yield tables[i].block
            elif isinstance(block, DrawnTable):
                reader = drawn[i]
                yield _Block(reader.region.clean, reader.quantities, self._rated(reader.drafts), block.section)
            for p in parts[i]:
                if id(p) in read:
                    data = read[id(p)].user_data
                    yield _Block(p.clean, data[QUANTITIES], data.get(DRAFTS, ()), p.section)

    def _doc(self, block: Passage) -> Doc | None:
        found = self.finder.find(block.text)
        if not found and not _CUE.search(block.text):
            return None
        doc = self.tokenizer.make(block.text, found)
        data = doc.user_data
        data[SECTION], data[MARK], data[OF_TARGETS] = block.section, block.mark, under_targets(block.section)
        return doc

    def read_tables(self, layout: Layout) -> dict[int, TableRead]:
        """The flattened tables of a layout by the index of their block; a region may go on with the table of the one before it."""
        out: dict[int, TableRead] = {}
        above = Above()
        for i, block in enumerate(layout.blocks):
            if isinstance(block, TableRegion):
                out[i], above = self._read_table(layout.folded, block, above)
        return out

    def _read_table(self, folded: str, block: TableRegion, above: Above) -> tuple[TableRead, Above]:
        """One table region of the folded text, read; with it what it leaves to a region that goes on with the table."""
        region = cells_of(folded, block, self.finder)
        if is_torn(region):
            quantities, drafts = read_torn(region, finder=self.finder, names_of=self._names_of)
            prose: list[Passage] = []
        else:
            reader = TableReader(region, finder=self.finder, names_of=self._names_of, caption=block.caption, above=above)
            quantities, drafts = reader.read()
            above = reader.above()
            prose = [
                p
                for a, b, head in reader.prose
                for p in passages_of(folded, *region.clean.span(a, b), (*block.section, head) if head else block.section)
            ]
        return TableRead(region, _Block(region.clean, quantities, self._rated(drafts), block.section), prose), above

    def read_drawn(self, folded: str, block: DrawnTable) -> DrawnReader:
        """One drawn table of the folded text, read."""
        reader = DrawnReader(folded, block, finder=self.finder, names_of=self._names_of)
        reader.read()
        return reader

    def _rated(self, drafts: Sequence[Draft]) -> Sequence[Draft]:
        return drafts if self.meeting is None else self.meeting.rated(list(drafts))

    def _names_of(self, text: str, quantities: Sequence[Quantity]) -> list[str]:
        return quantity_names(WordIndex(text, quantities, self.tokenizer.segmenter.tag), quantities)


class _Told(NamedTuple):
    """A draft in source offsets, not yet linked."""

    draft: Draft
    name: str
    span: tuple[int, int] | None
    target: Side | None
    actual: Side | None
    start: int
    end: int
    section: str
    project: str
    year: int | None
    period: str
    page: int | None
    context: str
    deviation: str
    box: str


def _mention(t: _Told, report: Report) -> Mention:
    return mention_of(
        t.name, t.draft.type, t.target, t.actual, section=t.section, project=t.project, org=report.org, change=t.draft.change, context=t.context
    )  # fmt: skip


def mention_of(
    name: str,
    kind: RecordType,
    target: Side | None,
    actual: Side | None,
    *,
    section: str,
    project: str,
    org: str,
    change: str,
    context: str,
) -> Mention:
    """What the linker is asked about a record: its value is the actual's where that is a number, else the target's."""
    value = actual if actual is not None and actual.value is not None else target
    return Mention(
        name=name, unit=value.unit if value else "", kind=(value.kind or "") if value else "", record_type=kind, section=section,
        project=project, org=org, op=(target.op or "") if target else "", change=change, context=context,
    )  # fmt: skip


def context_of(text: str, start: int) -> str:
    """The text around a record, where the object of a bare name may stand. Records near to each other have the same, so that it is read once."""
    step = start // _CONTEXT * _CONTEXT
    return text[max(0, step - _CONTEXT) : step + 2 * _CONTEXT]


def layout_of(report: Report) -> Layout:
    """The blocks of a report."""
    return lay_out(report.text, page_starts=report.page_starts, tables=report.tables, furniture=report.furniture)


def _located(q: Quantity, block: _Block, source: str, section: str, pages: Pages) -> Quantity:
    a, b = block.view.span(q.start, q.end)
    return Quantity(
        a, b, source[a:b], q.op, q.value, q.unit, q.kind, q.value_high, q.bare, pages.page_of(a), section, pages.box_of(a, b)
    )  # fmt: skip


def _side(side: Side | None, view: Clean, source: str) -> Side | None:
    """The side in source offsets; without offsets where a page number stands inside its words."""
    if side is None or side.start is None or side.end is None:
        return side
    text = view.printed(source, side.start, side.end)
    a, b = view.span(side.start, side.end)
    if b - a != len(text) and "".join(source[a:b].split()) != text:
        return Side(text, None, None, side.op, side.value, side.value_high, side.unit, side.kind)
    return Side(text, a, b, side.op, side.value, side.value_high, side.unit, side.kind)


def _told(d: Draft, block: _Block, report: Report, section: str, project: str, pages: Pages) -> _Told:
    view, source = block.view, report.text
    name = d.prefix + "".join([view.printed(source, *span) for span in d.name]) + d.suffix
    span: tuple[int, int] | None = None
    if len(d.name) == 1 and not d.prefix and not d.suffix:
        span = view.span(*d.name[0])
        if span[1] - span[0] != len(name) and "".join(source[slice(*span)].split()) != name:
            span = None  # a page number stands inside the name
    a, b = view.span(d.start, max(d.end, d.start + 1))
    words = view.text[d.start : d.end]
    period = _PERIOD.search(words)
    year = _YEAR.search(words)
    return _Told(
        d, name, span, _side(d.target, view, source), _side(d.actual, view, source), a, b, section, project,
        int(year[0][:4]) if year else report.year, period[0] if period else "", pages.page_of(a), context_of(view.text, d.start),
        "".join([view.printed(source, *span) for span in d.deviation]), pages.box_of(a, b),
    )  # fmt: skip


class _Ids:
    """Record ids: made of the input's bytes and of what the record says and where, so that they are stable between runs."""

    def __init__(self, report: Report) -> None:
        self._base = sha256(f"{report.sha256}\0{report.doc_id}".encode())
        self._seen: Counter[str] = Counter()

    def of(self, t: _Told) -> str:
        hasher = self._base.copy()
        sides = [(s.start, s.text) if s else None for s in (t.target, t.actual)]
        hasher.update(repr((t.draft.type, t.name, t.draft.change, t.start, t.end, sides)).encode())
        key = hasher.hexdigest()[:16]
        self._seen[key] += 1
        return key if self._seen[key] == 1 else f"{key}-{self._seen[key]}"


def _record(t: _Told, link: Link, ids: _Ids, report: Report) -> Record:
    d = t.draft
    direction = direction_of(t.target, link)
    return Record(
        type=d.type, indicator=t.name, indicator_start=t.span[0] if t.span else None, indicator_end=t.span[1] if t.span else None,
        target=t.target, actual=t.actual, start=t.start, end=t.end, evidence=report.text[t.start : t.end], method=d.method,
        confidence=d.confidence, change=d.change, link=link, completion=completion_of(d.type, t.target, t.actual, direction),
        status=status_of(d.type, t.target, t.actual, direction), weight=d.weight, score=d.score, level1=link.level1, level2=link.level2,
        org=report.org, region=report.region, year=t.year, period=t.period, project=t.project, section=t.section, page=t.page,
        record_id=ids.of(t), stated_level1=d.levels[0] if d.levels else "", stated_level2=d.levels[1] if len(d.levels) > 1 else "",
        deviation=t.deviation, box=t.box,
    )  # fmt: skip


def _version(nlp: Language, linker: Linker) -> str:
    """What made the rows: the package's version, the pipeline's name and version, and a user's taxonomy with its hash."""
    from zhibiao import __version__

    name = nlp.meta.get("name", "")
    made_by = f"zhibiao {__version__}" + (f" · {name} {nlp.meta.get('version', '')}" if name and name != "pipeline" else "")
    taxonomy = linker.taxonomy
    return made_by if taxonomy.source == SHIPPED.name else f"{made_by} · {taxonomy.source} {taxonomy.sha256[:12]}"
