"""Where the name of a measure stands: before the number, or behind it, and where it begins and ends.

Names are spans of the clean passage; they are cut on word borders (jieba's), never inside a word.
"""

from __future__ import annotations

import re

from zhibiao.tokens.words import Word, WordIndex

from .cues import Cues, load_cues
from .drafts import Span

TIME = re.compile(
    r"(?:截至|截止|到|至)?(?:(?:19|20)\d{2}(?:[-—~]\d{2,4})?年?(?:度|以来|底|末|初|期间)?(?:\d{1,2}(?:[-—~至]\d{1,2})?月(?:份)?(?:\d{1,2}日)?)?(?:末|底|初|以来)?"
    r"|\d{1,2}(?:[-—~至]\d{1,2})?月(?:份)?(?:\d{1,2}日)?(?:末|底)?|[上下]半年|前[一二三]季度|“?十[三四五]五”?(?:期间|时期|以来)?)[，,]?"
)
#: The name that an item with a mark opens with: （1）丰富形式，… / 1.产出数量。…
ITEM_TITLE = re.compile(r"\s*([^，。；：]{3,28})[，。]")
#: Words that tell the part a number plays and nothing of what is measured: they are nobody's name.
ROLE_WORDS = re.compile(
    r"(?:(?:自评|评价|综合|该项|实际|最终)?得分|(?:年度|全年|年初|绩效|预期)?(?:目标|指标)值?(?:控制)?|实际(?:完成|执行|达到|实施|值|完成值)?|完成值|分值|权重"
    r"|(?:完成|占|为)?(?:年初|调整|变动|全年|年度|批复)?后?预算数?的?|监测结果|(?:第三方)?(?:调查|测评|统计)?结果|其中|同时)(?:为|是|约)?(?:全年|年度)?(?:[\d.]+分)?"
)
_TIME_BEGINS = frozenset("截至到上下前“十0123456789")
_YEAR = re.compile(r"(?:19|20)\d{2}(?:[-—]\d{2,4})?年(?:度)?(?:\d{1,2}月)?(?:末|底|初)?")
#: Behind 在: 在建, 在校, 在孵, 在册 … belong to the name.
_UNDER_WAY = frozenset("建校孵册职编岗营库园线网院读研租售贷保训押逃审办管")
_FUNCTION_TAGS = ("d", "p", "c", "u", "r", "m", "q", "t", "f", "y", "x", "z", "w")
_LIST_MARK = re.compile(r"\s*(?:\d{1,2}[.、]|（\d{1,2}）|（[一二三四五六七八九十]+）|[①-⑳]|[一二三四五六七八九十]是)")
#: A name that begins or ends in the middle of a phrase (的镇街有, 标段中有).
_TORN = re.compile(r"[的等]|(?:该|此|上述|这)[项类些个]?|.*(?:[中均尚仍还现只]有|占|的)$")
_LETTER = re.compile(r"[A-Za-z㐀-鿿]")
_NO_NAME = re.compile(
    r"(?:年度|全年|年初|预期|计划|实际|当年|原定)*(?:目标|计划|实际|(?:目标|指标|完成|计划)(?:值|数|量))(?:为|是)?|其中|同时|以[上下内外]|左右|（[套件台个]）|.*为期|方面(?:的内容)?|[的约达为至到近超]+"
)
#: A clause that is one noun phrase is no longer.
_CLOSED = 20
#: Before 均 at the end of a word: 平均, 人均, 户均.
_PER = frozenset("平人户亩日月年生床校村镇")
_OPEN = re.compile(r"^[\s，、：；。”’》）\-—=]+")
_CLOSE = re.compile(r"[\s，、：；。“‘《（\-—=]+$")


def is_name(words: str) -> bool:
    """Can these words stand as a name at all? Not without a letter, nor where they only tell the part that a number plays.

    >>> is_name("水质合格率"), is_name("≥"), is_name("完成值")
    (True, False, False)
    """
    return _LETTER.search(words) is not None and _NO_NAME.fullmatch(words) is None


def is_thin(words: str) -> bool:
    """Do these words alone tell nothing of what is measured (事项, 项目; 目标, 自评得分)?"""
    return words in load_cues().words["thin"] or ROLE_WORDS.fullmatch(words) is not None or _TORN.match(words) is not None


def only_scope(words: list[Word], cues: Cues) -> bool:
    """Do the words name nothing but a scope (全市, 我省), light verbs aside?"""
    return all(w.text in cues.words["scope"] or not is_content(w, cues) for w in words)


def after_year(words: list[Word], text: str) -> list[Word]:
    """Of 市人大批准的2019年全市收入 keep what follows the last year."""
    if len(words) < 3:
        return words
    years = list(_YEAR.finditer(text, words[0].start, words[-1].end))
    if not years:
        return words
    kept = [w for w in words if w.start >= years[-1].end()]
    return kept if kept and kept[-1].end - kept[0].start >= 2 else words


def is_content(word: Word, cues: Cues) -> bool:
    """Can the word say what is measured? Nouns and the like; not verbs that only carry the number."""
    if word.text in cues.words["light"] or word.text in cues.words["back"] or word.text in cues.words["front"]:
        return False
    return not word.tag.startswith(_FUNCTION_TAGS) or (word.tag.startswith("x") and word.text.isalnum())


def after_sum(words: list[Word], cues: Cues) -> list[Word]:
    """Of 县疾控中心全年共|抽检水样 keep what follows the last word of summing up, where it names something."""
    for i in range(len(words) - 2, 0, -1):
        if words[i].text in cues.words["sum"] and any(is_content(w, cues) for w in words[i + 1 :]):
            after = words[i + 1 :]
            return after if after[-1].end - after[0].start >= 4 or words[i].text.endswith("有") else words
    return words


def strip_front(words: list[Word], text: str, cues: Cues) -> list[Word]:
    """Take time words and words of telling off the front, as long as something is left."""
    front, begins = cues.words["front"], cues.begins["front"]
    i, n = 0, len(words)
    if n and (mark := _LIST_MARK.match(text, words[0].start, words[-1].end)):
        while i < n and words[i].end <= mark.end():
            i += 1
    while i < n:
        if words[i].text == "在" and i + 1 < n and words[i + 1].start == words[i].end and words[i + 1].text[0] in _UNDER_WAY:
            break
        if words[i].text[0] in _TIME_BEGINS and (match := TIME.match(text, words[i].start, words[-1].end)):
            j = i
            while j < n and words[j].end <= match.end():
                j += 1
            if j > i and (words[j - 1].end == match.end() or j == n):
                i = j
                continue
        for k in (3, 2, 1) if words[i].text in begins else ():
            if i + k <= n and "".join([w.text for w in words[i : i + k]]) in front:
                i += k
                break
        else:
            if words[i].text in "，、：；。”）’　 ":
                i += 1
                continue
            break
    return words[i:]


def strip_back(words: list[Word], cues: Cues) -> list[Word]:
    """Take words that only carry the number (为, 达到, 共, 增至 …) off the back."""
    back, ends = cues.words["back"], cues.ends["back"]
    n = len(words)
    while n:
        if n > 1 and words[n - 1].text in ("合计", "总计") and words[n - 2].text.endswith(("收入", "支出", "收支")):
            break
        for k in (3, 2, 1) if words[n - 1].text in ends else ():
            if n >= k and "".join([w.text for w in words[n - k : n]]) in back:
                n -= k
                break
        else:
            if not words[n - 1].text.strip("，、：；。“（‘ ="):
                n -= 1
                continue
            break
    return words[:n]


def cut_long(words: list[Word], cues: Cues, limit: int = 14) -> list[Word]:
    """Of a long left side keep what follows its last main verb (that verb included), where a noun follows it."""
    if not words or words[-1].end - words[0].start <= limit:
        return words
    light = cues.words["light"]
    for i in range(len(words) - 2, 0, -1):
        word = words[i]
        if word.text not in light or not word.tag.startswith(("v", "n", "d", "p")):
            continue
        after = words[i + 1 :]
        if after[0].text in ("的", "率", "数", "量", "情况") or not any(is_content(w, cues) for w in after):
            continue
        if after[-1].end - after[0].start < 2 or words[i - 1].text in ("的",):
            continue
        if any(w.text == "的" for w in after) and after[-1].end - after[0].start > limit:
            continue
        return words[i:]
    return words


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Take punctuation and unpaired quotes or brackets off both ends of a span."""
    while start < end:
        if match := _OPEN.match(text[start:end]):
            start += match.end()
            continue
        if match := _CLOSE.search(text[start:end]):
            end = start + match.start()
            continue
        body = text[start:end]
        if len(body) > 2 and body[-1] == "均" and body[-2] not in _PER:
            end -= 1  # 进驻率|均: a segmenter may have joined them
        elif body[0] in "“《（" and not any(c in body for c in "”》）"):
            start += 1
        elif body[-1] in "”》）" and not any(c in body for c in "“《（"):
            end -= 1
        elif body.count("（") > body.count("）") and body.rfind("（") > body.rfind("）") > -2 and body.rfind("（") > 0:
            end = start + body.rfind("（")  # a bracket that opens in a name and closes behind it
        else:
            break
    return start, end


def right_name(index: WordIndex, start: int, end: int, cues: Cues, *, whole: bool = False, owner: bool = False) -> Span | None:
    """The noun that stands behind a number: ``33个|“两重”项目|顺利实施``. ``whole`` keeps verbs (rates: 95%|存量系统上云).

    ``owner``: people or bodies are counted, what they own is not.
    """
    if start >= end:
        return None
    text = index.text
    words = index.slice(start, end)
    while words and (words[0].text in ("的", "、", "左右", "以上", "以内") or not words[0].text.strip()):
        words.pop(0)
    if not words:
        return None
    if whole:
        words = strip_front(words, text, cues)
        if not words:
            return None
        return trim(text, words[0].start, words[-1].end)
    stop = cues.words["stop"]
    # A noun at the end of a short clause heads all that stands before it, verbs and all: 便民利企一站式指尖办服务|事项.
    closed = (
        words[-1].tag.startswith("n")
        and words[-1].end - words[0].start <= _CLOSED
        and not any(w.text in stop or w.text == "的" for w in words)
    )
    kept: list[Word] = []
    seen = False
    quoted = 0
    for i, word in enumerate(words):
        quoted += word.text.count("“") + word.text.count("《") - word.text.count("”") - word.text.count("》")
        if quoted <= 0 and seen and (word.text in stop or any(word.text.startswith(s) for s in ("已", "均", "按"))):
            break
        if (
            quoted <= 0
            and seen
            and not closed
            and word.tag in ("v", "vd", "d", "ad", "p")
            and word.end - words[0].start > 8
            and "的" not in {w.text for w in words[i : i + 3]}
        ):
            break
        if owner and word.text == "的" and kept and kept[-1].tag.startswith("n") and quoted <= 0:
            break
        kept.append(word)
        seen = seen or is_content(word, cues) or word.text in cues.words["light"]
    while kept and (kept[-1].tag.startswith(("u", "d", "p", "c")) or kept[-1].text in ("等", "的", "了")):
        kept.pop()
    if not kept or not any(is_content(w, cues) for w in kept):
        return None
    return trim(text, kept[0].start, kept[-1].end)
