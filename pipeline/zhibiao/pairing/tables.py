"""Rows of a flattened table become records: names, levels, targets, actuals, budgets, rates, scores by the roles of the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from zhibiao.quantities import QuantityFinder, UnitHint, unit_hint
from zhibiao.schema import Quantity

from .cell import Cell, Region
from .cells import header_of
from .drafts import Draft, NamesOf
from .forms import Form, Split, split_forms
from .gridrows import GridRows
from .guess import number_runs, order_of
from .records import MONEY_ROLES, VALUE_ROLES, Row, plausible, rate_by_sums, records_of
from .rows import LineRows
from .stream import Stream
from .wordrows import WordRows

#: A name is wrapped over so many lines, and is so long, at the most.
_NAME_CELLS, _NAME_CHARS = 4, 45
_TOTAL = re.compile(r"总分|总得分|得分合计|合计得分|评价总分")
_PERCENT = UnitHint("%", Decimal(1), "percent")
_SCORE = UnitHint("分", Decimal(1), "score")


@dataclass(frozen=True, slots=True)
class Above:
    """What one region of a table leaves to the next, where running text or a page parts them: the name and the number of its last row, its columns."""

    name: str = ""
    number: int = 0
    columns: tuple[tuple[str, UnitHint | None], ...] = ()


class TableReader:
    """Reads the rows of one region. ``caption`` may hold 单位：万元; ``above``: what the region before it left."""

    def __init__(self, region: Region, *, finder: QuantityFinder, names_of: NamesOf, caption: str = "", above: Above | None = None) -> None:
        above = above or Above()
        self.names_of = names_of
        self._graded = False
        self.caption = caption
        self.region = region
        self.text = region.text
        self.finder = finder
        self.drafts: list[Draft] = []
        self.quantities: list[Quantity] = []
        #: Stretches of running text in the region's cells, for the readers of prose, with the head of goals or results that they stand under.
        self.prose: list[tuple[int, int, str]] = []
        self.last_name = above.name
        self.number = 0  # of the last row, in a table that numbers its rows
        self.split = Split((), (region.cells,)) if region.rows else split_forms(region.cells)
        self.head(header_of(self.split.cells))
        if not self.columns and self._continues(above):
            self._take(list(above.columns))
            self.number = above.number
        self.caption_hint = unit_hint(caption) if caption else None
        self._answered = False  # a row with a signed target and its actual has been seen where no head tells the columns
        for cell in self.split.cells:
            if (
                cell.kind == "unit"
                and cell.hint is not None
                and self.caption_hint is None
                and (cell.words.startswith("单位") or not any(cell.hint == h for _, h in self.columns))
            ):
                self.caption_hint = cell.hint
        self.order = order_of(number_runs(self.split.cells)) if not self.values else None
        self.levelled = False  # a level (产出指标) has been read: the region is a table of indicators

    def head(self, head: Sequence[Cell]) -> None:
        """Take the roles and units of the columns from these head cells. Where no column names the rows, the first one does."""
        self._take([(c.role, c.hint) for c in head])

    def above(self) -> Above:
        """What this region leaves to the next."""
        return Above(self.last_name, self.number, tuple(self.columns))

    def _continues(self, above: Above) -> bool:
        """Does the region go on with the rows of a numbered table: with the last one, or with the next number?"""
        numbered = any(role == "index" for role, _ in above.columns)
        return numbered and any(
            (c.kind == "number" and c.q is not None and c.q.bare and c.q.value == above.number + 1) or c.kind == "grade"
            for c in self.region.cells
        )

    def _take(self, columns: list[tuple[str, UnitHint | None]]) -> None:
        self.columns = columns
        roles = [role for role, _ in self.columns]
        if roles and "name" not in roles:
            first = next((i for i, role in enumerate(roles) if role in VALUE_ROLES and role != "amount"), len(roles))
            if levels := [i for i in range(first) if roles[i] == "level"]:
                self.columns[levels[-1]] = ("name", None)
            elif roles[0] in ("amount", "text", "index"):
                self.columns[0] = ("name", None)
        if {"budget", "executed"} <= set(roles):  # 项目资金（万元）| 全年预算数 | 全年执行数: what stands before them is no value
            before = roles.index("budget")
            self.columns = [
                ("level", None) if role == "amount" and i < before else (role, hint) for i, (role, hint) in enumerate(self.columns)
            ]
        self.values = [(role, hint) for role, hint in self.columns if role in VALUE_ROLES]
        self.roles = [role for role, _ in self.values]

    def read(self) -> tuple[list[Quantity], list[Draft]]:
        """The quantities and records of the region, in offsets of the region's text."""
        if self.region.grids:
            for grid in self.region.grids:
                if grid.loose:
                    self.head(header_of(grid.loose))
                    self.stream(grid.loose)
                else:
                    GridRows(self, grid, self.caption).read()
            self.quantities.sort(key=lambda q: (q.start, q.end))
            return self.quantities, self.drafts
        if self.region.rows and len(self.columns) >= 3:
            LineRows(self).read()
            self.quantities.sort(key=lambda q: (q.start, q.end))
            return self.quantities, self.drafts
        for form in self.split.forms:
            self.form(form)
        for cells in self.split.stretches:
            self.stream(cells)
        self.quantities.sort(key=lambda q: (q.start, q.end))
        return self.quantities, self.drafts

    def form(self, form: Form) -> None:
        """Read labels with their values; where nothing names them the values are kept as quantities only."""
        shared = form.caption.hint if form.caption is not None else None
        got: dict[str, Quantity] = {}
        for head, cell in form.pairs:
            q = self.quantity(cell, head.role, head.hint or (shared if head.role in MONEY_ROLES else None), None)
            self.quantities.append(q)
            got[head.role] = q
        if form.name is not None:
            name, span = self.name_of([form.name])
            self.records(name, span, got, Row())

    def stream(self, cells: Sequence[Cell]) -> None:
        """Read cells one after the other."""
        Stream(self).read(cells)

    # -- a row ---------------------------------------------------------------------------------------------------------------------

    def finish(self, row: Row) -> Row:
        """Turn the row into records and begin a new one."""
        if any(c.kind == "number" for c in row.values):
            self._emit(row)
        elif row.name:
            WordRows(self).read(row)
        return Row()

    def name_of(self, cells: Sequence[Cell]) -> tuple[str, tuple[int, int]]:
        if len(cells) > _NAME_CELLS and cells[-1].end - cells[0].start > _NAME_CHARS:
            cells = cells[-1:]  # labels and values in words that came before: the last cell alone names the number
        a, b = cells[0].start, cells[-1].end
        words = self.text[a:b]
        for mark in ("其中：", "其中:", "#", "★", "△", "▲"):
            if words.startswith(mark):
                a += len(mark)
        words = self.text[a:b]
        if len(words) > 2 and words[0] in "一二三四五六七八九十" and words[1] in "、.":
            a += 2
        elif len(words) > 3 and words[0] == "（" and words[1] in "一二三四五六七八九十1234567890" and words[2] == "）":
            a += 3
        elif len(words) > 3 and words[0].isdigit() and words[1] in "、.．":
            a += 2
        return self.text[a:b], (a, b)

    def quantity(self, cell: Cell, role: str, hint: UnitHint | None, name_hint: UnitHint | None) -> Quantity:
        """The cell's quantity with the unit of its column, its name or the table."""
        q = cell.q
        assert q is not None
        if q.bare:
            use = hint
            if use is None and role in ("rate", "change"):
                use = _PERCENT
            if use is None and role == "score" and self._graded:
                use = _SCORE
            if use is None and role in ("target", "cycle", "actual", ""):
                use = name_hint
            if use is None and (role in MONEY_ROLES or (role == "actual" and any(r in MONEY_ROLES for r in self.roles))):
                use = self.caption_hint
            if use is None and role == "":
                use = self.caption_hint if q.value == q.value.to_integral_value() or abs(q.value) > 100 else None
            if use is not None and (again := self.finder.parse_cell(self.text[cell.start : cell.end], unit_hint=use)) is not None:
                q = again
        return replace(q, start=q.start + cell.start, end=q.end + cell.start)

    def _emit(self, row: Row) -> None:
        values = row.values
        if len(values) != len(self.values):  # a cell printed as empty keeps its column only where all columns are there
            values = [c for c in values if c.kind == "number"]
        row.name = WordRows(self).before(row.name)
        if not row.name:
            name, span = (self.last_name, None) if row.grade is not None or len(values) == 1 else ("", None)
        else:
            name, span = self.name_of(row.name)
        self._graded = row.grade is not None
        roles = self._assign(values, name)
        kept = [(c, r) for c, r in zip(values, roles, strict=True) if c.kind == "number"]
        values, roles = [c for c, _ in kept], [r for _, r in kept]
        if self._graded and len(values) == 1:
            roles = [("score", roles[0][1] if roles[0][0] == "score" else None)]
        roles = rate_by_sums(values, roles)
        name_hint = unit_hint(name) if name else None
        got: dict[str, Quantity] = {}
        for cell, (role, hint) in zip(values, roles, strict=True):
            q = self.quantity(cell, role, hint, name_hint)
            self.quantities.append(q)
            if role and role not in got:
                got[role] = q
            elif not role:
                got.setdefault(f"?{len(got)}", q)
        for cell in row.name:
            self.text_quantities(cell)
        if not name:
            return
        if row.name:
            self.last_name = name
        self.records(name, span, got, row)

    def text_quantities(self, cell: Cell) -> None:
        for q in self.finder.find(self.text[cell.start : cell.end]):
            self.quantities.append(replace(q, start=q.start + cell.start, end=q.end + cell.start))

    def _assign(self, values: Sequence[Cell], name: str) -> list[tuple[str, UnitHint | None]]:
        """A role (and the column's unit) for each value of a row; "" where nothing fits."""
        columns = self.values
        k, m = len(values), len(columns)
        if m == 0:
            return self._guess(values, name)
        if k >= m:
            return [columns[i] if i < m else ("", None) for i in range(k)]
        best, score = None, -1e9
        for chosen in combinations(range(m), k):
            value = plausible([(columns[c][0], v) for c, v in zip(chosen, values, strict=True)])
            if value > score:
                best, score = chosen, value
        assert best is not None
        return [columns[c] for c in best]

    def _guess(self, values: Sequence[Cell], name: str) -> list[tuple[str, UnitHint | None]]:
        """Roles where the head is not there: a sign marks a target, a value of its unit beside it the actual; two signs are the cycle's and the year's target."""
        if self.order and len(values) == len(self.order):
            return [(role, None) for role in self.order]
        signed = [v.q is not None and v.q.op in (">=", "<=", ">", "<") for v in values]
        if len(values) == 2 and all(signed):
            return [("cycle", None), ("target", None)]
        if len(values) == 2 and _TOTAL.match(name) and all(v.q and v.q.bare and v.q.value <= 200 for v in values):
            return [("weight", None), ("score", None)]
        if len(values) == 2 and values[0].q and values[1].q and self.levelled:
            return [("cycle", None), ("target", None)] if not signed[0] else [("target", None), ("cycle" if signed[1] else "actual", None)]
        first, second = (values[0].q, values[1].q) if len(values) == 2 else (None, None)
        if first and second and first.unit and first.unit == second.unit and (signed[0] or self._answered):
            self._answered = True
            return [("target", None), ("actual", None)]
        if len(values) >= 1 and signed[0]:
            return [("target", None), *[("", None)] * (len(values) - 1)]
        return [("", None)] * len(values)

    # -- records ---------------------------------------------------------------------------------------------------------------------

    def records(self, name: str, span: tuple[int, int] | None, got: dict[str, Quantity], row: Row) -> None:
        """Add the records of one row."""
        self.drafts += records_of(name, span, got, roles=self.roles, row=row, has_name=bool(self.last_name))
