"""The markup of a web page as a tree of its blocks: inline elements are gone, their words stand where they are shown."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from zhibiao.errors import OutOfTime, UnpacksTooLarge
from zhibiao.readers.content import Limits
from zhibiao.readers.html.grid import is_data, lay_out
from zhibiao.readers.html.node import BREAK, LINK, UNLINK, Node
from zhibiao.readers.html.words import names_hidden, names_site_part, words

_NO_MARKS = str.maketrans({BREAK: " ", LINK: " ", UNLINK: " ", "\0": "", "\u200b": "", "\ufeff": "", "\u00ad": "", "\u2060": ""})
_ODD = re.compile("[\0\x1c-\x1e\u200b\ufeff\u00ad\u2060]")

_BLOCKS = frozenset((
    "html", "body", "p", "div", "section", "article", "main", "header", "footer", "nav", "aside", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li",
    "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "form", "fieldset", "legend", "blockquote", "pre", "center",
    "address", "figure", "figcaption", "details", "summary", "hgroup", "dir", "menu", "listing", "xmp", "hr",
))  # fmt: skip
#: Never shown as text of the page, whatever they hold.
_SKIPPED = frozenset((
    "script", "style", "noscript", "template", "svg", "select", "option", "optgroup", "datalist", "textarea", "button", "iframe", "frame", "frameset",
    "noframes", "object", "embed", "applet", "audio", "video", "canvas", "map", "xml", "rt", "rp", "progress", "meter", "dialog", "del",
))  # fmt: skip
_SITE_TAGS = frozenset(("nav", "footer", "header", "aside"))
_SITE_ROLES = frozenset(("navigation", "search", "banner", "contentinfo", "complementary", "dialog", "menu", "menubar", "toolbar"))
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_PRE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_PLAIN_LIST = re.compile(r"list-style(?:-type)?\s*:[^;]*none", re.IGNORECASE)
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?([a-z]+(?:-[a-z]+)*)", re.IGNORECASE)
_ATTACHED = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar|pptx?|txt|csv)(?:[?#]|$)", re.IGNORECASE)
_RAISED = re.compile(r"[+\-−]?[0-9]{1,3}")
_SUPERSCRIPT = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_TEXT_STYLE_CHARS = 2000
#: A page of a thousand tables has some hundred thousand tags; a node costs some hundred bytes.
MAX_TAGS = 3_000_000
_CHUNK = 1 << 20


@dataclass(slots=True)
class PageTree:
    """A parsed page. ``titles``: contents of meta elements and ``title`` by name. ``office``: an office program says that it wrote the page.
    ``hidden``: commas and full stops in hidden elements."""

    root: Node
    titles: dict[str, str]
    office: bool
    hidden: int


def parse(text: str, limits: Limits, *, show_hidden: bool = False) -> PageTree:
    """Parse a page; broken markup is mended as libxml2 mends it. Nothing is fetched, entities of the page's own stay unexpanded.

    ``show_hidden`` takes hidden elements for shown ones. Raises UnpacksTooLarge beyond three million tags, OutOfTime.
    """
    tags = text.count("<")
    if tags > MAX_TAGS:
        raise UnpacksTooLarge(what=f"{tags} 个标签 tags", limit=f"{MAX_TAGS}")
    until = time.monotonic() + limits.max_seconds
    target: Any = _Target(limits, show_hidden)
    parser = etree.HTMLParser(target=target, huge_tree=True, no_network=True, encoding="utf-8")
    # Surrogates cannot be encoded; only UTF-16 with a byte-order mark could hold one, and strict decoding refuses it.
    data = text.encode("utf-8")
    for start in range(0, len(data) or 1, _CHUNK):
        parser.feed(data[start : start + _CHUNK])
        if time.monotonic() > until:
            raise OutOfTime(seconds=f"{limits.max_seconds:g}")
    tree = parser.close()
    assert isinstance(tree, PageTree)
    return tree


class _Target:
    """Takes the parser's events and builds the tree. Elements nest to any depth: the way back is a list, not the call stack."""

    def __init__(self, limits: Limits, show_hidden: bool) -> None:
        self._limits, self._show_hidden = limits, show_hidden
        self._root = Node("html")
        self._nodes = [self._root]
        self._open: list[bool] = []  # for each open element: is it a block?
        self._skip = 0  # depth inside an element that is not shown
        self._skipped_is_hidden = False
        self._hidden = 0
        self._links: list[int] = []  # depths of the open links
        self._raised: list[tuple[int, Node, int]] = []  # depth, node and place where an open superscript began
        self._pre: list[int] = []
        self._articles: list[int] = []
        self._title: list[str] | None = None
        self._titles: dict[str, str] = {}
        self._office = False
        self._steps = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._skip:
            self._skip += 1
            return
        if tag == "meta":
            self._meta(attributes)
        elif tag == "title":
            self._title = []
        style = attributes.get("style", "")[:_TEXT_STYLE_CHARS]
        hidden = not self._show_hidden and self._is_hidden(attributes, style)
        if tag in _SKIPPED or hidden or (tag in ("i", "span", "em") and attributes.get("aria-hidden") == "true"):
            self._skip, self._skipped_is_hidden = 1, hidden and tag not in _SKIPPED
            return
        block = tag in _BLOCKS
        self._open.append(block)
        if block:
            self._block(tag, attributes, style)
            if tag in ("article", "main"):
                self._articles.append(len(self._open))
        elif tag == "br":
            self._nodes[-1].items.append(BREAK)
        elif tag == "a":
            target = attributes.get("href", "")
            # A place in the same page, and a document that hangs on it, belong to the text.
            if target and not target.startswith("#") and not _ATTACHED.search(target[-200:]):
                self._links.append(len(self._open))
        elif tag == "sup":
            self._raised.append((len(self._open), self._nodes[-1], len(self._nodes[-1].items)))
        if tag in ("pre", "listing", "xmp") or (style and _PRE.search(style)):
            self._pre.append(len(self._open))

    def end(self, tag: str) -> None:
        if self._skip:
            self._skip -= 1
            return
        depth = len(self._open)
        if tag == "title" and self._title is not None:
            self._titles.setdefault("title", "".join(self._title))
            self._title = None
        for marks in (self._links, self._pre, self._articles):
            if marks and marks[-1] == depth:
                marks.pop()
        if self._raised and self._raised[-1][0] == depth:
            self._raise(*self._raised.pop()[1:])
        if self._open and self._open.pop():
            self._close(self._nodes.pop())

    def data(self, data: str) -> None:
        if self._skip:
            if self._skipped_is_hidden:
                self._hidden += data.count("，") + data.count("。")
            return
        if self._title is not None:
            self._title.append(data)
            return
        if _ODD.search(data):
            data = data.translate(_NO_MARKS)
        if self._pre:
            data = data.replace("\r\n", "\n").replace("\r", "\n").replace("\n", BREAK).replace(" ", "\xa0").replace("\t", "\xa0")
        self._nodes[-1].items.append(f"{LINK}{data}{UNLINK}" if self._links else data)

    def close(self) -> PageTree:
        while len(self._nodes) > 1:
            self._close(self._nodes.pop())
        self._root.count()
        return PageTree(self._root, self._titles, self._office, self._hidden)

    def _is_hidden(self, attributes: Mapping[str, str], style: str) -> bool:
        if not attributes:
            return False
        classes = attributes.get("class")
        return "hidden" in attributes or bool(style and _UNSEEN.search(style)) or bool(classes and names_hidden(classes))

    def _meta(self, attributes: Mapping[str, str]) -> None:
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        content = attributes.get("content", "")
        if name in words().metas:
            self._titles.setdefault(name, content)
        elif name in ("generator", "progid") and re.match(
            r"(?:Microsoft )?(?:Word|Excel|PowerPoint)|WPS|KSO|LibreOffice|OpenOffice", content, re.IGNORECASE
        ):
            self._office = True

    def _block(self, tag: str, attributes: Mapping[str, str], style: str) -> None:
        node = Node(tag)
        if attributes:
            node.site = (
                attributes.get("role", "") in _SITE_ROLES
                or names_site_part(attributes.get("class", ""))
                or names_site_part(attributes.get("id", ""))
            )
            kept = {
                name: attributes[name][:20]
                for name in ("rowspan", "colspan", "start", "value", "type", "role", "reversed")
                if name in attributes
            }
            if tag in ("ol", "li") and style and (found := _LIST_STYLE.search(style)):
                kept["style"] = "none" if _PLAIN_LIST.search(style) else found[1].lower()
            node.marks = kept or None
        node.site = node.site or (tag in _SITE_TAGS and not self._articles)  # an article has heads and feet of its own
        self._nodes[-1].items.append(node)
        self._nodes.append(node)

    def _raise(self, node: Node, start: int) -> None:
        """10 with a raised 4 is not 104: raised digits become the characters of raised digits. A raised [4] is a note and stays."""
        items = node.items[start:]
        raised = "".join(item for item in items if isinstance(item, str)).strip()
        if items and all(isinstance(item, str) for item in items) and _RAISED.fullmatch(raised):
            node.items[start:] = [raised.translate(_SUPERSCRIPT)]

    def _close(self, node: Node) -> None:
        """Count what the node holds, and tell of a table what it is: its parts are closed already."""
        node.count()
        if node.tag == "table":
            grid, self._steps = lay_out(node, self._limits.max_cells, self._steps)
            node.grid = grid if is_data(node, grid) else None
