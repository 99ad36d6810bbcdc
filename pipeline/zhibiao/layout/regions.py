"""Which lines of a plain text are the cells of a flattened table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .grids import grid_lines, is_blank, is_form_line
from .headers import header_role, names_rows
from .lines import Line, Wrap

#: Words of comparison or nothing, a number, a short unit: a cell that holds one quantity.
_NUMBER_CELL = re.compile(
    r"(?:[≥≤><=]{1,2}|约|近|不少于|不低于|不超过|-)?\s*\d[\d,.]*\s*(?:（?%）?|[^\s\d，。；：、]{0,5})(?:以上|以内|左右)?$"
)
_NUMBER_TOKEN = re.compile(r"(?:[≥≤><=]{1,2})?-?\d[\d,.]*（?%?）?[^\s\d，。；：、]{0,3}$")
_LEVEL_CELL = re.compile(
    r"(?:\d{1,2}[-.、])?(?:产出|效益|效果|成本|满意度|数量|质量|时效|进度|(?:经济|社会|生态)(?:效益|成本)|生态环境成本|可持续影响|(?:社会公众|服务对象|受益对象)?(?:或服务对象)?满意度|决策|过程|投入)(?:指标|效益指标|成本指标)?$"
)
_TITLE = re.compile(
    r"(?:附?表)\s?[\d一二三四五六七八九十]{1,3}(?:[-—]\d{1,2})?[\s：:]?\S*(?:表|情况|统计|指标|汇总|一览|产量|数据|明细|结果)$"
)
_GRADE_CELL = re.compile(r"(?:优|良|中|差|优秀|良好|合格|不合格|一般|较差)$")
#: A head of a column of cells that stand on a line each is no wider; so many rows make such a table.
_HEAD_WIDTH, _LEAST_ROWS, _LEAST_HEADS = 18.0, 2, 4


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
    heads = 0  # how many heads stand over the rows, while these follow one another
    for i, line in enumerate(lines):
        text = line.text
        before = lines[i - 1] if i else None
        tail = wrap and before and wrap.full(before, 0.86) and not before.ends
        if known := _header_cells(line):
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
        if kind in "SP" and heads and _fills(text, heads):
            kind = "R"  # a row, though one of its cells is a whole text
        elif kind == "H" or kind not in "R":
            heads = known if kind == "H" and known >= _LEAST_HEADS else 0
        out.append(kind)
    return out


def _fills(text: str, heads: int) -> bool:
    """Do the blanks of a line part it into as many cells as heads stand above it, with a number among them?"""
    cells = text.split()
    return len(cells) == heads and any(_NUMBER_TOKEN.match(cell) for cell in cells[1:])


def _is_row(text: str) -> bool:
    """Cells of one row on one line: the last two blank-separated tokens are numbers."""
    parts = text.rsplit(None, 2)
    return len(parts) >= 2 and all(_NUMBER_TOKEN.match(p) for p in parts[-2:]) and (len(parts) == 2 or parts[0][-1] not in "，。；")


def regions(lines: Sequence[Line], wrap: Wrap | None) -> Iterator[tuple[int, int]]:
    """Half-open ranges of lines that make up flattened tables."""
    kinds = _classes(lines, wrap)
    i, n = 0, len(lines)
    while i < n:
        if kinds[i] not in "HNLR":
            i += 1
            continue
        start = i
        lone = _header_cells(lines[i]) < 2  # 说明 or 备注 on a line of its own is the heading of a text
        headed = kinds[i] == "H" and (not lone or (i + 1 < n and kinds[i + 1] in "HS" and header_role(lines[i].text) != "text"))
        end, last_cell, prose, levels = i + 1, i, 0, int(kinds[i] == "L")
        while end < n:
            kind = kinds[end]
            mark = lines[end].mark
            if mark and mark[0] in (1, 2) and (kind in "SP") and not _row_follows(kinds, end):
                break
            if kind == "S" and _TITLE.match(lines[end].text) and "N" in kinds[start:end]:
                break  # the title of the next table
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
    first = next((i for i in range(start, end) if kinds[i] == "N"), end)
    end = next((i for i in range(first, end) if kinds[i] == "H"), end)  # where another table begins
    runs = [len(run) for run in re.findall("N+", "".join(kinds[start:end]))]
    if len(runs) < _LEAST_ROWS:
        return start
    width = max(set(runs), key=lambda n: (runs.count(n), n))
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
