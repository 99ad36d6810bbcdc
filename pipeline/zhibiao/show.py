"""A report in the terminal, with what was found in it marked: quantities, indicators, targets, actuals; then the records as a table.

With colour, quantities have the colour of their kind, indicators are underlined, targets and actuals have a ground. Without, the same
marks are brackets: ``⟨indicator⟩ [quantity] 目{target} 实{actual}``. Overlapping spans are cut at each other's borders.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import get_character_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zhibiao.export.labels import labels
from zhibiao.pages import Pages
from zhibiao.pairing.views import ROLES, TableView
from zhibiao.schema import Document, Kind, Record, Report, Side, plain

KIND_STYLES: dict[Kind, str] = {
    "money": "bold yellow", "percent": "bold cyan", "count": "bold green", "duration": "bold magenta", "length": "bold blue",
    "area": "bold blue", "data": "bold bright_cyan", "score": "bold bright_magenta", "rank": "bold bright_red", "rate": "bold cyan",
    "mass": "bold blue", "energy": "bold bright_yellow", "other": "bold",
}  # fmt: skip
_ROLE_STYLES = {"indicator": "underline", "target": "black on bright_yellow", "actual": "black on bright_green"}
# Role → (before, after), outermost first.
_BRACKETS = {"indicator": ("⟨", "⟩"), "target": ("目{", "}"), "actual": ("实{", "}"), "quantity": ("[", "]")}
_STATUS_STYLES = {"exceeded": "green", "met": "green", "missed": "bold red", "unknown": "dim"}

# What could steer the terminal or hide text: C0, DEL, C1 and the marks of direction; a tab is one space, so that offsets hold.
_UNSAFE = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd") | {0x09: " "}
_LINE = re.compile(r"[^\r\n\f]*(\r\n|\r|\n|\f|\Z)")
_RUN = re.compile(r"[0-9A-Za-z.,%％.+\-/]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the text under one set of marks: roles, ``quantity:<kind>`` for a quantity."""

    start: int
    end: int
    marks: frozenset[str]


def segments(document: Document) -> list[Segment]:
    """The whole text of the report, cut wherever a mark begins or ends; the pieces touch and cover it.

    Spans outside the text, or empty ones, mark nothing.
    """
    size = len(document.report.text)
    events: dict[int, list[tuple[int, str]]] = {}
    for start, end, mark in _spans(document):
        if start is not None and end is not None and 0 <= start < end <= size:
            events.setdefault(start, []).append((1, mark))
            events.setdefault(end, []).append((-1, mark))
    out: list[Segment] = []
    active: Counter[str] = Counter()
    at = 0
    for position in [*sorted(events), size]:
        if position > at:
            out.append(Segment(at, position, frozenset(mark for mark, n in active.items() if n > 0)))
            at = position
        for step, mark in events.get(position, ()):
            active[mark] += step
    return out


def _spans(document: Document) -> Iterator[tuple[int | None, int | None, str]]:
    for quantity in document.quantities:
        yield quantity.start, quantity.end, f"quantity:{quantity.kind}"
    for record in document.records:
        yield record.indicator_start, record.indicator_end, "indicator"
        if record.target:
            yield record.target.start, record.target.end, "target"
        if record.actual:
            yield record.actual.start, record.actual.end, "actual"


def marked_lines(document: Document, *, color: bool) -> Iterator[Text | int]:
    """The report line by line with its marks, as styles or as brackets; an ``int`` is the number of the page that begins there."""
    raw = document.report.text
    text = raw.translate(_UNSAFE)
    pieces = iter(segments(document))
    piece = next(pieces, None)
    page = 1
    position = 0
    while position < len(raw):
        match = _LINE.match(raw, position)
        assert match is not None  # the pattern matches anywhere
        line_end = match.start(1)
        line = Text()
        while piece is not None and piece.start < line_end:
            start, end = max(piece.start, position), min(piece.end, line_end)
            if start < end:
                _append(line, text[start:end], piece.marks, color=color)
            if piece.end > line_end:
                break
            piece = next(pieces, None)
        yield line
        position = match.end()
        if match[1] == "\f" and position < len(raw):
            page += 1
            yield page


def _append(line: Text, text: str, marks: frozenset[str], *, color: bool) -> None:
    kinds = sorted(mark.partition(":")[2] for mark in marks if mark.startswith("quantity:"))
    if color:
        styles = [KIND_STYLES.get(kind, "bold") for kind in kinds[:1]]  # type: ignore[call-overload]
        styles += [style for role, style in _ROLE_STYLES.items() if role in marks]
        line.append(text, " ".join(styles[-1:]) if "target" in marks or "actual" in marks else " ".join(styles))
        return
    roles = [role for role in _BRACKETS if role in marks or (role == "quantity" and kinds)]
    before = "".join(_BRACKETS[role][0] for role in roles)
    after = "".join(_BRACKETS[role][1] for role in reversed(roles))
    line.append(before + text + after)


def fold(text: str, width: int) -> list[int]:
    """Where to break a line so that no row is wider than ``width`` cells; a hanzi takes two. Numbers and words stay whole if they fit.

    >>> fold("支出6,302.34万元", 10)
    [2, 11]
    """
    breaks: list[int] = []
    used = run_cells = 0
    run_start: int | None = None
    for index, char in enumerate(text):
        cells = get_character_cell_size(char)
        if _RUN.match(char):
            if run_start is None:
                run_start, run_cells = index, 0
        else:
            run_start = None
        if used + cells > width and index > (breaks[-1] if breaks else 0):
            whole = run_start is not None and run_start > (breaks[-1] if breaks else 0) and run_cells + cells <= width
            breaks.append(run_start if whole and run_start is not None else index)
            used = run_cells if whole else 0
        used += cells
        run_cells += cells if run_start is not None else 0
    return breaks


def show(document: Document, *, console: Console, width: int | None = None, color: bool = True, records: bool = True) -> None:
    """Print the report with its marks, a legend and, unless ``records`` is False, the table of records.

    ``width`` is the number of cells of a row; None does not break lines (for pipes: one line of the report is one line out).
    """
    for line in marked_lines(document, color=color):
        if isinstance(line, int):
            console.print(Text(f"── 第 {line} 页 ──", style="dim"), soft_wrap=True)
            continue
        rows = line.divide(fold(line.plain, width)) if width else [line]
        for row in rows:
            console.print(row, soft_wrap=True)
    console.print()
    console.print(legend(document, color=color), soft_wrap=True)
    if records and document.records:
        console.print(records_table([("", record) for record in document.records], width=width))


def legend(document: Document, *, color: bool) -> Text:
    """One line that explains the marks; kinds that do not occur are left out."""
    words = labels()["kind"]
    found = Counter(quantity.kind for quantity in document.quantities)
    line = Text("图例 ")
    if color:
        for role, name in (("indicator", "指标"), ("target", "目标"), ("actual", "实际")):
            line.append(name, _ROLE_STYLES[role])
            line.append("  ")
        for kind, style in KIND_STYLES.items():
            if found[kind]:
                line.append(f"{words[kind]} {found[kind]}", style)
                line.append("  ")
    else:
        line.append("⟨指标⟩  目{目标}  实{实际}  [数量]")
        if found:
            line.append("（" + "，".join(f"{words[kind]} {found[kind]}" for kind in KIND_STYLES if found[kind]) + "）")
    return line


def records_table(records: Iterable[tuple[str, Record]], *, width: int | None = None, title: str | None = None) -> Table:
    """Records as a table for people; the names before them (documents) make a column of their own where there are any."""
    rows = list(records)
    words = labels()
    with_names = any(name for name, _ in rows)
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", width=width, pad_edge=False)
    if with_names:
        table.add_column("文档", overflow="ellipsis", no_wrap=True, max_width=24)
    table.add_column("指标", overflow="fold", ratio=4 if width else None)
    table.add_column("目标", overflow="fold", ratio=2 if width else None)
    table.add_column("实际", overflow="fold", ratio=2 if width else None)
    for name in ("完成率", "状态", "类型"):
        table.add_column(name, no_wrap=True, justify="right" if name == "完成率" else "left")
    for name, record in rows:
        completion = "" if record.completion is None else f"{record.completion * 100:.1f}%"
        table.add_row(
            *([clean(name)] if with_names else []),
            clean(record.indicator),
            _side(record.target),
            _side(record.actual, change=record.change),
            completion,
            Text(words["status"][record.status] if record.status != "unknown" else "", style=_STATUS_STYLES[record.status]),
            Text(words["type"][record.type]),
        )
    return table


def show_tables(report: Report, tables: Sequence[TableView], *, console: Console) -> None:
    """Print the tables of a report as they were understood: page, caption, each column's head with its role below it, the rows."""
    pages = Pages(report)
    if not tables:
        console.print(Text("没有表格 no tables"))
    for number, view in enumerate(tables, start=1):
        page = pages.page_of(view.start)
        title = f"表 {number}" + (f"　第 {page} 页" if page else "") + (f"　{view.caption[-40:]}" if view.caption else "")
        table = Table(box=box.SQUARE, title=clean(title), title_justify="left", show_lines=True, pad_edge=False)
        for words, role in view.columns:
            table.add_column(Text.assemble(clean(words), "\n", (ROLES[role], "dim")), overflow="fold")
        for row in view.rows:
            table.add_row(*(clean(words) for words in row))
        console.print(table)


def _side(side: Side | None, *, change: str = "") -> Text:
    if side is None:
        return Text("")
    text = side.text or (plain(side.value) + side.unit if side.value is not None else "")
    if side.op in {">", ">=", "<", "<=", "~"} and side.value is not None:
        text = labels()["op"][side.op] + text  # the words of comparison stand outside the span
    return clean(f"{change} {text}" if change else text)


def clean(text: str) -> Text:
    """A text of the report on one line of a table: wraps joined, nothing that could steer the terminal, no markup."""
    return Text(re.sub(r"\s*[\r\n\f]\s*", "", text).translate(_UNSAFE))
