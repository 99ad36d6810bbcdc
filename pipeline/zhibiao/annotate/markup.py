"""The inline markup in which training passages are written, and its compiler to offsets.

The format is defined in ``annotations/GUIDE.md`` section 1. In: text with ``{words|LABELS}`` marks. Out: :class:`Passage`
objects whose spans hold half-open ``str`` offsets into the text with the marks taken out.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

LABELS = "ITABEWSCRXQO"
_LABEL = re.compile(r"([A-Z])(\d*)$")
_HEADER = re.compile(r"^### (.+)$")
_NAME = re.compile(r"^= (\d+) (\S.*)$")
_KEYS = ("id", "dept", "layout", "writer")
#: Labels whose number names a record; Q and O stand alone.
_NUMBERED = set("ITABEWSCRX")


class MarkupError(ValueError):
    """A passage that does not follow the markup; the message says which passage, where and what to do."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One marked span. ``record`` is 0 for labels without a record (Q, O); ``value``/``unit`` only where written by hand."""

    start: int
    end: int
    label: str
    record: int
    value: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class MarkedPassage:
    """A training passage with its marks (sorted by start, longest first) and the written-out names of its records."""

    id: str
    dept: str
    layout: str
    writer: str
    text: str
    marks: tuple[Mark, ...]
    names: dict[int, str]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


def _parse_labels(raw: str, where: str) -> list[tuple[str, int, Decimal | None, str | None]]:
    labels, *extra = raw.split(";")
    value: Decimal | None = None
    unit: str | None = None
    if extra:
        try:
            value = Decimal(extra[0].strip().replace(",", ""))
        except InvalidOperation:
            raise MarkupError(f"{where}: {extra[0]!r} is not a number; write {{words|A1;value;unit}}") from None
        unit = extra[1].strip() if len(extra) > 1 else None
    out = []
    for label in labels.split(","):
        match = _LABEL.match(label.strip())
        if not match or match[1] not in LABELS:
            raise MarkupError(f"{where}: unknown label {label!r}; use one of {' '.join(LABELS)} with a record number")
        if (match[1] in _NUMBERED) != bool(match[2]):
            raise MarkupError(f"{where}: label {label!r} {'needs a' if match[1] in _NUMBERED else 'takes no'} record number")
        out.append((match[1], int(match[2] or 0), value, unit))
    return out


def _strip_marks(body: str, where: str) -> tuple[str, list[Mark]]:
    text: list[str] = []
    length = 0
    stack: list[int] = []
    marks: list[Mark] = []
    i = 0
    while i < len(body):
        ch = body[i]
        if ch == "{":
            stack.append(length)
        elif ch == "|" and stack and (end := body.find("}", i)) > 0 and "{" not in body[i:end]:
            start = stack.pop()
            if start == length:
                raise MarkupError(f"{where}: empty mark near {body[max(0, i - 12) : end + 1]!r}")
            for label, number, value, unit in _parse_labels(body[i + 1 : end], f"{where}: near {body[max(0, i - 12) : end + 1]!r}"):
                marks.append(Mark(start, length, label, number, value, unit))
            i = end
        elif ch == "}":
            raise MarkupError(f"{where}: '}}' with no '|' before it near {body[max(0, i - 12) : i + 1]!r}")
        else:
            text.append(ch)
            length += 1
        i += 1
    if stack:
        raise MarkupError(f"{where}: '{{' never closed (text offset {stack[-1]}: {''.join(text)[stack[-1] : stack[-1] + 12]!r})")
    return "".join(text), sorted(marks, key=lambda m: (m.start, -m.end, m.label, m.record))


def parse(source: str, *, name: str = "<text>") -> list[MarkedPassage]:
    """Parse a file of marked passages.

    Raises :class:`MarkupError` at the first passage that does not follow the format.

    >>> p = parse('### id=a dept=教育 layout=prose writer=w1\\n新建{学校|I1}{3所|A1}。')[0]
    >>> [(p.text[m.start:m.end], m.label, m.record) for m in p.marks]
    [('学校', 'I', 1), ('3所', 'A', 1)]
    """
    passages: list[MarkedPassage] = []
    header: dict[str, str] | None = None
    lines: list[str] = []

    def close() -> None:
        if header is None:
            if any(line.strip() for line in lines):
                raise MarkupError(f"{name}: text before the first '### ' line: {lines[0]!r}")
            return
        where = f"{name}: passage {header['id']}"
        names: dict[int, str] = {}
        while lines and (not lines[-1].strip() or _NAME.match(lines[-1])):
            if match := _NAME.match(lines.pop()):
                names[int(match[1])] = match[2].strip()
        while lines and not lines[0].strip():
            lines.pop(0)
        text, marks = _strip_marks("\n".join(lines), where)
        if not text.strip():
            raise MarkupError(f"{where}: no text")
        passages.append(MarkedPassage(**header, text=text, marks=tuple(marks), names=names))

    for line in source.splitlines():
        if match := _HEADER.match(line):
            close()
            header = dict(word.split("=", 1) for word in match[1].split() if "=" in word)
            if missing := [k for k in _KEYS if not header.get(k)]:
                raise MarkupError(f"{name}: header {line!r} lacks {', '.join(missing)}")
            if unknown := [k for k in header if k not in _KEYS]:
                raise MarkupError(f"{name}: header {line!r} has unknown keys {', '.join(unknown)}")
            lines = []
        else:
            lines.append(line)
    close()
    seen: set[str] = set()
    for passage in passages:
        if passage.id in seen:
            raise MarkupError(f"{name}: passage id {passage.id} stands twice")
        seen.add(passage.id)
    return passages


def problems(passage: MarkedPassage) -> list[str]:
    """What an annotator should mend in this passage: records without a name or a value, crossing spans, unmarked digits."""
    out = []
    by_record: defaultdict[int, defaultdict[str, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for mark in passage.marks:
        if mark.record:
            by_record[mark.record][mark.label].append(mark)
    for number, sides in sorted(by_record.items()):
        if "I" not in sides and number not in passage.names:
            out.append(f"record {number} has no indicator (I{number}) and no '= {number}' line")
        if not any(label in sides for label in "TABEWSX"):
            out.append(f"record {number} has no value (T, A, B, E, W or S)")
        for label in "TABEWS":
            if len(sides.get(label, ())) > 1:
                out.append(f"record {number} has {len(sides[label])} {label} spans; use X for the others")
        if "R" in sides and "A" not in sides:
            out.append(f"record {number}: R marks a rate, its value carries A")
    for number in passage.names:
        if number not in by_record:
            out.append(f"'= {number}' names a record that has no marks")
    open_marks: list[Mark] = []
    for mark in passage.marks:
        open_marks = [m for m in open_marks if m.end > mark.start]
        if crossing := [m for m in open_marks if m.end < mark.end]:
            out.append(f"spans cross: {passage.text[mark.start : mark.end]!r} and {passage.text[crossing[0].start : crossing[0].end]!r}")
        open_marks.append(mark)
    return out


def read(path: Path) -> list[MarkedPassage]:
    """Read and parse one UTF-8 file of marked passages."""
    return parse(path.read_text("utf-8"), name=path.name)
