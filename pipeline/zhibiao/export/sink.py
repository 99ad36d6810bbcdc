"""Where rows go: one writer a format, whole documents only, and files that appear under their names when they are finished."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import FrameType, MappingProxyType, TracebackType
from typing import Self

from zhibiao.errors import OutputError, OutputIsFile, OutputNotWritable, UnknownFormat
from zhibiao.export.frames import Rows
from zhibiao.export.writers import Summary, Writer

#: Format → ``module:class`` of its writer, imported when asked for.
FORMATS: MappingProxyType[str, str] = MappingProxyType(
    {
        "csv": "zhibiao.export.writers:CsvWriter",
        "parquet": "zhibiao.export.parquet:ParquetWriter",
        "jsonl": "zhibiao.export.writers:JsonlWriter",
        "xlsx": "zhibiao.export.workbook:WorkbookWriter",
    }
)


def parse_formats(text: str) -> tuple[str, ...]:
    """``"csv, Parquet"`` → ``("csv", "parquet")``: each once, in the order given. Raises UnknownFormat."""
    names = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise UnknownFormat(unknown=", ".join(unknown) or "（空 empty）", known=", ".join(FORMATS))
    return names


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold back Ctrl-C and SIGTERM until the block is done, so that no document is written to one table and not to the next.

    Only the main thread gets signals and may set handlers; elsewhere this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    held = {int(sig): signal.signal(sig, lambda number, frame: came.append((number, frame))) for sig in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
    for number, frame in came[:1]:
        handler = held[number]
        if callable(handler):
            handler(number, frame)
        elif handler == signal.SIG_DFL:
            signal.raise_signal(number)


def check_output(out: Path) -> None:
    """Make the output folder and try to write there. Raises OutputIsFile or OutputNotWritable, before any work is done."""
    if out.exists() and not out.is_dir():
        raise OutputIsFile(path=out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".zhibiao-"):
            pass
    except OSError as error:
        raise OutputNotWritable(path=out, detail=error.strerror or type(error).__name__) from error


class Sink:
    """The open tables of one run.

    Use as a context manager: :meth:`add` documents, then :meth:`finish`. All files grow in a hidden folder inside ``out`` and are
    moved to their names by ``finish``; leaving without it, by an exception say, removes them and touches nothing that stood there.

    Raises OutputError where the disk refuses; after that the sink can only be left.
    """

    def __init__(self, out: Path, formats: Sequence[str]) -> None:
        check_output(out)
        self.out = out
        self._folder = Path(tempfile.mkdtemp(dir=out, prefix=".zhibiao-"))
        self._writers: list[Writer] = []
        try:
            for name in formats:
                module, _, cls = FORMATS[name].partition(":")
                self._writers.append(getattr(import_module(module), cls)(self._folder))
        except BaseException:
            self.discard()
            raise

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that :meth:`finish` leaves."""
        return tuple(self.out / name for writer in self._writers for name in writer.files)

    def add(self, rows: Rows) -> None:
        """Write the rows of one document to every format, or to none: an exception of the encoding leaves the tables as they were."""
        writes: list[Callable[[], None]] = [writer.prepare(rows) for writer in self._writers]
        try:
            with _uninterrupted():
                for write in writes:
                    write()
        except OSError as error:
            raise OutputError(detail=error.strerror or str(error)) from error

    def finish(self, summary: Summary = ()) -> tuple[Path, ...]:
        """Complete all files and move them to their names, replacing those of an earlier run. Gives their paths."""
        try:
            for writer in self._writers:
                writer.close(summary)
            with _uninterrupted():
                for path in self.paths:
                    os.replace(self._folder / path.name, path)
        except OSError as error:
            raise OutputError(detail=error.strerror or str(error)) from error
        shutil.rmtree(self._folder, ignore_errors=True)
        return self.paths

    def discard(self) -> None:
        """Close and remove everything that is not finished."""
        for writer in self._writers:
            with suppress(Exception):
                writer.abort()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._folder.exists():
            self.discard()
