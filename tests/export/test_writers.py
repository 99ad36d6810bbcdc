"""Every format gives back what went in: values to the last digit, texts to the last character, all tables always."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import OutputError, OutputIsFile, OutputNotWritable, UnknownFormat
from zhibiao.export import FORMATS, Sink, check_output, failure_rows, parse_formats, rows_of
from zhibiao.export.frames import column_type, spans_json
from zhibiao.export.parquet import ParquetWriter, schema_of
from zhibiao.export.writers import CsvWriter, JsonlWriter
from zhibiao.schema import TABLES, Document, Failure

Make = Callable[..., Document]
FAILURE = Failure("坏", "in/坏.txt", "read", "EmptyDocument", '没有文字，"空"')


@pytest.fixture
def written(tmp_path: Path, document: Make) -> tuple[Path, dict[str, list[tuple[Any, ...]]]]:
    """All four formats of two documents and a failure, and the rows that went in."""
    expected: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    with Sink(tmp_path / "out", tuple(FORMATS)) as sink:
        for rows in (rows_of(document("a")), failure_rows(FAILURE), rows_of(document("乙"))):
            sink.add(rows)
            for table, lines in rows.items():
                expected[table] += lines
        sink.finish([("文档", 2)])
    return tmp_path / "out", expected


def test_csv_by_the_csv_module(written: tuple[Path, dict[str, list[tuple[Any, ...]]]]) -> None:
    out, expected = written
    for table, columns in TABLES.items():
        data = (out / f"{table}.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        with (out / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            head, *lines = csv.reader(file)
        assert head == list(columns)
        assert len(lines) == len(expected[table])
        for line, row in zip(lines, expected[table], strict=True):
            for name, cell, value in zip(columns, line, row, strict=True):
                if value is None:
                    assert cell == ""
                elif column_type(name) == "decimal":
                    assert Decimal(cell) == value
                    assert "E" not in cell.upper()
                elif column_type(name) == "spans":
                    assert json.loads(cell) == json.loads(spans_json(value))
                else:
                    assert cell == str(value)


def test_csv_by_pandas(written: tuple[Path, dict[str, list[tuple[Any, ...]]]]) -> None:
    out, expected = written
    frame = pd.read_csv(out / "quantities.csv", keep_default_na=False, dtype={"text": str, "value": str})
    assert frame["text"].tolist() == [row[3] for row in expected["quantities"]]
    assert [Decimal(value) for value in frame["value"]] == [row[5] for row in expected["quantities"]]


def test_jsonl(written: tuple[Path, dict[str, list[tuple[Any, ...]]]]) -> None:
    out, expected = written
    for table, columns in TABLES.items():
        lines = (out / f"{table}.jsonl").read_text("utf-8").split("\n")
        assert lines.pop() == ""
        for line, row in zip(lines, expected[table], strict=True):
            cells = json.loads(line, parse_float=Decimal)
            assert list(cells) == list(columns)
            for name, value in zip(columns, row, strict=True):
                if name == "spans":
                    assert cells[name] == [list(span) for span in value]
                elif isinstance(value, float):
                    assert float(cells[name]) == value
                else:
                    assert cells[name] == value


texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=12) | st.decimals(
    allow_nan=False, allow_infinity=False
).filter(lambda value: abs(value.adjusted()) < 100)


@settings(max_examples=60, deadline=None)
@given(texts, numbers)
def test_any_text_and_any_number_come_back(text: str, number: Decimal) -> None:
    row = ("d", 0, 1, text, "=", number, None, text, "other", None, text, "")
    with tempfile.TemporaryDirectory() as folder:
        line = CsvWriter(Path(folder)).encode("quantities", [row]).decode("utf-8")
        (cells,) = csv.reader(io.StringIO(line, newline=""))
        assert (cells[3], cells[7], cells[10], Decimal(cells[5])) == (text, text, text, number)
        found = json.loads(JsonlWriter(Path(folder)).encode("quantities", [row]), parse_float=Decimal, parse_int=Decimal)
        assert (found["text"], found["value"], found["value_high"]) == (text, number, None)


def test_json_numbers_are_printed_exactly(written: tuple[Path, dict[str, list[tuple[Any, ...]]]]) -> None:
    text = (written[0] / "quantities.jsonl").read_text("utf-8")
    for literal in ("63023400", "99.5", "1200000000", "0.0000001", "12345678901234567890.123456789", "9007199254740993", "-3.5", "0"):
        assert f'"value":{literal},' in text


def test_parquet(written: tuple[Path, dict[str, list[tuple[Any, ...]]]]) -> None:
    out, expected = written
    for table, columns in TABLES.items():
        read = pq.read_table(out / f"{table}.parquet")
        assert read.schema.equals(schema_of(table), check_metadata=True)
        assert read.schema.names[: len(columns)] == list(columns)
        assert read.schema.metadata[b"zhibiao.schema_version"] == b"1"
        for cells, row in zip(read.to_pylist(), expected[table], strict=True):
            for name, value in zip(columns, row, strict=True):
                kind = column_type(name)
                if kind == "decimal":
                    assert cells[name] == (None if value is None else float(value))
                    if f"{name}_exact" in cells:
                        assert (cells[f"{name}_exact"] and Decimal(cells[f"{name}_exact"])) == value
                else:
                    assert cells[name] == (spans_json(value) if kind == "spans" else value)
    assert {"value_exact", "value_high_exact"} <= set(schema_of("quantities").names)


def test_tables_without_rows_are_written_too(tmp_path: Path) -> None:
    with Sink(tmp_path, tuple(FORMATS)) as sink:
        paths = sink.finish()
    assert sorted(path.name for path in paths) == sorted(path.name for path in tmp_path.iterdir())
    for table, columns in TABLES.items():
        assert list(pd.read_csv(tmp_path / f"{table}.csv")) == list(columns)
        assert (tmp_path / f"{table}.jsonl").read_bytes() == b""
        assert pq.read_table(tmp_path / f"{table}.parquet").num_rows == 0


def test_parquet_streams_in_row_groups(tmp_path: Path, document: Make) -> None:
    writer = ParquetWriter(tmp_path, group_rows=40)
    for index in range(5):
        writer.prepare(rows_of(document(str(index))))()
    writer.close(())
    file = pq.ParquetFile(tmp_path / "records.parquet")
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [57, 38]
    assert len(set(pa.concat_tables([file.read()]).column("doc_id").to_pylist())) == 5


def test_leaving_without_finish_touches_nothing(tmp_path: Path, document: Make) -> None:
    (tmp_path / "records.csv").write_text("earlier", "utf-8")
    sink = Sink(tmp_path, tuple(FORMATS))
    sink.add(rows_of(document("a")))
    sink.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert [path.name for path in tmp_path.iterdir()] == ["records.csv"]
    assert (tmp_path / "records.csv").read_text("utf-8") == "earlier"


def test_nothing_stands_under_its_name_before_the_end(tmp_path: Path, document: Make) -> None:
    with Sink(tmp_path, tuple(FORMATS)) as sink:
        sink.add(rows_of(document("a")))
        assert all(path.name.startswith(".zhibiao-") for path in tmp_path.iterdir())
        sink.finish()
    assert not any(path.name.startswith(".") for path in tmp_path.iterdir())


@pytest.mark.parametrize("formats", [("csv", "jsonl"), ("jsonl", "parquet"), ("parquet", "csv"), ("xlsx", "csv")])
def test_a_document_that_one_format_cannot_hold_is_in_none(tmp_path: Path, document: Make, formats: tuple[str, ...]) -> None:
    """A lone surrogate has no UTF-8: the encoding fails before any format has written a byte."""
    with Sink(tmp_path, formats) as sink:
        sink.add(rows_of(document("good")))
        with pytest.raises((UnicodeError, TypeError)):
            sink.add(rows_of(document("bad", texts=["\ud800"])))
        sink.finish()
    for path in tmp_path.glob("*.jsonl"):
        assert b"bad" not in path.read_bytes()
    for path in tmp_path.glob("*.csv"):
        assert b"bad" not in path.read_bytes()
    for path in tmp_path.glob("*.parquet"):
        assert "bad" not in pq.read_table(path).column("doc_id").to_pylist()


def test_a_full_disk_is_one_clear_error(tmp_path: Path, document: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(28, "No space left on device")

    with Sink(tmp_path, ("csv",)) as sink:
        monkeypatch.setitem(sink._writers[0]._out, "records", Full())  # type: ignore[attr-defined]
        with pytest.raises(OutputError, match="No space left"):
            sink.add(rows_of(document("a")))
    assert list(tmp_path.iterdir()) == []


def test_two_runs_give_equal_bytes(tmp_path: Path, document: Make) -> None:
    for name in ("one", "two"):
        with Sink(tmp_path / name, tuple(FORMATS)) as sink:
            sink.add(rows_of(document("a"), timing=False))
            sink.finish([("文档", 1)])
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    ("text", "formats"), [("csv", ("csv",)), (" JSONL, csv,csv ", ("jsonl", "csv")), ("parquet,xlsx,", ("parquet", "xlsx"))]
)
def test_parse_formats(text: str, formats: tuple[str, ...]) -> None:
    assert parse_formats(text) == formats


@pytest.mark.parametrize("text", ["", ",", "xls", "csv,pdf"])
def test_parse_formats_refuses(text: str) -> None:
    with pytest.raises(UnknownFormat, match="csv, parquet, jsonl, xlsx"):
        parse_formats(text)


def test_check_output(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(OutputIsFile):
        check_output(tmp_path / "file")
    with pytest.raises(OutputNotWritable):
        check_output(tmp_path / "file" / "below")
    check_output(tmp_path / "new" / "folder")
    assert list((tmp_path / "new" / "folder").iterdir()) == []
