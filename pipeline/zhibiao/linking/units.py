"""Kinds and families of units, as far as linking needs them (see ``units.toml``)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from zhibiao.schema import KINDS

_FILE = Path(__file__).with_name("units.toml")


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    if unknown := set(data["kinds"]) - set(KINDS):
        raise ValueError(f"units.toml: unknown kinds {sorted(unknown)}")
    kinds: dict[str, str] = {}
    for kind, units in data["kinds"].items():
        for unit in units:
            if unit in kinds:
                raise ValueError(f"units.toml: {unit} stands under {kinds[unit]} and {kind}")
            kinds[unit] = kind
    families: dict[str, frozenset[str]] = {}
    for family, units in data["families"].items():
        for unit in units:
            kinds.setdefault(unit, "count")
            families[unit] = families.get(unit, frozenset()) | {family}
    return kinds, families


@lru_cache(maxsize=4096)
def kind_of(unit: str) -> str:
    """The kind of a unit, ``""`` where it is unknown.

    >>> kind_of("元"), kind_of("人次"), kind_of("元/人·月"), kind_of("")
    ('money', 'count', 'rate', '')
    """
    return _tables()[0].get(unit) or ("rate" if "/" in unit or "每" in unit else "")


@lru_cache(maxsize=65536)
def same_family(one: str, other: str) -> bool | None:
    """Whether two count units measure things of one sort; None where one of them is unknown or goes with everything (个, 项)."""
    if one == other:
        return True
    families = _tables()[1]
    a, b = families.get(one), families.get(other)
    if a is None or b is None or "any" in a or "any" in b:
        return None
    return bool(a & b)
