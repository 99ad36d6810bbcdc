"""One passage: its statements, plans before answers before prose."""

from __future__ import annotations

from collections.abc import Sequence

from zhibiao.schema import Quantity
from zhibiao.tokens.words import WordIndex

from .answers import read_answers
from .clauses import Item
from .context import Context
from .drafts import Draft, Span
from .goals import as_targets
from .names import ROLE_WORDS
from .plans import read_plan
from .prose import Prose


def read_passage(index: WordIndex, quantities: Sequence[Quantity], *, mark: int = 0, section: Sequence[str] = ()) -> list[Draft]:
    """The records of one passage in the order of their place; offsets point into ``index.text``.

    ``mark`` is the length of the passage's own list mark, ``section`` the headings it stands under, outermost first.
    """
    ctx = Context(index, quantities, heading=section[-1] if section else "", mark=mark)

    def names_of(item: Item, start: int) -> list[Span]:
        ctx.consumed = 0
        return ctx.plain_name(item._replace(left=max(item.left, start)))

    plans, used = read_plan(index.text, ctx.items, mark=mark, names_of=names_of)
    ctx.without(used)
    answers, used = read_answers(ctx)
    ctx.without(used)
    for rule, found in (("plan", plans), ("answer", answers)):
        for draft in found:
            draft.rule = rule
    drafts = [*plans, *answers, *Prose(ctx).read()]
    _name_by_title(ctx, drafts)
    as_targets(index.text, drafts, section)
    return sorted(drafts, key=lambda d: (d.start, d.end))


def _name_by_title(ctx: Context, drafts: list[Draft]) -> None:
    """A record whose name only tells the part its numbers play (目标, 自评得分5分) is of what the passage's title names."""
    if ctx.title is None:
        return
    for draft in drafts:
        if draft.name and not draft.prefix and ROLE_WORDS.fullmatch(draft.words(ctx.text)):
            draft.name = [ctx.title]


def quantity_names(index: WordIndex, quantities: Sequence[Quantity]) -> list[str]:
    """For each quantity the words that name it, "" where there are none."""
    ctx = Context(index, quantities)
    return ["".join(index.text[a:b] for a, b in ctx.plain_name(item)) for item in ctx.items]
