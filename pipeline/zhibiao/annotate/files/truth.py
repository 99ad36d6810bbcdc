"""The truth of a test file: what each row of its tables says, from the roles of the columns in its source.

One JSON object a line. ``table`` and ``row`` count from 1 (rows of the grid, heads included). ``indicator`` is the name in full, ``name`` the words of the
row alone. ``target_text``/``actual_text`` are the cells as printed, ``*_value``/``*_high`` their numbers in base unit (decimal, as text), ``*_unit`` and
``*_op`` as the package writes them; what a cell does not give is left out. ``optional``: neither finding nor missing it is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import orjson

from zhibiao.annotate.files.source import Role, Row, Source, TableBlock, is_empty
from zhibiao.annotate.files.values import Value, name_unit, stated_unit, value_of
from zhibiao.schema import RecordType, plain

_MONEY = ("initial", "budget", "executed", "amount", "last")
_FRONT = re.compile(r"^(?:其中[：:]?|[（(][一二三四五六七八九十]{1,2}[）)]|[一二三四五六七八九十]{1,2}、|\d{1,2}[.．、](?!\d))+")


@dataclass(slots=True)
class _Got:
    """The filled cells of one row under one name: by role and suffix."""

    name: str
    levels: tuple[str, str]
    cells: dict[tuple[str, str], Value] = field(default_factory=dict)
    reason: str = ""
    first: bool = False  # the rate is told of the first budget (完成年初预算%), not of the adjusted one


def records(source: Source) -> list[dict[str, object]]:
    """Every record of the tables of a report, in order. Raises SourceError where a number cannot be read."""
    out = []
    for n, table in enumerate(source.tables, 1):
        level = ""
        for r, row in enumerate(table.rows):
            if row.head or row.mark in ("group", "free"):
                level = "" if row.mark == "group" else level
                continue
            if row.mark == "level1":
                level = _short(table.cells[row.cells[0]].text)
                continue
            for got in _groups(table, r, row, level):
                for record in _records(got):
                    if row.mark == "optional":
                        record["optional"] = True
                    out.append({"table": n, "row": r + 1, **record})
    return out


def prose(source: Source) -> list[tuple[int, str]]:
    """The cells whose words are prose, with the number of their table: what is found inside them is neither in the truth nor against it."""
    out = []
    for n, table in enumerate(source.tables, 1):
        roles = {row.cells[c]: row.roles[c].name for row in reversed(table.rows) for c in reversed(range(len(row.cells)))}
        out += [
            (n, cell.text) for i, cell in enumerate(table.cells) if roles[i] in ("prose", "reason", "text") and cell.text and not cell.head
        ]
    return out


def lines(source: Source) -> bytes:
    """The truth of a report as JSON lines."""
    return b"".join(orjson.dumps(record) + b"\n" for record in records(source))


def _groups(table: TableBlock, r: int, row: Row, level: str) -> Iterator[_Got]:
    """A row by its names: one where it has one name column, two where two tables stand side by side."""
    names = [c for c, role in enumerate(row.roles) if role.name == "name"]
    starts = [0, *names[1:]] if names else [0]
    for start, end in zip(starts, [*starts[1:], len(row.roles)], strict=True):
        columns = range(start, end)
        at = next((c for c in columns if row.roles[c].name == "name"), None)
        if at is not None and table.cells[row.cells[at]].row != r and len(names) > 1:
            continue
        name = _short(table.cells[row.cells[at]].text) if at is not None else ""
        if at is not None and is_empty(name):
            continue
        yield _got(table, r, row, columns, name, row.cells[at] if at is not None else -1, level)


def _got(table: TableBlock, r: int, row: Row, columns: Sequence[int], name: str, name_cell: int, level: str) -> _Got:
    texts: dict[str, str] = {}
    values: list[tuple[Role, str]] = []
    for c in columns:
        role, cell = row.roles[c], table.cells[row.cells[c]]
        own = cell.row == r and cell.column == c and row.cells[c] != name_cell
        if role.name in ("level1", "level2") and row.cells[c] != name_cell:
            texts[role.name] = "".join(cell.text.split())
        elif own and role.name in ("op", "unit", "reason") and not is_empty(cell.text):
            texts[role.name] = cell.text
        elif own and not is_empty(cell.text) and role.name not in ("-", "prose", "index", "name", "grade", "text"):
            values.append((role, cell.text))
    got = _Got(name, (level or texts.get("level1", ""), texts.get("level2", "")), reason="".join(texts.get("reason", "").split()))
    got.first = any("年初" in _head(table, r, c) for c in columns if row.roles[c].name == "rate")
    for role, text in values:
        op = texts.get("op", "") if role.name in ("target", "cycle") else ""
        unit = _unit(role, table, texts.get("unit", ""), name)
        got.cells[role.name, role.suffix] = value_of(text, unit, op=op if any(map(str.isdigit, text)) else "")
    _share_unit(got)
    return got


def _head(table: TableBlock, r: int, c: int) -> str:
    """The words of the head over a place: the last head row above it."""
    above = next((row for row in reversed(table.rows[:r]) if row.head), None)
    return table.cells[above.cells[c]].text if above is not None else ""


def _unit(role: Role, table: TableBlock, beside: str, name: str) -> str:
    """The unit of a bare number: that of its column, then of the unit column (``beside``), of the table or of the name."""
    if role.unit:
        return role.unit
    if role.name in ("rate", "change"):
        return "%"
    if role.name in ("weight", "score", "review"):
        return "分"
    if role.name in _MONEY:
        return beside or stated_unit(table.unit)
    return beside or name_unit(name)


def _share_unit(got: _Got) -> None:
    """A bare number takes the unit that the other side is printed with."""
    for suffix in {s for _, s in got.cells}:
        target, actual = got.cells.get(("target", suffix)), got.cells.get(("actual", suffix))
        for key, one, other in (("target", target, actual), ("actual", actual, target)):
            if one and other and one.value is not None and not one.unit and other.unit and not other.bare:
                got.cells[key, suffix] = value_of(one.text, other.unit)


def _records(got: _Got) -> Iterator[dict[str, object]]:
    """The records of one row, in the order of the package: the couple, then rate and change, facts, scores."""
    cells = dict(got.cells)
    suffixes = list(dict.fromkeys(suffix for _, suffix in cells))
    hosted = False
    weight, score = cells.get(("weight", "")), cells.get(("score", ""))
    marks = (weight, score)
    for suffix in suffixes:
        name = _full(got.name, suffix)
        target, actual = cells.get(("target", suffix)), cells.get(("actual", suffix))
        budget = (
            cells.get(("initial" if got.first else "budget", suffix)) or cells.get(("budget", suffix)) or cells.get(("initial", suffix))
        )
        executed = cells.get(("executed", suffix))
        if budget or executed:
            yield _record(got, "budget", name, budget, executed, marks=(None, None) if hosted else marks)
            hosted = True
        if target or actual:
            yield _record(got, "performance", name, target, actual, reason=got.reason, marks=(None, None) if hosted else marks)
            hosted = True
        if rate := cells.get(("rate", suffix)):
            yield _record(got, "fact", name if suffix else f"{name}预算完成率", None, rate)
        if change := cells.get(("change", suffix)):
            yield _record(got, "fact", got.name, None, change, change=suffix or "比上年增长")
        for role in ("fact", "amount"):
            if fact := cells.get((role, suffix)):
                yield _record(got, "fact", name, None, fact)
        if last := cells.get(("last", suffix)):
            yield _record(got, "fact", name, None, last, change="上年")
    if not hosted and (weight or score):
        yield _record(got, "score", got.name, weight, score, marks=marks, reason=got.reason)
    for suffix in suffixes:
        if suffix and (score := cells.get(("score", suffix))):
            yield _record(got, "score", _full(got.name, suffix), None, score, marks=(None, score))
        if review := cells.get(("review", suffix)):
            yield {**_record(got, "score", f"{got.name}复核得分", weight, review, marks=(weight, review)), "optional": True}


def _record(
    got: _Got,
    kind: RecordType,
    indicator: str,
    target: Value | None,
    actual: Value | None,
    *,
    marks: tuple[Value | None, Value | None] = (None, None),
    change: str = "",
    reason: str = "",
) -> dict[str, object]:
    """One record; ``marks``: full marks and score."""
    record: dict[str, object] = {
        "type": kind,
        "indicator": indicator,
        "name": got.name,
        **_side("target", target),
        **_side("actual", actual),
    }
    record |= {"change": change, "weight": _number(marks[0]), "score": _number(marks[1])}
    record |= {"level1": got.levels[0], "level2": got.levels[1], "reason": reason}
    return {key: value for key, value in record.items() if value not in ("", None)}


def _side(side: str, value: Value | None) -> dict[str, object]:
    if value is None:
        return {}
    out: dict[str, object] = {f"{side}_text": value.text}
    if value.value is not None:
        out |= {f"{side}_op": value.op, f"{side}_value": plain(value.value), f"{side}_unit": value.unit}
        out |= {f"{side}_high": plain(value.high)} if value.high is not None else {}
    return out


def _number(value: Value | None) -> str | None:
    return None if value is None or value.value is None else plain(Decimal(value.value))


def _short(text: str) -> str:
    """A name without what opens a list (一、 （二） 其中：) and the colon that ends it, line breaks taken out."""
    words = "".join(text.split()).rstrip("：:")
    return _FRONT.sub("", words) or words


def _full(name: str, suffix: str) -> str:
    """The row's name with what the head adds: a year stands in front."""
    return f"{suffix}{name}" if re.fullmatch(r"\d{4}年", suffix) else f"{name}{suffix}"
