"""Plain text as people get it when they copy a report out of a word processor: the tables fall apart in one of four ways."""

from __future__ import annotations

from collections.abc import Iterator

from zhibiao.annotate.files.source import Source, TableBlock


def text_of(source: Source) -> str:
    """The report as plain text.

    ``plain`` of the source says how a table falls apart: ``blank`` (each line of a cell on its own, blank lines between; empty cells vanish),
    ``line`` (one cell a line, an empty cell an empty line), ``row`` (one row a line, blanks between cells), ``run`` (the whole table on one line).
    ``wrap`` breaks the lines of prose, ``cell_wrap`` those of cells (0: not at all). A merged cell stands once.
    """
    gap = "\n\n" if source.plain == "blank" else "\n"
    lines = [piece for words in [source.title, source.org, source.date] if words for piece in _wrapped(words, source.wrap)]
    for block in source.blocks:
        if isinstance(block, TableBlock):
            lines += [words for words in (block.caption, block.unit) if words]
            lines += _table(block, source)
        else:
            for words in block.lines:
                lines += _wrapped(words if block.level else f"　　{words}", source.wrap)
    return gap.join(lines) + "\n"


def _table(table: TableBlock, source: Source) -> Iterator[str]:
    how = source.plain
    if how in ("blank", "line"):
        for cell in table.cells:
            if cell.text or how == "line":
                for part in cell.text.split("\n"):
                    yield from _wrapped(part, source.cell_wrap) or [""]
        return
    rows = [
        " ".join("".join(c.text.split("\n")) for c in table.cells if c.row == r and c.text) for r in range(len(table.rows))
    ]  # fmt: skip
    yield from rows if how == "row" else [" ".join(row for row in rows if row)]


def _wrapped(words: str, width: int) -> list[str]:
    """Words in lines of ``width`` characters, one line where it is 0."""
    return [words[i : i + width] for i in range(0, len(words), width)] if width else [words]
