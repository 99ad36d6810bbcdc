"""What is only planned: numbers of the coming period, told with no word of having been reached, are targets and not facts.

"新的一年，力争接待游客3800万人次" states a target; a sentence that tells what was done ends the plan.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .clauses import mask
from .drafts import Draft, Span

#: Opens a plan that runs on over the sentences that follow.
_AHEAD = re.compile(
    r"(?:新的一年|明年|下一?年度?|今年|20\d\d年)[^。；]{0,24}?(?:我们将|将(?=[^。]{0,30}\d)|力争|拟(?=[^定])|(?:主要|总体|奋斗|工作|发展|预期)目标(?:是|为|：))"
    r"|(?:主要|总体|奋斗|发展)(?:预期)?目标(?:是|为|：)|预期目标(?:是|为|：)"
)
#: Opens a plan that ends with its sentence.
_MEANT = re.compile(
    r"力争|(?:下一?步|明年|下年度?|今后)[^。]{0,12}?(?:计划|拟|将|力争|争取|确保)|(?:预期|争取)(?=[^。，]{0,12}(?:达到|不低于|不少于|增长|突破))"
)
#: The plan of a year or a project, a sentence long, where the sentence tells nothing done.
_PLANNED = re.compile(r"(?:20\d\d年度?|全年|年初|年度|项目)计划(?![完生》”性类外的])(?=[^，。；：、]{1,16}\d)")
_DONE = re.compile(r"实际|实有|已|完成率|执行率|[，、](?:全年|共|累计)?(?:完成|建成|开展)|超额|达标")
_HEADING = re.compile(r"下一?步|明年|(?:20\d\d年|年度)?工作(?:计划|打算|安排)|预期目标|(?:主要|总体|发展|奋斗)目标|目标任务")
#: A clause with one of these tells what is, not what is meant.
_TOLD = re.compile(r"已|去年|上年|目前|截至|实际|同比|完成了|实现了|达到了|现有|累计|仅|回顾|自评|得分")
#: Without one of these no plan can open: a quick look spares the slow ones.
_ANY = ("将", "力争", "拟", "目标", "计划", "争取", "预期", "确保")
#: Words of planning at the edges of a name are no part of it (计划扶持剧目, 办件量目标拟).
_HEAD_WORDS = re.compile(r"(?:下一?步|(?:20\d\d|今|明)年|全年|年初)*(?:计划|力争|拟|争取|确保|将|预期|目标)+")
_TAIL_WORDS = re.compile(r"(?:计划|力争|拟|争取|确保|将|预期|目标)+(?:设?定?为|到|在)?$")
_SENTENCE = re.compile(r"[。！？]")


def plan_zones(text: str, heading: str = "") -> list[tuple[int, int]]:
    """Half-open stretches of ``text`` that tell plans; empty for nearly every passage."""
    if not _HEADING.search(heading) and not any(word in text for word in _ANY):
        return []
    masked = mask(text)
    out: list[tuple[int, int]] = []
    if _HEADING.search(heading):
        out.append((0, len(text)))
    elif match := _AHEAD.search(masked):
        out.append((match.start(), len(text)))
    edge = out[0][0] if out else len(text)
    for match in _MEANT.finditer(masked, 0, edge):
        stop = _SENTENCE.search(masked, match.end())
        out.append((match.start(), stop.start() if stop else len(text)))
    for match in _PLANNED.finditer(masked, 0, edge):
        stop = _SENTENCE.search(masked, match.end())
        end = stop.start() if stop else len(text)
        if not _DONE.search(masked, match.end(), end):
            out.append((match.start(), end))
    return out


def as_targets(text: str, drafts: Sequence[Draft], heading: str = "") -> None:
    """Turn the facts that lie in a plan into statements of a target, in place; budgets, scores and pairs are left alone."""
    zones = plan_zones(text, heading)
    if not zones:
        return
    masked = mask(text)
    for draft in drafts:
        value = draft.actual
        if draft.type != "fact" or value is None or draft.target is not None or value.start is None:
            continue
        if not any(a <= value.start < b for a, b in zones):
            continue
        begin = max(masked.rfind(sign, 0, value.start) for sign in "。；！") + 1
        if _TOLD.search(masked, begin, value.start):
            continue
        draft.type, draft.target, draft.actual, draft.change = "performance", value, None, ""
        draft.planned = True
        draft.name = _without_planning(text, draft.name)


def _without_planning(text: str, name: list[Span]) -> list[Span]:
    """The name without words of planning at its edges, as long as two characters are left."""
    if not name:
        return name
    (start, first_end), (last_start, end) = name[0], name[-1]
    if (head := _HEAD_WORDS.match(text, start, first_end)) and first_end - head.end() >= 2:
        name = [(head.end(), first_end), *name[1:]]
        last_start = name[-1][0]
    if (tail := _TAIL_WORDS.search(text, last_start, end)) and tail.start() - last_start >= 2:
        name = [*name[:-1], (last_start, tail.start())]
    return name
