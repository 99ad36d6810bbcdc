"""Our scoring and the shared scoring script count alike on the same gold rows and the same finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhibiao.extractor import Extractor
from zhibiao.schema import Quantity, Report, Side
from zhibiao.training.evaluate import add, read_source
from zhibiao.training.gold import Gold, GoldQuantity, gold_of
from zhibiao.training.scoring import score

ROOT = Path(__file__).parents[2]
SCORER = Path(os.environ.get("ZHIBIAO_SHARED", ROOT.parent / "shared")) / "eval" / "score.py"

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SCORER.is_file(), reason="the shared scoring script is not here")]


def number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def value_of(x: Side | Quantity | GoldQuantity | None) -> Any:
    if x is None or x.value_high is None:
        return number(x.value) if x is not None else None
    return [number(x.value), number(x.value_high)]


def gold_rows(gold: Gold) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {"quantities": [], "pairs": [], "facts": []}
    for q in gold.quantities:
        also = [{"value": number(v), "unit": u} for v, u in q.also]
        place = {"text": q.text, "start": q.start, "end": q.end, "optional": q.optional}
        rows["quantities"].append({**place, "op": q.op, "value": value_of(q), "unit": q.unit, "kind": q.kind, "alt": also})
    for r in gold.records:
        names = {"indicator": r.names[0], "aliases": r.names[1:], "optional": r.optional}
        if r.type == "fact" and r.target is None:
            if r.actual is not None and r.actual.value is not None:
                rows["facts"].append({**names, "value_text": r.actual.text, "value": value_of(r.actual), "unit": r.actual.unit})
            continue
        rows["pairs"].append({**names, "also": r.also, **sides(r)})
    return rows


def sides(r: Any, *, found: bool = False) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name in ("target", "actual"):
        side: Side | None = getattr(r, name)
        out[name + ("_text" if found else "")] = side.text if side else None
        out |= {f"{name}_op": side.op if side else None, f"{name}_value": value_of(side), f"{name}_unit": side.unit if side else None}
    return out


def dump(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def test_the_same_counts(extractor: Extractor, tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("gold", "texts", "pred")}
    for folder in folders.values():
        folder.mkdir()
    ours, quantities, records = [], [], []
    for passage in read_source(ROOT / "samples" / "marked").passages:
        gold = gold_of(passage)
        # A quantity whose value nobody could read is judged by its place in our scoring and as wrong in the script's.
        gold = Gold(tuple(q for q in gold.quantities if q.value is not None or q.optional), gold.records)
        document = extractor.extract(Report(passage.id, "", "", "text", passage.text))
        ours.append(score(gold, document).measures)
        (folders["texts"] / f"{passage.id}.txt").write_text(passage.text, "utf-8", newline="")
        for table, rows in gold_rows(gold).items():
            dump(folders["gold"] / f"{passage.id}.{table}.jsonl", rows)
        for q in document.quantities:
            quantities.append(
                {"doc_id": passage.id, "start": q.start, "end": q.end, "text": q.text, "op": q.op, "value": value_of(q), "unit": q.unit}
            )
        records += [{"doc_id": passage.id, "type": r.type, "indicator": r.indicator, **sides(r, found=True)} for r in document.records]
    dump(folders["pred"] / "quantities.jsonl", quantities)
    dump(folders["pred"] / "records.jsonl", records)
    command = [sys.executable, SCORER, *(f"--{name}={folder}" for name, folder in folders.items()), f"--json={tmp_path / 'scores.json'}"]
    subprocess.run(command, check=True, capture_output=True)
    theirs = json.loads((tmp_path / "scores.json").read_text("utf-8"))["total"]
    assert len(theirs) == 7
    mine = add(ours)
    assert {m: (mine[m].tp, mine[m].fp, mine[m].fn) for m in theirs} == {m: (c["tp"], c["fp"], c["fn"]) for m, c in theirs.items()}
