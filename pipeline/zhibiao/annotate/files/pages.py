"""Tables of measurements as Markdown, and the parts of a page that a command writes."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path


class MissingMarksError(RuntimeError):
    """A page does not say where the part that a command writes begins and ends."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to print: its title, rows of cells (the head first), and what has to be known to read it, a sentence a note."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def markdown(sheets: Sequence[Sheet]) -> str:
    """Sheets as Markdown, under headings of the third level; ends with a line feed."""
    parts = []
    for sheet in sheets:
        names, *body = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in sheet.rows]
        ruled = [names, ["---", *("---:" for _ in names[1:])], *body]
        table = "".join(f"| {' | '.join(row)} |\n" for row in ruled)
        notes = "\n" + "".join(f"- {note}\n" for note in sheet.notes) if sheet.notes else ""
        parts.append(f"### {sheet.title}\n\n{table}{notes}")
    return "\n".join(parts)


def marks(part: str) -> tuple[str, str]:
    """The lines between which a command writes one part of a page."""
    return f"<!-- {part}: made by make files-scores -->", f"<!-- {part}: end -->"


def replaced(page: str, part: str, text: str) -> str:
    """The page with ``text`` for its part. Raises MissingMarksError where the page has no such part."""
    begin, end = marks(part)
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise MissingMarksError(f"页面没有 {begin} … {end} 这两行。 / The page lacks these two lines.")
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"


def write_part(path: Path, part: str, text: str) -> None:
    """Write one part of a page anew. Raises OSError, and MissingMarksError before anything is written."""
    path.write_text(replaced(path.read_text("utf-8"), part, text), "utf-8")


def machine() -> str:
    """The machine as a note: processors, Python, system and day; no names and no paths."""
    return f"机器 machine：{os.cpu_count()} CPU，Python {platform.python_version()}，{platform.system()}；{date.today().isoformat()}"
