"""Where a stretch of a report's text stands: its page, and its box on the page."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

from zhibiao.schema import Report

_START = attrgetter("start")


class Pages:
    """Looks up pages and boxes of one report."""

    def __init__(self, report: Report) -> None:
        self._starts = report.page_starts
        self._lines = report.lines

    def page_of(self, offset: int) -> int | None:
        """The page (from 1) on which the character at ``offset`` stands, None where the report has no pages.

        >>> Pages(Report("a", "a", "", "txt", "甲乙", page_starts=(0, 1))).page_of(1)
        2
        """
        return bisect_right(self._starts, offset) or None if self._starts else None

    def box_of(self, start: int, end: int) -> str:
        """The smallest box round the words of ``[start, end)`` on the page where they begin: "left,top,right,bottom" in points, one decimal.

        "" where no words of it stand on a line whose place is known.
        """
        if not self._lines:
            return ""
        at = max(0, bisect_right(self._lines, start, key=_START) - 1)
        boxes: list[tuple[float, float, float, float]] = []
        page = None
        for k in range(at, len(self._lines)):
            line = self._lines[k]
            if line.start >= end or (page is not None and line.page != page):
                break
            a, b = max(start, line.start), min(end, line.end)
            if a < b:
                page = line.page
                boxes.append((line.edges[a - line.start], line.top, line.edges[b - line.start], line.bottom))
        if not boxes:
            return ""
        left, top, right, bottom = zip(*boxes, strict=True)
        return ",".join(f"{x:.1f}" for x in (min(left), min(top), max(right), max(bottom)))
