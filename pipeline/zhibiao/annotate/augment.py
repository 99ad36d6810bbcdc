"""Variants of a marked passage for training: the same report as another converter, typesetter or clerk would have left it.

In: a :class:`~zhibiao.annotate.markup.MarkedPassage` and a seeded ``random.Random``. Out: a passage with the same marks on the same words, at
exact offsets, under the same id. For the training part only, never for what is scored.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from random import Random
from typing import Literal, get_args

from zhibiao.layout.fold import fold
from zhibiao.layout.lines import set_width, split_lines, wrap_of
from zhibiao.quantities import default_units

from .check import VALUES
from .markup import MarkedPassage

Kind = Literal["headers", "numbers", "cells", "width", "wraps"]
#: In the order in which they are done: words before the form of their characters, line breaks last.
KINDS: tuple[Kind, ...] = get_args(Kind)
#: (start, end, new words) in offsets of the old text. An edit lies inside a mark or outside it, never across its edge.
_Edit = tuple[int, int, str]

#: Column heads of one role that stand for each other (roles: ``layout/headers.toml``).
HEADERS = (
    ("年度指标值", "年度目标值", "目标值"),
    ("实际完成值", "全年完成值", "实际完成"),
    ("分值", "权重"),
    ("自评得分", "得分"),
)
_WITH_HEADERS = ("table", "pairs")
_CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{2}")

#: Counters that stand for each other. All other units say what is counted, or how it is measured.
COUNTERS = "个项家件次人户所台宗"
_BEFORE_COUNTER = re.compile(r"[0-9]\s*[余多几百千万亿]*\s*$")
_NUMBER = re.compile(r"[0-9](?:[0-9,.\s]*[0-9])?")
_DATE = re.compile(r"\s*[年月日号:：∶]")
_PERCENT = re.compile(r"\s*[%％]")
_ALL = re.compile(r"100(?:\.0+)?$")

_TO_FULL = 0xFEE0
_SIGNS = {"digits": re.compile("[0-9]"), "letters": re.compile("[A-Za-z]"), "percent": re.compile("%")}
_HALF = dict(zip("，；：（）", ",;:()", strict=True))
_PUNCTUATION = re.compile(r"[（）]|[，；：](?:(?<![\d\s].)|(?!\s*\d))")

#: Lines are set 22 to 46 ems wide, and a text must give five of them, or nobody could tell that it was wrapped.
_NARROWEST, _WIDEST, _LINES = 22, 46, 5
_PAGED = ("prose", "bulletin", "budget")
_PAGES = ("- {} -", "-{}-", "— {} —")
_PAGE_CHANCE, _BLANK_CHANCE = 0.3, 0.4
#: A page number keeps so many characters from every mark: it must not part a number from 不少于 or 以上.
_PAGE_AWAY = 4
#: A flattened table with fewer gaps than this has no form that could be changed.
_GAPS = 6


def augment(passage: MarkedPassage, rng: Random, *, kinds: Collection[Kind] = KINDS, share: float = 0.5) -> MarkedPassage:
    """A variant of ``passage``: each of ``kinds`` is done with the chance ``share`` (0 to 1), where the passage has something to change.

    The same passage and the same state of ``rng`` give the same variant. Written-out names and values of marks stay as they are.

    >>> from zhibiao.annotate.markup import parse
    >>> p = parse("### id=a dept=教育 layout=prose writer=w1\\n新建{学校|I1}{37所|A1}，{A级|I2}{9成|A2}。")[0]
    >>> q = augment(p, Random(0), kinds=["numbers"], share=1.0)
    >>> q.text, [q.text[m.start : m.end] for m in q.marks]
    ('新建学校50个，A级8成。', ['学校', '50个', 'A级', '8成'])
    """
    makers: dict[Kind, Callable[[MarkedPassage, Random], MarkedPassage]] = {
        "headers": _headers, "numbers": _numbers, "cells": _cells, "width": _width, "wraps": _wraps,
    }  # fmt: skip
    for kind in KINDS:
        # Drawn for every kind, so that leaving one out does not change what the others do.
        chance, own = rng.random(), Random(rng.getrandbits(64))
        if kind in kinds and chance < share:
            passage = makers[kind](passage, own)
    return passage


def _apply(passage: MarkedPassage, edits: Sequence[_Edit]) -> MarkedPassage:
    """The passage with the edits made (sorted, disjoint); what is put in at the edge of a mark stands outside it."""
    ends = [end for _, end, _ in edits]
    shifts = list(accumulate((len(words) - (end - start) for start, end, words in edits), initial=0))

    def moved(offset: int, *, opens: bool) -> int:
        k = bisect_right(ends, offset)
        if k < len(edits) and edits[k][0] < offset:  # white space at the edge of a mark, replaced together with what stands outside
            return edits[k][0] + shifts[k] + (len(edits[k][2]) if opens else 0)
        while not opens and k and edits[k - 1][0] == offset:
            k -= 1
        return offset + shifts[k]

    pieces: list[str] = []
    at = 0
    for start, end, words in edits:
        pieces += (passage.text[at:start], words)
        at = end
    marks = (replace(m, start=moved(m.start, opens=True), end=moved(m.end, opens=False)) for m in passage.marks)
    ordered = sorted(marks, key=lambda m: (m.start, -m.end, m.label, m.record))
    return replace(passage, text="".join([*pieces, passage.text[at:]]), marks=tuple(ordered))


def _inside(passage: MarkedPassage, start: int, end: int) -> bool:
    """Does any mark hold characters of ``start``–``end``, or this place between two of its characters?"""
    return any(m.start < end and start < m.end for m in passage.marks)


# Words


def _headers(passage: MarkedPassage, rng: Random) -> MarkedPassage:
    """Heads of columns by another word of their role, the same one all through; two heads of one role are two columns and stay."""
    if passage.layout not in _WITH_HEADERS:
        return passage
    text = passage.text
    edges = {0, len(text), *(m.start for m in passage.marks), *(m.end for m in passage.marks)}

    def alone(start: int, end: int) -> bool:
        return (start in edges or not _CJK.match(text, start - 1)) and (end in edges or not _CJK.match(text, end))

    edits: list[_Edit] = []
    for words in HEADERS:
        found = [m.span() for m in re.finditer("|".join(sorted(words, key=len, reverse=True)), text)]
        found = [(a, b) for a, b in found if alone(a, b) and not _inside(passage, a, b)]
        used = {text[a:b] for a, b in found}
        if len(used) == 1:
            new = rng.choice([word for word in words if word not in used])
            edits += [(a, b, new) for a, b in found]
    return _apply(passage, sorted(edits))


def _numbers(passage: MarkedPassage, rng: Random) -> MarkedPassage:
    """Other digits in marked quantities, and another counter; equal numbers stay equal, and so do equal counters.

    Left alone: what has a value written by hand, what stands in a name, dates, and words with more than one number.
    """
    text = list(passage.text)
    fixed = [(m.start, m.end) for m in passage.marks if m.value is not None or m.label == "I"]
    free = sorted({(m.start, m.end) for m in passage.marks if m.label in VALUES and not any(a < m.end and m.start < b for a, b in fixed)})
    drawn: dict[tuple[str, bool], str] = {}
    done: set[int] = set()
    for start, end in free:
        numbers = list(_NUMBER.finditer(passage.text, start, end))
        if len(numbers) != 1 or numbers[0].start() in done or _DATE.match(passage.text, numbers[0].end()):
            continue
        places = [i for i in range(*numbers[0].span()) if not text[i].isspace()]
        key = "".join(text[i] for i in places), _PERCENT.match(passage.text, numbers[0].end()) is not None
        if key not in drawn:
            drawn[key] = _redrawn(*key, rng)
        for place, sign in zip(places, drawn[key], strict=True):
            text[place] = sign
        done.add(numbers[0].start())
    _change_counters(passage, text, free, rng)
    return replace(passage, text="".join(text))


def _redrawn(number: str, percent: bool, rng: Random) -> str:
    """Other digits for a number such as ``2,830.10``: as many, as round, no 0 in front that was not there.

    A percentage stays 100, or below or above it.
    """
    if percent and _ALL.match(number):
        return number
    round_from = len(number.rstrip("0.,"))
    whole = number.split(".")[0]
    keeps_first = number[0] == "0" or (percent and len(whole) > 2)
    out = number[0] if keeps_first else rng.choice("123456789")
    return out + "".join(rng.choice("0123456789") if ch.isdigit() and i < round_from else ch for i, ch in enumerate(number) if i)


def _change_counters(passage: MarkedPassage, text: list[str], free: Sequence[tuple[int, int]], rng: Random) -> None:
    """Change each counter of the ``free`` spans into one other, unless the text names it elsewhere or what follows would read differently."""
    drawn = dict(zip(COUNTERS, rng.sample(COUNTERS, len(COUNTERS)), strict=True))
    places: defaultdict[str, set[int]] = defaultdict(set)
    for start, end in free:
        words = passage.text[start:end].rstrip()
        if words[-1:] in COUNTERS and _BEFORE_COUNTER.search(words[:-1]):
            places[words[-1]].add(start + len(words) - 1)
    kept = {passage.text[m.end - 1] for m in passage.marks if (m.start, m.end) not in free and m.label in VALUES}
    kept |= {m.unit for m in passage.marks if m.unit} | set(re.findall(rf"[（(：:/、]([{COUNTERS}])(?=[）)/、\s])", passage.text))
    for counter in sorted(places.keys() - kept):
        new = drawn[counter]
        after = ("".join(passage.text[at + 1 : at + 16].split()) for at in places[counter])
        if all((found := default_units().match(new + words, 0)) and found[1] == 1 for words in after):
            for at in places[counter]:
                text[at] = new


# Form


def _width(passage: MarkedPassage, rng: Random) -> MarkedPassage:
    """Full-width digits, letters or percent signs, half-width punctuation; one of them at the least. ``fold`` reads the text as before."""
    kinds = [*_SIGNS, "punctuation"]
    text = passage.text
    for kind in rng.sample(kinds, rng.randint(1, len(kinds))):
        if kind == "punctuation":
            text = _PUNCTUATION.sub(lambda m: _HALF[m[0]], text)
        else:
            text = _SIGNS[kind].sub(lambda m: chr(ord(m[0]) + _TO_FULL), text)
    return replace(passage, text=text)


def _cells(passage: MarkedPassage, rng: Random) -> MarkedPassage:
    """A table flattened another way: each cell on a line, blank lines between cells, or blanks. White space in marks stays."""
    if passage.layout != "table":
        return passage
    text = passage.text
    runs = [m.span() for m in re.finditer(r"(?<=\S)\s+(?=\S)", text)]
    runs = [(a, b) for a, b in runs if not _inside(passage, a, b)]
    breaks = [(a, b) for a, b in runs if "\n" in text[a:b]]
    blanks = [(a, b) for a, b in runs if "\n" not in text[a:b]]
    wide = [(a, b) for a, b in blanks if b - a > 1 or text[a] in "\t\u3000"]
    # One blank parts cells where rows hold several; in a table of one cell a line it stands inside the cell.
    gaps = wide or (blanks if len(blanks) > len(breaks) else [])
    if len(gaps) + len(breaks) < _GAPS:
        return passage
    doubled = sum(text.count("\n", a, b) > 1 for a, b in breaks)
    now = "blanks" if len(gaps) > len(breaks) else "\n\n" if 2 * doubled > len(breaks) else "\n"
    new = rng.choice([form for form in ("\n", "\n\n", "blanks") if form != now])
    between = rng.choice(("  ", "    ", "\t")) if new == "blanks" else new
    return _apply(passage, [(a, b, between) for a, b in sorted(gaps + breaks)])


def _wraps(passage: MarkedPassage, rng: Random) -> MarkedPassage:
    """Running text set in lines of one width that break inside words, blank lines between them or not, and now and then a page number."""
    if passage.layout == "table":
        return passage
    joined = _joined(passage)
    text = joined.text
    widest = int(min(_WIDEST, set_width("".join(text.split())) / _LINES))
    if widest < _NARROWEST:
        return passage
    width, newline = rng.randint(_NARROWEST, widest), "\n\n" if rng.random() < _BLANK_CHANCE else "\n"
    places: list[int] = []
    for line in re.finditer(r"\S(?:[^\n]*\S)?", text):
        start = line.start()
        while (end := _fitting(text, start, line.end(), width)) < line.end():
            places.append(end)
            start = end
    edits = [(at, at, newline) for at in places]
    edits += [(m.start(), m.end(), newline) for m in re.finditer(r"(?<=\S)\s*\n\s*(?=\S)", text) if newline == "\n\n"]
    pages = [at for at in places if not _inside(joined, at - _PAGE_AWAY, at + _PAGE_AWAY) and not text[at - 1 : at + 1].isdigit()]
    if pages and joined.layout in _PAGED and rng.random() < _PAGE_CHANCE:
        page = rng.choice(_PAGES).format(rng.randint(1, 60))
        at = rng.choice(pages)
        edits[edits.index((at, at, newline))] = (at, at, f"{newline}{page}{newline}")
    return _apply(joined, sorted(edits))


def _fitting(text: str, start: int, end: int, width: int) -> int:
    """Where a line from ``start`` must break to be no wider than ``width`` ems: at ``end`` or before it, not inside a Latin word."""
    used = 0.0
    for at in range(start, end):
        used += set_width(text[at])
        if used > width:
            back = at
            while back > start + 1 and _LATIN.match(text, back - 1):
                back -= 1
            return back if back > start + 1 else at
    return end


def _joined(passage: MarkedPassage) -> MarkedPassage:
    """The passage without the wraps that it has: full lines that stop in mid-sentence go on in the next one."""
    lines = split_lines(fold(passage.text))
    wrap = wrap_of(lines)
    edits: list[_Edit] = []
    for line, after in pairwise(lines):
        if wrap and wrap.full(line, 0.9) and not line.ends and after.mark is None and not after.after_break:
            edits.append((line.end, after.start, " " if _LATIN.match(line.text[-1] + after.text[0]) else ""))
    return _apply(passage, edits)
