"""The Parquet writer.

Measured values stand twice: ``value`` as float64, for arithmetic, and ``value_exact`` as text, to the last digit. A decimal128 column
would be one instead of two, but has one scale for all rows: with the 10 places that rates need it ends at 28 digits, and a longer
fraction, or one garbled number of 30 digits, would have to be rounded or cost the whole document. It would also reach pandas as
Python objects that do not add to floats. So floats for use and text for proof; ``Decimal(value_exact)`` is the value.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zhibiao.export.frames import Row, Rows, column_type, spans_json
from zhibiao.export.writers import SCHEMA_VERSION, Summary
from zhibiao.schema import TABLES, plain

_TYPES = {"text": pa.string(), "spans": pa.string(), "integer": pa.int64(), "float": pa.float64(), "decimal": pa.float64()}
#: Ratios made by division have no printed digits to keep; a float is all they are.
_NO_EXACT = frozenset({"completion", "link_confidence"})


def schema_of(table: str) -> Any:
    """The Arrow schema of a table: the columns of CONTRACT.md in order, then ``…_exact`` for each measured value.

    The metadata name the table and the version of the schema.
    """
    columns = TABLES[table]
    fields = [pa.field(name, _TYPES[column_type(name)]) for name in columns]
    fields += [pa.field(f"{name}_exact", pa.string()) for name in _exact_columns(table)]
    return pa.schema(fields, metadata={"zhibiao.table": table, "zhibiao.schema_version": SCHEMA_VERSION})


def _exact_columns(table: str) -> list[str]:
    return [name for name in TABLES[table] if column_type(name) == "decimal" and name not in _NO_EXACT]


class ParquetWriter:
    """Streams each table to one file; documents are gathered to row groups of some 64,000 rows or 64 MB."""

    def __init__(self, folder: Path, *, group_rows: int = 65_536, group_bytes: int = 64 * 1024 * 1024) -> None:
        self.files = tuple(f"{table}.parquet" for table in TABLES)
        self._limits = group_rows, group_bytes
        self._schemas = {table: schema_of(table) for table in TABLES}
        self._out = {
            table: pq.ParquetWriter(folder / name, self._schemas[table], compression="zstd")
            for table, name in zip(TABLES, self.files, strict=True)
        }
        self._waiting: dict[str, list[Any]] = {table: [] for table in TABLES}
        self._size = dict.fromkeys(TABLES, (0, 0))

    def prepare(self, rows: Rows) -> Callable[[], None]:
        batches = [(table, self._batch(table, lines)) for table, lines in rows.items() if lines]

        def write() -> None:
            for table, batch in batches:
                self._waiting[table].append(batch)
                n_rows, n_bytes = self._size[table]
                self._size[table] = n_rows + batch.num_rows, n_bytes + batch.nbytes
                if self._size[table][0] >= self._limits[0] or self._size[table][1] >= self._limits[1]:
                    self._flush(table)

        return write

    def _batch(self, table: str, rows: list[Row]) -> Any:
        names = tuple(TABLES[table])
        cells: dict[str, Any] = dict(zip(names, zip(*rows, strict=True), strict=True))
        for name in _exact_columns(table):
            cells[f"{name}_exact"] = [None if cell is None else plain(cell) for cell in cells[name]]
        for name in names:
            kind = column_type(name)
            if kind == "decimal":
                cells[name] = [None if cell is None else float(cell) for cell in cells[name]]
            elif kind == "spans":
                cells[name] = [spans_json(cell) for cell in cells[name]]
        schema = self._schemas[table]
        return pa.record_batch([pa.array(cells[field.name], field.type) for field in schema], schema=schema)

    def _flush(self, table: str) -> None:
        if waiting := self._waiting[table]:
            self._out[table].write_table(pa.Table.from_batches(waiting, self._schemas[table]), row_group_size=self._size[table][0])
            self._waiting[table], self._size[table] = [], (0, 0)

    def close(self, summary: Summary) -> None:
        for table, out in self._out.items():
            self._flush(table)
            out.close()

    def abort(self) -> None:
        for out in self._out.values():
            with suppress(Exception):  # the disk may be full; the files go anyway
                out.close()
