"""A table as a grid: its columns, and each row's cells under their columns.

Where rows stand on a line each, :mod:`.linegrid` makes it; where one cell stands on a line, :mod:`.cellgrid` and :mod:`.flow`. What comes out as
no grid is read as a stream of cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .cell import Cell
from .columns import Columns

#: Of all rows, so many must fit the columns, and so many there must be.
FIT, LEAST_ROWS = 0.7, 2
#: Headings of a part of the rows, and notes below them.
SECTION = re.compile(r"(?:[一二三四五六七八九十]{1,3}[、.]|（[一二三四五六七八九十]{1,3}）|第[一二三四五六]|其中[：:]?$)|.*[：:]$")
NOTE = re.compile(
    r"(?:备注|附?注|说明|资料来源|数据来源|单位|填报[人日时单]?[位期间]?|填表人?|审核人?|经办人?|负责人|联系人|联系电话|制表人?)(?:\d|[：:]|$)|注[：:]"
)
#: The head over reasons of a deviation.
REASON = re.compile(r"原因|偏差|改进|未完成")


@dataclass(slots=True)
class GridRow:
    """A row: the cells of its name, and its other cells by column.

    ``levels``: the levels that it stands under, outermost first; ``deviation``: the cell that tells why it missed its target, ``more``: the rest of it on further pages; ``sign`` and
    ``unit``: words of comparison and unit that stand in cells of their own beside the value.
    """

    name: list[Cell] = field(default_factory=list)
    cells: list[tuple[int, Cell]] = field(default_factory=list)
    levels: tuple[str, ...] = ()
    deviation: Cell | None = None
    more: list[Cell] = field(default_factory=list)
    sign: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns, rows, and the cells that belong to neither (titles, notes). ``title`` names a row that has no name of its own.

    ``loose``: heads and cells that came out as no rows; they are read one after the other.
    """

    columns: Columns
    rows: tuple[GridRow, ...]
    rest: tuple[Cell, ...]
    title: str = ""
    loose: tuple[Cell, ...] = ()


def is_year(cell: Cell) -> bool:
    """Is the cell a year and no value?"""
    return cell.kind == "number" and cell.q is not None and cell.q.bare and 1990 <= cell.q.value <= 2050
