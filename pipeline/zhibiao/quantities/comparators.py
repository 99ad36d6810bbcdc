"""Words of comparison beside a number and the op they give; the words lie in ``comparators.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from zhibiao.schema import OPS, Op

from .units import KINDS

_SECTIONS = {"before", "after", "between", "clause", "not_after", "not_before", "not_for", "weak", "only_for"}
_STOP = re.compile(r"[，。；：、！？,;（）()]|\d")


class Comparators:
    """Finds the op that the words around a number give.

    ``data``: the parsed ``comparators.toml``. Raises ValueError for unknown sections and ops, for a word under two ops, and for a rule
    about a word that is not listed.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        if wrong := sorted(set(data) ^ _SECTIONS):
            raise ValueError(f"comparators.toml: unknown or missing sections {', '.join(wrong)}")
        self.words_before = _words(data["before"], "before")
        self.words_after = _words(data["after"], "after")
        clause = dict(data["clause"])
        self._reach = int(clause.pop("reach"))
        self._clause = _words(clause, "clause")
        listed = set(self.words_before) | set(self.words_after)
        for section in ("not_after", "not_before", "not_for", "only_for"):
            if stray := sorted(set(data[section]) - listed):
                raise ValueError(f"comparators.toml: [{section}] names words that are listed nowhere: {', '.join(stray)}")
        if stray := sorted(set(data["weak"]["words"]) - set(self.words_before)):
            raise ValueError(f"comparators.toml: [weak] names words that are not listed: {', '.join(stray)}")
        for word, kinds in data["only_for"].items():
            if bad := sorted(set(kinds) - set(KINDS)):
                raise ValueError(f"comparators.toml: [only_for] {word}: no kinds: {', '.join(bad)}")
        self._not_after = {word: frozenset(chars) for word, chars in data["not_after"].items()}
        self._not_before = {word: frozenset(chars) for word, chars in data["not_before"].items()}
        self._not_for = {word: frozenset(units) for word, units in data["not_for"].items()}
        self._only_for = {word: frozenset(kinds) for word, kinds in data["only_for"].items()}
        self._weak = frozenset(data["weak"]["words"])
        self._by_last = _index(self.words_before, -1)
        self._by_first = _index(self.words_after, 0)
        self._between = tuple(data["between"]["words"])
        self._between_last = frozenset(word[-1] for word in self._between)
        parts = "|".join(sorted(map(re.escape, {*self.words_before, *self._clause, *self._between, "：", ":"}), key=len, reverse=True))
        self._whole = re.compile(f"(?:{parts})+")
        self._clause_words = re.compile("|".join(sorted(map(re.escape, self._clause), key=len, reverse=True)))

    def op(self, text: str, start: int, end: int, *, unit: str, kind: str) -> Op | None:
        """The op that the words before ``start`` and behind ``end`` give; None where no word of comparison stands there."""
        word = self._before(text, start, unit)
        if word is not None and word not in self._weak:
            return self.words_before[word]
        behind = self.after(text, end, kind=kind)
        if behind:
            return self.words_after[behind]
        if word is not None:
            return self.words_before[word]
        return self._in_clause(text, start)

    def before(self, text: str, start: int, *, unit: str = "") -> Op | None:
        """The op of the word of comparison directly before ``start`` (small words such as 为 and 达到 may stand between)."""
        word = self._before(text, start, unit)
        return self.words_before[word] if word is not None else None

    def whole(self, text: str) -> Op | None:
        """The op of a text that is words of comparison and nothing else (``不少于``, ``≥``); None where other words stand in it."""
        if not self._whole.fullmatch(text):
            return None
        return self.before(text, len(text)) or "="

    def after(self, text: str, end: int, *, kind: str = "other") -> str | None:
        """The word of comparison that begins at ``end``, if it can compare such a quantity."""
        for word in self._by_first.get(text[end : end + 1], ()):
            if not text.startswith(word, end) or (word in self._only_for and kind not in self._only_for[word]):
                continue
            behind = end + len(word)
            if word in self._not_before and text[behind : behind + 1] in self._not_before[word]:
                continue
            return word
        return None

    def _before(self, text: str, start: int, unit: str) -> str | None:
        found: str | None = None
        at = start
        for _ in range(3):
            word = self._ending_at(text, at, unit)
            if word is not None:
                # 达到 alone says "="; what stands before it decides (约达, 不少于达到).
                if self.words_before[word] != "=":
                    return word
                found = found or word
                at -= len(word)
                continue
            if at < 1 or text[at - 1] not in self._between_last:
                return found
            filler = next((w for w in self._between if text.endswith(w, 0, at)), None)
            if filler is None:
                return found
            at -= len(filler)
        return found

    def _ending_at(self, text: str, at: int, unit: str) -> str | None:
        for word in self._by_last.get(text[at - 1 : at] if at else "", ()):
            if text.endswith(word, 0, at):
                first = at - len(word)
                if first and word in self._not_after and text[first - 1] in self._not_after[word]:
                    continue
                if word in self._not_for and unit in self._not_for[word]:
                    continue
                return word
        return None

    def _in_clause(self, text: str, start: int) -> Op | None:
        window = text[max(0, start - self._reach - 4) : start]
        op: Op | None = None
        for match in self._clause_words.finditer(window):
            gap = window[match.end() :]
            if len(gap) <= self._reach and not _STOP.search(gap):
                op = self._clause[match[0]]
        return op


def _words(table: Mapping[str, Any], section: str) -> dict[str, Op]:
    out: dict[str, Op] = {}
    for op in OPS:
        for word in table.get(op, ()):
            if word in out:
                raise ValueError(f"comparators.toml: [{section}] gives {word} twice")
            out[word] = op
    if unknown := sorted(set(table) - set(OPS)):
        raise ValueError(f"comparators.toml: [{section}] unknown ops {', '.join(unknown)}")
    return out


def _index(words: Mapping[str, Op], char: int) -> dict[str, tuple[str, ...]]:
    out: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda w: (-len(w), w)):
        out.setdefault(word[char], []).append(word)
    return {first: tuple(found) for first, found in out.items()}


@cache
def default_comparators() -> Comparators:
    """The words that ship with the package."""
    return Comparators(tomllib.loads(files("zhibiao.quantities").joinpath("comparators.toml").read_text("utf-8")))
