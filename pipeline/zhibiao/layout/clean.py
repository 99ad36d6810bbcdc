"""The clean view of a stretch of folded text: wraps and stray blanks taken out, LaTeX signs rewritten, with a map to the source."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

_LATEX = {
    "leq": "≤", "le": "≤", "leqslant": "≤", "geq": "≥", "ge": "≥", "geqslant": "≥", "times": "×", "%": "%", "approx": "约", "sim": "~",
}  # fmt: skip
# White space, LaTeX commands, and HTML's named signs as converters leave them in text.
_DROP = re.compile(r"\s+|\\(?:leqslant|geqslant|leq|geq|le|ge|times|approx|sim|%)(?![a-z])|&(?:ge|le|nbsp|lt|gt|amp)[;；]")
_ENTITY = {"ge": "≥", "le": "≤", "lt": "<", "gt": ">", "amp": "&"}


@dataclass(frozen=True, slots=True)
class Clean:
    """Clean text and, for each of its characters, the source offset it came from."""

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets of ``text[start:end]`` (half open; the span must not be empty)."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def printed(self, source: str, start: int, end: int) -> str:
        """The words as the source prints them: its own characters, without wraps, blanks and what stands between two pages."""
        first, last = self.offsets[start], self.offsets[end - 1]
        if last - first == end - 1 - start and "\\" not in (words := source[first : last + 1]) and "&" not in words:
            return words
        return "".join(
            self.text[i] if source[o] in "\\&" else source[o] for i, o in zip(range(start, end), self.offsets[start:end], strict=True)
        )


def _blank(left: str, right: str, after: str, run: str) -> bool:
    """Must one blank remain between these neighbours? Only where two words or two numbers would run into one."""
    if left.isascii() and right.isascii():
        if left.isalpha() and right.isalpha():
            return True
        if (left.isdigit() or left in "%）)") and (right.isdigit() or right in "-+<>="):
            return "\n" not in run and "\r" not in run
        if (left.isdigit() and right == ".") or left in ".,":
            return False
    return (left.isdigit() or left == "%") and right in "≥≤" and "\n" not in run


def clean_ranges(folded: str, ranges: Sequence[tuple[int, int]]) -> Clean:
    """Clean several stretches as one text (what stands between them, such as a page number, is left out)."""
    if len(ranges) == 1:
        return clean(folded, *ranges[0])
    parts = [clean(folded, start, end) for start, end in ranges]
    offsets = array("q")
    for part in parts:
        offsets.extend(part.offsets)
    return Clean("".join(part.text for part in parts), offsets)


def clean(folded: str, start: int, end: int) -> Clean:
    """Clean ``folded[start:end]``.

    A line break between two digits is taken for a wrap inside a number, a blank between two digits on one line for a column gap.

    >>> raw = "3, 580.79 万\\n元，\\\\leq 5 个"
    >>> c = clean(raw, 0, len(raw))
    >>> c.text, c.span(0, 10)
    ('3,580.79万元，≤5个', (0, 13))
    """
    pieces: list[str] = []
    offsets = array("q")
    at = start
    last = ""
    for match in _DROP.finditer(folded, start, end):
        a, b = match.span()
        if a > at:
            pieces.append(folded[at:a])
            offsets.extend(range(at, a))
            last = folded[a - 1]
        at = b
        token = match[0]
        if token[0] == "\\":
            sign = _LATEX[token[1:]]
        elif token[0] == "&":
            sign = _ENTITY.get(token[1:-1], "")
        elif last and b < end and _blank(last, folded[b], folded[b + 1 : b + 2], token):
            sign = " "
        else:
            continue
        if sign:
            pieces.append(sign)
            offsets.append(a)
            last = sign
    if not pieces and at == start:
        return Clean(folded[start:end], range(start, end))
    if at < end:
        pieces.append(folded[at:end])
        offsets.extend(range(at, end))
    return Clean("".join(pieces), offsets)
