"""Training of the shipped pipeline: from ``models/config.cfg`` and the annotations to ``models/core``, and the check that it is theirs.

Deterministic: the same annotations, config and versions give the same model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from statistics import quantiles

from spacy import util
from spacy.language import Language
from spacy.util import registry

from zhibiao.annotate.markup import MarkedPassage
from zhibiao.indicators.component import FEATURES as TAGGER_FEATURES
from zhibiao.meeting.component import FEATURES as MEETING_FEATURES
from zhibiao.nlp import register
from zhibiao.schema import Report

from . import trainers
from .gold import gold_of
from .judging import right_record

_META = "meta.json"
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Origin:
    """What a model was made from: hashes of the passages it learned from and of the config, numbers of features, counts."""

    data: str
    config: str
    features: tuple[int, int]
    passages: int
    marks: int


def data_hash(passages: Sequence[MarkedPassage]) -> str:
    """A hash over the texts, marks and names of passages, whatever their order."""
    rows = sorted(
        json.dumps(
            [p.id, p.text, [[m.start, m.end, m.label, m.record, str(m.value), m.unit] for m in p.marks], sorted(p.names.items())],
            ensure_ascii=False,
        )
        for p in passages
    )
    return hashlib.sha256("\n".join(rows).encode("utf-8")).hexdigest()


def origin_of(config_path: Path, root: Path) -> Origin:
    """What a model made now would be made from. ``root``: the folder that the config's paths start from."""
    passages = trainers.training_passages(config_path, root)
    text = "\n".join(line for line in config_path.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#"))
    marks = sum(len(p.marks) for p in passages)
    return Origin(data_hash(passages), hashlib.sha256(text.encode()).hexdigest(), (TAGGER_FEATURES, MEETING_FEATURES), len(passages), marks)


def train(config_path: Path, out: Path, *, root: Path) -> Language:
    """Train the pipeline of a config and write it to ``out`` (replaced); paths of the config start from ``root``."""
    register()
    origin = origin_of(config_path, root)
    paths = util.load_config(config_path)["paths"]
    config = util.load_config(config_path, overrides={f"paths.{key}": str(root / path) for key, path in paths.items()})
    nlp = util.load_model_from_config(config, auto_fill=True)
    corpus = registry.resolve({"corpora": config.interpolate()["corpora"]})["corpora"]["train"]
    examples = list(corpus(nlp))
    nlp.initialize(lambda: examples)
    nlp.get_pipe("zhibiao_meeting").rates = table_rates(nlp, trainers.training_passages(config_path, root))  # type: ignore[attr-defined]
    nlp.meta["name"], nlp.meta["version"], nlp.meta["license"] = "core", version("zhibiao"), "MIT"
    nlp.meta["description"] = "zhibiao：指标名、数量角色与目标/实际配对 (indicator names, roles of numbers, target/actual pairs)"
    nlp.meta["zhibiao"] = {
        "data": origin.data, "config": origin.config, "features": list(origin.features), "passages": origin.passages, "marks": origin.marks,
    }  # fmt: skip
    for key, path in paths.items():  # no machine's paths in the stored config
        nlp.config["paths"][key] = path
        nlp.config["corpora"]["train"][key] = "${paths." + key + "}"
    if out.exists():
        rmtree(out)
    nlp.to_disk(out, exclude=["vocab"])
    return nlp


def table_rates(nlp: Language, passages: Sequence[MarkedPassage]) -> dict[str, float]:
    """How often records that no model judges (table rows, sides in words) are right, by their kind, over the training passages."""
    from zhibiao.extractor import Extractor
    from zhibiao.meeting.component import kind_of

    extractor = Extractor(nlp=nlp)
    by_writer: dict[str, dict[str, list[bool]]] = {}
    for passage in passages:
        gold = gold_of(passage).records
        document = extractor.extract(Report(passage.id, "", "", "text", passage.text))
        for r in document.records:
            if (kind := kind_of(r.method, r.target, r.actual)) is not None:
                judged = by_writer.setdefault(kind, {}).setdefault(passage.writer, [])
                judged.append(right_record(gold, r.target, r.actual, r.indicator))
    return {kind: round(_lower_quartile(list(found.values())), 4) for kind, found in sorted(by_writer.items())}


def _lower_quartile(groups: Sequence[Sequence[bool]]) -> float:
    """The share of right ones below which a quarter of the groups lie: a new hand is more often worse than the mean than better.

    One right and one wrong are added to each group, so that a kind that was hardly seen is not sure of anything.
    """
    return quantiles([(sum(g) + 1) / (len(g) + 2) for g in groups], n=4, method="inclusive")[0] if len(groups) > 1 else _HALF


def stale(model: Path, config_path: Path, *, root: Path) -> list[str]:
    """Why a shipped model does not come from the current annotations, config and code, one sentence each; empty where it does."""
    file = model / _META
    if not file.is_file():
        return [f"没有模型 {model.name}：请运行 make train (no model; run `make train`)"]
    made = json.loads(file.read_text("utf-8")).get("zhibiao", {})
    origin = origin_of(config_path, root)
    wanted = {"data": origin.data, "config": origin.config, "features": list(origin.features)}
    names = {"data": "标注 annotations", "config": "配置 config", "features": "特征版本 features"}
    return [
        f"模型 {model.name} 不是由当前的{names[key]}训练而来：请运行 make train (the model does not come from the current {key}; run `make train`)"
        for key, value in wanted.items()
        if made.get(key) != value
    ]
