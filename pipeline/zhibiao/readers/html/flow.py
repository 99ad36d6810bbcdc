"""The tree of a page as lines and tables in the order in which they are shown."""

from __future__ import annotations

import re
from typing import NamedTuple

from zhibiao.readers.flowing import CellText
from zhibiao.readers.html.node import BREAK, LINK, UNLINK, Grid, Node
from zhibiao.readers.html.words import squeeze

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_COLLAPSED = re.compile(r"[ \t\r\n\f]+")
_LINKED = re.compile(f"{LINK}([^{UNLINK}]*){UNLINK}")
# Characters that stand without blanks between them: a line end of the source between two of them is no blank.
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6‘’“”…—]"
)
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_HAN = "〇一二三四五六七八九"
_HAN_STYLES = ("cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal", "simp-chinese-formal", "cjk-decimal")


class Block(NamedTuple):
    """A line of the page, or a table (``table``; ``text`` is then empty). ``bare``: the line without white space; ``chars`` and ``linked`` as in
    :class:`~zhibiao.readers.html.node.Node`."""

    text: str
    bare: str
    chars: int
    linked: int
    heading: bool = False
    table: Node | None = None


class Span(NamedTuple):
    """The blocks from ``first`` up to ``last`` (excluded) stand in one element; ``site``: it is named as a part of the site."""

    first: int
    last: int
    site: bool


def flow(root: Node) -> tuple[list[Block], list[Span]]:
    """The blocks of a page in order, and the stretch of each element, inner ones before outer ones. Goes to any depth."""
    blocks: list[Block] = []
    spans: list[Span] = []
    pieces: list[str] = []
    marker = ""
    # An open element: node, next item, first block, next number of an ordered list, step of its numbers.
    stack: list[tuple[Node, int, int, int, int]] = [(root, 0, 0, 0, 0)]
    while stack:
        node, position, first, number, step = stack.pop()
        entered = None
        while position < len(node.items):
            item = node.items[position]
            position += 1
            if isinstance(item, Node):
                entered = item
                break
            pieces.append(item)
        if pieces:
            for line, linked in _lines(pieces):
                text = marker + line
                bare = squeeze(text)
                blocks.append(Block(text, bare, len(bare), linked, node.tag in _HEADINGS))
                marker = ""
            pieces = []
        if entered is None:
            spans.append(Span(first, len(blocks), node.site))
            if node.tag == "li":
                marker = ""
        elif entered.grid is not None:
            stack.append((node, position, first, number, step))
            if (
                captions := entered.grid.captions
            ):  # they stand before the table and in one element with it; again on the stack, however deep
                entered.grid = Grid(entered.grid.cells, ())
                stack.append((Node("div", items=[*captions, entered]), 0, len(blocks), 0, 0))
                continue
            spans.append(Span(len(blocks), len(blocks) + 1, entered.site))
            blocks.append(Block("", "", entered.chars, entered.linked, table=entered))
        else:
            if node.tag == "ol" and entered.tag == "li":
                number = _int((entered.marks or {}).get("value", ""), number)
                marker = _marker(number, {**(node.marks or {}), **(entered.marks or {})})
                number += step
            stack.append((node, position, first, number, step))
            stack.append((entered, 0, len(blocks), *_numbers(entered)))
    return blocks, spans


def cells_of(table: Node) -> list[CellText]:
    """The cells of a table with a grid, by row, then column; the lines of a cell parted by line feeds."""
    assert table.grid is not None
    return [
        CellText(placed.row, placed.column, "\n".join(block.text for block in flow(placed.cell)[0]), placed.rowspan, placed.colspan)
        for placed in table.grid.cells
    ]


def _lines(pieces: list[str]) -> list[tuple[str, int]]:
    """The lines of running words as a browser shows them, with the characters in links: white space as one blank, none at the ends; no-break and full-width blanks stay."""
    out = []
    for raw in "".join(pieces).split(BREAK):
        linked = 0
        if LINK in raw or UNLINK in raw:
            linked = sum(len(squeeze(found)) for found in _LINKED.findall(raw))
            raw = raw.replace(LINK, "").replace(UNLINK, "")
        line = _COLLAPSED.sub(_blank, raw.strip(" \t\r\n\f")).rstrip()
        if line:
            out.append((line, linked))
    return out


def _blank(match: re.Match[str]) -> str:
    if "\n" not in match[0] and "\r" not in match[0]:
        return " "
    text = match.string
    return "" if _WIDE.match(text, match.start() - 1) and _WIDE.match(text, match.end()) else " "


def _numbers(node: Node) -> tuple[int, int]:
    """First number and step of an ordered list."""
    if node.tag != "ol":
        return 0, 0
    marks = node.marks or {}
    if "reversed" in marks:
        return _int(marks.get("start", ""), sum(1 for item in node.items if isinstance(item, Node) and item.tag == "li")), -1
    return _int(marks.get("start", ""), 1), 1


def _marker(number: int, marks: dict[str, str]) -> str:
    """The number of a list item as it is shown, with its sign.

    >>> _marker(3, {}), _marker(27, {"type": "a"}), _marker(4, {"type": "I"}), _marker(12, {"style": "cjk-ideographic"})
    ('3. ', 'aa. ', 'IV. ', '十二、')
    """
    style = marks.get("style") or _TYPES.get(marks.get("type", ""), "decimal")
    if style in ("none", "disc", "circle", "square"):
        return ""
    if style in _HAN_STYLES and 0 < number < 100:
        return f"{_han(number)}、"
    words = ""
    if style in ("lower-alpha", "upper-alpha", "lower-latin", "upper-latin") and number > 0:
        left = number
        while left:
            left, letter = divmod(left - 1, 26)
            words = chr(ord("a") + letter) + words
    elif style in ("lower-roman", "upper-roman") and 0 < number < 4000:
        left = number
        for value, letters in _ROMAN:
            words += letters * (left // value)
            left %= value
    elif style == "decimal-leading-zero":
        words = f"{number:02d}"
    words = words or str(number)
    return f"{words.upper() if style.startswith('upper') else words}. "


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _HAN[tens]) + ("十" if tens else "") + (_HAN[ones] if ones or not tens else "")


def _int(value: str, default: int) -> int:
    match = re.match(r"\s*([+-]?[0-9]{1,9})", value)
    return int(match[1]) if match else default
