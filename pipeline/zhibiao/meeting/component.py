"""spaCy component ``zhibiao_meeting``: decides over what tagger and patterns found; its records replace the patterns' in ``user_data``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from zhibiao.indicators.component import OF_TARGETS, TAGGED, ModelMismatchError, batches
from zhibiao.pairing.component import DRAFTS, MARK
from zhibiao.pairing.drafts import Draft
from zhibiao.schema import Side
from zhibiao.tokens.tokenizer import QUANTITIES, WORDS

from .decide import Lean, decide, records
from .features import NAME_COLUMNS, of_links, of_roles
from .field import Field, Reading
from .models import Models

#: Raised when features change their meaning: classifiers of another number cannot be read.
FEATURES = 1
_ABOUT = "about.json"
#: Quantities of one field, at the most (but for a passage that holds more by itself).
_MOST = 2000
_LEAN = Lean()


class Meeting:
    """Decides the records of each Doc from ``zhibiao.tagged`` and the patterns' drafts. Without classifiers it leaves the drafts alone."""

    def __init__(self, name: str = "zhibiao_meeting", *, lean: Lean | None = None, models: Models | None = None) -> None:
        self.name = name
        self.lean = lean or _LEAN
        self.models = models
        #: how often records that no model judges are right, by :func:`kind_of`
        self.rates: dict[str, float] = {}

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Decide over many Docs, a batch at a time."""
        for listed in batches(stream, batch_size):
            if self.models is not None:
                for some in _fields(listed):
                    field = Field([reading_of(doc) for doc in some])
                    for doc, found in zip(some, records(field, decide(field, self.models, self.lean), self.models), strict=True):
                        doc.user_data[DRAFTS] = self.rated(found)
            yield from listed

    def rated(self, drafts: list[Draft]) -> list[Draft]:
        """The drafts, those that no model judged with the confidence of their kind."""
        for draft in drafts:
            kind = kind_of(draft.method, draft.target, draft.actual)
            if kind in self.rates:
                draft.confidence = self.rates[kind]
        return drafts

    def initialize(self, get_examples: Callable[[], Iterable[Example]], *, nlp: Language | None = None, trainer: Any = None) -> None:
        """Train from scratch: ``trainer`` (named in the config's ``[initialize.components]``; spaCy wants its type left open) makes the classifiers; without one they stay."""
        if trainer is not None:
            self.models = trainer(list(get_examples()), self.lean)

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _ABOUT).write_text(json.dumps({"features": FEATURES, "rates": self.rates}, ensure_ascii=False) + "\n", "utf-8")
        if self.models is not None:
            self.models.save(folder)

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> Meeting:
        folder = Path(path)
        about = json.loads((folder / _ABOUT).read_text("utf-8"))
        if about["features"] != FEATURES:
            raise ModelMismatchError("meeting features", about["features"], FEATURES)
        if (folder / "roles.skops").is_file():
            self.models = Models.load(folder)
            empty = Field([])
            columns = (of_roles(empty).shape[1], NAME_COLUMNS, of_links(empty, [], empty.said, [], empty.value).shape[1])
            if (found := self.models.columns()) != columns:
                raise ModelMismatchError("meeting columns", found, columns)
        self.rates = about.get("rates", {})
        return self


def kind_of(method: str, target: Side | None, actual: Side | None) -> str | None:
    """The kind of a record that no model judges: how it was found and which sides it has; None for records of the meeting.

    >>> from decimal import Decimal
    >>> from zhibiao.schema import Side
    >>> kind_of("table", None, Side("3个", 0, 2, value=Decimal(3))), kind_of("model", None, None)
    ('table actual', None)
    """
    if method not in ("table", "pattern"):
        return None
    sides = [
        name if side.value is not None else f"{name} words" for name, side in (("target", target), ("actual", actual)) if side is not None
    ]
    return " ".join([method, *sides])


def _fields(docs: Sequence[Doc]) -> Iterator[list[Doc]]:
    """The Docs in lists that make fields of bounded size: pages full of numbers would else fill the memory with candidates."""
    some: list[Doc] = []
    count = 0
    for doc in docs:
        here = len(doc.user_data[QUANTITIES])
        if some and count + here > _MOST:
            yield some
            some, count = [], 0
        some.append(doc)
        count += here
    if some:
        yield some


def reading_of(doc: Doc) -> Reading:
    """What the components before left on a Doc."""
    data = doc.user_data
    return Reading(data[WORDS], data[QUANTITIES], data[TAGGED], data.get(DRAFTS, []), bool(data.get(OF_TARGETS)), data.get(MARK, 0))


@Language.factory(
    "zhibiao_meeting",
    requires=["doc.user_data"],
    assigns=["doc.user_data"],
    default_config={"lean_roles": _LEAN.roles, "lean_names": _LEAN.names, "lean_links": _LEAN.links, "lone": _LEAN.lone},
)
def create_meeting(nlp: Language, name: str, lean_roles: float, lean_names: float, lean_links: float, lone: float) -> Meeting:
    """Factory of the meeting; it needs ``zhibiao_indicators`` and ``zhibiao_statements`` before it."""
    return Meeting(name, lean=Lean(lean_roles, lean_names, lean_links, lone))
