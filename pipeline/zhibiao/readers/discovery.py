"""Inputs as typed by the user (files, folders, patterns) to the list of files to read, each once and with its ``doc_id``."""

from __future__ import annotations

import glob
import itertools
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhibiao.errors import MissingInput, NothingReadable, ReadError
from zhibiao.readers.registry import FORMATS, Format, format_of, supported
from zhibiao.schema import Failure


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read. ``shown`` is its path as the user would write it; both texts are printable whatever the bytes on disk."""

    path: Path
    shown: str
    doc_id: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """``inputs`` in reading order, ``failures`` of arguments that gave nothing, ``skipped`` files of kinds without a reader."""

    inputs: tuple[Input, ...]
    failures: tuple[Failure, ...]
    skipped: int


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    root: Path


def discover(arguments: Sequence[str], *, formats: tuple[Format, ...] = FORMATS, exclude: frozenset[Path] = frozenset()) -> Discovery:
    """Find every file that the arguments name.

    A folder is searched recursively in sorted order; hidden files and folders (``.name``, ``~$name``) are left out and a folder
    is entered once, whatever links lead to it. A pattern may hold ``*``, ``?``, ``[…]`` and ``**``; an existing path is never
    taken for a pattern. A file named outright is an input whatever its kind; in folders and patterns, files of unknown kinds
    are skipped and counted. The same file reached twice counts once. ``exclude`` holds resolved paths to leave out (the run's
    own output). An argument that gives nothing becomes a Failure.
    """
    found: list[_Found] = []
    failures: list[Failure] = []
    seen: set[str] = set()
    skipped = 0
    for argument in arguments:
        problems: list[tuple[str, ReadError]] = []
        files, named = _expand(argument, problems)
        left_out = accepted = 0
        for item in files:
            real = os.path.realpath(item.path)
            if Path(real) in exclude:
                continue
            if not named and format_of(item.path, formats=formats) is None:
                left_out += 1
                continue
            accepted += 1
            if real not in seen:
                seen.add(real)
                found.append(item)
        skipped += left_out
        if not accepted and not problems:
            problems.append((argument, NothingReadable(what=printable(argument), skipped=left_out, supported=supported(formats))))
        failures.extend(Failure("", printable(path), "discover", type(error).__name__, str(error)) for path, error in problems)
    ids = _doc_ids(found)
    inputs = tuple(Input(item.path, printable(item.path), doc_id) for item, doc_id in zip(found, ids, strict=True))
    return Discovery(inputs, tuple(failures), skipped)


def printable(path: str | Path) -> str:
    """A path as text that any table can hold: ``/`` between parts, bytes that are no UTF-8 as ``\\xNN``.

    >>> printable(b"\\xb1\\xa8.txt".decode("utf-8", "surrogateescape"))
    '\\\\xb1\\\\xa8.txt'
    """
    text = path.as_posix() if isinstance(path, Path) else path
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _expand(argument: str, problems: list[tuple[str, ReadError]]) -> tuple[list[_Found], bool]:
    """The files of one argument, and whether they were named outright. What could not be looked at is added to ``problems``."""
    path = Path(argument)
    try:
        if path.is_dir():
            return list(_walk(path, path, problems)), False
        if os.path.lexists(path):  # a broken link too: it was named, so reading it must fail aloud
            return [_Found(path, path.parent)], True
        matches = sorted(Path(match) for match in glob.iglob(argument, recursive=True)) if glob.has_magic(argument) else []
    except (OSError, ValueError) as error:  # no right to look there; a NUL in the name
        problems.append((argument, ReadError(detail=getattr(error, "strerror", None) or str(error))))
        return [], False
    root = Path(*itertools.takewhile(lambda part: not glob.has_magic(part), path.parts))
    files: list[_Found] = []
    for match in matches:
        if not _hidden(match.name):
            files.extend(_walk(match, root, problems) if match.is_dir() else [_Found(match, root)])
    if not files and not problems:
        problems.append((argument, MissingInput(what=printable(argument))))
    return files, False


def _walk(folder: Path, root: Path, problems: list[tuple[str, ReadError]]) -> Iterator[_Found]:
    """All files below a folder: those of a folder by name, then its subfolders by name. Each folder once, so that link loops end."""
    seen: set[str] = set()
    stack = [folder]
    while stack:
        current = stack.pop()
        real = os.path.realpath(current)
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = sorted(entry for entry in current.iterdir() if not _hidden(entry.name))
            folders = [entry for entry in entries if entry.is_dir()]
        except OSError as error:
            problems.append((str(current), ReadError(detail=error.strerror or type(error).__name__)))
            continue
        inner = set(folders)
        for entry in entries:
            if entry not in inner:
                yield _Found(entry, root)
        stack.extend(reversed(folders))


def _hidden(name: str) -> bool:
    return name.startswith((".", "~$"))


def _doc_ids(found: Sequence[_Found]) -> list[str]:
    """A distinct name for each file: its stem; where stems collide, its path below the folder or pattern given; then ever longer.

    The absolute path comes last and is distinct, so the climb ends.
    """
    if not found:
        return []
    absolute = [Path(os.path.abspath(item.path)) for item in found]
    common = Path(os.path.commonpath([path.parent for path in absolute]))
    ladder = [
        (
            item.path.stem,
            os.path.relpath(path, os.path.abspath(item.root)).replace(os.sep, "/"),
            path.relative_to(common).as_posix(),
            path.as_posix(),
        )
        for item, path in zip(found, absolute, strict=True)
    ]
    level = [0] * len(found)
    while True:
        ids = [printable(steps[rung]) for steps, rung in zip(ladder, level, strict=True)]
        count = Counter(ids)
        clashing = [index for index, doc_id in enumerate(ids) if count[doc_id] > 1 and level[index] < 3]
        if not clashing:
            return ids
        for index in clashing:
            level[index] += 1
