"""Paragraphs, sections and table regions of a text.

In: the source text. Out: a :class:`Layout` of blocks in order: :class:`Passage` (a paragraph as clean text) and :class:`TableRegion`
(consecutive lines that are the cells of a flattened table).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .clean import Clean, clean_ranges
from .fold import fold
from .grids import grid_lines, is_blank, is_form_line
from .headers import header_role, names_rows
from .lines import Line, Wrap, item_mark, split_lines, wrap_of

#: Words of comparison or nothing, a number, a short unit: a cell that holds one quantity.
_NUMBER_CELL = re.compile(
    r"(?:[≥≤><=]{1,2}|约|近|不少于|不低于|不超过|-)?\s*\d[\d,.]*\s*(?:（?%）?|[^\s\d，。；：、]{0,5})(?:以上|以内|左右)?$"
)
_NUMBER_TOKEN = re.compile(r"(?:[≥≤><=]{1,2})?-?\d[\d,.]*（?%?）?[^\s\d，。；：、]{0,3}$")
_LEVEL_CELL = re.compile(
    r"(?:\d{1,2}[-.、])?(?:产出|效益|效果|成本|满意度|数量|质量|时效|进度|(?:经济|社会|生态)(?:效益|成本)|生态环境成本|可持续影响|(?:社会公众|服务对象|受益对象)?(?:或服务对象)?满意度|决策|过程|投入)(?:指标|效益指标|成本指标)?$"
)
_GRADE_CELL = re.compile(r"(?:优|良|中|差|优秀|良好|合格|不合格|一般|较差)$")
_UNFINISHED = re.compile(r"[，、（“《≥≤><=\-—]$")
_CONTINUES = re.compile(r"[，。；：、）”》%]")
#: A head of a column of cells that stand on a line each is no wider; so many rows make such a table.
_HEAD_WIDTH, _LEAST_ROWS = 18.0, 2
_SHORT_CAPTION = 12
_UNIT_NOTE = re.compile(r"单位(?:[：:]|为)")
#: Characters of the longest passage that is read in one piece.
_LONGEST = 4000
_ANY_STOP = re.compile(r"[。；，]")
_HEADING_END = re.compile(r"[。：；！？]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph: clean text with its map, the headings it stands under (outermost first), its own item mark's length."""

    clean: Clean
    start: int
    end: int
    section: tuple[str, ...]
    mark: int
    page: int | None = None

    @property
    def text(self) -> str:
        return self.clean.text


@dataclass(frozen=True, slots=True)
class TableRegion:
    """Lines that are cells of a flattened table. ``caption``: clean text of the block before it, and the note after it, where 单位：万元 may stand."""

    lines: tuple[Line, ...]
    section: tuple[str, ...]
    caption: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The folded text (same length as the source) and its blocks in order."""

    folded: str
    blocks: tuple[Passage | TableRegion, ...]


def _header_cells(line: Line) -> int:
    """How many header words a line consists of; 0 where anything else stands on it."""
    if line.width > 60:
        return 0
    if header_role(line.text):
        return 1
    parts = line.text.split()
    if len(parts) < 2:
        return 0
    known = sum(header_role(part) is not None for part in parts)
    return known if known >= 2 and known >= 0.6 * len(parts) else 0


def _classes(lines: Sequence[Line], wrap: Wrap | None) -> list[str]:
    """One letter a line: H head, N number cell, L level cell, R row of cells, S short text, P prose."""
    out: list[str] = []
    limit = 0.68 * wrap.width if wrap else 25.0
    grid = grid_lines(lines)
    for i, line in enumerate(lines):
        text = line.text
        before = lines[i - 1] if i else None
        tail = wrap and before and wrap.full(before, 0.86) and not before.ends
        if _header_cells(line):
            kind = "H"
        elif i in grid or is_form_line(text):
            kind = "R"
        elif (line.width <= 24 and _NUMBER_CELL.match(text) and (not tail or text[0] in "≥≤")) or (
            out and out[-1] == "N" and is_blank(text)
        ):
            kind = "N"
        elif line.width <= 12 and (_LEVEL_CELL.match(text) or (_GRADE_CELL.match(text) and out and out[-1] == "N")):
            kind = "L"
        elif line.width <= limit and not tail and not (wrap and wrap.chars and wrap.full(line, 2.0)):
            kind = "R" if _is_row(text) else "S"
        else:
            kind = "R" if _is_row(text) else "P"
        out.append(kind)
    return out


def _is_row(text: str) -> bool:
    """Cells of one row on one line: the last two blank-separated tokens are numbers."""
    parts = text.rsplit(None, 2)
    return len(parts) >= 2 and all(_NUMBER_TOKEN.match(p) for p in parts[-2:]) and (len(parts) == 2 or parts[0][-1] not in "，。；")


def _regions(lines: Sequence[Line], wrap: Wrap | None) -> Iterator[tuple[int, int]]:
    """Half-open ranges of lines that make up flattened tables."""
    kinds = _classes(lines, wrap)
    i, n = 0, len(lines)
    while i < n:
        if kinds[i] not in "HNLR":
            i += 1
            continue
        start = i
        headed = kinds[i] == "H" and (_header_cells(lines[i]) >= 2 or (i + 1 < n and kinds[i + 1] in "HS"))
        end, last_cell, prose, levels = i + 1, i, 0, int(kinds[i] == "L")
        while end < n:
            kind = kinds[end]
            mark = lines[end].mark
            if mark and mark[0] in (1, 2) and (kind in "SP") and not _row_follows(kinds, end):
                break
            if kind == "H":
                headed = True
            if kind == "L":
                levels += 1
            headed = headed or levels >= 2
            if kind in "HNLR" or (headed and kind == "S"):
                last_cell, prose = end, 0
            elif kind == "S":
                prose = 0
                if end - last_cell > 4:
                    break
            else:
                prose += 1
                if prose > (10 if levels >= 2 else 2 if headed else 1):
                    break
            end += 1
        end = last_cell + 1
        # A name may stand before the first number cell.
        while start > 0 and kinds[start] in "NLR" and kinds[start - 1] == "S" and start > i - 4 and not lines[start - 1].ends:
            start -= 1
        start = _head_above(lines, kinds, start, end)
        cells = sum(k in "HNLR" for k in kinds[start:end])
        if cells >= 2 or (headed and end - start >= 4) or any(is_form_line(line.text) for line in lines[start:end]):
            yield start, end
            i = end
        else:
            i += 1


def _head_above(lines: Sequence[Line], kinds: Sequence[str], start: int, end: int) -> int:
    """Where the head of a table of one cell a line begins: at the short line above that says what the rows are, a row's width up at least."""
    runs = [len(run) for run in re.findall("N+", "".join(kinds[start:end]))]
    if len(runs) < _LEAST_ROWS:
        return start
    width = max(set(runs), key=lambda n: (runs.count(n), n))
    first = next(i for i in range(start, end) if kinds[i] == "N")
    if width < 2 or runs.count(width) < 0.6 * len(runs):
        return start
    for i in range(first - width - 1, max(-1, first - width - 6), -1):
        if i < 0 or any(kinds[k] not in "SHN" or lines[k].ends or lines[k].width > _HEAD_WIDTH for k in range(i, first)):
            break
        if names_rows(lines[i].text):
            return min(i, start)
    return start


def _row_follows(kinds: Sequence[str], at: int) -> bool:
    """Is the short line at ``at`` the first cell of a row (number cells follow at once)?"""
    return at + 1 < len(kinds) and (
        (kinds[at] == "S" and kinds[at + 1] == "N") or (at > 0 and kinds[at - 1] in "HR" and kinds[at + 1] == "R")
    )


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
    """The heading words of a marked item: up to its first stop, 45 characters at the most."""
    match = _HEADING_END.search(text, mark)
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


def lay_out(source: str, *, page_starts: Sequence[int] = ()) -> Layout:
    """Lay out a text.

    ``page_starts``: offsets at which pages begin (for page numbers, 1-based); empty where the text has no pages.
    """
    folded = fold(source)
    lines = split_lines(folded)
    wrap = wrap_of(lines)
    in_table: dict[int, int] = dict(_regions(lines, wrap))
    blocks: list[Passage | TableRegion] = []
    stack: list[tuple[int, str]] = []
    pages = list(page_starts)
    page_at = 0

    def page_of(offset: int) -> int | None:
        nonlocal page_at
        if not pages:
            return None
        while page_at < len(pages) and pages[page_at] <= offset:
            page_at += 1
        return max(1, page_at)

    i, n = 0, len(lines)
    caption = ""
    while i < n:
        if i in in_table:
            end = in_table[i]
            around = caption + (
                f"；{lines[end].text.replace('单位为', '单位：')}" if end < n and _UNIT_NOTE.search(lines[end].text[:40]) else ""
            )
            blocks.append(TableRegion(tuple(lines[i:end]), tuple(h for _, h in stack), around, page_of(lines[i].start)))
            i = end
            continue
        j = i + 1
        while (
            j < n
            and j not in in_table
            and _joins(lines[j - 1], lines[j], wrap, lines[j].mark is not None, (lines[i].mark or (0, 0))[0] >= 4)
        ):
            j += 1
        view = clean_ranges(folded, _ranges(folded, lines[i:j]))
        found = item_mark(view.text)
        mark = 0
        if found:
            level, mark = found
            while stack and stack[-1][0] >= level:
                stack.pop()
            if heading := _heading_of(view.text, mark):
                stack.append((level, heading))
        elif j == i + 1 and not lines[i].ends and 1 < lines[i].width <= 25:
            while stack and stack[-1][0] >= 9:
                stack.pop()
            stack.append((9, view.text))
        section, page = tuple(h for _, h in stack), page_of(lines[i].start)
        for a, b in _pieces(view.text):
            if b - a == len(view.text):
                blocks.append(Passage(view, lines[i].start, lines[j - 1].end, section, mark, page))
                break
            start, end = view.span(a, b)
            blocks.append(Passage(Clean(view.text[a:b], view.offsets[a:b]), start, end, section, 0 if a else mark, page))
        stated = _UNIT_NOTE.search(view.text) or len(view.text) > _SHORT_CAPTION or not _UNIT_NOTE.search(caption)
        caption = view.text[-60:] if stated else f"{caption[-60:]}；{view.text}"  # the unit may stand some short lines above
        i = j
    return Layout(folded, tuple(blocks))
