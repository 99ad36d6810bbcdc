"""Streaming writers of the tables as CSV, JSON Lines and Parquet: one file a table, all five always, also without rows.

A writer takes the rows of one document in two steps: ``prepare`` turns them into the bytes of the format and may fail; the function
that it gives back writes them. So a document that some format cannot hold leaves no trace in any of them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Protocol

import orjson

from zhibiao.export.frames import Row, Rows, column_type, spans_json
from zhibiao.schema import TABLES, plain

SCHEMA_VERSION = "1"

Summary = Sequence[tuple[str, "str | int | float"]]


class Writer(Protocol):
    """One output format. ``files`` are the names of the files it leaves in its folder."""

    files: tuple[str, ...]

    def prepare(self, rows: Rows) -> Callable[[], None]:
        """Encode the rows of one document; the function returned writes them. Raises before anything is written."""

    def close(self, summary: Summary) -> None:
        """Finish all files; ``summary`` is for formats that show one."""

    def abort(self) -> None:
        """Let go of all files, finished or not."""


class _LineWriter:
    """What CSV and JSON Lines share: an open file for each table, to which encoded rows are appended."""

    suffix: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        self.files = tuple(f"{table}.{self.suffix}" for table in TABLES)
        self._stack = ExitStack()
        with ExitStack() as guard:  # a table that cannot be opened closes those before it
            self._out = {
                table: guard.enter_context((folder / name).open("wb", buffering=1 << 18))
                for table, name in zip(TABLES, self.files, strict=True)
            }
            self._stack = guard.pop_all()

    def encode(self, table: str, rows: Sequence[Row]) -> bytes:
        raise NotImplementedError

    def prepare(self, rows: Rows) -> Callable[[], None]:
        blocks = [(self._out[table], self.encode(table, lines)) for table, lines in rows.items() if lines]

        def write() -> None:
            for out, block in blocks:
                out.write(block)

        return write

    def close(self, summary: Summary) -> None:
        self._stack.close()

    def abort(self) -> None:
        self._stack.close()


class CsvWriter(_LineWriter):
    """CSV after RFC 4180 in UTF-8 with a byte-order mark, without which Excel garbles Chinese.

    Cells are the data, unaltered: a text that begins with ``=``, ``+``, ``-`` or ``@`` stands as it is (-5% and +1 occur in reports, and
    the cell must equal ``source[start:end]``), so a spreadsheet may read it as a formula. People who open tables from
    reports they do not trust should take the workbook (``--format xlsx``), where every text is a text. Numbers never have an exponent.
    """

    suffix = "csv"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._decimals = {
            table: tuple(i for i, name in enumerate(columns) if column_type(name) == "decimal") for table, columns in TABLES.items()
        }
        self._spans = {
            table: tuple(i for i, name in enumerate(columns) if column_type(name) == "spans") for table, columns in TABLES.items()
        }
        for table, columns in TABLES.items():
            self._out[table].write(b"\xef\xbb\xbf" + (",".join(columns) + "\r\n").encode())

    def encode(self, table: str, rows: Sequence[Row]) -> bytes:
        decimals, spans = self._decimals[table], self._spans[table]
        lines: list[list[Any]] = []
        for row in rows:
            line: list[Any] = list(row)
            for i in decimals:
                if line[i] is not None:
                    line[i] = plain(line[i])
            for i in spans:
                line[i] = spans_json(line[i])
            lines.append(line)
        # The line end \r\n makes csv quote a lone \r or \n inside a cell too (it quotes the characters of the line end only).
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator="\r\n").writerows(lines)
        return buffer.getvalue().encode("utf-8")


def _exact_number(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(plain(value))
    raise TypeError(f"no JSON for {type(value).__name__}")


class JsonlWriter(_LineWriter):
    """One JSON object a line, UTF-8. Measured values are number literals to the last digit; empty is null; spans are lists."""

    suffix = "jsonl"

    def encode(self, table: str, rows: Sequence[Row]) -> bytes:
        columns = tuple(TABLES[table])
        option = orjson.OPT_APPEND_NEWLINE
        return b"".join([orjson.dumps(dict(zip(columns, row, strict=True)), default=_exact_number, option=option) for row in rows])
