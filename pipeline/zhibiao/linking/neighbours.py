"""A bare name takes the entry of its paragraph: 按时办结率 among orders of the hotline is the hotline's.

Where several entries of different fields fit a name about equally well, the records around it decide by the fields that they were linked to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from zhibiao.linking.features import GENERAL_DOMAINS
from zhibiao.schema import Link

#: Records before and after that have a say, if they stand in the same section.
REACH = 6
#: Entries whose score is this much below the best are still rivals.
MARGIN = 0.15
#: Rivals that are considered at most.
MOST_RIVALS = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """The link of one mention, the field of its entry, and the links (with their fields) that would do about as well."""

    link: Link
    domain: str = ""
    rivals: tuple[tuple[str, Link], ...] = ()


def settle(answers: Sequence[Answer], sections: Sequence[str]) -> list[Link]:
    """The links of a document's mentions, in order; ``sections`` are their section titles. Only answers with rivals can change.

    The field with the most links nearby wins, if it has more than that of the best entry; general fields have no say.
    """
    links = [answer.link for answer in answers]
    for i, answer in enumerate(answers):
        if not answer.rivals:
            continue
        around = range(max(0, i - REACH), min(len(answers), i + REACH + 1))
        votes = Counter(answers[j].domain for j in around if not answers[j].rivals and sections[j] == sections[i])
        said = {domain: number for domain, number in votes.items() if domain not in GENERAL_DOMAINS}
        most, link = said.get(answer.domain, 0), answer.link
        for domain, rival in answer.rivals:
            if said.get(domain, 0) > most:
                most, link = said[domain], rival
        links[i] = link
    return links
