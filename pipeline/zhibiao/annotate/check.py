"""Checks of a whole corpus of marked files: what must hold in each passage, between passages, and between the corpus and its splits.

In: paths of marked files. Out: :class:`Problem` objects, one for each fault, in the order of the files; a broken file is a problem of its own
and never an exception. What the marks of one passage must fulfil is said in :mod:`zhibiao.annotate.markup`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal

from zhibiao.layout.clean import clean
from zhibiao.layout.fold import fold
from zhibiao.quantities import default_finder

from . import markup
from .markup import MarkedPassage, MarkupError
from .splits import HELD_OUT, SplitsError, frozen_hash, load_splits

Severity = Literal["error", "warning"]
#: The labels that stand on values; all but T and A stand on quantities only.
VALUES = "TABEWSXQO"
LAYOUTS = ("prose", "table", "bulletin", "budget", "pairs")
#: Passages are as long as what a report prints in one go: characters without white space.
SHORTEST, LONGEST = 60, 1000
#: Two passages that share a larger part of the shorter one's pieces count as one: a split between them would leak. Passages of one genre
#: share headings and column heads, by which some reach three tenths.
SHARED = 0.4
#: The length of the pieces, in characters without white space: longer than the common terms of the field.
_PIECE = 8
#: A piece that stands in more passages is a phrase of the genre (年度指标值实际完成值), which tells nothing about copying.
_COMMON = 20
_WRITER = re.compile(r"(w\d+)-")
_BLOCK = re.compile(r"^(?=### )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. ``where``: file, and passage where there is one; ``what``: a short code to sort by; ``sentence``: for the user."""

    where: str
    what: str
    sentence: str
    severity: Severity = "error"

    def __str__(self) -> str:
        sign = "错误 error" if self.severity == "error" else "提醒 warning"
        return f"{sign} {self.where}: {self.sentence} [{self.what}]"


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a corpus. ``quantities``: values that hold a number; ``indicators``: places that name an indicator.

    ``departments``, ``layouts``, ``writers`` count passages; ``nearest`` is the greatest share of common pieces of two passages.
    """

    passages: int
    marks: int
    quantities: int
    indicators: int
    departments: Mapping[str, int]
    layouts: Mapping[str, int]
    writers: Mapping[str, int]
    nearest: float


@dataclass(frozen=True, slots=True)
class _Found:
    """A passage and the file that holds it."""

    path: Path
    passage: MarkedPassage

    @property
    def where(self) -> str:
        return f"{self.path.name}: {self.passage.id}"


def check_corpus(files: Sequence[Path], *, splits: Path | None = None) -> list[Problem]:
    """Everything that is wrong with the marked ``files`` (folders stand for the ``*.txt`` under them); with ``splits``, with its parts too.

    >>> [p.what for p in check_corpus([Path("no-such-file.txt")])]
    ['unreadable']
    """
    problems: list[Problem] = []
    found = _read(files, problems)
    if not found and not problems:
        problems.append(Problem("—", "empty", "没有找到标注文件；请检查路径 (no marked files)"))
    for one in found:
        problems += _misplaced(one)
        problems += check_passage(one.passage, where=one.where)
    problems += _doubles(found)
    if splits is not None:
        problems += _check_splits(splits, found)
    return problems


def check_passage(passage: MarkedPassage, *, where: str = "") -> list[Problem]:
    """What is wrong inside one passage: layout, length, marks; numbers without a mark as warnings. ``where`` defaults to its id."""
    where = where or passage.id
    out: list[Problem] = []
    if passage.layout not in LAYOUTS:
        out.append(Problem(where, "layout", f"不认识的版式 {passage.layout!r}；可用：{'、'.join(LAYOUTS)} (unknown layout)"))
    length = len(_squash(passage.text))
    if not SHORTEST <= length <= LONGEST:
        out.append(Problem(where, "length", f"不计空白有 {length} 字，应为 {SHORTEST} 至 {LONGEST} 字 (too short or too long)"))
    for mark in passage.marks:
        if mark.label not in markup.LABELS:
            out.append(Problem(where, "label", f"不认识的标签 {mark.label!r} (unknown label)"))
        if not 0 <= mark.start < mark.end <= len(passage.text) or not _squash(passage.text[mark.start : mark.end]):
            out.append(
                Problem(where, "span", f"标注 {mark.label}{mark.record or ''} 的位置 {mark.start}–{mark.end} 上没有文字 (no words there)")
            )
    out += [Problem(where, "marks", f"标注须改：{fault} (mend the marks)") for fault in markup.problems(passage)]
    out += [
        Problem(where, "unmarked", f"“{words}”像是数量，但没有标注（位置 {start}） (a number without a mark)", "warning")
        for start, words in unmarked(passage)
    ]
    return out


def unmarked(passage: MarkedPassage) -> list[tuple[int, str]]:
    """Numbers of the passage that the number finder takes for quantities and on which no value is marked: (offset, words)."""
    folded = fold(passage.text)
    view = clean(folded, 0, len(folded))
    values = [(m.start, m.end) for m in passage.marks if m.label in VALUES]
    spans = (view.span(q.start, q.end) for q in default_finder().find(view.text))
    return [(a, passage.text[a:b]) for a, b in spans if not any(start < b and a < end for start, end in values)]


def near_duplicates(passages: Sequence[MarkedPassage], *, bound: float = SHARED) -> list[tuple[float, int, int]]:
    """Pairs that share more than ``bound`` (0 to 1) of the shorter one's eight-character pieces: (share, place, place), most alike first."""
    where: defaultdict[str, set[int]] = defaultdict(set)
    sizes: list[int] = []
    for i, passage in enumerate(passages):
        text = _squash(passage.text)
        pieces = {text[k : k + _PIECE] for k in range(len(text) - _PIECE + 1)}
        sizes.append(len(pieces))
        for piece in pieces:
            where[piece].add(i)
    common: Counter[tuple[int, int]] = Counter()
    for places in where.values():
        if 1 < len(places) <= _COMMON:
            common.update(combinations(sorted(places), 2))
    shares = ((n / min(sizes[a], sizes[b]), a, b) for (a, b), n in common.items())
    return sorted((s for s in shares if s[0] > bound), key=lambda s: (-s[0], s[1], s[2]))


def summary(files: Sequence[Path]) -> Summary:
    """Counts over the passages of ``files`` that can be read; what cannot is the business of :func:`check_corpus`."""
    passages = [one.passage for one in _read(files, [])]
    nearest = near_duplicates(passages, bound=0.0)
    return Summary(
        len(passages),
        sum(len(p.marks) for p in passages),
        sum(_count_quantities(p) for p in passages),
        sum(len({(m.start, m.end) for m in p.marks if m.label == "I"}) for p in passages),
        _counts(p.dept for p in passages),
        _counts(p.layout for p in passages),
        _counts(p.writer for p in passages),
        nearest[0][0] if nearest else 0.0,
    )


def _squash(text: str) -> str:
    return "".join(text.split())


def _counts(words: Iterable[str]) -> dict[str, int]:
    """How often each word comes, the most frequent first."""
    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def _count_quantities(passage: MarkedPassage) -> int:
    """Spans with a value label; a target or actual in words (有效改善, 9月底前) is none."""
    finder = default_finder()
    spans: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for mark in passage.marks:
        if mark.label in VALUES:
            spans[mark.start, mark.end].add(mark.label)
    return sum(not labels <= {"T", "A"} or finder.parse_cell(fold(passage.text[a:b])) is not None for (a, b), labels in spans.items())


def _read(files: Iterable[Path], problems: list[Problem]) -> list[_Found]:
    """The passages of all files; what cannot be read is added to ``problems``, and costs only the passage in which it stands."""
    found: list[_Found] = []
    for path in (file for given in files for file in (sorted(given.rglob("*.txt")) if given.is_dir() else [given])):
        try:
            source = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(path.name, "unreadable", f"读不了：{error}；请检查路径，文件应为 UTF-8 (cannot be read)"))
            continue
        try:
            found += [_Found(path, passage) for passage in markup.parse(source, name=path.name)]
            continue
        except MarkupError:
            blocks = _BLOCK.split(source)
        for block in blocks:
            try:
                found += [_Found(path, passage) for passage in markup.parse(block, name=path.name)]
            except MarkupError as error:
                message = str(error).removeprefix(f"{path.name}: ")
                problems.append(Problem(path.name, "markup", f"标注格式有误：{message} (broken markup)"))
    return found


def _misplaced(one: _Found) -> Iterator[Problem]:
    """The file's name begins with the code of its writer, who is the writer of every passage in it and part of every id."""
    name = _WRITER.match(one.path.stem)
    writer = one.passage.writer
    if name is None:
        yield Problem(one.where, "writer", "文件名应以撰写人代码开头，如 w3-hot-1.txt (the file's name must begin with its writer)")
    elif name[1] != writer:
        yield Problem(one.where, "writer", f"文件名写的撰写人是 {name[1]}，标题行写的是 {writer} (writers of file and header differ)")
    if writer not in one.passage.id.split("-"):
        yield Problem(one.where, "id", f"编号里没有撰写人 {writer}；应如 hot-{writer}-001 (the id lacks its writer)")


def _doubles(found: Sequence[_Found]) -> Iterator[Problem]:
    """Ids and texts that stand twice, and passages too near to another."""
    ids: dict[str, _Found] = {}
    texts: dict[str, _Found] = {}
    single: list[_Found] = []
    for one in found:
        if one.passage.id in ids:
            yield Problem(one.where, "id", f"编号与 {ids[one.passage.id].path.name} 里的重复 (the id stands twice)")
        ids.setdefault(one.passage.id, one)
        if one.passage.sha256 in texts:
            yield Problem(one.where, "same-text", f"正文与 {texts[one.passage.sha256].where} 相同；请删去一篇 (the text stands twice)")
        else:
            texts[one.passage.sha256] = one
            single.append(one)
    for share, a, b in near_duplicates([one.passage for one in single]):
        first, second = single[a], single[b]
        yield Problem(
            second.where, "near-duplicate", f"与 {first.where} 有 {share:.0%} 的字句相同，上限 {SHARED:.0%}；请改写一篇 (near-duplicates)"
        )


def _check_splits(path: Path, found: Sequence[_Found]) -> Iterator[Problem]:
    """Every writer stands in one part, every writer of a part has passages, and the texts of dev and test are those that were frozen."""
    try:
        splits = load_splits(path)
    except (SplitsError, OSError) as error:
        message = str(error).removeprefix(f"{path.name}: ")
        yield Problem(path.name, "splits", f"划分文件有误：{message} (broken splits)")
        return
    by_writer: defaultdict[str, list[MarkedPassage]] = defaultdict(list)
    for one in found:
        by_writer[one.passage.writer].append(one.passage)
    parts = splits.writers()
    for writer in by_writer:
        if writer not in parts:
            yield Problem(path.name, "splits", f"撰写人 {writer} 不在任何一部分；请写进 train、dev 或 test (a writer in no part)")
    for writer, part in parts.items():
        if writer not in by_writer:
            yield Problem(path.name, "splits", f"{part} 里的撰写人 {writer} 没有段落；请删去或补上文件 (a writer without passages)")
        elif part in HELD_OUT:
            now = frozen_hash(by_writer[writer])
            if writer not in splits.frozen:
                yield Problem(
                    path.name, "frozen", f'{part} 的撰写人 {writer} 尚未冻结；请在 frozen 里写上 "{writer}": "{now}" (not frozen)'
                )
            elif splits.frozen[writer] != now:
                yield Problem(
                    path.name, "frozen", f"冻结的部分被改动：{part} 的撰写人 {writer} 现为 {now}；请恢复原文 (a frozen part was changed)"
                )
