"""The words that stand in table heads, by the role of their column: loader and matcher of ``headers.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_PLAIN = re.compile(r"[^\s（()）:：*★☆%]+$")
_EDGE = re.compile(r"（.*?）|\(.*?\)|\s|[:：*★☆]")
#: No head of a column with its brackets and blanks is longer.
_LONGEST = 48

ROLES = (
    "index", "level", "name", "target", "cycle", "actual", "weight", "score", "initial", "budget", "executed", "rate", "change", "amount",
    "unit", "op", "last", "text",
)  # fmt: skip


@cache
def header_words() -> dict[str, str]:
    """Header word → role. Raises ValueError where the data names an unknown role or a word twice."""
    data = tomllib.loads(files("zhibiao.layout").joinpath("headers.toml").read_text("utf-8"))
    if unknown := sorted(set(data) - set(ROLES)):
        raise ValueError(f"headers.toml: unknown roles {', '.join(unknown)}; known: {', '.join(ROLES)}")
    out: dict[str, str] = {}
    for role, table in data.items():
        if set(table) != {"words"}:
            raise ValueError(f"headers.toml: [{role}] must hold exactly 'words'")
        for word in table["words"]:
            if word in out:
                raise ValueError(f"headers.toml: {word} stands under {out[word]} and {role}")
            out[word] = role
    return out


def header_role(cell: str) -> str | None:
    """The role of a header cell, or None where the cell is not a header word.

    >>> header_role("占年初预算 (%)"), header_role("自评得分"), header_role("政务大厅")
    ('rate', 'score', None)
    """
    if len(cell) > _LONGEST:
        return None
    words = header_words()
    role = words.get(cell)
    if role is not None or _PLAIN.match(cell):
        return role
    word = _EDGE.sub("", cell)
    role = words.get(word)
    if role is None and word.endswith(("%", "（%）")):
        role = header_words().get(word.rstrip("%（）"))
    return role
