"""The panel as rows of cells for people and for programs: one row a cell (long), one row an indicator and place (wide), one row a reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from zhibiao.schema import plain

from .cells import Cell, Panel
from .readings import PARTS, Part

#: Labels of the columns of both tables, and of the dimensions.
LABELS: dict[str, str] = {
    "region": "地区", "year": "年度", "org": "部门", "project": "项目", "doc_id": "文档", "run": "结果文件夹", "level1": "一级指标",
    "level2": "二级指标", "domain": "领域", "canonical_id": "标准指标号", "canonical_name": "标准指标", "unit": "单位", "value": "数值", "op": "比较",
    "state": "状态", "values": "各处数值", "targets": "目标", "n_readings": "依据数", "year_on_year": "比上年", "unit_of_change": "变动单位",
    "printed_change": "报告所印变动", "notes": "说明", "part": "作用", "indicator": "报告用语", "text": "原文", "change": "变动", "period": "期间",
    "evidence": "依据", "start": "起", "end": "止", "page": "页", "record_id": "记录号", "confidence": "置信度", "link_confidence": "链接置信度",
    "target": "目标",
}  # fmt: skip
STATES = {"one": "一致", "several": "多个说法", "conflict": "冲突"}
PART_NAMES: dict[Part, str] = dict(zip(PARTS, ("本值", "部分期间", "变动", "往年值", "其他"), strict=True))
_CELL = (
    "canonical_id", "canonical_name", "unit", "value", "op", "state", "values", "targets", "n_readings", "year_on_year", "unit_of_change",
    "printed_change", "notes",
)  # fmt: skip
_READING = (
    "canonical_id", "canonical_name", "part", "indicator", "value", "unit", "op", "text", "target", "change", "region", "year", "org", "project",
    "period", "run", "doc_id", "record_id", "start", "end", "page", "evidence", "confidence", "link_confidence",
)  # fmt: skip
Value = str | int | float | Decimal | None


def cell_columns(panel: Panel) -> tuple[str, ...]:
    """The columns of the table of cells: the indicator, the dimensions, the rest."""
    return (*_CELL[:2], *panel.by, *_CELL[2:])


def cell_rows(panel: Panel) -> Iterable[tuple[Value, ...]]:
    """One row a cell, in the order of :func:`cell_columns`."""
    for c in panel.cells:
        yield (
            c.entry.id, c.entry.name, *c.key, c.unit, c.value, c.op, c.state, told(c), "；".join(c.targets), len(c.readings), c.year_on_year,
            c.unit_of_change, c.printed_change, "；".join(c.notes),
        )  # fmt: skip


def reading_columns() -> tuple[str, ...]:
    """The columns of the table of readings."""
    return _READING


def reading_rows(panel: Panel) -> Iterable[tuple[Value, ...]]:
    """One row a reading, those of the cells first, then those in no cell, in the order of :func:`reading_columns`."""
    seen: set[tuple[str, str, str]] = set()
    for r in (*(r for c in panel.cells for r in c.readings), *panel.left_out):
        if (r.run, r.doc_id, r.record_id) in seen:
            continue
        seen.add((r.run, r.doc_id, r.record_id))
        yield (
            r.id, r.name, r.part, r.words, r.value, r.unit, r.op, r.text, r.target, r.change, r.region, r.year, r.org, r.project,
            r.period, r.run, r.doc_id, r.record_id, r.start, r.end, r.page, r.evidence, r.confidence, r.link_confidence,
        )  # fmt: skip


def told(cell: Cell) -> str:
    """The different values of a cell that has several, with the words of each: ``受理业务 580,000；公安受理业务 466,484``."""
    return "；".join(f"{words} {number(value)}" for words, value in cell.values) if len(cell.values) > 1 else ""


def number(value: Decimal) -> str:
    """A number for people: grouped by thousands, every digit but zeros at the end.

    >>> number(Decimal("1690736")), number(Decimal("98.60"))
    ('1,690,736', '98.6')
    """
    whole, _, rest = plain(value).partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "") if whole.lstrip("-") not in ("", "0") else plain(value)


@dataclass(frozen=True, slots=True)
class Wide:
    """The panel with its last dimension (the years, where they are one) as columns. ``rows``: the cells of one indicator and key, by column."""

    heads: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], dict[str, Cell]], ...]


def wide(panel: Panel) -> Wide:
    """One row an indicator and the other dimensions; the columns are the years, else the values of the last dimension, sorted."""
    at = panel.by.index("year") if "year" in panel.by else len(panel.by) - 1
    columns = tuple(sorted({c.key[at] for c in panel.cells}))
    rows: dict[tuple[str, ...], dict[str, Cell]] = {}  # two entries may have one name: the id keeps them apart
    for c in panel.cells:
        rest = (*c.key[:at], *c.key[at + 1 :])
        rows.setdefault((c.entry.id, c.entry.name, c.unit, *rest), {})[c.key[at]] = c
    heads = ("canonical_name", "unit", *panel.by[:at], *panel.by[at + 1 :])
    return Wide(heads, columns, tuple((key[1:], cells) for key, cells in rows.items()))


def shown(cell: Cell | None) -> str:
    """What stands in a cell of the wide table: the value, or all values where none can be chosen, marked; empty where there is none."""
    if cell is None:
        return ""
    mark = {"one": "", "several": "※", "conflict": "⚠"}[cell.state]
    sign = {"=": "", ">=": "≥", "<=": "≤", "~": "约"}.get(cell.op, cell.op)
    if cell.value is not None:
        return f"{sign}{number(cell.value)}{mark}"
    return " / ".join(number(value) for _, value in cell.values[:4]) + (" …" if len(cell.values) > 4 else "") + mark
