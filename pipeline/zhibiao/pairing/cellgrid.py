"""Tables of numbers with one cell a line under heads that need not be known: as many heads as a row has cells stand above the first row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from zhibiao.layout.grids import is_blank
from zhibiao.layout.headers import header_role, names_rows

from .cell import Cell
from .columns import column_of, columns_of
from .fitting import best_fit, is_value
from .grid import FIT, LEAST_ROWS, NOTE, SECTION, Grid, GridRow, is_year
from .records import VALUE_ROLES


def cell_grid(cells: Sequence[Cell]) -> Grid | None:
    """A grid of rows whose cells stand on a line each; every column but the name's must hold numbers (a unit column may stand among them)."""
    cells = _without_codes(cells)
    first = next((i for i, c in enumerate(cells) if c.kind == "number" and not is_year(c)), None)
    if first is None or first < 3 or any(c.kind in ("level", "grade") for c in cells):
        return None
    body = _bodies(cells[first:])
    if sum(c.kind == "head" and c.role in VALUE_ROLES for names, _ in body for c in names) >= 2:
        return None  # another head below: a form of several tables
    widths = Counter(len(v) for _, v in body)
    if not widths:
        return None
    usual = max(widths, key=lambda n: (widths[n], n))
    if usual < 2 or widths[usual] < 0.6 * len(body) or len(body) < LEAST_ROWS:
        return None
    unit = any(column_of(c.words).role == "unit" for c in cells[:first] if c.kind in ("head", "text")) or (
        sum(bool(n) and _is_unit(n[-1]) for n, _ in body[1:]) >= 0.8 * max(1, len(body) - 1) and len(body) > 1
    )
    head, name = _cell_head(cells[:first], usual, unit)
    if head is None:
        return None
    columns = columns_of([column_of(h) for h in head])
    if columns.all[0].role != "name" or any(c.role in ("text", "op", "cycle") for c in columns.all[1:]):
        return None
    units = [j for j, c in enumerate(columns.all) if c.role == "unit"]
    rows: list[GridRow] = []
    rest: list[Cell] = [*cells[: first - len(name)], *_behind(cells)]
    value_columns = [c for c in columns.all if c.role not in ("name", "unit")]
    places = [j for j, c in enumerate(columns.all) if c.role not in ("name", "unit")]
    good = bad = 0
    for k, (names, values) in enumerate(body):
        named = name if k == 0 else names
        row = GridRow()
        if units and len(named) > (k > 0 or len(names) > 1) and (_is_unit(named[-1]) or len(named) > 1):
            row.cells.append((units[0], named[-1]))
            named = named[:-1]
        if named and NOTE.match(named[0].words):
            rest += [*named, *values]
            continue
        row.name = _name_of(named, rest)
        if len(values) > len(value_columns):
            bad += 1
            rest += [*named, *values]
            continue
        score, path = best_fit(values, value_columns)
        good += score >= 0
        bad += score < 0
        row.cells += [(places[p], v) for p, v in zip(path, values, strict=True)]
        rows.append(row)
    if good < LEAST_ROWS or good < FIT * (good + bad):
        return None
    return Grid(columns, tuple(rows), tuple(rest))


def _without_codes(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Where a column of codes stands before the names: the cells without those codes."""
    first = next((i for i, c in enumerate(cells) if c.kind == "number" and not is_year(c)), 0)
    if not any(c.kind == "head" and c.role == "index" for c in cells[:first]):
        return cells
    return [
        c
        for i, c in enumerate(cells)
        if not (
            i + 1 < len(cells)
            and c.kind == "number"
            and c.words.isdigit()
            and cells[i + 1].kind == "text"
            and (i == first or is_value(cells[i - 1]))
        )
        and not (i < first and c.role == "index")
    ]


def _name_of(cells: Sequence[Cell], rest: list[Cell]) -> list[Cell]:
    """Of the text cells before a row's numbers those of its own name; headings of sections above it go to the rest."""
    kept = list(cells)
    while len(kept) > 1 and (SECTION.match(kept[0].words) and len(kept[0].words) > 2 and not kept[0].words.startswith("其中")):
        if not SECTION.match(kept[1].words) and kept[0].width >= 12:
            break
        rest.append(kept.pop(0))
    return kept


def _behind(cells: Sequence[Cell]) -> Sequence[Cell]:
    """The cells below the last value: notes, the unit of the table."""
    last = max(i for i, c in enumerate(cells) if is_value(c))
    return cells[last + 1 :]


def _is_unit(cell: Cell) -> bool:
    return cell.kind == "unit" or (cell.kind == "text" and cell.hint is not None)


def _bodies(cells: Sequence[Cell]) -> list[tuple[list[Cell], list[Cell]]]:
    """Rows as names and values: text after values opens a new row."""
    out: list[tuple[list[Cell], list[Cell]]] = [([], [])]
    for cell in cells:
        if is_value(cell) and (out[-1][0] or out[-1][1] or len(out) == 1):
            out[-1][1].append(cell)
        else:
            if out[-1][1]:
                out.append(([], []))
            out[-1][0].append(cell)
    return [(n, v) for n, v in out if v]


def continues(group: Sequence[Cell], cell: Cell) -> bool:
    """Is the cell the rest of a head wrapped over lines: a bracket, a single character, or what makes a known head out of two?"""
    if cell.words[0] == "（" or (len(cell.words) == 1 and cell.kind == "text"):
        return True
    words = "".join(c.words for c in group)
    joined, first, second = header_role(words + cell.words), header_role(words), header_role(cell.words)
    return joined is not None and (first is None or second is None or first == joined)


def _cell_head(cells: Sequence[Cell], values: int, unit: bool) -> tuple[list[str] | None, list[Cell]]:
    """The heads among the cells above the first number, and the cells of the first row's name."""
    wanted = 1 + values + unit
    ends = len(cells) - unit
    merged: list[list[Cell]] = []
    for cell in cells[:ends]:
        if "单位：" in cell.words:
            continue
        if merged and continues(merged[-1], cell):
            merged[-1].append(cell)
        else:
            merged.append([cell])
    heads = ["".join(c.words for c in group) for group in merged]
    # the first head names the rows; what stands above it is a title, what is left behind the heads is the first row's name
    starts = [i for i, h in enumerate(heads) if names_rows(h)]
    tight = len(heads) - wanted - 1
    if tight >= 0 and column_of(heads[tight]).role == "":
        starts.insert(0, tight)
    for start in reversed(starts):
        name = merged[start + wanted :]
        if start < 0 or not name or len(name) > 3 or start > 4:
            continue
        if header_role(heads[start + wanted]) not in (None, "", "name", "level", "amount"):
            continue  # there are more heads than values: a column of words, a head over others
        columns = [column_of(h) for h in heads[start : start + wanted]]
        if unit and not any(c.role == "unit" for c in columns):
            continue
        if all(is_blank(h) for h in heads[start : start + wanted]):
            continue
        tail = list(cells[ends:])
        return heads[start : start + wanted], [*[c for group in name for c in group], *tail]
    return None, []
