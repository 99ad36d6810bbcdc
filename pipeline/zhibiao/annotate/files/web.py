"""The report as a page of a government site: menus, path and foot around it, tables with merged cells."""

from __future__ import annotations

from typing import Any

from zhibiao.annotate.files.source import Source, TableBlock, WordsBlock
from zhibiao.annotate.files.tools import need


def page_of(source: Source) -> bytes:
    """HTML in the encoding of the source, which the page states; raises MissingLibraryError, and UnicodeEncodeError for a character outside it."""
    jinja = need("jinja2", "jinja2")
    env = jinja.Environment(
        loader=jinja.PackageLoader("zhibiao.annotate.files", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja.StrictUndefined
    )  # fmt: skip
    blocks = [_block(b) for b in source.blocks if isinstance(b, TableBlock) or b.lines]
    html: str = env.get_template("page.html.j2").render(source=source, blocks=blocks)
    return html.encode(source.encoding)


def _block(block: WordsBlock | TableBlock) -> dict[str, Any]:
    if isinstance(block, WordsBlock):
        return {"table": None, "level": block.level, "lines": block.lines}
    rows = [[c for c in block.cells if c.row == r] for r in range(len(block.rows))]
    # A head of its own (thead) where the first rows are one and no cell of it reaches into the body.
    heads = block.heads if all(c.row + c.rowspan <= block.heads for c in block.cells if c.row < block.heads) else 0
    return {"table": block, "head": rows[:heads], "body": rows[heads:]}
