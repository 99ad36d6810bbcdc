"""The report as PDF, set by a real typesetter with the machine's CJK fonts."""

from __future__ import annotations

import json
import re
from typing import Any

from zhibiao.annotate.files.source import Cell, Source, TableBlock
from zhibiao.annotate.files.tools import DATE, need

FONTS = {"serif": "Noto Serif CJK SC", "sans": "Noto Sans CJK SC"}
_COUNTERS = {"{page}": "#counter(page).display()", "{pages}": "#counter(page).final().first()"}


class MissingFontError(RuntimeError):
    """A font that the pages are set in is not on this machine."""


def pdf_of(source: Source) -> bytes:
    """PDF with the same bytes each time on one machine; other versions of typesetter or font may place letters a little otherwise, not change the words.

    Raises MissingLibraryError, and MissingFontError where the CJK fonts are absent (the typesetter would leave boxes).
    """
    typst = need("typst", "typst")
    font = FONTS[source.font]
    fonts = typst.Fonts()
    if font not in fonts.families():
        raise MissingFontError(f"缺少字体 {font}；请安装 fonts-noto-cjk。 / The font {font} is missing; install fonts-noto-cjk.")
    compiler = typst.Compiler(font_paths=fonts)
    made: bytes = compiler.compile(input=typeset(source).encode(), format="pdf", timestamp=DATE, pdf_tags=False)
    return made


def typeset(source: Source) -> str:
    """The report in the typesetter's language. Raises MissingLibraryError."""
    jinja = need("jinja2", "jinja2")
    env = jinja.Environment(
        loader=jinja.PackageLoader("zhibiao.annotate.files", "."), trim_blocks=True, lstrip_blocks=True, undefined=jinja.StrictUndefined
    )
    env.filters["str"] = _string
    number = "".join(_COUNTERS.get(piece) or f"#{_string(piece)}" for piece in re.split(r"(\{pages?\})", source.number) if piece)
    text: str = env.get_template("page.typ.j2").render(source=source, font=FONTS[source.font], number=number, table=_table)
    return text


def _string(words: str) -> str:
    """A string in the typesetter's language; a line feed in it breaks the line."""
    return json.dumps(words, ensure_ascii=False)


def _table(table: TableBlock) -> str:
    """One table: caption, unit, cells; rules on all sides, or the three of a table in a book."""
    three = table.rules == "three"
    heads, rows = table.heads, len(table.rows)
    first = [c for c in table.cells if c.row < heads]
    # A head row whose cell reaches into the body cannot be told apart, and is then no head for the typesetter.
    heads = heads if all(c.row + c.rowspan <= heads for c in first) else 0
    settings: dict[str, Any] = {
        "columns": "(" + ", ".join(f"{w}fr" for w in table.widths) + ",)",
        "inset": "(x: 3pt, y: 6pt)",
        "align": "center + horizon",
        "stroke": f"(x, y) => (top: if y in (0, {heads}) {{ 0.8pt }}, bottom: if y == {rows - 1} {{ 0.8pt }})"
        if three
        else "0.6pt + black",
    }
    # Caption and unit stay with the table when a page or column ends.
    out = [f"#block(sticky: true, below: 0.7em, width: 100%, title({_string(table.caption)}, 14pt))" if table.caption else ""]
    if table.unit:
        out.append(f"#block(sticky: true, below: 0.5em, width: 100%, align(right, text(size: {table.size + 1}pt, {_string(table.unit)})))")
    out += [
        f"#[#set text(size: {table.size}pt)",
        "#set par(first-line-indent: 0pt, leading: 0.5em, justify: false)",
        "#table(" + ", ".join(f"{key}: {value}" for key, value in settings.items()) + ",",
    ]
    cells = [(c, _cell(c, table)) for c in table.cells]
    if heads:
        out.append(f"table.header(repeat: {'true' if table.repeat else 'false'},")
        out += [text for c, text in cells if c.row < heads]
        out.append("),")
    out += [text for c, text in cells if c.row >= heads]
    return "\n".join([*out, ")]"])


def _cell(cell: Cell, table: TableBlock) -> str:
    roles = [role.name for role in table.rows[cell.row].roles]
    role = roles[cell.column]
    settings = [f"rowspan: {cell.rowspan}"] * (cell.rowspan > 1) + [f"colspan: {cell.colspan}"] * (cell.colspan > 1)
    if cell.rowspan == 1 and not table.breaks:
        settings.append("breakable: false")
    if (role in ("prose", "reason", "text") and len(cell.text) > 12 and not cell.head) or (
        role == "name" and not cell.head and {"executed", "fact"} & set(roles) and "score" not in roles
    ):
        settings.append("align: left + horizon")
    elif role in ("initial", "budget", "executed", "fact", "last", "amount") and not cell.head and table.rules == "grid":
        settings.append("align: right + horizon")
    words = 'text(weight: "bold", ' + _string(cell.text) + ")" if cell.head else _string(cell.text)
    return f"table.cell({', '.join(settings)}{', ' if settings else ''}{words}),"
