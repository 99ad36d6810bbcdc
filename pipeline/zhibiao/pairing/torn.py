"""Tables whose cells were torn into short lines, column after column: name, then "指标：…" and "说明：…", then the actual.

The label 指标： anchors each row. What stands between two anchors is cut into the rest of the target cell, the actual, and the next row's
level and name, by the widths of the columns: within a cell every line but the last is as wide as its column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from zhibiao.quantities import QuantityFinder
from zhibiao.schema import Quantity

from .cell import Cell, Region
from .drafts import Draft, NamesOf, side, similar, words_side
from .names import trim

ANCHOR = "指标："
NOTE = "说明："
# Without units a number so many times its target does not answer it.
_FAR, _ALIKE = 20, 0.4
# The parts of a stretch between two anchors, in their order: target, note, actual, level, name of the next row, its target before the label.
_PARTS = "TSALNP"


@dataclass(frozen=True, slots=True)
class Widths:
    """Column widths in ems."""

    name: float
    target: float
    actual: float
    level: float


def is_torn(region: Region) -> bool:
    """Does the region hold rows anchored by 指标： (three or more)?"""
    return sum(region.text.startswith(ANCHOR, c.start) for c in region.cells) >= 3


def _widths(cells: Sequence[Cell], text: str, anchors: Sequence[int]) -> Widths:
    def top(values: list[float]) -> float:
        values.sort()
        return values[min(len(values) - 1, int(len(values) * 0.9))] if values else 0.0

    labelled = [
        cells[i + d].width
        for i in anchors
        for d in (0, 1)
        if i + d < len(cells) and not text.startswith(ANCHOR, cells[min(i + d, len(cells) - 1)].start + 1)
    ]
    before = [cells[i - 1].width for i in anchors if i]
    target = top(labelled)
    names = [w for w in before if w <= 0.66 * target] or before
    everything = top([c.width for c in cells])
    name = max(top([c.width for i in anchors for c in cells[max(0, i - 3) : i] if c.width <= 0.66 * target]), median(names) if names else 4)
    return Widths(name=name, target=target, actual=max(everything, target), level=max(2.0, name - 1))


def _segment(cells: Sequence[Cell], text: str, first: bool, last: bool, w: Widths) -> str:
    """The part of each cell between two anchors (the first cell is the anchor itself, unless ``first``)."""
    n = len(cells)
    limit = {"T": w.target, "S": w.target, "A": w.actual, "L": w.level, "N": w.name, "P": w.target}
    order = "LNP" if first else "TSA" if last else _PARTS
    rank = {part: k for k, part in enumerate(order)}
    # best[part] = (cost, path) for the lines so far
    best: dict[str, tuple[float, str]] = {"": (0.0, "")}
    for k, cell in enumerate(cells):
        noted = text.startswith(NOTE, cell.start)
        ends_before = k > 0 and text[cells[k - 1].end - 1] in "。；"
        width_before = cells[k - 1].width if k else 0.0
        stop = text[cell.end - 1] in "。；，、"
        nxt: dict[str, tuple[float, str]] = {}
        for part in order if k or first else "T":
            if noted and part != "S":
                continue
            base = 4.0 if cell.width > limit[part] + 0.6 else 0.0
            if part == "N" and stop:
                base += 0.8
            cheapest: tuple[float, str] | None = None
            for before, (cost, path) in best.items():
                if before == part:
                    if noted:
                        continue
                    # the line before goes on in this one: it should be full
                    slack = limit[part] - width_before
                    step = 0.0 if slack <= 1.2 else 1.0 + 0.2 * slack
                    if ends_before:  # a name does not go on after a stop
                        step += 0.6 if part in "TSA" else 2.0 if part == "N" else 0.0
                else:
                    if (before and rank[before] > rank[part]) or (part == "S" and not noted):
                        continue
                    step = 0.35 if part in "PL" else 0.0
                    if before:
                        # a cell ends with the line before: a stop there speaks for it, a full line without one against it
                        slack = limit[before] - width_before
                        step += -0.3 if ends_before else (0.9 if slack <= 0.6 and before in "TSA" else 0.1)
                if part == "N" and path.count("N") >= 5:
                    step += 0.5  # names are short; a long cell of short lines is a level
                total = cost + base + step
                if cheapest is None or total < cheapest[0]:
                    cheapest = (total, path)
            if cheapest is not None:
                nxt[part] = (cheapest[0], cheapest[1] + part)
        best = nxt
    allowed = {p: v for p, v in best.items() if last or p in "NP"} or best
    return min(allowed.values(), key=lambda v: v[0])[1] if n else ""


@dataclass(slots=True)
class _Row:
    name: list[Cell]
    before: list[Cell]
    target: list[Cell]
    note: list[Cell]
    actual: list[Cell]


def _rows(region: Region) -> list[_Row]:
    cells = [c for c in region.cells if c.kind != "head"]
    text = region.text
    anchors = [i for i, c in enumerate(cells) if text.startswith(ANCHOR, c.start)]
    w = _widths(cells, text, anchors)
    rows: list[_Row] = []
    head = cells[: anchors[0]]
    parts = _segment(head, text, True, False, w) if head else ""
    name, before = _pick(head, parts, "N"), _pick(head, parts, "P")
    for k, at in enumerate(anchors):
        end = anchors[k + 1] if k + 1 < len(anchors) else len(cells)
        stretch = cells[at:end]
        parts = _segment(stretch, text, False, k + 1 == len(anchors), w)
        rows.append(_Row(name, before, _pick(stretch, parts, "T"), _pick(stretch, parts, "S"), _pick(stretch, parts, "A")))
        name, before = _pick(stretch, parts, "N"), _pick(stretch, parts, "P")
    return rows


def _pick(cells: Sequence[Cell], parts: str, part: str) -> list[Cell]:
    return [c for c, p in zip(cells, parts, strict=True) if p == part]


def read_torn(region: Region, *, finder: QuantityFinder, names_of: NamesOf) -> tuple[list[Quantity], list[Draft]]:
    """Quantities and records of a torn table, in offsets of the region's text.

    ``names_of(text, quantities)`` gives a name for each quantity of a cell's text ("" where there is none).
    """
    text = region.text
    quantities: list[Quantity] = []
    drafts: list[Draft] = []

    def found(cells: Sequence[Cell], skip: int = 0) -> list[Quantity]:
        if not cells:
            return []
        a, b = cells[0].start + skip, cells[-1].end
        whole = finder.parse_cell(text[a:b].rstrip("。；"))
        out = [whole] if whole is not None else finder.find(text[a:b])
        out = [replace(q, start=q.start + a, end=q.end + a) for q in out]
        quantities.extend(out)
        return out

    for row in _rows(region):
        found(row.name)
        pre = found(row.before)
        targets = found(row.target, len(ANCHOR))
        found(row.note)
        actuals = found(row.actual)
        if not row.name:
            continue
        name = trim(text, row.name[0].start, row.name[-1].end)
        words = text[slice(*name)]
        t_span = trim(text, row.target[0].start + len(ANCHOR), row.target[-1].end)
        p_span = trim(text, row.before[0].start, row.before[-1].end) if row.before else None
        a_span = trim(text, row.actual[0].start, row.actual[-1].end) if row.actual else None
        if not targets and pre:
            targets = pre
        offset_t = row.target[0].start + len(ANCHOR)
        t_names = (
            names_of(text[offset_t : t_span[1]], [replace(q, start=q.start - offset_t, end=q.end - offset_t) for q in targets])
            if len(targets) > 1 and targets is not pre
            else []
        )
        a_names = _names(text, row.actual, actuals, names_of)
        used: set[int] = set()
        for k, t in enumerate(targets if t_names else targets[:1] or [None]):
            own = t_names[k] if t_names else ""
            a = _answer(t, own or words, words, actuals, a_names, used)
            draft = Draft("performance", [name], method="table")
            if t_names and own:
                draft.name, draft.prefix = [], own
            elif t_names and k:
                continue
            draft.target = (
                side(t)
                if t is not None
                else words_side(text, *(p_span if p_span and text[slice(*t_span)].startswith("完成年度计划") else t_span))
                if t_span[1] > t_span[0]
                else None
            )
            if a is not None:
                draft.actual = side(actuals[a])
                used.add(a)
            elif a_span and not (t_names and k):
                draft.actual = words_side(text, *a_span)
            draft.start = name[0]
            draft.end = max(t_span[1], a_span[1] if a_span else 0)
            if draft.target is not None:
                drafts.append(draft)
    quantities.sort(key=lambda q: (q.start, q.end))
    return quantities, drafts


def _names(text: str, cells: Sequence[Cell], quantities: Sequence[Quantity], names_of: NamesOf) -> list[str]:
    if not cells or not quantities:
        return []
    a, b = cells[0].start, cells[-1].end
    return names_of(text[a:b], [replace(q, start=q.start - a, end=q.end - a) for q in quantities])


def _answer(target: Quantity | None, own: str, row: str, actuals: Sequence[Quantity], names: Sequence[str], used: set[int]) -> int | None:
    """Which actual answers the target: the one of the same unit and the likest name; the first where the target is words."""
    best, score = None, 0.0
    for i, (q, name) in enumerate(zip(actuals, names, strict=True)):
        if i in used:
            continue
        alike = max(similar(own, name), similar(row, name))
        if target is not None and target.bare and not target.unit and alike < _ALIKE and (q.unit or q.value > _FAR * target.value):
            continue  # 273 windows; 700 people, 16000 square metres: of another measure
        value = 0.5 - 0.05 * i + alike
        if target is not None:
            if q.unit == target.unit:
                value += 1.0
                value += 0.5 * (q.value == target.value)
            elif q.kind != target.kind and q.unit and target.unit:
                continue
        if value > score:
            best, score = i, value
    return best
