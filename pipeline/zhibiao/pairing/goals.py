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
#: A heading of plans, right above a passage; and one further up, of a chapter whose parts have headings of their own.
_HEADING = re.compile(
    r"下一?步|20\d\d年[^，。]{0,12}预算（?草案|明年|(?:20\d\d年|年度)?工作(?:计划|打算|安排)|预期目标|(?:主要|总体|发展|奋斗|年度|周期)目标|目标任务"
)
_CHAPTER = re.compile(
    r"(?:下一?步|明年|下一?年度?|今后|下一?阶段)[^，。]{0,16}?(?:工作|计划|打算|安排|思路|举措|措施|重点|任务|目标|建议|展望)$"
    r"|(?:20\d\d年|“十[四五六]五”)[^，。]{0,16}?(?:计划|打算|安排|思路|目标|目标任务|建议|展望|预算(?:（?草案）?|安排)?)$"
    r"|工作(?:打算|思路|安排)$"
)
#: … unless it tells of what was done.
_LOOKS_BACK = re.compile(r"完成|回顾|总结|情况|成效|进展|落实|执行|成绩|开展|取得|做法|评价|问题|不足|困难|短板|原因")
#: A clause with one of these tells what is, not what is meant.
_TOLD = re.compile(r"已|去年|上年|目前|截至|实际|同比|完成了|实现了|达到了|现有|累计|仅|回顾|自评|得分")
#: Without one of these no plan can open: a quick look spares the slow ones.
_ANY = ("将", "力争", "拟", "目标", "计划", "争取", "预期", "确保")
#: Words of planning at the edges of a name are no part of it (计划扶持剧目, 办件量目标拟).
_HEAD_WORDS = re.compile(r"(?:下一?步|(?:20\d\d|今|明)年|全年|年初)*(?:计划|力争|拟|争取|确保|将|预期|目标)+")
_TAIL_WORDS = re.compile(r"(?:计划|力争|拟|争取|确保|将|预期|目标|安排)+(?:设?定?为|到|在)?$")
_SENTENCE = re.compile(r"[。！？]")


def plans_ahead(section: Sequence[str]) -> bool:
    """Do the headings that a passage stands under, outermost first, tell of what is to come?

    >>> plans_ahead(["二、2024年工作安排", "扩大有效投资"]), plans_ahead(["一、2023年重点工作完成情况", "扩大有效投资"])
    (True, False)
    """
    return bool(section) and (
        (_HEADING.search(section[-1]) is not None and not _LOOKS_BACK.search(section[-1]))
        or any(_CHAPTER.search(above) and not _LOOKS_BACK.search(above) for above in section[:-1])
    )


def plan_zones(text: str, section: Sequence[str] = ()) -> list[tuple[int, int]]:
    """Half-open stretches of ``text`` that tell plans; empty for nearly every passage. ``section``: the headings above, outermost first."""
    ahead = plans_ahead(section)
    if not ahead and not any(word in text for word in _ANY):
        return []
    masked = mask(text)
    out: list[tuple[int, int]] = []
    if ahead:
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


def as_targets(text: str, drafts: Sequence[Draft], section: Sequence[str] = ()) -> None:
    """Turn the facts that lie in a plan into statements of a target, in place; budgets, scores and pairs are left alone."""
    zones = plan_zones(text, section)
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
        told = _TOLD.search(masked, begin, value.start)
        if told is not None and not (told[0] == "累计" and value.op in (">=", "<=")):
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
