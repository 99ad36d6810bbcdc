"""Floors on real annotated reports kept outside the project. Skipped where that folder is absent: nothing else needs it.

The floors lie a little below the measured figures, which stand in docs/SCORES.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from zhibiao.api import shared_extractor
from zhibiao.runner import run

SHARED = Path(os.environ.get("ZHIBIAO_SHARED", Path(__file__).parents[3] / "shared"))
SCORER = SHARED / "eval" / "score.py"
FLOORS = {
    "reports": {"quantity/full": 0.99, "pair/pairs": 0.88, "fact/facts": 0.83},
    "passages": {"quantity/full": 0.975, "pair/pairs": 0.86, "fact/facts": 0.92},
}
GOLD = {"reports": "gold", "passages": "passages-gold"}

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not SCORER.is_file(), reason="the annotated real reports are not here (ZHIBIAO_SHARED, or ../shared beside the repository)"
    ),
]


@pytest.fixture(scope="module", params=sorted(FLOORS))
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, dict]:
    name: str = request.param
    out = tmp_path_factory.mktemp(name)
    run([str(SHARED / name)], out=out, formats=("jsonl",), extractor=shared_extractor())
    scores = out / "scores.json"
    subprocess.run(
        [sys.executable, SCORER, "--gold", SHARED / GOLD[name], "--texts", SHARED / name, "--pred", out, "--json", scores],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return name, out, json.loads(scores.read_text(encoding="utf-8"))["total"]


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_floors_hold(outcome):
    name, _, scores = outcome
    short = {measure: scores[measure]["f1"] for measure, floor in FLOORS[name].items() if scores[measure]["f1"] < floor}
    assert not short


def test_every_span_is_its_evidence(outcome):
    name, out, _ = outcome
    texts = {path.stem: path.read_bytes().decode("utf-8-sig") for path in (SHARED / name).rglob("*.txt")}
    reports = {row["doc_id"]: texts[Path(row["path"]).stem] for row in rows(out / "reports.jsonl")}
    assert len(reports) == len(texts)
    quantities = rows(out / "quantities.jsonl")
    assert quantities
    assert [row for row in quantities if reports[row["doc_id"]][row["start"] : row["end"]] != row["text"]] == []
