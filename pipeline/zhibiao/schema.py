"""The data types that travel through the house, and the columns of every table that leaves it.

All types are frozen. Offsets are half open and count Python ``str`` characters. Inside the pipeline they point into the clean
text of one passage; :class:`Document` holds them after mapping, when they point into ``Report.text`` and
``text[start:end]`` is the evidence. Numbers are :class:`decimal.Decimal`; floats appear only at the edge of a table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Op = Literal["=", ">", ">=", "<", "<=", "~", "range"]
Kind = Literal["money", "percent", "count", "duration", "length", "area", "data", "score", "rank", "rate", "mass", "energy", "other"]
RecordType = Literal["performance", "budget", "score", "fact"]
Status = Literal["exceeded", "met", "missed", "unknown"]
Direction = Literal["higher", "lower", "exact", "none"]

OPS: tuple[Op, ...] = ("=", ">", ">=", "<", "<=", "~", "range")
KINDS: tuple[Kind, ...] = (
    "money", "percent", "count", "duration", "length", "area", "data", "score", "rank", "rate", "mass", "energy", "other",
)  # fmt: skip


def plain(value: Decimal) -> str:
    """``value`` to the last digit, without exponent, trailing zeros or minus zero: one number has one spelling in every file.

    So 98.0 and 98 are joined, grouped and compared alike; the digits as printed stand in the columns of words.

    >>> plain(Decimal("63023400.00")), plain(Decimal("1.2E+9")), plain(Decimal("-0.0")), plain(Decimal("1E-7"))
    ('63023400', '1200000000', '0', '0.0000001')
    """
    text = format(value, "f")  # not Decimal.normalize(): that rounds to the context's 28 digits
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@dataclass(frozen=True, slots=True)
class Quantity:
    """One measured quantity.

    ``value`` is in base unit with 万/亿/千/百 multiplied out (6,302.34万元 → ``Decimal("63023400.00")`` 元) and keeps the printed
    precision; ``value_high`` is set only where ``op`` is ``range``. ``unit`` is the canonical unit, ``""`` where none is known.
    ``bare`` is True where the text itself gives no unit (the unit, if any, came from a header, a name or the next cell).
    ``box`` is where it stands on its page, "left,top,right,bottom" in points from the upper left corner; "" where the file has no pages to look at.
    """

    start: int
    end: int
    text: str
    op: Op
    value: Decimal
    unit: str
    kind: Kind
    value_high: Decimal | None = None
    bare: bool = False
    page: int | None = None
    section: str = ""
    box: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """The target or the actual of a statement: words, and a number where the words hold one.

    ``start``/``end`` locate ``text``; both are None where the side was put together from several places.
    """

    text: str
    start: int | None
    end: int | None
    op: Op | None = None
    value: Decimal | None = None
    value_high: Decimal | None = None
    unit: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The taxonomy entry of a record; ``canonical_id`` is None for NIL (no entry fits)."""

    canonical_id: str | None = None
    canonical_name: str = ""
    level1: str = ""
    level2: str = ""
    direction: Direction = "none"
    confidence: Decimal | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One indicator statement: a target and/or an actual of one named measure. See CONTRACT: table ``records``.

    ``stated_level1``, ``stated_level2``: the levels under which the report's own table puts it (``level1`` and ``level2`` are the taxonomy's);
    ``deviation``: the reason that the row gives for missing the target; ``box``: as in :class:`Quantity`.
    """

    type: RecordType
    indicator: str
    indicator_start: int | None
    indicator_end: int | None
    target: Side | None
    actual: Side | None
    start: int
    end: int
    evidence: str
    method: str
    confidence: float
    change: str = ""
    link: Link = field(default_factory=Link)
    completion: Decimal | None = None
    status: Status = "unknown"
    weight: Decimal | None = None
    score: Decimal | None = None
    level1: str = ""
    level2: str = ""
    org: str = ""
    region: str = ""
    year: int | None = None
    period: str = ""
    project: str = ""
    section: str = ""
    page: int | None = None
    record_id: str = ""
    stated_level1: str = ""
    stated_level2: str = ""
    deviation: str = ""
    box: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an auditor should look at; ``spans`` locate the numbers involved."""

    rule: str
    severity: Literal["info", "warning", "error"]
    message: str
    expected: str
    found: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table as its file gives it: place in the grid (from 0), extent, and where its words stand in the text.

    An empty cell has ``start == end``. A merged cell stands once, at its upper left corner.
    """

    row: int
    column: int
    start: int
    end: int
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table that the file itself draws: the stretch of text it takes up, and its cells by row and column.

    ``edges``: where the file has a geometry, the x positions of the column borders in points (one more than there are columns), so that the
    parts of a table on several pages can be laid under one another.
    """

    start: int
    end: int
    cells: tuple[TableCell, ...]
    edges: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class TextLine:
    """Where a stretch of text (one line of a page, or of a cell) stands on its page, in points from the upper left corner.

    ``edges``: the left edge of each character, and the right edge of the last: ``end - start + 1`` numbers that ascend.
    """

    start: int
    end: int
    page: int
    top: float
    bottom: float
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One input document as it was read, with what is known about it as a whole.

    ``tables``: the tables that the file draws, in order of text; ``furniture``: stretches that belong to the page and not to the text (running
    heads, page numbers); ``lines``: where the words stand on their pages, in order of text; ``gaps``: what could not be read of it. All empty where
    the format knows none.
    """

    doc_id: str
    path: str
    sha256: str
    format: str
    text: str
    title: str = ""
    org: str = ""
    region: str = ""
    year: int | None = None
    pages: int | None = None
    page_starts: tuple[int, ...] = ()
    tables: tuple[Table, ...] = ()
    furniture: tuple[tuple[int, int], ...] = ()
    lines: tuple[TextLine, ...] = ()
    gaps: tuple[Exception, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A report with everything that was extracted from it; all offsets point into ``report.text``."""

    report: Report
    quantities: tuple[Quantity, ...] = ()
    records: tuple[Record, ...] = ()
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0
    model_version: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """One input that failed: where (``stage``), what (``error``, the exception's class) and what to do (``message``)."""

    doc_id: str
    path: str
    stage: str
    error: str
    message: str


# The columns of each table, in order: name → label for people (Chinese first). CONTRACT.md fixes the names.
QUANTITY_COLUMNS: dict[str, str] = {
    "doc_id": "文档", "start": "起", "end": "止", "text": "原文", "op": "比较", "value": "数值", "value_high": "上限", "unit": "单位",
    "kind": "类别", "page": "页", "section": "章节", "box": "页面位置",
}  # fmt: skip
RECORD_COLUMNS: dict[str, str] = {
    "doc_id": "文档", "record_id": "记录号", "type": "类型", "indicator": "指标", "indicator_start": "指标起", "indicator_end": "指标止",
    "target_text": "目标原文", "target_op": "目标比较", "target_value": "目标值", "target_value_high": "目标上限", "target_unit": "目标单位",
    "target_start": "目标起", "target_end": "目标止",
    "actual_text": "实际原文", "actual_op": "实际比较", "actual_value": "实际值", "actual_value_high": "实际上限", "actual_unit": "实际单位",
    "actual_start": "实际起", "actual_end": "实际止",
    "change": "变动", "canonical_id": "标准指标号", "canonical_name": "标准指标", "level1": "一级指标", "level2": "二级指标",
    "link_confidence": "链接置信度", "weight": "分值", "score": "得分", "completion": "完成率", "status": "状态", "org": "部门", "region": "地区", "year": "年度",
    "period": "期间", "project": "项目", "section": "章节", "evidence": "依据", "start": "起", "end": "止", "page": "页",
    "confidence": "置信度", "method": "方法", "stated_level1": "表列一级指标", "stated_level2": "表列二级指标", "deviation": "偏差原因", "box": "页面位置",
}  # fmt: skip
REPORT_COLUMNS: dict[str, str] = {
    "doc_id": "文档", "path": "路径", "sha256": "SHA-256", "format": "格式", "title": "标题", "org": "部门", "region": "地区", "year": "年度",
    "pages": "页数", "chars": "字数", "text": "全文", "n_quantities": "数量数", "n_records": "记录数", "seconds": "秒",
    "model_version": "模型版本",
}  # fmt: skip
FINDING_COLUMNS: dict[str, str] = {
    "doc_id": "文档", "rule": "规则", "severity": "级别", "message": "说明", "expected": "应为", "found": "实为", "spans": "位置",
}  # fmt: skip
ERROR_COLUMNS: dict[str, str] = {"doc_id": "文档", "path": "路径", "stage": "阶段", "error": "错误", "message": "说明"}
TABLES: dict[str, dict[str, str]] = {
    "quantities": QUANTITY_COLUMNS,
    "records": RECORD_COLUMNS,
    "reports": REPORT_COLUMNS,
    "findings": FINDING_COLUMNS,
    "errors": ERROR_COLUMNS,
}
