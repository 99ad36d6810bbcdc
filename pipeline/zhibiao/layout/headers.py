"""The words that stand in table heads, by the role of their column: loader and matcher of ``headers.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_PLAIN = re.compile(r"[^\s（()）:：*★☆%]+$")
_EDGE = re.compile(r"（.*?）|\(.*?\)|\s|[:：*★☆]")
#: No head of a column with its brackets and blanks is longer.
_LONGEST = 48

ROLES = (
    "index", "level", "name", "target", "cycle", "actual", "weight", "score", "initial", "budget", "executed", "rate", "change", "amount",
    "unit", "op", "last", "text",
)  # fmt: skip
#: Roles that a part of a head can tell; ``share`` is a rate that measures no budget (占比, 合格率).
PART_ROLES = (
    "index",
    "name",
    "target",
    "actual",
    "weight",
    "score",
    "initial",
    "budget",
    "executed",
    "rate",
    "change",
    "share",
    "unit",
    "last",
    "text",
    "",
)


def _data() -> dict[str, Any]:
    return tomllib.loads(files("zhibiao.layout").joinpath("headers.toml").read_text("utf-8"))


@cache
def header_parts() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of words inside a head with the role that they tell, in the order in which they are asked."""
    out: list[tuple[re.Pattern[str], str]] = []
    for row in _data()["part"]:
        if set(row) != {"role", "words"} or row["role"] not in PART_ROLES:
            raise ValueError(f"headers.toml: [[part]] must hold 'words' and a 'role' out of {', '.join(filter(None, PART_ROLES))}: {row}")
        out.append((re.compile("|".join(row["words"])), row["role"]))
    return tuple(out)


def part_role(head: str) -> str:
    """The role that a word inside a head tells, "" where none does.

    >>> part_role("到货数量"), part_role("较上年增减"), part_role("场地面积")
    ('actual', 'change', '')
    """
    return next((role for pattern, role in header_parts() if role != "name" and pattern.search(head)), "")


def names_rows(head: str) -> bool:
    """Does the head stand over the names of the rows?

    >>> names_rows("指标名称"), names_rows("景区"), names_rows("结案率")
    (True, True, False)
    """
    word = _EDGE.sub("", head)
    return header_role(head) in ("name", "level") or any(role == "name" and pattern.search(word) for pattern, role in header_parts())


@cache
def header_words() -> dict[str, str]:
    """Header word → role. Raises ValueError where the data names an unknown role or a word twice."""
    data = _data()
    data.pop("part", None)
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
    if word.endswith(("%", "（%）")):
        role = role or words.get(word.rstrip("%（）"))
        return "rate" if role in ("initial", "budget", "executed") else role  # 完成年初预算%
    return role
