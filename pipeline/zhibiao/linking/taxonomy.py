"""The taxonomy of indicators: what the linker links to.

A taxonomy is a JSONL file (one entry a line) or a CSV file (one entry a row; lists are separated by ``|`` or ``；``). The shipped one is
``taxonomy.jsonl`` beside this module; users bring their own and get the same checks. :func:`load_taxonomy` reports every fault of a file
at once, each with its line.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, get_args

from zhibiao.linking.checks import check_entries
from zhibiao.linking.entry import Entry, Problem
from zhibiao.schema import Direction, Kind, Op

SHIPPED = Path(__file__).with_name("taxonomy.jsonl")

#: Chinese column heads that a CSV may use instead of the field names.
CSV_HEADS: dict[str, str] = {
    "编号": "id", "标准指标号": "id", "名称": "name", "指标名称": "name", "英文名": "en", "一级指标": "level1", "二级指标": "level2",
    "类别": "kind", "单位": "units", "方向": "direction", "比较": "op", "领域": "domain", "别名": "aliases", "共用别名": "shared",
    "不含": "excludes", "词尾": "endings", "相关": "related", "变动指标": "change_of", "定义": "definition", "公式": "formula",
    "起始": "since", "来源": "source", "其他层级": "variants",
}  # fmt: skip


_LISTS = frozenset(f.name for f in fields(Entry) if f.default == () and f.default is not MISSING)
_TEXTS = frozenset(f.name for f in fields(Entry)) - _LISTS
_REQUIRED = tuple(f.name for f in fields(Entry) if f.default is MISSING)
_DEFAULT_OP: dict[str, str] = {"higher": ">=", "lower": "<=", "exact": "=", "none": "="}


class TaxonomyError(ValueError):
    """A taxonomy file that cannot be used; ``problems`` holds every fault found, in the order of the file."""

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source = source
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.message)))
        super().__init__(f"指标目录 {source} 有 {len(self.problems)} 处错误：\n" + "\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Taxonomy:
    """A checked taxonomy; iterate it for its entries, in the order of the file."""

    entries: tuple[Entry, ...]
    source: str = field(default="", compare=False)

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

    Raises :class:`TaxonomyError` with every fault of the file, ``OSError`` where it cannot be read.

    >>> load_taxonomy()["m-carryover"].name
    '结转结余率'
    """
    if path is None:
        return _shipped()
    file = Path(path)
    return parse_taxonomy(_decode(file.read_bytes()), source=file.name, csv_format=file.suffix.lower() in {".csv", ".tsv"})


@lru_cache(maxsize=1)
def _shipped() -> Taxonomy:
    return parse_taxonomy(SHIPPED.read_text("utf-8"), source=SHIPPED.name)


def parse_taxonomy(text: str, *, source: str = "taxonomy", csv_format: bool = False) -> Taxonomy:
    """Check the text of a taxonomy file. Raises :class:`TaxonomyError`; see :func:`load_taxonomy`."""
    problems: list[Problem] = []
    rows: list[tuple[int, Entry]] = []
    for line, raw in _csv_rows(text, problems) if csv_format else _jsonl_rows(text, problems):
        entry = _entry(line, raw, problems)
        if entry is not None:
            rows.append((line, entry))
    if not rows and not problems:
        problems.append(Problem(1, "", "文件中没有指标"))
    problems.extend(check_entries(rows))
    if problems:
        raise TaxonomyError(source, problems)
    return Taxonomy(tuple(entry for _, entry in rows), source)


def _decode(data: bytes) -> str:
    """UTF-8 (with or without a mark), else GB 18030, which spreadsheets in China write."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _jsonl_rows(text: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
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
    names = [CSV_HEADS.get(cell.strip(), cell.strip()) for cell in next(reader, [])]
    for twice in sorted({name for name in names if names.count(name) > 1}):
        problems.append(Problem(1, "", f"表头“{twice}”重复"))
    for number, cells in enumerate(reader, 2):
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


def _entry(line: int, raw: dict[str, Any], problems: list[Problem]) -> Entry | None:
    """One row as an :class:`Entry`, or None with the reasons added to ``problems``."""
    label = str(raw.get("id", ""))
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
    values.setdefault("op", _DEFAULT_OP[values.get("direction", "none")])
    return Entry(**values)
