"""Physical lines: what is noise (page numbers, running heads), how wide the text was set, what begins an item or a heading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import quantiles
from typing import NamedTuple

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
    re.compile(r"[一二三四五六七八九十]{1,3}[、.]"),
    re.compile(r"（[一二三四五六七八九十]{1,3}）"),
    re.compile(r"\d{1,2}(?:[.、](?![\d%])|、(?=\d{4})|\.(?=(?:19|20)\d\d年|12345))"),
    re.compile(r"（\d{1,2}）|\d{1,2}）"),
    re.compile(r"[①-⑳]"),
    re.compile(r"——"),
)
_NARROW = re.compile(r"[\x00-\u1fff]")
_ANY_MARK = re.compile(r"\s*(?:第[一二三四五六七八九十百]{1,4}(?:部分|章|节)|[一二三四五六七八九十（\d①-⑳—])")


class Line(NamedTuple):
    """One line with something on it: offsets of its text without outer blanks, its folded text, its set width in ems.

    ``after_break``: a page break, a page number or a running head stood before it. ``ends``: it ends a sentence (:func:`terminated`).
    ``mark``: level and length of the heading or list mark that it opens with (:func:`item_mark`).
    """

    start: int
    end: int
    text: str
    width: float
    after_break: bool
    ends: bool
    mark: tuple[int, int] | None

    @classmethod
    def of(cls, start: int, text: str, after_break: bool) -> Line:
        """The line of these words, which begin at ``start``."""
        return cls(start, start + len(text), text, set_width(text), after_break, terminated(text), item_mark(text))


def set_width(text: str) -> float:
    """Width in ems: a Latin character, a digit or a blank counts half.

    >>> set_width("共 12 个")
    4.0
    """
    return len(text) - len(_NARROW.findall(text)) * 0.5


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
    if text[-1:] in _CLOSERS:
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
    return {
        i
        for edge in edges
        for i in edge
        if shapes[re.sub(r"\d+", "#", lines[i].text)] >= 3 and lines[i].width <= 40 and not lines[i].ends and "单位" not in lines[i].text
    }


def _foot_after_break(lines: Sequence[Line], i: int) -> int:
    """How many lines from ``i`` (the first of a page) are a running head ended by a page number; 0 where there is none."""
    for n in range(3):
        if i + n >= len(lines) or (n and lines[i + n].after_break):
            return 0
        line = lines[i + n]
        if _PAGE_NUMBER.match(line.text):
            return n + 1
        if line.width > 25 or line.ends or line.mark:
            return 0
    return 0


def split_lines(folded: str, *, skip: Sequence[tuple[int, int]] = (), page_starts: Sequence[int] = ()) -> list[Line]:
    """All lines that hold text, in order, page numbers and running heads left out.

    ``skip``: stretches that are no lines of text (tables, page furniture), ascending; ``page_starts``: where pages begin that no form feed parts.
    """
    lines: list[Line] = []
    broke = fed = False
    skipped, pages = iter([*skip, (len(folded), len(folded))]), iter(page_starts)
    hole, page = next(skipped), next(pages, None)
    for match in _LINE.finditer(folded):
        while page is not None and page <= match.start():
            broke = broke or page > 0
            page = next(pages, None)
        while hole[1] <= match.start() < len(folded):
            hole = next(skipped)
        if hole[0] <= match.start():
            continue
        if match[0] == "\x0c":
            broke = fed = True
            continue
        text = match[0].strip()
        if text:
            start = match.start() + match[0].index(text[0]) if match[0][0] != text[0] else match.start()
            lines.append(Line.of(start, text, broke))
            broke = False
    drop: set[int] = set()
    paged = fed and any(line.after_break for line in lines)  # who knows pages without form feeds knows their running heads too
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
    if not drop:
        return lines
    kept: list[Line] = []
    for i, line in enumerate(lines):
        if i in drop:
            continue
        kept.append(line._replace(after_break=True) if i and i - 1 in drop else line)
    return kept


class Wrap(NamedTuple):
    """How a text was wrapped: the width of a full line in ems, and its length where lines were cut at a number of characters."""

    width: float
    chars: int | None

    def full(self, line: Line, share: float = 0.8) -> bool:
        """Is the line as wide as the text was set (``share`` of it at the least)?"""
        return line.width >= share * self.width or (self.chars is not None and len(line.text) >= self.chars - 2)


def wrap_of(lines: Sequence[Line]) -> Wrap | None:
    """How the text was wrapped, or None where each paragraph stands on one line.

    A text counts as wrapped where many lines have nearly the same width (or length) and most of those stop in mid-sentence.
    """
    long = [line for line in lines if line.width >= 8]
    if len(long) < 4:
        return None
    lengths = Counter(len(line.text) for line in long if not line.ends)
    chars, same = max(lengths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    near = sum(n for length, n in lengths.items() if abs(length - chars) <= 1)
    if same >= 3 and near >= 0.5 * len(long) and chars <= 120 and chars >= 0.9 * max(len(line.text) for line in long):
        return Wrap(max(line.width for line in long), chars)
    top = quantiles([line.width for line in long], n=20)[17]
    full = [line for line in lines if 0.86 * top <= line.width <= 1.12 * top]
    if top > 90 or len(full) < max(3, 0.08 * len(lines)):
        return None
    if sum(not line.ends for line in full) < 0.55 * len(full):
        return None
    return Wrap(max(line.width for line in full), None)
