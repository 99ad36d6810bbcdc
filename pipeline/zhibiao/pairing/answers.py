"""Target and actual side by side in running text: "优良率应不小于60%，实评64.8%".

A number with a target's cue waits for its answer: the next number of the same measure that has an actual's cue, the same name, or no name
of its own. Targets told in whole zones (plans.py) are read before this.
"""

from __future__ import annotations

import re
from itertools import pairwise

from .clauses import Item
from .context import Context
from .drafts import Draft, Span, side, similar, words_side
from .names import is_content, strip_front, trim

#: Who or what set a target; a time alone (年初41.5%, 全年5件) sets none.
_SETTER = r"(?:省定|市定|县定|区定|省里|上级|下达|考核|预期|绩效|批复|合同|设计|规划|方案|协议|既定|设定|约定|计划|序时|任务书|申报|预定)"
_SOURCE = rf"(?:年初|年度|当年|本年|全年|原|{_SETTER})"
#: Right before the number: 年初计划(完成), 目标值为, 任务数, 应达到, 须不低于, 要求 …
CUE_TARGET = re.compile(
    rf"(?:{_SOURCE}*(?:(?<![按照])计划|目标|指标|任务|要求|预期|限额|上限|下限|控制数|控制线)(?:值|数|量|任务|完成|建设|实施|新增|要求|是|设为|设定|定)*|{_SOURCE}要求|(?<![按照]){_SETTER}(?:为|的)?|(?<![适相对反响供])应(?:当)?(?=[达完控为不低高超大小少≥≤])(?:达到?|完成|控制|为)?|须(?=[达不低高超大小少控])|需(?:达到|完成|控制)|力争|预期)"
    r"(?:的|为|是|：|，|至少|不少于|不低于|不小于|不超过?|不高于|不大于|不多于|低于|高于|少于|多于|大于|小于|达到?|在|控制在|完成|仅|约|≥|≤|=|>|<|“)*$"
)
#: 计划补助企业…, 年初计划新建…: a plan with words of its own before the number; it is a target only where an actual answers it
CUE_PLAN = re.compile(r"(?:年初|年度|全年|当年|本年|原|20\d\d年)*(?<![按照])计划(?![生》”性类外的])(?=[^，。；：]{1,16}$)")
_SIGN = re.compile(r"[≥≤]\s*$")
_FIRM = re.compile(r"(?:不少于|不低于|不小于|不超过?|不高于|不大于|不多于|不得[超低高多少]\w?|控制在|须[低高]于|至少)$")
CUE_ACTUAL = re.compile(
    r"(?:实际|实为|实有|实评|实测|实量|实建|实完|实发|实支|实付|实到|自评|评价|核定|核实|抽查|经查|年末|年底|全年|最终|现场|已|完成|达到?|测得|统计|验收|只|仅|均值|平均|竣工|决算|审定|结果|填报|报告|累计|截至|目前|现|得|做到|做了|落实|兑现|到位|发放|建成|开展|办理)"
)
_NOT_ANSWER = re.compile(
    r"(?:低于|高于|超出?|少于|多于|差|相差|超过|比|较|欠|短|缺|扣|占|其中|主因|原因|未)(?:目标|计划|考核|任务)?(?:值|数|线)?$"
)
#: Cues that make a target even where nothing answers: 预期不低于…, 力争达到 …
_GOAL = re.compile(
    r"(?:预期(?:目标)?|力争|(?:增长|年度|主要|工作)?目标)(?:值|为|是|：|达到?|完成|实现|不低于|不少于|增长|控制在|稳定在|保持在)*$"
)
_REACHED = re.compile(r"(?:全年|实际|年末|年底|年内|已|目前)")
_DONE, _FAR = re.compile(r"共|累计|完成|已|全年|当年|年内|新增"), 5
_NOTHING = re.compile(
    r"(?:以内|内)?[，；]((?:全年|实际|年内|本年)?[^，。；\d]{0,12}?)((?:没有|未|无)(?:发生|出现|产生)?[^，。；\d]{2,12})(?=[，。；]|$)"
)
_COMPARES = re.compile(r"(?:低于|高于|超过|优于|超额完成|超出|好于|未达到?|不及|完成了?|达到了?|比|较|少于|多于|短于|不足)[^，。；]{0,10}$")
_TARGET_BEHIND = re.compile(
    r"(?:以[上内下])?的?(?:省定|市定|县定|区定|年度|年初|既定|规定|合同|考核|约定|计划|预期|下达)*(?:要求|目标|约定|任务|标准|控制线|考核线|限额|上限|指标值|目标值|计划)"
)
_PLANS = re.compile(r"(?:年初|年度|全年|原)?(?:计划|目标|安排|确定|任务)(?:完成|为|是)?")
_ANSWER_LIST = re.compile(r"(?:分别|依次|实际|均)")
_EACH = re.compile(r"每(?!年|月|日|天|季)[一-龥]{1,4}?(?=[至不应须配有≥]|$)")
_BREAK = re.compile(r"[。；]")


def read_answers(ctx: Context) -> tuple[list[Draft], set[int]]:
    """Pairs told side by side, and the indexes of the items they used up."""
    drafts: list[Draft] = []
    used: set[int] = set()
    items, text = ctx.items, ctx.text
    firm = [_strength(text, item) for item in items]
    _read_lists(ctx, drafts, used)
    for i, item in enumerate(items):
        strength = firm[i]
        if i in used:
            continue
        if i and i - 1 not in used and (draft := _measured_against(ctx, i)):
            drafts.append(draft)
            used |= {i - 1, i}
            continue
        if not strength:
            if draft := _told_twice(ctx, i):
                drafts.append(draft)
                used |= {i, i + 1}
            continue
        name = _target_name(ctx, item)
        if not name:
            continue
        words = "".join(text[a:b] for a, b in name)
        answer = None
        for j in range(i + 1, min(i + 4, len(items))):
            other = items[j]
            between = text[item.q.end : other.q.start]
            stop = _BREAK.search(between)
            if stop and (stop[0] == "。" or j > i + 1 or len(between) > 24) and not _same_name(ctx, other, words):
                break
            if firm[j] == 2 and j != i + 1:
                break
            if firm[j] and not CUE_ACTUAL.search(_left(text, other)) and not _same_name(ctx, other, words):
                break
            if other.bracket >= 0 and other.bracket != item.bracket:
                continue
            if not _compatible(item, other):
                continue
            left = _left(text, other)
            if _EACH.search(_left(text, item)) and not _EACH.search(left):
                continue  # 每校至少1名, 全县配备74名: one of each against the sum
            if _NOT_ANSWER.search(left.rstrip("为了约 ")):
                continue
            if _answers(ctx, other, left, words):
                answer = j
                break
        told = _told_in_words(text, item, words) if answer is None else None
        goal = (strength == 3 and ctx.of_targets) or (strength == 2 and _GOAL.search(_left(text, item)))
        if answer is None and told is None and not goal:
            continue
        draft = Draft("performance", name, target=side(item.q))
        draft.start, draft.end = min(name[0][0], item.q.start), item.q.end
        if told is not None:
            draft.actual = words_side(text, *told)
            draft.end = told[1]
        if answer is not None:
            draft.actual = side(items[answer].q)
            draft.end = max(draft.end, items[answer].q.end)
            used.add(answer)
        used.add(i)
        drafts.append(draft)
    return drafts, used


def _runs(ctx: Context) -> list[list[int]]:
    """Items that stand in one list (A 60名、B 12期、C 200台), as runs of indexes; lone items are runs of one."""
    runs: list[list[int]] = []
    for i, item in enumerate(ctx.items):
        gap = ctx.text[ctx.items[i - 1].q.end : item.q.start] if i else ""
        if i and "、" in gap[:12] and not re.search(r"[，；。：]", gap):
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _read_lists(ctx: Context, drafts: list[Draft], used: set[int]) -> None:
    """计划招录辅警60名、开展训练12期，年末分别完成57名、14期: two lists of one length, answered item by item."""
    runs = _runs(ctx)
    for first, second in pairwise(runs):
        a, b = ctx.items[first[0]], ctx.items[second[0]]
        if len(first) < 2 or len(first) != len(second) or a.sentence != b.sentence:
            continue
        cue = _PLANS.search(ctx.text, a.left, a.q.start)
        if cue is None or not _ANSWER_LIST.search(ctx.text[a.q.end : b.q.start][-16:]):
            continue
        if any(ctx.items[t].q.unit != ctx.items[x].q.unit for t, x in zip(first, second, strict=True)):
            continue
        for t, x in zip(first, second, strict=True):
            item = ctx.items[t]
            ctx.consumed = 0
            name = ctx.plain_name(item._replace(left=max(item.left, cue.end()) if t == first[0] else item.left))
            if not name:
                continue
            draft = Draft("performance", name, target=side(item.q), actual=side(ctx.items[x].q))
            draft.start, draft.end = min(name[0][0], item.q.start), ctx.items[x].q.end
            drafts.append(draft)
            used |= {t, x}


def _told_twice(ctx: Context, i: int) -> Draft | None:
    """服务群众50万人次，全年服务群众已达100万人次: one name, one unit, the second clause tells what was reached."""
    if i + 1 >= len(ctx.items):
        return None
    first, second, text = ctx.items[i], ctx.items[i + 1], ctx.text
    if first.q.unit != second.q.unit or first.q.kind != second.q.kind or not _REACHED.match(_left(text, second)):
        return None
    between = text[first.q.end : second.left].strip()
    name = ctx.left_words(first)
    words = "".join(w.text for w in name)
    if _DONE.search(_left(text, first)) or not first.q.value or second.q.value / first.q.value > _FAR:
        return None  # 共铺装230公里，年末管道累计达6120公里: what was done in the year, and all there is
    if between not in ("，", "") or len(words) < 3 or similar(words, "".join(w.text for w in ctx.left_words(second))) < 0.72:
        return None
    draft = Draft("performance", ctx.span_of(name), target=side(first.q), actual=side(second.q))
    draft.start, draft.end = draft.name[0][0], second.q.end
    return draft


def _measured_against(ctx: Context, i: int) -> Draft | None:
    """执行率89.94%，低于95%的要求: the target stands behind, in a clause that compares."""
    text, item, before = ctx.text, ctx.items[i], ctx.items[i - 1]
    if not _TARGET_BEHIND.match(text, item.q.end) or not _compatible(item, before) or item.sentence != before.sentence:
        return None
    if not _COMPARES.search(_left(text, item)) or item.q.start - before.q.end > 24 or ctx.cues.ending["change"].search(_left(text, before)):
        return None
    words = ctx.left_words(before)
    if not any(is_content(w, ctx.cues) for w in words):
        return None
    draft = Draft("performance", ctx.span_of(words), target=side(item.q), actual=side(before.q))
    draft.start, draft.end = draft.name[0][0], item.q.end
    return draft


def _told_in_words(text: str, item: Item, words: str) -> Span | None:
    """故障时间不超过24小时，全年没有发生故障: the clause that answers in words that nothing happened."""
    match = _NOTHING.match(text, item.q.end)
    if match is None or not set(words) & set(match[2]):
        return None
    return trim(text, match.start(1), match.end(2))


def _left(text: str, item: Item) -> str:
    return text[item.left : item.q.start].strip()


def _strength(text: str, item: Item) -> int:
    """How sure the words before the number make it a target: 0 not, 1 firm comparison, 2 a target's cue, 3 a sign ≥ ≤."""
    left = _left(text, item)
    if left.endswith(("从", "由")):
        return 0  # 采购计划审核从10个工作日压缩到1个: an earlier value
    if item.q.kind == "money" and re.search(r"预算|决算|限额", left):
        return 0
    if _SIGN.search(left):
        return 3
    if CUE_TARGET.search(left):
        return 2
    if _FIRM.search(left) or CUE_PLAN.search(left):
        return 1
    return 0


def _target_name(ctx: Context, item: Item) -> list[Span]:
    """The measure that has the target: the words before the cue, or the clause before where the cue stands alone."""
    text = ctx.text
    left = text[item.left : item.q.start]
    if not CUE_TARGET.search(left) and not _SIGN.search(left) and (plan := CUE_PLAN.search(left)):
        return _planned_name(ctx, item, plan)
    match = CUE_TARGET.search(left) or _FIRM.search(left) or _SIGN.search(left)
    end = item.left + (match.start() if match else len(left))
    words = ctx.left_words(item, end)
    if any(is_content(w, ctx.cues) for w in words):
        return ctx.span_of(words)
    # ①除险加固小型水库，年初计划9座: the clause before names it
    before = item.left - 1
    if before > ctx.mark and text[before] in "，：（。—":
        start = max([text.rfind(s, ctx.mark, before) for s in "。；，：①②③④⑤⑥⑦⑧⑨⑩（）"] + [ctx.mark - 1]) + 1
        if not any(start <= other.q.start < before for other in ctx.items):
            words = ctx.index.slice(start, before)
            words = strip_front(words, text, ctx.cues)
            if any(is_content(w, ctx.cues) for w in words) and words[-1].end - words[0].start <= 24:
                return [trim(text, words[0].start, words[-1].end)]
    if not words and ctx.mark and ctx.title:
        return [ctx.title]
    if item.q.kind == "count" and (behind := [s for s in ctx.plain_name(item) if s[0] >= item.q.end]):
        return behind
    return []


def _planned_name(ctx: Context, item: Item, plan: re.Match[str]) -> list[Span]:
    """What a plan names on both sides of its cue: 企业家培育|计划|培训, 计划|新建公厕; the noun behind the number where both are verbs."""
    before = ctx.left_words(item, item.left + plan.start())
    after = ctx.left_words(item._replace(left=item.left + plan.end()))
    head = ctx.span_of(before) if any(is_content(w, ctx.cues) for w in before) else []
    if any(is_content(w, ctx.cues) for w in after) or head:
        return [*head, *ctx.span_of(after)]
    return ctx.plain_name(item._replace(left=item.left + plan.end())) or ctx.span_of(after)


def _compatible(target: Item, other: Item) -> bool:
    a, b = target.q, other.q
    if a.unit == b.unit:
        return True
    if a.kind == b.kind and a.kind in ("duration", "data", "length", "area", "rate"):
        return True
    if a.unit and a.unit.split("/")[0] == b.unit.split("/")[0]:
        return True
    return a.kind == b.kind and (not a.unit or not b.unit)


def _same_name(ctx: Context, other: Item, words: str) -> bool:
    own = "".join(w.text for w in ctx.left_words(other))
    return bool(own) and similar(own, words) >= 0.6


def _answers(ctx: Context, other: Item, left: str, words: str) -> bool:
    """Can this number be the actual of the target named ``words``?"""
    own = [w for w in ctx.left_words(other) if is_content(w, ctx.cues)]
    if not own:
        return True
    name = "".join(w.text for w in ctx.left_words(other))
    if similar(name, words) >= 0.6 and "其中" not in ctx.text[other.left - 4 : other.left + 4]:
        return True
    if len(name) <= 4 and all(w.tag.startswith(("v", "d", "a")) for w in own):
        return True  # 抽测97%, 算出3,642元: a verb of finding
    match = CUE_ACTUAL.search(left)
    return match is not None and match.start() <= 4 and sum(len(w.text) for w in own) <= 4
