"""Tables whose head stands on one line and whose rows stand on one line each: cells are matched to the columns from the left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zhibiao.quantities import UnitHint, unit_hint
from zhibiao.schema import Quantity

from .cell import Cell
from .drafts import Draft, words_side
from .records import SIGNS, Row, value_of

if TYPE_CHECKING:
    from .tables import TableReader


class LineRows:
    """Reads the rows of one region into its table reader."""

    def __init__(self, table: TableReader) -> None:
        self.table = table

    def read(self) -> None:
        """Rows that stand on one line each: cells are matched to the columns from the left, levels first."""
        lines: dict[int, list[Cell]] = {}
        for cell in self.table.region.cells:
            lines.setdefault(cell.line, []).append(cell)
        pending: list[Cell] = []
        headed = False
        for cells in lines.values():
            heads = sum(c.kind == "head" for c in cells)
            if heads >= 3 and heads >= 0.75 * len(cells):
                self.table.head([c for c in cells if c.kind == "head"])
                pending, headed = [], True
                continue
            if all(c.kind in ("head", "unit") for c in cells):
                pending = []
                continue
            if not headed:
                self.table.stream(cells)
                continue
            if not self._line(cells, pending):
                pending = [*pending, *cells]
            else:
                pending = []

    def _line(self, cells: list[Cell], pending: list[Cell]) -> bool:
        """Read one line as a row; False where it is only the beginning of a name."""
        rest = list(cells)
        columns = [(role, hint) for role, hint in self.table.columns if role not in ("level", "index")]
        while rest and (rest[0].kind == "level" or (len(rest) > len(columns) and self._is_level(rest[0]))):
            rest.pop(0)
            self.table.levelled = True
        if (
            len(rest) > 1
            and any(r == "index" for r, _ in self.table.columns)
            and rest[0].q is not None
            and self.table.text[rest[0].start : rest[0].end].isdigit()
        ):
            rest.pop(0)
        wanted = [(r, h) for r, h in columns if r not in ("name", "text")]
        values = [c for c in rest if c.kind == "number"]
        tail = 0
        while tail < len(rest) and rest[-1 - tail].kind == "number":
            tail += 1
        if (
            not rest
            or (len(rest) < 2 and not values)
            or (not values and len(rest) <= len(wanted))
            or (values and not tail and len(rest) <= len(wanted))
        ):
            return False
        if tail == 1 and len(wanted) >= 3 and len(rest) <= len(wanted):
            return False  # a number inside a wrapped name
        if len(values) == len(rest):  # the name stood on the lines before
            if not pending:
                return False
            name, cells_of_row = pending, rest
        else:
            first = 1
            while first < len(rest) and len(rest) - first > len(wanted) + sum(r == "text" for r, _ in columns):
                first += 1
            while (
                first < len(rest)
                and rest[first].kind != "number"
                and any(c.kind == "number" for c in rest[first:])
                and len(rest) - first > len(wanted)
            ):
                first += 1
            name, cells_of_row = rest[:first], rest[first:]
            if pending and max(c.end - c.start for c in pending) >= 6:
                name = [*pending, *name]
        merged = self._merge(cells_of_row, wanted)
        if merged is None:
            row = Row(name=name, values=[c for c in cells_of_row if c.kind == "number"])
            for cell in cells_of_row:
                if cell.kind != "number":
                    self.table.text_quantities(cell)
            self.table.finish(row)
            return True
        self._emit_line(name, merged)
        return True

    def _is_level(self, cell: Cell) -> bool:
        words = self.table.text[cell.start : cell.end]
        return "指标（" in words or words.endswith(("指标", "效益", "影响"))

    def _merge(self, cells: list[Cell], wanted: list[tuple[str, UnitHint | None]]) -> list[tuple[str, Cell, Quantity | None]] | None:
        """Match cells to columns one to one; the sign and unit columns go into the target beside them. None where they do not match."""
        if len(cells) < len(wanted):
            return None
        out: list[tuple[str, Cell, Quantity | None]] = []
        sign = unit = ""
        for (role, _), cell in zip(wanted, cells, strict=False):
            words = self.table.text[cell.start : cell.end]
            if role == "op":
                sign = words
            elif role == "unit":
                unit = words
        for (role, hint), cell in zip(wanted, cells, strict=False):
            if role in ("op", "unit"):
                continue
            q: Quantity | None = None
            if cell.kind == "number":
                use = (
                    unit_hint(f"（{unit}）")
                    if unit and cell.q is not None and cell.q.bare and role in ("target", "cycle", "actual")
                    else None
                )
                q = self.table.quantity(cell, role, use or hint, None)
                if sign and role in ("target", "cycle") and (op := SIGNS.get(sign)):
                    q = replace(q, op=op)
            elif not self.table.text[cell.start : cell.end].strip("-—–/"):
                continue  # an empty cell, printed as a dash
            elif role not in ("target", "cycle", "actual"):
                return None
            out.append((role, cell, q))
        for cell in cells[len(wanted) :]:
            self.table.text_quantities(cell)
        return out

    def _emit_line(self, name_cells: list[Cell], merged: list[tuple[str, Cell, Quantity | None]]) -> None:
        name, span = self.table.name_of(name_cells)
        hint = unit_hint(name)
        got: dict[str, Quantity] = {}
        words: dict[str, Cell] = {}
        for role, cell, q in merged:
            if q is None:
                words[role] = cell
                self.table.text_quantities(cell)
                continue
            if q.bare and hint is not None and not q.unit and role in ("target", "cycle", "actual"):
                q = self.table.quantity(cell, role, None, hint)
            self.table.quantities.append(q)
            got[role] = q
        for cell in name_cells:
            self.table.text_quantities(cell)
        self.table.last_name = name
        before = len(self.table.drafts)
        scores: dict[str, Quantity] = (
            {k: got.pop(k) for k in ("weight", "score") if k in got} if words.keys() & {"target", "actual"} else {}
        )
        if got:
            self.table.records(name, span, got, Row())
        told = next((d for d in self.table.drafts[before:] if d.type == "performance"), None)
        if "target" in words and told is None:
            told = Draft("performance", [span], method="table", start=span[0], end=words["target"].end)
            self.table.drafts.append(told)
        if told is None and scores:
            self.table.records(name, span, scores, Row())
        if told is not None:
            told.weight, told.score = told.weight or value_of(scores.get("weight")), told.score or value_of(scores.get("score"))
            for role in ("target", "actual"):
                if role in words and getattr(told, role) is None:
                    setattr(told, role, words_side(self.table.text, words[role].start, words[role].end))
                    told.end = max(told.end, words[role].end)
