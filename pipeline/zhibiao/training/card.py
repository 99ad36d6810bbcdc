"""The card of the shipped model: what it was made from, what it scores, what it cannot do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from zhibiao.nlp import Stages

from .evaluate import LABELS, Evaluation
from .scoring import Counts

_MAIN = ("quantity/full", "pair/pairs", "fact/facts")
_TEXT = """# 模型卡 Model card: zhibiao core

由 `zhibiao evaluate --card models/CARD.md` 写出，勿手改。_Written by the command._

## 是什么 What it is

`models/core` 是随附的管道：分词前先保护数量，条件随机场标注指标名与每个数量的角色，规则给出陈述，再由三个小网络（角色、指标名、目标与实际的配对）
与规则会合，逻辑回归给出置信度。用 `zhibiao.load()` 或 `spacy.load("models/core")` 装载；文件里只有 numpy 数组和 skops 存的 scikit-learn 对象，装载时不运行
pickle。_A spaCy pipeline: a linear-chain CRF tags indicator names and the roles of numbers; patterns find statements; three small networks decide
roles, names and pairs together with the patterns; a logistic regression gives the confidence._

| | |
| --- | --- |
| 版本 version | {version} |
| 训练段落 passages（train、dev） | {passages} |
| 标记 marks | {marks} |
| 标注的哈希 hash of the data | `{data}` |
| 配置的哈希 hash of the config | `{config}` |
| 特征版本 features | {features} |
| 大小 size | {size:.1f} MB |

重新训练：`make train`（两核几分钟）；同样的标注、配置和依赖得到同样的模型。`tests/training/test_model.py` 在模型与当前标注或配置不符时失败。

## 数据 Data

`annotations/corpus`：为本项目手写的段落，地名、数字均为虚构，没有一句取自真实报告；撰写人不同的部分作训练、调试和测试（`annotations/splits.json`），
测试部分从不参与训练。标注规则见 `annotations/GUIDE.md`，两人标注的一致性见 `docs/AGREEMENT.md`。

## 得分 Scores（测试部分 {tested} 段 passages of the test part）

{scores}
按版式、部门、置信度的表见 `docs/SCORES.md`；各种标注器的比较见 `docs/TRAINING.md`。

## 局限 Limits

- 训练文本是手写的，比真实报告密、短；在真实报告上，规则读得准的地方模型未必更准，所以两者相左时偏向规则（`models/config.cfg` 的 `lean_*`）。
- 表格按行读，不经模型；表格记录的置信度是同类记录在训练段落上的正确率。
- 文字目标（“按季度提供报告”）由规则读出，模型只判断数量。
- 置信度在撰写人不同的段落上校准；换一类文本（外文、口语、新闻）不可信。
- 只认简体中文（繁体、方言写法未训练）。
"""


def write_card(path: Path, model: Path, results: Mapping[Stages, Evaluation]) -> None:
    """Write the card of a model from its ``meta.json`` and the results on the test part, by stages (both, patterns, model)."""
    meta = json.loads((model / "meta.json").read_text("utf-8"))
    made = meta["zhibiao"]
    size = sum(file.stat().st_size for file in model.rglob("*") if file.is_file()) / 2**20
    tested = next(iter(results.values()))
    names: dict[Stages, str] = {"both": "规则＋模型 both", "patterns": "仅规则 patterns", "model": "仅模型 model"}
    rows = [f"| F1 | {' | '.join(names[name] for name in results)} |", f"| --- |{' ---: |' * len(results)}"]
    totals = {name: result.total() for name, result in results.items()}
    for measure in _MAIN:
        rows.append(f"| {LABELS[measure]} | {' | '.join(f'{totals[name].get(measure, Counts()).f1:.3f}' for name in results)} |")
    text = _TEXT.format(
        version=meta["version"], passages=made["passages"], marks=made["marks"], data=made["data"], config=made["config"],
        features=" / ".join(map(str, made["features"])), size=size, tested=len(tested.scored), scores="\n".join(rows) + "\n",
    )  # fmt: skip
    path.write_text(text, "utf-8")
