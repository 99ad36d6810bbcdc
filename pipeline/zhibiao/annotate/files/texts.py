"""How true the text of a file is: scans against the text layer of the print that they were made of, real files against passages taken from them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from unicodedata import normalize

from rapidfuzz.distance import Levenshtein

from zhibiao.annotate.files.pages import Sheet
from zhibiao.errors import ReadError
from zhibiao.readers import discover, read_report
from zhibiao.schema import Report

_FIGURES = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_BLANK = re.compile(r"[\s\ufeff\u200b]+")
_PIECE = 12  # characters by which a passage is known again in the file that it was taken from
_STEP = 3
_KNOWN = 0.2  # share of these pieces that must stand in the file


def squeezed(text: str) -> str:
    """A text without blanks.

    >>> squeezed("全年 完成\\n12 项")
    '全年完成12项'
    """
    return _BLANK.sub("", text)


def figures(text: str) -> Counter[str]:
    """The numbers of a text as printed, full-width digits as others.

    >>> sorted(figures("收入1,260.00万元，占９５.3%"))
    ['1,260.00', '95.3']
    """
    return Counter(_FIGURES.findall(_folded(text)))


def _folded(text: str) -> str:
    return normalize("NFKC", text)


def recognition(scans: Mapping[str, tuple[str, str]], *, pages: int, seconds: float) -> Sheet:
    """How well scans were recognised. ``scans``: by name of the report the text of the scan and that of the text layer; ``pages`` of all scans and the
    processor ``seconds`` that they took.

    The error rate of characters is the edit distance to the text layer by its length, blanks aside.
    """
    rows, totals = [], [0] * 6
    for name, (read, printed) in scans.items():
        wanted, found = figures(printed), figures(read)
        wrong = [Levenshtein.distance(fold(squeezed(printed)), fold(squeezed(read))) for fold in (str, _folded)]
        counts = [len(squeezed(printed)), *wrong, wanted.total(), (wanted & found).total(), (found - wanted).total()]
        totals = [a + b for a, b in zip(totals, counts, strict=True)]
        rows.append(_recognised(name, counts))
    rows.append(_recognised("合计 all", totals))
    return Sheet(
        "扫描件的识别 Recognition of scans",
        (("报告 report", "字 characters", "字对 right", "不分半角全角 widths alike", "数 numbers", "数对 right", "多出的数 extra"), *rows),
        (
            "字对：1 − 编辑距离 ÷ 字数，对照同一报告的 PDF 文字层，空白不计。数对：文字层里的数也在识别结果里；"
            "多出：识别结果里有而文字层里没有。_Against the text layer of the same report._",
            f"{pages} 页 pages，每页 {seconds / pages:.1f} 秒 CPU 时间（从文件到记录） seconds of processor time a page, from file to records",
        ),
    )


def _recognised(name: str, counts: list[int]) -> tuple[str, ...]:
    size, wrong, folded, numbers, right, more = counts
    correct = [f"{1 - errors / max(size, 1):.2%}" for errors in (wrong, folded)]
    return (name, f"{size:,}", *correct, f"{numbers:,}", f"{right / max(numbers, 1):.2%}", f"{more:,}")


def passages(shared: Path) -> Sheet | None:
    """How much of real passages (``passages/*.txt``) stands in the text of the real files (``files``) that they were taken from, line for line.

    A passage belongs to the file that holds most of its pieces, to none where that are few. Blanks and page furniture are left out. None where
    no passage belongs to a file. Raises OSError; files that cannot be read are left out.
    """
    texts: dict[str, tuple[str, str]] = {}
    for item in discover([str(shared / "files")]).inputs:
        try:
            report = read_report(item)
        except ReadError:
            continue
        texts[item.doc_id] = (report.format, squeezed(_flowing(report)))
    tallies: dict[str, list[int]] = {}
    for path in sorted((shared / "passages").glob("*.txt")):
        lines = [line for line in map(squeezed, path.read_text("utf-8", errors="replace").split("\n")) if line]
        words = "".join(lines)
        pieces = {words[i : i + _PIECE] for i in range(0, len(words) - _PIECE, _STEP)}
        if not pieces or not texts:
            continue
        kind, text = max(texts.values(), key=lambda each: sum(piece in each[1] for piece in pieces))
        if sum(piece in text for piece in pieces) < _KNOWN * len(pieces):
            continue
        whole = [line for line in lines if line in text]
        tally = tallies.setdefault(kind, [0, 0, 0, 0, 0])
        for i, count in enumerate((1, len(lines), len(whole), len(words), sum(map(len, whole)))):
            tally[i] += count
    if not tallies:
        return None
    rows = [
        (kind.upper(), f"{count}", f"{lines:,}", f"{whole / lines:.1%}", f"{size:,}", f"{found / size:.1%}")
        for kind, (count, lines, whole, size, found) in sorted(tallies.items())
    ]
    return Sheet(
        "真实文件的文字 Text of real files",
        (("格式 format", "段落 passages", "行 lines", "整行相同 whole", "字 characters", "在相同的行里 in whole lines"), *rows),
        (
            "段落是另行摘录的，与读出的全文逐行对照；一行里差一个字就不算，空白、页眉页脚不计。"
            "_Passages taken from the files by other means, found line for line in what is read; one character amiss and the line does not count._",
        ),
    )


def _flowing(report: Report) -> str:
    """The text without page furniture."""
    parts, at = [], 0
    for start, end in report.furniture:
        parts.append(report.text[at:start])
        at = end
    return "".join([*parts, report.text[at:]])
