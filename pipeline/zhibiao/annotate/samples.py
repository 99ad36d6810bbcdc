"""The sample reports: plain files that are made from marked sources, so that the truth of each report is known.

``samples/marked/<nn>-<slug>.txt`` holds one passage in the markup of :mod:`zhibiao.annotate.markup`; this module takes the marks out
and writes ``samples/reports/<nn>-<slug>.txt``, in the encoding and with the line ends that :data:`WRITTEN` names (real reports come in
all of them). Nobody edits the plain files; ``--check`` finds one that differs from its source.

    python -m zhibiao.annotate.samples [--check] [FOLDER]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zhibiao.annotate import markup
from zhibiao.annotate.markup import MarkedPassage, MarkupError


@dataclass(frozen=True, slots=True)
class Form:
    """How a plain file is written: a Python codec name, and what stands at the end of each line."""

    encoding: str = "utf-8"
    newline: str = "\n"


PLAIN = Form()
#: The files that are not UTF-8 with LF, by id.
WRITTEN: dict[str, Form] = {
    "03-weijian-zipingbiao": Form(newline="\r\n"),
    "08-zhengfu-baogao": Form(encoding="gb18030"),
}


def load(folder: Path) -> list[MarkedPassage]:
    """Read every marked source under ``folder``/marked, in the order of their names.

    Raises :class:`~zhibiao.annotate.markup.MarkupError` where a file breaks the markup, holds more or less than one report,
    or has another name than its report's id.
    """
    passages = []
    for path in sorted((folder / "marked").glob("*.txt")):
        found = markup.read(path)
        if [p.id for p in found] != [path.stem]:
            ids = ", ".join(p.id for p in found) or "—"
            raise MarkupError(f"{path.name}: 每个文件应只有一篇、id 与文件名相同，实为 {ids} (one report a file, named by its id)")
        passages += found
    return passages


def as_written(passage: MarkedPassage) -> MarkedPassage:
    """The report as its plain file reads when decoded with line ends untouched: the text, and the marks moved to where they stand in it.

    >>> p = markup.parse('### id=03-weijian-zipingbiao dept=卫健 layout=prose writer=s1\\n一\\n床位{5张|A1}\\n= 1 床位')[0]
    >>> w = as_written(p)
    >>> w.text, w.text[w.marks[0].start : w.marks[0].end]
    ('一\\r\\n床位5张\\r\\n', '5张')
    """
    newline = WRITTEN.get(passage.id, PLAIN).newline
    longer = len(newline) - 1

    def moved(offset: int) -> int:
        return offset + longer * passage.text.count("\n", 0, offset)

    marks = tuple(replace(m, start=moved(m.start), end=moved(m.end)) for m in passage.marks)
    return replace(passage, text=(passage.text + "\n").replace("\n", newline), marks=marks)


def render(passage: MarkedPassage) -> bytes:
    """The bytes of the plain file. Raises ``UnicodeEncodeError`` where the encoding lacks a character."""
    return as_written(passage).text.encode(WRITTEN.get(passage.id, PLAIN).encoding)


def stale(folder: Path) -> list[str]:
    """What is wrong with the plain files under ``folder``/reports, one sentence a file; empty where each equals its marked source."""
    reports = folder / "reports"
    expected = {f"{p.id}.txt": render(p) for p in load(folder)}
    out = [f"{name}: 已有标注源，但缺少正文文件 (missing)" for name in expected if not (reports / name).is_file()]
    for path in sorted(reports.glob("*")):
        if path.name not in expected:
            out.append(f"{path.name}: 没有对应的标注源 (no marked source)")
        elif path.read_bytes() != expected[path.name]:
            out.append(f"{path.name}: 与标注源不一致 (differs from its marked source)")
    return out


def write(folder: Path) -> list[Path]:
    """Write every plain file anew under ``folder``/reports (made where it is missing); returns the paths. Other files are left alone."""
    reports = folder / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    paths = []
    for passage in load(folder):
        path = reports / f"{passage.id}.txt"
        path.write_bytes(render(passage))
        paths.append(path)
    return paths


def main(argv: Sequence[str] | None = None) -> int:
    """Write the plain files, or check them. Returns 0; 1 where a file is stale or the markup is broken."""
    parser = argparse.ArgumentParser(
        prog="python -m zhibiao.annotate.samples", description="由标注源生成样例报告 (plain reports from marked ones)"
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("samples"), help="样例目录，默认 samples")
    parser.add_argument("--check", action="store_true", help="只检查，不写文件；不一致时返回 1")
    args = parser.parse_args(argv)
    try:
        if not args.check:
            print(f"已写出 {len(write(args.folder))} 篇")
            return 0
        problems = stale(args.folder)
    except MarkupError as error:
        problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("请修改 marked/ 下的标注源，再运行 python -m zhibiao.annotate.samples", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
