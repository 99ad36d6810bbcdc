"""Reading tables back: every format gives the same rows, and what is no run is refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import NotARun
from zhibiao.export import Sink, failure_rows, rows_of
from zhibiao.export.frames import column_type
from zhibiao.export.read import RowDict, read_rows
from zhibiao.schema import TABLES, Document, Failure

Make = Callable[..., Document]
SUFFIXES = ("parquet", "jsonl", "csv")
NAMES = ("doc_id", "indicator", "actual_value", "year", "confidence")


def write(folder: Path, *documents: Document, formats: tuple[str, ...] = SUFFIXES) -> Path:
    with Sink(folder, formats) as sink:
        for document in documents:
            sink.add(rows_of(document))
        sink.add(failure_rows(Failure("坏", "in/坏.txt", "read", "EmptyDocument", '没有文字，"空"')))
        sink.finish([])
    return folder


def rows(folder: Path, table: str = "records", columns: tuple[str, ...] = NAMES) -> list[RowDict]:
    return list(read_rows(folder, table, columns))


def test_all_formats_give_what_went_in(tmp_path: Path, document: Make) -> None:
    """Every table with every column: decimals to the last digit, texts to the last character, numbers that are empty as None.

    The rate of completion is a ratio, which Parquet holds as a float.
    """
    documents = document("a"), document("乙")
    went_in = [rows_of(one) for one in documents]
    for suffix in SUFFIXES:
        folder = write(tmp_path / suffix, *documents, formats=(suffix,))
        for table, columns in TABLES.items():
            got = rows(folder, table, tuple(columns))
            lines = [line for part in went_in for line in part[table]]
            assert table == "errors" or len(got) == len(lines)
            for row, line in zip(got, lines, strict=False):
                for name, value in zip(columns, line, strict=True):
                    kind = column_type(name)
                    expected: Any = "" if value is None and kind == "text" else value
                    if name == "completion" and value is not None:
                        assert float(row[name]) == float(str(value))
                        continue
                    assert row[name] == ([list(pair) for pair in expected] if kind == "spans" else expected), (suffix, table, name)
                    assert kind != "decimal" or value is None or type(row[name]) is Decimal


def test_all_formats_give_the_same_rows(tmp_path: Path, document: Make) -> None:
    by_format = [write(tmp_path / suffix, document("a"), formats=(suffix,)) for suffix in SUFFIXES]
    for table, columns in TABLES.items():
        names = tuple(name for name in columns if name != "completion")
        first, *others = [rows(folder, table, names) for folder in by_format]
        assert all(other == first for other in others)


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=9).filter(lambda d: abs(d) < 10**30), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_decimals_are_exact(tmp_path_factory: pytest.TempPathFactory, values: list[Decimal]) -> None:
    from zhibiao.schema import Quantity, Report

    quantities = tuple(Quantity(0, 1, "数", "=", value, "元", "money") for value in values)
    one = Document(Report("d", "d.txt", "0" * 64, "txt", "数"), quantities)
    for suffix in SUFFIXES:
        folder = write(tmp_path_factory.mktemp("run"), one, formats=(suffix,))
        assert [row["value"] for row in rows(folder, "quantities", ("value",))] == values


def test_only_the_columns_asked_for(tmp_path: Path, document: Make) -> None:
    for suffix in SUFFIXES:
        folder = write(tmp_path / suffix, document("a"), formats=(suffix,))
        assert all(list(row) == ["year", "doc_id"] for row in rows(folder, columns=("year", "doc_id")))


def test_parquet_goes_before_json_lines_before_csv(tmp_path: Path, document: Make) -> None:
    folder = tmp_path / "out"
    for suffix, doc_id in zip(SUFFIXES, ("p", "j", "c"), strict=True):
        write(folder, document(doc_id), formats=(suffix,))
    for suffix, doc_id in zip(SUFFIXES, ("p", "j", "c"), strict=True):
        assert {row["doc_id"] for row in rows(folder)} == {doc_id}
        (folder / f"records.{suffix}").unlink()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_of_parts(tmp_path: Path, document: Make, suffix: str) -> None:
    """In the order of the names; files that are not finished are hidden."""
    parts = tmp_path / "out" / "records"
    parts.mkdir(parents=True)
    for number in (2, 1, 10):
        write(tmp_path / "one", document(f"d{number}"), formats=(suffix,))
        (tmp_path / "one" / f"records.{suffix}").rename(parts / f"part-{number:05}.{suffix}")
    (parts / f".part-00011.{suffix}").write_text("half")
    (parts / f"_part-00012.{suffix}").write_text("half")
    (parts / "readme.txt").write_text("no table")
    got = rows(tmp_path / "out")
    assert list(dict.fromkeys(row["doc_id"] for row in got)) == ["d1", "d2", "d10"]
    assert len(got) == 3 * len(document("d").records)


def test_tables_without_rows(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        assert rows(write(tmp_path / suffix, formats=(suffix,))) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotARun, match=r"\[Z208\].*nirgends.*没有这个文件夹 \(no such folder\)"):
        rows(tmp_path / "nirgends")


def test_a_file_is_no_folder(tmp_path: Path, document: Make) -> None:
    folder = write(tmp_path / "out", document("a"))
    with pytest.raises(NotARun, match="no such folder"):
        rows(folder / "records.csv")


def test_a_folder_without_the_table(tmp_path: Path, document: Make) -> None:
    write(tmp_path / "out", document("a"), formats=("csv",))
    (tmp_path / "out" / "records.csv").unlink()
    with pytest.raises(NotARun, match="没有 records 表") as caught:
        rows(tmp_path / "out")
    assert "no table records" in caught.value.english


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_column_that_is_missing(tmp_path: Path, document: Make, suffix: str) -> None:
    folder = write(tmp_path / "out", document("a"), formats=(suffix,))
    with pytest.raises(NotARun, match=rf"quantities\.{suffix}.*缺少列 canonical_id"):
        rows(folder, "quantities", ("doc_id", "canonical_id"))


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_column_that_is_missing_where_there_are_no_rows(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(NotARun, match="缺少列 canonical_id"):
        rows(write(tmp_path / "out", formats=(suffix,)), "quantities", ("canonical_id",))


BROKEN: list[tuple[str, bytes]] = [
    ("parquet", b""),
    ("parquet", b"PAR1 this is none"),
    ("jsonl", b'{"doc_id": "a"'),
    ("jsonl", b"[1, 2]\n"),
    ("jsonl", b"7\n"),
    ("jsonl", b'{"doc_id": "a", "actual_value": NaN}\n'),
    ("jsonl", b'{"doc_id": "a", "actual_value": 1e999999999}\n'),
    ("jsonl", b'{"doc_id": "a", "actual_value": [1]}\n'),
    ("jsonl", b"\xff\xfe"),
    ("csv", b""),
    ("csv", "doc_id,actual_value\r\na,很多\r\n".encode()),
    ("csv", b"doc_id,actual_value\r\na,Infinity\r\n"),
    ("csv", b"doc_id,actual_value\r\n\xb1\xb1,1\r\n"),
]


@pytest.mark.parametrize(("suffix", "data"), BROKEN)
def test_a_damaged_table(tmp_path: Path, suffix: str, data: bytes) -> None:
    """One error of ours, that names the file, whatever the library underneath says."""
    (tmp_path / f"records.{suffix}").write_bytes(data)
    with pytest.raises(NotARun, match=rf"records\.{suffix}"):
        rows(tmp_path, columns=("doc_id", "actual_value"))


@pytest.mark.parametrize(("name", "cell"), [("year", "今年"), ("year", "inf"), ("confidence", "nan"), ("confidence", "高")])
def test_a_cell_that_is_no_number(tmp_path: Path, name: str, cell: str) -> None:
    (tmp_path / "records.csv").write_text(f"{name}\r\n{cell}\r\n", "utf-8")
    with pytest.raises(NotARun, match=r"records\.csv"):
        rows(tmp_path, columns=(name,))


def test_a_parquet_cut_short(tmp_path: Path, document: Make) -> None:
    file = write(tmp_path / "out", document("a"), formats=("parquet",)) / "records.parquet"
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(NotARun, match=r"records\.parquet"):
        rows(tmp_path / "out")


def test_tables_of_others(tmp_path: Path) -> None:
    """A Parquet file without exact columns, and columns in another order and number, will do."""
    pq.write_table(pa.table({"more": [1], "year": [2022], "actual_value": [0.1]}), tmp_path / "records.parquet")
    assert rows(tmp_path, columns=("actual_value", "year")) == [{"actual_value": Decimal("0.1"), "year": 2022}]
    (tmp_path / "records.parquet").unlink()
    (tmp_path / "records.jsonl").write_text(json.dumps({"year": 2022, "actual_value": "0.10"}) + "\n")
    assert rows(tmp_path, columns=("actual_value", "year")) == [{"actual_value": Decimal("0.1"), "year": 2022}]
