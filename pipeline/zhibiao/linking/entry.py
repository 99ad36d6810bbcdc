"""One entry of a taxonomy, and one fault of a taxonomy file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zhibiao.schema import Direction, Kind, Op


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator of a taxonomy.

    ``aliases`` are ways reports word the measure; those in ``shared`` stand on other entries too, and the context chooses. ``excludes`` are
    wordings that look alike but mean something else (they are never linked here). ``endings`` are words that denote this measure whatever
    stands before them (…预算完成率). ``related`` and ``change_of`` hold ids: close measures, and the measure whose growth this entry is.
    ``units`` are canonical units (``元``, not 万元). ``variants`` are other places in the frames, ``一级指标/二级指标``.
    """

    id: str
    name: str
    kind: Kind
    level1: str = ""
    level2: str = ""
    en: str = ""
    units: tuple[str, ...] = ()
    direction: Direction = "none"
    op: Op = "="
    domain: str = ""
    aliases: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    change_of: str = ""
    definition: str = ""
    formula: str = ""
    since: str = ""
    source: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        """The name and all aliases, the name first."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a taxonomy file. ``line`` is the 1-based line (JSONL) or row (CSV, the head is row 1).

    An ``error`` keeps the file from being used, a ``warning`` is only said: a level that no official frame has may be a user's own.
    """

    line: int
    entry: str
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        mild = "（提醒 warning）" if self.severity == "warning" else ""
        return f"第{self.line}行" + (f"（{self.entry}）" if self.entry else "") + f"：{self.message}{mild}"
