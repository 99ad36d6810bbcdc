"""Rows of a flattened table become records: names, levels, targets, actuals, budgets, rates, scores by the roles of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import combinations

from zhibiao.quantities import QuantityFinder, UnitHint, unit_hint
from zhibiao.schema import Op, Quantity

from .cells import Cell, Region, header_of
from .drafts import Draft, NamesOf, side, similar, words_side

VALUE_ROLES = ("target", "cycle", "actual", "weight", "score", "initial", "budget", "executed", "rate", "change", "amount", "last")
_SIGNS: dict[str, Op] = {"≥": ">=", "≤": "<=", ">": ">", "<": "<", "=": "=", "定量": "=", ">=": ">=", "<=": "<="}
_MONEY = ("initial", "budget", "executed", "amount", "last")
_PERCENT = UnitHint("%", Decimal(1), "percent")
_SCORE = UnitHint("分", Decimal(1), "score")


@dataclass(slots=True)
class Row:
    """A row in the making: its name cells and value cells."""

    name: list[Cell] = field(default_factory=list)
    values: list[Cell] = field(default_factory=list)
    grade: Cell | None = None
    level1: str = ""
    level2: str = ""


class TableReader:
    """Reads the rows of one region. ``caption`` may hold 单位：万元; ``last_name`` is the name of the row above this region."""

    def __init__(self, region: Region, *, finder: QuantityFinder, names_of: NamesOf, caption: str = "", last_name: str = "") -> None:
        self.names_of = names_of
        self._graded = False
        self.region = region
        self.text = region.text
        self.finder = finder
        self.drafts: list[Draft] = []
        self.quantities: list[Quantity] = []
        self.last_name = last_name
        self._head(header_of(region.cells))
        self.caption_hint = unit_hint(caption) if caption else None
        for cell in region.cells:
            if cell.kind == "unit" and cell.hint is not None and self.caption_hint is None and not any(cell.hint == h for _, h in self.columns):
                self.caption_hint = cell.hint
        self.levels: list[str] = []

    def _head(self, head: Sequence[Cell]) -> None:
        """Take the roles and units of the columns from these head cells. Where no column names the rows, the first one does."""
        self.columns = [(c.role, c.hint) for c in head]
        roles = [role for role, _ in self.columns]
        if roles and "name" not in roles:
            first = next((i for i, role in enumerate(roles) if role in VALUE_ROLES and role != "amount"), len(roles))
            if levels := [i for i in range(first) if roles[i] == "level"]:
                self.columns[levels[-1]] = ("name", None)
            elif roles[0] in ("amount", "text", "index"):
                self.columns[0] = ("name", None)
        self.values = [(role, hint) for role, hint in self.columns if role in VALUE_ROLES]
        self.roles = [role for role, _ in self.values]

    def read(self) -> tuple[list[Quantity], list[Draft]]:
        """The quantities and records of the region, in offsets of the region's text."""
        if self.region.rows and len(self.columns) >= 3:
            self._read_lines()
            self.quantities.sort(key=lambda q: (q.start, q.end))
            return self.quantities, self.drafts
        self._stream(self.region.cells)
        self.quantities.sort(key=lambda q: (q.start, q.end))
        return self.quantities, self.drafts

    def _stream(self, cells: Sequence[Cell]) -> None:
        """Read cells one after the other: text opens a row, numbers fill it."""
        row = Row()
        indexed = any(role == "index" for role, _ in self.columns)
        for i, cell in enumerate(cells):
            if cell.kind in ("head", "unit"):
                if row.values:
                    row = self.finish(row)
                continue
            if cell.kind == "level":
                if row.values or row.name:
                    row = self.finish(row)
                self._level(cell)
            elif cell.kind == "grade":
                row.grade = cell
                row = self.finish(row)
            elif cell.kind == "number":
                if not row.name and not row.values and self._is_index(cell, cells[i + 1] if i + 1 < len(cells) else None, indexed):
                    continue
                row.values.append(cell)
            else:
                if row.values:
                    row = self.finish(row)
                row.name.append(cell)
        self.finish(row)

    def _is_index(self, cell: Cell, following: Cell | None, indexed: bool) -> bool:
        text = self.text[cell.start : cell.end]
        return text.isdigit() and len(text) <= 3 and (indexed or (following is not None and following.kind == "text" and following.line != cell.line))

    def _level(self, cell: Cell) -> None:
        words = self.text[cell.start : cell.end]
        self.levels = [*self.levels[-1:], words]

    # -- one row a line --------------------------------------------------------------------------------------------------------------

    def _read_lines(self) -> None:
        """Rows that stand on one line each: cells are matched to the columns from the left, levels first."""
        lines: dict[int, list[Cell]] = {}
        for cell in self.region.cells:
            lines.setdefault(cell.line, []).append(cell)
        pending: list[Cell] = []
        headed = False
        for cells in lines.values():
            heads = sum(c.kind == "head" for c in cells)
            if heads >= 3 and heads >= 0.75 * len(cells):
                self._head([c for c in cells if c.kind == "head"])
                pending, headed = [], True
                continue
            if all(c.kind in ("head", "unit") for c in cells):
                pending = []
                continue
            if not headed:
                self._stream(cells)
                continue
            if not self._line(cells, pending):
                pending = [*pending, *cells]
            else:
                pending = []

    def _line(self, cells: list[Cell], pending: list[Cell]) -> bool:
        """Read one line as a row; False where it is only the beginning of a name."""
        rest = list(cells)
        columns = [(role, hint) for role, hint in self.columns if role not in ("level", "index")]
        while rest and (rest[0].kind == "level" or (len(rest) > len(columns) and self._is_level(rest[0]))):
            self._level(rest.pop(0))
        if len(rest) > 1 and any(r == "index" for r, _ in self.columns) and rest[0].q is not None and self.text[rest[0].start : rest[0].end].isdigit():
            rest.pop(0)
        wanted = [(r, h) for r, h in columns if r not in ("name", "text")]
        values = [c for c in rest if c.kind == "number"]
        tail = 0
        while tail < len(rest) and rest[-1 - tail].kind == "number":
            tail += 1
        if not rest or (len(rest) < 2 and not values) or (not values and len(rest) <= len(wanted)) or (values and not tail and len(rest) <= len(wanted)):
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
            while first < len(rest) and rest[first].kind != "number" and any(c.kind == "number" for c in rest[first:]) and len(rest) - first > len(wanted):
                first += 1
            name, cells_of_row = rest[:first], rest[first:]
            if pending and max(c.end - c.start for c in pending) >= 6:
                name = [*pending, *name]
        merged = self._merge(cells_of_row, wanted)
        if merged is None:
            row = Row(name=name, values=[c for c in cells_of_row if c.kind == "number"])
            for cell in cells_of_row:
                if cell.kind != "number":
                    self._text_quantities(cell)
            self.finish(row)
            return True
        self._emit_line(name, merged)
        return True

    def _is_level(self, cell: Cell) -> bool:
        words = self.text[cell.start : cell.end]
        return "指标（" in words or words.endswith(("指标", "效益", "影响"))

    def _merge(self, cells: list[Cell], wanted: list[tuple[str, UnitHint | None]]) -> list[tuple[str, Cell, Quantity | None]] | None:
        """Match cells to columns one to one; the sign and unit columns go into the target beside them. None where they do not match."""
        if len(cells) < len(wanted):
            return None
        out: list[tuple[str, Cell, Quantity | None]] = []
        sign = unit = ""
        for (role, _), cell in zip(wanted, cells, strict=False):
            words = self.text[cell.start : cell.end]
            if role == "op":
                sign = words
            elif role == "unit":
                unit = words
        for (role, hint), cell in zip(wanted, cells, strict=False):
            if role in ("op", "unit"):
                continue
            q: Quantity | None = None
            if cell.kind == "number":
                use = unit_hint(f"（{unit}）") if unit and cell.q is not None and cell.q.bare and role in ("target", "cycle", "actual") else None
                q = self._quantity(cell, role, use or hint, None)
                if sign and role in ("target", "cycle") and (op := _SIGNS.get(sign)):
                    q = replace(q, op=op)
            elif not self.text[cell.start : cell.end].strip("-—–/"):
                continue  # an empty cell, printed as a dash
            elif role not in ("target", "cycle", "actual"):
                return None
            out.append((role, cell, q))
        for cell in cells[len(wanted) :]:
            self._text_quantities(cell)
        return out

    def _emit_line(self, name_cells: list[Cell], merged: list[tuple[str, Cell, Quantity | None]]) -> None:
        name, span = self._name(name_cells)
        hint = unit_hint(name)
        got: dict[str, Quantity] = {}
        words: dict[str, Cell] = {}
        for role, cell, q in merged:
            if q is None:
                words[role] = cell
                self._text_quantities(cell)
                continue
            if q.bare and hint is not None and not q.unit and role in ("target", "cycle", "actual"):
                q = self._quantity(cell, role, None, hint)
            self.quantities.append(q)
            got[role] = q
        for cell in name_cells:
            self._text_quantities(cell)
        self.last_name = name
        before = len(self.drafts)
        scores = {k: got.pop(k) for k in ("weight", "score") if k in got} if words.keys() & {"target", "actual"} else {}
        if got:
            self._records(name, span, got, Row())
        told = next((d for d in self.drafts[before:] if d.type == "performance"), None)
        if "target" in words and told is None:
            told = Draft("performance", [span], method="table", start=span[0], end=words["target"].end)
            self.drafts.append(told)
        if told is None and scores:
            self._records(name, span, scores, Row())
        if told is not None:
            told.weight, told.score = told.weight or _value(scores.get("weight")), told.score or _value(scores.get("score"))
            for role in ("target", "actual"):
                if role in words and getattr(told, role) is None:
                    setattr(told, role, words_side(self.text, words[role].start, words[role].end))
                    told.end = max(told.end, words[role].end)

    # -- a row ---------------------------------------------------------------------------------------------------------------------

    def finish(self, row: Row) -> Row:
        """Turn the row into records and begin a new one."""
        if row.values:
            self._emit(row)
        elif row.name:
            self._words(row)
        return Row()

    def _name(self, cells: Sequence[Cell]) -> tuple[str, tuple[int, int]]:
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

    def _quantity(self, cell: Cell, role: str, hint: UnitHint | None, name_hint: UnitHint | None) -> Quantity:
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
            if use is None and (role in _MONEY or (role == "actual" and any(r in _MONEY for r in self.roles))):
                use = self.caption_hint
            if use is None and role == "":
                use = self.caption_hint if q.value == q.value.to_integral_value() or abs(q.value) > 100 else None
            if use is not None and (again := self.finder.parse_cell(self.text[cell.start : cell.end], unit_hint=use)) is not None:
                q = again
        return replace(q, start=q.start + cell.start, end=q.end + cell.start)

    def _emit(self, row: Row) -> None:
        values = row.values
        row.name = self._words_before(row.name)
        if not row.name:
            name, span = (self.last_name, None) if row.grade is not None or len(values) == 1 else ("", None)
        else:
            name, span = self._name(row.name)
        self._graded = row.grade is not None
        roles = self._assign(values)
        if self._graded and len(values) == 1:
            roles = [("score", roles[0][1] if roles[0][0] == "score" else None)]
        name_hint = unit_hint(name) if name else None
        got: dict[str, Quantity] = {}
        for cell, (role, hint) in zip(values, roles, strict=True):
            q = self._quantity(cell, role, hint, name_hint)
            self.quantities.append(q)
            if role and role not in got:
                got[role] = q
            elif not role:
                got.setdefault(f"?{len(got)}", q)
        for cell in row.name:
            self._text_quantities(cell)
        if not name:
            return
        if row.name:
            self.last_name = name
        self._records(name, span, got, row)

    def _text_quantities(self, cell: Cell) -> None:
        for q in self.finder.find(self.text[cell.start : cell.end]):
            self.quantities.append(replace(q, start=q.start + cell.start, end=q.end + cell.start))

    def _assign(self, values: Sequence[Cell]) -> list[tuple[str, UnitHint | None]]:
        """A role (and the column's unit) for each value of a row; "" where nothing fits."""
        columns = self.values
        k, m = len(values), len(columns)
        if m == 0:
            return self._guess(values)
        if k >= m:
            return [columns[i] if i < m else ("", None) for i in range(k)]
        best, score = None, -1e9
        for chosen in combinations(range(m), k):
            value = _plausible([(columns[c][0], v) for c, v in zip(chosen, values, strict=True)])
            if value > score:
                best, score = chosen, value
        assert best is not None
        return [columns[c] for c in best]

    def _guess(self, values: Sequence[Cell]) -> list[tuple[str, UnitHint | None]]:
        """Roles where the head is not there: a sign marks a target; two signs are the whole cycle's and the year's target."""
        signed = [v.q is not None and v.q.op in (">=", "<=", ">", "<") for v in values]
        if len(values) == 2 and all(signed):
            return [("cycle", None), ("target", None)]
        if len(values) == 2 and values[0].q and values[1].q and self.levels:
            return [("cycle", None), ("target", None)] if not signed[0] else [("target", None), ("cycle" if signed[1] else "actual", None)]
        if len(values) >= 1 and signed[0]:
            return [("target", None), *[("", None)] * (len(values) - 1)]
        return [("", None)] * len(values)

    # -- records ---------------------------------------------------------------------------------------------------------------------

    def _records(self, name: str, span: tuple[int, int] | None, got: dict[str, Quantity], row: Row) -> None:
        first = min([q.start for q in got.values()] + ([span[0]] if span else []))
        last = max(q.end for q in got.values())

        def draft(kind: str, *, target: Quantity | None = None, actual: Quantity | None = None, change: str = "", suffix: str = "") -> None:
            d = Draft(kind, [span] if span else [], target=side(target) if target else None, actual=side(actual) if actual else None, change=change, suffix=suffix, method="table")  # type: ignore[arg-type]
            if not span:
                d.prefix = name
            d.start, d.end = first, last
            self.drafts.append(d)

        before = len(self.drafts)
        target, actual = got.get("target"), got.get("actual")
        budget = got.get("budget") or got.get("initial")
        if budget is not None or "executed" in got or (actual is not None and {"initial", "budget"} & set(self.roles)):
            draft("budget", target=budget, actual=got.get("executed") or actual)
        elif target is not None or (actual is not None and "target" in self.roles):
            draft("performance", target=target, actual=actual)
        elif actual is not None:
            draft("fact", actual=actual)
        elif got.get("cycle") is not None:
            draft("performance", target=got["cycle"])
        if len(self.drafts) > before:
            self.drafts[before].weight, self.drafts[before].score = _value(got.get("weight")), _value(got.get("score"))
        elif "weight" in got or ("score" in got and not row.grade):
            draft("score", target=got.get("weight"), actual=got.get("score"))
        elif "score" in got:
            draft("score", actual=got["score"], suffix="评价分数" if not span else "")
        if "rate" in got:
            draft("fact", actual=got["rate"], suffix="预算完成率")
        if "change" in got:
            draft("fact", actual=got["change"], change="比上年增长")
        if "amount" in got:
            draft("fact", actual=got["amount"])
        if "last" in got:
            draft("fact", actual=got["last"], change="上年")
        for role, q in got.items():
            if role.startswith("?"):
                if row.grade is not None or (not row.name and self.last_name):
                    draft("score", actual=q, suffix="评价分数")
                else:
                    draft("fact", actual=q)

    def _words_before(self, cells: list[Cell]) -> list[Cell]:
        """Of the text cells before a row's numbers, those of earlier rows told in words are read apart; the row's own name is left."""
        columns = [r for r in self.roles if r in ("target", "cycle", "actual")]
        if self.region.rows or len(cells) < 4 or (columns and len(columns) < 2):
            return cells
        for end in range(len(cells) - 1, 2, -1):  # a value printed twice ends a row in words
            parts = self._split_words([(c.start, c.end) for c in cells[:end]], 2)
            if parts is not None and len(parts) == 3:
                self._words(Row(name=cells[:end]))
                return cells[end:]
        width = 1 + len(columns)
        if len(columns) < 2 or (len(cells) - 1) % width:
            return cells
        for at in range(0, len(cells) - 1, width):
            group = cells[at : at + width]
            d = Draft("performance", [(group[0].start, group[0].end)], method="table", start=group[0].start, end=group[-1].end)
            for role, cell in zip(columns, group[1:], strict=True):
                if role in ("target", "actual"):
                    setattr(d, role, words_side(self.text, cell.start, cell.end))
            self.drafts.append(d)
        return cells[-1:]

    def _words(self, row: Row) -> None:
        """A row with no number cell: name, then the target in words, printed once a target column."""
        before = len(self.quantities)
        if row.name:
            a, b = row.name[0].start, row.name[-1].end
            self.quantities += [replace(q, start=q.start + a, end=q.end + a) for q in self.finder.find(self.text[a:b])]
        found = self.quantities[before:]
        columns = [r for r in self.roles if r in ("target", "cycle", "actual")]
        if not columns and not self.levels:
            return
        if len(found) >= 2 and self._told_in_cells(row, found, columns):
            return
        lines = [(c.start, c.end) for c in row.name]
        parts = self._split_words(lines, max(1, len(columns)))
        if parts is None:
            return
        name, *values = parts
        d = Draft("performance", [name], method="table", target=words_side(self.text, *values[-1] if "cycle" in columns else values[0]))
        if "actual" in columns and len(values) > 1:
            d.actual = words_side(self.text, *values[1])
        d.start, d.end = name[0], values[-1][1]
        self.drafts.append(d)

    def _told_in_cells(self, row: Row, found: list[Quantity], columns: list[str]) -> bool:
        """Cells of text that hold numbers: the second column words the first one again (共支持≥1570项…共支持≥314项…)."""
        a, b = row.name[0].start, row.name[-1].end
        names = self.names_of(self.text[a:b], [replace(q, start=q.start - a, end=q.end - a) for q in found])
        half = len(found) // 2
        twice = len(found) % 2 == 0 and all(similar(x, y) >= 0.6 for x, y in zip(names[:half], names[half:], strict=True))
        if not twice:
            return False
        title = self.text[a : found[0].start]
        actual = "actual" in columns and "cycle" not in columns
        for first, second, name in zip(found[:half], found[half:], names[half:], strict=True):
            d = Draft("performance", [], prefix=name or title, method="table", start=first.start, end=second.end)
            d.target = side(first if actual else second)
            d.actual = side(second) if actual else None
            self.drafts.append(d)
        return True

    def _split_words(self, lines: list[tuple[int, int]], columns: int) -> list[tuple[int, int]] | None:
        """Name and value spans among text lines: by a value printed twice, or name and one short value."""
        n = len(lines)
        for i in range(1, n):
            rest = n - i
            if rest % 2 == 0 or columns == 2:
                for j in range(i + 1, n):
                    a, b = self.text[lines[i][0] : lines[j - 1][1]], self.text[lines[j][0] : lines[-1][1]]
                    if a == b:
                        return [(lines[0][0], lines[i - 1][1]), (lines[i][0], lines[j - 1][1]), (lines[j][0], lines[-1][1])]
        if n == 2 and columns == 1:
            return [lines[0], lines[1]]
        return None


def _value(q: Quantity | None) -> Decimal | None:
    return q.value if q is not None else None


def _plausible(pairs: Sequence[tuple[str, Cell]]) -> float:
    """How well values fit the columns they would stand in (rows with empty cells)."""
    got = {role: cell.q.value for role, cell in pairs if cell.q is not None}
    score = 0.0
    money = [float(v) for r, v in got.items() if r in _MONEY or r == "actual"]
    for role, cell in pairs:
        assert cell.q is not None
        value = abs(float(cell.q.value))
        percent = cell.q.kind == "percent"
        if role in ("rate", "change"):
            score += 0.5 if percent or value < 1000 else -2
        elif role in _MONEY:
            score -= 2 if percent else 0
            score += 0.3 if value >= 100 else -0.3
        elif role in ("weight", "score"):
            score += 0.3 if value <= 100 else -2
    budget = got.get("budget") or got.get("initial")
    done = got.get("executed") or got.get("actual")
    if "rate" in got:
        if budget and done:
            score += 2 if abs(float(done) / float(budget) * 100 - float(got["rate"])) < 1 else -2
        else:
            score -= 1.5
    if len(money) == 1 and done:
        score += 0.4
    if len(money) == 2 and min(money) > 0 and max(money) / min(money) > 50:
        score -= 1
    return score
