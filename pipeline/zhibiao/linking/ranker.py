"""The trained ranker: rows of features to the probability that a pair is right, and from there to the probability that an answer is right.

Trained by ``zhibiao train`` on ``annotations/links`` (:mod:`zhibiao.training.links`), stored in ``ranker/`` beside this module. It knows nothing
of single entries, so it serves any taxonomy.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from zhibiao.errors import ModelError
from zhibiao.linking.candidates import Ints, Reals
from zhibiao.linking.pairs import FEATURES
from zhibiao.nets import Average, Floats, Judge, read_stored, store

FOLDER = Path(__file__).with_name("ranker")
#: To be raised when a feature changes its meaning: stored rankers of another number are refused.
VERSION = 1
_ABOUT = "about.json"
#: What the judge of an answer sees of the best pair's features, beside its probability and those of its rivals.
_SEEN = tuple(
    FEATURES.index(name)
    for name in (
        "exact", "ending", "tail", "cosine", "cover_wording", "cover_name", "held_share", "held_last", "cover_context", "head", "unit", "unit_clash", "domain", "other_domain",
        "default", "lacks", "adds", "others", "characters", "is_budget", "is_score", "is_performance", "is_change", "votes",
    )
)  # fmt: skip


_Part = TypeVar("_Part", Average, Judge)


@dataclass(frozen=True, slots=True)
class Ranker:
    """``first``: without the neighbours' links; ``second``: with them; ``sure``: is the best pair of a mention right? ``none``: has it no entry
    at all? The two do not sum to one: the right entry may be another, or no candidate.

    ``about`` says what it was made of, and holds ``blank``, the share of mentions without any candidate that have no entry, and ``prior``: for each entry how often it was right where it was a candidate.
    """

    first: Average
    second: Average
    sure: Judge
    none: Judge
    about: dict[str, Any]

    @classmethod
    def untrained(cls) -> Ranker:
        """A stand-in for where only pairs are made; asking it for probabilities raises ``AttributeError``."""
        nothing: Any = None
        return cls(nothing, nothing, nothing, nothing, {})

    def save(self, folder: Path) -> None:
        """Store as skops files with ``about.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        store(list(self.first.members), folder / "first.skops")
        store(list(self.second.members), folder / "second.skops")
        store(self.sure.fitted, folder / "sure.skops")
        store(self.none.fitted, folder / "none.skops")
        about = {**self.about, "version": VERSION, "features": list(FEATURES)}
        (folder / _ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Ranker:
        """Read a stored ranker. Raises :class:`~zhibiao.errors.ModelError` where it is missing, damaged or of another version of the features."""
        try:
            about = json.loads((folder / _ABOUT).read_text("utf-8"))
            if not isinstance(about, dict) or about.get("version") != VERSION or about.get("features") != list(FEATURES):
                raise ModelError(detail=f"{folder.name}: 链接模型的特征与程序不符 (its features are not those of this version)")
            first, second = (_stored(Average, folder / name) for name in ("first.skops", "second.skops"))
            if first.columns != len(FEATURES) or second.columns != len(FEATURES):
                raise ModelError(detail=f"{folder.name}: 链接模型的特征与程序不符 (its features are not those of this version)")
            return cls(first, second, _stored(Judge, folder / "sure.skops"), _stored(Judge, folder / "none.skops"), about)
        except (OSError, ValueError) as error:
            raise ModelError(detail=f"{folder.name}: {' '.join(str(error).split())[:200]}") from error


def _stored(kind: Callable[[Any], _Part], file: Path) -> _Part:
    """One part of a stored ranker, made of what its file holds. Raises ValueError where that is something else."""
    held = read_stored(file)
    try:
        return kind(held)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"{file.name}: 不是链接模型的一部分 (no part of a ranker: {type(held).__name__})") from error


@lru_cache(maxsize=1)
def shipped_ranker() -> Ranker:
    """The ranker that comes with the program, read once."""
    return Ranker.load(FOLDER)


def chances(net: Average, features: Reals) -> Floats:
    """The probability of each pair by itself that it is right."""
    return net.predict_proba(features.astype(np.float64))[:, 1] if len(features) else np.zeros(0)


def best_rows(values: Floats, mention: Ints, count: int) -> Ints:
    """For each of ``count`` mentions the row with the greatest value, the first of equals; -1 where it has none."""
    out = np.full(count, -1, np.int64)
    order = np.lexsort((np.arange(len(values)), -values, mention))
    names, first = np.unique(mention[order], return_index=True)
    out[names] = order[first]
    return out


def evidence(values: Floats, features: Reals, mention: Ints, best: Ints) -> Floats:
    """What the judge sees of each answer (``best``: rows, none of them -1): logit, gap to the next, the rivals' sum, features of the pair."""
    count = int(mention.max(initial=-1)) + 1
    total = np.bincount(mention, values, count)
    rest = values.copy()
    rest[best] = 0.0
    second = np.zeros(count)
    np.maximum.at(second, mention, rest)
    mine = mention[best]
    top = np.clip(values[best], 1e-6, 1 - 1e-6)
    given = np.stack([np.log(top / (1 - top)), top, top - second[mine], total[mine] - top], axis=1)
    return np.hstack([given, features[best][:, _SEEN].astype(np.float64)])
