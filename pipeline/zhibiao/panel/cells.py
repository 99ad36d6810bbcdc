"""Cells of the panel: the readings of one indicator in one place and year, made one value where they agree and shown side by side where not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, localcontext
from typing import Literal

from zhibiao.assess import to_unit
from zhibiao.linking.entry import Entry
from zhibiao.linking.taxonomy import Taxonomy
from zhibiao.linking.units import kind_of
from zhibiao.linking.wording import clean, fold, trim
from zhibiao.schema import plain

from .readings import Reading, part_of_year

#: one: all readings agree with the one that is printed most exactly. several: other words, other numbers (parts, other scopes). conflict: the same words, other numbers.
State = Literal["one", "several", "conflict"]
DIMENSIONS = ("region", "year", "org", "project", "doc_id", "run", "level1", "level2", "domain")
Key = tuple[str, ...]
#: 约 may be off by this share; 超过 and 近 stand for a number this much away at most.
_ABOUT, _BEYOND = Decimal("0.05"), Decimal("0.1")
_HALF = Decimal("0.5")
_POINT = Decimal("0.01")
_SHARES = ("%", "‰", "个百分点")
#: A printed change may differ from the computed one by so much (in percent or points), beside what rounding explains.
_TOLERATED = Decimal("0.15")
#: Changes on something else than the year before.
_OTHER_BASE = re.compile(r"环比|年初|年均|平均|两年|目标|指标|预算|计划|全[国省市]|高于|低于|季|月|累计|前年")
#: Folding takes away whose a number is; 市级 is a part of 全市.
_OWN_LEVEL = re.compile(r"本级|[省市县区州镇]级")
_YEAR = re.compile(r"(?:19|20)\d\d")
#: Places kept where a converted value does not come out even (10小时 in 天).
_PLACES = Context(prec=12)
_WIDE = Context(prec=1_000)  # a garbled number of 300 digits is a number too


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``value`` is None where the readings do not agree; ``values`` are all the different ones with their words, the chosen first.

    ``step`` is the size of the last printed digit of ``value``. ``year_on_year`` is computed from the cell of the year before where both are
    of whole years: a percentage (``unit_of_change`` ``%``), for percentages the difference in points (``个百分点``). ``printed_change`` is the
    change on the year before that the report itself prints. ``notes`` are for people.
    """

    entry: Entry
    key: Key
    unit: str
    state: State
    value: Decimal | None
    op: str
    values: tuple[tuple[str, Decimal], ...]
    targets: tuple[str, ...]
    readings: tuple[Reading, ...]
    notes: tuple[str, ...] = ()
    year_on_year: Decimal | None = None
    unit_of_change: str = ""
    printed_change: Decimal | None = None
    step: Decimal = Decimal(0)

    @property
    def whole(self) -> bool:
        """Whether the value is of the whole year."""
        return any(r.part == "value" for r in self.readings)


@dataclass(frozen=True, slots=True)
class Panel:
    """The cells in the order of the taxonomy, then of their keys; ``by`` names the parts of the keys. ``left_out``: readings in no cell."""

    by: tuple[str, ...]
    cells: tuple[Cell, ...]
    left_out: tuple[Reading, ...]


def build(readings: Iterable[Reading], taxonomy: Taxonomy, *, by: Sequence[str] = ("region", "year")) -> Panel:
    """The panel of some readings. ``by``: names of :data:`DIMENSIONS`; each combination is a cell. Deterministic whatever the order of runs.

    A cell takes the readings of whole years; where there are none, those of a part of the year, and says so. Readings in a unit that cannot
    be converted, values of another kind, and changes and values of earlier years without a value beside them are ``left_out``; beside a value
    they stand in its cell, a change as its printed change. Raises ValueError where ``by`` is empty or names something else.
    """
    by = tuple(by)
    if not by:
        raise ValueError("no dimensions")
    if unknown := [name for name in by if name not in DIMENSIONS]:
        raise ValueError(f"unknown dimensions {unknown}")
    grouped: defaultdict[tuple[str, Key], list[Reading]] = defaultdict(list)
    for reading in readings:
        grouped[reading.id, _key(reading, taxonomy[reading.id], by)].append(reading)
    of_entry: defaultdict[str, list[Reading]] = defaultdict(list)
    for (entry_id, _), group in grouped.items():
        of_entry[entry_id] += group
    units = {entry_id: _unit_of(taxonomy[entry_id], group) for entry_id, group in of_entry.items()}
    order = {entry.id: place for place, entry in enumerate(taxonomy)}
    cells: list[Cell] = []
    left: list[Reading] = []
    for (entry_id, key), group in sorted(grouped.items(), key=lambda item: (order[item[0][0]], item[0][1])):
        cell, rest = _cell(taxonomy[entry_id], key, units[entry_id], sorted(group, key=_order))
        left += rest
        if cell is not None:
            cells.append(cell)
    return Panel(by, tuple(_with_changes(cells, by)), tuple(left))


def _order(r: Reading) -> tuple[str, str, int, str]:
    return r.run, r.doc_id, r.start, r.record_id


def _key(reading: Reading, entry: Entry, by: Sequence[str]) -> Key:
    facts = {
        "region": reading.place, "year": str(reading.year) if reading.year else "", "org": reading.org, "project": reading.project,
        "doc_id": reading.doc_id, "run": reading.run, "level1": entry.level1, "level2": entry.level2, "domain": entry.domain,
    }  # fmt: skip
    return tuple(facts[name] for name in by)


def _unit_of(entry: Entry, readings: Sequence[Reading]) -> str:
    """The unit of the indicator's row: of the entry's units the one that most readings have, else the first; what is printed where it has none."""
    counts: defaultdict[str, int] = defaultdict(int)
    for r in readings:
        if r.part in ("value", "partial"):
            counts[r.unit] += 1
    if entry.units:
        return max(entry.units, key=lambda unit: (counts[unit], -entry.units.index(unit)))
    # A bare number may be a count of anything, but a percentage is none.
    fitting = [u for u in counts if kind_of(u) in ("", entry.kind) or entry.kind in ("other", "rank", "rate")]
    return min(fitting, key=lambda u: (not u and entry.kind != "other", -counts[u], u), default="")


def _cell(entry: Entry, key: Key, unit: str, group: Sequence[Reading]) -> tuple[Cell | None, list[Reading]]:
    converted: list[Reading] = []
    left: list[Reading] = []
    for r in group:
        if r.part not in ("value", "partial"):
            continue
        value = _in_unit(r, unit, entry)
        if value is None:
            left.append(r)
        else:
            scale = value / r.value if r.value else Decimal(1)
            converted.append(replace(r, value=value, step=r.step * scale))
    whole = [r for r in converted if r.part == "value"]
    used = whole or converted
    if not used:
        return None, list(group)
    left += [r for r in group if r.part == "other"]
    out = set(map(id, left))
    kept = tuple(r for r in group if id(r) not in out)
    notes = [] if whole else [f"只有部分期间的数值（{'、'.join(dict.fromkeys(r.period for r in used))}） part of the year only"]
    state, chosen, values = _settle(used, entry)
    changes = [r for r in kept if r.part == "change" and _on_year_before(r, unit) and (not whole or not part_of_year(r.period))]
    printed = changes[0].value if len({r.value for r in changes}) == 1 else None
    if len({r.unit for r in used if r.unit}) > 1:
        notes.append("单位不一，已换算或视为同类 units differ: " + "、".join(dict.fromkeys(r.unit for r in used if r.unit)))
    targets = tuple(dict.fromkeys(r.target for r in used if r.target))
    cell = Cell(
        entry, key, unit, state, chosen.value if chosen else None, chosen.op if chosen else "", values, targets, kept, tuple(notes),
        printed_change=printed, step=chosen.step if chosen else Decimal(0),
    )  # fmt: skip
    return cell, left


def _on_year_before(r: Reading, unit: str) -> bool:
    """Whether a change may be one on the year before, in what :func:`_with_changes` computes for this unit."""
    if r.unit not in (("%", "个百分点") if unit in _SHARES else ("%",)) or r.op not in ("=", "~") or _OTHER_BASE.search(r.change):
        return False
    year = _YEAR.search(r.change)
    return year is None or r.year is None or int(year[0]) == r.year - 1


def _in_unit(r: Reading, unit: str, entry: Entry) -> Decimal | None:
    """The value in the row's unit; None where it cannot be: a percentage for a count, 元/月 for 元."""
    if r.unit == unit or not r.unit:
        return r.value
    with localcontext() as context:
        context.clear_flags()
        value = to_unit(r.value, r.unit, unit)
        if value is not None:
            return _PLACES.plus(value) if context.flags[Inexact] else value
    # 件 and 宗 on one entry are two words for one thing.
    return r.value if entry.kind == "count" and r.unit in entry.units and unit in entry.units else None


def _settle(used: Sequence[Reading], entry: Entry) -> tuple[State, Reading | None, tuple[tuple[str, Decimal], ...]]:
    """State, the reading whose value is the cell's (None where none can be chosen), and the different values with their words."""
    by_words: defaultdict[str, list[Reading]] = defaultdict(list)
    for r in used:
        by_words[_words(r)].append(r)
    finest = {words: _finest(group) for words, group in by_words.items()}
    different = _different([r for group in by_words.values() for r in group])
    values = tuple((r.words, r.value) for r in different)
    if len(different) == 1:
        return "one", _finest(used), values
    if any(r is None for r in finest.values()):
        return "conflict", None, values
    own = {fold(w) for w in entry.wordings} | {trim(fold(w)) for w in entry.wordings}
    named = [r for words, r in finest.items() if words in own and r is not None]
    if len(named) == 1:
        first = (named[0].words, named[0].value)
        return "several", named[0], (first, *((r.words, r.value) for r in different if not agree(r, named[0])))
    return "several", None, values


def _words(r: Reading) -> str:
    """What a reading is of: its words, and the level, the project and the part of the year where it is of one."""
    level = "本级" if _OWN_LEVEL.search(r.words) else ""
    return "|".join((trim(fold(clean(r.words))), *filter(None, (level, fold(r.project), r.period if r.part == "partial" else ""))))


def _finest(group: Sequence[Reading]) -> Reading | None:
    """The reading printed with most digits, an exact one before an approximate one; None where the readings do not agree."""
    if len(_different(group)) > 1:
        return None
    return min(group, key=lambda r: (r.op != "=", r.step or Decimal("Infinity"), _order(r)))


def _different(group: Sequence[Reading]) -> list[Reading]:
    """One reading for each value that does not agree with those before it, the most exactly printed first."""
    out: list[Reading] = []
    for r in sorted(group, key=lambda r: (r.op != "=", r.step or Decimal("Infinity"), _order(r))):
        if not any(agree(r, other) for other in out):
            out.append(r)
    return out


def agree(a: Reading, b: Reading) -> bool:
    """May both be prints of one number? Within half a step of the coarser print; 约 within 5 %, 超过 and 近 on their side within 10 %."""
    gap = abs(a.value - b.value)
    if gap <= _HALF * max(a.step, b.step):
        return True
    for one, other in ((a, b), (b, a)):
        if one.op == "~" and gap <= _ABOUT * abs(one.value):
            return True
        above, below = other.value >= one.value, other.value <= one.value
        if ((one.op in (">", ">=") and above) or (one.op in ("<", "<=") and below)) and gap <= _BEYOND * abs(one.value):
            return True
    return False


def _with_changes(cells: Sequence[Cell], by: Sequence[str]) -> list[Cell]:
    """The cells with their change on the year before, and a note where the report prints another one."""
    if "year" not in by:
        return list(cells)
    at = by.index("year")
    known = {(c.entry.id, c.key): c for c in cells}
    out: list[Cell] = []
    for cell in cells:
        year = cell.key[at]
        key = (*cell.key[:at], str(int(year) - 1), *cell.key[at + 1 :]) if year.isdigit() else None
        before = known.get((cell.entry.id, key)) if key is not None else None
        out.append(_with_change(cell, before) if before is not None else cell)
    return out


def _with_change(cell: Cell, before: Cell) -> Cell:
    if cell.value is None or before.value is None or not (cell.whole and before.whole):
        return cell
    points = cell.unit in _SHARES
    if points:
        scale = Decimal("0.1") if cell.unit == "‰" else Decimal(1)
        change, unsure = (cell.value - before.value) * scale, (cell.step + before.step) * _HALF * scale
    elif before.value > 0:
        ratio = cell.value / before.value
        change, unsure = (ratio - 1) * 100, (cell.step + before.step * abs(ratio)) * _HALF / before.value * 100
    else:
        return cell
    change = change.quantize(_POINT, ROUND_HALF_UP, _WIDE)
    cell = replace(cell, year_on_year=change, unit_of_change="个百分点" if points else "%")
    printed = cell.printed_change
    if printed is None or cell.op != "=" or before.op != "=":
        return cell
    unsure += max(
        r.step * _HALF + (_ABOUT * abs(printed) if r.op == "~" else 0) for r in cell.readings if r.part == "change" and r.value == printed
    )
    if abs(printed - change) <= _TOLERATED + unsure:
        return cell
    note = f"报告所印变动 {plain(printed)}，与按上年数值计算的 {plain(change)} 不符 the printed change differs"
    return replace(cell, notes=(*cell.notes, note))
