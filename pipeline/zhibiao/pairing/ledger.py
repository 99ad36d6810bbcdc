"""Budgets, what was spent of them, and scores: figures that answer one another over several clauses.

A budget waits for its execution (年初预算 … 支出决算 …), full marks wait for the score (分值 … 自评得分 …).
"""

from __future__ import annotations

import re

from .clauses import Item
from .context import Context
from .drafts import Draft, Span, side, similar
from .names import TIME, after_year, is_content, strip_back, strip_front, trim

#: 一般公共服务支出（类）财政事务（款）行政运行（项）: the item is what the money is for
_FUNCTION_ITEM = re.compile(r"([^（）]+)（项）[^（）]*$")
_FUNCTION_NAMED = re.compile(r"([^（）。；：，、“”]{2,30})（项）")
_THIS = re.compile(r"(?:该|此|本|其)(?:项|指标|部分|二级指标|一级指标)?(?:指标)?$")
_THIS_TASK = re.compile(r"(?:该|此|本)项?(?:任务|工作|指标)$")
_ROLE_TAIL = re.compile(r"(?:的|为|达|共|合计|均|分别|：|，|、)+$")


class Ledger:
    """The open budgets and scores of one passage."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.open_budgets: list[Draft] = []
        self.open_weights: list[Draft] = []
        self.parts_of = ""  # role of the head whose 其中 parts are being told
        self.cue_of: dict[int, Span] = {}  # a budget's own word (预算, 预算资金), part of its name where no spending follows

    def close(self) -> None:
        """At the end of the passage: a budget that found no execution takes its own word into its name (政府采购 → 政府采购预算)."""
        for draft in self.open_budgets:
            if draft.actual is None and draft.name and (cue := self.cue_of.get(id(draft))):
                draft.name = [*draft.name[:-1], (draft.name[-1][0], cue[1])]

    def budget_subject(self, item: Item, left: str, role: str) -> list[Span]:
        """What the budgeted or spent money is for: the left words without the role's own words."""
        match = self.ctx.cues.ending[role].search(left)
        if match is None:  # 政府采购预算520万元，实际采购486万元: a bare verb of spending
            return []
        words = (
            strip_front(
                self.ctx.index.slice(max(item.left, self.ctx.consumed, self.ctx.mark), item.left + match.start()),
                self.ctx.text,
                self.ctx.cues,
            )
            if match.start()
            else []
        )
        words = strip_back(words, self.ctx.cues)
        if role == "executed" and match[0].startswith(("支出数", "支出决算", "支出执行", "收入决算")) and words:
            words = [*words, *self.ctx.index.slice(item.left + match.start(), item.left + match.start() + 2)]
        if not any(is_content(w, self.ctx.cues) or w.text in ("支出", "收入") for w in words):
            return []
        if (
            self.ctx.mark
            and item is self.ctx.items[0]
            and role != "executed"
            and not re.search(r"[。；：]", self.ctx.text[self.ctx.mark : item.left])
            and 0 < item.left - self.ctx.mark <= 40
        ):
            end = words[-1].end
            task = _THIS_TASK.search(self.ctx.text, self.ctx.mark, end)  # the item's name and 该项任务 behind it
            return [trim(self.ctx.text, self.ctx.mark, task.start() if task and task.start() - self.ctx.mark >= 4 else end)]
        if role != "executed" and words[-1].text in ("年初", "全年", "年度"):
            words = words[:-1]
        name = self.ctx.span_of(after_year(words, self.ctx.text))
        if name and _THIS_TASK.fullmatch(self.ctx.text, *name[0]):
            return []  # what the heading names
        return name

    def on_initial(self, item: Item, left: str) -> None:
        self.budget(item, left, "initial")

    def on_budget(self, item: Item, left: str) -> None:
        self.budget(item, left, "budget")

    def waits(self, item: Item, *, first: bool = False) -> bool:
        """Is the last budget of this sentence without its spending (``first``: and may it still be adjusted)?"""
        if not self.open_budgets:
            return False
        last = self.open_budgets[-1]
        return last.actual is None and (last.initial or not first) and "。" not in self.ctx.text[last.end : item.q.start]

    def on_adjusted(self, item: Item, left: str) -> None:
        """The first budget gives way to the one it was adjusted to."""
        last = self.open_budgets[-1]
        last.target, last.initial, last.end = side(item.q), False, item.q.end

    def budget(self, item: Item, left: str, role: str) -> None:
        name = self.budget_subject(item, left, role)
        words = "".join(self.ctx.text[a:b] for a, b in name)
        if self.parts_of == "executed":
            known = self.match_budget(words, 0.75) if words else None
            if known is not None:
                known.actual = side(item.q)
                known.end = max(known.end, item.q.end)
                self.open_budgets.remove(known)
                return
        if role == "budget" and self.open_budgets:
            last = self.open_budgets[-1]
            if (
                last.initial
                and (not words or words in ("支出", "收入") or similar(words, last.words(self.ctx.text)) >= 0.6)
                and last.actual is None
            ):
                last.target, last.initial = side(item.q), False
                last.end = item.q.end
                return
        match = self.ctx.cues.ending[role].search(left)
        assert match is not None
        draft = Draft("budget", name, target=side(item.q), initial=role == "initial")
        cue = trim(self.ctx.text, item.left + match.start(), item.left + match.start() + len(_ROLE_TAIL.sub("", match[0])))
        if not name and (found := re.search(r"(?:支出|收入)预算", self.ctx.text[slice(*cue)])):
            draft.name = name = [(cue[0] + found.start(), cue[1])]
        if not name:
            self.name_from_context(draft)
        elif role == "budget" and name[-1][1] <= cue[0]:
            self.cue_of[id(draft)] = cue
        if draft.name or draft.prefix:
            self.ctx.add(draft, item, subject=True)
            self.open_budgets.append(draft)

    def scored(self, item: Item, end: int) -> list[Span]:
        """What is scored: the left words; for 该项 and the like the passage's title."""
        words = self.ctx.left_words(item, end)
        name = self.ctx.span_of(words) if any(is_content(w, self.ctx.cues) for w in words) else []
        if (not name or _THIS.match("".join(self.ctx.text[a:b] for a, b in name))) and self.ctx.title and self.ctx.title[1] <= item.q.start:
            return [self.ctx.title]
        return [] if name and _THIS.match("".join(self.ctx.text[a:b] for a, b in name)) else name

    def name_from_context(self, draft: Draft) -> None:
        """A budget with no words of its own belongs to the function item named before it (行政运行（项）。年初预算…), or to what the heading names."""
        seen = max((d.end for d in self.ctx.drafts), default=0)
        if draft.target is not None and draft.target.start is not None:
            named = list(_FUNCTION_NAMED.finditer(self.ctx.text, seen, draft.target.start))
            if named:
                draft.name = [named[-1].span(1)]
                return
        if self.ctx.subject is not None and self.ctx.subject.name and self.ctx.subject.type != "score" and not self.ctx.subject.change:
            draft.name = list(self.ctx.subject.name)
        elif self.ctx.heading:
            item = _FUNCTION_ITEM.search(self.ctx.heading)
            draft.prefix = item[1] if item else self.ctx.heading

    def match_budget(self, words: str, least: float) -> Draft | None:
        best, score = None, least
        core = TIME.sub("", words)
        for draft in self.open_budgets:
            if draft.actual is None:
                value = similar(core, TIME.sub("", draft.words(self.ctx.text)))
                if value > score or (value == score and best is None):
                    best, score = draft, value
        return best

    def on_executed(self, item: Item, left: str) -> None:
        name = self.budget_subject(item, left, "executed")
        words = "".join(self.ctx.text[a:b] for a, b in name)
        waiting = [d for d in self.open_budgets if d.actual is None]
        draft: Draft | None = None
        if waiting:
            if not words or words in self.ctx.cues.words["spent"] or (words in ("收入", "本年支出", "实际") and len(waiting) == 1):
                draft = waiting[-1]
            else:
                draft = self.match_budget(words, 0.62)
                if draft is None and waiting[-1] is self.ctx.drafts[-1] and not waiting[-1].name and "其中" not in left:
                    draft = waiting[-1]
        if draft is not None:
            draft.actual = side(item.q)
            draft.end = max(draft.end, item.q.end)
            self.open_budgets.remove(draft)
            self.ctx.subject = draft
            return
        if not words:
            if (
                self.ctx.subject is not None
                and self.ctx.subject.type == "budget"
                and self.ctx.subject.actual is not None
                and left.strip("，") in ("完成", "实际完成")
            ):
                return
            new = Draft("budget", actual=side(item.q))
            self.name_from_context(new)
            if not new.prefix:
                name = self.ctx.plain_name(item)
                if not name:
                    return
                new.name = name
            self.ctx.add(new, item, subject=True)
            return
        strong = not re.search(r"(?:完成|执行)[^数]{0,3}$", left)
        self.ctx.add(Draft("budget" if strong else "fact", name, actual=side(item.q)), item, subject=True)

    def on_weight(self, item: Item, left: str) -> None:
        match = self.ctx.cues.ending["weight"].search(left)
        assert match is not None
        if left[match.start() :].startswith("满分") and (
            scored := self.ctx.cues.ending["score"].search(left[: match.start()].rstrip("为，"))
        ):
            name = self.scored(item, item.left + scored.start())
            draft = Draft("score", name, target=side(item.q), actual=side(item.q))
            if not name:
                self.name_from_context(draft)
            self.ctx.add(draft, item)
            return
        name = self.scored(item, item.left + match.start())
        draft = Draft("score", name, target=side(item.q))
        if not name:
            self.name_from_context(draft)
        self.ctx.add(draft, item, subject=True)
        self.open_weights.append(draft)

    def on_score(self, item: Item, left: str) -> None:
        match = self.ctx.cues.ending["score"].search(left)
        assert match is not None
        name = self.scored(item, item.left + match.start())
        if self.open_weights:
            draft = self.open_weights[-1]
            written = "".join(self.ctx.text[a:b] for a, b in name)
            if draft.actual is None and (not written or name == [self.ctx.title] or draft.end > item.left - 90):
                draft.actual = side(item.q)
                draft.end = max(draft.end, item.q.end)
                self.open_weights.pop()
                return
        draft = Draft("score", name, actual=side(item.q))
        cue_start = item.left + match.start()
        draft.name = [*name, trim(self.ctx.text, cue_start, cue_start + len(_ROLE_TAIL.sub("", match[0].rstrip("：为是达到约"))))]
        draft.name = [s for s in draft.name if s[1] > s[0]]
        self.ctx.add(draft, item, subject=True)
