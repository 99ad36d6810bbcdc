"""Training of the linker's ranker, and the check that a stored one comes from the current annotations.

Networks are fitted by five folds over writers first, so that the second one learns from votes, and the judge from answers, that were given
without having seen the hand. Deterministic.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zhibiao.annotate import markup
from zhibiao.annotate.links import read_links, read_mentions
from zhibiao.annotate.splits import load_splits
from zhibiao.extractor import Extractor
from zhibiao.linking.candidates import Ints, Reals
from zhibiao.linking.linker import Linker
from zhibiao.linking.mention import Query
from zhibiao.linking.pairs import FEATURES, Pairs
from zhibiao.linking.ranker import VERSION, Ranker, best_rows, chances, evidence
from zhibiao.linking.taxonomy import Taxonomy, load_taxonomy
from zhibiao.nets import Average, Floats, Judge

from .fit import fit_net
from .links import LinkCase, cases_of

_LAYERS, _ALPHA, _EPOCHS = (24,), 3e-3, 30
_FOLDS = 5
#: So many imagined cases of the common rate stand beside the seen ones of an entry.
_STRENGTH = 4.0
LINKS, _CORPUS, _SPLITS = Path("annotations/links"), Path("annotations/corpus"), Path("annotations/splits.json")


def link_cases(root: Path, *, extractor: Extractor | None = None) -> list[LinkCase]:
    """The cases of the project's link annotations under ``root``; with those under found names where an extractor is given.

    Mentions without a passage are cases of one, of the part train.
    """
    passages = {p.id: p for file in sorted((root / _CORPUS).rglob("*.txt")) for p in markup.parse(file.read_text("utf-8"))}
    marks = read_links(root / LINKS, ids=load_taxonomy())
    alone = read_mentions(root / LINKS / "mentions", ids=load_taxonomy())
    return [
        *cases_of(marks, passages, load_splits(root / _SPLITS), extractor=extractor),
        *(LinkCase(f"mention-{i}", f"mention-{i}", "train", (m,), (frozenset(links),), found=False) for i, (m, links) in enumerate(alone)),
    ]


def train_links(root: Path, out: Path) -> Ranker:
    """Train the ranker on the parts train and dev of the annotations under ``root`` and write it to ``out`` (replaced)."""
    cases = [case for case in link_cases(root, extractor=Extractor()) if case.part != "test"]
    ranker = fit_ranker(cases, load_taxonomy())
    ranker.about["data"] = links_hash(root / LINKS)
    if out.exists():
        rmtree(out)
    ranker.save(out)
    return ranker


def links_hash(folder: Path) -> str:
    """A hash over the link annotations of a folder, whatever their order."""
    rows = [json.dumps([m.passage, m.record, m.score, m.links], ensure_ascii=False) for m in read_links(folder)]
    rows += [json.dumps([repr(mention), links], ensure_ascii=False) for mention, links in read_mentions(folder / "mentions")]
    rows.sort()
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def stale_links(root: Path, folder: Path) -> list[str]:
    """Why a stored ranker does not come from the current link annotations and features, one sentence each; empty where it does."""
    file = folder / "about.json"
    if not file.is_file():
        return [f"没有链接模型 {folder.name}：请运行 make train (no ranker; run `make train`)"]
    about = json.loads(file.read_text("utf-8"))
    wanted = {"data": links_hash(root / LINKS), "features": list(FEATURES), "version": VERSION}
    names = {"data": "链接标注 links", "features": "特征 features", "version": "特征版本 version"}
    return [
        f"链接模型不是由当前的{names[key]}训练而来：请运行 make train (the ranker does not come from the current {key}; run `make train`)"
        for key, value in wanted.items()
        if about.get(key) != value
    ]


class _Examples:
    """The pairs of many cases, and whether each is right: 1, 0, or -1 where it is not judged."""

    def __init__(self, cases: Sequence[LinkCase], linker: Linker) -> None:
        self.cases = cases
        self.linker = linker
        self.queries = [[Query.of(m) for m in case.mentions] for case in cases]
        # Aliases were added for what the annotations say; half of the mentions must do without, as those of new reports will.
        self.pairs = [linker.maker.make(queries, unseen=[_hash(q.folded) % 2 == 0 for q in queries]) for queries in self.queries]
        self.labels = [_labels(case, pairs, linker.taxonomy) for case, pairs in zip(cases, self.pairs, strict=True)]
        self.folds = [_hash(case.writer) % _FOLDS for case in cases]

    def outside(self, fold: int) -> list[int]:
        return [i for i, f in enumerate(self.folds) if f != fold]

    def inside(self, fold: int) -> list[int]:
        return [i for i, f in enumerate(self.folds) if f == fold]

    def fit(self, features: Sequence[Reals], chosen: Sequence[int]) -> Average:
        kept = [self.labels[i] >= 0 for i in chosen]
        x = np.vstack([features[i][k] for i, k in zip(chosen, kept, strict=True)]).astype(np.float64)
        return fit_net(_LAYERS, _ALPHA, _EPOCHS, x, np.concatenate([self.labels[i][k] for i, k in zip(chosen, kept, strict=True)]))

    def priors(self, chosen: Sequence[int]) -> dict[str, float]:
        """For each entry that was a candidate the logarithm of how much more often than others it was right; few cases say little."""
        entries = self.linker.taxonomy.entries
        seen, right = np.zeros(len(entries)), np.zeros(len(entries))
        for i in chosen:
            judged = self.labels[i] >= 0
            np.add.at(seen, self.pairs[i].entry[judged], 1)
            np.add.at(right, self.pairs[i].entry[judged], self.labels[i][judged])
        base = right.sum() / max(1.0, seen.sum())
        rate = np.log((right + _STRENGTH * base) / (seen + _STRENGTH) / base)
        return {entry.id: round(float(value), 3) for entry, value, n in zip(entries, rate, seen, strict=True) if n}


def fit_ranker(cases: Sequence[LinkCase], taxonomy: Taxonomy) -> Ranker:
    """Fit the ranker on cases, whatever their part."""
    given = _Examples(cases, Linker(taxonomy, ranker=Ranker.untrained()))
    everything = list(range(len(cases)))
    for fold in range(_FOLDS):
        prior = given.priors(given.outside(fold))
        for i in given.inside(fold):
            given.linker.fill_priors(given.pairs[i], prior)
    plain = [pairs.features.copy() for pairs in given.pairs]
    for fold in range(_FOLDS):
        net = given.fit(plain, given.outside(fold))
        for i in given.inside(fold):
            given.linker.fill_votes(given.queries[i], given.pairs[i], chances(net, plain[i]))
    voted = [pairs.features for pairs in given.pairs]
    sure, none = _judges(given, voted)
    about = {"cases": len(cases), "blank": _blank(given), "prior": given.priors(everything)}
    return Ranker(given.fit(plain, everything), given.fit(voted, everything), sure, none, about)


def _blank(given: _Examples) -> float:
    """How often a mention without any candidate has no entry."""
    judged: list[bool] = []
    for case, pairs in zip(given.cases, given.pairs, strict=True):
        have = set(pairs.mention.tolist())
        judged += [not right for m, right in enumerate(case.right) if right is not None and m not in have]
    return round((sum(judged) + 1) / (len(judged) + 2), 4)


def _judges(given: _Examples, features: Sequence[Reals]) -> tuple[Judge, Judge]:
    """The probabilities that the best pair of a mention is right and that it has no entry, by answers of networks that had not seen the hand."""
    seen: list[Floats] = []
    right: list[Ints] = []
    none: list[Ints] = []
    for fold in range(_FOLDS):
        net = given.fit(features, given.outside(fold))
        for i in given.inside(fold):
            pairs = given.pairs[i]
            if not len(pairs.mention):
                continue
            score = chances(net, features[i])
            best = best_rows(score, pairs.mention, len(given.cases[i].mentions))
            have = best[best >= 0]
            judged = given.labels[i][have] >= 0
            seen.append(evidence(score, features[i], pairs.mention, have)[judged])
            right.append(given.labels[i][have][judged])
            none.append(np.array([not given.cases[i].right[m] for m in pairs.mention[have][judged].tolist()], np.int64))
    rows = np.vstack(seen)
    sure, nil = (
        Judge(make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=2_000)).fit(rows, np.concatenate(wanted)))
        for wanted in (right, none)
    )
    return sure, nil


def _labels(case: LinkCase, pairs: Pairs, taxonomy: Taxonomy) -> Ints:
    """1 right, 0 wrong, -1 not judged, for each pair. Of a change the measure is right too where its growth is."""
    base = {entry.id: entry.change_of for entry in taxonomy if entry.change_of}
    out = np.full(len(pairs.mention), -1, np.int64)
    for row, (m, e) in enumerate(zip(pairs.mention.tolist(), pairs.entry.tolist(), strict=True)):
        right = case.right[m]
        if right is not None:
            also = {base[key] for key in right if key in base} if case.mentions[m].change else set()
            out[row] = int(taxonomy.entries[e].id in right | also)
    return out


def _hash(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
