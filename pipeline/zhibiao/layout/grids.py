"""Lines that are whole rows of a table: cut into cells at their blanks, and told from prose by their like number of cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from .headers import header_role
from .lines import Line

Span = tuple[int, int]
_WORD = re.compile(r"\S+")
#: A number as it stands in a cell: sign of comparison, digits, a short unit.
NUMERIC = re.compile(r"(?:[≥≤><=＝]{1,2})?[-+]?\d[\d,]*(?:\.\d+)?(?:[%‰]|（%）|[^\s\d，。；：、（）]{0,4})$")
#: Cells printed as empty, and words that stand in the place of a number.
_BLANK = re.compile(r"(?:[-—–―/…*]+|持平|不适用|暂无|未统计|无数据|不可比|新开放|免票)$")
_STOPS, _GAPS, _DIGIT = re.compile(r"[，。；]"), re.compile(r" {2,}"), re.compile(r"\d")
_GAP = 2
_LEAST_CELLS, _LEAST_LINES, _LEAST_LABELS = 3, 3, 2
_LABELS = ("target", "actual", "weight", "score", "initial", "budget", "executed", "rate")
#: So many short lines may stand between two rows: the rest of a wrapped cell, a heading.
_BETWEEN, _NARROW = 2, 14.0
#: A table on one line is so wide at the least (in ems), and so many of its cells are numbers.
_ROWS_WIDTH, _LEAST_NUMBERS = 60.0, 0.2
_UNIT_CELL = re.compile(r"（[^（）]{1,8}）$")
#: A cell of a table is no longer; a line of prose with blanks in it mostly is.
_LONGEST = 30


def is_blank(cell: str) -> bool:
    """Is the cell printed as empty (—, -, /)?

    >>> is_blank("——"), is_blank("-3.2")
    (True, False)
    """
    return _BLANK.match(cell) is not None


def split_cells(text: str, *, wide: bool) -> list[Span]:
    """Offsets of the cells of a line. ``wide``: cells stand two blanks apart or more, single blanks belong to them, but for those beside a number.

    >>> line = "粮食  种 植  1,200 96.5%"
    >>> [line[a:b] for a, b in split_cells(line, wide=True)]
    ['粮食', '种 植', '1,200', '96.5%']
    """
    words = [m.span() for m in _WORD.finditer(text)]
    out: list[Span] = []
    for k, (a, b) in enumerate(words):
        if out:
            start, end = out[-1]
            lone = end - start == 1 and b - a == 1 and _is_han(text[start]) and _is_han(text[a]) and (k < 2 or words[k - 2][1] <= start)
            near = wide and a - end < _GAP and not NUMERIC.match(text[a:b]) and not NUMERIC.match(text[start:end])
            if (lone and (wide or a - end < _GAP)) or (near and not is_blank(text[start:end]) and not is_blank(text[a:b])):
                out[-1] = (start, b)
                continue
        out.append((a, b))
    return out


def _is_han(char: str) -> bool:
    return "㐀" <= char <= "鿿"


def is_wide(texts: Sequence[str]) -> bool:
    """Do the cells of these lines stand two blanks apart or more?"""
    gaps = [b[0] - a[1] for text in texts for a, b in pairwise([m.span() for m in _WORD.finditer(text)])]
    return sum(gap >= _GAP for gap in gaps) >= 0.6 * len(gaps) > 0


def grid_lines(lines: Sequence[Line]) -> set[int]:
    """Indexes of the lines that stand in a run of rows: three lines or more of nearly the same number of cells, most of them with numbers."""
    out: set[int] = set()
    counts = [_cells(line) for line in lines]
    i = 0
    while i < len(lines):
        if not counts[i]:
            i += 1
            continue
        end, last = i, i
        while end < len(lines) and (counts[end] or (end - last <= _BETWEEN and lines[end].width <= _NARROW and not lines[end].ends)):
            last = end if counts[end] else last
            end += 1
        end = last + 1
        run = [k for k in range(i, end) if counts[k]]
        if len(run) >= _LEAST_LINES:
            ranked = sorted(counts[k] for k in run)
            usual = ranked[len(ranked) // 2]
            alike = sum(abs(counts[k] - usual) <= 1 for k in run)
            numbers = sum(any(NUMERIC.match(w) for w in lines[k].text.split()[1:]) for k in run)
            if alike >= 0.7 * len(run) and numbers >= 0.5 * len(run):
                out.update(run)
        i = end
    return out


def _cells(line: Line) -> int:
    """How many cells the line seems to hold; 0 where it is prose or a single cell."""
    if " " not in line.text or line.text[-1] in "，、：":
        return 0
    cells = split_cells(line.text, wide=False)
    if len(cells) < _LEAST_CELLS or any(b - a > _LONGEST for a, b in cells):
        return 0
    if _STOPS.search(line.text) and (len(_GAPS.findall(line.text)) < _GAP or _is_prose([line.text[a:b] for a, b in cells])):
        return 0
    return len(cells)


def _is_prose(cells: Sequence[str]) -> bool:
    """Do the numbers stand in clauses more often than alone in a cell? So they do in prose set with blanks around its numbers."""
    clauses = sum(_STOPS.search(cell) is not None and _DIGIT.search(cell) is not None for cell in cells)
    return clauses > sum(NUMERIC.match(cell) is not None for cell in cells)


def apart(line: Line) -> list[Line]:
    """The cells of a table that was printed on one line, head and all, as a line each; the line itself where it is none.

    It opens with three heads or more, with columns of values among them, and has cells for two rows at the least.
    """
    if line.width < _ROWS_WIDTH:
        return [line]
    words = [m.span() for m in _WORD.finditer(line.text)]
    cells = [line.text[a:b] for a, b in words]
    heads = next((k for k, cell in enumerate(cells) if header_role(cell) is None and not _UNIT_CELL.match(cell)), len(cells))
    body = cells[heads:]
    if heads < _LEAST_CELLS or not any(header_role(cell) in _LABELS for cell in cells[:heads]) or len(body) < 2 * heads:
        return [line]
    if sum(NUMERIC.match(cell) is not None for cell in body) < len(body) * _LEAST_NUMBERS:
        return [line]
    return [Line.of(line.start + a, line.text[a:b], line.after_break and k == 0) for k, (a, b) in enumerate(words)]


def is_form_line(text: str) -> bool:
    """Does the line hold labels of value columns each followed by its number (全年预算数 96.00 全年执行数 95.20)?"""
    if _STOPS.search(text):
        return False
    words = text.split()
    return sum(NUMERIC.match(b) is not None and header_role(a) in _LABELS for a, b in pairwise(words)) >= _LEAST_LABELS
