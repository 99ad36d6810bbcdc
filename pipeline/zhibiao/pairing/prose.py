"""Statements in free prose: each quantity gets a role from its cue words and a name from the words around it.

The roles are read left to right with a memory of what was spoken of last, so that "同比增长5%" and "为预算的97%" find their subject and
"支出决算为…" finds the budget it answers to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .clauses import Item
from .context import Context
from .drafts import Draft, Span, side
from .ledger import Ledger
from .lists import each_of, members
from .names import TIME, cut_long, is_content, strip_back, trim

_SHARE = re.compile(r"(?:仅|合计|共|约)?占(?!比)")
_ADJUSTED = re.compile(r"(?:调整|变动|追加|核减|调减|调增)(?:后(?:预算)?|为|至|到)(?:预算|为|是|数)*$")
_LEDGER = ("initial", "budget", "adjusted", "executed", "weight", "score")


_FUND = re.compile(r"(?:一般公共|政府性基金|国有资本经营|社会保险基金|社保基金)预算$")
_SPENT = re.compile(r"支出|执行|决算|完成|使用|到位")
#: Right before a value that each of the things before it has.
_EACH = re.compile(r"(?:均|都|皆)(?:已|为|达到?了?|在|超过了?|保持在?|实现|突破|稳定在|控制在|约|近)*$")
#: 改造提升2个中心 counts what was improved.
_THINGS, _IMPROVES = ("count", "length", "area"), re.compile(r"(?<![比较期])[^比较期]{2,}(?:提升|扩大)$")
#: Between an earlier value and the one it became.
_BECOMES = re.compile(r"[^，。；、：\d]{0,6}(?:到|至|为|成)(?:了|约|近)*")
#: Opens the reason of a change that the same clause goes on to tell: it names nothing (因防疫支出减少|下降2.1%).
_BECAUSE = re.compile(r"(?:主要)?(?:因|由于|受|系)(?!公|素|子|果|此)")


class Prose:
    """Reads what plans and answers have left of one passage."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.ledger = Ledger(ctx)
        self.group: list[list[Span]] = []  # the names of the last 分别 list
        self.head_role = ""  # role of the last budget figure that is no part of another
        self.clause = -1

    def role(self, item: Item, left: str) -> str:
        """The role of a quantity by the words right before it."""
        q, ending = item.q, self.ctx.cues.ending
        if not left:
            return "bare"
        if q.kind == "percent":
            for key in ("budget_rate", "target_rate", "versus"):
                if ending[key].search(left):
                    return key
        if ending["to"].search(left):
            return "plain"
        if q.unit != "年" and ending["change"].search(left) and not (q.kind in _THINGS and _IMPROVES.search(left)):
            return "change"
        if self._was(ending["from"].search(left), item):
            return "from"
        if q.unit in ("分", "") and q.kind != "money":
            weight, score = ending["weight"].search(left), ending["score"].search(left)
            if score and (not weight or score.start() <= weight.start()):
                return "score"
            if weight:
                return "weight"
        if (q.kind == "money" or (q.unit == "" and q.value >= 1000)) and "涉及" not in left:
            if _FUND.search(left) and not _SPENT.search(self.ctx.text[q.end : q.end + 20]):
                return "plain"  # 一般公共预算 is where money comes from
            for key in ("initial", "budget", "executed"):
                if ending[key].search(left):
                    return key
            if self.ledger.waits(item) and ending["spent"].fullmatch(TIME.sub("", left.strip("，、")).removeprefix("实际")):
                return "executed"
            if self.ledger.waits(item, first=True) and _ADJUSTED.search(left):
                return "adjusted"
        if q.kind == "percent" and _SHARE.match(TIME.sub("", left).lstrip("，、其中")):
            return "share"
        return "plain"

    def read(self) -> list[Draft]:
        """All records of the passage, in the order of their values."""
        i, n = 0, len(self.ctx.items)
        sentence = -1
        while i < n:
            item = self.ctx.items[i]
            if item.sentence != sentence:
                sentence = item.sentence
                self.ledger.parts_of = ""
            run = 1
            while i + run < n and self.ctx.items[i + run].listed:
                run += 1
            left = self.ctx.text[item.left : item.q.start]
            if (run > 1 and "分别" in left) or (run == 1 and "分别" in left and self.group):
                self.respectively(self.ctx.items[i : i + run], left)
                i += run
                continue
            self.one(item, left, i)
            i += 1
        self.ledger.close()
        return self.ctx.drafts

    def one(self, item: Item, left: str, index: int) -> None:
        self.ctx.at(item)
        self.ctx.rule = role = self.role(item, left.rstrip("， "))
        q = item.q
        if self._risen_to(item):
            self.ctx.rule = "plain"
            self.ctx.fact(item, list(self.ctx.drafts[-1].name), subject=False)
            return
        if "其中" in left[:4] or self.ctx.text[max(0, item.left - 3) : item.left].startswith("其中"):
            self.ledger.parts_of = self.head_role
        elif item.clause != self.clause:
            self.ledger.parts_of = ""
        self.clause = item.clause
        if role == "bare":
            behind = self.ctx.plain_name(item)
            if behind:
                self.ctx.fact(item, behind)
            elif item.listed and self.ctx.drafts and self.ctx.drafts[-1].actual is not None and self.ctx.drafts[-1].name:
                self.ctx.add(Draft("fact", list(self.ctx.drafts[-1].name), actual=side(q)), item)
            return
        handler = getattr(self.ledger if role in _LEDGER else self, f"on_{role}", None)
        if handler is not None:
            handler(item, left)
        else:
            self.on_plain(item, left)
        if not self.ledger.parts_of and role in ("initial", "budget", "executed", "plain"):
            self.head_role = role if role != "plain" else ""

    def _was(self, found: re.Match[str] | None, item: Item) -> bool:
        """Is the number an earlier value? Of words that are no fixed cue (由改革前的) only where the value it became follows."""
        q = item.q
        if found is None or q.end >= len(self.ctx.text) or item.right - q.end >= 14:
            return False
        return found[0] in self.ctx.cues.words["from"] or found[0][0] in "比较" or _BECOMES.match(self.ctx.text, q.end) is not None

    def _risen_to(self, item: Item) -> bool:
        """Is the number what the one before it has become (由42公里|加密到|27公里)?"""
        if not self.ctx.drafts or self.ctx.drafts[-1].change != "原" or not self.ctx.drafts[-1].name:
            return False
        before = self.ctx.drafts[-1].actual
        return before is not None and before.end is not None and _BECOMES.fullmatch(self.ctx.text, before.end, item.q.start) is not None

    def on_plain(self, item: Item, left: str) -> None:
        name = self.ctx.plain_name(item)
        if name:
            each = each_of(self.ctx.text, *name[0]) if len(name) == 1 and _EACH.search(left) else []
            draft = self.ctx.fact(item, [each[0]] if each else name)
            draft.also = tuple((span,) for span in each[1:])
        elif self.ctx.subject is not None and item.q.kind not in ("rank",) and item.sentence == self._sentence_of(self.ctx.subject):
            self.ctx.fact(item, list(self.ctx.subject.name), subject=False)

    def _sentence_of(self, draft: Draft) -> int:
        return self.ctx.text.count("。", 0, draft.end)

    def on_change(self, item: Item, left: str) -> None:
        match = self.ctx.cues.ending["change"].search(left)
        assert match is not None
        at = item.left + match.start()
        words = self.ctx.left_words(item, at)
        phrase = re.sub(r"(?:了|约|近|超过|超|达)+$", "", match[0])
        because = self.ctx.subject is not None and _BECAUSE.match(left) is not None
        if not because and any(is_content(w, self.ctx.cues) for w in words):
            name = self.ctx.span_of(cut_long(words, self.ctx.cues, 24))
            inherits = False
        else:
            name = list(self.ctx.subject.name) if self.ctx.subject else []
            inherits = True
        if not name:
            name = self.ctx.plain_name(item)
            if not name:
                return
        each = each_of(self.ctx.text, *name[0]) if not inherits and len(name) == 1 and _EACH.search(left[: match.start()]) else []
        draft = self.ctx.fact(item, [each[0]] if each else name, change=phrase, subject=False)
        draft.also = tuple((span,) for span in each[1:])
        if inherits and self.ctx.subject is not None:
            draft.prefix, draft.suffix = self.ctx.subject.prefix, ""
        elif not inherits:
            self.ctx.subject = draft

    def _named(self, item: Item, end: int) -> list[Span]:
        """What the words up to ``end`` name; where they name nothing, the subject."""
        words = self.ctx.left_words(item, end)
        if any(is_content(w, self.ctx.cues) for w in words):
            return self.ctx.span_of(words)
        return list(self.ctx.subject.name) if self.ctx.subject else []

    def on_from(self, item: Item, left: str) -> None:
        match = self.ctx.cues.ending["from"].search(left)
        assert match is not None
        name = self._named(item, item.left + match.start())
        if name:
            self.ctx.fact(item, name, change="原")

    def on_share(self, item: Item, left: str) -> None:
        words = self.ctx.left_words(item)
        own = self.ctx.span_of(strip_back(words, self.ctx.cues))
        if own and _SHARE.match(self.ctx.text[own[0][0] : own[0][1]]) is None:
            start = item.left + left.index("占")
            own = [(start, own[0][1])] if own[0][1] > start else own
        if not own:
            start = item.left + left.index("占")
            own = [trim(self.ctx.text, start, item.q.start)]
        of = list(self.ctx.subject.name) if self.ctx.subject else []
        if of and self.ctx.text[own[0][0] : own[-1][1]] == "占":
            self.ctx.fact(item, of, suffix="占比", subject=False)  # 占98.69%, of what was told before
        elif of or own:
            self.ctx.fact(item, [*of, *own], subject=False)

    def on_budget_rate(self, item: Item, left: str) -> None:
        match = self.ctx.cues.ending["budget_rate"].search(left)
        assert match is not None
        name = self._named(item, item.left + match.start())
        self.ctx.fact(item, name, suffix="预算完成率", subject=False)
        if (
            self.ctx.subject is not None
            and self.ctx.subject.type == "fact"
            and not self.ctx.subject.change
            and self.ctx.subject.actual
            and self.ctx.subject.actual.kind == "money"
        ):
            self.ctx.subject.type = "budget"

    def on_target_rate(self, item: Item, left: str) -> None:
        self._of_subject(item, left, "target_rate")

    def on_versus(self, item: Item, left: str) -> None:
        match = self.ctx.cues.ending["versus"].search(left)
        assert match is not None
        words = self.ctx.left_words(item, item.left + match.start())
        name = [*(self.ctx.subject.name if self.ctx.subject else []), *self.ctx.span_of(words)]
        if self.ctx.subject is not None and len(words) > 3:
            name = self.ctx.span_of(words)
        if name:
            self.ctx.fact(item, name, change=re.sub(r"(?:了|约|近)+$", "", match[0]), subject=False)

    def _of_subject(self, item: Item, left: str, key: str) -> None:
        """A rate of the subject, named by the subject and the words before the number (就业人数 完成年度指标)."""
        match = self.ctx.cues.ending[key].search(left)
        assert match is not None
        head = self._named(item, item.left + match.start())
        phrase = trim(self.ctx.text, item.left + match.start(), item.q.start)
        if self.ctx.text[phrase[1] - 1] == "的":
            phrase = (phrase[0], phrase[1] - 1)
        self.ctx.fact(item, [*head, phrase], subject=False)

    def respectively(self, items: Sequence[Item], left: str) -> None:
        """A、B和C分别增长1%、2%和3%: one name a value."""
        first = items[0]
        cut_at = first.left + left.index("分别")
        words = self.ctx.left_words(first, cut_at)
        change = self.ctx.cues.ending["change"].search(left)
        phrase = change[0].replace("分别", "") if change and not self.ctx.cues.ending["to"].search(left) else ""
        spans: list[list[Span]] = []
        if words:
            spans = members(self.ctx.text, *trim(self.ctx.text, words[0].start, words[-1].end), len(items), self.ctx.cues)
        role = self.role(first, left)
        suffix = "预算完成率" if role == "budget_rate" else ""
        if spans:
            names = self.group = spans
        elif len(self.group) == len(items):
            names = [[*g, *([(words[0].start, words[-1].end)] if words else [])] for g in self.group]
        else:
            whole = self.ctx.span_of(words) or (list(self.ctx.subject.name) if self.ctx.subject else [])
            names = [list(whole) for _ in items]
        for item, name in zip(items, names, strict=True):
            if name:
                self.ctx.rule = "respectively"
                draft = Draft("fact", name, suffix=suffix, actual=side(item.q), change=phrase)
                self.ctx.add(draft, item, subject=item is items[0])
