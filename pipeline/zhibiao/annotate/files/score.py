"""Scores the records of a test file under samples/files against the truth that its source states.

In: the records of one document, and the rows of ``tests/gold/files/<name>.jsonl``. A row is found where a record has its type (a lone amount may be a budget or a
fact), its name (brackets, blanks and marks aside; the column's words behind it may be fewer), and the same values, units, weight and score; one to
one. Points are 分 or bare. Records that no row claims are false where they were read from a table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhibiao.schema import Record, Side, plain

_MARKS = re.compile(r"（[^）]*）|\([^)]*\)|[\s“”\"：:、]|^其中[：:]?")


@dataclass(frozen=True)
class Score:
    """Rows found, rows missed and false records of one document."""

    found: int
    missed: tuple[dict[str, Any], ...]
    false: tuple[Record, ...]

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, 0 to 1."""
        return f1_of(self.found, len(self.missed), len(self.false))


def f1_of(found: int, missed: int, false: int) -> float:
    """The harmonic mean of precision and recall, 0 to 1.

    >>> f1_of(3, 1, 1)
    0.75
    """
    return 2 * found / (2 * found + missed + false) if found else 0.0


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The truth of one report, a row a line; keys as in :mod:`.truth`."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def from_table(record: Record) -> bool:
    """Whether a record was read from a table."""
    return record.method == "table"


def score(rows: Sequence[dict[str, Any]], records: Sequence[Record], *, tabled: Callable[[Record], bool] = from_table) -> Score:
    """Match the rows of the truth with records, one to one.

    ``tabled`` says of a record that no row claims whether it came from a table and is false; what prose says is not in the truth. A row that is
    ``optional`` may claim a record, and counts neither as found nor as missed.
    """
    free = sorted(records, key=lambda r: not from_table(r))
    found, missed = 0, []
    for row in sorted(rows, key=lambda r: bool(r.get("optional"))):
        match = next((r for r in free if is_right(row, r)), None)
        if match is not None:
            free.remove(match)
        if row.get("optional"):
            continue
        if match is None:
            missed.append(row)
        else:
            found += 1
    return Score(found, tuple(missed), tuple(r for r in free if tabled(r)))


def is_right(row: dict[str, Any], record: Record) -> bool:
    """Does the record say what the row says?"""
    name, stated = name_of(record.indicator), name_of(row["indicator"])
    target, actual = _stated(row, "target"), _stated(row, "actual")
    same = (side_of(record.target), side_of(record.actual)) == (target, actual)
    if {record.type, row["type"]} == {"budget", "fact"}:
        alone = [s for s in (target, actual) if s != (None,)]
        same = len(alone) == 1 and alone == [s for s in (side_of(record.target), side_of(record.actual)) if s != (None,)]
    elif record.type != row["type"]:
        return False
    return (
        same
        and (name.startswith(stated) or stated.startswith(name))
        and len(name) >= len(name_of(row.get("name", row["indicator"])))
        and _number(record.weight) == row.get("weight")
        and _number(record.score) == row.get("score")
    )


def said_by(record: Record) -> tuple[object, ...]:
    """What a record says, wherever it stands: equal for the same statement read from two formats."""
    sides = (side_of(record.target), side_of(record.actual))
    return (record.type, name_of(record.indicator), *sides, record.change, _number(record.weight), _number(record.score))


def name_of(indicator: str) -> str:
    """A name without brackets, blanks and marks.

    >>> name_of("其中：补助 资金（万元）")
    '补助资金'
    """
    return _MARKS.sub("", indicator)


def side_of(side: Side | None) -> tuple[str | None, ...]:
    """(value, unit, sign) with values in decimal; the words alone where there is no number, None alone where there is no side."""
    if side is None:
        return (None,)
    if side.value is None:
        return ("".join(side.text.split()),)
    return (plain(side.value), side.unit.replace("分", ""), side.op)


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _stated(row: dict[str, Any], which: str) -> tuple[str | None, ...]:
    if f"{which}_text" not in row:
        return (None,)
    if f"{which}_value" not in row:
        return ("".join(row[f"{which}_text"].split()),)
    return (row[f"{which}_value"], row.get(f"{which}_unit", "").replace("分", ""), row[f"{which}_op"])
