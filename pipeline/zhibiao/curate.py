"""The commands of those who make the data and the models: ``zhibiao annotate check``, ``zhibiao annotate agreement``, ``zhibiao train``.

The command line adds them to its app with :func:`register`; what they need is imported when they are called.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from zhibiao.commands import show_sheets, write_sheets
from zhibiao.errors import NoInput, UsageError

_CORPUS = Path("annotations/corpus")
_SPLITS = Path("annotations/splits.json")
_DOUBLE = Path("annotations/double")
_CONFIG = Path("models/config.cfg")
_MODEL = Path("models/core")
_AGREEMENT_HEAD = (
    "# 标注一致性 Agreement\n\n由 `zhibiao annotate agreement --write docs/AGREEMENT.md` 写出，勿手改。第二位标注者只看原文与 "
    "[标注规则](../annotations/GUIDE.md)，没有看过第一份标注。_Written by the command; the second annotator saw the text and the guide only._\n"
)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    annotate = typer.Typer(help="标注数据：检查、一致性 / annotations: checks, agreement", no_args_is_help=True)
    annotate.command("check")(check_command)
    annotate.command("agreement")(agreement_command)
    app.add_typer(annotate, name="annotate")
    app.command("train")(train_command)


def _files(inputs: list[Path] | None, default: Path) -> list[Path]:
    """The marked files that are named, or all under the default folder."""
    out: list[Path] = []
    for path in inputs or [default]:
        out += sorted(path.rglob("*.txt")) if path.is_dir() else [path]
    if not out:
        raise NoInput()
    return out


def check_command(
    inputs: Annotated[list[Path] | None, typer.Argument(metavar="[FILE...]", help="默认 annotations/corpus / default")] = None,
    splits: Annotated[Path, typer.Option("--splits", help="划分 / the splits")] = _SPLITS,
) -> int:
    """检查标注文件：标记、偏移、重复、划分。Check marked files: marks, offsets, duplicates, splits. Exit code 1 where anything is wrong."""
    from zhibiao.annotate import check

    files = _files(inputs, _CORPUS)
    problems = check.check_corpus(files, splits=splits if splits.is_file() and not inputs else None)
    for problem in problems:
        print(problem, file=sys.stderr)
    found = check.summary(files)
    for label, value in (
        ("段落 passages", found.passages), ("标记 marks", found.marks), ("数量 quantities", found.quantities), ("指标名 indicators", found.indicators),
        ("部门 departments", len(found.departments)), ("撰写人 writers", len(found.writers)), ("最大近似 greatest likeness", f"{found.nearest:.3f}"),
    ):  # fmt: skip
        print(f"{label}  {value}")
    wrong = sum(p.severity == "error" for p in problems)
    print(f"错误 errors  {wrong}   提醒 warnings  {len(problems) - wrong}")
    return 1 if wrong else 0


def agreement_command(
    second: Annotated[Path, typer.Option("--second", help="第二份标注 / the second annotation")] = _DOUBLE,
    corpus: Annotated[Path, typer.Option("--annotations", help="第一份标注 / the first annotation")] = _CORPUS,
    list_all: Annotated[bool, typer.Option("--list", help="列出每处分歧 / list every disagreement")] = False,
    write: Annotated[Path | None, typer.Option("--write", metavar="FILE.md", help="另写成 Markdown / also write Markdown")] = None,
) -> int:
    """两份标注的一致性。Agreement of two annotations of the same passages: span F1, kappa of roles."""
    from zhibiao.annotate import agreement

    result = agreement.compare_folders(corpus, second)
    sheets = agreement.as_sheets(result)
    show_sheets(sheets, [])
    write_sheets(write, _AGREEMENT_HEAD, sheets, [])
    if list_all:
        for line in agreement.disagreements(result):
            print(line)
    return 0


def train_command(
    config: Annotated[Path, typer.Option("--config", help="配置 / the config")] = _CONFIG,
    out: Annotated[Path, typer.Option("--out", help="模型目录 / folder of the model")] = _MODEL,
    only: Annotated[str | None, typer.Option("--only", help="只训练其一：core 抽取，links 链接 / train one only: core or links")] = None,
    check: Annotated[bool, typer.Option("--check", help="只检查模型是否由当前标注训练而来 / only check that the model is current")] = False,
) -> int:
    """由标注训练模型。Train the models from the annotations (some minutes); the same data give the same model."""
    from zhibiao.linking.ranker import FOLDER
    from zhibiao.training import fit_links, train

    if only not in (None, "core", "links"):
        raise UsageError(detail=f"--only {only}：可用 core、links (choose one of these)")
    root = Path.cwd()
    if check:
        wrong = [*train.stale(out, config, root=root), *fit_links.stale_links(root, FOLDER)]
        for line in wrong:
            print(line, file=sys.stderr)
        if not wrong:
            print(f"{out.name} 与当前标注、配置一致 (the model is current)")
        return 1 if wrong else 0
    began = time.perf_counter()
    if only != "links":
        made = train.train(config, out, root=root).meta["zhibiao"]
        print(f"→ {out}   {made['passages']} 段 passages，{made['marks']} 处标记 marks，{time.perf_counter() - began:.0f} 秒 s")
    if only != "core":
        began = time.perf_counter()
        ranker = fit_links.train_links(root, FOLDER)
        print(f"→ {FOLDER.name}   {ranker.about['cases']} 份链接标注 annotated passages，{time.perf_counter() - began:.0f} 秒 s")
    return 0
