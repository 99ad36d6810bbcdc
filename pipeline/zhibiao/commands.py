"""The commands of those who work on the program: ``zhibiao bench`` (speed) and ``zhibiao evaluate`` (scores).

The command line adds them to its app with :func:`register`; what they need is imported when they are called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zhibiao.errors import OutputError, UsageError

if TYPE_CHECKING:
    from zhibiao.nlp import Stages

Sheet = tuple[str, list[list[str]]]

_SAMPLES = Path("samples")
_CORPUS = Path("annotations/corpus")
_SPLITS = Path("annotations/splits.json")
_CONFIG = Path("models/config.cfg")
_STAGE_NAMES = {"both": "规则＋模型 both", "patterns": "仅规则 patterns only", "model": "仅模型 model only"}
_STAGES: tuple[Stages, ...] = ("both", "patterns", "model")
_PIPE_WIDTH = 160
#: Set before numpy is imported, so that no stage gets more than one thread.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_BENCH_HEAD = (
    "# 速度 Speed\n\n由 `zhibiao bench --write docs/BENCH.md` 写出，勿手改。“整个任务”从文件读起，到写出五张表为止；各行速度与 `jieba.cut` "
    "对同一文本同一轮的速度相比（jieba = 1）。_Written by the command; speeds are shares of that of `jieba.cut` over the same text in the same round._\n"
)
_SCORES_HEAD = (
    "# 得分 Scores\n\n由 `zhibiao evaluate --write docs/SCORES.md` 写出，勿手改。对照的是本项目自己标注的段落（标注规则见 "
    "[annotations/GUIDE.md](../annotations/GUIDE.md)），计法见 `pipeline/zhibiao/training/scoring.py`。数值取自标注；标注里没写明的，按标注的文字单独读数，"
    "所以读数本身的错误在这里看不全。_Written by the command, on the project's own marked passages. Values that a mark does not spell out "
    "are read from the marked words alone, so faults of that reading show only in part._\n"
)

_LINKS_HEAD = (
    "# 链接 Linking\n\n由 `zhibiao evaluate --links --write docs/LINKING.md` 写出，勿手改。对照 `annotations/links` 里逐条判定的记录；测试部分的撰写人"
    "既不参与训练，也没有用来补充别名。_Written by the command, on records decided one by one; the writers of the test part were neither trained on nor "
    "read for aliases._\n"
)

Write = Annotated[Path | None, typer.Option("--write", metavar="FILE.md", help="另写成 Markdown / also write Markdown")]


def register(app: typer.Typer) -> None:
    """Add both commands to ``app``."""
    app.command("bench")(bench_command)
    app.command("evaluate")(evaluate_command)


def bench_command(
    inputs: Annotated[list[str] | None, typer.Argument(metavar="[INPUT...]", help="默认 samples/reports / default")] = None,
    repeat: Annotated[int, typer.Option("--repeat", min=1, help="轮次 / rounds")] = 5,
    min_chars: Annotated[int, typer.Option("--min-chars", min=0, help="重复文本到这么多字 / repeat the texts up to")] = 200_000,
    linking: Annotated[bool, typer.Option("--linking", help="另测链接随目录大小的增长 / how linking grows with the taxonomy")] = False,
    write: Write = None,
) -> int:
    """测速度：整个任务、各阶段，与 jieba 相比。Speed of the whole job and of each stage, against jieba."""
    for name in _ONE_THREAD:
        os.environ[name] = "1"
    from zhibiao import bench

    default = [str(_SAMPLES / "reports")] if (_SAMPLES / "reports").is_dir() else []
    result = bench.bench(inputs or default, repeat=repeat, min_chars=min_chars, linking=linking)
    show_sheets(bench.sheets(result), bench.facts(result))
    write_sheets(write, _BENCH_HEAD, bench.sheets(result), bench.facts(result))
    return 0


def evaluate_command(
    annotations: Annotated[Path, typer.Option("--annotations", help="标注目录 / marked passages")] = _CORPUS,
    splits: Annotated[Path, typer.Option("--splits", help="划分 / the splits")] = _SPLITS,
    part: Annotated[str, typer.Option("--part", help="test、dev、train 或 all；test 从不参与训练 / which part")] = "test",
    stages: Annotated[
        str, typer.Option("--stages", help="both、patterns、model，或 all 三者并列 / which stages, or all side by side")
    ] = "all",
    drafts: Annotated[Path | None, typer.Option("--drafts", help="另加一个标注目录 / one more folder of marked passages")] = None,
    shared: Annotated[Path | None, typer.Option("--shared", help="外部评测集，内有 eval/score.py / a folder with its own scorer")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="按原因列出差错 / list misses by cause")] = False,
    limit: Annotated[int, typer.Option("--limit", min=0, help="每种原因列几条，0 为全部 / misses a cause, 0 for all")] = 0,
    write: Write = None,
    card: Annotated[Path | None, typer.Option("--card", metavar="CARD.md", help="另写模型卡 / also write the model's card")] = None,
    links: Annotated[bool, typer.Option("--links", help="只评链接：对照链接标注 / the linker only, on the link annotations")] = False,
    curve: Annotated[bool, typer.Option("--curve", help="另算学习曲线，要训练多次 / the learning curve too: trains several times")] = False,
) -> int:
    """对标注段落打分：仅规则、仅模型、两者。Score patterns, models and both on the marked passages of a part and on the samples."""
    from zhibiao.extractor import Extractor
    from zhibiao.nlp import load
    from zhibiao.training import evaluate as scoring
    from zhibiao.training.shared import shared_sheets
    from zhibiao.training.stages import reliability, stage_sheets

    if links:
        from zhibiao.linking.linker import default_linker
        from zhibiao.training.links_page import link_sheets

        found = link_sheets(Path.cwd(), default_linker())
        show_sheets(found, [])
        write_sheets(write, _LINKS_HEAD, found, [])
        return 0
    if stages not in (*_STAGES, "all"):
        raise UsageError(detail=f"--stages {stages}：可用 {'、'.join((*_STAGES, 'all'))} (choose one of these)")
    corpus = scoring.read_source(annotations, name="corpus" if annotations == _CORPUS else annotations.name)
    if part != "all":
        corpus = scoring.of_part(corpus, splits, part)
    sources = [corpus, *([scoring.read_source(_SAMPLES / "marked", name="samples")] if card is None else [])]
    if drafts is not None:
        sources.append(scoring.read_source(drafts, name=drafts.name.lstrip("_")))
    chosen = tuple(name for name in _STAGES if stages in ("all", name))
    results = {name: scoring.evaluate(sources, Extractor(nlp=load(stages=name))) for name in chosen}
    main = results[chosen[0]]
    notes = [] if main.scored else ["没有可打分的标注段落 (no marked passage to score)"]
    tables: list[Sheet] = []
    if main.scored:
        tables = [*(stage_sheets(results) if len(results) > 1 else []), *scoring.sheets(main), reliability(main)]
    wrong = list(main.problems)
    if curve:
        from zhibiao.training.curve import curve as learning_curve

        tables.append(learning_curve(_CONFIG, corpus, root=Path.cwd()))
    if card is not None:
        from zhibiao.nlp import shipped_model
        from zhibiao.training.card import write_card

        write_card(card, shipped_model(), results)
        print(f"→ {card}", file=sys.stderr)
    if shared is not None:
        for name in chosen:
            more, faults = shared_sheets(shared, Extractor(nlp=load(stages=name)))
            tables += [(f"{title}：{_STAGE_NAMES[name]}", rows) for title, rows in more]
            wrong += faults
    show_sheets(tables + (scoring.error_sheets(main, limit=limit) if errors else []), notes)
    for line in dict.fromkeys(wrong):
        print(line, file=sys.stderr)
    write_sheets(write if tables else None, _SCORES_HEAD, tables, notes)
    return 0


def show_sheets(sheets: Sequence[Sheet], lines: Sequence[str]) -> None:
    """Print tables, then lines."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)
    for title, (head, *rows) in sheets:
        console.print(Text(f"\n{title}", style="bold"))
        table = Table(box=None, padding=(0, 2), pad_edge=False)
        for i, name in enumerate(head):
            justify: Any = "left" if i == 0 or not name else "right"
            table.add_column(Text(name), justify=justify, overflow="fold")
        for row in rows:
            table.add_row(*map(Text, row))
        console.print(table)
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def write_sheets(path: Path | None, head: str, sheets: Sequence[Sheet], lines: Sequence[str]) -> None:
    """Write a Markdown page: the head, the lines, then each table."""
    if path is None:
        return
    parts = [head, *(["".join(f"- {line}\n" for line in lines)] if lines else [])]
    for title, rows in sheets:
        (names, *body) = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
        ruled = [names, ["---", *("---:" for _ in names[1:])], *body]
        parts.append(f"## {title}\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in ruled))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(parts), "utf-8")
    except OSError as error:
        raise OutputError(detail=error.strerror or str(error)) from error
    print(f"→ {path}", file=sys.stderr)
