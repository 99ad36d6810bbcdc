"""Web pages: the article without the site around it, its tables as tables; files saved as HTML by Word, WPS or Excel whole.

libxml2 parses (through lxml), as leniently as browsers do; what is the article, and which tables are data, is decided on its tree
(:mod:`~zhibiao.readers.html.main`, :mod:`~zhibiao.readers.html.grid`). Libraries that find main content were measured and not taken: on the prose of real
pages they do as well, but they flatten merged cells, keep menus of pages laid out by tables, or lose short files saved from Word whole.
Nothing is executed, nothing is fetched.
"""

from __future__ import annotations

from pathlib import Path

from zhibiao.readers.content import Content, Limits
from zhibiao.readers.flowing import Builder
from zhibiao.readers.html.encoding import decode_page
from zhibiao.readers.html.flow import Block, cells_of, flow
from zhibiao.readers.html.main import article
from zhibiao.readers.html.title import missing_title
from zhibiao.readers.html.tree import PageTree, parse

#: A page whose hidden part holds so many times the sentences of the shown part is opened by a script.
_HIDDEN_TIMES = 3
#: Pasted into a site's page, the mark of the office program comes with the site's links.
_OFFICE_LINKED = 0.2


def read_html(data: bytes, *, path: Path, limits: Limits) -> Content:
    """Read a page: its title, the lines of its article, its tables.

    Raises EmptyDocument (no words), BinaryFile, UndecodableText, GarbledText, UnpacksTooLarge (tags, cells or spans beyond the limits) or
    OutOfTime. Broken bytes that touch the text are told in ``gaps``.
    """
    text, broken = decode_page(data)
    page = parse(text, limits)
    kept, title = _article(page)
    if page.hidden > _HIDDEN_TIMES * sum(block.text.count("，") + block.text.count("。") for block in kept):
        page = parse(text, limits, show_hidden=True)
        kept, title = _article(page)
    builder = Builder(limits)
    if title:
        builder.text(title)
    for block in kept:
        if block.table is None:
            builder.text(block.text)
        else:
            builder.table(cells_of(block.table))
    content = builder.content()
    if broken is not None and "\ufffd" in content.text:
        builder.gap(broken)
        content = builder.content()
    return content


def _article(page: PageTree) -> tuple[list[Block], str]:
    blocks, spans = flow(page.root)
    if not blocks:
        return [], ""
    # A file saved by an office program has no site around it: what looks like a notice is a line of its cover.
    whole = page.office and page.root.linked < _OFFICE_LINKED * page.root.chars
    kept = blocks if whole else article(blocks, spans)
    return kept, missing_title(page.titles, blocks, kept, office=page.office)
