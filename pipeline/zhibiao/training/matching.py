"""When do two things count as one: spans, values, units, names, sides; and the one-to-one matching built on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache

from zhibiao.pairing.drafts import similar
from zhibiao.quantities import default_units
from zhibiao.schema import Kind, Side

#: Names count as one from this similarity on: twice the longest common subsequence over the sum of the lengths.
NAME_OK = 0.6
_CLOSE = Decimal("1e-6")
_BRACKETS = re.compile(r"（[^）]*）|\([^)]*\)")
_ONE = Decimal(1)


def squash(text: str) -> str:
    """The text without white space, in which form all words are compared: wraps stand inside words and numbers."""
    return "".join(text.split())


def compact_index(text: str) -> list[int]:
    """For each offset of ``text``, its end included, how many characters other than white space stand before it."""
    index = [0]
    for ch in text:
        index.append(index[-1] + (not ch.isspace()))
    return index


@lru_cache(maxsize=4096)
def canonical_unit(unit: str) -> str:
    """The unit under its one name; a second unit in brackets is left out (台（套） → 台).

    >>> canonical_unit("千克") == canonical_unit("公斤"), canonical_unit("台（套）")
    (True, '台')
    """
    words = squash(unit).replace("／", "/")
    found = default_units().parse(words) if words else None
    if found and found[0].factor * found[1] == _ONE:
        words = found[0].unit
    return _BRACKETS.sub("", words)


def unit_kind(unit: str) -> Kind | None:
    """The kind of what a unit measures; None for a unit that the table does not hold."""
    found = default_units().parse(unit) if unit else None
    return found[0].kind if found else None


def near_unit(a: str, b: str) -> bool:
    """Equal units; a rate may also be given by what it measures alone (元/人/月 as 元)."""
    a, b = canonical_unit(a), canonical_unit(b)
    return a == b or (a.split("/")[0] == b.split("/")[0] != "" and ("/" in a) != ("/" in b))


def same_value(a: Decimal | None, b: Decimal | None) -> bool:
    """Equal within a millionth; None equals None only."""
    if a is None or b is None:
        return a is b
    return abs(a - b) <= _CLOSE * max(abs(a), abs(b))


def same_number(a: Side, b: Side) -> bool:
    """Equal values, both ends of a range included; words without a number have no equal here."""
    return a.value is not None and same_value(a.value, b.value) and same_value(a.value_high, b.value_high)


def side_ok(gold: Side | None, found: Side | None, also: Sequence[str], *, strict: bool = False) -> bool:
    """Is the side that was found the one that should be? ``also``: words of other values of the record; ``strict``: ops must agree.

    Where no number is wanted, none may be found, except one that stands in the wanted words or in ``also``.
    """
    if gold is None or gold.value is None:
        if found is None or found.value is None:
            return True
        wanted = "|".join([gold.text if gold else "", *also])
        return bool(squash(found.text)) and squash(found.text) in wanted
    if found is None or not same_number(gold, found):
        return False
    money = gold.unit == "" and gold.text.endswith("万") and canonical_unit(found.unit) == "元"
    return (near_unit(gold.unit, found.unit) or money) and (not strict or (gold.op or "=") == (found.op or "="))


def name_similarity(found: str, wanted: Sequence[str]) -> float:
    """Similarity of a name with the nearest wanted wording, 0 to 1."""
    name = squash(found)
    return max((similar(name, squash(w)) for w in wanted), default=0.0)


def match(candidates: Iterable[tuple[float, int, int]]) -> list[tuple[int, int]]:
    """One-to-one pairs (gold, found) out of (score, gold, found): the best score first, then in the order of the text.

    >>> match([(0.5, 0, 0), (0.9, 0, 1), (0.8, 1, 1)])
    [(0, 1)]
    """
    out: list[tuple[int, int]] = []
    golds: set[int] = set()
    founds: set[int] = set()
    for _, g, f in sorted(candidates, key=lambda c: (-c[0], c[1], c[2])):
        if g not in golds and f not in founds:
            golds.add(g)
            founds.add(f)
            out.append((g, f))
    return out
