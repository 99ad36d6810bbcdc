"""Fixtures used across the suite: the shipped extractor, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhibiao.api import report_of, shared_extractor
from zhibiao.extractor import Extractor
from zhibiao.schema import Document

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    return shared_extractor()


@pytest.fixture(scope="session")
def extract(extractor: Extractor):
    def run(text: str) -> Document:
        return extractor.extract(report_of(text))

    return run


@pytest.fixture(scope="session")
def samples() -> list[Path]:
    return sorted((ROOT / "samples" / "reports").glob("*.txt"))
