"""A cell of a table, and a region of cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhibiao.layout.clean import Clean
from zhibiao.layout.grids import is_blank
from zhibiao.layout.headers import header_role
from zhibiao.quantities import QuantityFinder, UnitHint, unit_hint
from zhibiao.schema import Quantity

if TYPE_CHECKING:
    from .grid import Grid

LEVEL = re.compile(
    r"(?:[\d一二三四]{1,3}[-.、．]?)?(?:产出|效益|效果|成本|满意度|数量|质量|时效|进度|(?:经济|社会|生态|环境)(?:效益|成本)|生态环境成本|可持续(?:影响|发展)|(?:社会公众|服务对象|受益对象|群众)?(?:或服务对象)?满意度|决策|过程|投入|项目完成|项目效益|履职效能|管理效[率能])(?:指标|效益指标|成本指标)?$"
)
_LETTER = re.compile(r"（[A-Z](?:/[A-Z])?）")
_GRADE = re.compile(r"(?:优|良|中|差|优秀|良好|合格|不合格)$")
_UNIT_ONLY = re.compile(r"（?(?:单位：)?(?:万元|元|亿元|%|分|个|项|人|家)）?$|单位：\S{1,6}$")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell or one line of a cell: ``kind`` is head, level, grade, number, blank, unit or text; ``role`` of a head cell.

    ``left`` and ``right`` are its place on the line in half ems, where lines are rows.
    """

    start: int
    end: int
    line: int
    kind: str
    width: float
    role: str = ""
    q: Quantity | None = None
    hint: UnitHint | None = None
    words: str = ""
    left: int = 0
    right: int = 0


@dataclass(frozen=True, slots=True)
class Region:
    """A table region as one clean text with its cells in order. ``rows``: the head stands on one line and each line is a row.

    ``grids``: the cells put into rows and columns, where they come out as such.
    """

    clean: Clean
    cells: tuple[Cell, ...]
    rows: bool = False
    grids: tuple[Grid, ...] = ()

    @property
    def text(self) -> str:
        return self.clean.text


def head_hint(head: str) -> UnitHint | None:
    """The unit that a head names; the letters by which forms tell their columns (执行数（B）) are none.

    >>> head_hint("资金规模（万元）").unit, head_hint("全年执行数（B）")
    ('元', None)
    """
    return unit_hint(_LETTER.sub("", head))


def make_cell(text: str, start: int, end: int, line: int, width: float, finder: QuantityFinder) -> Cell:
    """The cell that these words make."""
    if role := header_role(text):
        return Cell(start, end, line, "head", width, role, hint=head_hint(text), words=text)
    if _UNIT_ONLY.match(text):
        return Cell(start, end, line, "unit", width, hint=unit_hint(text if text[0] in "（单" else f"（{text}）"), words=text)
    if LEVEL.match(text):
        return Cell(start, end, line, "level", width, words=text)
    if _GRADE.match(text):
        return Cell(start, end, line, "grade", width, words=text)
    if is_blank(text):
        return Cell(start, end, line, "blank", width, words=text)
    if len(text) <= 24 and (q := finder.parse_cell(text)) is not None:
        return Cell(start, end, line, "number", width, q=q, words=text)
    return Cell(start, end, line, "text", width, hint=unit_hint(f"（{text}）") if len(text) <= 6 else None, words=text)
