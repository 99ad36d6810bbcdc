"""Reading back what a run wrote: the rows of one table, from whichever format the folder holds.

Measured values come back as :class:`decimal.Decimal`, to the last digit, whatever the format. A table may be one file or a folder of
part files (``records.parquet`` or ``records/part-00017.parquet``).
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zhibiao.errors import NotARun
from zhibiao.export.frames import column_type
from zhibiao.readers.discovery import printable

RowDict = dict[str, Any]
_MAX_DIGITS = 300  # what a table of ours can hold


def read_rows(folder: Path | str, table: str, columns: Sequence[str]) -> Iterator[RowDict]:
    """The rows of ``table`` of the run in ``folder`` with the columns asked for, in the order in which they were written.

    Texts that are empty are ``""``; numbers that are empty are None; ``spans`` are lists of pairs. Parquet is preferred, then JSON Lines, then CSV. Raises
    :class:`~zhibiao.errors.NotARun` where the folder holds no such table, or a file of it lacks a column or cannot be read.

    >>> import tempfile
    >>> from zhibiao.api import report_of, shared_extractor
    >>> from zhibiao.export.frames import rows_of
    >>> from zhibiao.export.sink import Sink
    >>> with tempfile.TemporaryDirectory() as out:
    ...     with Sink(Path(out), ["jsonl"]) as sink:
    ...         sink.add(rows_of(shared_extractor().extract(report_of("全年受理工单26万件。"))))
    ...         _ = sink.finish([])
    ...     list(read_rows(out, "records", ["indicator", "actual_value"]))
    [{'indicator': '受理工单', 'actual_value': Decimal('260000')}]
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotARun(path=printable(folder), detail="没有这个文件夹 (no such folder)")
    for suffix, read in _READERS.items():
        whole = folder / f"{table}.{suffix}"
        files = [whole] if whole.is_file() else sorted((folder / table).glob(f"[!._]*.{suffix}"))  # a dot: not finished
        if files:
            for file in files:
                yield from _rows(file, columns, read)
            return
    raise NotARun(path=printable(folder), detail=f"没有 {table} 表（parquet、jsonl 或 csv） (no table {table})")


def _rows(file: Path, columns: Sequence[str], read: Callable[[Path, Sequence[str]], Iterator[RowDict]]) -> Iterator[RowDict]:
    types = {name: column_type(name) for name in columns}
    try:
        for row in read(file, columns):
            yield {name: _value(row[name], types[name]) for name in columns}
    except KeyError as error:
        raise NotARun(path=printable(file), detail=f"缺少列 {error.args[0]} (a column is missing)") from error
    except (OSError, ValueError, TypeError, ArithmeticError, csv.Error, pa.ArrowException) as error:
        raise NotARun(path=printable(file), detail=" ".join(str(error).split())[:200]) from error


def _value(cell: Any, kind: str) -> Any:
    if kind == "text":
        return "" if cell is None else cell
    if kind == "spans":
        return json.loads(cell or "[]") if cell is None or isinstance(cell, str) else cell
    if cell is None or cell == "":
        return None
    if kind == "integer":
        return int(cell)
    number = float(cell) if kind == "float" else cell if isinstance(cell, Decimal) else Decimal(str(cell))
    if not (math.isfinite(number) if isinstance(number, float) else number.is_finite() and abs(number.adjusted()) <= _MAX_DIGITS):
        raise ValueError(f"数值 {cell} 无法使用 (no usable number)")
    return number


def _parquet(file: Path, columns: Sequence[str]) -> Iterator[RowDict]:
    """Decimals are taken from the columns ``…_exact``, which hold them to the last digit."""
    source = pq.ParquetFile(file)
    names = set(source.schema_arrow.names)
    exact = {name: f"{name}_exact" if f"{name}_exact" in names else name for name in columns}
    if missing := [name for name in columns if name not in names]:
        raise KeyError(missing[0])
    for batch in source.iter_batches(columns=list(exact.values())):
        for row in batch.to_pylist():
            yield {name: row[kept] for name, kept in exact.items()}


def _jsonl(file: Path, columns: Sequence[str]) -> Iterator[RowDict]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line, parse_float=Decimal)


def _csv(file: Path, columns: Sequence[str]) -> Iterator[RowDict]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        csv.field_size_limit(1 << 30)  # a cell may hold a whole report
        rows = csv.DictReader(lines)
        if missing := [name for name in columns if name not in (rows.fieldnames or ())]:
            raise KeyError(missing[0])
        yield from rows


_READERS: dict[str, Callable[[Path, Sequence[str]], Iterator[RowDict]]] = {"parquet": _parquet, "jsonl": _jsonl, "csv": _csv}
