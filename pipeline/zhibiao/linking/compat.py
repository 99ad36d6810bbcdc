"""Can a value be a value of an entry at all, and how well do the units agree? For all entries of a taxonomy at once.

Entries with the same kind and units are judged alike, and a taxonomy has few such classes, so that the answers for a value are computed once a
class and looked up for its entries.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from zhibiao.linking.entry import Entry
from zhibiao.linking.taxonomy import Taxonomy
from zhibiao.linking.units import same_family


def kinds_agree(kind: str, unit: str, entry: Entry, *, record_type: str, change: str) -> bool:
    """Whether a value of this kind can be a value of the entry at all (GUIDE: the kind must agree).

    A percentage that is a change may belong to any measure, a score to any indicator that is scored. Money and money by the month (元/月)
    may stand for each other. An unknown kind, and a bare number, agree with all.
    """
    if not kind or kind == entry.kind or unit in entry.units:
        return True
    if not unit and kind in ("count", "other", "rate"):
        return True  # a bare number, whose unit is not told
    if kind == "score":
        return record_type == "score" or entry.kind == "percent"
    if change and (kind == "percent" or kind == "other"):
        return True
    if {kind, entry.kind} == {"money", "rate"}:
        return unit.split("/")[0] == "元" and (not entry.units or entry.units[0].startswith("元"))
    if {kind, entry.kind} <= {"mass", "energy", "other"}:
        return not unit or not entry.units
    if kind == "count" and entry.kind == "rate":
        return any(other.split("/")[0] == unit for other in entry.units)
    if {kind, entry.kind} == {"count", "rank"}:
        return unit in {"名", "位", ""}
    return False


def unit_agreement(kind: str, unit: str, entry: Entry) -> float:
    """1 where the unit is one of the entry's, 0.3 where it is of their sort, -1 where both count things of different sorts, else 0."""
    if not unit or not entry.units:
        return 0.0
    if unit in entry.units:
        return 1.0
    if kind == "count" and entry.kind == "count":
        agreements = [same_family(unit, other) for other in entry.units]
        return 0.3 if True in agreements else 0.0 if None in agreements else -1.0
    return 0.3 if kind == entry.kind else 0.0


class Compatibility:
    """The answers of both functions for one taxonomy, kept once computed. Not more than some hundred kinds of values occur."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        classes: dict[tuple[str, tuple[str, ...]], int] = {}
        self._of_class: list[Entry] = []
        of_entry: list[int] = []
        for entry in taxonomy:
            key = (entry.kind, entry.units)
            if key not in classes:
                classes[key] = len(classes)
                self._of_class.append(entry)
            of_entry.append(classes[key])
        self._class_of = np.array(of_entry, np.int64)
        self._agree: dict[tuple[str, str, str, bool], npt.NDArray[np.bool_]] = {}
        self._unit: dict[tuple[str, str], npt.NDArray[np.float32]] = {}

    def agree(self, kind: str, unit: str, record_type: str, change: str) -> npt.NDArray[np.bool_]:
        """:func:`kinds_agree` for each entry."""
        key = (kind, unit, record_type, bool(change))
        if key not in self._agree:
            self._agree[key] = self._all(lambda entry: kinds_agree(kind, unit, entry, record_type=record_type, change=change)).astype(
                np.bool_
            )
        return self._agree[key]

    def unit(self, kind: str, unit: str) -> npt.NDArray[np.float32]:
        """:func:`unit_agreement` for each entry."""
        if (kind, unit) not in self._unit:
            self._unit[kind, unit] = self._all(lambda entry: unit_agreement(kind, unit, entry))
        return self._unit[kind, unit]

    def _all(self, ask: Callable[[Entry], float]) -> npt.NDArray[np.float32]:
        return np.array([ask(entry) for entry in self._of_class], np.float32)[self._class_of]
