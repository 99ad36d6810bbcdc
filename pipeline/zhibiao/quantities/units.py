"""The unit table: surface forms → canonical unit, kind and factor, with the rules by which rates and alternatives are put together.

The facts lie in ``units.toml``; this module loads and checks them and finds the unit that stands at a place in a text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any

from zhibiao.schema import Kind

from .numerals import multiplier

KINDS: dict[str, Kind] = {
    "money": "money", "percent": "percent", "count": "count", "duration": "duration", "length": "length", "area": "area", "data": "data",
    "score": "score", "rank": "rank", "rate": "rate", "mass": "mass", "energy": "energy", "other": "other",
}  # fmt: skip
_KEYS = {"forms", "unit", "factor", "not_before", "only_before", "chinese", "max"}
_PAREN = re.compile(r"[（(]([^（()）\d]{1,12})[）)](次?)")
_JOINT = "/·*.、每"
_MULTIPLIED = re.compile(r"(?:[十百千](?=[万亿]))?[万亿]+|[百千]")


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling of a unit. A number before it, times ``factor``, is the value in ``unit``.

    ``bars``/``needs``: what must not / must follow for the form to be a unit; ``chinese``: may follow a Chinese numeral;
    ``limit``: the largest number that may stand before it.
    """

    text: str
    unit: str
    kind: Kind
    factor: Decimal = Decimal(1)
    bars: re.Pattern[str] | None = field(default=None, repr=False)
    needs: re.Pattern[str] | None = field(default=None, repr=False)
    chinese: bool = True
    limit: Decimal | None = None


class UnitTable:
    """Finds units in text.

    ``forms``: every spelling, no two alike. ``per``: words that may stand behind the stroke of a rate besides the forms themselves.
    """

    def __init__(self, forms: tuple[Form, ...], per: frozenset[str]) -> None:
        self.forms: dict[str, Form] = {form.text: form for form in forms}
        if len(self.forms) != len(forms):
            raise ValueError("a unit form is given twice")
        by_first: dict[str, list[Form]] = {}
        for form in sorted(forms, key=lambda f: -len(f.text)):
            by_first.setdefault(form.text[0], []).append(form)
        self._by_first = {first: tuple(found) for first, found in by_first.items()}
        # A unit may stand behind a stroke (元/平方米), a currency or a percentage may not.
        behind = per | {form.text for form in forms if form.kind not in ("money", "percent", "score", "rate")}
        self._behind = re.compile("|".join(re.escape(word) for word in sorted(behind, key=lambda w: (-len(w), w))))
        self._per = per

    def simple(self, text: str, at: int) -> Form | None:
        """The longest form at ``text[at:]`` whose neighbours allow it; no rate, no alternative in brackets."""
        for form in self._by_first.get(text[at : at + 1], ()):
            if text.startswith(form.text, at):
                end = at + len(form.text)
                if (form.bars is None or not form.bars.match(text, end)) and (form.needs is None or form.needs.match(text, end)):
                    return form
        return None

    def match(self, text: str, at: int) -> tuple[Form, int] | None:
        """The unit at ``text[at:]`` and its end; rates (元/人·月) and alternatives (台（套）, 人（次）) included.

        >>> form, end = default_units().match("16.3万元/人·月", 5)
        >>> form.unit, form.kind, end
        ('元/人/月', 'rate', 10)
        """
        form = self.simple(text, at)
        if form is None:
            return None
        end = at + len(form.text)
        follows = text[end : end + 1]
        if follows and follows in "（(" and form.kind in ("count", "area"):
            form, end = self._alternatives(form, text, end)
            follows = text[end : end + 1]
        if follows and follows in "/每":
            form, end = self._rate(form, text, end)
        return form, end

    def parse(self, text: str) -> tuple[Form, Decimal] | None:
        """Read a text that is a unit and nothing else, a multiplier before it allowed: 万元 → (元, 10000). None where it is none."""
        if text in self.forms:
            return self.forms[text], Decimal(1)
        found = self.match(text, 0)
        if found and found[1] == len(text):
            return found[0], Decimal(1)
        size = _MULTIPLIED.match(text)
        if size:
            rest = text[size.end() :]
            if rest in self.forms:
                return self.forms[rest], multiplier(size[0])
            found = self.match(rest, 0)
            if found and found[1] == len(rest):
                return found[0], multiplier(size[0])
        return None

    def _alternatives(self, form: Form, text: str, at: int) -> tuple[Form, int]:
        """台（套） and 辆（艘、架、列）次 keep the printed name; 人（次） is 人次."""
        match = _PAREN.match(text, at)
        if not match:
            return form, at
        inner, times = match[1], match[2]
        together = self.forms.get(form.text + inner + times)
        if together:
            return together, match.end()
        if not all(part in self.forms and self.forms[part].kind == form.kind for part in re.split("[、/，,]", inner)):
            return form, at
        return Form(text[at - len(form.text) : match.end()], f"{form.unit}（{inner}）{times}", form.kind), match.end()

    def _rate(self, form: Form, text: str, at: int) -> tuple[Form, int]:
        """元/人·月, 元每人每月, 次/年: the canonical name joins the parts with a stroke."""
        parts, end = [form.unit], at
        while len(parts) < 4 and end < len(text):
            sign = text[end]
            if sign not in (_JOINT if len(parts) > 1 else "/每"):
                break
            match = self._behind.match(text, end + 1)
            if not match or (sign in "、." and match[0] not in self._per and match[0] not in ("天", "人")):
                break
            word = match[0]
            # 300元每人 is a rate, 安排5万元每村 a sentence: without a stroke only the words of people and time join.
            if sign == "每" and len(word) > 2:
                break
            parts.extend(word.split("·"))
            end = match.end()
        if len(parts) == 1:
            return form, at
        name = "/".join(self.forms[p].unit if i and p in self.forms and p not in self._per else p for i, p in enumerate(parts))
        kind: Kind = "rate"
        if name in self.forms:
            name, kind = self.forms[name].unit, self.forms[name].kind
        return Form(text[at - len(form.text) : end], name, kind, form.factor), end


def _number(text: str, where: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"units.toml: {where}: {text!r} is no number") from error
    if not number > 0:
        raise ValueError(f"units.toml: {where}: {text!r} must be positive")
    return number


def _guard(pattern: str, where: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern) if pattern else None
    except re.error as error:
        raise ValueError(f"units.toml: {where}: {pattern!r} is no regular expression: {error}") from error


def load_units(data: Mapping[str, Any]) -> UnitTable:
    """Build the table from the parsed ``units.toml``.

    Raises ValueError where a section is no kind, a key is unknown, a form is given twice, or a factor is no positive number.
    """
    data = dict(data)
    per = data.pop("per", [])
    if len(set(per)) != len(per):
        raise ValueError("units.toml: per names a word twice")
    if unknown := sorted(set(data) - set(KINDS)):
        raise ValueError(f"units.toml: unknown kinds {', '.join(unknown)}; known: {', '.join(KINDS)}")
    forms: dict[str, Form] = {}
    for kind, rows in data.items():
        for unit, row in rows.items():
            if unknown := sorted(set(row) - _KEYS):
                raise ValueError(f"units.toml: {unit}: unknown keys {', '.join(unknown)}; known: {', '.join(sorted(_KEYS))}")
            name, factor, limit = row.get("unit", unit), _number(row.get("factor", "1"), unit), row.get("max")
            if name != unit and name not in rows:
                raise ValueError(f"units.toml: {unit}: its unit {name} has no row under [{kind}]")
            for text in (unit, *row.get("forms", ())):
                if text in forms:
                    raise ValueError(f"units.toml: {text} stands under {forms[text].unit} and {unit}")
                word_end = "[A-Za-z0-9]" if text[-1].isascii() and text[-1].isalpha() else ""
                bars = "|".join(filter(None, (row.get("not_before"), word_end)))
                forms[text] = Form(
                    text, name, KINDS[kind], factor, _guard(bars, unit), _guard(row.get("only_before", ""), unit),
                    row.get("chinese", True), _number(limit, unit) if limit else None,
                )  # fmt: skip
    return UnitTable(tuple(forms.values()), frozenset(per))


@cache
def default_units() -> UnitTable:
    """The table that ships with the package."""
    return load_units(tomllib.loads(files("zhibiao.quantities").joinpath("units.toml").read_text("utf-8")))
