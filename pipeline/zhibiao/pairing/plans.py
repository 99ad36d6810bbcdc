"""Plan and actual told in words: "年度指标值为A≥1、B≥2，实际完成A 3、B 4".

A passage that names its target side is read in zones: each zone opens with a cue (目标值为, 实际完成 …) and holds names and values.
Targets and actuals are matched one to one by name, unit and order; an actual without a target stays a fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .clauses import Item, mask
from .drafts import Draft, Span, side, similar, words_side
from .names import ITEM_TITLE, trim

#: Cues that open a target or an actual zone by themselves; the weaker words (计划, 目标, 实际) need the other side to follow.
_AFTER = r"(?=[为：:是达≥≤=<>“\d]|设定|确定|核定|不[低少超高]|大于|小于)"
_TARGET = re.compile(
    rf"(?:当?年度?|全年|年初|预期|绩效|设定|考核|计划|原定)*(?:绩效)?(?:指标值|目标值|计划值|计划数|任务数|目标数|绩效目标值|预期值|设定值){_AFTER}(?:设定|确定|核定)?(?:为|是|：|:)?"
    r"|(?<=：)(?:当?年度?|年初)?(?:指标值|目标值|计划值)|(?:年度|年初|全年|原)(?:计划|目标|任务)(?:完成|为|：)|指标：|(?<![0-9])目标为|(?:计划|目标|任务)：|原计划|年初设定"
)
#: A word without which none of the target's cues can stand: one quick look spares the slow ones.
_ANY_TARGET = re.compile(r"[标划务数期定][值为：]|计划|目标|任务|指标：|应(?:完成|达到)|年初设定")
_ACTUAL = re.compile(
    r"(?:全年|年度|年内|最终|年底|年末)?(?:实际(?:完成)?(?:指标)?值|(?:指标|自评)?(?:实际)?完成值|实际完成(?:情况|数)?|实际达到|实际实现|完成情况(?=[为：:])|全年完成|全年实际|实际)(?:为|：|:|达到?)?|已完成|年底实际"
)
_WEAK_TARGET = re.compile(
    r"(?:年度|年初|全年|原|本年)?(?<![行助推])计划(?![生》”性类外])(?:完成|开展|实施|培训|补助|新建|建设|支持)?|应(?:完成|达到)"
)
_SENTENCE = re.compile(r"[。！？]")
_HEAD_END = re.compile(r"[：:]")
NamesOf = Callable[[Item, int], list[Span]]


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of the passage that tells one side: ``start`` after the cue, ``cue`` where the cue begins."""

    target: bool
    cue: int
    start: int
    end: int
    weak: bool = False


def zones(text: str) -> list[Zone]:
    """The target and actual zones of a passage, in order; empty where the passage names no target side."""
    if not _ANY_TARGET.search(text):
        return []
    masked = mask(text)
    marks: list[tuple[int, int, bool]] = []
    for match in _TARGET.finditer(masked):
        marks.append((match.start(), match.end(), True))
    weak = not marks
    if weak:
        for match in _WEAK_TARGET.finditer(masked):
            actual = _ACTUAL.search(masked, match.end(), min(len(masked), match.end() + 60))
            if actual and "。" not in masked[match.end() : actual.start()]:
                marks.append((match.start(), match.end(), True))
        if not marks:
            return []
    for match in _ACTUAL.finditer(masked):
        if not any(a < match.end() and match.start() < b for a, b, _ in marks):
            marks.append((match.start(), match.end(), False))
    marks.sort()
    # A repeated cue (年度指标值为年度指标值为) opens one zone; an actual cue before any target cue opens none.
    out: list[Zone] = []
    for k, (cue, start, target) in enumerate(marks):
        if not target and not out:
            continue
        following = marks[k + 1][0] if k + 1 < len(marks) else len(text)
        end = following
        if not target or following == len(text):
            stop = _SENTENCE.search(masked, start, following)
            if (stop and (not target or out)) or stop:
                end = stop.start()
        if out and out[-1].target == target and out[-1].end == cue and not masked[out[-1].start : cue].strip("，为：") and target:
            out[-1] = Zone(True, out[-1].cue, start, end)
            continue
        out.append(Zone(target, cue, start, end, weak and target))
    return out


def _head(text: str, first: int, mark: int) -> Span | None:
    """The item's title before its colon: （1）热线工单按时办结率：年度指标值为…"""
    end = first
    colons = list(_HEAD_END.finditer(text, mark, first))
    if not colons:
        a, b = trim(text, mark, end)
        title = ITEM_TITLE.match(text, mark, first) if mark else None
        if title and not re.search(r"[；。]", text[title.end() : first]):
            return title.span(1)
        stop = max(text.rfind(s, a, b) for s in "，。；")
        if stop >= 0:
            a = stop + 1
        return (a, b) if 2 <= b - a <= 40 else None
    match = colons[-1]
    clause = max(text.rfind(sign, match.end(), first) for sign in "；。")
    if clause >= 0:  # 原因：…；参展商满意度，目标值: the title is past, the last clause names it
        after = trim(text, clause + 1, first)
        return after if 2 <= after[1] - after[0] <= 40 and "，" not in text[slice(*after)] else None
    after = trim(text, match.end(), first)
    if after[1] - after[0] >= 3 and not re.search(r"[，；]", text[slice(*after)]):
        return after
    a, b = trim(text, mark, match.start())
    stop = max(text.rfind(s, a, b) for s in "。；")
    if stop >= 0:
        a = stop + 1
    return (a, b) if b - a >= 2 else None


def read_plan(text: str, items: Sequence[Item], *, mark: int, names_of: NamesOf) -> tuple[list[Draft], set[int]]:
    """Records told in target and actual zones, and the indexes of the items they used up.

    ``names_of(item, start)`` gives the name spans of an item whose own words begin at ``start`` at the earliest.
    """
    found = zones(text)
    if not found:
        return [], set()
    drafts: list[Draft] = []
    used: set[int] = set()
    k = 0
    while k < len(found):
        if not found[k].target:
            k += 1
            continue
        targets = [found[k]]
        k += 1
        actuals: list[Zone] = []
        while k < len(found) and not found[k].target:
            actuals.append(found[k])
            k += 1
        if not actuals or "。" in text[targets[0].start : actuals[0].cue] or not _plain_zone(text, targets[0]):
            continue  # told side by side: answers.py reads it
        if _OWN_CUE.search(text, targets[0].start, actuals[0].cue):
            continue
        if targets[0].weak and len(_in(items, targets[0])) < 2:
            continue
        before = max([0, *(d.end for d in drafts)])
        head = _head(text, targets[0].cue, max(mark, before))
        group, taken = _group(text, items, targets[0], actuals, head, names_of)
        drafts.extend(group)
        used |= taken
    return drafts, used


_OTHER_SIDE = re.compile(r"全年|均值|实为|实评|自评|年末|扣|主因|因为|由于|原因")


#: After a semicolon a target zone that names a target's or an actual's cue again holds several statements side by side.
_OWN_CUE = re.compile(r"；.*?(?:目标|计划|任务|要求|完成|达到)")


def _plain_zone(text: str, zone: Zone) -> bool:
    """Does the target zone tell targets only?"""
    return not _OTHER_SIDE.search(text[zone.start : zone.end])


def _in(items: Sequence[Item], zone: Zone) -> list[int]:
    return [i for i, item in enumerate(items) if zone.start <= item.q.start < zone.end]


def _group(
    text: str, items: Sequence[Item], target: Zone, actuals: Sequence[Zone], head: Span | None, names_of: NamesOf
) -> tuple[list[Draft], set[int]]:
    t_index = _in(items, target)
    a_index = [i for zone in actuals for i in _in(items, zone)]
    if not actuals and t_index:
        # 年度指标值为投诉处理率≥95%；全年投诉处理率100%: the second clause answers without a cue
        first_stop = re.search(r"[；，]", text[items[t_index[0]].q.end : target.end])
        if first_stop:
            edge = items[t_index[0]].q.end + first_stop.start()
            a_index = [i for i in t_index if items[i].q.start > edge]
            rest = [i for i in t_index if i not in a_index]
            names = {i: _words(text, names_of(items[i], target.start)) for i in t_index}
            answers = [a for a in a_index if any(similar(names[a], names[t]) >= 0.6 and items[a].q.unit == items[t].q.unit for t in rest)]
            if answers:
                t_index, a_index = [i for i in t_index if i < answers[0] and i in rest], [i for i in a_index if i >= min(answers)]
            else:
                a_index = []
    used: set[int] = set()
    drafts: list[Draft] = []
    head_words = text[head[0] : head[1]] if head else ""
    spans = {
        i: names_of(
            items[i],
            target.start if i in t_index else next((z.start for z in actuals if z.start <= items[i].q.start < z.end), items[i].left),
        )
        for i in [*t_index, *a_index]
    }
    if t_index:
        matches = _match(text, items, t_index, a_index, spans, head_words)
        for t in t_index:
            a = matches.get(t)
            name = (
                spans[t]
                or ([head] if head and len(t_index) == 1 else [])
                or (spans[a] if a is not None else [])
                or ([head] if head else [])
            )
            if head and len(t_index) == 1 and name and _words(text, name) != head_words and _better(head_words, _words(text, name)):
                name = [head]
            if not name:
                continue
            draft = Draft("performance", name, target=side(items[t].q), actual=side(items[a].q) if a is not None else None)
            if a is None and len(t_index) == 1 and not a_index and actuals:
                words = trim(text, actuals[0].start, actuals[0].end)
                if words[1] > words[0]:
                    draft.actual = words_side(text, *words)
            _extent(draft, head, items[t], items[a] if a is not None else None)
            drafts.append(draft)
            used.add(t)
            if a is not None:
                used.add(a)
    elif head:
        words = trim(text, target.start, target.end)
        if words[1] - words[0] >= 2:
            draft = Draft("performance", [head], target=words_side(text, *words))
            if len(a_index) == 1:
                draft.actual = side(items[a_index[0]].q)
                used.add(a_index[0])
            elif actuals:
                told = trim(text, actuals[0].start, actuals[-1].end)
                if told[1] > told[0]:
                    draft.actual = words_side(text, *told)
            if draft.actual is None:
                return [], set()
            draft.start, draft.end = head[0], max(words[1], draft.actual.end or 0 if draft.actual else 0)
            drafts.append(draft)
    return drafts, used


def _better(head: str, own: str) -> bool:
    """Is the item's title a better name than the words in the zone? Only where those are a mere piece of it."""
    return len(own) < 3 and len(head) <= 20


def _words(text: str, spans: Sequence[Span]) -> str:
    return "".join(text[a:b] for a, b in spans)


def _extent(draft: Draft, head: Span | None, target: Item, actual: Item | None) -> None:
    draft.start = min(a for a, _ in [*draft.name, (target.q.start, 0)])
    draft.end = max(target.q.end, actual.q.end if actual else 0)


def _match(
    text: str, items: Sequence[Item], targets: Sequence[int], actuals: Sequence[int], spans: dict[int, list[Span]], head: str
) -> dict[int, int]:
    """One-to-one: target index → actual index, best agreement of name, unit and order first."""
    scored: list[tuple[float, int, int]] = []
    for n, t in enumerate(targets):
        t_name = _words(text, spans[t]) or head
        for m, a in enumerate(actuals):
            a_name = _words(text, spans[a])
            name = similar(t_name, a_name) if a_name else 0.35
            same = items[t].q.unit == items[a].q.unit
            same = same or items[t].q.unit.split("/")[0] == items[a].q.unit
            kind = same or items[t].q.kind == items[a].q.kind or not items[t].q.unit or not items[a].q.unit
            if not kind and name < 0.8:
                continue
            order = 1.0 if (n == m and len(targets) == len(actuals)) else 0.6 if (n == m) else 0.0
            value = name + 0.6 * same + 0.5 * order + 0.1 * kind - 0.02 * abs(n - m)
            if value >= 0.75:
                scored.append((value, t, a))
    out: dict[int, int] = {}
    taken: set[int] = set()
    for _, t, a in sorted(scored, key=lambda x: (-x[0], x[1], x[2])):
        if t not in out and a not in taken:
            out[t] = a
            taken.add(a)
    return out
