"""``python -m zhibiao.annotate.files``: build the test files, check them, score what is read from them, time the reading."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from zhibiao.annotate.files.build import OUT, SOURCE, TRUTH, build, stale
from zhibiao.annotate.files.pages import MissingMarksError, Sheet, markdown, write_part
from zhibiao.annotate.files.paper import MissingFontError
from zhibiao.annotate.files.source import SourceError
from zhibiao.annotate.files.tools import MissingLibraryError
from zhibiao.errors import ZhibiaoError


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    top = argparse.ArgumentParser(
        prog="python -m zhibiao.annotate.files",
        description="由源文件生成测试文件和答案，测量读得准不准、快不快 (test files, their truth, and what is measured on them)",
    )
    tasks = top.add_subparsers(dest="task", required=True, metavar="build|check|score|speed")
    for name, about in (("build", "生成 write files and truth"), ("check", "检查是否过时 say which are stale")):
        task = tasks.add_parser(name, help=about)
        task.add_argument("--source", type=Path, default=SOURCE, help="源文件夹 sources")
        task.add_argument("--out", type=Path, default=OUT, help="测试文件夹 test files")
        task.add_argument("--truth", type=Path, default=TRUTH, help="答案文件夹 truth")
    scoring = tasks.add_parser("score", help="准不准 records against the truth, formats against each other")
    scoring.add_argument("--files", type=Path, default=OUT, help="测试文件夹 test files")
    scoring.add_argument("--truth", type=Path, default=TRUTH, help="答案文件夹 truth")
    timing = tasks.add_parser("speed", help="快不快 time of reading")
    timing.add_argument("inputs", nargs="*", default=[str(OUT)], metavar="FILE", help="文件或文件夹 files or folders")
    timing.add_argument("--rounds", type=_rounds, default=5, help="轮次 rounds")
    for task in (scoring, timing):
        task.add_argument("--shared", type=Path, metavar="DIR", help="真实文件所在 a folder with real files")
        task.add_argument("--write", type=Path, metavar="FILE.md", help="写进页面的标记之间 write between the marks of a page")
    return top


def _rounds(words: str) -> int:
    if not words.isdecimal() or int(words) < 1:
        raise argparse.ArgumentTypeError("至少为 1 (at least 1)")
    return int(words)


def main(argv: Sequence[str] | None = None) -> int:
    """Build, check, score or time. Returns 0; 1 where a source is broken, a file is stale or unreadable, a library or font is missing."""
    args = parser().parse_args(argv)
    try:
        problems = _done(args)
    except (SourceError, MissingLibraryError, MissingFontError, MissingMarksError, ZhibiaoError, OSError) as error:
        problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _done(args: argparse.Namespace) -> list[str]:
    """Do the task; gives what is amiss."""
    if args.task == "build":
        paths = build(args.source, args.out, args.truth)
        print(f"已写出 {len(paths)} 个文件，共 {sum(path.stat().st_size for path in paths) / 1024 / 1024:.1f} MB")
        return []
    if args.task == "check":
        return stale(args.source, args.out, args.truth)
    text = markdown(_measured(args))
    print(text, end="")
    if args.write:
        write_part(args.write, args.task, text)
        print(f"→ {args.write}", file=sys.stderr)
    return []


def _measured(args: argparse.Namespace) -> list[Sheet]:
    """The pipeline is loaded by those who measure it."""
    if args.task == "score":
        from zhibiao.annotate.files import measured

        return measured.sheets(args.files, args.truth, args.shared)
    from zhibiao.annotate.files import speed

    return speed.sheets(args.inputs, shared=args.shared, rounds=args.rounds)
