"""Forms: labels each followed by its value, and tables of indicators whose head is torn off."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .cell import Cell
from .columns import Column, column_of, columns_of
from .fitting import place
from .grid import LEAST_ROWS, Grid, GridRow
from .guess import order_of

_PROJECT = re.compile(r"(?:项目|专项)名称[：:]?\s*([^\s，。；：:]{3,40})")
_FUNDS = re.compile(r"资金|预算|执行情况|金额")
_LEAST_LABELS = 2
_LABEL_ROLES = ("target", "actual", "weight", "score", "initial", "budget", "executed", "rate", "cycle")


def title_of(caption: str, rows: Sequence[Sequence[Cell]]) -> str:
    """The project that a form is about (项目名称：…), as it stands in the caption or on a line above."""
    found = [m[1] for m in _PROJECT.finditer(caption)]
    for row in rows[:6]:
        for cell, following in zip(row, [*row[1:], None], strict=True):
            if match := _PROJECT.match(cell.words):
                found.append(match[1])
            elif following is not None and cell.words.rstrip("：:") in ("项目名称", "专项名称") and following.kind == "text":
                found.append(following.words)
    return found[-1] if found else ""


def label_line(row: Sequence[Cell], title: str = "") -> Grid | None:
    """A line of labels each followed by its value (全年预算数 96.00 全年执行数 95.20 执行率 99.17%): a grid of one row."""
    at = next((i for i, c in enumerate(row) if _is_label(c) and i + 1 < len(row) and row[i + 1].kind == "number"), None)
    if at is None:
        return None
    heads: list[Cell] = []
    values: list[Cell] = []
    i = at
    while i + 1 < len(row) and _is_label(row[i]) and not _is_label(row[i + 1]):
        heads.append(row[i])
        values.append(row[i + 1])
        i += 2
    if len(heads) < _LEAST_LABELS or sum(v.kind == "number" for v in values) < _LEAST_LABELS or i < len(row) - 1:
        return None
    before = [c for c in row[:at] if c.kind in ("text", "head") and c.role not in ("level", "index")]
    columns = columns_of([Column("name", None, ""), *[column_of(h.words) for h in heads]])
    if len({c.role for c in columns.all}) < 3:
        return None
    name = before[-1:] if before and not (title and _FUNDS.search(before[-1].words)) else []
    if not name and not title:
        return None
    rest = [c for c in row if c not in name and c not in heads and c not in values]
    return Grid(columns, (GridRow(list(name), list(enumerate(values, start=1))),), tuple(rest), title)


def _is_label(cell: Cell) -> bool:
    return cell.kind in ("head", "text") and cell.role != "name" and column_of(cell.words).role in _LABEL_ROLES


def headless(rows: Sequence[Sequence[Cell]]) -> Grid | None:
    """A table of indicators without a head: name, then target, actual, weight and score in an order that all rows share."""
    stripped: list[tuple[list[Cell], list[Cell]]] = []
    for row in rows:
        levels = next((i for i, c in enumerate(row) if c.kind != "level"), len(row))
        stripped.append((list(row[:levels]), list(row[levels:])))
    values = [
        body[1:] for _, body in stripped if len(body) >= 3 and body[0].kind == "text" and sum(c.kind == "number" for c in body[1:]) >= 2
    ]
    plain = [[c for c in v if c.kind == "number"] for v in values]
    order = order_of([v for v in plain if len(v) >= 3]) or (order_of(plain) if any(levels for levels, _ in stripped) else None)
    if order is None:
        return None
    depth = max(len(levels) for levels, _ in stripped)
    columns = columns_of(
        [*[Column("level", None, "")] * depth, Column("name", None, ""), *[Column(r, None, "") for r in order], Column("text", None, "")]
    )
    out: list[GridRow] = []
    rest: list[Cell] = []
    for row in rows:
        got = place(row, columns.all, False) if len(row) >= 3 else None
        if got is None or not any(columns.all[j].role == "name" for j, _ in got):
            rest += row
            continue
        out.append(GridRow([c for j, c in got if columns.all[j].role == "name"], [(j, c) for j, c in got if columns.all[j].role != "name"]))
    return Grid(columns, tuple(out), tuple(rest)) if len(out) >= LEAST_ROWS and len(out) >= 0.6 * len(rows) else None
