"""The trained classifiers of the meeting, and how they are stored: scikit-learn objects in skops files, read without running pickled code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .field import Floats, Ints


def squeeze(rows: Floats) -> Floats:
    """Rows with large numbers drawn together (sign · log(1 + |x|)), as the classifiers want them."""
    return np.sign(rows) * np.log1p(np.abs(rows))


@dataclass(slots=True)
class Average:
    """Several classifiers trained alike from different seeds: the mean of their probabilities."""

    members: Sequence[Any]

    @property
    def classes_(self) -> Ints:
        classes: Ints = np.asarray(self.members[0].classes_)
        return classes

    def predict_proba(self, rows: Floats) -> Floats:
        """Probabilities of the classes, shape (rows, classes)."""
        squeezed = squeeze(rows)
        total = self.members[0].predict_proba(squeezed)
        for member in self.members[1:]:
            total = total + member.predict_proba(squeezed)
        mean: Floats = total / len(self.members)
        return mean


@dataclass(slots=True)
class Models:
    """The classifiers of roles (classes are places in ``labels.ROLES``), of names and of links (classes 0 and 1), and of correctness.

    ``sure``: from what the meeting knows of a record (:func:`~zhibiao.meeting.decide.evidence`) to the probability that it is right.
    """

    roles: Average
    names: Average
    links: Average
    sure: Any = None

    def save(self, folder: Path) -> None:
        """Store as skops files."""
        import skops.io

        for part in ("roles", "names", "links"):
            skops.io.dump(list(getattr(self, part).members), folder / f"{part}.skops", compression=8)
        if self.sure is not None:
            skops.io.dump(self.sure, folder / "sure.skops", compression=8)

    @classmethod
    def load(cls, folder: Path) -> Models:
        """Read stored classifiers. Raises ValueError where a file holds any type that skops does not know as safe."""
        import skops.io

        def read(part: str) -> Any:
            file = folder / f"{part}.skops"
            if unknown := skops.io.get_untrusted_types(file=file):
                raise ValueError(f"{file.name}: 含不可信的类型 {', '.join(unknown)}，拒绝装载 (holds types that are not known as safe)")
            return skops.io.load(file)

        roles, names, links = (Average(read(part)) for part in ("roles", "names", "links"))
        return cls(roles, names, links, read("sure") if (folder / "sure.skops").is_file() else None)
