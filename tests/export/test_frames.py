"""Documents to rows and frames."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from decimal import Decimal

import pandas as pd
import pytest

from zhibiao.errors import InvalidRow
from zhibiao.export.frames import column_type, failure_rows, frames_of, rows_of
from zhibiao.export.labels import labels
from zhibiao.schema import TABLES, Document, Failure, Finding, Quantity, Record, Report, Side, plain

Make = Callable[..., Document]


def test_rows_stand_in_the_order_of_the_columns(document: Make) -> None:
    rows = rows_of(document("d"))
    assert list(rows) == list(TABLES)
    for table, lines in rows.items():
        assert all(len(line) == len(TABLES[table]) for line in lines), table
    source: dict[str, list[object]] = {
        "quantities": list(document("d").quantities), "records": list(document("d").records), "findings": list(document("d").findings),
        "reports": [document("d").report],
    }  # fmt: skip
    for table, objects in source.items():
        assert len(rows[table]) == len(objects)
        for line, thing in zip(rows[table], objects, strict=True):
            cells = dict(zip(TABLES[table], line, strict=True))
            same = [name for name in cells if hasattr(thing, name) and name not in {"level1", "level2", "confidence"}]
            assert len(same) >= 6
            assert [cells[name] for name in same] == [getattr(thing, name) for name in same]


def test_sides_and_links(document: Make) -> None:
    cells = [dict(zip(TABLES["records"], line, strict=True)) for line in rows_of(document("d"))["records"]]
    none, full = cells[0], cells[1]
    assert {none[name] for name in cells[0] if name.startswith(("target_", "actual_"))} == {None}
    assert (none["canonical_id"], none["level1"], none["link_confidence"], none["year"]) == (None, "", None, None)
    assert (full["target_text"], full["actual_op"], full["actual_value"], full["actual_value_high"]) == (
        "行一\r\n行二\r行三\n行四", ">=", Decimal("99.5"), Decimal("99.5"),
    )  # fmt: skip
    assert (full["canonical_id"], full["level1"], full["link_confidence"]) == ("x-1", "产出指标", Decimal("0.87"))


def test_column_types_agree_with_the_schema() -> None:
    """A column whose dataclass field is a Decimal, an int or a float must be typed so; a new column that is not fails here."""
    wanted = {Decimal: "decimal", int: "integer", float: "float", str: "text"}
    fields: dict[str, object] = {}
    for cls in (Quantity, Record, Report, Finding, Failure):
        fields |= typing.get_type_hints(cls)
    fields |= {f"{side}_{name}": hint for side in ("target", "actual") for name, hint in typing.get_type_hints(Side).items()}
    checked = 0
    for name in {name for columns in TABLES.values() for name in columns}:
        kinds = [kind for kind in (typing.get_args(fields[name]) or (fields[name],)) if kind in wanted] if name in fields else []
        for kind in kinds:
            assert column_type(name) == wanted[kind], name
            checked += 1
    assert checked > 30


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("63023400.00", "63023400"), ("99.5", "99.5"), ("98.0", "98"), ("100", "100"), ("1.2E+9", "1200000000"), ("1E-7", "0.0000001"),
        ("-0", "0"),
        ("-0.00", "0"), ("-3.50", "-3.5"), ("0", "0"), ("12345678901234567890123456789012345.5", "12345678901234567890123456789012345.5"),
    ],
)  # fmt: skip
def test_plain(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text
    assert Decimal(text) == Decimal(value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "sNaN", "1E+999999999", "1E-999999", "9" * 301])
def test_values_that_no_table_holds_are_refused(document: Make, value: str) -> None:
    with pytest.raises(InvalidRow):
        rows_of(document("d", values=[Decimal(value)]))


def test_timing_can_be_left_out(document: Make) -> None:
    index = list(TABLES["reports"]).index("seconds")
    assert rows_of(document("d"))["reports"][0][index] == 0.25
    assert rows_of(document("d"), timing=False)["reports"][0][index] is None


def test_frames(document: Make) -> None:
    failure = Failure("", "no.txt", "discover", "MissingInput", "找不到")
    frames = frames_of([document("a"), document("b")], failures=[failure])
    exact = frames_of([document("a")], exact_values=True)
    assert {table: list(frame) for table, frame in frames.items()} == {table: list(columns) for table, columns in TABLES.items()}
    assert list(frames["errors"].iloc[0]) == list(failure_rows(failure)["errors"][0])
    quantities = frames["quantities"]
    assert quantities["value"].dtype == "float64"
    assert quantities["value"].iloc[0] == 63023400
    assert exact["quantities"]["value"].iloc[7] == Decimal("12345678901234567890.123456789")
    assert quantities["page"].dtype == "Int64"
    assert pd.isna(quantities["page"].iloc[0])
    assert frames["records"].groupby("doc_id")["record_id"].count().to_dict() == {"a": 19, "b": 19}
    assert frames["findings"]["spans"].tolist()[:2] == ["[[0,3],[7,12]]", "[]"]


def test_frames_without_rows_have_the_same_types(document: Make) -> None:
    full, empty = frames_of([document("a")], failures=[Failure("", "", "", "", "")]), frames_of([])
    for table in TABLES:
        assert len(empty[table]) == 0
        assert empty[table].dtypes.to_dict() == full[table].dtypes.to_dict(), table


def test_every_code_of_the_schema_has_a_label() -> None:
    assert labels()["status"]["met"] == "达标"
    assert set(labels()["sheet"]) == {"summary", *TABLES}


def test_documents_are_not_changed(document: Make) -> None:
    one = document("d")
    before = dataclasses.replace(one)
    rows_of(one)
    assert one == before
