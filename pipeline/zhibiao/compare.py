"""``zhibiao compare``: the panel indicator × region × year out of the tables of many runs.

The command line adds it to its app with :func:`register`; what it needs is imported when it is called.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zhibiao.catalogue import TaxonomyFile, entries_of
from zhibiao.errors import NotFound, UsageError
from zhibiao.show import clean

_ROWS_SHOWN = 40
_PIPE_WIDTH = 160


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("compare")(compare_command)


def compare_command(
    runs: Annotated[list[Path], typer.Argument(metavar="OUT...", help="extract 的输出文件夹 / output folders of `zhibiao extract`")],
    indicator: Annotated[
        list[str] | None, typer.Option("--indicator", "-i", help="编号或名称，可多次；默认全部 / id or words, may be repeated; default all")
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="按哪些分：region, year, org, project, doc_id, run, level1, level2, domain / what to group by")
    ] = "region,year",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="输出文件夹；不给则只显示 / output folder; only shown where absent")
    ] = None,
    formats: Annotated[str, typer.Option("--format", "-f", help="csv, xlsx, html（逗号分隔 / comma separated）")] = "csv,xlsx,html",
    least: Annotated[float, typer.Option("--min-confidence", min=0.0, max=1.0, help="链接置信度下限 / least confidence of a link")] = 0.0,
    taxonomy: TaxonomyFile = None,
) -> int:
    """汇成面板：指标 × 地区 × 年度，每格附依据。A table indicator × region × year from many runs, every cell with its evidence."""
    from zhibiao.linking.taxonomy import load_taxonomy
    from zhibiao.panel.cells import DIMENSIONS, build
    from zhibiao.panel.readings import readings_of
    from zhibiao.panel.write import parse_panel_formats, write_panel

    dimensions = tuple(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))
    if not dimensions or (unknown := [name for name in dimensions if name not in DIMENSIONS]):
        wrong = "、".join(unknown) if dimensions else "（空 empty）"
        raise UsageError(detail=f"--by {wrong}：可用 {'、'.join(DIMENSIONS)} (choose from these)")
    chosen = parse_panel_formats(formats)
    catalogue = load_taxonomy(taxonomy)
    ids = list(dict.fromkeys(entry.id for words in indicator or () for entry in entries_of(catalogue, words)))
    panel = build(readings_of(runs, catalogue, ids=ids, least=least), catalogue, by=dimensions)
    if not panel.cells:
        raise NotFound(
            what="可比的数值",
            hint="这些结果里没有连到所选指标的数值；可去掉 --indicator 或降低 --min-confidence",
            english="no linked value for these indicators",
        )
    _show(panel)
    if out is not None:
        for path in write_panel(panel, out, chosen):
            print(f"→ {path}")
    return 0


def _show(panel: object) -> None:
    from zhibiao.panel.cells import Panel
    from zhibiao.panel.grid import LABELS, shown, wide

    assert isinstance(panel, Panel)
    table = wide(panel)
    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)
    view = Table(*(LABELS[h] for h in table.heads), box=None, pad_edge=False)
    for column in table.columns:
        view.add_column(clean(column or "（无）"), justify="right")
    for key, cells in table.rows[:_ROWS_SHOWN]:
        view.add_row(*(clean(part) for part in key), *(Text(shown(cells.get(c))) for c in table.columns))
    console.print(view)
    if len(table.rows) > _ROWS_SHOWN:
        console.print(f"…… 另有 {len(table.rows) - _ROWS_SHOWN} 行，用 --out 写成文件 (more rows: write them with --out)")
    counts = {state: sum(c.state == state for c in panel.cells) for state in ("one", "several", "conflict")}
    console.print(f"单元格 cells {len(panel.cells)}：一致 {counts['one']}，多个说法※ {counts['several']}，冲突⚠ {counts['conflict']}")
