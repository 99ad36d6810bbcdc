"""The trained classifiers of the meeting, and how they are stored: scikit-learn objects in skops files, read without running pickled code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zhibiao.nets import Average, Judge, read_stored, store


@dataclass(slots=True)
class Models:
    """The classifiers of roles (classes are places in ``labels.ROLES``), of names and of links (classes 0 and 1), and of correctness.

    ``sure``: from what the meeting knows of a record (:func:`~zhibiao.meeting.decide.evidence`) to the probability that it is right.
    """

    roles: Average
    names: Average
    links: Average
    sure: Judge | None = None

    def columns(self) -> tuple[int, int, int]:
        """How many features each classifier takes: of roles, names, links."""
        return self.roles.columns, self.names.columns, self.links.columns

    def save(self, folder: Path) -> None:
        """Store as skops files."""
        for part in ("roles", "names", "links"):
            store(list(getattr(self, part).members), folder / f"{part}.skops")
        if self.sure is not None:
            store(self.sure.fitted, folder / "sure.skops")

    @classmethod
    def load(cls, folder: Path) -> Models:
        """Read stored classifiers. Raises ValueError where a file holds any type that skops does not know as safe."""
        roles, names, links = (Average(read_stored(folder / f"{part}.skops")) for part in ("roles", "names", "links"))
        sure = folder / "sure.skops"
        return cls(roles, names, links, Judge(read_stored(sure)) if sure.is_file() else None)
