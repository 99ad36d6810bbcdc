"""The spaCy component."""

from __future__ import annotations

import spacy

import zhibiao.quantities.component  # noqa: F401  (registers the factory)
from zhibiao.quantities import default_finder

TEXT = "全年受理工单超过26万件，办结率99.5%。"


def test_component_fills_the_span_group() -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhibiao_quantities")
    doc = nlp(TEXT)
    assert [(span.text, span.label_) for span in doc.spans["quantities"]] == [("26万件", "count"), ("99.5%", "percent")]
    assert doc.user_data["zhibiao.quantities"] == default_finder().find(TEXT)


def test_a_list_that_is_there_already_is_used() -> None:
    nlp = spacy.blank("zh")
    component = nlp.add_pipe("zhibiao_quantities")
    doc = nlp.make_doc(TEXT)
    given = default_finder().find(TEXT)[:1]
    doc.user_data["zhibiao.quantities"] = given
    assert [span.text for span in component(doc).spans["quantities"]] == ["26万件"]
    assert doc.user_data["zhibiao.quantities"] is given
