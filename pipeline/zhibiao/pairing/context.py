"""What is known while one passage is read: its words and items, what was named last, the records so far; and where names stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zhibiao.schema import Quantity
from zhibiao.tokens.words import Word, WordIndex

from .clauses import Item, cut
from .cues import Cues, load_cues
from .drafts import Draft, Span, side
from .names import ITEM_TITLE, after_sum, after_year, cut_long, is_content, only_scope, right_name, strip_back, strip_front, trim

#: Opens a reason, which is told before what it is about: 主要原因是|补发奖金41.9万元.
_REASON = re.compile(r"原因(?:主要)?(?:(?:是|为|系|在于)+|：)")
_TITLE = re.compile(r"\s*([^，。；：]{4,40})(?<!如下)(?<!以下)(?<!其中)(?<!包括)：")


def title_of(text: str, mark: int, quantities: Sequence[Quantity]) -> Span | None:
    """What the passage speaks of, where it opens with a title and a colon, or as an item (``mark``: length of its list mark) with its name."""
    title = _TITLE.match(text, mark) or (ITEM_TITLE.match(text, mark) if mark else None)
    return title.span(1) if title and not any(q.start < title.end(1) for q in quantities) else None


class Context:
    """One passage while it is read. ``items``: its quantities that no statement has used yet, each in its clause."""

    def __init__(
        self, index: WordIndex, quantities: Sequence[Quantity], *, heading: str = "", mark: int = 0, cues: Cues | None = None
    ) -> None:
        self.mark = mark
        self.index = index
        self.text = text = index.text
        self.cues = cues or load_cues()
        self.heading = heading
        self.of_targets = "目标" in heading or "指标" in heading
        self.items = cut(text, quantities)
        self.title = title_of(text, mark, quantities)
        self.drafts: list[Draft] = []
        self._subject: Draft | None = None
        self._outside: Draft | None = None  # the subject outside of brackets
        self._in_bracket = False
        self.consumed = 0  # words up to here already name something
        self.rule = ""  # what the prose reader takes the number for

    def without(self, used: set[int]) -> None:
        """Drop the items that a statement has used up, and forget which words they named."""
        self.consumed = 0
        if used:
            self.items = [item for i, item in enumerate(self.items) if i not in used]

    def left_words(self, item: Item, end: int | None = None) -> list[Word]:
        """The cleaned words on the left of a number (or up to ``end``)."""
        start = max(item.left, self.consumed, self.mark)
        end = item.q.start if end is None else end
        if end - start > 60:
            start = end - 60
        if start >= end:
            return []
        if reason := _REASON.search(self.text, start, end):
            start = reason.end()
        end = _before_bracket(self.text, start, end)
        words = after_year(strip_back(self.index.slice(start, end), self.cues), self.text)
        if words and words[-1].text in self.cues.words["aspects"] and self.text[words[-1].end : words[-1].end + 1] == "：":
            return []  # 决策方面：10家单位… opens a list
        return after_sum(strip_front(words, self.text, self.cues), self.cues)

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
        countable = (
            q.kind in ("count", "other", "data", "area", "length")
            or (q.kind == "money" and not content)
            or (q.kind == "percent" and not content)
        )
        behind: Span | None = None
        if q.kind == "count" and (listed := self._members(item)):
            return listed
        if countable and item.right > q.end and not self.text[q.end : item.right].startswith("）"):
            gap = self.text[words[-1].end : q.start] if words else ""
            ends_in_verb = bool(words) and (
                words[-1].text in self.cues.words["light"]
                or words[-1].tag.startswith("p")
                or gap[:1] in ("等", "的")
                or only_scope(words, self.cues)
            )
            if not content or (ends_in_verb and q.kind != "money"):
                behind = right_name(
                    self.index,
                    q.end,
                    item.right,
                    self.cues,
                    whole=q.kind in ("percent", "money"),
                    owner=q.unit in self.cues.words["owners"],
                )
        words = cut_long(words, self.cues)
        if behind:
            self.consumed = behind[1]
            return [*self._before(words, q), behind]
        if words and (content or q.kind not in ("count", "percent")):
            return self.span_of(words)
        return self.span_of(words) if words and len(words) > 1 else []

    def _members(self, item: Item) -> list[Span]:
        """What a number counts whose members stand before it: 内设|综合科、法规科4个|科室."""
        left = self.text[max(item.left, self.consumed) : item.q.start]
        match = self.cues.ending["members"].search(left)
        if match is None or (match[1] not in self.cues.words["bodies"] and "、" not in match[0]):
            return []
        behind = right_name(self.index, item.q.end, item.right, self.cues)
        if behind is None:
            return []
        self.consumed = behind[1]
        if match[1] not in self.cues.words["bodies"]:
            return [behind]
        start = item.q.start - len(left) + match.start()
        return [(start, start + len(match[1])), behind]

    def _before(self, words: list[Word], q: Quantity) -> list[Span]:
        """What of the left words goes in front of a noun that stands behind the number."""
        if not words or (only_scope(words, self.cues) and len(words) == 1):
            return []
        gap = self.text[words[-1].end : q.start]
        if words[-1].tag.startswith("p") or words[-1].text in ("对", "为", "向", "在", "将", "把", "给", "与") or gap.startswith("的"):
            return []
        means = max((i for i, w in enumerate(words[:-1]) if w.text in self.cues.words["means"]), default=-1)
        words = words[means + 1 :]  # 资金主要用于|支持, 项目通过|支持
        if words[0].start and self.text[words[0].start - 1] in "向对给" and words[-1].text in self.cues.words["light"]:
            words = words[-1:]  # to whom it was done is no part of the name (向市民|提供)
        listed = gap.startswith("等")
        if words[-1].end - words[0].start > 12:
            if listed:
                return []
            words = words[-2:] if not is_content(words[-2], self.cues) else words[-1:]
        spans = self.span_of(words)
        return [(spans[0][0], q.start - len(gap) + 1)] if spans and listed else spans

    def add(self, draft: Draft, item: Item, *, subject: bool = False) -> Draft:
        draft.name = self._spending(draft.name)
        draft.start = min([item.left, item.q.start, *(a for a, _ in draft.name)])
        while draft.start < item.q.start and self.text[draft.start] in "，、；。：）” ":
            draft.start += 1
        draft.end = max([item.q.end, *(b for _, b in draft.name)])
        draft.rule = self.rule
        self.drafts.append(draft)
        if subject:
            self.subject = draft
        return draft

    @property
    def subject(self) -> Draft | None:
        """What was spoken of last. Behind a bracket it is what was told before it: 全年服务量3,580万件（日均9.81万件），增长…"""
        return self._subject

    @subject.setter
    def subject(self, draft: Draft | None) -> None:
        self._subject = draft
        if not self._in_bracket:
            self._outside = draft

    def at(self, item: Item) -> None:
        """The reader has come to this item: into a bracket, or out of it."""
        if self._in_bracket and item.bracket < 0:
            self._subject = self._outside
        self._in_bracket = item.bracket >= 0

    def _spending(self, name: list[Span]) -> list[Span]:
        """The spending of the account whose revenue was told before it: 基金预算收入30万元；支出20万元 is of 基金预算|支出."""
        if len(name) != 1 or self.text[slice(*name[0])] != "支出" or self.subject is None or not self.subject.name:
            return name
        a, b = self.subject.name[-1]
        if not self.text[a:b].endswith("收入") or b - a < 5 or "。" in self.text[b : name[0][0]]:
            return name
        return [*self.subject.name[:-1], (a, b - 2), *name]

    def fact(self, item: Item, name: list[Span], *, change: str = "", suffix: str = "", subject: bool = True) -> Draft:
        return self.add(Draft("fact", name, actual=side(item.q), change=change, suffix=suffix), item, subject=subject)


def _before_bracket(text: str, start: int, end: int) -> int:
    """Where the words end that name a number: before a bracket that stands between (公安受理业务|（含户政、车管）466宗), if any stand there."""
    words = text[start:end].rstrip()
    if not words.endswith("）"):
        return end
    begin = words.rfind("（")
    return start + begin if begin > 1 and words.count("（", begin) == words.count("）", begin) == 1 else end
