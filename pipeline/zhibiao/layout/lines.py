"""Physical lines: what is noise (page numbers, running heads), how wide the text was set, what begins an item or a heading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

_LINE = re.compile(r"[^\r\n\v\x0c\u0085\u2028\u2029]+|\x0c")
_PAGE_NUMBER = re.compile(
    r"[-—–―~·\s]*\d{1,4}[-—–―~·\s]*$|[-—–―]+$|第\s*\d{1,4}\s*页(?:\s*[，,/]?\s*共\s*\d{1,4}\s*页)?$|共\s*\d{1,4}\s*页\s*第\s*\d{1,4}\s*页$|\d{1,4}\s*/\s*\d{1,4}$"
)
_DASHED = re.compile(r"[-—–―]\s*\d{1,4}\s*[-—–―]$|第\s*\d{1,4}\s*页|\d{1,4}\s*/\s*\d{1,4}$")
TERMINATORS = "。！？；："
_CLOSERS = "”’）)》」』】"
#: Marks that open a heading or a list item, outermost first.
_MARKS = (
    re.compile(r"第[一二三四五六七八九十百]{1,4}(?:部分|章|节)"),
    re.compile(r"[一二三四五六七八九十]{1,3}[、.](?!\d)"),
    re.compile(r"（[一二三四五六七八九十]{1,3}）"),
    re.compile(r"\d{1,2}(?:[.、])(?![\d%])"),
    re.compile(r"（\d{1,2}）|\d{1,2}）"),
    re.compile(r"[①-⑳]"),
    re.compile(r"——"),
)
_ANY_MARK = re.compile(r"\s*(?:第[一二三四五六七八九十百]{1,4}(?:部分|章|节)|[一二三四五六七八九十（\d①-⑳—])")


@dataclass(frozen=True, slots=True)
class Line:
    """One line with something on it: offsets of its text without outer blanks, its folded text, its set width in ems."""

    start: int
    end: int
    text: str
    width: float
    after_break: bool


def set_width(text: str) -> float:
    """Width in ems: a Latin character, a digit or a blank counts half.

    >>> set_width("共 12 个")
    4.0
    """
    return len(text) - sum(ch < "\u2000" for ch in text) * 0.5


def item_mark(text: str) -> tuple[int, int] | None:
    """(level, length of the mark) where ``text`` opens with a heading or list mark, else None. Level 0 is outermost.

    >>> item_mark("（二）主要成效"), item_mark("1.丰富形式"), item_mark("2.4%的项目")
    ((2, 3), (3, 2), None)
    """
    if not _ANY_MARK.match(text):
        return None
    for level, pattern in enumerate(_MARKS):
        if match := pattern.match(text):
            return level, match.end()
    return None


def terminated(text: str) -> bool:
    """Does the line end a sentence or open a list (。；：！？, closing quotes and brackets passed over)?"""
    text = text.rstrip(_CLOSERS + " ") or text
    return text[-1:] in TERMINATORS


def _running_heads(lines: Sequence[Line]) -> set[int]:
    """Indexes of lines at page edges that repeat on three pages or more (digits aside)."""
    edges: list[list[int]] = []
    page: list[int] = []
    for i, line in enumerate(lines):
        if line.after_break and page:
            edges.append([*page[:2], *page[-2:]])
            page = []
        page.append(i)
    edges.append([*page[:2], *page[-2:]])
    shapes: Counter[str] = Counter()
    for edge in edges:
        shapes.update({re.sub(r"\d+", "#", lines[i].text) for i in edge})
    return {i for edge in edges for i in edge if shapes[re.sub(r"\d+", "#", lines[i].text)] >= 3 and lines[i].width <= 40 and not terminated(lines[i].text)}


def _foot_after_break(lines: Sequence[Line], i: int) -> int:
    """How many lines from ``i`` (the first of a page) are a running head ended by a page number; 0 where there is none."""
    for n in range(3):
        if i + n >= len(lines) or (n and lines[i + n].after_break):
            return 0
        line = lines[i + n]
        if _PAGE_NUMBER.match(line.text):
            return n + 1
        if line.width > 25 or terminated(line.text) or item_mark(line.text):
            return 0
    return 0


def split_lines(folded: str) -> list[Line]:
    """All lines that hold text, in order, page numbers and running heads left out."""
    lines: list[Line] = []
    broke = False
    for match in _LINE.finditer(folded):
        if match[0] == "\x0c":
            broke = True
            continue
        text = match[0].strip()
        if text:
            start = match.start() + match[0].index(text[0]) if match[0][0] != text[0] else match.start()
            lines.append(Line(start, start + len(text), text, set_width(text), broke))
            broke = False
    drop: set[int] = set()
    paged = any(line.after_break for line in lines)
    if paged:
        drop |= _running_heads(lines)
        for i, line in enumerate(lines):
            if line.after_break and (n := _foot_after_break(lines, i)):
                drop.update(range(i, i + n))
    for i, line in enumerate(lines):
        if len(line.text) > 24 or not _PAGE_NUMBER.match(line.text):
            continue
        if _DASHED.match(line.text):
            drop.add(i)
        elif line.text.isdigit() and i and i + 1 < len(lines) and lines[i - 1].text in "-—–―" and lines[i + 1].text in "-—–―":
            drop.update((i - 1, i, i + 1))  # a page number whose dashes stand on lines of their own
        elif line.text.isdigit() and paged and (i + 1 == len(lines) or lines[i + 1].after_break):
            drop.add(i)
    if drop:
        lines = [line for i, line in enumerate(lines) if i not in drop]
    return lines


def wrap_width(lines: Sequence[Line]) -> float | None:
    """The width at which the text was wrapped, or None where each paragraph stands on one line.

    A text counts as wrapped where many lines have nearly the same width and most of those stop in mid-sentence.
    """
    widths = [line.width for line in lines if line.width >= 8]
    if len(widths) < 4:
        return None
    top = quantiles(widths, n=20)[17]
    full = [line for line in lines if 0.86 * top <= line.width <= 1.12 * top]
    if top > 90 or len(full) < max(3, 0.12 * len(lines)):
        return None
    if sum(not terminated(line.text) for line in full) < 0.55 * len(full):
        return None
    return max(line.width for line in full)
