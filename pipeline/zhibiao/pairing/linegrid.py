"""Tables whose rows stand on a line each, put into rows and columns. Heads need not be known words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from zhibiao.layout.headers import names_rows

from .cell import Cell
from .columns import PERCENT, YEAR, Column, column_of, columns_of
from .fitting import is_value, joined, place
from .grid import FIT, LEAST_ROWS, NOTE, SECTION, Grid, GridRow, is_year
from .labels import headless, label_line, title_of
from .records import VALUE_ROLES

#: So many lines may stand apart from the grids of a region: its foot, a sum.
_FEW_LINES = 3
#: A line of a wrapped name is no wider, in ems.
_NAME_WIDTH = 26.0
#: The widest head in ems.
_HEAD_WIDTH = 12.0
_RANKS = ("名次", "排名", "位次", "排序")
_HAS_DIGITS = re.compile(r"\d(?!\d*[）)])")


def line_grids(cells: Sequence[Cell], caption: str = "") -> tuple[Grid, ...]:
    """The grids of rows that stand on a line each; a line of known heads below opens another one. None where a part of them is no grid.

    ``caption``: the words above, where the project's name may stand.
    """
    lines: dict[int, list[Cell]] = {}
    for cell in cells:
        lines.setdefault(cell.line, []).append(cell)
    title = title_of(caption, list(lines.values()))
    parts: list[list[list[Cell]]] = [[]]
    labelled: list[Grid] = []
    for row in lines.values():
        if (form := label_line(row, title)) is not None:
            labelled.append(form)
            continue
        opens = _is_head(row) or (
            row[0].kind == "level" and len(row) >= 4 and not any(c.kind == "level" or c.role == "level" for r in parts[-1] for c in r)
        )
        if opens and any(any(c.kind == "number" for c in r) for r in parts[-1]):
            parts.append([])
        parts[-1].append(row)
    out: list[Grid] = []
    for part in parts:
        if not part:
            continue
        grid = _halves(part) or line_grid(part) or headless(part)
        rest = tuple(c for row in part for c in row)
        if grid is None and (len(part) > _FEW_LINES or not (out or labelled)):
            grid = Grid(columns_of([]), (), (), loose=rest)
        out.append(grid or Grid(columns_of([]), (), rest))
    if any(g.loose for g in out) and not any(g.rows and _known(g) for g in out):
        return ()
    return (*labelled, *out)


def _known(grid: Grid) -> bool:
    """Do the heads of the grid tell goals, results or marks?"""
    return any(c.role in ("target", "actual", "weight", "score") for c in grid.columns.all)


def _is_head(row: Sequence[Cell]) -> bool:
    return len(row) >= 3 and sum(c.kind == "head" for c in row) >= 0.6 * len(row) and not any(c.kind == "number" for c in row)


def _halves(rows: Sequence[list[Cell]]) -> Grid | None:
    """Two tables side by side under one head that repeats (项目 决算数 项目 决算数): read as one below the other."""
    at = next((i for i, row in enumerate(rows) if len(row) >= 4 and len(row) % 2 == 0 and not any(c.kind == "number" for c in row)), None)
    if at is None:
        return None
    head = rows[at]
    half = len(head) // 2
    if any(a.words != b.words for a, b in zip(head[1:half], head[half + 1 :], strict=True)) or any(is_value(c) for c in head):
        return None
    left: list[list[Cell]] = [*rows[:at], head[:half]]
    right: list[list[Cell]] = []
    for row in rows[at + 1 :]:
        cut = next((i for i in range(1, len(row)) if not is_value(row[i]) and is_value(row[i - 1])), len(row))
        if len(row) == len(head):
            cut = half
        if cut == len(row) and row[0].left >= head[half].left - 4 > 0:
            cut = 0
        if cut:
            left.append(row[:cut])
        if cut < len(row):
            right.append(row[cut:])
    return line_grid([*left, *right], least=2)


def line_grid(rows: Sequence[Sequence[Cell]], *, least: int = 3) -> Grid | None:
    """One grid of rows that stand on a line each, of ``least`` cells or more."""
    counts = Counter(len(row) for row in rows if len(row) >= least and sum(is_value(c) for c in row) >= 1 and not _all_words(row))
    if not counts:
        return None
    head_at, head = _line_head(rows, counts, least)
    if head is None:
        return None
    if not _aligned(head, rows[head_at + 1 :]):
        head = [replace(c, left=0, right=0) for c in head]
    if head[0].words in _RANKS and head[0].role == "":
        head = [replace(head[0], role="index"), *head[1:]]  # the rows in the order of their rank
    columns = columns_of(head)
    if not any(c.role not in ("name", "level", "text", "index", "unit", "op") for c in columns.all):
        return None
    out: list[GridRow] = []
    rest: list[Cell] = [c for row in rows[:head_at] for c in row]
    rows = list(rows)
    if len(rows[head_at + 1]) <= 2 and len(rows) > head_at + 2 and all(c.left >= head[1].left - 2 > 0 for c in rows[head_at + 1]):
        for cell in rows.pop(head_at + 1):  # heads wrapped over two lines
            at = min(range(len(head)), key=lambda j: abs(head[j].left + head[j].right - cell.left - cell.right))
            head[at] = column_of(head[at].words + cell.words, left=head[at].left, right=head[at].right)
    width = max((row[0].width for row in rows[head_at + 1 :] if len(row) >= 2), default=0.0)
    pending: list[Cell] = []
    good = bad = 0
    for row in rows[head_at + 1 :]:
        if all(c.kind in ("head", "unit") for c in row) and len(row) >= 2:
            rest += row
            continue
        if len(row) == 1 or not any(is_value(c) for c in row):
            words = row[0].words
            if len(row) >= len(columns.all) - 1 and len(row) > 2:
                pass  # a row told in words
            elif NOTE.match(words):
                rest += row
                continue
            elif len(row) == 1 and row[0].kind == "text" and row[0].width <= max(width + 2, _NAME_WIDTH) and not SECTION.match(words):
                last = out[-1].name if out and not pending else []
                if last and last[-1].width >= width - 1 > row[0].width + 1 and last[-1].line == row[0].line - 1:
                    last.append(row[0])
                else:
                    pending.append(row[0])
                continue
            elif len(row) > 1 and not is_value(row[-1]) and sum(c.width for c in row) <= _NAME_WIDTH and any(map(is_year, row)):
                pending.append(joined(row))
                continue
            else:
                rest += [*pending, *row]
                pending = []
                continue
        got = place(row, columns.all, bool(pending))
        if got is None and not is_value(row[-1]) and not is_value(row[0]) and sum(c.width for c in row) <= _NAME_WIDTH:
            pending.append(joined(row))  # a line of a name with blanks in it
            continue
        if got is None:
            bad += 1
            rest += [*pending, *row]
        else:
            good += 1
            name = [c for j, c in got if columns.all[j].role == "name"]
            out.append(GridRow([*pending, *name], [(j, c) for j, c in got if columns.all[j].role != "name"]))
        pending = []
    rest += pending
    if not _filled(columns.all, out):
        return None
    if good < LEAST_ROWS or good < FIT * (good + bad):
        return None
    return Grid(columns, tuple(out), tuple(rest))


def _aligned(head: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> bool:
    """Do the cells of full rows stand under their heads?"""
    over = [
        min(c.right, h.right) >= max(c.left, h.left)
        for row in rows
        if len(row) == len(head)
        for c, h in zip(row[1:], head[1:], strict=True)
    ]
    return sum(over) >= 0.8 * len(over) > 0


def _filled(columns: Sequence[Column], rows: Sequence[GridRow]) -> bool:
    """Do numbers stand where the heads say so? Free columns mostly hold them, columns of words do not."""
    numbers = [sum(k == j and c.kind == "number" for row in rows for k, c in row.cells) for j in range(len(columns))]
    free = [n for n, c in zip(numbers, columns, strict=True) if c.role == ""]
    return sum(n == 0 for n in free) <= 0.5 * len(free) and all(
        n <= 0.6 * len(rows) for n, c in zip(numbers, columns, strict=True) if c.role == "text"
    )


def _all_words(row: Sequence[Cell]) -> bool:
    return not any(c.kind == "number" for c in row)


def _line_head(rows: Sequence[Sequence[Cell]], counts: Counter[int], least: int) -> tuple[int, list[Column] | None]:
    """The line of the head: the last line of words (years too) above the first row of numbers, with as many cells as the rows have."""
    usual = max(counts, key=lambda n: (counts[n], n))
    best: tuple[tuple[int, int, int], int] | None = None
    for at, row in enumerate(rows[:-1]):
        if _all_words([c for c in row if not is_year(c)]) and len(row) >= least and any(not is_value(c) for c in row):
            if abs(len(row) - usual) <= 2 and not any(_HAS_DIGITS.search(YEAR.sub("", c.words)) for c in row):
                known = sum(c.kind == "head" for c in row)
                rank = (known, -abs(len(row) - usual), at)
                best = max(best, (rank, at)) if best else (rank, at)
            continue
        if sum(c.kind == "number" for c in row) >= least - 1:
            break
    if best is None:
        return 0, None
    row = [c for c in rows[best[1]] if "单位：" not in c.words]
    head = [column_of(c.words, left=c.left, right=c.right) for c in row]
    if best[1] and (upper := _upper(rows[best[1] - 1], row, usual)) is not None:
        return best[1], upper
    if (divided := _divided(head, rows[best[1] + 1], usual)) is not None:
        return best[1] + 1, divided
    if len(head) < usual and head[0].role in (*VALUE_ROLES, "rate") and not names_rows(row[0].words):
        head = [Column("name", None, "", right=max(0, row[0].left - 1)), *head]  # the first column has no head
    return best[1], head


def _divided(head: Sequence[Column], below: Sequence[Cell], usual: int) -> list[Column] | None:
    """Columns under a head of two lines, where the lower one divides one head of the upper (预算数 over 年初预算 调整预算): the one whose words it has."""
    wide = len(head) - 1 + len(below)
    if (
        len(below) < 2
        or wide - (head[-1].role == "text") > usual
        or wide < usual
        or any(c.kind not in ("head", "text") or c.width > _HEAD_WIDTH for c in below)
    ):
        return None
    alike = [sum(len(set(column.words) & set(c.words)) for c in below) / max(1, len(column.words)) for column in head]
    at = max(range(1, len(head)), key=lambda j: (alike[j], -j), default=0)
    if not at or not alike[at]:
        return None
    own = [column_of(c.words) for c in below]
    under = [replace(c, role=c.role or head[at].role, hint=c.hint or head[at].hint) for c in own]
    return [replace(c, left=0, right=0) for c in (*head[:at], *under, *head[at + 1 :])]


def _upper(above: Sequence[Cell], row: Sequence[Cell], usual: int) -> list[Column] | None:
    """Columns under a head of two lines, where the lower one repeats (目标 实际 目标 实际): each takes the words above it too."""
    lower = list(row)
    named = len(lower) == usual
    body = lower[1:] if named else lower
    period = next(
        (p for p in range(2, len(body)) if len(body) % p == 0 and all(c.words == body[i % p].words for i, c in enumerate(body))), 0
    )
    groups = len(body) // period if period else 0
    if groups < 2 or len(above) not in (groups, groups + 1) or any(is_value(c) for c in above):
        return None
    tops = above[-groups:]
    out = [Column("name", None, "", right=body[0].left - 1)]
    for i, cell in enumerate(body):
        top, own = column_of(tops[i // period].words), column_of(cell.words, left=cell.left, right=cell.right)
        role = own.role or top.role
        out.append(
            replace(
                own,
                role=role,
                hint=own.hint or top.hint or (PERCENT if top.role in ("share", "rate") else None),
                words=top.words + own.words,
            )
        )
    return out
