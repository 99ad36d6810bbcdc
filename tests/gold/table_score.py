"""How well the rows of real tables were extracted: the gold of ``tables/`` against records. What is counted how: ``tables/README.md``.

By hand: ``python tests/gold/table_score.py FILE.pdf`` extracts the file and prints the figures of the gold of that name, with what is missing.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from zhibiao.api import shared_extractor
from zhibiao.readers import discover
from zhibiao.runner import outcomes
from zhibiao.schema import Document, Record, Report, Side

HERE = Path(__file__).parent / "tables"
ALIKE = 0.8  # names at least so similar are one name
LONG_CELL = 40  # characters: a cell with more holds sentences, which the gold does not cover

Row = dict[str, Any]

_LISTED = re.compile(r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d+[.．、](?!\d))?(?:其中[:：])?")
# What a name may end in where it names a rate of its row: the kind of rate, and every wording of it (blanks and signs are gone by then).
_RATES = {
    "of the budget": re.compile(
        r"(?:决算数?)?(?:(?:预算)?(?:完成率|执行率)|(?:为|占)(?:年初|调整|全年)?预算数?的?(?:比例|比重|比|百分比)?|完成(?:年初|调整)?预算(?:比例|的)?)$"
    ),
    "of last year": re.compile(
        r"(?:决算数?)?(?:(?:为|与|比|占|较)?(?:上年|上年度|去年)(?:决算数?|同期)?的?(?:之比|相比|比例|比重|比|百分比)?|同比)$"
    ),
}


@dataclass(frozen=True, slots=True)
class Gold:
    """The rows of one file. ``complete``: pages of which every row is here; ``sampled``: pages of which some are."""

    rows: tuple[Row, ...]
    complete: frozenset[int]
    sampled: frozenset[int]


@dataclass(frozen=True, slots=True)
class Score:
    """Rows found right. ``false``: table records of complete pages that are no row; ``missed``: each row not found, with why.

    ``right`` and ``wanted`` count the rows of the complete pages, ``sampled_right`` and ``sampled_wanted`` those of the sampled ones.
    """

    right: int
    wanted: int
    false: tuple[Record, ...]
    sampled_right: int
    sampled_wanted: int
    missed: tuple[tuple[Row, str], ...]

    @property
    def precision(self) -> float:
        found = self.right + len(self.false)
        return self.right / found if found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + len(self.false) + self.wanted - self.right) if self.wanted else 0.0

    @property
    def sampled_recall(self) -> float:
        return self.sampled_right / self.sampled_wanted if self.sampled_wanted else 0.0


def load(stem: str, folder: Path = HERE) -> Gold:
    """The gold of the file named ``stem`` (without suffix). Raises FileNotFoundError where there is none."""
    head, *rows = (json.loads(line) for line in (folder / f"{stem}.jsonl").read_text(encoding="utf-8").splitlines() if line)
    return Gold(tuple(rows), frozenset(head["complete_pages"]), frozenset(head["sampled_pages"]))


def score(gold: Gold, records: Iterable[Record], report: Report | None = None) -> Score:
    """Match rows and records one to one so that as many rows as can be are right.

    ``report``: where given, its tables tell which of the other records were read from a table (see :func:`from_table`).
    """
    pages: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        if record.page is not None:
            pages[record.page].append(record)
    wanted: dict[int, list[Row]] = defaultdict(list)
    for row in gold.rows:
        wanted[row["page"]].append(row)
    tables = from_table(report)
    counts = dict.fromkeys(("right", "wanted", "sampled_right", "sampled_wanted"), 0)
    false: list[Record] = []
    missed: list[tuple[Row, str]] = []
    for page in sorted(gold.complete | gold.sampled):
        rows = sorted(wanted[page], key=lambda row: row.get("optional", False))  # must have goes before may have
        columns = _columns(rows)
        mates = _matching([[k for k, r in enumerate(pages[page]) if is_right(row, r, _others(row, columns))] for row in rows])
        prefix = "" if page in gold.complete else "sampled_"
        for k, row in enumerate(rows):
            if row.get("optional"):
                continue
            counts[prefix + "wanted"] += 1
            counts[prefix + "right"] += k in mates
            if k not in mates:
                missed.append((row, _why(row, pages[page], _others(row, columns))))
        if page in gold.complete:
            taken = set(mates.values())
            false += [r for k, r in enumerate(pages[page]) if k not in taken and tables(r)]
    return Score(counts["right"], counts["wanted"], tuple(false), counts["sampled_right"], counts["sampled_wanted"], tuple(missed))


def from_table(report: Report | None = None) -> Callable[[Record], bool]:
    """Was a record read from the rows of a table, rather than from a sentence?

    A record is of a table where it overlaps one of the report's tables and does not lie whole within one long cell (sentences in a cell are read
    as sentences); outside all tables, and where the report gives none, where its method says so.
    """
    tables = report.tables if report else ()
    long = [(c.start, c.end) for t in tables for c in t.cells if c.end - c.start > LONG_CELL]

    def told(record: Record) -> bool:
        if any(start <= record.start and record.end <= end for start, end in long):
            return False
        return record.method == "table" or any(record.start < t.end and t.start < record.end for t in tables)

    return told


def is_right(row: Row, record: Record, others: Sequence[frozenset[str]] = ()) -> bool:
    """Is ``record`` the row: type, name and every number? ``others``: the words of the row's other columns, which its name must not bear."""
    return _type_fits(row, record) and _numbers_agree(row, record) and same_name(row, record, others)


def plain_name(name: str) -> str:
    """A name without blanks, brackets, signs and list number; full width letters and digits made half width.

    >>> plain_name("（二）其中：因公出国（境） 费")
    '因公出国境费'
    """
    name = _LISTED.sub("", re.sub(r"\s", "", name))
    return "".join(ch for ch in unicodedata.normalize("NFKC", name) if ch.isalnum())


def same_name(row: Row, record: Record, others: Sequence[frozenset[str]] = ()) -> bool:
    """Do row and record name one measure? Equal, one in the other, or :data:`ALIKE`; both of one kind of rate, or of none.

    The row may be called by its group and its column too, the record by its project, region or department and its change.
    A record whose name holds the column of a sister row and not the row's own is another's.
    """
    own = [plain_name(n) for n in (row["indicator"], *row.get("aliases", ()))]
    group, column = plain_name(row.get("group", "")), plain_name(row.get("column", "").replace("/", ""))
    wide = {w for n in own for w in (group + n, n + column, column + n, group + n + column, column + group + n)} - set(own)
    for said in _said(record):
        if any(_alike(said, n, short=True) for n in own) or any(_alike(said, n, short=False) for n in wide):
            rest = said
            for word in (*own, group):
                rest = rest.replace(word, "", 1) if word else rest
            mine = _parts(row)
            if not any(any(p in rest for p in o - mine) and not any(p in rest for p in mine - o) for o in others):
                return True
    return False


def _said(record: Record) -> list[str]:
    name = plain_name(record.indicator)
    around = [plain_name(w) for w in (record.project, record.region, record.org) if w]
    return list(dict.fromkeys([name, *(w + name for w in around), name + plain_name(record.change)]))


def _alike(said: str, name: str, *, short: bool) -> bool:
    """``short``: may the record's name be a part of the row's (at least half of it)?"""
    rate, stem = _rate(name)
    other, said_stem = _rate(said)
    if stem:
        if rate != other:
            return False
        said, name = said_stem, stem
    if not said or not name:
        return False
    if said == name or (len(name) > 1 and name in said) or (short and said in name and 2 * len(said) >= len(name)):
        return True
    return SequenceMatcher(None, said, name, autojunk=False).ratio() >= ALIKE


def _rate(name: str) -> tuple[str, str]:
    """The kind of rate that ``name`` ends in, and the rest; a name that is nothing but a rate's is a name like any other."""
    for kind, wording in _RATES.items():
        if (hit := wording.search(name)) and hit.start():
            return kind, name[: hit.start()]
    return "", name


def _parts(row: Row) -> frozenset[str]:
    return frozenset(plain_name(p) for p in row.get("column", "").split("/") if p)


def _columns(rows: Iterable[Row]) -> dict[tuple[Any, ...], set[frozenset[str]]]:
    found: dict[tuple[Any, ...], set[frozenset[str]]] = defaultdict(set)
    for row in rows:
        if row.get("column"):
            found[_place(row)].add(_parts(row))
    return found


def _place(row: Row) -> tuple[Any, ...]:
    return row["page"], row["table"], row.get("group", ""), row["indicator"]


def _others(row: Row, columns: dict[tuple[Any, ...], set[frozenset[str]]]) -> list[frozenset[str]]:
    return sorted(columns.get(_place(row), set()) - {_parts(row)}, key=sorted)


def _type_fits(row: Row, record: Record) -> bool:
    if row["type"] == record.type:
        return True
    one_sided = ("target" in row) != ("actual" in row) and "weight" not in row and "score" not in row
    # A lone amount is a budget statement to one reader and a fact to another; so is a lone actual of an indicator.
    return one_sided and "fact" in (row["type"], record.type) and "score" not in (row["type"], record.type)


def _numbers_agree(row: Row, record: Record) -> bool:
    weight, points = record.weight, record.score
    if row["type"] == "score":  # a score stands in the columns of its own or, as a pair, in target and actual
        weight = record.target.value if weight is None and record.target else weight
        points = record.actual.value if points is None and record.actual else points
    elif not (_side_agrees(row, "target", record.target) and _side_agrees(row, "actual", record.actual)):
        return False
    return weight == _number(row, "weight") and points == _number(row, "score")


def _side_agrees(row: Row, which: str, side: Side | None) -> bool:
    value, high = _number(row, f"{which}_value"), _number(row, f"{which}_value_high")
    if side is None:
        return which not in row
    if side.value != value or side.value_high != high:
        return False
    return value is None or side.unit == row.get(f"{which}_unit", "")


def _number(row: Row, key: str) -> Decimal | None:
    return Decimal(row[key]) if key in row else None


def _matching(edges: Sequence[Sequence[int]]) -> dict[int, int]:
    """The greatest one to one matching: row → record. A row once matched stays so; earlier rows go first."""
    of_record: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for record in edges[row]:
            if record not in seen:
                seen.add(record)
                if record not in of_record or place(of_record[record], seen):
                    of_record[record] = row
                    return True
        return False

    for row in range(len(edges)):
        place(row, set())
    return {row: record for record, row in of_record.items()}


def _why(row: Row, records: Sequence[Record], others: Sequence[frozenset[str]]) -> str:
    """For the eye: how near the records came."""
    if any(is_right(row, r, others) for r in records):
        return "the record that fits is another row's"
    named = [r for r in records if same_name(row, r, others)]
    if near := [r for r in named if _type_fits(row, r)]:
        return "numbers differ: " + "; ".join(_told(r) for r in near[:3])
    if named:
        return "type differs: " + "; ".join(_told(r) for r in named[:3])
    if near := [r for r in records if _type_fits(row, r) and _numbers_agree(row, r)]:
        return "name differs: " + "; ".join(_told(r) for r in near[:3])
    return "nothing like it"


def _told(record: Record) -> str:
    sides = [f"{s.value}{s.unit}" if s and s.value is not None else (s.text if s else "-") for s in (record.target, record.actual)]
    return f"{record.type} {record.indicator} {sides[0]} → {sides[1]} ({record.weight}, {record.score}; {record.method})"


def shown(found: Score) -> str:
    """The figures in one line."""
    return (
        f"complete pages: F1 {found.f1:.3f} (precision {found.precision:.3f}, recall {found.recall:.3f}; {found.right} of {found.wanted} rows, "
        f"{len(found.false)} false); sampled pages: recall {found.sampled_recall:.3f} ({found.sampled_right} of {found.sampled_wanted})"
    )


def main(path: Path) -> None:
    gold = load(path.stem)
    for outcome, _ in outcomes(discover([str(path)]), extractor=shared_extractor()):
        if not isinstance(outcome, Document):
            raise SystemExit(f"{path.name}: {outcome.message}")
        found = score(gold, outcome.records, outcome.report)
        for row, why in found.missed:
            print("-", row["page"], row["type"], row.get("group", ""), row["indicator"], row.get("column", ""), "|", why)
        for record in found.false:
            print("+", record.page, _told(record))
        print(shown(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
