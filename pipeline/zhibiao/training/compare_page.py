"""The page of the comparison: the table, the choice that the figures make, and what they were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import date

from zhibiao.annotate.splits import load_splits

from .compare_rows import DRAWS, FLOOR, PKUSEG_ROUNDS, ROUNDS, SAME_SPEED, SPLITS, Row, gap, gold_names
from .dataset import Block

_PAGE = """# 训练与选型 Training

由 `OMP_NUM_THREADS=1 .venv/bin/python -m zhibiao.training.compare --write docs/TRAINING.md` 写出，勿手改。指标名标注器由下表的数字选定。_Written by the command; the
tagger of indicator names is chosen by these figures._

## 数据 Data

{data}

撰写人按 `annotations/splits.json` 分开，同一人的段落不会既用于训练又用于评分；测试部分从未读取。_Parts are parts by writer; the test part is never read._

## 比较 Comparison

{table}

- F1：指标名首尾字符完全一致才算对；按字符比较，所以各种分词可以并列。_Exact stretches of characters._
- 差：与首行 F1 之差的 95% 区间（对开发部分的段落重抽 {draws} 次）；区间含 0 即不分上下。_95 % of the difference to the first row; level where it holds 0._
- 可及：首尾都落在词界上的指标名所占比例，即该分词下的上限。_Share of names whose edges are edges of words: the ceiling._
- 角色：数量角色的正确率；只有 CRF 同时给出角色，spaCy 各行只给名称。_Accuracy of roles; spaCy's rows give none._
- 轮数：spaCy 为遍历训练部分的次数，括号内是开发部分上最好、因而保留的一轮；CRF 为 L-BFGS 迭代次数。训练：处理器秒数，含自训分词模型与 CRF 特征。
  _Epochs (in brackets the one whose model was best on dev and is kept), or iterations of L-BFGS; processor seconds in all._
- 速度：单进程单线程，与同一轮 `jieba.cut` 对同一文本的速度相比，{rounds} 轮取中位数；“连同分词”含找数量与分词。_One process, one thread._
- 64/2/2000：网络的宽度/深度/散列行数；窗口未注明者为 1。_Width, depth, rows; window 1 unless told._
- pkuseg 模型用 `spacy_pkuseg.train` 在训练部分（jieba 切分）上训练 {pkuseg} 次迭代。_Trained on our own corpus as cut by jieba._

## 选择 Choice

规则 rule：连同分词不低于 jieba.cut 的 {floor} 倍（整个任务的目标速度）者之中，与 F1 最高者不分上下的，取最快的；速度相差不到 {same}% 视为相同，取 F1 高的。_Of
those that with segmentation reach {floor} of jieba's speed, the fastest that is level with the best; of speeds within {same} % the higher F1._

{choice}

## 重做 Repeat

    OMP_NUM_THREADS=1 .venv/bin/python -m zhibiao.training.compare --write docs/TRAINING.md

约需半小时（两个处理器）；`--results 文件.json` 记下已测的系统，中断后接着做；`--quick` 试跑两分钟，数字不作数。配置在 `models/ner.cfg`，可单独用于 `spacy train`。
_About half an hour; `--results` lets it go on after a break, `--quick` is a trial; `models/ner.cfg` works with `spacy train`._

## 局限 Limits

- 开发部分只有 {writers} 位撰写人，CRF 的正则系数也在其上选定。_Few writers on dev, on which CRF's regularisation was chosen too._
- 每个系统只用一个随机种子；spaCy 每次训练限约四分钟处理器时间；最好的一轮在末轮者，更久或许还会好些。_One seed; spaCy's runs are capped at
  about four minutes, and one whose best epoch is its last may not be at its end._
- spaCy 各行取开发部分上最好的一轮再在同一部分上评分，略偏高；CRF 不挑轮次。_spaCy's rows are scored on the part on which their best epoch was picked, which
  flatters them; the CRF picks none._
- 各 CRF 用同一套特征：窗口为前后三个词，单字时看得较近；pkuseg 与单字没有词性。_The same features over all words: over characters they see less far, and pkuseg and
  characters bring no parts of speech._
- spancat 的候选至多 8 个词，相互重叠时取分数高的。_Spans of 8 words at most; of those that overlap the best is kept._
- 机器 machine：{machine}
"""


def page(rows: Sequence[Row], data: str) -> str:
    """The page as Markdown; the first of ``rows`` is the shipped system. ``data``: :func:`data_lines`."""
    head = ["系统 system", "轮数 epochs", "P", "R", "F1", "差 difference", "可及 reach", "角色 roles", "训练 s", "标注 千字/秒 kch/s", "÷ jieba",
            "连同分词 ÷ jieba, with segmentation", "MB"]  # fmt: skip
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *(_cells(row, rows[0]) for row in rows)]
    return _PAGE.format(
        data=data, table="\n".join(f"| {' | '.join(cells)} |" for cells in lines), draws=DRAWS, rounds=ROUNDS, pkuseg=PKUSEG_ROUNDS, floor=FLOOR, same=round(100 * SAME_SPEED),
        choice=_choice_lines(rows), writers=len(load_splits(SPLITS).dev), machine=f"{os.cpu_count()} CPU，Python {platform.python_version()}，{date.today()}",
    )  # fmt: skip


def _cells(row: Row, first: Row) -> list[str]:
    c = row.total
    low, high = gap(first, row)
    return [
        row.name, str(row.epochs) if row.best is None else f"{row.epochs}（{row.best + 1}）", *(f"{v:.3f}" for v in (c.precision, c.recall, c.f1)), "—" if row is first else f"{low:+.3f} … {high:+.3f}",
        f"{row.reach:.3f}", "—" if row.roles is None else f"{row.roles:.3f}", f"{row.seconds:.0f}", f"{row.speed:.0f}",
        *(f"{r:.2f}" for r in row.ratio), f"{row.megabytes:.1f}",
    ]  # fmt: skip


def choose(rows: Sequence[Row]) -> Row:
    """The system chosen by the rule of the page; the speed does not count where none is fast enough."""
    fast = [r for r in rows if r.ratio[1] >= FLOOR] or list(rows)
    best = max(fast, key=lambda r: r.total.f1)
    level = [r for r in fast if gap(best, r)[1] >= 0]
    top = max(r.ratio[1] for r in level)
    return max((r for r in level if r.ratio[1] >= top * (1 - SAME_SPEED)), key=lambda r: r.total.f1)


def _choice_lines(rows: Sequence[Row]) -> str:
    """What was chosen, and for each other system what speaks against it."""
    chosen = choose(rows)
    lines = [f"**{chosen.name}**：F1 {chosen.total.f1:.3f}，连同分词为 jieba 的 {chosen.ratio[1]:.2f} 倍。其余 the others：", ""]
    for row in rows:
        if row is not chosen:
            low, high = gap(chosen, row)
            told = "较差 worse" if high < 0 else "较好 better" if low > 0 else "不分上下 level"
            speed = f"速度为其 {row.ratio[1] / chosen.ratio[1]:.2f} 倍" + ("，低于下限 below the floor" if row.ratio[1] < FLOOR else "")
            lines.append(f"- {row.name}：F1 {row.total.f1 - chosen.total.f1:+.3f}（{told}），{speed}")
    return "\n".join(lines)


def data_lines(parts: Sequence[tuple[str, Sequence[Block]]]) -> str:
    """A table of the sizes of the parts."""
    lines = [
        "| 部分 part | 撰写人 writers | 段落 passages | 含数量的段 blocks | 字 characters | 指标名 names |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, blocks in parts:
        passages = {b.passage.id: b.passage.writer for b in blocks}
        sizes = [
            len(set(passages.values())),
            len(passages),
            len(blocks),
            sum(len(b.text) for b in blocks),
            sum(len(gold_names(b)) for b in blocks),
        ]
        lines.append(f"| {name} | {' | '.join(f'{n:,}' for n in sizes)} |")
    return "\n".join(lines)
