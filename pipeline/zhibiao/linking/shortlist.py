"""Which entries a mention may mean: exact hits, the nearest wordings, and what stands for records of its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zhibiao.linking.candidates import AHEAD, CandidateIndex, Grams, Hit, Ints, Reals
from zhibiao.linking.compat import Compatibility
from zhibiao.linking.mention import GENERAL_DOMAINS, Query
from zhibiao.linking.wording import account_line, budget_words, domains_of, fold, modifiers
from zhibiao.linking.words import words

#: A hit at least this exact is covered by its wording.
COVERED = 0.7
#: A name of so many characters that is itself a wording of one entry needs no search; shorter ones (应急演练) may be another field's.
_SETTLED = 7
#: Combinations of fields for which the entries' lead is kept.
_KEPT_FIELDS = 256


class Shortlist(NamedTuple):
    """The entries that one mention may mean, each by its wording: how exact, how far a default, the share of equally exact hits on others.

    ``rejected``: entries that the words name but the kind of the value rules out.
    """

    wordings: tuple[int, ...]
    given: tuple[tuple[float, float, float], ...]
    rejected: tuple[int, ...]


class Shortlister:
    """Makes the shortlists of mentions for one taxonomy."""

    def __init__(self, index: CandidateIndex) -> None:
        self.index = index
        entries = index.taxonomy.entries
        self.compat = Compatibility(index.taxonomy)
        self.fields = {name: i for i, name in enumerate(sorted({entry.domain for entry in entries}))}
        self.field_of = np.array([self.fields[entry.domain] for entry in entries], np.int64)
        self.general = np.array([entry.domain in GENERAL_DOMAINS for entry in entries])
        self._bit = {name: 1 << i for i, name in enumerate(words().modifiers)}
        self._veto = self.bits(words().veto)
        self.modifiers = np.array([self.bits(modifiers(w.folded)) for w in index.wordings], np.int64)
        self._excluded = [frozenset(fold(word) for word in entry.excludes) for entry in entries]
        self._ids = {entry.id: i for i, entry in enumerate(entries)}
        #: The entry of a budget pair of a whole office, -1 where the taxonomy has none.
        self.whole = self._ids.get(words().budget.whole_id, -1)
        self._defaults = {name: tuple(self._ids[key] for key in keys if key in self._ids) for name, keys in words().defaults.items()}
        self._kept_ahead: dict[bytes, Reals] = {}

    def bits(self, names: frozenset[str]) -> int:
        """Classes of modifiers as the bits of a number."""
        return sum(self._bit[name] for name in names)

    def make(
        self, queries: Sequence[Query], names: Grams, domains: Sequence[Reals | None], *, unseen: Sequence[bool] | None = None
    ) -> list[Shortlist]:
        """The shortlists of some mentions. ``names``: their trimmed names as n-grams; ``domains``: see :meth:`domain`; ``unseen``: see
        :meth:`zhibiao.linking.pairs.PairMaker.make`."""
        allowed = [self.compat.agree(q.kind, q.mention.unit, q.mention.record_type, q.change) for q in queries]
        exact = [self.index.exact(q.folded, q.trimmed, q.kind) for q in queries]
        near = self._near(queries, names, allowed, domains, exact if unseen is None else [[]] * len(queries))
        hide = [q.trimmed if unseen is not None and unseen[i] else None for i, q in enumerate(queries)]
        return [self._of_one(q, exact[i], near[i], allowed[i], hide[i]) for i, q in enumerate(queries)]

    def _near(
        self, queries: Sequence[Query], names: Grams, allowed: Sequence[npt.NDArray[np.bool_]], domains: Sequence[Reals | None],
        exact: Sequence[Sequence[Hit]],
    ) -> list[Ints]:  # fmt: skip
        """The nearest wordings of each name; none for a long name that is itself a wording of one entry alone, which needs no search."""
        entry_of = self.index.entry_of
        wanted = []
        for i, query in enumerate(queries):
            named = {int(entry_of[hit.wording]) for hit in exact[i] if hit.exact == 1.0}
            if len(named) != 1 or len(query.folded) < _SETTLED or not allowed[i][next(iter(named))]:
                wanted.append(i)
        out = [np.zeros(0, np.int64)] * len(queries)
        found = self.index.search(names.only(wanted), [allowed[i] for i in wanted], [self._ahead(domains[i]) for i in wanted])
        for i, hits in zip(wanted, found, strict=True):
            out[i] = hits
        return out

    def _of_one(self, query: Query, hits: Sequence[Hit], near: Ints, allowed: npt.NDArray[np.bool_], hide: str | None) -> Shortlist:
        entry_of, wordings = self.index.entry_of, self.index.wordings
        exact: dict[int, tuple[int, float]] = {}
        out: list[int] = []
        for hit in hits:
            number = int(entry_of[hit.wording])
            if hide == wordings[hit.wording].trimmed:
                continue
            if not allowed[number]:
                out.append(number)
            elif number not in exact or exact[number][1] < hit.exact:
                exact[number] = (hit.wording, hit.exact)
        best = max((level for _, level in exact.values()), default=0.0)
        rivals = sum(level == best for _, level in exact.values())
        defaults = self._defaults_of(query)
        chosen = dict(exact)
        for w in near.tolist():
            if hide != wordings[w].trimmed:
                chosen.setdefault(int(entry_of[w]), (w, 0.0))
        for number in defaults:
            if allowed[number]:
                chosen.setdefault(number, (int(self.index.name_of[number]), 0.0))
        said = self.bits(query.modifiers) & self._veto
        kept, given = [], []
        for number, (w, level) in chosen.items():
            if self._excluded[number] and not self._excluded[number].isdisjoint((query.folded, query.trimmed)):
                continue
            if said and level < COVERED and number not in defaults and said & ~int(self.modifiers[w]):
                continue
            kept.append(w)
            given.append((level, defaults.get(number, 0.0), 1.0 - 1.0 / rivals if level == best and rivals else 0.0))
        return Shortlist(tuple(kept), tuple(given), tuple(dict.fromkeys(out)))

    def _defaults_of(self, query: Query) -> dict[int, float]:
        """The entries that stand for records of this type whatever their words (of a budget pair, a score, a cost by the piece), and how far
        the name is worded as such."""
        mention = query.mention
        kind = mention.record_type if mention.record_type in self._defaults else query.kind
        if kind != "budget":
            return dict.fromkeys(self._defaults.get(kind, ()), 0.5)
        name = mention.name.strip()
        meant = self._ids.get(budget_words(name, in_project=bool(mention.project)), -1)
        otherwise = -1.0 if account_line(name) else 0.5 if meant < 0 else 0.0
        return {number: 1.0 if number == meant else otherwise for number in self._defaults[kind]}

    def domain(self, query: Query) -> Reals | None:
        """How far each field is spoken of; None where nothing is said."""
        told = dict.fromkeys(query.owner, 0.5) if not query.context else query.context
        named = domains_of(query.mention.name)
        if not told and not named:
            return None
        out = np.zeros(len(self.fields), np.float32)
        for name, value in (*told.items(), *((name, 0.5) for name in named)):
            if name in self.fields:
                out[self.fields[name]] = max(out[self.fields[name]], value)
        return out

    def _ahead(self, domain: Reals | None) -> Reals | None:
        """What entries of the fields that are spoken of, and of general fields, have ahead in a search."""
        if domain is None:
            return None
        key = domain.tobytes()
        if key not in self._kept_ahead:
            if len(self._kept_ahead) >= _KEPT_FIELDS:
                self._kept_ahead.clear()
            spoken = np.where(self.general, np.float32(1), np.minimum(domain[self.field_of], np.float32(1)))
            self._kept_ahead[key] = (spoken * np.float32(AHEAD)).astype(np.float32)
        return self._kept_ahead[key]
