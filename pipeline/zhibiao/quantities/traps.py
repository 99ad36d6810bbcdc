"""What looks like a quantity and is none: loader of ``traps.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Traps:
    """``regex``: one alternation, to be tried where a numeral begins; the other fields as in ``traps.toml``."""

    regex: str
    any: frozenset[str]
    chinese: frozenset[str]
    one: frozenset[str]
    front: str
    front_words: tuple[str, ...]


def load_traps(data: Mapping[str, Any]) -> Traps:
    """Build the traps from the parsed ``traps.toml``.

    Raises ValueError for unknown sections or keys, a pattern that does not compile, an id or a phrase given twice.
    """
    if set(data) != {"pattern", "phrases", "left"}:
        raise ValueError("traps.toml: must hold exactly [[pattern]], [phrases] and [left]")
    regexes: dict[str, str] = {}
    for row in data["pattern"]:
        if set(row) != {"id", "why", "regex", "hits"}:
            raise ValueError(f"traps.toml: {row.get('id')}: a pattern holds exactly id, why, regex, hits")
        if row["id"] in regexes:
            raise ValueError(f"traps.toml: {row['id']} is given twice")
        try:
            groups = re.compile(row["regex"]).groups
        except re.error as error:
            raise ValueError(f"traps.toml: {row['id']} is no regular expression: {error}") from error
        # Groups would be numbered anew inside the alternation; only a named back reference survives that.
        if groups > len(re.findall(r"\(\?P<", row["regex"])):
            raise ValueError(f"traps.toml: {row['id']}: write groups as (?:…) or (?P<name>…)")
        regexes[row["id"]] = row["regex"]
    words = data["phrases"]["words"]
    if twice := sorted({w for w in words if words.count(w) > 1}):
        raise ValueError(f"traps.toml: phrases given twice: {', '.join(twice)}")
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[0], []).append(re.escape(word[1:]))
    # One branch for each first character: the engine leaves a branch at its first literal.
    phrases = [f"{first}(?:{'|'.join(sorted(rest, key=len, reverse=True))})" for first, rest in by_first.items()]
    left = data["left"]
    return Traps(
        "|".join([*regexes.values(), *phrases]), frozenset(left["any"]), frozenset(left["chinese"]), frozenset(left["one"]),
        left["front"], tuple(left["front_words"]),
    )  # fmt: skip


@cache
def default_traps() -> Traps:
    """The traps that ship with the package."""
    return load_traps(tomllib.loads(files("zhibiao.quantities").joinpath("traps.toml").read_text("utf-8")))
