"""The word lists and patterns of ``words.toml``, read once and checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from zhibiao.schema import KINDS, RecordType

_FILE = Path(__file__).with_name("words.toml")


@dataclass(frozen=True, slots=True)
class Budget:
    """Endings that tell the budget of a whole department from that of one project."""

    none: tuple[str, ...]
    whole: tuple[str, ...]
    project: tuple[str, ...]
    whole_id: str
    project_id: str
    shortest: int
    title_length: int


@dataclass(frozen=True, slots=True)
class Words:
    """What ``words.toml`` says. ``fronts`` and ``backs`` are longest first, so that the longest match is taken off."""

    fronts: tuple[str, ...]
    scopes: tuple[str, ...]
    silent: tuple[str, ...]
    same: Mapping[str, str]
    empty: frozenset[str]
    patterns: Mapping[str, re.Pattern[str]]
    backs: Mapping[str, tuple[str, ...]]
    modifiers: Mapping[str, tuple[str, ...]]
    veto: frozenset[str]
    domains: Mapping[str, tuple[str, ...]]
    defaults: Mapping[str, tuple[str, ...]]
    budget: Budget


_PATTERNS = frozenset({"account", "years", "label", "target", "bracket", "period", "place", "ends_in_place"})


@lru_cache(maxsize=1)
def words() -> Words:
    """Read ``words.toml``. Raises ``ValueError`` for unknown keys, repeated words and words in two groups of one meaning."""
    return parse_words(_FILE.read_text("utf-8"))


def parse_words(text: str) -> Words:
    """The lists of a text like ``words.toml``; see :func:`words` for the errors."""
    data = tomllib.loads(text)
    _same_keys("words", data, {field.name for field in fields(Words)} - {"veto"})
    _same_keys("patterns", data["patterns"], _PATTERNS)
    _same_keys("budget", data["budget"], {field.name for field in fields(Budget)})
    veto = data["modifiers"].pop("veto", [])
    if unknown := set(veto) - set(data["modifiers"]):
        raise ValueError(f"words.toml: veto names unknown modifiers {sorted(unknown)}")
    if unknown := set(data["backs"]) - {"all", *KINDS}:
        raise ValueError(f"words.toml: backs of unknown kinds {sorted(unknown)}")
    if unknown := set(data["defaults"]) - {*KINDS, *get_args(RecordType)}:
        raise ValueError(f"words.toml: defaults of unknown types {sorted(unknown)}")
    lists = [(key, data[key]) for key in ("fronts", "scopes", "silent", "empty")]
    lists += [
        *data["backs"].items(),
        *data["modifiers"].items(),
        *data["domains"].items(),
        *data["defaults"].items(),
        ("same", [w for group in data["same"] for w in group]),
    ]
    for name, items in lists:
        if twice := sorted({word for word in items if items.count(word) > 1}):
            raise ValueError(f"words.toml: {name} repeats {twice}")
    return Words(
        fronts=_longest_first(data["fronts"]),
        scopes=tuple(data["scopes"]),
        silent=tuple(data["silent"]),
        same={other: group[0] for group in data["same"] for other in group[1:]},
        empty=frozenset(data["empty"]),
        patterns={name: re.compile(pattern) for name, pattern in data["patterns"].items()},
        backs={kind: _longest_first({*items, *data["backs"]["all"]}) for kind, items in data["backs"].items()},
        modifiers={name: tuple(items) for name, items in data["modifiers"].items()},
        veto=frozenset(veto),
        domains={name: tuple(items) for name, items in data["domains"].items()},
        defaults={name: tuple(items) for name, items in data["defaults"].items()},
        budget=_budget(data["budget"]),
    )


def _budget(data: Mapping[str, Any]) -> Budget:
    return Budget(
        none=tuple(data["none"]),
        whole=tuple(data["whole"]),
        project=tuple(data["project"]),
        whole_id=data["whole_id"],
        project_id=data["project_id"],
        shortest=data["shortest"],
        title_length=data["title_length"],
    )


def _same_keys(where: str, found: Mapping[str, Any], wanted: Iterable[str]) -> None:
    if wrong := set(found) ^ set(wanted):
        raise ValueError(f"words.toml: {where} has unknown or missing keys {sorted(wrong)}")


def _longest_first(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(items, key=lambda word: (-len(word), word)))
