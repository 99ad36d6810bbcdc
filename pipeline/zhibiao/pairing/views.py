"""A table as it was understood, for people: its columns with the roles they were given, its rows as they were read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .drafts import Draft
from .grid import Grid, GridRow

#: Labels of the roles of columns, Chinese first.
ROLES = {
    "index": "序号", "level": "级别 level", "name": "名称 name", "target": "目标 target", "cycle": "周期目标 cycle", "actual": "实际 actual",
    "weight": "分值 weight", "score": "得分 score", "initial": "年初预算 initial", "budget": "预算 budget", "executed": "执行 executed",
    "rate": "比率 rate", "share": "占比 share", "change": "变动 change", "amount": "金额 amount", "unit": "单位 unit", "op": "比较 sign", "last": "上年 last year",
    "text": "文字 words", "": "事实 fact",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableView:
    """One table: where it begins in the text, the words and roles of its columns, its rows as words. ``how``: drawn, grid, or stream where no columns were found."""

    start: int
    how: str
    caption: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]


def view_of_grid(grid: Grid, text: str, *, start: int, how: str, caption: str) -> TableView:
    """A grid as it was read: each row's name and cells under their columns, levels filled down; columns without any words left out."""
    columns = grid.columns.all
    rows = [tuple(_words(row, text, j, column.role, columns) for j, column in enumerate(columns)) for row in grid.rows]
    kept = [j for j, c in enumerate(columns) if c.words or any(row[j] for row in rows)]
    shown = tuple(tuple(row[j] for j in kept) for row in rows)
    return TableView(start, how, caption, tuple((columns[j].words, columns[j].role) for j in kept), shown)


def _words(row: GridRow, text: str, j: int, role: str, columns: Sequence[object]) -> str:
    if role == "name":
        return "".join(text[c.start : c.end] for c in row.name)
    if role == "level":
        place = sum(getattr(c, "role", "") == "level" for c in columns[:j])
        return row.levels[place] if place < len(row.levels) else ""
    words = " ".join(text[c.start : c.end] for k, c in row.cells if k == j)
    if not words and row.deviation is not None and role == "text":
        return "".join(text[c.start : c.end] for c in (row.deviation, *row.more))
    beside = row.sign if role in ("target", "cycle") else ""
    return f"{beside}{words}{row.unit}" if words and (beside or row.unit) and role in ("target", "cycle", "actual") else words


def view_of_drafts(drafts: Sequence[Draft], text: str, *, start: int, caption: str) -> TableView:
    """A table without columns, by the records that came out of it."""
    columns = (("指标", "name"), ("目标", "target"), ("实际", "actual"), ("分值", "weight"), ("得分", "score"))
    rows = tuple(
        (
            d.words(text),
            *(side.text if side else "" for side in (d.target, d.actual)),
            *("" if v is None else str(v) for v in (d.weight, d.score)),
        )
        for d in drafts
    )
    return TableView(start, "stream", caption, columns, rows)
