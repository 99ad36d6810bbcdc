"""spaCy component ``zhibiao_statements``: the records of a passage, in clean offsets, at ``doc.user_data["zhibiao.drafts"]``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from zhibiao.tokens.tokenizer import QUANTITIES, WORDS

from .drafts import Draft
from .passage import read_passage

#: Keys of ``doc.user_data``: what the caller may set before (the passage's headings, its mark) and what the component leaves.
SECTION = "zhibiao.section"
MARK = "zhibiao.mark"
DRAFTS = "zhibiao.drafts"


class Statements:
    """Reads the statements of each Doc made by the protecting tokenizer."""

    def __call__(self, doc: Doc) -> Doc:
        data = doc.user_data
        if WORDS not in data:
            raise ValueError(
                "zhibiao_statements 需要 zhibiao.ProtectingTokenizer.v1 生成的 Doc (the Doc was not made by the protecting tokenizer)"
            )
        drafts: list[Draft] = read_passage(data[WORDS], data[QUANTITIES], mark=data.get(MARK, 0), section=data.get(SECTION, ()))
        data[DRAFTS] = drafts
        return doc


@Language.factory("zhibiao_statements", requires=["doc.spans"], assigns=["doc.user_data"])
def create_statements(nlp: Language, name: str) -> Statements:
    """Factory of the statements component; it needs the protecting tokenizer and ``zhibiao_quantities`` before it."""
    return Statements()
