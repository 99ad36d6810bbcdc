"""Link annotations: which entry of the taxonomy each record of a marked passage measures, or none.

One JSON object a line in ``annotations/links/*.jsonl``:

    {"passage": "civ-w1-001", "record": 1, "links": ["civ-dibao-standard"]}

``record`` is the number of the marks; ``score`` is true for the record of weight and score that stands beside another of the same number.
``links`` is empty for NIL and holds two or three ids only where the taxonomy cannot tell them apart. ``unsure`` marks what
a second reader should look at.

Mentions without a passage stand in ``annotations/links/mentions/*.jsonl``, with what is known around them:

    {"name": "培训教师人数", "unit": "人次", "section": "教育局2023年项目支出绩效自评", "links": ["edu-teachers-trained"]}
"""

from __future__ import annotations

import io
import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhibiao.linking.mention import Mention

_KEYS = {"passage": str, "record": int, "score": bool, "links": list, "unsure": bool}
_MENTION_KEYS = dict.fromkeys(("name", "unit", "kind", "record_type", "section", "project", "org", "op", "change", "context"), str) | {
    "links": list
}
_MOST_LINKS = 3


class LinksError(ValueError):
    """A file of link annotations that does not follow the format; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class LinkMark:
    """The decision on one record. ``score``: of the weight-and-score record of that number."""

    passage: str
    record: int
    score: bool
    links: tuple[str, ...]
    unsure: bool = False

    @property
    def key(self) -> tuple[str, int, bool]:
        """Passage, number and whether it is the score: what identifies the record."""
        return self.passage, self.record, self.score


def read_links(path: Path, *, ids: Container[str] | None = None) -> list[LinkMark]:
    """The decisions of a file, or of all ``*.jsonl`` files of a folder (not of its subfolders), in order.

    ``ids``: the entries that may be named. Raises :class:`LinksError` for a line that is no such object, an unknown id or a record decided
    twice, ``OSError`` where a file cannot be read.
    """
    out: list[LinkMark] = []
    seen: set[tuple[str, int, bool]] = set()
    for where, row in _rows(path, _KEYS, {"passage", "record", "links"}, ids):
        mark = LinkMark(row["passage"], row["record"], row.get("score", False), tuple(row["links"]), row.get("unsure", False))
        if mark.key in seen:
            raise LinksError(f"{where}：{mark.passage} 的记录 {mark.record} 标了两次 (decided twice)")
        seen.add(mark.key)
        out.append(mark)
    return out


def read_mentions(path: Path, *, ids: Container[str] | None = None) -> list[tuple[Mention, tuple[str, ...]]]:
    """The mentions without a passage in a file, or in all ``*.jsonl`` files of a folder, with their entries. Errors as :func:`read_links`."""
    return [
        (Mention(**{key: value for key, value in row.items() if key != "links"}), tuple(row["links"]))
        for _, row in _rows(path, _MENTION_KEYS, {"name", "links"}, ids)
    ]


def _rows(path: Path, keys: Mapping[str, type], needed: set[str], ids: Container[str] | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """The checked rows of a file or folder, each with the words that say where it stands."""
    for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
        # Lines end at line feeds alone: JSON may hold U+0085 and U+2028, at which str.splitlines() would cut too.
        for number, line in enumerate(io.StringIO(file.read_text("utf-8")), 1):
            where = f"{file.name} 第{number}行"
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise LinksError(f"{where}：不是合法的 JSON（{error.msg}）") from error
            if not isinstance(row, dict) or (fault := _fault(row, keys, needed)):
                raise LinksError(f"{where}：{fault if isinstance(row, dict) else '应为一个对象'}")
            if ids is not None and (unknown := [key for key in row["links"] if key not in ids]):
                raise LinksError(f"{where}：指标目录里没有 {'、'.join(unknown)} (no such entry)")
            yield where, row


def _fault(row: Mapping[str, Any], keys: Mapping[str, type], needed: set[str]) -> str:
    if unknown := sorted(set(row) - set(keys)):
        return f"不认识的键 {'、'.join(unknown)} (unknown keys)"
    if missing := sorted(needed - set(row)):
        return f"缺少键 {'、'.join(missing)} (missing keys)"
    if wrong := [key for key, value in row.items() if type(value) is not keys[key]]:
        return f"{'、'.join(wrong)} 的类型不对 (of the wrong type)"
    links = row["links"]
    if not all(isinstance(key, str) and key for key in links) or len(set(links)) < len(links) or len(links) > _MOST_LINKS:
        return f"links 应为至多 {_MOST_LINKS} 个互不相同的编号 (up to {_MOST_LINKS} different ids)"
    return ""


def render_links(marks: Iterable[LinkMark]) -> str:
    """The lines of a file that :func:`read_links` reads."""
    rows: list[str] = []
    for m in marks:
        row: dict[str, Any] = {"passage": m.passage, "record": m.record}
        row |= {"score": True} if m.score else {}
        row["links"] = list(m.links)
        row |= {"unsure": True} if m.unsure else {}
        rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(rows)
