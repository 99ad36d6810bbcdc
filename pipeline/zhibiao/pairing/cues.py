"""Loader of ``cues.toml``: the words that tell the role of a number and the borders of a name."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_SHAPE = {
    "role": ("initial", "budget", "executed", "budget_rate", "weight", "score", "spent", "plan"),
    "change": ("basis", "against", "verbs", "to", "from"),
    "name": ("scope", "front", "back", "light", "members", "bodies", "thin", "contrast", "sum", "owners", "aspects", "means", "rates"),
    "right": ("stop",),
}


@dataclass(frozen=True, slots=True)
class Cues:
    """The cue words, as sets, longest-first tuples and compiled patterns."""

    words: dict[str, frozenset[str]]
    #: By key, what a front word may begin with and what a back word may end with: most words of a text are passed by one look here.
    begins: dict[str, frozenset[str]]
    ends: dict[str, frozenset[str]]
    ending: dict[str, re.Pattern[str]]


def alternation(words: frozenset[str] | tuple[str, ...]) -> str:
    """A regex alternation, longest word first, so that the longest match wins."""
    return "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))


#: What may stand between a cue and its number. The signs and words of comparison are read by the quantity stage.
TAIL = r"(?:[：:，]|均|分别|各|共|合计|总计|约|为|是|达到?了?|了|有|超过?|突破|近|仅|已|在|不少于|不低于|不超过|≥|≤|=|>|<|至少|大于|小于|少于|低于|高于|多于|计|就|即|要求|：)*$"


@cache
def load_cues() -> Cues:
    """Read and check the shipped cue words.

    Raises ValueError where a section or key is unknown or missing, or a word stands twice in one key.
    """
    data = tomllib.loads(files("zhibiao.pairing").joinpath("cues.toml").read_text("utf-8"))
    if set(data) != set(_SHAPE):
        raise ValueError(f"cues.toml: sections are {sorted(data)}, expected {sorted(_SHAPE)}")
    words: dict[str, frozenset[str]] = {}
    for section, keys in _SHAPE.items():
        if set(data[section]) != set(keys):
            raise ValueError(f"cues.toml: [{section}] holds {sorted(data[section])}, expected {sorted(keys)}")
        for key in keys:
            listed = data[section][key]
            if doubles := sorted({w for w in listed if listed.count(w) > 1}):
                raise ValueError(f"cues.toml: [{section}] {key}: {', '.join(doubles)} stands twice")
            words[key] = frozenset(listed)
    ending = {key: re.compile(f"(?:{alternation(words[key])}){TAIL}") for key in _SHAPE["role"]}
    verbs, to = alternation(words["verbs"]), alternation(words["to"])
    against = alternation(words["against"])
    basis = alternation(words["basis"])
    # 同比(名义)增长, 比上年末增加, 较2020年的31个增加, 由上年…提高
    ending["change"] = re.compile(
        rf"(?:(?:{basis})|(?:{against})(?:(?:上|去|前|同)年|\d{{4}}年|年初|上年|计划|预算|全[国省市区县州]|[^，。；]{{0,4}}同期|[^，。；、]{{0,9}}?))*"
        rf"(?:{verbs})(?:[（/](?:{verbs})）?)?(?:了|约|近|超过|超|达|幅度)*$"
    )
    ending["to"] = re.compile(rf"(?:{verbs})(?:{to})(?:了|约|近|超过|超)*$")
    # 由645元, 由上年的645元, 从改革前的645元
    ending["from"] = re.compile(
        rf"(?:{alternation(words['from'])})(?:的)?(?:约|近)?$|(?<![自来])[由从][^，。；：、\d由从]{{1,7}}?(?:约|近)?$|(?<![占对])[较比][^，。；]{{0,9}}的$"
    )
    # 完成年度指标的124.57%: how much of the target was done
    ending["target_rate"] = re.compile(
        r"(?:超额)?(?:完成|达到|占|为)(?:了)?(?:全?年度?|年初|省定?|市定?|上级|下达)*(?:指标|目标|任务|计划)(?:任务|目标)?(?:数|值|量)?的$"
    )
    # 内设综合科、法规科(等)4个, 下属2个: members are listed, the number counts them, what they are stands behind it
    members = alternation(words["members"] | words["bodies"])
    ending["members"] = re.compile(rf"({members})(?:了|有|的)?(?:[^，。；：\d]*、[^，。；：\d]*?)?(?:等|共|计|的|在内)*$")
    # 增速高于全州11.9个百分点
    ending["versus"] = re.compile(r"(?:高于|低于|快于|慢于|高出|低出|优于)[^，。；]{1,10}$")
    begins = {key: frozenset(w[:n] for w in words[key] for n in range(1, len(w) + 1)) for key in ("front",)}
    ends = {key: frozenset(w[n:] for w in words[key] for n in range(len(w))) for key in ("back",)}
    return Cues(words, begins, ends, ending)
