"""The title of a page's article, where the article itself does not begin with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate, takewhile

from zhibiao.readers.heading import heading
from zhibiao.readers.html.flow import Block
from zhibiao.readers.html.words import squeeze, words

#: The lines before the first sentence, at most so many, may hold the title.
_HEAD_LINES = 20
_TITLE_CHARS = 160
#: A title stands in the head if so much of it does in one piece, at the beginning of a line or behind a few characters (附件1：).
_SAME, _BEFORE = 0.75, 8


def missing_title(titles: dict[str, str], blocks: Sequence[Block], article: Sequence[Block], *, office: bool) -> str:
    """The title that has to be put before the article, ``""`` where it stands there already or none is known.

    ``titles``: contents of the page's meta elements and its ``title``. ``blocks``: the whole page. ``office``: an office program wrote the
    page, whose ``title`` is often that of an older file.
    """
    head = list(takewhile(_before_sentences, article[:_HEAD_LINES]))
    told = [] if office else [titles[name] for name in words().metas if titles.get(name, "").strip()]
    page = "" if office else titles.get("title", "")
    candidates = [*told, _shown(page, blocks), *(block.text for block in blocks if block.heading)]
    # Not shown anywhere: only believed if it reads like a report's and the article's own head does not.
    if page and not any(candidates) and heading(_cut(page)).title and not heading("\n".join(block.text for block in head)).title:
        candidates.append(_cut(page))
    for candidate in candidates:
        title = " ".join(candidate.split())
        if 4 <= len(squeeze(title)) <= _TITLE_CHARS and re.search(r"[\u4e00-\u9fff]", title):
            return "" if _stands_in(squeeze(title), [block.bare for block in head]) else title
    return ""


def _before_sentences(block: Block) -> bool:
    return block.table is None and "。" not in block.text and block.chars <= _TITLE_CHARS


def _shown(page: str, blocks: Sequence[Block]) -> str:
    """The page's ``title``, whole or without the names of column and site, where a line of the page begins or ends with it."""
    ends = [match.start() for match in re.finditer(f"[{re.escape(words().joints)}]", page)]
    wordings = [wording for end in (*ends, len(page)) if len(squeeze(wording := page[:end])) > 3]
    lines = [block.bare for block in blocks if 2 * block.linked <= block.chars <= _TITLE_CHARS and block.table is None]
    for wording in wordings[:-9:-1]:
        wanted = squeeze(wording)
        if any(line.startswith(wanted) or line.endswith(wanted) for line in lines):
            return wording
    return ""


def _cut(page: str) -> str:
    """A ``title`` without the names of column and site that hang on it."""
    parts = re.split(rf"\s*[{re.escape(words().joints)}]\s*", page.strip())
    return parts[0] if len(squeeze(parts[0])) >= 8 else page.strip()


def _stands_in(title: str, lines: Sequence[str]) -> bool:
    """Whether the lines of the head hold the title: all its numbers, and most of its words in one piece, which lines may part."""
    head = "".join(lines)
    starts = {0, *accumulate(map(len, lines))}
    match = SequenceMatcher(None, title, head, autojunk=False).find_longest_match()
    begins = any(match.b - match.a - _BEFORE <= start <= match.b for start in starts)
    return begins and match.size >= _SAME * len(title) and all(number in head for number in re.findall(r"[0-9]+", title))
