"""The spaCy component ``zhibiao_quantities``: the quantities of a text as a span group."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from zhibiao.schema import Quantity

from .grammar import QuantityFinder, default_finder

#: Key under which a Doc carries its quantities (``doc.user_data``) as a list of :class:`zhibiao.schema.Quantity`.
USER_DATA = "zhibiao.quantities"
#: Name of the span group (``doc.spans``).
SPANS = "quantities"


class QuantityComponent:
    """Fills ``doc.spans["quantities"]``, one span a quantity, labelled with its kind.

    A list that is already in ``doc.user_data["zhibiao.quantities"]`` (the tokenizer puts it there) is used and not computed again.
    A quantity that does not fit the token edges is widened to whole tokens in the span group; the list keeps the exact characters.
    """

    def __init__(self, finder: QuantityFinder | None = None) -> None:
        self.finder = finder or default_finder()

    def __call__(self, doc: Doc) -> Doc:
        found: list[Quantity] | None = doc.user_data.get(USER_DATA)
        if found is None:
            found = doc.user_data[USER_DATA] = self.finder.find(doc.text)
        spans = [doc.char_span(q.start, q.end, label=q.kind, alignment_mode="expand") for q in found]
        doc.spans[SPANS] = SpanGroup(doc, name=SPANS, spans=[span for span in spans if span is not None])
        return doc


@Language.factory("zhibiao_quantities", assigns=["doc.spans"])
def make_quantities(nlp: Language, name: str) -> QuantityComponent:
    """The factory; no settings: the words and units lie in the data files."""
    return QuantityComponent()
