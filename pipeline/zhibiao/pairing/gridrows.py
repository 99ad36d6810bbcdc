"""Rows of a grid become records: couples of plan and result, budget pairs, rates, changes, scores, and a fact for each other cell."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Protocol

from zhibiao.quantities import QuantityFinder, UnitHint, unit_hint
from zhibiao.schema import Quantity, RecordType

from .cell import Cell
from .columns import PERCENT, Column
from .drafts import Draft, Span, points, side, words_side
from .grid import Grid, GridRow
from .records import MONEY_ROLES, SIGNS, value_of

_NOT_VALUES = ("name", "level", "text", "index", "unit", "op")
#: Heads of columns that count: the money unit of a caption is not theirs.
_COUNTS = re.compile(r"(?:[人户个件次台项家宗起所村校条名批篇]数?|数量|人次|[面容体]积|户数|企业|车辆|行次)$")
_SUM = re.compile(r"合计|小计|总计|本年支出$|本年收入$|总额")
_FULL_MARKS = 1000
_TOTAL = re.compile(r"(?:总[分计]|合计|得分合计|合计得分|总得分|自评总分|评价总分|总\s*分值?)(?:（分）)?")
_MONEY = re.compile(r"资金|成本|造价|金额|[收支]出?入?$|投资|经费|补[贴助偿]|奖补|到款|预算|决算|[价税费额款]$|拨付|支付")
_FRONT = re.compile(
    r"^(?:其中[：:]?|[#★△▲]|[一二三四五六七八九十]{1,3}[、.](?![二三四五六七八九十]|一(?!般|体|站|次|线|类|流|事))|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.](?!\d))+"
)
#: Changes that are told in the unit of the thing itself.
_ABSOLUTE = re.compile(r"[数额量差]$")
#: Heads that only say that the value is of this year.
_NOW = re.compile(r"(?:本年|本年度|当年|本期|全年|年末|期末|年内)(?:数|数量|值|实绩|实际|累计|完成)?$")
_STATED = re.compile(r"(?:单位|金额)[：:]|单位为|（[百千万亿]{0,2}元）$")
_LIST = re.compile(r"(?:单位|金额)[：:]([^，。；）)]{1,24})")


class Sheet(Protocol):
    """Where the rows of a grid are read into: the words of its cells, and what was found so far."""

    text: str
    finder: QuantityFinder
    quantities: list[Quantity]
    drafts: list[Draft]
    last_name: str

    def text_quantities(self, cell: Cell) -> None:
        """Keep the quantities that stand among the words of a cell."""


class GridRows:
    """Reads the rows of one grid into its table reader. ``caption``: the words around the table, where its unit may stand."""

    def __init__(self, table: Sheet, grid: Grid, caption: str) -> None:
        self.table = table
        self.grid = grid
        self.columns = grid.columns
        stated = [cell.words for cell in grid.rest if _STATED.search(cell.words) or (cell.kind == "unit" and cell.hint is not None)]
        self.caption = self._stated([caption, *stated])
        heads = [c.hint for c in self.columns.all if c.role == "name" and c.hint is not None and c.hint.kind == "money"]
        self.caption = self.caption or next(iter(heads), None)
        self.listed = self._listed("；".join([caption, *stated]))
        self.budget = any(self._kind(couple) == "budget" for couple in self.columns.couples) or any(
            c.role in ("budget", "executed", "initial") for c in self.columns.all
        )
        self.graded = any(c.role in ("weight", "score") for c in self.columns.all)
        years = sorted({c.year[:4] for c in self.columns.all if c.year})
        self.latest = years[-1] if years else ""

    @staticmethod
    def _stated(words: list[str]) -> UnitHint | None:
        """The unit of the whole table: 单位：万元, （金额：万元）, （万元）."""
        return next(
            (hint for w in words if w and (hint := unit_hint(w.replace("金额：", "单位：").replace("单位为", "单位："))) is not None), None
        )

    def _listed(self, caption: str) -> dict[int, UnitHint]:
        """单位：人、%、万元 gives each column its unit in turn where there are as many; else money its unit, counts theirs."""
        found = _LIST.search(caption)
        units = re.split(r"[、/，]", found[1]) if found else []
        columns = [i for i, c in enumerate(self.columns.all) if c.role not in _NOT_VALUES]
        hints = [unit_hint(f"（{u.strip()}）") for u in units]
        if len(units) < 2:
            return {}
        if len(units) == len(columns):
            return {i: h for i, h in zip(columns, hints, strict=True) if h is not None}
        out: dict[int, UnitHint] = {}
        for i in columns:
            column = self.columns.all[i]
            money = column.role in MONEY_ROLES or (_MONEY.search(column.words) is not None)
            fits = [h for h in hints if h is not None and h.kind != "percent" and (h.kind == "money") == money]
            if fits and column.role not in ("rate", "change", "share"):
                out[i] = fits[0]
        return out

    def read(self) -> None:
        for row in self.grid.rows:
            self._row(row)
        for cell in self.grid.rest:
            self.table.text_quantities(cell)

    def _kind(self, couple: tuple[int, int]) -> RecordType:
        roles = {self.columns.all[i].role for i in couple}
        return "budget" if roles & {"budget", "initial", "executed"} else "performance"

    def _hint(self, at: int, unit: UnitHint | None, name: str) -> UnitHint | None:
        """The unit of a bare number: its column's, that of the unit column, the name's, the caption's.

        Where rows are graded they are indicators of every kind: a caption's 万元 is of those that speak of money.
        """
        column = self.columns.all[at]
        if column.role in ("rate", "change", "share") and not _ABSOLUTE.search(column.words):
            return column.hint or (PERCENT if self.caption is None or column.role != "change" else None)
        if column.role in ("weight", "score"):
            return None
        hint = column.hint or self.listed.get(at)
        if hint is None:
            hint = unit
        if hint is None and column.role not in MONEY_ROLES:
            hint = unit_hint(name)
        if hint is None and self.caption is not None:
            money = self.caption.kind == "money"
            if money and self.graded and column.role in ("target", "actual", "cycle") and not _MONEY.search(name):
                return None
            if self.listed and not money:
                return None
            if not (money and _COUNTS.search(column.words)) and not (self.caption.kind == "percent" and column.role in MONEY_ROLES):
                hint = self.caption
        return hint

    def _row(self, row: GridRow) -> None:
        sign, unit = row.sign, row.unit
        before = len(self.table.drafts)
        for j, cell in row.cells:
            role = self.columns.all[j].role
            if role == "op":
                sign = cell.words
            elif role == "unit" and cell.kind != "blank":
                unit = cell.words
        name, spans = self._name(row.name)
        unit_of = unit_hint(f"（{unit}）") if unit else None
        if self.graded and _TOTAL.fullmatch(name):
            row.cells = self._total(row.cells)
        got: dict[int, Quantity] = {}
        words: dict[int, Cell] = {}
        for j, cell in row.cells:
            column = self.columns.all[j]
            if column.role in ("index", "unit", "op", "level"):
                continue
            if cell.kind == "number" and column.role not in _NOT_VALUES:
                assert cell.q is not None
                q = cell.q
                if q.bare and (hint := cell.hint or self._hint(j, unit_of, name)) is not None:
                    read = self.table.finder.parse_cell(self.table.text[cell.start : cell.end], unit_hint=hint)
                    q = read if read is not None else q
                q = replace(q, start=q.start + cell.start, end=q.end + cell.start)
                if sign and column.role in ("target", "cycle") and q.op == "=" and (op := SIGNS.get(sign)):
                    q = replace(q, op=op)
                self.table.quantities.append(q)
                got[j] = q
            elif cell.kind != "blank":
                self.table.text_quantities(cell)
                words[j] = cell
        for t, a in self.columns.couples:
            if t in got and a in got:
                self._share_unit(got, t, a)
        for cell in row.name:
            self.table.text_quantities(cell)
        if spans or self.grid.title:
            self.table.last_name = name or self.grid.title
            self._records(spans, got, words)
        for d in self.table.drafts[before:]:
            d.levels = row.levels
            d.deviation = tuple((c.start, c.end) for c in (row.deviation, *row.more) if c is not None)

    def _total(self, cells: list[tuple[int, Cell]]) -> list[tuple[int, Cell]]:
        """The last row, which has nothing but the sums of weights and scores: its numbers, as printed, under these columns."""
        numbers = [cell for _, cell in cells if cell.kind == "number"]
        places = [j for role in ("weight", "score") for j, c in enumerate(self.columns.all) if c.role == role]
        if (
            not numbers
            or len(numbers) > len(places)
            or any(cell.q is None or not cell.q.bare or cell.q.value > _FULL_MARKS for cell in numbers)
        ):
            return cells
        return [*zip(places[-len(numbers) :], numbers, strict=True), *((j, c) for j, c in cells if c.kind != "number")]

    def _share_unit(self, got: dict[int, Quantity], target: int, actual: int) -> None:
        """A bare number takes the unit that the other side of its couple is printed with."""
        for j, other in ((target, actual), (actual, target)):
            q, unit = got[j], got[other]
            if q.unit or unit.bare or not unit.unit or (hint := unit_hint(f"（{unit.unit}）")) is None:
                continue
            read = self.table.finder.parse_cell(self.table.text[q.start : q.end], unit_hint=hint)
            if read is not None:
                found = self.table.quantities
                at = next(k for k in range(len(found) - 1, -1, -1) if found[k] is q)  # among the last: it is of this row
                got[j] = replace(read, start=read.start + q.start, end=read.end + q.start, op=q.op)
                found[at] = got[j]

    def _name(self, cells: list[Cell]) -> tuple[str, list[Span]]:
        """The words of a name and their spans: cells that stand end to end make one span; what opens a list is left out."""
        spans: list[Span] = []
        for cell in cells:
            if spans and spans[-1][1] == cell.start:
                spans[-1] = (spans[-1][0], cell.end)
            else:
                spans.append((cell.start, cell.end))
        if spans and (front := _FRONT.match(self.table.text[slice(*spans[0])])) and front.end() < spans[0][1] - spans[0][0]:
            spans[0] = (spans[0][0] + front.end(), spans[0][1])
        if spans and self.table.text[spans[-1][1] - 1] in "：:" and spans[-1][1] - spans[-1][0] > 1:
            spans[-1] = (spans[-1][0], spans[-1][1] - 1)
        return "".join(self.table.text[a:b] for a, b in spans), spans

    def _records(self, spans: list[Span], got: dict[int, Quantity], words: dict[int, Cell]) -> None:
        columns, drafts = self.columns.all, []
        places = [*spans, *((q.start, q.end) for q in got.values()), *((c.start, c.end) for c in words.values())]
        if not places:
            return
        first, last = min(a for a, _ in places), max(b for _, b in places)

        def draft(kind: RecordType, suffix: str = "", change: str = "", prefix: str = "") -> Draft:
            before = prefix if spans else prefix + self.grid.title
            d = Draft(kind, list(spans), suffix=suffix, change=change, prefix=before, method="table", start=first, end=last)
            drafts.append(d)
            return d

        many = len(self.columns.couples) > 1
        used: set[int] = set()
        for couple in self.columns.couples:
            t, a = couple
            used |= set(couple)
            if not (got.keys() | words.keys()) & set(couple):
                continue
            kind = self._kind(couple)
            if not got.keys() & set(couple) and kind == "budget":
                continue
            d = draft(
                kind, suffix=(columns[a].stem if columns[a].stem == columns[t].stem else columns[t].stem or columns[a].stem) if many else ""
            )
            for attribute, j in (("target", t), ("actual", a)):
                if j in got:
                    setattr(d, attribute, side(got[j]))
                elif j in words and kind == "performance":
                    setattr(d, attribute, words_side(self.table.text, words[j].start, words[j].end))
        host = drafts[0] if drafts else None
        free = [
            j
            for j, c in enumerate(columns)
            if j not in used and c.role not in (*_NOT_VALUES, "rate", "change", "share", "weight", "score", "last")
        ]
        above = ""  # the head that a column of changes stands behind
        weight = next((got[j] for j, c in enumerate(columns) if c.role == "weight" and j in got), None)
        score = next((got[j] for j, c in enumerate(columns) if c.role == "score" and j in got), None)
        if host is not None:
            host.weight, host.score = value_of(weight), value_of(score)
        for j, column in enumerate(columns):
            q = got.get(j)
            if column.role == "" and j not in used:
                above = self._own(column, free) if len(free) > 1 else ""
            if column.role == "target" and q is None and j in words and j not in used and host is None:
                draft("performance", suffix=self._among(j)).target = words_side(self.table.text, words[j].start, words[j].end)
            if q is None or j in used or column.role in ("weight", "score"):
                continue
            sides = {columns[t].role for t, _ in self.columns.couples}
            if (column.role == "initial" and sides & {"initial", "budget"}) or (column.role == "budget" and "initial" in sides):
                continue  # the other budget of a pair
            if column.role == "rate":
                draft("fact", suffix="预算完成率" if self.budget and self.columns.couples else self._plain(column)).actual = side(q)
            elif column.role == "change":
                draft("fact", suffix=above, change=self._plain(column) or "比上年增长").actual = side(q)
            elif column.role == "share":
                draft("fact", suffix=self._plain(column)).actual = side(q)
            elif column.role in ("target", "cycle"):
                if column.role == "target" or not any(columns[t].role == "target" for t in range(len(columns))):
                    draft("performance", suffix=self._among(j)).target = side(q)
            elif column.role in ("budget", "initial"):
                draft("budget", suffix=self._among(j), prefix=column.year).target = side(q)
            elif column.role == "executed":
                draft("budget", suffix=self._among(j), prefix=column.year).actual = side(q)
            elif column.role == "last":
                draft("fact", change="上年").actual = side(q)
            else:
                draft("fact", suffix=self._own(column, free), prefix=self._year(column)).actual = side(q)
        scores = [j for j, c in enumerate(columns) if c.role == "score" and j in got]
        for j in scores if host is None else scores[1:]:  # a second score is the one that was given on review
            part = len(scores) > 1 and (j != scores[0] or "分" not in columns[j].words)  # 得分: 决策 | 过程 | 产出
            d = draft("score", suffix=self._plain(columns[j]) if part else "")
            d.target, d.actual = points(weight) if weight else None, points(got[j])
            d.weight, d.score = value_of(weight), value_of(got[j])
        if host is None and weight is not None and not scores:
            d = draft("score")
            d.target, d.weight = points(weight), value_of(weight)
        self.table.drafts += drafts

    def _year(self, column: Column) -> str:
        return column.year if column.year and self.latest and column.year[:4] != self.latest else ""

    def _own(self, column: Column, free: list[int]) -> str:
        """What the head adds to the name: nothing where it is the one fact of the row, or only says when (本年)."""
        if _NOW.match(column.words):
            return ""
        return self._plain(column) if len(free) > 1 or self.columns.couples else ""

    def _among(self, at: int) -> str:
        """What the head adds where several columns have its role: nothing for the sum of the others."""
        column = self.columns.all[at]
        others = [c for c in self.columns.all if c.role == column.role and c.year == column.year]
        sums = [c for c in others if _SUM.search(c.words)]
        return "" if len(others) < 2 or sums == [column] else self._plain(column)

    def _plain(self, column: Column) -> str:
        return column.words.replace(column.year, "", 1) if column.year else column.words
