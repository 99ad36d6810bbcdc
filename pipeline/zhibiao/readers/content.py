"""What a reader hands back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Content:
    """The text of one file and where its pages begin.

    ``page_starts`` holds the offset of the first character of each page, ascending, the first one 0; empty where the format or
    the file knows no pages.
    """

    text: str
    page_starts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        starts = self.page_starts
        if starts and (starts[0] != 0 or starts[-1] > len(self.text) or any(a >= b for a, b in pairwise(starts))):
            raise ValueError("page_starts must begin at 0, ascend and lie inside the text")

    @property
    def pages(self) -> int | None:
        """Number of pages, None where unknown."""
        return len(self.page_starts) or None
