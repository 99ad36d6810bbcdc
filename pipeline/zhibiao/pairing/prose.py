"""Statements in free prose: each quantity gets a role from its cue words and a name from the words around it.

The roles are read left to right with a memory of what was spoken of last, so that "同比增长5%" and "为预算的97%" find their subject and
"支出决算为…" finds the budget it answers to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from zhibiao.schema import Quantity
from zhibiao.tokens.words import Word, WordIndex

from .clauses import Item, cut
from .cues import Cues, load_cues
from .drafts import Draft, Span, side, similar
from .names import TIME, after_year, cut_long, is_content, only_scope, right_name, strip_back, strip_front, trim

_LIST = re.compile(r"[、，]|以?及|和|与")
_SHARE = re.compile(r"(?:仅|合计|共|约)?占(?!比)")
#: 一般公共服务支出（类）财政事务（款）行政运行（项）: the item is what the money is for
_FUNCTION_ITEM = re.compile(r"([^（）]+)（项）[^（）]*$")
_TITLE = re.compile(r"\s*([^，。；：]{4,40})：")
_ITEM_TITLE = re.compile(r"\s*([^，。；：\d]{3,28})[，。]")
_THIS = re.compile(r"(?:该|此|本|其)(?:项|指标|部分|二级指标|一级指标)?(?:指标)?$")
_ROLE_TAIL = re.compile(r"(?:的|为|达|共|合计|均|分别|：|，|、)+$")
_SCOPE_FRONT = re.compile(r"(?:我?[省市区县州镇]|全[省市区县州]|全局|我局|本[省市区县级部门单位]+)$")


class Prose:
    """Reader of one passage's prose. Stateless between passages; cheap to make."""

    def __init__(self, index: WordIndex, quantities: Sequence[Quantity], *, heading: str = "", mark: int = 0, cues: Cues | None = None) -> None:
        self.mark = mark
        self.index = index
        self.text = text = index.text
        self.cues = cues or load_cues()
        self.heading = heading
        self.of_targets = "目标" in heading or "指标" in heading
        self.items = cut(text, quantities)
        title = _TITLE.match(text, mark) or (_ITEM_TITLE.match(text, mark) if mark else None)
        #: what the passage speaks of, where it opens with a title and a colon, or as an item with its name
        self.title: Span | None = title.span(1) if title and not any(q.start < title.end(1) for q in quantities) else None
        self.drafts: list[Draft] = []
        self.subject: Draft | None = None
        self.group: list[Span] = []  # the names of the last 分别 list
        self.open_budgets: list[Draft] = []
        self.open_weights: list[Draft] = []
        self.head_role = ""  # role of the last budget figure that is no part of another
        self.parts_of = ""  # role of the head whose 其中 parts follow
        self.clause = -1
        self.cue_of: dict[int, Span] = {}  # a budget's own word (预算, 预算资金), part of its name where no spending follows
        self.consumed = 0  # words up to here already name something

    # -- names -----------------------------------------------------------------------------------------------------------------

    def left_words(self, item: Item, end: int | None = None) -> list[Word]:
        """The cleaned words on the left of a number (or up to ``end``)."""
        start = max(item.left, self.consumed, self.mark)
        end = item.q.start if end is None else end
        if end - start > 60:
            start = end - 60
        if start >= end:
            return []
        words = after_year(strip_back(self.index.slice(start, end), self.cues), self.text)
        return strip_front(words, self.text, self.cues)

    def span_of(self, words: Sequence[Word]) -> list[Span]:
        if not words:
            return []
        a, b = trim(self.text, words[0].start, words[-1].end)
        return [(a, b)] if b > a else []

    def plain_name(self, item: Item) -> list[Span]:
        """The name of a plain value: its left words, the noun behind it, or both."""
        q = item.q
        words = self.left_words(item)
        content = any(is_content(w, self.cues) for w in words)
        countable = q.kind in ("count", "other", "data", "area", "length") or (q.kind == "money" and not content) or q.kind == "percent" and not content
        behind: Span | None = None
        if countable and item.right > q.end and not self.text[q.end : item.right].startswith("）"):
            gap = self.text[words[-1].end : q.start] if words else ""
            ends_in_verb = bool(words) and (words[-1].text in self.cues.words["light"] or words[-1].tag.startswith("p") or gap[:1] in ("等", "的") or only_scope(words, self.cues))
            if not content or (ends_in_verb and q.kind != "money"):
                behind = right_name(self.index, q.end, item.right, self.cues, whole=q.kind in ("percent", "money"))
        words = cut_long(words, self.cues)
        if behind:
            self.consumed = behind[1]
            return [*self._before(words, q), behind]
        if words and (content or q.kind not in ("count", "percent")):
            return self.span_of(words)
        return self.span_of(words) if words and len(words) > 1 else []

    def _before(self, words: list[Word], q: Quantity) -> list[Span]:
        """What of the left words goes in front of a noun that stands behind the number."""
        if not words or only_scope(words, self.cues) and len(words) == 1:
            return []
        gap = self.text[words[-1].end : q.start]
        if words[-1].tag.startswith("p") or words[-1].text in ("对", "为", "向", "在", "将", "把", "给", "与") or gap.startswith("的"):
            return []
        listed = gap.startswith("等")
        if words[-1].end - words[0].start > 12:
            if listed:
                return []
            words = words[-2:] if not is_content(words[-2], self.cues) else words[-1:]
        spans = self.span_of(words)
        return [(spans[0][0], q.start - len(gap) + 1)] if spans and listed else spans

    # -- roles -----------------------------------------------------------------------------------------------------------------

    def role(self, item: Item, left: str) -> str:
        """The role of a quantity by the words right before it."""
        q, ending = item.q, self.cues.ending
        if not left:
            return "bare"
        if q.kind == "percent":
            for key in ("budget_rate", "target_rate", "versus"):
                if ending[key].search(left):
                    return key
        if ending["to"].search(left):
            return "plain"
        if q.unit != "年" and ending["change"].search(left):
            return "change"
        if ending["from"].search(left) and q.end < len(self.text) and item.right - q.end < 14:
            return "from"
        if q.unit in ("分", "") and q.kind != "money":
            weight, score = ending["weight"].search(left), ending["score"].search(left)
            if score and (not weight or score.start() <= weight.start()):
                return "score"
            if weight:
                return "weight"
        if (q.kind == "money" or (q.unit == "" and q.value >= 1000)) and "涉及" not in left:
            for key in ("initial", "budget", "executed"):
                if ending[key].search(left):
                    return key
        if q.kind == "percent" and _SHARE.match(TIME.sub("", left).lstrip("，、其中")):
            return "share"
        return "plain"

    # -- the pass --------------------------------------------------------------------------------------------------------------

    def read(self) -> list[Draft]:
        """All records of the passage, in the order of their values."""
        i, n = 0, len(self.items)
        sentence = -1
        while i < n:
            item = self.items[i]
            if item.sentence != sentence:
                sentence = item.sentence
                self.parts_of = ""
            run = 1
            while i + run < n and self.items[i + run].listed:
                run += 1
            left = self.text[item.left : item.q.start]
            if run > 1 and "分别" in left or (run == 1 and "分别" in left and self.group):
                self.respectively(self.items[i : i + run], left)
                i += run
                continue
            self.one(item, left, i)
            i += 1
        for draft in self.open_budgets:
            if draft.actual is None and draft.name and (cue := self.cue_of.get(id(draft))):
                draft.name = [*draft.name[:-1], (draft.name[-1][0], cue[1])]
        return self.drafts

    def add(self, draft: Draft, item: Item, *, subject: bool = False) -> Draft:
        draft.start = min([item.left, item.q.start, *(a for a, _ in draft.name)])
        while draft.start < item.q.start and self.text[draft.start] in "，、；。：）” ":
            draft.start += 1
        draft.end = max([item.q.end, *(b for _, b in draft.name)])
        self.drafts.append(draft)
        if subject:
            self.subject = draft
        return draft

    def one(self, item: Item, left: str, index: int) -> None:
        role = self.role(item, left.rstrip("， "))
        q = item.q
        if "其中" in left[:4] or self.text[max(0, item.left - 3) : item.left].startswith("其中"):
            self.parts_of = self.head_role
        elif item.clause != self.clause:
            self.parts_of = ""
        self.clause = item.clause
        if role == "bare":
            behind = self.plain_name(item)
            if behind:
                self.fact(item, behind)
            elif item.listed and self.drafts and self.drafts[-1].actual is not None and self.drafts[-1].name:
                self.add(Draft("fact", list(self.drafts[-1].name), actual=side(q)), item)
            return
        handler = getattr(self, f"on_{role}", None)
        if handler is not None:
            handler(item, left)
        else:
            self.on_plain(item, left)
        if not self.parts_of and role in ("initial", "budget", "executed", "plain"):
            self.head_role = role if role != "plain" else ""

    def fact(self, item: Item, name: list[Span], *, change: str = "", suffix: str = "", subject: bool = True) -> Draft:
        return self.add(Draft("fact", name, actual=side(item.q), change=change, suffix=suffix), item, subject=subject)

    def on_plain(self, item: Item, left: str) -> None:
        name = self.plain_name(item)
        if name:
            self.fact(item, name)
        elif self.subject is not None and item.q.kind not in ("rank",) and item.sentence == self._sentence_of(self.subject):
            self.fact(item, list(self.subject.name), subject=False)

    def _sentence_of(self, draft: Draft) -> int:
        return self.text.count("。", 0, draft.end)

    def on_change(self, item: Item, left: str) -> None:
        match = self.cues.ending["change"].search(left)
        assert match is not None
        at = item.left + match.start()
        words = self.left_words(item, at)
        phrase = re.sub(r"(?:了|约|近|超过|超|达)+$", "", match[0])
        if any(is_content(w, self.cues) for w in words):
            name = self.span_of(cut_long(words, self.cues, 24))
            inherits = False
        else:
            name = list(self.subject.name) if self.subject else []
            inherits = True
        if not name:
            name = self.plain_name(item)
            if not name:
                return
        draft = self.fact(item, name, change=phrase, subject=False)
        if inherits and self.subject is not None:
            draft.prefix, draft.suffix = self.subject.prefix, ""
        elif not inherits:
            self.subject = draft

    def on_from(self, item: Item, left: str) -> None:
        match = self.cues.ending["from"].search(left)
        assert match is not None
        words = self.left_words(item, item.left + match.start())
        name = self.span_of(words) if any(is_content(w, self.cues) for w in words) else (list(self.subject.name) if self.subject else [])
        if name:
            self.fact(item, name, change="原")

    def on_share(self, item: Item, left: str) -> None:
        words = self.left_words(item)
        own = self.span_of(strip_back(words, self.cues))
        if own and _SHARE.match(self.text[own[0][0] : own[0][1]]) is None:
            start = item.left + left.index("占")
            own = [(start, own[0][1])] if own[0][1] > start else own
        if not own:
            start = item.left + left.index("占")
            own = [trim(self.text, start, item.q.start)]
        name = [*(self.subject.name if self.subject else []), *own]
        if name:
            self.fact(item, name, subject=False)

    def on_budget_rate(self, item: Item, left: str) -> None:
        match = self.cues.ending["budget_rate"].search(left)
        assert match is not None
        words = self.left_words(item, item.left + match.start())
        if any(is_content(w, self.cues) for w in words):
            name = self.span_of(words)
        else:
            name = list(self.subject.name) if self.subject else []
        self.fact(item, name, suffix="预算完成率", subject=False)
        if self.subject is not None and self.subject.type == "fact" and not self.subject.change and self.subject.actual and self.subject.actual.kind == "money":
            self.subject.type = "budget"

    def on_target_rate(self, item: Item, left: str) -> None:
        self._of_subject(item, left, "target_rate")

    def on_versus(self, item: Item, left: str) -> None:
        match = self.cues.ending["versus"].search(left)
        assert match is not None
        words = self.left_words(item, item.left + match.start())
        name = [*(self.subject.name if self.subject else []), *self.span_of(words)]
        if self.subject is not None and len(words) > 3:
            name = self.span_of(words)
        if name:
            self.fact(item, name, change=re.sub(r"(?:了|约|近)+$", "", match[0]), subject=False)

    def _of_subject(self, item: Item, left: str, key: str) -> None:
        """A rate of the subject, named by the subject and the words before the number (就业人数 完成年度指标)."""
        match = self.cues.ending[key].search(left)
        assert match is not None
        words = self.left_words(item, item.left + match.start())
        head = self.span_of(words) if any(is_content(w, self.cues) for w in words) else (list(self.subject.name) if self.subject else [])
        phrase = trim(self.text, item.left + match.start(), item.q.start)
        if self.text[phrase[1] - 1] == "的":
            phrase = (phrase[0], phrase[1] - 1)
        self.fact(item, [*head, phrase], subject=False)

    # -- budgets and scores ------------------------------------------------------------------------------------------------------

    def budget_subject(self, item: Item, left: str, role: str) -> list[Span]:
        """What the budgeted or spent money is for: the left words without the role's own words."""
        match = self.cues.ending[role].search(left)
        assert match is not None
        words = strip_front(self.index.slice(max(item.left, self.consumed, self.mark), item.left + match.start()), self.text, self.cues) if match.start() else []
        words = strip_back(words, self.cues)
        if role == "executed" and match[0].startswith(("支出数", "支出决算", "支出执行", "收入决算")) and words:
            words = [*words, *self.index.slice(item.left + match.start(), item.left + match.start() + 2)]
        if not any(is_content(w, self.cues) or w.text in ("支出", "收入") for w in words):
            return []
        if self.mark and item is self.items[0] and role != "executed" and not re.search(r"[。；：]", self.text[self.mark : item.left]) and 0 < item.left - self.mark <= 40:
            return [trim(self.text, self.mark, words[-1].end)]
        if role != "executed" and words[-1].text in ("年初", "全年", "年度"):
            words = words[:-1]
        return self.span_of(after_year(words, self.text))

    def on_initial(self, item: Item, left: str) -> None:
        self.budget(item, left, "initial")

    def on_budget(self, item: Item, left: str) -> None:
        self.budget(item, left, "budget")

    def budget(self, item: Item, left: str, role: str) -> None:
        name = self.budget_subject(item, left, role)
        words = "".join(self.text[a:b] for a, b in name)
        if self.parts_of == "executed":
            known = self.match_budget(words, 0.75) if words else None
            if known is not None:
                known.actual = side(item.q)
                known.end = max(known.end, item.q.end)
                self.open_budgets.remove(known)
                return
        if role == "budget" and self.open_budgets:
            last = self.open_budgets[-1]
            if last.initial and (not words or words in ("支出", "收入") or similar(words, last.words(self.text)) >= 0.6) and not self._ended(last):
                last.target, last.initial = side(item.q), False
                last.end = item.q.end
                return
        match = self.cues.ending[role].search(left)
        assert match is not None
        draft = Draft("budget", name, target=side(item.q), initial=role == "initial")
        cue = trim(self.text, item.left + match.start(), item.left + match.start() + len(_ROLE_TAIL.sub("", match[0])))
        if not name and (found := re.search(r"(?:支出|收入)预算", self.text[slice(*cue)])):
            draft.name = name = [(cue[0] + found.start(), cue[1])]
        if not name:
            self.name_from_context(draft)
        elif role == "budget" and name[-1][1] <= cue[0]:
            self.cue_of[id(draft)] = cue
        if draft.name or draft.prefix:
            self.add(draft, item, subject=True)
            self.open_budgets.append(draft)

    def _ended(self, draft: Draft) -> bool:
        return draft.actual is not None

    def scored(self, item: Item, end: int) -> list[Span]:
        """What is scored: the left words; for 该项 and the like the passage's title."""
        words = self.left_words(item, end)
        name = self.span_of(words) if any(is_content(w, self.cues) for w in words) else []
        if (not name or _THIS.match("".join(self.text[a:b] for a, b in name))) and self.title and self.title[1] <= item.q.start:
            return [self.title]
        return [] if name and _THIS.match("".join(self.text[a:b] for a, b in name)) else name

    def name_from_context(self, draft: Draft) -> None:
        """A budget with no words of its own belongs to what the heading names."""
        if self.subject is not None and self.subject.name and self.subject.type != "score" and not self.subject.change:
            draft.name = list(self.subject.name)
        elif self.heading:
            item = _FUNCTION_ITEM.search(self.heading)
            draft.prefix = item[1] if item else self.heading

    def match_budget(self, words: str, least: float) -> Draft | None:
        best, score = None, least
        core = TIME.sub("", words)
        for draft in self.open_budgets:
            if draft.actual is None:
                value = similar(core, TIME.sub("", draft.words(self.text)))
                if value > score or (value == score and best is None):
                    best, score = draft, value
        return best

    def on_executed(self, item: Item, left: str) -> None:
        name = self.budget_subject(item, left, "executed")
        words = "".join(self.text[a:b] for a, b in name)
        waiting = [d for d in self.open_budgets if d.actual is None]
        draft: Draft | None = None
        if waiting:
            if not words or (words in ("支出", "收入", "本年支出", "实际") and len(waiting) == 1):
                draft = waiting[-1]
            else:
                draft = self.match_budget(words, 0.62)
                if draft is None and waiting[-1] is self.drafts[-1] and not waiting[-1].name and "其中" not in left:
                    draft = waiting[-1]
        if draft is not None:
            draft.actual = side(item.q)
            draft.end = max(draft.end, item.q.end)
            self.open_budgets.remove(draft)
            self.subject = draft
            return
        if not words:
            if self.subject is not None and self.subject.type == "budget" and self.subject.actual is not None and left.strip("，") in ("完成", "实际完成"):
                return
            new = Draft("budget", actual=side(item.q))
            self.name_from_context(new)
            if not new.prefix:
                name = self.plain_name(item)
                if not name:
                    return
                new.name = name
            self.add(new, item, subject=True)
            return
        strong = not re.search(r"(?:完成|执行)[^数]{0,3}$", left)
        self.add(Draft("budget" if strong else "fact", name, actual=side(item.q)), item, subject=True)

    def on_weight(self, item: Item, left: str) -> None:
        match = self.cues.ending["weight"].search(left)
        assert match is not None
        if left[match.start() :].startswith("满分") and (scored := self.cues.ending["score"].search(left[: match.start()].rstrip("为，"))):
            name = self.scored(item, item.left + scored.start())
            draft = Draft("score", name, target=side(item.q), actual=side(item.q))
            if not name:
                self.name_from_context(draft)
            self.add(draft, item)
            return
        name = self.scored(item, item.left + match.start())
        draft = Draft("score", name, target=side(item.q))
        if not name:
            self.name_from_context(draft)
        self.add(draft, item, subject=True)
        self.open_weights.append(draft)

    def on_score(self, item: Item, left: str) -> None:
        match = self.cues.ending["score"].search(left)
        assert match is not None
        name = self.scored(item, item.left + match.start())
        if self.open_weights:
            draft = self.open_weights[-1]
            written = "".join(self.text[a:b] for a, b in name)
            if draft.actual is None and (not written or name == [self.title] or draft.end > item.left - 90):
                draft.actual = side(item.q)
                draft.end = max(draft.end, item.q.end)
                self.open_weights.pop()
                return
        draft = Draft("score", name, actual=side(item.q))
        cue_start = item.left + match.start()
        draft.name = [*name, trim(self.text, cue_start, cue_start + len(_ROLE_TAIL.sub("", match[0].rstrip("：为是达到约"))))]
        draft.name = [s for s in draft.name if s[1] > s[0]]
        self.add(draft, item, subject=True)

    # -- parallel lists ----------------------------------------------------------------------------------------------------------

    def respectively(self, items: Sequence[Item], left: str) -> None:
        """A、B和C分别增长1%、2%和3%: one name a value."""
        first = items[0]
        cut_at = first.left + left.index("分别")
        words = self.left_words(first, cut_at)
        change = self.cues.ending["change"].search(left)
        phrase = change[0].replace("分别", "") if change and not self.cues.ending["to"].search(left) else ""
        spans: list[Span] = []
        if words:
            a, b = trim(self.text, words[0].start, words[-1].end)
            at = a
            for sign in _LIST.finditer(self.text, a, b):
                if sign.start() > at:
                    spans.append((at, sign.start()))
                at = sign.end()
            if b > at:
                spans.append((at, b))
        role = self.role(first, left)
        suffix = "预算完成率" if role == "budget_rate" else ""
        if len(spans) == len(items) and len(items) > 1:
            names = [[s] for s in spans]
            self.group = spans
        elif len(self.group) == len(items):
            names = [[g, *( [(words[0].start, words[-1].end)] if words else [])] for g in self.group]
        else:
            whole = self.span_of(words) or (list(self.subject.name) if self.subject else [])
            names = [list(whole) for _ in items]
        for item, name in zip(items, names, strict=True):
            if name:
                draft = Draft("fact", name, suffix=suffix, actual=side(item.q), change=phrase)
                self.add(draft, item, subject=item is items[0])


