"""Linked records of runs as readings of an indicator: what a cell of the panel is made of.

In: output folders of ``zhibiao extract``. Out: :class:`Reading`, one a linked record with a number, with the part that it plays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal, get_args

from zhibiao.export.read import RowDict, read_rows
from zhibiao.linking.entry import Entry
from zhibiao.linking.taxonomy import Taxonomy
from zhibiao.readers.discovery import printable

#: What a reading is to its cell: the value itself, a value of part of the year, a printed change, a value of an earlier year that a report
#: gives beside its own, or a value of another kind (never put into a cell).
Part = Literal["value", "partial", "change", "earlier", "other"]
PARTS: tuple[Part, ...] = get_args(Part)

COLUMNS = (
    "doc_id", "record_id", "type", "indicator", "target_text", "target_op", "target_value", "target_unit", "actual_text", "actual_op",
    "actual_value", "actual_value_high", "actual_unit", "change", "canonical_id", "link_confidence", "status", "org", "region", "year", "period",
    "project", "section", "evidence", "start", "end", "page", "confidence",
)  # fmt: skip
_WHOLE_YEAR = re.compile(r"(?<!\d)0?1月?[-—~至]12月|(?<![-—~至])12月(?:末|底|31日)?$|全年|(?<!半)年(?:末|底|度)?$")
_PART_OF_YEAR = re.compile(r"半年|季度|月")
_EARLIER = re.compile(r"原|上年|去年|上期")
_FALL = re.compile(r"降|减|少|缩|压|回落|负|收窄|低于|节|跌|下[调拉滑]")
_RISE = re.compile(r"增|升|涨")
_NUMBER = re.compile(r"\d[\d,]*(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """One number that a report gives for an indicator.

    ``id`` and ``name`` are those of the entry. ``value`` is in ``unit``; ``step`` is the size of its last printed digit (0.1万 is 1000). ``at_most`` and so on of ``op`` are those of the
    actual. ``target`` is the target's words. ``run`` names the folder, ``start`` and ``end`` the evidence in the report's text.
    """

    id: str
    name: str
    part: Part
    words: str
    value: Decimal
    unit: str
    text: str
    op: str
    step: Decimal
    target: str
    change: str
    region: str
    year: int | None
    org: str
    project: str
    period: str
    run: str
    doc_id: str
    record_id: str
    evidence: str
    start: int
    end: int
    page: int | None
    confidence: float
    link_confidence: float

    @property
    def place(self) -> str:
        """The region, or where the report names none, its organisation or the document in brackets: rows without a key are not lost."""
        return self.region or f"〔{self.org or self.doc_id}〕"


def readings_of(runs: Sequence[Path | str], taxonomy: Taxonomy, *, ids: Iterable[str] = (), least: float = 0.0) -> Iterator[Reading]:
    """The readings in some runs, in the order of the files.

    ``ids``: only these entries (default: all); ``least``: only links with this confidence or more. Records whose entry the taxonomy does not
    hold are left out, and records without an actual number. A folder named twice is read once. Raises :class:`~zhibiao.errors.NotARun`.
    """
    wanted = frozenset(ids)
    runs = list({Path(run).resolve(): run for run in reversed(runs)}.values())[::-1]
    names = run_names(runs)
    for run in runs:
        for row in read_rows(run, "records", COLUMNS):
            key = row["canonical_id"]
            if not key or key not in taxonomy or (wanted and key not in wanted):
                continue
            if row["actual_value"] is not None and (row["link_confidence"] or 0) >= least:
                yield _reading(row, taxonomy[key], names[str(run)])


def run_names(runs: Sequence[Path | str]) -> dict[str, str]:
    """A short name for each run: its folder's, with as much of the path as tells them apart.

    >>> run_names(["2021/out", "2022/out"])
    {'2021/out': '2021/out', '2022/out': '2022/out'}
    """
    depth = 1
    paths = {str(run): Path(run).parts for run in runs}
    while len({parts[-depth:] for parts in paths.values()}) < len(paths) and depth < max(map(len, paths.values())):
        depth += 1
    return {run: printable(Path(*parts[-depth:])) if parts else run for run, parts in paths.items()}


def _reading(row: RowDict, entry: Entry, run: str) -> Reading:
    value, text = row["actual_value"], row["actual_text"]
    change = row["change"]
    return Reading(
        id=entry.id, name=entry.name, part=_part(row, entry), words=row["indicator"], value=value.copy_negate() if value > 0 and _against(change, entry) else value,
        unit=row["actual_unit"], text=text, op=row["actual_op"] or "=", step=printed_step(text, value), target=row["target_text"], change=change,
        region=row["region"], year=row["year"], org=row["org"], project=row["project"], period=row["period"], run=run, doc_id=row["doc_id"],
        record_id=row["record_id"], evidence=row["evidence"], start=row["start"], end=row["end"], page=row["page"],
        confidence=row["confidence"] or 0.0, link_confidence=float(row["link_confidence"] or 0),
    )  # fmt: skip


def _against(change: str, entry: Entry) -> bool:
    """Whether a change runs against what its number counts: a fall, and for an entry that counts falls (事故下降率) a rise."""
    falls = bool(_FALL.search(change))
    if entry.change_of and _FALL.search(entry.name):
        return bool(_RISE.search(change)) and not falls
    return falls


def _part(row: RowDict, entry: Entry) -> Part:
    change = row["change"]
    if row["type"] == "score" and entry.kind != "score":
        return "other"
    if _EARLIER.match(change):
        return "earlier"
    if change and not entry.change_of:
        return "change"
    if row["actual_value_high"] is not None:
        return "other"
    return "partial" if part_of_year(row["period"]) else "value"


def part_of_year(period: str) -> bool:
    """Whether a period is less than a year, or ends before the year does.

    >>> [part_of_year(period) for period in ("上半年", "2021年7-12月", "2021年1-12月", "2021年底", "")]
    [True, True, False, False, False]
    """
    return bool(_PART_OF_YEAR.search(period)) and not _WHOLE_YEAR.search(period)


def printed_step(text: str, value: Decimal) -> Decimal:
    """How much one step of the last printed digit is, in the unit of the value; 0 where the words hold no number in digits, or several.

    >>> printed_step("25.1万件", Decimal(251000)), printed_step("250,935宗", Decimal(250935))
    (Decimal('1000'), Decimal('1'))
    """
    numbers = list(_NUMBER.finditer(text))
    if len(numbers) != 1 or not (printed := Decimal(numbers[0][0].replace(",", ""))):
        return Decimal(0)
    return (abs(value) / printed * Decimal(1).scaleb(1 - len(numbers[0][1] or "."))).normalize() + 0
