"""Tables that the file itself draws: rows of cells under heads, labels with their values, and cells of prose.

A sheet of self-evaluation is several tables on top of each other: labels (项目名称, 主管部门), money under 年初预算数 and 全年执行数, goals in prose,
indicators under 一级指标 … 得分. So the reader walks down the rows: each row is a head, which tells the columns from there on, a row under
the last head, or a row of labels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from zhibiao.layout.blocks import DrawnTable, Passage
from zhibiao.layout.headers import header_role
from zhibiao.layout.lines import item_mark, set_width
from zhibiao.layout.passages import passages_of
from zhibiao.quantities import QuantityFinder
from zhibiao.schema import Quantity

from .cell import Cell, Region, head_hint
from .cells import Assembly
from .columns import column_of
from .drafts import Draft, NamesOf
from .drawnheads import GENERAL, Group, Head, Placed, Sheet, head_height, head_of, is_value
from .grid import NOTE, REASON, Grid, GridRow
from .gridrows import GridRows
from .records import MONEY_ROLES, SIGNS, Row, records_of
from .tables import TableReader

#: Characters of a cell that may be prose, if it holds a clause and a figure.
_PROSE = 24
_CLAUSE, _DIGIT = re.compile(r"[，。；：]"), re.compile(r"\d")
_PROJECT = re.compile(r"^(?:项目|专项|政策|任务)(?:资金)?名称$")
_GOALS = frozenset({"target", "cycle", "actual", "text", ""})
#: What the sum of a table is of, where its title names it so.
_WHOLE = re.compile(r"[“\"]?三公[”\"]?经费")
_TAIL = re.compile(r"[：:]+$")


class DrawnReader:
    """Reads one drawn table of the folded text. After :meth:`read`: ``quantities`` and ``drafts`` in offsets of ``region.text``, ``prose`` the
    cells that are running text, ``grids`` the rows under each head."""

    def __init__(self, folded: str, block: DrawnTable, *, finder: QuantityFinder, names_of: NamesOf) -> None:
        self.folded = folded
        self.block = block
        self.finder = finder
        self.names_of = names_of
        made = Assembly(folded, finder)
        placed: list[Placed] = []
        self._spans: dict[int, tuple[int, int]] = {}
        for c in block.cells:
            if made.add(c.start, c.end, c.row, set_width(folded[c.start : c.end])):
                self._spans[made.cells[-1].start] = (c.start, c.end)
                placed.append(Placed(made.cells[-1], c.row, c.column, c.rowspan, c.colspan))
        self.region = Region(made.view, tuple(made.cells))
        self.text = self.region.text
        self.sheet = Sheet(placed, max((c.column + c.colspan for c in block.cells), default=0))
        self.quantities: list[Quantity] = []
        self.drafts: list[Draft] = []
        self.prose: list[Passage] = []
        self.last_name = ""
        self.project = ""
        self.heads: list[Head] = []
        self.grids: list[Grid] = []
        self._rows: list[list[GridRow]] = []
        self._rest: list[Cell] = []
        self._levels: dict[int, str] = {}
        self._breaks = set(block.breaks)

    def read(self) -> None:
        """Read the whole table."""
        rows = sorted(self.sheet.rows)
        i = 0
        loose: list[int] = []
        while i < len(rows):
            row = rows[i]
            again = bool(self.heads) and self._repeats(row)
            height = self.heads[-1].height if again else head_height(self.sheet, row, first=not self.heads)
            head = head_of(self.sheet, row, height) if height and not again else None
            if again or head is not None:
                if head is not None:
                    self._close()
                    self._open(head)
                i = next((k for k in range(i, len(rows)) if rows[k] >= row + height), len(rows))
                if again and row in self._breaks and i < len(rows):
                    self._breaks.add(rows[i])  # the page goes on below the head that it repeats
                continue
            if not self.heads:
                loose.append(row)
                self._labels(row)
            elif self._is_labels(row):
                self._close()
                self._labels(row)
            else:
                self._row(row)
            i += 1
        self._close()
        if not self.heads and not self.drafts and len(loose) > 1:
            self._as_stream()
        self._of_project()
        self.quantities.sort(key=lambda q: (q.start, q.end))

    def _of_project(self) -> None:
        for d in self.drafts:
            d.project = d.project or self.project

    # -- heads ---------------------------------------------------------------------------------------------------------------------

    def _repeats(self, row: int) -> bool:
        """Does a further page print the head again?"""
        own = self.sheet.words(row)
        return len(own) >= 2 and set(own) <= self.heads[-1].words

    def _open(self, head: Head) -> None:
        self.heads.append(head)
        self._rows = [[] for _ in head.groups]
        self._rest = []
        self._levels = {}

    def _close(self) -> None:
        """Turn the rows under the last head into records."""
        if not self.heads:
            return
        head = self.heads[-1]
        caption = f"{self.block.caption}；{head.unit}" if head.unit else self.block.caption
        for group, rows in zip(head.groups, self._rows, strict=True):
            grid = Grid(group.columns, tuple(rows), tuple(self._rest))
            self.grids.append(grid)
            before = len(self.drafts)
            GridRows(self, grid, caption).read()
            if group.name is not None and GENERAL.match(group.name.words) and (whole := _WHOLE.search(caption)):
                for d in self.drafts[before:]:
                    d.prefix = whole[0] + d.prefix  # 合计 of a table that its title names
            self._rest = []
        self._rows = [[] for _ in head.groups]

    # -- rows ----------------------------------------------------------------------------------------------------------------------

    def _row(self, row: int) -> None:
        head = self.heads[-1]
        own = self.sheet.rows[row]
        if any(NOTE.match(p.cell.words) for p in own) and not any(is_value(p.cell) for p in own):
            for p in own:  # who filled it in, and when
                self.text_quantities(p.cell)
            return
        if len(own) == 1 and not is_value(own[0].cell) and own[0].colspan >= 0.6 * self.sheet.width:
            self._words(own[0].cell)  # a heading across the table, a note
            return
        for group, rows in zip(head.groups, self._rows, strict=True):
            if self._goals(group):
                for p in own:
                    self._words(p.cell, under=self._head_over(p, group), always=True)
                return
            made = self._grid_row(row, group, head)
            if made is None:
                continue
            if row in self._breaks and rows and self._continues(made, group):
                self._append(rows[-1], made)
            else:
                rows.append(made)

    @staticmethod
    def _goals(group: Group) -> bool:
        """Do the columns hold goals and what became of them, and nothing that names rows (预期目标 | 实际完成情况)?"""
        roles = [c.role for c in group.columns.all]
        first = group.columns.all[0]
        renamed = column_of(first.words).role in ("target", "cycle", "actual")  # a column is made the name where none is
        return renamed and set(roles[1:]) <= _GOALS and len(roles) <= 4

    def _grid_row(self, row: int, group: Group, head: Head) -> GridRow | None:
        made = GridRow()
        levels: list[str] = []
        taken: set[int] = set()
        for j, (column, (a, b)) in enumerate(zip(group.columns.all, group.spans, strict=True)):
            cells = self._cells(row, a, b, head)
            own = [p for p in cells if p.row == row and id(p) not in taken]
            if column.role == "level":
                words = "".join(p.cell.words for p in cells if p.right <= b and p.cell.kind != "blank") or (
                    "" if own else self._levels.get(j, "")
                )
                if words != self._levels.get(j, ""):
                    self._levels = {k: v for k, v in self._levels.items() if k < j}
                self._levels[j] = words
                if words:
                    levels.append(words)
            elif column.role == "name" and group.name is not None:
                made.name = [group.name]
            elif column.role == "name":
                named = [p for p in cells if p.cell.kind != "blank"]
                made.name = [named[-1].cell] if named else []
                levels += [p.cell.words for p in named[:-1] if p.cell.kind != "number"]
                taken |= {id(p) for p in named}
            elif column.role in ("op", "unit"):
                made.cells += [(j, p.cell) for p in cells[:1] if p.column >= a]
            elif column.role == "text":
                for p in own:
                    if REASON.search(column.words) and p.cell.kind != "blank":
                        made.deviation = p.cell
                    self._words(p.cell)
            else:
                self._values(made, j, own)
            taken |= {id(p) for p in own}
        if not made.name:
            made.name = self._level_name(row, group)
            levels = levels[: -1 if made.name and levels else None]
        made.levels = tuple(levels)
        if group.name is not None and not made.cells:
            return None
        return made if made.name or made.cells or made.deviation else None

    def _cells(self, row: int, a: int, b: int, head: Head) -> list[Placed]:
        """The cells that cover grid columns ``a`` to ``b`` of a row, those merged down from above it too, heads not."""
        out: list[Placed] = []
        for column in range(a, b):
            p = self.sheet.at(row, column)
            if p is not None and p not in out and p.row >= head.first + head.height:
                out.append(p)
        return out

    def _values(self, made: GridRow, j: int, own: Sequence[Placed]) -> None:
        """Cells under the head of a value: one, or sign, number and unit in cells of their own."""
        numbers = [p for p in own if p.cell.kind == "number"]
        if len(own) > 1 and len(numbers) == 1:
            for p in own:
                if p.cell.words in SIGNS:
                    made.sign = p.cell.words
                elif p is not numbers[0] and p.cell.hint is not None:
                    made.unit = p.cell.words.strip("（）")
                elif p is not numbers[0]:
                    self._rest.append(p.cell)
            made.cells.append((j, numbers[0].cell))
            return
        for p in own[:1]:
            made.cells.append((j, p.cell))
        self._rest += [p.cell for p in own[1:]]

    def _level_name(self, row: int, group: Group) -> list[Cell]:
        """Where the column of names is empty: the last cell of a level that begins in this row."""
        for column, (a, b) in reversed(list(zip(group.columns.all, group.spans, strict=True))):
            if column.role in ("level", "index"):
                p = next((p for c in range(a, b) if (p := self.sheet.at(row, c)) is not None and p.row == row), None)
                if p is not None and not is_value(p.cell):
                    return [p.cell]
        return []

    @staticmethod
    def _continues(made: GridRow, group: Group) -> bool:
        """Is the first row of a page the rest of the last row before it: words only, no number of its own, no mark that opens an item?"""
        if made.name and item_mark(made.name[0].words):
            return False
        return not any(is_value(cell) for _, cell in made.cells) and not any(
            group.columns.all[j].role == "index" for j, cell in made.cells if cell.kind == "number"
        )

    @staticmethod
    def _append(row: GridRow, rest: GridRow) -> None:
        have = {j for j, _ in row.cells}
        row.name += rest.name
        row.cells += [(j, c) for j, c in rest.cells if j not in have]
        if row.deviation is None:
            row.deviation = rest.deviation
        elif rest.deviation is not None:
            row.more.append(rest.deviation)

    # -- words ---------------------------------------------------------------------------------------------------------------------

    @staticmethod
    def _head_over(p: Placed, group: Group) -> str:
        """The words of the head that a cell stands under."""
        return next((c.words for c, (a, b) in zip(group.columns.all, group.spans, strict=True) if a <= p.column < b), "")

    def _words(self, cell: Cell, *, under: str = "", always: bool = False) -> None:
        """A cell of words: running text is read as such, with the head that it stands ``under`` for a heading; of the rest the quantities are kept."""
        if _DIGIT.search(cell.words) and (always or (len(cell.words) >= _PROSE and _CLAUSE.search(cell.words))):
            section = (*self.block.section, under) if under else self.block.section
            self.prose += passages_of(self.folded, *self._spans[cell.start], section)
        else:
            self.text_quantities(cell)

    def text_quantities(self, cell: Cell) -> None:
        for q in self.finder.find(self.text[cell.start : cell.end]):
            self.quantities.append(replace(q, start=q.start + cell.start, end=q.end + cell.start))

    # -- labels --------------------------------------------------------------------------------------------------------------------

    def _is_labels(self, row: int) -> bool:
        """Is the row one of labels with their values, and none of the table above it (项目名称 | … | 主管部门 | …)?"""
        own = self.sheet.rows[row]
        return any(_PROJECT.match(_TAIL.sub("", p.cell.words)) for p in own[:1])

    def _labels(self, row: int) -> None:
        """Labels each followed by its value: figures make records of the project, words may name it."""
        own = self.sheet.rows[row]
        got: dict[str, Quantity] = {}
        i = 0
        while i < len(own):
            label, value = own[i], own[i + 1] if i + 1 < len(own) else None
            words = _TAIL.sub("", label.cell.words)
            if value is not None and _PROJECT.match(words) and not is_value(value.cell):
                self._of_project()  # what was read so far is of the project named before
                self.project = value.cell.words
                self.text_quantities(value.cell)
                i += 2
            elif value is not None and is_value(value.cell) and not is_value(label.cell):
                assert value.cell.q is not None
                role, q = header_role(words) or "", value.cell.q
                hint = label.cell.hint or (head_hint(label.cell.words) if role in (*MONEY_ROLES, "") else None)
                if q.kind == "duration":
                    self.text_quantities(value.cell)  # how long a project runs, when a form is due
                    i += 2
                    continue
                if q.bare and hint is not None:
                    q = self.finder.parse_cell(value.cell.words, unit_hint=hint) or q
                q = replace(q, start=q.start + value.cell.start, end=q.end + value.cell.start)
                self.quantities.append(q)
                span = (label.cell.start, label.cell.start + len(words))
                if role in ("budget", "initial", "executed", "rate", "weight", "score") and self.project:
                    got[role] = q
                else:
                    self.drafts += records_of(words, span, {"?1": q}, roles=(), row=Row(name=[label.cell]), has_name=False)
                i += 2
            else:
                self._words(label.cell)
                i += 1
        if got:
            self.drafts += records_of(self.project, None, got, roles=tuple(got), row=Row(), has_name=True)

    def _as_stream(self) -> None:
        """No row is a head: the cells are read one after the other, as those of a flattened table."""
        self.quantities, self.prose = [], []
        reader = TableReader(self.region, finder=self.finder, names_of=self.names_of, caption=self.block.caption)
        quantities, drafts = reader.read()
        self.quantities, self.drafts = list(quantities), list(drafts)
