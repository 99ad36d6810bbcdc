"""Scores the records of a test file under samples/files against the truth that its source states.

In: the records of one document, and the rows of ``tests/gold/files/<name>.jsonl``. A row is found where a record has its type (a lone amount may be a budget or a
fact), its name (brackets, blanks and marks aside; the column's words behind it may be fewer), and the same values, units, weight and score; one to
one. Points are 分 or bare. Records that no row claims are false where they were read from a table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhibiao.schema import Record, Side, plain

TRUTH = Path(__file__).parent / "files"
_MARKS = re.compile(r"（[^）]*）|\([^)]*\)|[\s“”\"：:、]|^其中[：:]?")


@dataclass(frozen=True)
class Score:
    """Rows found, rows missed and false records of one document."""

    found: int
    missed: tuple[dict[str, Any], ...]
    false: tuple[Record, ...]

    @property
    def f1(self) -> float:
        return 2 * self.found / (2 * self.found + len(self.missed) + len(self.false)) if self.found else 0.0


def rows_of(name: str) -> list[dict[str, Any]]:
    """The truth of one report."""
    return [json.loads(line) for line in (TRUTH / f"{name}.jsonl").read_text("utf-8").split("\n") if line]


def score(rows: Sequence[dict[str, Any]], records: Sequence[Record]) -> Score:
    """Match the rows of the truth with records."""
    free = sorted(records, key=lambda r: r.method != "table")
    missed = []
    for row in rows:
        match = next((r for r in free if is_right(row, r)), None)
        if match is None:
            missed.append(row)
        else:
            free.remove(match)
    return Score(len(rows) - len(missed), tuple(missed), tuple(r for r in free if r.method == "table"))


def is_right(row: dict[str, Any], record: Record) -> bool:
    """Does the record say what the row says?"""
    name, stated = _plain(record.indicator), _plain(row["indicator"])
    target, actual = _stated(row, "target"), _stated(row, "actual")
    same = (_side(record.target), _side(record.actual)) == (target, actual)
    if {record.type, row["type"]} == {"budget", "fact"}:
        alone = [s for s in (target, actual) if s != (None,)]
        same = len(alone) == 1 and alone == [s for s in (_side(record.target), _side(record.actual)) if s != (None,)]
    elif record.type != row["type"]:
        return False
    return (
        same
        and (name.startswith(stated) or stated.startswith(name))
        and len(name) >= len(_plain(row.get("name", row["indicator"])))
        and _number(record.weight) == row.get("weight")
        and _number(record.score) == row.get("score")
    )


def _plain(name: str) -> str:
    return _MARKS.sub("", name)


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _side(side: Side | None) -> tuple[str | None, ...]:
    """(value, unit, sign), or the words where there is no number."""
    if side is None:
        return (None,)
    if side.value is None:
        return ("".join(side.text.split()),)
    return (plain(side.value), side.unit.replace("分", ""), side.op)


def _stated(row: dict[str, Any], which: str) -> tuple[str | None, ...]:
    if f"{which}_text" not in row:
        return (None,)
    if f"{which}_value" not in row:
        return ("".join(row[f"{which}_text"].split()),)
    return (row[f"{which}_value"], row.get(f"{which}_unit", "").replace("分", ""), row[f"{which}_op"])
