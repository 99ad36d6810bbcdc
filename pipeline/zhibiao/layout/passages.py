"""Paragraphs, sections and tables of a text.

In: the source text, and what its file knows of tables and pages. Out: a :class:`~zhibiao.layout.blocks.Layout` of blocks in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from zhibiao.schema import Table

from .blocks import Block, DrawnTable, Layout, Passage, TableRegion
from .clean import Clean, clean_ranges
from .drawn import assemble
from .fold import fold
from .grids import apart
from .lines import Line, Wrap, item_mark, split_lines, wrap_of
from .regions import regions

_UNFINISHED = re.compile(r"[，、（“《≥≤><=\-—]$")
_CONTINUES = re.compile(r"[，。；：、）”》%]")
_ITEM_ENDS = re.compile(r"[^，。；：]{0,20}（项）")
_SHORT_CAPTION = 12
_UNIT_NOTE = re.compile(r"单位(?:[：:]|为)")
#: Characters of the longest passage that is read in one piece.
_LONGEST = 4000
#: The title of a table: words that end in what tables are called.
_TITLE, _LONGEST_TITLE = re.compile(r"(?:表|情况|统计|汇总|一览|清单|明细|结果|指标)(?:（[^）]*）)?$"), 50
_ANY_STOP = re.compile(r"[。；，]")
_HEADING_END = re.compile(r"[。：；！？]")


def _joins(a: Line, b: Line, wrap: Wrap | None, marked: bool, in_item: bool) -> bool:
    """Does line ``b`` continue the paragraph of line ``a``?"""
    if marked:
        return bool(re.search(r"[，、（]$", a.text)) and not re.match(r"[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]", b.text)
    if a.ends and a.text[-1] in "；：" and in_item and wrap is not None:
        return True  # the item goes on: only its own stop or the next mark ends it
    if a.ends:
        return wrap is not None and wrap.full(a, 0.9) and a.text[-1] not in "："
    if b.after_break and not a.mark and a.width >= 8:
        return True  # the page ended in mid-sentence
    if a.text.rfind("（款）") > a.text.rfind("（项）") and _ITEM_ENDS.match(b.text):
        return True  # the name of a function item runs on
    if wrap is not None and not wrap.full(a, 0.93) and a.mark and not re.search(r"[，。；：]", a.text):
        return False  # a heading on a line of its own
    if wrap is not None:
        return (
            wrap.full(a)
            or bool(_UNFINISHED.search(a.text))
            or bool(_CONTINUES.match(b.text))
            or (wrap.full(b, 0.86) and a.width >= 0.5 * wrap.width)
        )
    return a.width >= 40 or bool(_UNFINISHED.search(a.text)) or bool(_CONTINUES.match(b.text))


def _ranges(folded: str, lines: Sequence[Line]) -> list[tuple[int, int]]:
    """The stretches of text that these lines make up, cut where noise (a page number, a running head) stands between two lines."""
    out = [(lines[0].start, lines[0].end)]
    for line in lines[1:]:
        if folded[out[-1][1] : line.start].isspace():
            out[-1] = (out[-1][0], line.end)
        else:
            out.append((line.start, line.end))
    return out


def _heading_of(text: str, mark: int) -> str:
    """The heading words of a marked item: up to its first stop, 45 characters at the most. A dash opens one only where a sentence follows."""
    match = _HEADING_END.search(text, mark)
    if match is None and text[:mark] == "——":
        return ""
    end = match.start() if match else len(text)
    return text[mark:end] if end - mark <= 45 else ""


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Half-open pieces of a passage: the whole, but for one of many pages on a line, which is cut at sentence ends, else at commas.

    The stages after this one look back and forth in a passage; without the cut a line of megabytes would take hours.
    """
    start = 0
    while len(text) - start > _LONGEST:
        edge = start + _LONGEST
        at = next((k for sign in "。；，" if (k := text.rfind(sign, start + _LONGEST // 2, edge)) >= 0), -1)
        if at < 0:
            stop = _ANY_STOP.search(text, edge)
            if stop is None:
                break
            at = stop.start()
        yield start, at + 1
        start = at + 1
    if start < len(text):
        yield start, len(text)


def lay_out(
    source: str, *, page_starts: Sequence[int] = (), tables: Sequence[Table] = (), furniture: Sequence[tuple[int, int]] = ()
) -> Layout:
    """Lay out a text.

    ``page_starts``: offsets at which pages begin; ``tables``: the tables that the file draws; ``furniture``: stretches that belong to the
    page and not to the text. All empty where the file knows none.
    """
    folded = fold(source)
    drawn = assemble(folded, tables, furniture)
    lines = split_lines(folded, skip=sorted([*furniture, *(span for t in drawn for span in t.spans)]), page_starts=page_starts)
    paper = _Paper(folded, wrap_of(lines))
    at = 0
    for table in drawn:
        end = next((i for i in range(at, len(lines)) if lines[i].start >= table.start), len(lines))
        paper.lines(lines[at:end])
        paper.table(table.block, lines[end] if end < len(lines) else None)
        at = end
    paper.lines(lines[at:])
    return Layout(folded, tuple(paper.blocks))


def passages_of(folded: str, start: int, end: int, section: tuple[str, ...]) -> list[Passage]:
    """The paragraphs of a stretch that stands by itself, such as a cell of many words: its lines joined, but where a list mark opens one.

    >>> [p.text for p in passages_of("1.完成改造，\\n惠及5户。\\n2.培训3场。", 0, 22, ())]
    ['1.完成改造，惠及5户。', '2.培训3场。']
    """
    lines = split_lines(folded[start:end])
    groups: list[list[Line]] = []
    for line in lines:
        if groups and line.mark is None:
            groups[-1].append(line)
        else:
            groups.append([line])
    out: list[Passage] = []
    for group in groups:
        first, last = start + group[0].start, start + group[-1].end
        view = clean_ranges(folded, [(first, last)])
        for a, b in _pieces(view.text):
            out.append(
                Passage(Clean(view.text[a:b], view.offsets[a:b]), *view.span(a, b), section, 0 if a else (group[0].mark or (0, 0))[1])
            )
    return out


class _Paper:
    """Collects the blocks of a text from top to bottom; knows under which headings it stands and what was said last."""

    def __init__(self, folded: str, wrap: Wrap | None) -> None:
        self.folded = folded
        self.wrap = wrap
        self.blocks: list[Block] = []
        self._stack: list[tuple[int, str]] = []
        self._caption = ""

    @property
    def section(self) -> tuple[str, ...]:
        return tuple(heading for _, heading in self._stack)

    def table(self, table: DrawnTable, following: Line | None) -> None:
        """Add a drawn table under the headings and the caption of this place."""
        title = next((w for w in reversed(self._caption.split("；")) if _TITLE.search(w) and len(w) <= _LONGEST_TITLE), "")
        section = (*self.section, title) if title and title not in self.section else self.section
        self.blocks.append(replace(table, section=section, caption=self._around(following)))

    def lines(self, lines: Sequence[Line]) -> None:
        """Add the paragraphs and flattened tables of these lines, between which no drawn table stands."""
        at = 0
        for i, line in enumerate(lines):
            if len(cells := apart(line)) > 1:  # a table on one line
                self._lines(lines[at:i])
                self.blocks.append(TableRegion(tuple(cells), self.section, self._around(lines[i + 1] if i + 1 < len(lines) else None)))
                at = i + 1
        self._lines(lines[at:])

    def _lines(self, lines: Sequence[Line]) -> None:
        in_table = dict(regions(lines, self.wrap))
        i = 0
        while i < len(lines):
            if i in in_table:
                end = in_table[i]
                caption = self._around(lines[end] if end < len(lines) else None)
                self.blocks.append(TableRegion(tuple(lines[i:end]), self.section, caption))
                i = end
                continue
            j = i + 1
            in_item = (lines[i].mark or (0, 0))[0] >= 4
            while j < len(lines) and j not in in_table and _joins(lines[j - 1], lines[j], self.wrap, lines[j].mark is not None, in_item):
                j += 1
            self._paragraph(lines[i:j])
            i = j

    def _around(self, following: Line | None) -> str:
        """The words around a table where its unit may stand: the block before it, and a note of the unit below it."""
        below = following.text if following is not None and _UNIT_NOTE.search(following.text[:40]) else ""
        return self._caption + (f"；{below.replace('单位为', '单位：')}" if below else "")

    def _paragraph(self, lines: Sequence[Line]) -> None:
        view = clean_ranges(self.folded, _ranges(self.folded, lines))
        stack, mark = self._stack, 0
        if found := item_mark(view.text):
            level, mark = found
            while stack and stack[-1][0] >= level:
                stack.pop()
            if heading := _heading_of(view.text, mark):
                stack.append((level, heading))
        elif len(lines) == 1 and not lines[0].ends and 1 < lines[0].width <= 25 and not _UNIT_NOTE.search(view.text):
            while stack and stack[-1][0] >= 9:
                stack.pop()
            stack.append((9, view.text))
        for a, b in _pieces(view.text):
            if b - a == len(view.text):
                self.blocks.append(Passage(view, lines[0].start, lines[-1].end, self.section, mark))
                break
            start, end = view.span(a, b)
            self.blocks.append(Passage(Clean(view.text[a:b], view.offsets[a:b]), start, end, self.section, 0 if a else mark))
        self._caption = self._said(view.text)

    def _said(self, text: str) -> str:
        """The caption of a table that would follow now: what was said last, and short lines above it: a title over its unit, a unit over a remark."""
        before, last = self._caption[-60:], text[-60:]
        stated, unit = _UNIT_NOTE.search(text) is not None, _UNIT_NOTE.search(before) is not None
        if len(text) > _SHORT_CAPTION or stated == unit or not before:
            return last
        return f"{before}；{last}"
