"""The tags of the tagger, and how spans and roles are read off them.

Words carry ``O``, ``B-I``/``I-I`` (the name of an indicator) or ``B-C``/``I-C`` (words of change or of a completion rate). A quantity carries
its role, unless it stands inside a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

#: target, actual, change, completion rate, budget, executed, full marks, score, other value of a record, of no record, doubtful
ROLES = ("T", "A", "AC", "AR", "B", "E", "W", "S", "X", "Q", "O")
OUT = "O"
TAGS = (OUT, "B-I", "I-I", "B-C", "I-C", *(f"q-{role}" for role in ROLES))
TAG_ID = {tag: i for i, tag in enumerate(TAGS)}
#: The first tag of a quantity; the tags before it are those of words.
FIRST_ROLE = TAG_ID["q-T"]
#: The role of a quantity inside a name: it belongs to no record.
NO_ROLE = ROLES.index("Q")


class Chunk(NamedTuple):
    """Words ``first`` to ``last`` (half open) of one kind: ``I`` a name, ``C`` words of change."""

    first: int
    last: int
    kind: str


def chunks(tags: Sequence[int]) -> list[Chunk]:
    """The names and words of change in a sequence of tag ids; an inside tag with nothing before it opens a chunk.

    >>> chunks([TAG_ID[t] for t in ("O", "B-I", "I-I", "q-A", "B-C", "q-AC")])
    [Chunk(first=1, last=3, kind='I'), Chunk(first=4, last=5, kind='C')]
    """
    out: list[Chunk] = []
    open_at, kind = -1, ""
    for i, tag in enumerate(tags):
        if open_at < 0 and (tag == 0 or tag >= FIRST_ROLE):
            continue
        name = TAGS[tag] if tag < FIRST_ROLE else OUT
        if open_at >= 0 and not (name[0] == "I" and name[2] == kind):
            out.append(Chunk(open_at, i, kind))
            open_at = -1
        if name != OUT and open_at < 0:
            open_at, kind = i, name[2]
    if open_at >= 0:
        out.append(Chunk(open_at, len(tags), kind))
    return out
