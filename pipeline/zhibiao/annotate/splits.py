"""Which writers are trained on, which tuned on, which tested on: loader of ``annotations/splits.json`` and the hash that keeps a part still.

    {"version": 1, "by": "writer", "train": ["w1"], "dev": ["w2"], "test": ["w3"], "frozen": {"w2": "<sha256>", "w3": "<sha256>"}}

The parts are parts by writer, since two passages of one hand are more alike than their words show. ``frozen`` holds, for writers of dev and
test, :func:`frozen_hash` of their passages; :func:`zhibiao.annotate.check.check_corpus` finds a text that was changed after it was written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from .markup import MarkedPassage

Part = Literal["train", "dev", "test"]
PARTS: tuple[Part, ...] = get_args(Part)
#: The parts whose texts stay as they are once they are frozen.
HELD_OUT: tuple[Part, ...] = ("dev", "test")
VERSION = 1
_BY = "writer"
_KEYS = ("version", "by", *PARTS, "frozen")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class SplitsError(ValueError):
    """A splits file that does not follow the format, or a writer that no part holds; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Splits:
    """The writers of each part, in the order of the file, and the hashes of those whose texts are frozen."""

    train: tuple[str, ...]
    dev: tuple[str, ...]
    test: tuple[str, ...]
    frozen: Mapping[str, str] = field(default_factory=dict)

    def writers(self) -> dict[str, Part]:
        """Writer → part."""
        parts: dict[Part, tuple[str, ...]] = {"train": self.train, "dev": self.dev, "test": self.test}
        return {writer: part for part, writers in parts.items() for writer in writers}

    def part_of(self, passage: MarkedPassage) -> Part:
        """The part that holds the passage's writer. Raises :class:`SplitsError` where none does.

        >>> from zhibiao.annotate.markup import parse
        >>> splits = Splits(train=("w1",), dev=("w2",), test=("w3",))
        >>> splits.part_of(parse("### id=edu-w2-001 dept=教育 layout=prose writer=w2\\n新建学校。")[0])
        'dev'
        """
        part = self.writers().get(passage.writer)
        if part is None:
            raise SplitsError(
                f"{passage.id}: 撰写人 {passage.writer} 不在任何一部分；请把他写进 splits.json 的 train、dev 或 test (in no part of the splits)"
            )
        return part


def frozen_hash(passages: Iterable[MarkedPassage]) -> str:
    """Hash of a writer's texts, 64 hexadecimal digits: whatever their order, files and marks; any change of a text changes it."""
    texts = sorted(passage.sha256 for passage in passages)
    return hashlib.sha256("\n".join(texts).encode("ascii")).hexdigest()


def load_splits(path: Path) -> Splits:
    """Read and check a splits file (UTF-8 JSON).

    Raises :class:`SplitsError` where it is no JSON, a key is unknown, missing or given twice, a writer stands in two parts or twice in one, a
    part is empty, or a hash belongs to a writer who is not of dev or test; ``OSError`` where it cannot be read.
    """

    def refuse(message: str) -> SplitsError:
        return SplitsError(f"{path.name}: {message}")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        out = dict(pairs)
        if len(out) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = sorted({key for key in keys if keys.count(key) > 1})
            raise refuse(f"键 {'、'.join(twice)} 写了两次；请删去一个 (key given twice)")
        return out

    try:
        data = json.loads(path.read_text("utf-8"), object_pairs_hook=once)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise refuse(f"不是 UTF-8 的 JSON：{error} (no UTF-8 JSON)") from error
    if not isinstance(data, dict):
        raise refuse("最外层应是一个对象 {…} (the outermost value must be an object)")
    if unknown := sorted(set(data) - set(_KEYS)):
        raise refuse(f"不认识的键 {'、'.join(unknown)}；可用：{'、'.join(_KEYS)} (unknown keys)")
    if missing := [key for key in _KEYS if key not in data]:
        raise refuse(f"缺少键 {'、'.join(missing)} (missing keys)")
    if type(data["version"]) is not int or data["version"] != VERSION:
        raise refuse(f"version 应为 {VERSION}，实为 {data['version']!r} (unknown version)")
    if data["by"] != _BY:
        raise refuse(f"by 只能是 {_BY!r}，实为 {data['by']!r} (parts are by writer)")

    part_of: dict[str, Part] = {}
    parts: dict[Part, tuple[str, ...]] = {}
    for part in PARTS:
        writers = data[part]
        if not isinstance(writers, list) or not writers or not all(isinstance(writer, str) and writer for writer in writers):
            raise refuse(f'{part} 应是撰写人代码的列表，且不为空，如 ["w1"] (a list of writers, not empty)')
        for writer in writers:
            if writer in part_of:
                raise refuse(f"撰写人 {writer} 在 {part_of[writer]} 和 {part} 里重复；一人只能在一处 (writer given twice)")
            part_of[writer] = part
        parts[part] = tuple(writers)

    frozen = data["frozen"]
    if not isinstance(frozen, dict):
        raise refuse("frozen 应是一个对象 {撰写人: sha256} (an object of writer and hash)")
    for writer, value in frozen.items():
        if part_of.get(writer) not in HELD_OUT:
            raise refuse(f"frozen 里的 {writer} 不是 dev 或 test 的撰写人 (only writers of dev and test are frozen)")
        if not isinstance(value, str) or not _SHA256.fullmatch(value):
            raise refuse(f"frozen 里 {writer} 的值应是 64 位小写十六进制的 sha256，实为 {value!r} (no sha256)")
    return Splits(parts["train"], parts["dev"], parts["test"], frozen)
