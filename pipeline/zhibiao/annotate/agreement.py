"""How far two people agree who marked the same passages: the corpus, and a second annotation made without sight of its marks.

In: two sequences of :class:`~zhibiao.annotate.markup.MarkedPassage` with the same ids and the same text (the second one is found in
``annotations/double``). Out: :class:`Agreement`, from which :func:`as_sheets` makes tables and :func:`disagreements` lines to settle one by one.
All comparison is in offsets that do not count white space, so that a blank at the edge of a mark is no disagreement.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from zhibiao.pairing.drafts import similar

from . import markup
from .check import VALUES
from .markup import MarkedPassage

#: A table to print: a title and rows of cells, the head first.
Sheet = tuple[str, list[list[str]]]
Span = tuple[int, int]

#: Names count as one, and spans as overlapping, from here on; the former as in the scores of the extractor.
NAME_OK = 0.6
OVERLAP = 0.5
#: The roles of a quantity: its label, A parted into change (its record has C), completion rate (its record has R) and the rest, O with Q.
#: Where a span serves several records the first of these that it has is its role.
ROLES = ("T", "B", "E", "W", "S", "AR", "AC", "A", "X", "Q")
_RECORD_VALUES = "TABEWSX"
_SPANS = {"I": "指标名 indicators", "V": "数值 quantities", "C": "变动词 change words"}
_NONE = "—"
_MOST = 25


class AgreementError(ValueError):
    """The two annotations are not of the same passages; the message says which."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What two people marked: how many each, how many the same (``exact``), how many the same or overlapping (``near``)."""

    first: int = 0
    second: int = 0
    exact: int = 0
    near: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.first + other.first, self.second + other.second, self.exact + other.exact, self.near + other.near)

    @property
    def f1(self) -> float:
        """F1 of the exact ones; 1 where neither marked anything."""
        return 2 * self.exact / (self.first + self.second) if self.first + self.second else 1.0

    @property
    def near_f1(self) -> float:
        """F1 with overlapping ones counted in."""
        return 2 * self.near / (self.first + self.second) if self.first + self.second else 1.0


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement. ``start``/``end``: offsets of the passage; ``first``, ``second``: what each made of the words, ``—`` for nothing."""

    id: str
    start: int
    end: int
    words: str
    first: str
    second: str

    def __str__(self) -> str:
        return "\t".join((self.id, f"{self.start}-{self.end}", self.words, self.first, self.second))


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of two annotations.

    ``characters`` are without white space. ``roles`` counts (first role, second role) over the quantities that both marked, ``kappa`` is
    Cohen's over them. ``records``: the same set of value spans, as ``exact``; ``names_alike`` of these have names of similarity 0.6 or more.
    """

    passages: int
    characters: int
    indicators: Tally
    quantities: Tally
    changes: Tally
    roles: Mapping[tuple[str, str], int]
    kappa: float
    records: Tally
    names_alike: int
    differences: tuple[Difference, ...]

    @property
    def same_roles(self) -> float:
        """Share of the quantities that both marked on which the roles are the same."""
        return sum(n for (a, b), n in self.roles.items() if a == b) / max(1, sum(self.roles.values()))

    @property
    def names_share(self) -> float:
        """Share of the matched records whose names are alike."""
        return self.names_alike / max(1, self.records.exact)


@dataclass(frozen=True, slots=True)
class _Record:
    """The spans of a record's values, and the wordings of its name: the one written out, the marked words."""

    values: frozenset[Span]
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.names[0] if self.names else _NONE


class _View:
    """One annotation of a passage, in offsets without white space."""

    def __init__(self, passage: MarkedPassage) -> None:
        self.id, self._text = passage.id, passage.text
        self._places = [i for i, ch in enumerate(passage.text) if not ch.isspace()]
        self.spans: dict[str, set[Span]] = {kind: set() for kind in _SPANS}
        by_record: defaultdict[int, list[tuple[str, Span]]] = defaultdict(list)
        for mark in passage.marks:
            span = bisect_left(self._places, mark.start), bisect_left(self._places, mark.end)
            if span[0] < span[1]:
                by_record[mark.record].append((mark.label, span))
                self.spans.get("V" if mark.label in VALUES else mark.label, set()).add(span)
        self.roles = _roles(by_record)
        self.records = self._records(by_record, passage.names)

    def __len__(self) -> int:
        return len(self._places)

    def words(self, span: Span) -> str:
        return "".join(self._text[i] for i in self._places[slice(*span)])

    def difference(self, span: Span, first: str, second: str, *, words: str = "") -> Difference:
        places = self._places[slice(*span)]
        return Difference(self.id, places[0], places[-1] + 1, words or self.words(span), first, second)

    def _records(self, by_record: Mapping[int, Sequence[tuple[str, Span]]], names: Mapping[int, str]) -> list[_Record]:
        """The records with values; weight and score on a record of their own go to the one that shares their name, as the guide allows."""
        labels = {number: {label for label, _ in marks} for number, marks in by_record.items() if number}
        values = {number: {span for label, span in by_record[number] if label in _RECORD_VALUES} for number in labels}
        named = {number: {span for label, span in by_record[number] if label == "I"} for number in labels}
        hosts = sorted((n for n in labels if labels[n] & set("TABE")), key=lambda n: ("T" not in labels[n], n))
        for number in labels.keys() - set(hosts):
            if host := next((host for host in hosts if named[host] & named[number]), 0):
                values[host] |= values.pop(number)
        out = []
        for number, spans in values.items():
            wordings = "".join(names.get(number, "").split()), "".join(self.words(span) for span in sorted(named[number]))
            out.append(_Record(frozenset(spans), tuple(filter(None, wordings))))
        return [record for record in out if record.values]


def _roles(by_record: Mapping[int, Sequence[tuple[str, Span]]]) -> dict[Span, str]:
    """The role of each value span; see :data:`ROLES`."""
    roles: defaultdict[Span, set[str]] = defaultdict(set)
    for number, marks in by_record.items():
        labels = {label for label, _ in marks} if number else set()
        same = {"A": "AR" if "R" in labels else "AC" if "C" in labels else "A", "O": "Q"}
        for label, span in marks:
            if label in VALUES:
                roles[span].add(same.get(label, label))
    return {span: min(found, key=ROLES.index) for span, found in roles.items()}


def compare(first: Iterable[MarkedPassage], second: Sequence[MarkedPassage]) -> Agreement:
    """The agreement of ``second`` with those passages of ``first`` that have its ids.

    Raises :class:`AgreementError` where ``second`` is empty, gives an id twice or one that ``first`` lacks, or has another text.
    """
    if not second:
        raise AgreementError("第二份标注里没有段落 (the second annotation is empty)")
    by_id = {passage.id: passage for passage in first}
    seen: set[str] = set()
    tallies = dict.fromkeys(_SPANS, Tally())
    roles: Counter[tuple[str, str]] = Counter()
    records, alike, characters = Tally(), 0, 0
    differences: list[Difference] = []
    for passage in second:
        if passage.id in seen or passage.id not in by_id:
            why = "重复 (given twice)" if passage.id in seen else "不在语料里 (not in the corpus)"
            raise AgreementError(f"第二份标注的 {passage.id} {why}")
        if passage.text != by_id[passage.id].text:
            raise AgreementError(f"{passage.id}: 两份标注的正文不同；请从语料重抄正文 (the texts differ)")
        seen.add(passage.id)
        a, b = _View(by_id[passage.id]), _View(passage)
        characters += len(a)
        own: list[Difference] = []
        for kind in _SPANS:
            tally, pairs = _matched(a.spans[kind], b.spans[kind])
            tallies[kind] += tally
            own += _span_differences(kind, a, b, pairs)
        roles.update((a.roles[span], b.roles[span]) for span in a.roles.keys() & b.roles.keys())
        tally, names, faults = _compare_records(a, b)
        records, alike = records + tally, alike + names
        differences += sorted([*own, *faults], key=lambda d: (d.start, d.end))
    return Agreement(
        len(seen), characters, tallies["I"], tallies["V"], tallies["C"], roles, _kappa(roles), records, alike, tuple(differences)
    )  # fmt: skip


def compare_folders(corpus: Path, double: Path) -> Agreement:
    """:func:`compare` for the marked files (``*.txt``) of two folders. Raises ``MarkupError`` where a file breaks the markup."""
    first, second = ([p for path in sorted(folder.glob("*.txt")) for p in markup.read(path)] for folder in (corpus, double))
    return compare(first, second)


def _kappa(roles: Mapping[tuple[str, str], int]) -> float:
    """Cohen's kappa; 1 where the two never differ, also where there is but one role, for which it is not defined."""
    if all(a == b for a, b in roles):
        return 1.0
    return float(cohen_kappa_score([a for a, _ in roles], [b for _, b in roles], sample_weight=list(roles.values())))


def _overlap(a: Span, b: Span) -> float:
    """Intersection over union, 0 to 1."""
    common = min(a[1], b[1]) - max(a[0], b[0])
    return common / (max(a[1], b[1]) - min(a[0], b[0])) if common > 0 else 0.0


def _matched(first: Collection[Span], second: Collection[Span]) -> tuple[Tally, dict[Span, Span]]:
    """Counts, and the one-to-one pairs of spans of an overlap of a half or more, the best first."""
    close = sorted((-share, a, b) for a, b in product(first, second) if (share := _overlap(a, b)) >= OVERLAP)
    pairs: dict[Span, Span] = {}
    taken: set[Span] = set()
    for _, a, b in close:
        if a not in pairs and b not in taken:
            pairs[a] = b
            taken.add(b)
    return Tally(len(first), len(second), sum(a == b for a, b in pairs.items()), len(pairs)), pairs


def _span_differences(kind: str, a: _View, b: _View, pairs: Mapping[Span, Span]) -> Iterator[Difference]:
    """Spans that only one marked, spans of which each marked other words, and quantities with two roles."""

    def label(view: _View, span: Span) -> str:
        return view.roles[span] if kind == "V" else kind

    for span in a.spans[kind]:
        other = pairs.get(span)
        if other is None:
            yield a.difference(span, label(a, span), _NONE)
        elif other != span:
            yield a.difference(span, label(a, span), f"{label(b, other)}〔{b.words(other)}〕")
        elif label(a, span) != label(b, span):
            yield a.difference(span, label(a, span), label(b, span))
    for span in b.spans[kind] - set(pairs.values()):
        yield b.difference(span, _NONE, label(b, span))


def _compare_records(a: _View, b: _View) -> tuple[Tally, int, list[Difference]]:
    """Records with the same values: counts, how many of them have names alike, and the differences of the rest."""
    groups: defaultdict[frozenset[Span], tuple[list[_Record], list[_Record]]] = defaultdict(lambda: ([], []))
    for which, view in enumerate((a, b)):
        for record in view.records:
            groups[record.values][which].append(record)
    same = alike = 0
    out: list[Difference] = []
    for values, (firsts, seconds) in groups.items():
        spans = sorted(values)
        place, words = (spans[0][0], max(end for _, end in spans)), "＋".join(a.words(span) for span in spans)
        while firsts and seconds:  # one number may carry several records: those with the nearest names are the same
            likeness, x, y = max(((_likeness(x, y), x, y) for x, y in product(firsts, seconds)), key=lambda pair: pair[0])
            firsts.remove(x)
            seconds.remove(y)
            same += 1
            if likeness >= NAME_OK:
                alike += 1
            else:
                out.append(a.difference(place, f"名称 name〔{x.name}〕", f"名称 name〔{y.name}〕", words=words))
        out += [a.difference(place, f"记录 record〔{x.name}〕", _NONE, words=words) for x in firsts]
        out += [a.difference(place, _NONE, f"记录 record〔{y.name}〕", words=words) for y in seconds]
    return Tally(len(a.records), len(b.records), same, same), alike, out


def _likeness(a: _Record, b: _Record) -> float:
    """Similarity of the two wordings of the names that are nearest to each other, 0 to 1."""
    return max((similar(x, y) for x, y in product(a.names, b.names)), default=0.0)


def disagreements(result: Agreement) -> list[str]:
    """A line for each disagreement, parted by tabs: passage, offsets, words, what the first made of them, what the second."""
    return [str(difference) for difference in result.differences]


def as_sheets(result: Agreement) -> list[Sheet]:
    """Tables of the agreement: spans, roles with their confusion, records, and the most frequent kinds of disagreement."""
    spans = [["", "一 first", "二 second", "完全相同 exact", "F1", "重合过半 overlapping", "F1"]]
    for kind, tally in (("I", result.indicators), ("V", result.quantities), ("C", result.changes)):
        cells = (tally.first, tally.second, tally.exact, f"{tally.f1:.3f}", tally.near, f"{tally.near_f1:.3f}")
        spans.append([_SPANS[kind], *map(str, cells)])
    used = [role for role in ROLES if any(role in pair for pair in result.roles)]
    confusion = [["一＼二 first＼second", *used]]
    confusion += [[a, *(str(result.roles.get((a, b), 0)) for b in used)] for a in used]
    roles = [["", ""], ["Cohen's kappa", f"{result.kappa:.3f}"], ["相同的比例 share of equal roles", f"{result.same_roles:.3f}"]]
    r = result.records
    records = [
        ["", ""], ["一 first", str(r.first)], ["二 second", str(r.second)], ["数值相同 same values", str(r.exact)], ["F1", f"{r.f1:.3f}"],
        [f"其中名称相近 names alike (≥ {NAME_OK})", f"{result.names_share:.3f}"],
    ]  # fmt: skip
    kinds = Counter((d.first.split("〔")[0], d.second.split("〔")[0]) for d in result.differences)
    common = [["一 first", "二 second", "n"], *([a, b, str(n)] for (a, b), n in kinds.most_common(_MOST))]
    return [
        (f"标注位置 spans（{result.passages} 段 passages，{result.characters} 字 characters）", spans),
        (f"角色 roles（两人都标的数值 quantities both marked: {sum(result.roles.values())}）", roles),
        ("角色混淆 confusion of roles", confusion),
        ("记录 records", records),
        ("不一致的种类 kinds of disagreement", common),
    ]
