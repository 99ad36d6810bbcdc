"""The words of one Word paragraph as a reader sees them: inserted text but no deleted one, results of fields but no codes, its list number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from zhibiao.readers.ooxml.numbering import Numbering, W
from zhibiao.readers.ooxml.packed import local

#: Wrappers that are looked through: content controls, tracked insertions, smart tags, links.
THROUGH = frozenset(
    ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "hyperlink", "fldSimple", "dir", "bdo", "Choice", "Fallback")
)
_DEPTH = 40
_LEADERS = {"dot": "......", "middleDot": "······", "hyphen": "------", "underscore": "______", "heavy": "______"}
#: Signs of the fonts Symbol, Wingdings and Wingdings 2 that targets, tick boxes and lists use; others have no meaning outside of their font.
_SYMBOL = dict(zip(range(0x20, 0x40), " !∀#∃%&∋()∗+,−./0123456789:;<=>?", strict=True)) | {
    0xA3: "≤", 0xB3: "≥", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xA2: "′", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xA5: "∞", 0xB7: "•",
    0xBC: "…", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xC5: "⊕", 0xD6: "√", 0xD7: "⋅", 0xE5: "∑", 0x61: "α", 0x62: "β", 0x67: "γ", 0x64: "δ",
    0x6D: "μ", 0x70: "π", 0x73: "σ", 0x44: "Δ", 0x53: "Σ", 0x57: "Ω", 0xA0: "€",
}  # fmt: skip
_WINGDINGS = {
    0x6C: "●", 0x6D: "○", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "□", 0x72: "□", 0x75: "◆", 0x76: "◆", 0x77: "◆", 0x9F: "•", 0xA7: "▪", 0xA8: "□",
    0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xFB: "✗", 0xFC: "√", 0xFD: "☒", 0xFE: "☑", 0xAB: "★",
} | {0x80 + n: sign for n, sign in enumerate("⓪①②③④⑤⑥⑦⑧⑨⑩")} | {0x8B + n: sign for n, sign in enumerate("⓿❶❷❸❹❺❻❼❽❾❿")}  # fmt: skip
_WINGDINGS2 = {0x4F: "✗", 0x50: "√", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x2A: "□", 0x30: "☑", 0xA3: "□", 0x98: "•"}
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS2}


def value(node: etree._Element | None, name: str) -> str | None:
    """The ``w:val`` of a child, None where there is no such child."""
    child = None if node is None else node.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val") or ""


def flag(node: etree._Element | None, name: str) -> bool | None:
    """A switch among the properties: on, off, or None where it is not set."""
    child = None if node is None else node.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val") not in ("0", "false", "off")


def whole(text: str | None, default: int, most: int) -> int:
    """A count from an attribute, no more than ``most``; ``default`` where it is none."""
    return min(int(text), most) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def contents(node: etree._Element, depth: int = 0) -> Iterator[etree._Element]:
    """Children of a body, table, row or cell, with wrappers looked through, without what was deleted. Of alternatives the first that is understood."""
    for found in node.iterchildren(etree.Element):
        child = chosen(found) if local(found) == "AlternateContent" else found
        if child is None:
            continue
        name = local(child)
        if name in THROUGH and depth < _DEPTH:
            yield from contents(child, depth + 1)
        else:
            yield child


def chosen(alternatives: etree._Element) -> etree._Element | None:
    """Of the ways in which the same thing is given, for newer and for older programs, one: else it would be read twice."""
    options = [child for child in alternatives.iterchildren(etree.Element) if local(child) in ("Choice", "Fallback")]
    return next((option for option in options if next(option.iter(f"{W}t"), None) is not None), options[0] if options else None)


class Styles:
    """What styles give to their paragraphs and runs. ``root``: the root of styles.xml, or None."""

    def __init__(self, root: etree._Element | None) -> None:
        self._nodes: dict[str, etree._Element] = {}
        self._chains: dict[str, list[etree._Element]] = {}
        self.default = ""
        #: List styles: style id → numId.
        self.lists: dict[str, str] = {}
        for node in () if root is None else root.iterchildren(f"{W}style"):
            name = node.get(f"{W}styleId") or ""
            self._nodes[name] = node
            if node.get(f"{W}type") == "paragraph" and node.get(f"{W}default") in ("1", "true", "on"):
                self.default = name
            if node.get(f"{W}type") == "numbering" and (number := value(node.find(f"{W}pPr/{W}numPr"), "numId")):
                self.lists[name] = number

    def chain(self, name: str) -> list[etree._Element]:
        """A style and those it is based on, nearest first."""
        if name not in self._chains:
            found: list[etree._Element] = []
            at: str | None = name
            while at and (node := self._nodes.get(at)) is not None and node not in found and len(found) < 20:
                found.append(node)
                at = value(node, "basedOn")
            self._chains[name] = found
        return self._chains[name]

    def hidden(self, name: str) -> bool:
        return bool(next((on for node in self.chain(name) if (on := flag(node.find(f"{W}rPr"), "vanish")) is not None), False))


@dataclass(slots=True)
class Paragraph:
    """``text`` with line feeds where lines are broken by hand; ``boxes``: text boxes that hang on it; ``open``: its end mark was deleted, the next goes on."""

    text: str
    boxes: list[etree._Element]
    open: bool


@dataclass(slots=True)
class Words:
    """Reads paragraphs in the order of the document: list numbers count on, and fields may run over several paragraphs."""

    styles: Styles
    numbering: Numbering
    #: Footnotes and endnotes in the order in which the text refers to them.
    notes: list[tuple[str, str]] = field(default_factory=list)
    _fields: list[bool] = field(default_factory=list)  # per open field: has its result begun?
    _hidden: bool = False
    _boxes: list[etree._Element] = field(default_factory=list)

    def paragraph(self, node: etree._Element) -> Paragraph:
        """The words of a ``w:p``."""
        properties = node.find(f"{W}pPr")
        style = value(properties, "pStyle") or self.styles.default
        self._hidden, self._boxes = self.styles.hidden(style), []
        words = "".join(self._walk(node, 0))
        self._fields = [begun for begun in self._fields if begun]  # a code that is not closed must not swallow the rest
        if "\t" in words and (leader := self._leader(properties, style)):
            head, _, tail = words.rpartition("\t")
            words = head + leader + tail
        marks = None if properties is None else properties.find(f"{W}rPr")
        gone = marks is not None and any(marks.find(f"{W}{name}") is not None for name in ("del", "moveFrom"))
        mark = "" if gone and not words.strip() else self._mark(properties, style)
        words = words.strip("\n")
        if mark and words[:1].isdigit() and mark[-1:].isascii() and not mark.endswith(" "):
            mark += " "  # 1.2021年 would be another number
        return Paragraph(mark + words, self._boxes, gone)

    def _mark(self, properties: etree._Element | None, style: str) -> str:
        own = None if properties is None else properties.find(f"{W}numPr")
        number, level = value(own, "numId"), value(own, "ilvl")
        direct = level is not None
        chain = self.styles.chain(style) if number is None else []
        for node in chain:  # a style may give only the level, the one it is based on the list
            given = node.find(f"{W}pPr/{W}numPr")
            level = level or value(given, "ilvl")
            if (number := value(given, "numId")) is not None:
                break
        if not direct:
            linked = (self.numbering.level_of(number or "", node.get(f"{W}styleId") or "") for node in chain)
            level = next((str(index) for index in linked if index is not None), level)
        return "" if number in (None, "", "0") else self.numbering.mark(number or "", whole(level, 0, 8))

    def _leader(self, properties: etree._Element | None, style: str) -> str:
        """The signs that fill the last tab of a line, as in a table of contents."""
        for node in (properties, *(n.find(f"{W}pPr") for n in self.styles.chain(style))):
            stops = [] if node is None else node.findall(f"{W}tabs/{W}tab")
            if stops := [stop for stop in stops if stop.get(f"{W}val") != "clear"]:
                return _LEADERS.get(stops[-1].get(f"{W}leader") or "", "")
        return ""

    def _walk(self, node: etree._Element, depth: int) -> Iterator[str]:
        if depth > _DEPTH:
            return
        for found in node.iterchildren(etree.Element):
            child = chosen(found) if local(found) == "AlternateContent" else found
            if child is None:
                continue
            name = local(child)
            if name == "r":
                yield from self._run(child, depth)
            elif name in THROUGH or name in ("rubyBase", "oMath", "oMathPara"):
                yield from self._walk(child, depth + 1)
            elif name in _MATH:
                yield from self._math(child, depth)
            # Left out: del, moveFrom, properties, bookmarks, comments.

    def _run(self, run: etree._Element, depth: int) -> Iterator[str]:
        properties = run.find(f"{W}rPr")
        if properties is not None:
            own = flag(properties, "vanish")
            style = value(properties, "rStyle")
            if own or (own is None and (self._hidden or (style and self.styles.hidden(style)))):
                # The marks of a field count even where they are hidden.
                for mark in run.iterchildren(f"{W}fldChar"):
                    list(self._field(mark))
                return
        elif self._hidden:
            return
        for child in run.iterchildren(etree.Element):
            name = local(child)
            if name == "fldChar":
                yield from self._field(child)
            elif name in ("drawing", "pict", "object"):
                self._boxes.extend(_boxes(child))
            elif name == "AlternateContent":
                option = chosen(child)
                if option is not None and next(option.iter(f"{W}txbxContent"), None) is not None:
                    self._boxes.extend(_boxes(option))
                elif option is not None:
                    yield from self._run(option, depth + 1) if depth < _DEPTH else ()
            elif not all(self._fields):
                continue
            elif name == "t":
                yield child.text or ""
            elif name in ("tab", "ptab"):
                yield "\t"
            elif name in ("br", "cr"):
                yield "\n"
            elif name == "noBreakHyphen":
                yield "-"
            elif name == "sym":
                yield _sign(child)
            elif name == "ruby":
                yield from self._walk(child, depth + 1)
            elif name in ("footnoteReference", "endnoteReference"):
                self.notes.append((name.removesuffix("Reference"), child.get(f"{W}id") or ""))

    def _field(self, mark: etree._Element) -> Iterator[str]:
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            data = mark.find(f"{W}ffData")
            if data is not None and all(self._fields):
                yield _form(data)
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _math(self, node: etree._Element, depth: int) -> Iterator[str]:
        """A formula on one line: fractions with a stroke, powers with ^."""
        if depth > _DEPTH:
            return
        name = local(node)
        if name == "t":
            yield node.text or ""
            return
        for child in node.iterchildren(etree.Element):
            inner = local(child)
            if inner == "den":
                yield "/"
            elif inner == "sup" and name in ("sSup", "sSubSup"):
                yield "^"
            if not inner.endswith("Pr"):
                yield from self._run(child, depth + 1) if child.tag == f"{W}r" else self._math(child, depth + 1)


_MATH = frozenset(
    (
        "f",
        "sSup",
        "sSub",
        "sSubSup",
        "d",
        "rad",
        "nary",
        "func",
        "bar",
        "acc",
        "m",
        "eqArr",
        "limLow",
        "limUpp",
        "box",
        "groupChr",
        "borderBox",
    )
)


def _boxes(node: etree._Element) -> Iterator[etree._Element]:
    """The outermost text boxes in a drawing. One inside of another is met when the outer one is read."""
    for child in node.iterchildren(etree.Element):
        if local(child) == "AlternateContent":
            option = chosen(child)
            if option is not None:
                yield from _boxes(option)
        elif child.tag == f"{W}txbxContent":
            yield child
        else:
            yield from _boxes(child)


def _sign(node: etree._Element) -> str:
    """A sign given by font and place; ``""`` where it means nothing without its font."""
    code = node.get(f"{W}char") or ""
    try:
        place = int(code, 16)
    except ValueError:
        return ""
    if 0xF000 <= place <= 0xF0FF or place <= 0xFF:
        return _FONTS.get((node.get(f"{W}font") or "").lower(), {}).get(place & 0xFF, "")
    return chr(place) if place < 0xD800 or 0xF900 <= place < 0x110000 else ""


def _form(data: etree._Element) -> str:
    """What a form field of old shows by itself: a tick box, the chosen entry of a list."""
    box = data.find(f"{W}checkBox")
    if box is not None:
        on = flag(box, "checked")
        return "☑" if (flag(box, "default") if on is None else on) else "□"
    entries = data.find(f"{W}ddList")
    if entries is not None:
        words = [entry.get(f"{W}val") or "" for entry in entries.iterchildren(f"{W}listEntry")]
        at = whole(value(entries, "result") or value(entries, "default"), 0, len(words))
        return words[at] if at < len(words) else ""
    return ""
