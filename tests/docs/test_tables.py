"""docs/TABLES.md names every column of every table, in order, with its label and type; and every rule and code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from zhibiao.export.frames import column_type
from zhibiao.schema import KINDS, OPS, TABLES, RecordType, Status


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "TABLES.md").read_text("utf-8")


def section(page: str, name: str) -> str:
    match = re.search(rf"^## `{name}`.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert match, f"docs/TABLES.md has no section for {name}"
    return match[0]


@pytest.mark.parametrize("table", TABLES)
def test_columns(table: str, page: str) -> None:
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section(page, table).splitlines() if line.startswith("| `")]
    described = [(re.findall(r"`(\w+)`", row[0])[0], row[1], row[-1]) for row in rows]
    assert described == [(name, label, column_type(name)) for name, label in TABLES[table].items()]


@pytest.mark.parametrize("codes", [KINDS, OPS, get_args(RecordType), get_args(Status)], ids=["kind", "op", "type", "status"])
def test_codes(codes: tuple[str, ...], page: str) -> None:
    assert [code for code in codes if f"`{code}`" not in page] == []


def test_rules_of_findings(root: Path, page: str) -> None:
    code = "\n".join(path.read_text("utf-8") for path in sorted((root / "pipeline" / "zhibiao" / "assess").glob("*.py")))
    rules = set(re.findall(r"Finding\(\s*\"(\w+)\"", code))
    assert len(rules) >= 3
    assert set(re.findall(r"^- `(\w+)`", section(page, "findings"), re.MULTILINE)) == rules
