"""Units that are stated beside a number instead of behind it: in a caption, in a column head, in the name of an indicator."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from zhibiao.schema import Kind

from .units import UnitTable, default_units

_CAPTION = re.compile(r"(?:计量|金额|货币|数量)?单位[：:]\s*(?:人民币)?\s*([^\s，,；;。）)（(]{1,12})")
_BRACKET = re.compile(r"[（(]\s*(?:单位[：:]|计量单位[：:]|人民币)?\s*([^（()）]{1,12}?)\s*[)）]")
_BARE_END = re.compile(r"(?:[/／:：]|^)([^/／:：]{1,6})$")


@dataclass(frozen=True, slots=True)
class UnitHint:
    """The unit of bare numbers: canonical ``unit``, the ``factor`` that turns the printed number into it, its ``kind``."""

    unit: str
    factor: Decimal
    kind: Kind


def parse_unit(text: str, units: UnitTable) -> UnitHint | None:
    """Read a text that is a unit and nothing else (``万元``, ``%``, ``元/人·月``)."""
    found = units.parse(text)
    if found is None:
        return None
    form, times = found
    return UnitHint(form.unit, form.factor * times, form.kind)


def unit_hint(text: str, *, units: UnitTable | None = None) -> UnitHint | None:
    """The unit that a caption, a column head or an indicator name states; None where it states none.

    Looks at 单位：…, then at brackets from the last to the first, then at a unit that is the whole text or ends it behind a stroke.

    >>> hint = unit_hint("带动社会投资金额（亿元）")
    >>> hint.unit, str(hint.factor), hint.kind
    ('元', '100000000', 'money')
    >>> unit_hint("占年初预算(%)").unit, unit_hint("项目名称")
    ('%', None)
    """
    table = units or default_units()
    text = text.strip()
    if caption := _CAPTION.search(text):
        # 单位：万元、% names the unit of most columns first.
        for part in re.split(r"[、/]|\s", caption[1]) if parse_unit(caption[1], table) is None else (caption[1],):
            if hint := parse_unit(part, table):
                return hint
    for bracket in reversed(_BRACKET.findall(text)):
        if hint := parse_unit(bracket.replace(" ", ""), table):
            return hint
    if (end := _BARE_END.search(text)) and (hint := parse_unit(end[1], table)):
        return hint
    return parse_unit(text[-1:], table) if text[-1:] in ("%", "‰") else None
