"""The names a number might have: names the tagger found on its left and right, the pattern's, the words of its clause, the passage's title."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from zhibiao.pairing.drafts import Draft, Span
from zhibiao.pairing.names import is_thin, trim
from zhibiao.schema import KINDS

from .field import LOOSE, Field

#: How a candidate was made; a trained model knows the ways by their number.
LEFT, RIGHT, AROUND, JOINED, PATTERN, CLAUSE, BEHIND, WHOLE, NOUN, TITLE = range(10)
WAYS = 10
_FAR_LEFT, _FAR_RIGHT = 7, 2
#: Words at the end of the left words that only carry the number, and at their front that only set time or scope of telling.
_CARRY = re.compile(
    r"(?:高达|多达|低至|仅有|只有|分别|合计|累计|总计|共计|达到了?|达成|超过|突破|完成了?|实现了?|增至|提高到|仅为?|已达?|有|共|计|达|为|是|约|近|超|至|到|了|的|等|对|将|把|给|向|与|于|在|每)+$"
)
_FRONT = re.compile(
    r"^(?:其中|截至(?:目前|年底|年末)|全年|累计|共计?|目前|已经?|年内|当年|今年(?:以来)?|本年度?|(?:19|20)\d\d年(?:度|末|底)?|并|且|同时|另外?|还|均|分别|通过|对|为|将|在(?![建校孵册职编岗营])|使)+"
)
_STOP = re.compile(r"[，。；：、！？]")
_SUMS_UP = re.compile(r"[^，。；：、“”]{0,12}(?:共有|现有|现共有)")
_CARRIERS = re.compile(
    r"(?:高达|多达|低至|仅为|仅有|只有|达到|超过|突破|上升到|提高到|提升到|下降到|压减到|压降至|控制在|仅|达|由|（项）)$"
)
_LONGEST = 22


_PERCENT = KINDS.index("percent")


class Candidate(NamedTuple):
    """A name of quantity ``quantity``: its spans in the field, how it was made, and the tagged name it rests on (-1: none)."""

    quantity: int
    way: int
    spans: tuple[Span, ...]
    name: int
    words: str


def candidates(field: Field, roles: Sequence[int]) -> list[Candidate]:
    """The candidates of every quantity whose role belongs to a record, in order of the quantities."""
    out: list[Candidate] = []
    starts, ends = field.name_start.tolist(), field.name_end.tolist()
    owners = field.name_owner.tolist()
    text = field.text
    first_of = [bisect_left(owners, k) for k in range(len(field.readings) + 1)]
    for i, role in enumerate(roles):
        if role in LOOSE:
            continue
        k = int(field.owner[i])
        q_start, q_end = int(field.start[i]), int(field.end[i])
        draft, base = field.records[i], field.bases[k]
        if draft is not None and draft.also:  # names of a list that share the value: the patterns alone know them apart
            out.append(_of_pattern(field, i, k, draft))
            continue
        low, high = first_of[k], first_of[k + 1]
        cut = bisect_right(ends, q_start, low, high)
        left = range(max(low, cut - _FAR_LEFT), cut)
        begin = bisect_left(starts, q_end, low, high)
        right = range(begin, min(begin + _FAR_RIGHT, high))
        for n in left:
            begin, end = _without_carriers(text, starts[n], ends[n])
            out.append(Candidate(i, LEFT, ((begin, end),), n, text[begin:end]))
        for n in right:
            out.append(Candidate(i, RIGHT, ((starts[n], ends[n]),), n, text[starts[n] : ends[n]]))
        if left:
            last = left[-1]
            near = (starts[last], ends[last])
            own_rate = text[near[1] - 1] in "率度" and field.kind[i] == _PERCENT
            if right and not own_rate and not _STOP.search(text, q_end, starts[right[0]]):
                other = (starts[right[0]], ends[right[0]])
                out.append(Candidate(i, AROUND, (near, other), last, text[slice(*near)] + text[slice(*other)]))
            for n in left[-4:-1]:
                if field.name_after[n] >= last - n or _siblings(field, n, last, text[slice(*near)]):
                    continue
                if _same_words(text[starts[n] : ends[n]], text[slice(*near)]):
                    continue
                if "（" in text[ends[n] : starts[last]] and "）" in text[ends[last] : q_start]:
                    continue  # the nearer name stands in a bracket that has closed
                out.append(Candidate(i, JOINED, ((starts[n], ends[n]), near), n, text[starts[n] : ends[n]] + text[slice(*near)]))
        if draft is not None and (draft.name or draft.prefix):
            out.append(_of_pattern(field, i, k, draft))
        if (title := field.titles[k]) is not None and title[1] <= q_start:
            out.append(Candidate(i, TITLE, (title,), -1, text[slice(*title)]))
        noun = (starts[right[0]], ends[right[0]]) if right else None
        if draft is not None and len(draft.name) == 1 and draft.name[0][0] + base >= q_end:
            noun = (draft.name[0][0] + base, draft.name[0][1] + base)
        out += _of_clause(field, i, k, q_start, q_end, noun)
    return out


def _of_pattern(field: Field, i: int, k: int, draft: Draft) -> Candidate:
    base = field.bases[k]
    return Candidate(i, PATTERN, tuple((a + base, b + base) for a, b in draft.name), -1, draft.words(field.readings[k].index.text))


def _without_carriers(text: str, start: int, end: int) -> Span:
    """A tagged name without words that only carry the number (住院率|高达) or sum up (本部门共有|车辆)."""
    found = _CARRIERS.search(text, start + 2, end)
    end = found.start() if found else end
    opening = _SUMS_UP.match(text, start, end - 1)
    return opening.end() if opening else start, end


def _same_words(first: str, second: str) -> bool:
    """Does one of two names say the other already, or are both of one sort (甲收入, 乙收入)?"""
    return first in second or second in first or first[-2:] == second[-2:]


def _siblings(field: Field, a: int, b: int, words: str) -> bool:
    """Do two names stand side by side, each with its number (小学45所、初中15所)? A word that tells nothing alone belongs to the one before it."""
    first, last = field.start.searchsorted(field.name_end[a]), field.start.searchsorted(field.name_start[b])
    if last - first != 1 or is_thin(words):
        return False
    return field.start[first] - field.name_end[a] <= 1 and field.text[int(field.end[first]) : int(field.name_start[b])] == "、"


def _of_clause(field: Field, i: int, k: int, q_start: int, q_end: int, noun: Span | None) -> list[Candidate]:
    """Names made of the words of the number's own clause: those before it, those behind it, both, and those before it with the ``noun``
    that stands behind it."""
    text, base = field.text, field.bases[k]
    floor = int(field.end[i - 1]) if i and field.owner[i - 1] == k else base
    ceiling = int(field.start[i + 1]) if i + 1 < len(field.owner) and field.owner[i + 1] == k else base + len(field.readings[k].index.text)
    begin = floor
    for match in _STOP.finditer(text, max(floor, q_start - 60), q_start):
        begin = match.end()
    stop = _STOP.search(text, q_end, ceiling)
    finish = min(stop.start() if stop else ceiling, q_end + 40)
    before = _tidy(text, begin, q_start)
    behind = trim(text, q_end, finish) if finish > q_end else (q_end, q_end)
    out = []
    if before and before[1] - before[0] <= _LONGEST:
        out.append(Candidate(i, CLAUSE, (before,), -1, text[slice(*before)]))
        if noun is not None and noun[0] - q_end <= 2 and before[1] - before[0] + noun[1] - noun[0] <= _LONGEST:
            out.append(Candidate(i, NOUN, (before, noun), -1, text[slice(*before)] + text[slice(*noun)]))
    if 2 <= behind[1] - behind[0] <= _LONGEST:
        out.append(Candidate(i, BEHIND, (behind,), -1, text[slice(*behind)]))
        if before and before[1] - before[0] + behind[1] - behind[0] <= _LONGEST:
            out.append(Candidate(i, WHOLE, (before, behind), -1, text[slice(*before)] + text[slice(*behind)]))
    return out


def _tidy(text: str, start: int, end: int) -> Span | None:
    """The words before a number without those that only carry it; None where fewer than two characters are left."""
    if end - start < 2:
        return None
    if match := _CARRY.search(text, start, end):
        end = match.start()
    if match := _FRONT.match(text[start:end]):
        start += match.end()
    start, end = trim(text, start, end)
    return (start, end) if end - start >= 2 else None
