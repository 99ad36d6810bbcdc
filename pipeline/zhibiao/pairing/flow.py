"""Tables of one cell a line under a known head: the cells flow through the columns, row after row, by the best fit of their kinds.

A row may lack cells (a level printed once for several rows, an empty remark), a cell of words may be wrapped over lines. What stands where is
decided for the whole table at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from .cell import Cell
from .cellgrid import continues
from .columns import Column, column_of, columns_of
from .fitting import best_fit, is_value, skip_cost, suits
from .grid import NOTE, REASON, Grid, GridRow
from .labels import label_line, title_of
from .records import VALUE_ROLES

#: Cells of a head at the least; of the best fit, what a cell must reach on average; more cells than this are not looked at.
_LEAST_HEADS, _SURE, _MOST_CELLS = 3, 0.62, 2000
_LEAST_ROWS = 2
#: So many rows must have a name of at most so many lines, numbers under the heads of values, and cells there at all.
_NAME_LINES, _NAMED, _NUMBERS, _FILLED, _LONGEST_NOTE = 3, 1.0, 0.75, 0.75, 40
_WRAP = {"name": 0.0, "level": 0.3, "text": 0.35, "target": -0.2, "actual": -0.2, "cycle": -0.2}
#: Of the rows so many may tell their values in words (明显改善), and so long these may be.
_IN_WORDS, _SHORT = 0.4, 8
#: The role of a cell that was put together of several lines.
_WRAPPED = "wrapped"
#: A line that fills its column goes on in the next one, a shorter one hardly does; so many lines of one width tell how wide the column is.
_FULL, _NOT_FULL, _MANY_FULL, _FEW_WIDER = 0.9, -0.3, 4, 0.05
_NO_LEVEL = 0.8
_NOWHERE = -1e9
#: The widest head over names, in ems.
_HEAD_WIDTH = 8.0


def flow_grids(cells: Sequence[Cell], caption: str = "", *, whole: bool = False) -> tuple[Grid, ...]:
    """The grids of a region, a head opening each; none where one of them does not come out. ``whole``: no cell is wrapped over lines."""
    heads = _heads(cells)
    if not heads or len(cells) > _MOST_CELLS:
        return ()
    title = title_of(caption, [cells[: heads[0][0]]] if heads[0][0] else [])
    out: list[Grid] = []
    before = list(cells[: heads[0][0]])
    if before:
        out.append(label_line(before, title) or Grid(columns_of([]), (), (), loose=tuple(before)))
    for k, (start, end, columns) in enumerate(heads):
        stop = heads[k + 1][0] if k + 1 < len(heads) else len(cells)
        out.append(_flow(cells[end:stop], columns, whole) or Grid(columns_of([]), (), (), loose=tuple(cells[start:stop])))
    return tuple(out) if any(grid.rows for grid in out) or len(heads) > 1 else ()


def _heads(cells: Sequence[Cell]) -> list[tuple[int, int, list[Column]]]:
    """Runs of heads, wrapped ones joined: where each begins and ends, and its columns. They name the rows and hold a value column."""
    out: list[tuple[int, int, list[Column]]] = []
    i = 0
    while i < len(cells):
        groups: list[list[Cell]] = []
        k = i
        while k < len(cells) and cells[k].kind in ("head", "text", "unit"):
            if groups and continues(groups[-1], cells[k]):
                groups[-1].append(cells[k])
            elif cells[k].kind == "head" or (k + 1 < len(cells) and continues([cells[k]], cells[k + 1]) and cells[k + 1].words[0] != "（"):
                groups.append([cells[k]])
            else:
                break
            k += 1
        columns = [column_of("".join(c.words for c in group)) for group in groups]
        while columns and columns[-1].role == "" and all(c.kind == "text" for c in groups[-1]):
            k -= len(groups.pop())  # a wrapped name: the first row has begun
            columns.pop()
        columns = _under_first(columns)
        half = len(columns) // 2
        if half > 1 and [c.words for c in columns[:half]] == [c.words for c in columns[half:]]:
            columns = columns[:half]  # printed in two halves: the cells of left and right rows come in turn
        values = sum(c.role in VALUE_ROLES for c in columns)
        named = any(c.role in ("name", "level") for c in columns)
        if not named and values >= _LEAST_HEADS and i and _may_name(cells[i - 1]):
            columns.insert(0, replace(column_of(cells[i - 1].words), role="name"))  # 资金来源 年初预算数 全年预算数 …
            i, named = i - 1, True
        if not any(c.role == "name" for c in columns) and (levels := [j for j, c in enumerate(columns) if c.role == "level"]):
            columns[levels[-1]] = replace(columns[levels[-1]], role="name")  # 绩效指标 指标值 …: the last level names the rows
        goals = {c.role for c in columns} in ({"target", "actual"}, {"cycle", "target"})  # 预期目标 实际完成情况: prose below
        if goals or (len(columns) >= _LEAST_HEADS and named and values):
            out.append((i, k, columns))
            i = k
        else:
            i += 1
    return out


def _under_first(columns: list[Column]) -> list[Column]:
    """The columns in order where the first head stands over several, which are told at the end: 绩效指标 指标值 得分 一级指标 二级指标 三级指标."""
    last = len(columns)
    while last and columns[last - 1].role in ("level", "name"):
        last -= 1
    below = columns[last:]
    if len(below) < _LEAST_ROWS or last < _LEAST_HEADS or columns[0].role not in ("level", "name"):
        return columns
    return [*below, *columns[1:last]]


def _may_name(cell: Cell) -> bool:
    """May the cell be the head over the names of rows, though it is no known one?"""
    return cell.kind == "text" and cell.width <= _HEAD_WIDTH and not any(sign in cell.words for sign in "，。；：")


def _flow(cells: Sequence[Cell], head: Sequence[Column], whole: bool) -> Grid | None:
    if {c.role for c in head} <= {"target", "actual", "cycle"}:
        return Grid(columns_of([]), (), tuple(cells))
    columns = columns_of(head)
    if not any(is_value(c) for c in cells):
        return None
    score, path = _best_flow(cells, columns.all, whole)
    if not path or score < _SURE * len(cells):
        return None
    rows: list[GridRow] = []
    last = len(columns.all)
    for cell, (j, opens) in zip(cells, path, strict=True):
        if opens or not rows:
            rows.append(GridRow())
        if columns.all[j].role == "name":
            rows[-1].name.append(cell)
        elif rows[-1].cells and rows[-1].cells[-1][0] == j and not opens:
            rows[-1].cells[-1] = (j, _longer(rows[-1].cells[-1][1], cell))
        else:
            rows[-1].cells.append((j, cell))
        last = j
    assert last >= 0
    below: list[Cell] = []
    while rows and not any(is_value(c) or (columns.all[j].role in VALUE_ROLES and not NOTE.match(c.words)) for j, c in rows[-1].cells):
        row = rows.pop()  # the title of the next table, its unit, a note
        below = [*row.name, *(c for _, c in row.cells), *below]
    for row in rows:
        _settle(row, columns.all)
    if not _regular(rows, columns.all):
        return None
    _fill_levels(rows, columns.all)
    full = [row for row in rows if row.name and any(is_value(c) for _, c in row.cells)]
    return (
        Grid(columns, tuple(row for row in rows if row.name), (*(c for row in rows if not row.name for _, c in row.cells), *below))
        if len(full) >= _LEAST_ROWS
        else None
    )


def _fill_levels(rows: Sequence[GridRow], columns: Sequence[Column]) -> None:
    """A level that is printed once stands for the rows below it; the cell of reasons tells the deviation."""
    at = [j for j, c in enumerate(columns) if c.role == "level"]
    reasons = [j for j, c in enumerate(columns) if c.role == "text" and REASON.search(c.words)]
    now: dict[int, str] = {}
    for row in rows:
        own = {j: c.words for j, c in row.cells if j in at}
        if own:
            first = min(own)
            now = {j: words for j, words in now.items() if j < first} | own
        row.levels = tuple(now[j] for j in at if j in now)
        row.deviation = next((c for j, c in row.cells if j in reasons), None)


def _settle(row: GridRow, columns: Sequence[Column]) -> None:
    """Where a row lacks values, what agrees within the row decides which they are."""
    places = [j for j, c in enumerate(columns) if c.role != "name"]
    cells = [c for _, c in row.cells]
    if len(cells) < len(places):
        score, path = best_fit(cells, [columns[j] for j in places])
        if score > 0:
            row.cells = [(places[p], c) for p, c in zip(path, cells, strict=True)]


def _regular(rows: Sequence[GridRow], columns: Sequence[Column]) -> bool:
    """Does each row have a short name, and do numbers fill its value columns? Words that run over lines are read better as a stream."""
    values = [j for j, c in enumerate(columns) if c.role in VALUE_ROLES or c.role == ""]
    filled = [c for row in rows for j, c in row.cells if j in values]
    numbers = sum(is_value(c) for c in filled)
    told = [row for row in rows if not any(j in values and is_value(c) for j, c in row.cells)]
    if len(told) > _IN_WORDS * len(rows) or any(len(c.words) > _SHORT for row in told for j, c in row.cells if j in values):
        return False
    numbers += sum(j in values for row in told for j, _ in row.cells)
    named = sum(0 < len(row.name) <= _NAME_LINES for row in rows)
    if any(columns[j].role == "text" and c.role == _WRAPPED and len(c.words) > _LONGEST_NOTE for row in rows for j, c in row.cells):
        return False
    return named >= _NAMED * len(rows) and numbers >= _NUMBERS * len(filled) and len(filled) >= _FILLED * len(values) * len(rows)


def _longer(first: Cell, second: Cell) -> Cell:
    return Cell(first.start, second.end, first.line, "text", first.width, role=_WRAPPED, words=first.words + second.words)


def _full_width(cells: Sequence[Cell]) -> float:
    """How wide a line of words is that fills its column, 0 where the cells do not tell: the greatest width that several lines have, and few exceed."""
    widths = Counter(cell.width for cell in cells if cell.kind == "text")
    usual = [width for width, n in widths.items() if n >= _MANY_FULL]
    if not usual:
        return 0.0
    wide = max(usual)
    return wide if sum(n for width, n in widths.items() if width > wide + 1) <= _FEW_WIDER * sum(widths.values()) else 0.0


def _best_flow(cells: Sequence[Cell], columns: Sequence[Column], whole: bool) -> tuple[float, list[tuple[int, bool]]]:
    """The column of each cell and whether it opens a row, by the best sum of fits."""
    m = len(columns)
    levels = (
        not whole and sum(cell.kind == "level" for cell in cells) >= _LEAST_ROWS
    )  # then other words are rather the first line of a wrapped name
    full = 0.0 if whole else _full_width(cells)
    skipped = [0.0]
    for j, column in enumerate(columns):
        skipped.append(skipped[-1] + skip_cost(column, j, m))
    best: list[float] = [skipped[j] for j in range(m)]
    steps: list[list[tuple[int, bool]]] = []
    for i, cell in enumerate(cells):
        fits = [suits(cell, c) - (_NO_LEVEL if levels and c.role == "level" and cell.kind == "text" else 0.0) for c in columns]
        if i == 0:
            best = [fits[j] + skipped[j] for j in range(m)]
            steps.append([(-1, True)] * m)
            continue
        turn = max(range(m), key=lambda b: best[b] + skipped[m] - skipped[b + 1])
        opened = best[turn] + skipped[m] - skipped[turn + 1]
        now: list[float] = []
        step: list[tuple[int, bool]] = []
        for j, column in enumerate(columns):
            value, source, opens = opened + skipped[j], turn, True
            for b in range(j):
                got = best[b] + skipped[j] - skipped[b + 1]
                if got > value:
                    value, source, opens = got, b, False
            wraps = not whole and cell.kind in ("text", "head") and cells[i - 1].kind in ("text", "head") and column.role in _WRAP
            tie = 0.0 if not full else _FULL if cells[i - 1].width >= full else _NOT_FULL
            if wraps and best[j] - fits[j] + _WRAP[column.role] + tie > value:
                value, source, opens = best[j] - fits[j] + _WRAP[column.role] + tie, j, False
            now.append(value + fits[j])
            step.append((source, opens))
        best = now
        steps.append(step)
    if not cells:
        return _NOWHERE, []
    j = max(range(m), key=lambda b: best[b] + skipped[m] - skipped[b + 1])
    score = best[j] + skipped[m] - skipped[j + 1]
    path: list[tuple[int, bool]] = []
    for step in reversed(steps):
        source, opens = step[j]
        path.append((j, opens))
        j = source
    return score, path[::-1]
