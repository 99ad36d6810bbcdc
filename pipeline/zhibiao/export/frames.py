"""Documents to rows: one tuple a row, in the column order of :data:`zhibiao.schema.TABLES`; and rows to pandas frames.

A cell is ``str``, ``int``, ``float``, ``Decimal``, ``None`` or, for ``findings.spans``, a tuple of offset pairs. Measured values are
``Decimal`` as the pipeline gives them, trailing zeros and all. :func:`zhibiao.schema.plain` is their one spelling in files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from zhibiao.errors import InvalidRow
from zhibiao.schema import TABLES, Document, Failure, Finding, Quantity, Record, Report, Side

if TYPE_CHECKING:
    import pandas as pd

Cell: TypeAlias = "str | int | float | Decimal | tuple[tuple[int, int], ...] | None"
Row: TypeAlias = tuple[Cell, ...]
Rows: TypeAlias = dict[str, list[Row]]
ColumnType = Literal["text", "integer", "decimal", "float", "spans"]

_INTEGERS = frozenset(
    {
        "start", "end", "page", "indicator_start", "indicator_end", "target_start", "target_end", "actual_start", "actual_end", "year",
        "pages", "chars", "n_quantities", "n_records",
    }
)  # fmt: skip
_DECIMALS = frozenset(
    {
        "value",
        "value_high",
        "target_value",
        "target_value_high",
        "actual_value",
        "actual_value_high",
        "weight",
        "score",
        "link_confidence",
        "completion",
    }
)
_FLOATS = frozenset({"seconds", "confidence"})
_MAX_DIGITS = 300  # within the range of a double, beyond that of any measure; 1E+999999999 must not be written out
_NO_SIDE: Row = (None,) * 7


def column_type(name: str) -> ColumnType:
    """What a column holds, by its name (a name means the same in every table)."""
    if name in _INTEGERS:
        return "integer"
    if name in _DECIMALS:
        return "decimal"
    if name in _FLOATS:
        return "float"
    return "spans" if name == "spans" else "text"


def _checked(value: Decimal | None) -> Decimal | None:
    if value is not None:
        _, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int) or abs(exponent) + len(digits) > _MAX_DIGITS:
            raise InvalidRow(detail=f"数值 {value:.3g} 无法写入 value {value:.3g} cannot be written")
    return value


def rows_of(document: Document, *, timing: bool = True) -> Rows:
    """All rows of one document, by table. ``timing=False`` leaves ``seconds`` empty, so that two runs give equal files.

    Raises InvalidRow where a value fits no table: not finite, or of more than 300 digits.
    """
    doc_id, report = document.report.doc_id, document.report
    # The schema of reports, findings and errors is spelled out here once; a test holds it against TABLES.
    return {
        "quantities": [_quantity_row(doc_id, quantity) for quantity in document.quantities],
        "records": [_record_row(doc_id, record) for record in document.records],
        "reports": [
            (
                doc_id, report.path, report.sha256, report.format, report.title, report.org, report.region, report.year, report.pages,
                len(report.text), report.text, len(document.quantities), len(document.records),
                round(document.seconds, 4) if timing else None, document.model_version,
            )
        ],
        "findings": [_finding_row(doc_id, finding) for finding in document.findings],
        "errors": [(doc_id, report.path, f.stage, f.error, f.message) for f in gaps_of(report)],
    }  # fmt: skip


def gaps_of(report: Report) -> list[Failure]:
    """The parts of a report that could not be read, as failures of its reading."""
    return [Failure(report.doc_id, report.path, "read", type(gap).__name__, str(gap)) for gap in report.gaps]


def failure_rows(failure: Failure) -> Rows:
    """The rows of an input that failed: one in ``errors``."""
    rows = empty_rows()
    rows["errors"].append((failure.doc_id, failure.path, failure.stage, failure.error, failure.message))
    return rows


def empty_rows() -> Rows:
    """No rows for every table."""
    return {table: [] for table in TABLES}


def _quantity_row(doc_id: str, q: Quantity) -> Row:
    return (doc_id, q.start, q.end, q.text, q.op, _checked(q.value), _checked(q.value_high), q.unit, q.kind, q.page, q.section, q.box)


def _record_row(doc_id: str, r: Record) -> Row:
    link = r.link
    return (
        doc_id, r.record_id, r.type, r.indicator, r.indicator_start, r.indicator_end,
        *_side_cells(r.target), *_side_cells(r.actual),
        r.change, link.canonical_id, link.canonical_name, link.level1 or r.level1, link.level2 or r.level2, _checked(link.confidence),
        _checked(r.weight), _checked(r.score), _checked(r.completion), r.status, r.org, r.region, r.year, r.period, r.project, r.section,
        r.evidence, r.start, r.end, r.page, round(float(r.confidence), 4), r.method, r.stated_level1, r.stated_level2, r.deviation, r.box,
    )  # fmt: skip


def _side_cells(side: Side | None) -> Row:
    if side is None:
        return _NO_SIDE
    return (side.text, side.op, _checked(side.value), _checked(side.value_high), side.unit, side.start, side.end)


def _finding_row(doc_id: str, f: Finding) -> Row:
    return (doc_id, f.rule, f.severity, f.message, f.expected, f.found, f.spans)


def spans_json(spans: object) -> str:
    """``findings.spans`` where a table has no lists: ``[[0,3],[7,12]]``."""
    return json.dumps(spans, separators=(",", ":"))


def frames_of(
    documents: Iterable[Document], *, failures: Iterable[Failure] = (), exact_values: bool = False, timing: bool = True
) -> dict[str, pd.DataFrame]:
    """Documents as pandas frames, one a table, with the columns and the order of CONTRACT.md.

    Measured values are ``float64`` columns, because sums, means and plots need them; with ``exact_values=True`` they are ``Decimal``
    objects (dtype object), to the last digit. Offsets, pages and counts are nullable ``Int64``, words are strings ("" where there is
    none, missing where the contract says empty), spans are JSON text. Frames without rows have the same dtypes.
    """
    import pandas as pd  # takes half a second; the command line does without

    rows = empty_rows()
    for part in (*(rows_of(document, timing=timing) for document in documents), *map(failure_rows, failures)):
        for table, lines in part.items():
            rows[table].extend(lines)
    frames: dict[str, pd.DataFrame] = {}
    for table, columns in TABLES.items():
        cells: Iterable[tuple[Cell, ...]] = zip(*rows[table], strict=True) if rows[table] else ((),) * len(columns)
        series = {}
        for name, column in zip(columns, cells, strict=True):
            kind = column_type(name)
            if kind == "integer":
                series[name] = pd.Series(column, dtype="Int64")
            elif kind == "float" or (kind == "decimal" and not exact_values):
                floats = [None if cell is None else float(cell) for cell in column]  # type: ignore[arg-type]
                series[name] = pd.Series(floats, dtype="float64")
            elif kind == "decimal":
                series[name] = pd.Series(column, dtype="object")
            else:
                series[name] = pd.Series([spans_json(cell) if kind == "spans" else cell for cell in column], dtype="str")
        frames[table] = pd.DataFrame(series)
    return frames
