"""Documents for the tests of the tables."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from zhibiao.schema import Document, Finding, Link, Quantity, Record, Report, Side

D = Decimal
# What breaks tables: separators, quotes, line ends of every kind, emoji, formulas, edges of white space, markup.
NASTY = [
    'a,b"c"', "行一\r\n行二\r行三\n行四", "=1+1", "-5%", "+3", "@SUM(A1)", "😀𠮷", " 前后空白 ", "\ttab", "<r>x</r>", "&amp;<b>", "_x0041_",
    "http://x.cn",
    "1E5", "001", "NULL", "nan", "真\u2028实", "'引",
]  # fmt: skip
VALUES = [
    D("63023400.00"), D("99.5"), D("0.1"), D("1.2E+9"), D("-3.50"), D("1E-7"), D("0.00"), D("12345678901234567890.123456789"),
    D("9007199254740993"),
]  # fmt: skip


def make_document(doc_id: str, *, texts: list[str] | None = None, values: list[Decimal] | None = None) -> Document:
    """One record and one quantity for each text and value in turn; every optional column is full in one row and empty in another."""
    texts, values = texts or NASTY, values or VALUES
    count = max(len(texts), len(values))
    quantities, records = [], []
    for i in range(count):
        text, value = texts[i % len(texts)], values[i % len(values)]
        high = value if i % 2 else None
        quantities.append(
            Quantity(i, i + len(text), text, "range" if high else "=", value, "元", "money", high, page=i or None, section=text)
        )
        side = Side(text, i, i + 1, ">=", value, high, "元", "money")
        link = Link("x-1", "标准", "产出指标", "数量指标", "higher", D("0.87"), "alias") if i % 2 else Link()
        records.append(
            Record(
                "performance", text, i, i + 2, side if i % 3 else None, side if i % 2 else None, i, i + 9, f"依据 {text}", "pattern", 0.875,
                link=link, completion=value if i % 2 else None, status="met" if i % 2 else "missed", year=2021 if i % 2 else None,
                record_id=f"{doc_id}-{i}",
            )
        )  # fmt: skip
    findings = (Finding("sum", "warning", "不等", "3", "4", ((0, 3), (7, 12))), Finding("none", "info", "无处", "", "", ()))
    report = Report(doc_id, f"in/{doc_id}.txt", "0" * 64, "txt", "".join(texts), "标题", "部门", "地区", 2021, 3, (0, 1, 2))
    return Document(report, tuple(quantities), tuple(records), findings, seconds=0.25, model_version="1")


@pytest.fixture
def document() -> Callable[..., Document]:
    return make_document
