"""The checks that hold between the fields of an entry and between entries of a taxonomy, and the level frames behind them."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from zhibiao.linking.entry import Entry, Problem
from zhibiao.linking.units import kind_of
from zhibiao.linking.wording import fold

_FRAMES = Path(__file__).with_name("frames.toml")

#: Comparison signs that a target of each direction may carry.
_OPS_OF_DIRECTION: dict[str, frozenset[str]] = {
    "higher": frozenset({">=", ">", "=", "~"}),
    "lower": frozenset({"<=", "<", "="}),
    "exact": frozenset({"=", "~"}),
    "none": frozenset({"=", "~"}),
}
#: Kinds whose units are a closed list: any other unit is a contradiction. The rest may carry units of their own (辆, 批次/千人 …).
_CLOSED = frozenset({"money", "percent", "duration", "length", "area", "data", "score", "mass", "energy"})


@dataclass(frozen=True, slots=True)
class Frames:
    """Known levels: ``levels`` holds (一级, 二级) pairs; the renames fold names of other years and places."""

    levels: frozenset[tuple[str, str]]
    rename1: Mapping[str, str]
    rename2: Mapping[str, str]

    def fold(self, level1: str, level2: str) -> tuple[str, str]:
        """The official names of two levels as a report prints them; unknown names come back unchanged.

        >>> load_frames().fold("效果指标", "环境效益")
        ('效益指标', '生态效益指标')
        """
        return self.rename1.get(level1, level1), self.rename2.get(level2, level2)


@lru_cache(maxsize=1)
def load_frames() -> Frames:
    """Read ``frames.toml``. Raises ``ValueError`` where a rename leads to a name that no frame has."""
    data = tomllib.loads(_FRAMES.read_text("utf-8"))
    levels = frozenset((one, two) for frame in data["frame"] for one, twos in frame["levels"].items() for two in twos)
    renames = data["renames"]
    for key, index in (("level1", 0), ("level2", 1)):
        unknown = set(renames[key].values()) - {pair[index] for pair in levels}
        if unknown:
            raise ValueError(f"frames.toml: renames.{key} leads to unknown levels {sorted(unknown)}")
    return Frames(levels, renames["level1"], renames["level2"])


def check_entries(rows: Sequence[tuple[int, Entry]]) -> Iterator[Problem]:
    """Every fault of the entries, given with their lines: contradictions inside one, then clashes between several."""
    ids: dict[str, int] = {}
    for line, entry in rows:
        if entry.id in ids:
            yield Problem(line, entry.id, f"编号与第{ids[entry.id]}行重复")
        ids.setdefault(entry.id, line)
    for line, entry in rows:
        for message in _own_faults(entry):
            yield Problem(line, entry.id, message)
        for message in _level_faults(entry):
            yield Problem(line, entry.id, message, "warning")
        for key, targets in (("related", entry.related), ("change_of", (entry.change_of,) if entry.change_of else ())):
            for target in targets:
                if target not in ids:
                    yield Problem(line, entry.id, f"“{key}”指向未知编号“{target}”")
                elif target == entry.id:
                    yield Problem(line, entry.id, f"“{key}”指向自身")
    yield from _clashes(rows)


def _own_faults(entry: Entry) -> Iterator[str]:
    if entry.op not in _OPS_OF_DIRECTION[entry.direction]:
        yield f"方向“{entry.direction}”与比较“{entry.op}”矛盾"
    for unit in entry.units:
        kind = kind_of(unit)
        if kind != entry.kind and (kind or entry.kind in _CLOSED) and not (kind == "count" and entry.kind in {"rank", "other", "rate"}):
            yield f"类别“{entry.kind}”与单位“{unit}”矛盾"
    folded: dict[str, str] = {}
    for wording in entry.wordings:
        key = fold(wording)
        if not key:
            yield f"别名“{wording}”没有可用的字"
        elif key in folded:
            yield f"别名“{wording}”与“{folded[key]}”重复"
        folded.setdefault(key, wording)
    for wording in entry.shared:
        if fold(wording) not in folded:
            yield f"共用别名“{wording}”不在别名之中"
    for wording in entry.excludes:
        if fold(wording) in folded:
            yield f"“{wording}”既是别名又列为不含"


def _level_faults(entry: Entry) -> Iterator[str]:
    known = load_frames().levels
    if (entry.level1 or entry.level2) and (entry.level1, entry.level2) not in known:
        yield f"层级“{entry.level1}/{entry.level2}”不在已知框架中"
    for variant in entry.variants:
        if tuple(variant.split("/")) not in known:
            yield f"其他层级“{variant}”不在已知框架中"


def _clashes(rows: Sequence[tuple[int, Entry]]) -> Iterator[Problem]:
    """A wording on two entries, unless every entry that has it lists it as shared."""
    holders: dict[str, list[tuple[int, Entry, str]]] = defaultdict(list)
    for line, entry in rows:
        for key, wording in {fold(w): w for w in reversed(entry.wordings)}.items():
            holders[key].append((line, entry, wording))
    for key, held in holders.items():
        unlisted = [h for h in held if key not in {fold(s) for s in h[1].shared}]
        if len(held) > 1 and unlisted:
            for line, entry, wording in unlisted:
                others = "、".join(f"{e.id}（第{n}行）" for n, e, _ in held if e is not entry)
                yield Problem(line, entry.id, f"别名“{wording}”也在 {others}，且未列为共用")
    for _line, entry, wording in (h for held in holders.values() if len(held) == 1 for h in held):
        if fold(wording) in {fold(s) for s in entry.shared} and len(holders[fold(wording)]) == 1:
            yield Problem(_line, entry.id, f"共用别名“{wording}”只在一条指标上")
