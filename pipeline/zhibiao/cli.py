"""The command line: ``zhibiao extract``, ``show`` and ``version``. Results go to standard output, everything else to standard error.

Exit codes: 0 all fine, 1 some inputs failed or were read in part, 2 a wrong call, 130 stopped by the user.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from zhibiao import catalogue, commands, compare, curate
from zhibiao.catalogue import TaxonomyFile
from zhibiao.errors import NoInput, UsageError, ZhibiaoError
from zhibiao.export.sink import check_output, parse_formats
from zhibiao.readers import Limits
from zhibiao.readers.content import MEGABYTE
from zhibiao.readers.discovery import Input, printable
from zhibiao.readers.source import read_report
from zhibiao.runner import RunSummary, run, settle_heap, summary_lines
from zhibiao.show import clean, records_table, show, show_tables

if TYPE_CHECKING:
    from zhibiao.extractor import Extractor
    from zhibiao.runner import Progress as Callback

_PIPE_WIDTH = 120
_WORST_SHOWN = 20

# rich_markup_mode=None: plain help that a pipe or a narrow terminal shows whole.
app = typer.Typer(
    name="zhibiao",
    help="指标：从政府绩效报告中抽取数量、指标、目标与实际。"
    "Extract quantities, indicators, targets and actuals from Chinese government reports.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Verbose = Annotated[bool, typer.Option("--verbose", help="出错时在标准错误显示细节 / details of errors on standard error")]
LimitMb = Annotated[float, typer.Option("--limit-mb", min=0.001, help="单个文件的上限（MB） / largest input file")]
LimitPages = Annotated[int, typer.Option("--limit-pages", min=1, help="单个 PDF 的页数上限 / most pages of a PDF")]
OcrPages = Annotated[
    int, typer.Option("--ocr-pages", min=0, help="单个文件最多识别几页扫描件，0 为不识别 / most scanned pages of a file to recognise")
]


@app.command("extract")
def extract_command(
    inputs: Annotated[list[str] | None, typer.Argument(metavar="INPUT...", help="文件、文件夹或通配符 / files, folders, patterns")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="输出文件夹 / output folder")] = Path("zhibiao-out"),
    formats: Annotated[str, typer.Option("--format", "-f", help="csv, parquet, xlsx, jsonl（逗号分隔 / comma separated）")] = "csv,parquet",
    progress: Annotated[bool, typer.Option("--progress/--no-progress", help="进度条 / progress bar")] = True,
    timing: Annotated[bool, typer.Option("--timing/--no-timing", help="记下每个文档的用时 / write seconds a document")] = True,
    limit_mb: LimitMb = 200,
    limit_pages: LimitPages = 2000,
    ocr_pages: OcrPages = 200,
    taxonomy: TaxonomyFile = None,
    verbose: Verbose = False,
) -> int:
    """从 INPUT 抽取，把五张表写到 --out。Extract INPUT and write the five tables to --out."""
    _log_to_stderr(verbose)
    chosen = parse_formats(formats)
    if not inputs:
        raise NoInput()
    check_output(out)
    errors = _console(sys.stderr)
    with _progress(errors, wanted=progress) as callback:
        summary = run(
            inputs, extractor=_extractor(taxonomy), out=out, formats=chosen, limits=_limits(limit_mb, limit_pages, ocr_pages),
            progress=callback, timing=timing,
        )  # fmt: skip
    _print_summary(summary, _console(sys.stdout))
    _print_failures(summary, errors)
    return summary.exit_code


@app.command("show")
def show_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="要看的报告 / the report")],
    width: Annotated[int | None, typer.Option("--width", min=20, help="每行格数（汉字占两格） / cells a row")] = None,
    color: Annotated[bool | None, typer.Option("--color/--no-color", help="颜色或括号标记 / colours or brackets")] = None,
    records: Annotated[bool, typer.Option("--records/--no-records", help="附记录表 / table of records")] = True,
    tables: Annotated[bool, typer.Option("--tables", help="只画出读到的表格 / only the tables, as they were understood")] = False,
    limit_mb: LimitMb = 200,
    limit_pages: LimitPages = 2000,
    ocr_pages: OcrPages = 200,
    taxonomy: TaxonomyFile = None,
    verbose: Verbose = False,
) -> int:
    """显示一份报告，标出抽取到的内容。Show one report with what was found in it marked."""
    _log_to_stderr(verbose)
    path = Path(file)
    report = read_report(Input(path, printable(path), path.stem), limits=_limits(limit_mb, limit_pages, ocr_pages))
    extractor = _extractor(taxonomy)
    terminal = sys.stdout.isatty()
    colored = (terminal and "NO_COLOR" not in os.environ) if color is None else color
    console = _console(sys.stdout, width=width, color=colored)
    for gap in report.gaps:
        print(str(gap), file=sys.stderr)
    if tables:
        show_tables(report, extractor.tables(report), console=console)
        return 0
    document = extractor.extract(report)
    show(document, console=console, width=width or (console.width if terminal else None), color=colored, records=records)
    return 0


@app.command("version")
def version_command() -> int:
    """显示版本。Print the version."""
    print(f"zhibiao {installed_version('zhibiao')}")
    return 0


commands.register(app)  # bench and evaluate
curate.register(app)  # annotate and train
catalogue.register(app)  # taxonomy
compare.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on ``arguments`` (default: those of the process) and give the exit code; raises nothing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese must not end the run
    try:
        with _terminate_as_interrupt():
            result: Any = app(args=None if arguments is None else list(arguments), prog_name="zhibiao", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except UsageError as error:
        return _say(str(error), 2)
    except ZhibiaoError as error:
        return _say(str(error), 1)
    except _Misuse as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            return _say(error.format_message(), 2)
        detail = error.format_message().rstrip(".")  # of the parser, English
        return _say(str(UsageError(detail=detail)), 2)
    except typer.Exit as error:
        return error.exit_code
    except BrokenPipeError:
        # The reader (head, less) has gone; keep the interpreter from complaining at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, typer.Abort):
        return _say("已中断 / interrupted", 130)
    except Exception as error:
        logging.getLogger(__name__).debug("failed", exc_info=error)
        return _say(str(ZhibiaoError(detail=f"{type(error).__name__}: {error}")), 1)


# typer ships its own copy of click in newer versions; its base of wrong calls is reached the same way in all.
_Misuse: Any = typer.BadParameter.__mro__[1]


def _say(line: str, code: int) -> int:
    print(line, file=sys.stderr)
    return code


def _extractor(taxonomy: Path | None) -> Extractor:
    from zhibiao.extractor import Extractor as Shipped  # heavy: models and dictionaries
    from zhibiao.linking.linker import Linker, default_linker
    from zhibiao.linking.taxonomy import load_taxonomy

    # What is wrong with taxonomy or ranker is told before any document is read.
    linker = Linker(load_taxonomy(taxonomy)) if taxonomy is not None else default_linker()
    extractor = Shipped(linker=linker)
    settle_heap()
    return extractor


def _limits(megabytes: float, pages: int, ocr_pages: int) -> Limits:
    return Limits(max_bytes=int(megabytes * MEGABYTE), max_pages=pages, ocr_pages=ocr_pages)


def _console(stream: Any, *, width: int | None = None, color: bool | None = None) -> Console:
    if width is None and not stream.isatty():
        width = _PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False, force_terminal=color or None, no_color=color is False)


def _log_to_stderr(verbose: bool) -> None:
    logging.basicConfig(level=logging.DEBUG if verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s", force=True)


@contextmanager
def _terminate_as_interrupt() -> Iterator[None]:
    """SIGTERM (a container that stops) ends a run as Ctrl-C does: finished documents are kept, half files are removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(console: Console, *, wanted: bool) -> Iterator[Callback | None]:
    """A progress bar where standard error is a terminal; it shows from the second input on."""
    if not wanted or not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("抽取", total=None, visible=False)

        def callback(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, visible=total > 1)

        yield callback


def _print_summary(summary: RunSummary, console: Console) -> None:
    table = Table.grid(padding=(0, 2))
    for label, value in summary_lines(summary):
        table.add_row(Text(label), Text(f"{value:,}" if isinstance(value, (int, float)) else value))
    console.print(table)
    if summary.preview:
        console.print(records_table(summary.preview, title=f"记录示例 {len(summary.preview)} 条 some of the records"))
    if summary.paths:
        console.print(clean(f"→ {printable(summary.paths[0].parent)}/"), soft_wrap=True)
    for suffix in dict.fromkeys(path.suffix for path in summary.paths):
        console.print("   " + " ".join(path.name for path in summary.paths if path.suffix == suffix), soft_wrap=True)


def _print_failures(summary: RunSummary, console: Console) -> None:
    if not summary.failures:
        return
    if summary.failed:
        console.print(Text(f"{summary.failed} 个输入失败 / {summary.failed} inputs failed:", style="bold red"))
    if summary.incomplete:
        console.print(
            Text(f"{summary.incomplete} 个输入有未读的部分 / {summary.incomplete} inputs were read in part:", style="bold yellow")
        )
    for failure in summary.failures[:_WORST_SHOWN]:
        console.print(clean(f"  {failure.path}（{failure.stage}） {failure.message}"), soft_wrap=True)
    if len(summary.failures) > _WORST_SHOWN:
        console.print(Text("  …… 其余见 errors 表 / see the table errors for the others"))


if __name__ == "__main__":
    sys.exit(main())
