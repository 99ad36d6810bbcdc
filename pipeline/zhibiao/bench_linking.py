"""How the cost of linking grows with the taxonomy: the same mentions against taxonomies of several sizes, in one run.

Larger taxonomies are made from the given one: invented entries whose wordings are the first half of one wording and the second half of another,
so that their n-grams are as common as those of real ones. Smaller ones are its first entries.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from zhibiao.linking.entry import Entry
from zhibiao.linking.linker import Linker
from zhibiao.linking.mention import Mention
from zhibiao.linking.taxonomy import Taxonomy

#: A table to print: a title and rows of cells, the head first.
Sheet = tuple[str, list[list[str]]]
SIZES = (1_000, 10_000, 50_000)
_SEED = 5


def resized(taxonomy: Taxonomy, size: int) -> Taxonomy:
    """A taxonomy of ``size`` entries: the first ones, then invented ones."""
    entries = list(taxonomy.entries[:size])
    dice = random.Random(_SEED)
    wordings = [wording for entry in taxonomy for wording in entry.wordings if len(wording) > 3]
    while len(entries) < size:
        like = dice.choice(taxonomy.entries)
        names = tuple(dict.fromkeys(_crossed(dice.choice(wordings), dice.choice(wordings)) for _ in like.wordings))
        entries.append(_invented(like, len(entries), names))
    return Taxonomy(tuple(entries), taxonomy.source)


def _crossed(one: str, other: str) -> str:
    return one[: (len(one) + 1) // 2] + other[len(other) // 2 :]


def _invented(like: Entry, number: int, names: tuple[str, ...]) -> Entry:
    return replace(
        like, id=f"x-{number}", name=names[0], aliases=names[1:], shared=(), excludes=(), endings=(), related=(), change_of="", variants=()
    )


def linking_sheet(taxonomy: Taxonomy, documents: Sequence[Sequence[Mention]], whole_seconds: float, *, repeat: int = 5) -> Sheet:
    """Seconds to link all mentions of some documents, with taxonomies of several sizes in turn.

    ``whole_seconds``: what the whole job takes on the same documents with the given taxonomy and everything remembered. *Cold* is a linker that has
    seen none of the names, *warm* one that has seen them all; a run over many reports lies between.
    """
    sizes = sorted({len(taxonomy), *SIZES})
    count = sum(map(len, documents))
    rows = [
        [
            "目录条数 entries",
            "建索引 building（秒 s）",
            "首次 cold（微秒/条 µs a record）",
            "再次 warm（微秒/条）",
            "首次占整个任务 cold, share",
            "再次占比 warm, share",
        ]
    ]
    taken: dict[int, tuple[float, float, float]] = {}
    for size in sizes:
        sized = taxonomy if size == len(taxonomy) else resized(taxonomy, size)
        began = time.perf_counter()
        linker = Linker(sized)
        linker.link_many([Mention("某某事项之其他情形")])  # the index is built at the first search
        built = time.perf_counter() - began
        cold, warm = [], []
        for _ in range(repeat):
            linker.forget()
            cold.append(_seconds(linker, documents))
            warm.append(_seconds(linker, documents))
        taken[size] = built, median(cold), median(warm)
    rest = whole_seconds - taken[len(taxonomy)][2]
    for size, (built, first, again) in taken.items():
        each = 1e6 / max(1, count)
        rows.append([
            f"{size:,}", f"{built:.1f}", f"{first * each:.0f}", f"{again * each:.0f}", f"{first / (rest + first):.1%}", f"{again / (rest + again):.1%}",
        ])  # fmt: skip
    return "链接与目录大小 linking and the size of the taxonomy", rows


def _seconds(linker: Linker, documents: Sequence[Sequence[Mention]]) -> float:
    began = time.perf_counter()
    for mentions in documents:
        linker.link_many(mentions)
    return time.perf_counter() - began
