"""Second stage of linking: every mention with every entry that it may mean, as rows of named features.

The rows of all mentions of a document are computed together, in arrays. The features know nothing of single entries, only how a mention and
an entry agree, so that a ranker trained on one taxonomy serves any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zhibiao.linking.candidates import CandidateIndex, Grams, Ints, Reals
from zhibiao.linking.mention import Query
from zhibiao.linking.shortlist import Shortlist, Shortlister
from zhibiao.linking.words import words
from zhibiao.schema import KINDS

#: What speaks for and against a pair, in the order of the columns; 0…1 where nothing else is said.
#:
#: exact: how exactly the wording is the name (:class:`~zhibiao.linking.candidates.Hit`), ending: the name ends in words that denote the entry,
#: tail: the name ends in the wording. cosine, then cover_wording and cover_name: the share of the wording that stands in the name and the
#: share of the name that stands in the wording (weights of n-grams). held: the characters of the longest core of any wording of the entry that stands
#: whole in the name; held_share: their share of the name; held_last: the name ends in it. cover_context: the share of the rest of the wording that stands in the
#: text around. head: the last two characters of the cores agree. front: the first two do. unit, unit_clash: :func:`unit_agreement`; no_unit.
#: domain: the passage speaks of the field of the entry, or the organisation does where the passage says nothing; other_domain: of others only;
#: general: a general field. direction: the target's sign contradicts the entry. lacks, adds: classes of modifiers that the name has and the
#: wording has not, and the other way round. default: the entry stands for records of this type that no wording names: 1 where the name is worded
#: as such (…项目, a bare office), 0.5 where it says nothing, -1 where it is a line of an account. rank: 1 for the nearest
#: by cosine, 1/2 for the next …; behind: how much less near than the nearest; others: the share of exact hits that lead elsewhere. Then what
#: the mention is: characters, kinds and types. growth: a change, and the entry is the growth of a measure. votes: the share of the
#: mentions around it that were linked to the field of the entry. prior: how often the entry was right where it was a candidate, as far as the
#: annotations tell (filled in by the linker; 0 for an entry that they do not know).
FEATURES = (
    "exact", "ending", "tail", "cosine", "cover_wording", "cover_name", "held", "held_share", "held_last", "cover_context", "head", "front", "unit", "unit_clash", "no_unit",
    "domain", "other_domain", "general", "direction", "lacks", "adds", "default", "rank", "behind", "others", "characters", "wording_characters",
    "percent", "money", "count", "is_budget", "is_score", "is_performance", "is_change", "growth", "same_kind", "score_entry", "prior", "votes",
)  # fmt: skip
_COLUMN = {name: i for i, name in enumerate(FEATURES)}
VOTES, PRIOR = _COLUMN["votes"], _COLUMN["prior"]
#: Signs of a target that contradict the direction of an entry.
_CONTRADICTS: dict[str, frozenset[str]] = {"higher": frozenset({"<=", "<"}), "lower": frozenset({">=", ">"})}
#: Mentions whose overlaps are computed together: what bounds the memory.
_AT_ONCE = 256
#: Mentions whose pairs are kept (a kilobyte each).
_KEPT = 16_384


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of a batch, those of one mention together: row ``r`` is mention ``mention[r]`` with the wording ``wording[r]`` of ``entry[r]``.

    ``rejected``: for each mention the entries that its words name but its kind rules out.
    """

    mention: Ints
    wording: Ints
    entry: Ints
    features: Reals
    rejected: tuple[tuple[int, ...], ...]


class _Block(NamedTuple):
    """The pairs of one mention: wordings, features (of the context none), rejected entries. Never changed once made."""

    wording: Ints
    features: Reals
    rejected: tuple[int, ...]


class PairMaker:
    """Makes the pairs of mentions with the entries of one taxonomy."""

    def __init__(self, index: CandidateIndex) -> None:
        self.index = index
        entries = index.taxonomy.entries
        self.shortlister = Shortlister(index)
        self.field_of, self.general = self.shortlister.field_of, self.shortlister.general
        self._kinds: dict[str, int] = {kind: i for i, kind in enumerate(KINDS)}
        self._kind_of = np.array([self._kinds[entry.kind] for entry in entries], np.int64)
        self._direction = np.array([{"higher": 1, "lower": -1}.get(entry.direction, 0) for entry in entries], np.int64)
        self._growth = np.array([bool(entry.change_of) for entry in entries])
        self._heads = _codes([w.core[-2:] for w in index.wordings])
        self._fronts = _codes([w.trimmed[:2] for w in index.wordings])
        self._characters = np.array([len(w.trimmed) for w in index.wordings], np.float32)
        cores: list[list[str]] = [[] for _ in entries]
        for w in index.wordings:
            if len(w.core) > 1 and w.core not in cores[w.entry]:
                cores[w.entry].append(w.core)
        self._kept: dict[tuple[object, ...], _Block] = {}
        self._cores = [tuple(sorted(found, key=len, reverse=True)) for found in cores]

    def forget(self) -> None:
        """Drop what is kept of mentions seen before; the pairs stay the same."""
        self._kept.clear()

    def make(self, queries: Sequence[Query], *, unseen: Sequence[bool] | None = None) -> Pairs:
        """All pairs of a batch of mentions. A name that says nothing has none.

        ``unseen``: for each mention whether wordings that are its very name are to be left out, as if the taxonomy had never met it (training).

        What depends on the words, the value and the fields that are spoken of is kept from one document to the next: reports of one kind name the
        same things. Only what the text around tells is computed anew.
        """
        domains = [self.shortlister.domain(q) for q in queries]
        keys = [_key(q, domain) for q, domain in zip(queries, domains, strict=True)]
        blocks: list[_Block | None] = [self._kept.get(key) if unseen is None else None for key in keys]
        wanted = [i for i, block in enumerate(blocks) if block is None]
        if wanted:
            fresh = self._blocks(
                [queries[i] for i in wanted], [domains[i] for i in wanted], [unseen[i] for i in wanted] if unseen else None
            )
            if len(self._kept) > _KEPT:
                self._kept.clear()
            for i, block in zip(wanted, fresh, strict=True):
                blocks[i] = block
                if unseen is None:
                    self._kept[keys[i]] = block
        made = [block for block in blocks if block is not None]
        mention = np.repeat(np.arange(len(queries)), [len(block.wording) for block in made])
        wording = np.concatenate([np.zeros(0, np.int64), *(block.wording for block in made)])
        features = np.concatenate([np.zeros((0, len(FEATURES)), np.float32), *(block.features for block in made)])
        if len(mention):
            features[:, _COLUMN["cover_context"]] = self._context(queries, mention, wording)
        return Pairs(mention, wording, self.index.entry_of[wording], features, tuple(block.rejected for block in made))

    def _blocks(self, queries: Sequence[Query], domains: Sequence[Reals | None], unseen: Sequence[bool] | None) -> list[_Block]:
        """The pairs of each mention by itself, all features but the context's filled in."""
        blank = words().empty
        names = self.index.gram_table(["" if q.trimmed in blank else q.trimmed for q in queries])
        lists = self.shortlister.make(queries, names, domains, unseen=unseen)
        lists = [Shortlist((), (), ()) if q.trimmed in blank or not q.folded else s for q, s in zip(queries, lists, strict=True)]
        sizes = [len(s.wordings) for s in lists]
        mention = np.repeat(np.arange(len(queries)), sizes)
        wording = np.array([w for s in lists for w in s.wordings], np.int64)
        entry = self.index.entry_of[wording]
        features = np.zeros((len(mention), len(FEATURES)), np.float32)
        if len(mention):
            given = np.array([row for s in lists for row in s.given], np.float32)
            features[:, _COLUMN["default"]], features[:, _COLUMN["others"]] = given[:, 1], given[:, 2]
            self._fill(features, queries, names, mention, wording, entry, given[:, 0])
            self._fill_fields(features, domains, mention, entry)
        ends = np.cumsum(sizes).tolist()
        return [
            _Block(wording[end - size : end], features[end - size : end], s.rejected)
            for end, size, s in zip(ends, sizes, lists, strict=True)
        ]

    def _fill(self, out: Reals, queries: Sequence[Query], names: Grams, mention: Ints, wording: Ints, entry: Ints, exact: Reals) -> None:
        """All features but those of fields and context."""
        shared = self._shared(names, mention, wording)
        grams = self.index.grams
        name_mass, wording_mass = np.maximum(names.mass[mention], 1e-6), np.maximum(grams.mass[wording], 1e-6)
        bounds = np.searchsorted(mention, np.arange(len(queries) + 1)).tolist()
        agreement = np.concatenate(
            [self.shortlister.compat.unit(q.kind, q.mention.unit)[entry[bounds[i] : bounds[i + 1]]] for i, q in enumerate(queries)]
        )
        said = np.array([self.shortlister.bits(q.modifiers) for q in queries], np.int64)[mention]
        theirs = self.shortlister.modifiers[wording]
        held, last = self._held(queries, mention, entry)
        cosine = shared / np.sqrt(name_mass * wording_mass)
        nearest, rank = _by_mention(cosine, bounds)
        # What each mention is by itself, as columns.
        told = np.array(
            [
                (
                    len(q.trimmed), not q.mention.unit, q.kind == "percent", q.kind == "money", q.kind == "count", q.mention.record_type == "budget",
                    q.mention.record_type == "score", q.mention.record_type == "performance", bool(q.change), self._kinds.get(q.kind, -1),
                    q.mention.op in _CONTRADICTS["higher"], q.mention.op in _CONTRADICTS["lower"],
                )
                for q in queries
            ],
            np.float32,
        ).T[:, mention]  # fmt: skip
        characters, no_unit, percent, money, count, is_budget, is_score, is_performance, is_change, kind, down, up = told
        direction, kinds = self._direction[entry], self._kind_of[entry]
        columns: dict[str, npt.NDArray[np.generic]] = {
            "exact": np.where(exact >= 0.8, exact, 0.0), "ending": exact == np.float32(0.7), "tail": exact == 0.5, "cosine": cosine,
            "cover_wording": shared / wording_mass, "cover_name": shared / name_mass,
            "head": _codes([q.core[-2:] for q in queries])[mention] == self._heads[wording],
            "front": _codes([q.trimmed[:2] for q in queries])[mention] == self._fronts[wording],
            "unit": np.maximum(agreement, 0), "unit_clash": np.minimum(agreement, 0), "no_unit": no_unit,
            "direction": np.where(direction == 1, down, np.where(direction == -1, up, 0)), "lacks": _bit_counts(said & ~theirs),
            "adds": _bit_counts(theirs & ~said), "rank": 1.0 / (1.0 + rank), "behind": nearest - cosine, "held": held,
            "held_share": held / np.maximum(characters, 1), "held_last": last, "characters": characters,
            "wording_characters": self._characters[wording], "percent": percent, "money": money, "count": count, "is_budget": is_budget,
            "is_score": is_score, "is_performance": is_performance, "is_change": is_change, "growth": is_change * self._growth[entry],
            "same_kind": kind == kinds, "score_entry": is_score * (kinds == self._kinds["score"]),
        }  # fmt: skip
        for name, values in columns.items():
            out[:, _COLUMN[name]] = values

    def _held(self, queries: Sequence[Query], mention: Ints, entry: Ints) -> tuple[Reals, Reals]:
        """For each pair the length of the longest core of the entry that stands in the name, and whether the name ends in it."""
        held, last = np.zeros(len(mention), np.float32), np.zeros(len(mention), np.float32)
        for r, (m, e) in enumerate(zip(mention.tolist(), entry.tolist(), strict=True)):
            name = queries[m].trimmed
            for words_ in self._cores[e]:
                if words_ in name:
                    held[r], last[r] = len(words_), queries[m].core.endswith(words_)
                    break
        return held, last

    def _shared(self, names: Grams, mention: Ints, wording: Ints) -> Reals:
        """For each pair the weight of the n-grams that name and wording share."""
        out = np.zeros(len(mention), np.float32)
        for begin, last, rows in _chunks(mention, len(names.mass)):
            mine, pair, columns, squares = self._spread(mention[rows] - begin, wording[rows])
            found = self._table(names, np.arange(begin, last))[mine[pair], columns]
            out[rows] = np.bincount(pair, squares * found, len(mine))
        return out

    def _context(self, queries: Sequence[Query], mention: Ints, wording: Ints) -> Reals:
        """For each pair how much of what the wording has beyond the name stands in the text around (the context and the section's title)."""
        names = self.index.gram_table([q.trimmed for q in queries])
        texts = {text: i for i, text in enumerate(dict.fromkeys(q.mention.context + q.mention.section for q in queries))}
        around = [text.lower().replace(" ", "") for text in texts]
        context_of = np.array([texts[q.mention.context + q.mention.section] for q in queries], np.int64)
        out = np.zeros(len(mention), np.float32)
        for begin, last, rows in _chunks(mention, len(queries)):
            mine, pair, columns, squares = self._spread(mention[rows] - begin, wording[rows])
            here, place = np.unique(context_of[begin:last], return_inverse=True)
            rest = ~self._table(names, np.arange(begin, last))[mine[pair], columns]
            told = self.index.gram_flags([around[i] for i in here.tolist()])[place[mine][pair], columns] & rest
            whole = np.bincount(pair, squares * rest, len(mine))
            out[rows] = np.bincount(pair, squares * told, len(mine)) / np.maximum(whole, 1e-6)
        return out

    def _spread(self, mine: Ints, wording: Ints) -> tuple[Ints, Ints, Ints, Reals]:
        """The n-grams of the wordings of some pairs, one after the other: (the mentions given, the pair of each gram, its column, its weight)."""
        grams = self.index.grams
        sizes = grams.starts[wording + 1] - grams.starts[wording]
        pair = np.repeat(np.arange(len(mine)), sizes)
        at = np.arange(len(pair)) - (np.cumsum(sizes) - sizes)[pair] + grams.starts[wording][pair]
        return mine, pair, grams.columns[at], grams.squares[at]

    def _table(self, grams: Grams, texts: Ints) -> npt.NDArray[np.bool_]:
        """Which grams each of some texts has, as a table of texts × grams."""
        out = np.zeros((len(texts), self.index.width), np.bool_)
        sizes = grams.starts[texts + 1] - grams.starts[texts]
        row = np.repeat(np.arange(len(texts)), sizes)
        at = np.arange(len(row)) - (np.cumsum(sizes) - sizes)[row] + grams.starts[texts][row]
        out[row, grams.columns[at]] = True
        return out

    def _fill_fields(self, out: Reals, domains: Sequence[Reals | None], mention: Ints, entry: Ints) -> None:
        nothing = np.zeros(len(self.shortlister.fields), np.float32)
        table = np.stack([nothing if d is None else d for d in domains])
        spoken = table[mention, self.field_of[entry]]
        general = self.general[entry]
        out[:, _COLUMN["domain"]] = np.where(general, 0, spoken)
        out[:, _COLUMN["other_domain"]] = ~general & (spoken == 0) & (table.max(1) > 0)[mention]
        out[:, _COLUMN["general"]] = general


def _key(query: Query, domain: Reals | None) -> tuple[object, ...]:
    """What the pairs of a mention depend on, the context left out."""
    m = query.mention
    budget = (m.name, bool(m.project)) if m.record_type == "budget" else ()
    said = b"" if domain is None else domain.tobytes()
    return query.folded, query.kind, m.unit, m.record_type, m.op, query.change, budget, query.modifiers, said


def _chunks(mention: Ints, count: int) -> Iterator[tuple[int, int, slice]]:
    """Mentions and their rows in pieces of bounded size: first mention, end, rows."""
    for begin in range(0, count, _AT_ONCE):
        last = min(count, begin + _AT_ONCE)
        yield begin, last, slice(*np.searchsorted(mention, (begin, last)).tolist())


def _codes(texts: Sequence[str]) -> Ints:
    """A number for each text of two characters at most; equal texts have equal numbers, empty ones -1."""
    return np.array([-1 if not t else ord(t[0]) * 0x110000 + (ord(t[1]) if len(t) > 1 else 0) for t in texts], np.int64)


def _bit_counts(numbers: Ints) -> Ints:
    out = np.zeros(len(numbers), np.int64)
    while numbers.any():
        out += numbers & 1
        numbers = numbers >> 1
    return out


def _by_mention(values: Reals, bounds: Sequence[int]) -> tuple[Reals, Ints]:
    """The greatest value of each row's mention, and the row's place among the rows of its mention (0 for the greatest).

    ``bounds``: where the rows of each mention begin, and the end.
    """
    sizes = np.diff(bounds)
    mention = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((-values, mention))
    first = np.asarray(bounds)[:-1][mention]
    rank = np.empty(len(values), np.int64)
    rank[order] = np.arange(len(values)) - first
    return values[order][first], rank
