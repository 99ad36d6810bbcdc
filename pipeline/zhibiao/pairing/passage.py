"""One passage: its statements, plans before prose."""

from __future__ import annotations

from collections.abc import Sequence

from zhibiao.schema import Quantity
from zhibiao.tokens.words import WordIndex

from .answers import read_answers
from .clauses import Item
from .cues import load_cues
from .drafts import Draft, Span
from .plans import read_plan
from .prose import Prose


def read_passage(index: WordIndex, quantities: Sequence[Quantity], *, mark: int = 0, section: Sequence[str] = ()) -> list[Draft]:
    """The records of one passage in the order of their place; offsets point into ``index.text``.

    ``mark`` is the length of the passage's own list mark, ``section`` the headings it stands under, outermost first.
    """
    cues = load_cues()
    text = index.text
    prose = Prose(index, quantities, heading=section[-1] if section else "", mark=mark, cues=cues)

    def names_of(item: Item, start: int) -> list[Span]:
        prose.consumed = 0
        return prose.plain_name(Item(item.q, max(item.left, start), item.right, item.clause, item.sentence, item.bracket, item.listed))

    drafts, used = read_plan(text, prose.items, mark=mark, names_of=names_of, cues=cues)
    prose.consumed = 0
    if used:
        prose.items = [item for i, item in enumerate(prose.items) if i not in used]
    pairs, used = read_answers(prose)
    prose.consumed = 0
    if used:
        prose.items = [item for i, item in enumerate(prose.items) if i not in used]
    drafts += pairs
    return sorted([*drafts, *prose.read()], key=lambda d: (d.start, d.end))


def quantity_names(index: WordIndex, quantities: Sequence[Quantity]) -> list[str]:
    """For each quantity the words that name it, "" where there are none."""
    prose = Prose(index, quantities, cues=load_cues())
    return ["".join(index.text[a:b] for a, b in prose.plain_name(item)) for item in prose.items]
