"""The taxonomy of indicators: what the linker links to.

A taxonomy is a JSONL file (one entry a line) or a CSV file (one entry a row; lists are separated by ``|`` or ``；``). The shipped one is
``taxonomy.jsonl`` beside this module; users bring their own and get the same checks. :func:`load_taxonomy` reports every fault of a file
at once, each with its line. A row needs ``id``, ``name`` and one of ``kind`` and ``units``; a CSV may have Chinese heads (编号, 名称, 单位, 别名 …)
and Chinese values (类别 金额, 方向 越高越好, 比较 ≥), and its units may carry a multiplier (万元 is read as 元, in which all values are given).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from zhibiao.errors import UnreadableTaxonomy, UsageError
from zhibiao.linking.checks import check_entries
from zhibiao.linking.entry import Entry, Problem
from zhibiao.linking.units import kind_of
from zhibiao.quantities import default_units
from zhibiao.readers.discovery import printable
from zhibiao.schema import Direction, Kind, Op

SHIPPED = Path(__file__).with_name("taxonomy.jsonl")

#: Chinese column heads that a CSV may use instead of the field names.
CSV_HEADS: dict[str, str] = {
    "编号": "id", "标准指标号": "id", "名称": "name", "指标名称": "name", "英文名": "en", "一级指标": "level1", "二级指标": "level2",
    "类别": "kind", "单位": "units", "方向": "direction", "比较": "op", "领域": "domain", "别名": "aliases", "共用别名": "shared",
    "不含": "excludes", "词尾": "endings", "相关": "related", "变动指标": "change_of", "定义": "definition", "公式": "formula",
    "起始": "since", "来源": "source", "其他层级": "variants",
}  # fmt: skip


#: Chinese values that stand for the codes of a field.
VALUES: dict[str, dict[str, str]] = {
    "kind": {
        "金额": "money", "百分比": "percent", "数量": "count", "时长": "duration", "长度": "length", "面积": "area", "数据量": "data", "分数": "score",
        "名次": "rank", "比率": "rate", "质量": "mass", "重量": "mass", "能量": "energy", "其他": "other",
    },
    "direction": {
        "越高越好": "higher", "正向": "higher", "越低越好": "lower", "逆向": "lower", "反向": "lower", "固定": "exact", "定值": "exact", "无": "none",
    },
    "op": {"≥": ">=", "≤": "<=", "＞": ">", "＜": "<", "＝": "=", "约": "~", "区间": "range"},
}  # fmt: skip

_LISTS = frozenset(f.name for f in fields(Entry) if f.default == () and f.default is not MISSING)
_TEXTS = frozenset(f.name for f in fields(Entry)) - _LISTS
_REQUIRED = tuple(f.name for f in fields(Entry) if f.default is MISSING)
_DEFAULT_OP: dict[str, str] = {"higher": ">=", "lower": "<=", "exact": "=", "none": "="}


class TaxonomyError(UsageError):
    """A taxonomy file that cannot be used; ``problems`` holds every fault found, warnings too, in the order of the file."""

    code = "Z206"

    def __init__(self, *, source: str, problems: Iterable[Problem], **_: object) -> None:
        self.source = source
        self.problems = tuple(problems)
        wrong = [str(p) for p in self.problems if p.severity == "error"]
        super().__init__(source=source, problems=self.problems, count=len(wrong), listed="\n".join(wrong))


@dataclass(frozen=True)
class Taxonomy:
    """A checked taxonomy; iterate it for its entries, in the order of the file."""

    entries: tuple[Entry, ...]
    source: str = field(default="", compare=False)
    sha256: str = field(default="", compare=False)

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self.by_id

    def __getitem__(self, entry_id: str) -> Entry:
        return self.by_id[entry_id]

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        return {entry.id: entry for entry in self.entries}


def load_taxonomy(path: Path | str | None = None) -> Taxonomy:
    """Read and check a taxonomy file; ``None`` gives the shipped one (read once).

    Raises :class:`TaxonomyError` with every fault of the file, :class:`~zhibiao.errors.UnreadableTaxonomy` where it cannot be read.

    >>> load_taxonomy()["m-carryover"].name
    '结转结余率'
    """
    if path is None:
        return _shipped()
    return _parse(path)[0]


def check_taxonomy(path: Path | str | None = None) -> tuple[Taxonomy | None, tuple[Problem, ...]]:
    """The taxonomy of a file and all that is said of it, errors and warnings; the taxonomy is None where there are errors.

    ``None`` checks the shipped one. Raises :class:`~zhibiao.errors.UnreadableTaxonomy` where the file cannot be read.
    """
    try:
        return _parse(SHIPPED if path is None else path)
    except TaxonomyError as error:
        return None, error.problems


def _parse(path: Path | str) -> tuple[Taxonomy, tuple[Problem, ...]]:
    file = Path(path)
    try:
        text = _decode(file.read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        detail = error.strerror if isinstance(error, OSError) else "既不是 UTF-8 也不是 GB 18030 (neither UTF-8 nor GB 18030)"
        raise UnreadableTaxonomy(source=printable(file), detail=detail) from error
    return _read(text, source=file.name, csv_format=file.suffix.lower() in {".csv", ".tsv"})


@lru_cache(maxsize=1)
def _shipped() -> Taxonomy:
    return parse_taxonomy(SHIPPED.read_text("utf-8"), source=SHIPPED.name)


def parse_taxonomy(text: str, *, source: str = "taxonomy", csv_format: bool = False) -> Taxonomy:
    """Check the text of a taxonomy file. Raises :class:`TaxonomyError`; see :func:`load_taxonomy`."""
    return _read(text, source=source, csv_format=csv_format)[0]


def _read(text: str, *, source: str, csv_format: bool) -> tuple[Taxonomy, tuple[Problem, ...]]:
    problems: list[Problem] = []
    rows: list[tuple[int, Entry]] = []
    for line, raw in _csv_rows(text, problems) if csv_format else _jsonl_rows(text, problems):
        entry = _entry(line, raw, problems)
        if entry is not None:
            rows.append((line, entry))
    if not rows and not problems:
        problems.append(Problem(1, "", "文件中没有指标"))
    problems.extend(check_entries(rows))
    problems.sort(key=lambda p: (p.line, p.message))
    if any(p.severity == "error" for p in problems):
        raise TaxonomyError(source=source, problems=problems)
    return Taxonomy(tuple(entry for _, entry in rows), source, sha256(text.encode("utf-8")).hexdigest()), tuple(problems)


def _decode(data: bytes) -> str:
    """UTF-8 (with or without a mark), else GB 18030, which spreadsheets in China write."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _jsonl_rows(text: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    # Lines end at line feeds (and carriage returns) alone: JSON may hold U+0085 and U+2028, at which str.splitlines() would cut too.
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            problems.append(Problem(number, "", f"不是合法的 JSON（第{error.colno}列：{error.msg}）"))
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            problems.append(Problem(number, "", "每行应为一个 JSON 对象"))


def _csv_rows(text: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows of a CSV (or TSV) with the list fields split; empty cells count as absent."""
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in head and "," not in head else ",")
    rows = _cells(reader, problems)
    names = [CSV_HEADS.get(cell.strip(), cell.strip()) for cell in next(rows, [])]
    for twice in sorted({name for name in names if names.count(name) > 1}):
        problems.append(Problem(1, "", f"表头“{twice}”重复"))
    for number, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(names):
            problems.append(Problem(number, cells[0], f"有{len(cells)}格，表头只有{len(names)}格"))
            continue
        row: dict[str, Any] = {}
        for name, cell in zip(names, cells, strict=False):
            if cell.strip():
                parts = [part.strip() for part in cell.replace("；", "|").split("|")]
                row[name] = [part for part in parts if part] if name in _LISTS else cell.strip()
        yield number, row


def _cells(reader: Iterable[list[str]], problems: list[Problem]) -> Iterator[list[str]]:
    """The rows of a CSV reader as far as they can be read; where that ends before the file does, it is a fault."""
    number = 0
    try:
        for cells in reader:
            number += 1
            yield cells
    except csv.Error as error:
        problems.append(
            Problem(number + 1, "", f"读不下去，可能是引号没有合上 (cannot be read on, perhaps an open quotation mark: {error})")
        )


def _entry(line: int, raw: dict[str, Any], problems: list[Problem]) -> Entry | None:
    """One row as an :class:`Entry`, or None with the reasons added to ``problems``."""
    label = str(raw.get("id", ""))
    raw = _plain_values(raw)
    found = [f"未知字段“{key}”" for key in raw if key not in _LISTS and key not in _TEXTS]
    found += [f"缺少“{key}”" for key in _REQUIRED if not raw.get(key)]
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key in _LISTS:
            if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() == item and item for item in value):
                found.append(f"“{key}”应为字符串列表，各项不空且两端无空格")
            values[key] = tuple(value) if isinstance(value, list) else ()
        elif key in _TEXTS:
            if not isinstance(value, str):
                found.append(f"“{key}”应为字符串")
            values[key] = value
    for key, allowed in (("kind", get_args(Kind)), ("direction", get_args(Direction)), ("op", get_args(Op))):
        if values.get(key) and values[key] not in allowed:
            found.append(f"“{key}”的值“{values[key]}”不在 {'、'.join(allowed)} 之中")
    problems.extend(Problem(line, label, message) for message in found)
    if found:
        return None
    if "units" in values:
        values["units"] = tuple(dict.fromkeys(_base_unit(unit) for unit in values["units"]))
    values.setdefault("op", _DEFAULT_OP[values.get("direction", "none")])
    return Entry(**values)


def _plain_values(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The row with codes for Chinese values, and with the kind of its first unit where it gives none."""
    row = {key: VALUES[key].get(value, value) if key in VALUES and isinstance(value, str) else value for key, value in raw.items()}
    units = row.get("units")
    if not row.get("kind") and isinstance(units, list) and units and isinstance(units[0], str):
        kind = kind_of(_base_unit(units[0]))
        if kind:
            row["kind"] = kind
    return row


def _base_unit(unit: str) -> str:
    """The unit in which values of this one are given: 元 for 万元. Units that the table of units lacks stay as they are.

    >>> _base_unit("万元"), _base_unit("批次/千人")
    ('元', '批次/千人')
    """
    found = default_units().parse(unit)
    return found[0].unit if found and found[1] != 1 else unit
