"""Scores on a folder of real reports kept outside the project: its own scoring script is run as it is, and its lines are shown.

The folder holds ``eval/score.py``, and ``reports`` with ``gold``, ``passages`` with ``passages-gold``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from zhibiao.runner import Extractor, run

from .evaluate import Sheet

#: Texts and gold rows, by folder.
SETS = (("reports", "gold"), ("passages", "passages-gold"))
_SECONDS = 600


def shared_sheets(folder: Path, extractor: Extractor) -> tuple[list[Sheet], list[str]]:
    """Extract the folder's texts, score them with the folder's script; a table of its lines beside each other, and what went wrong."""
    script = folder / "eval" / "score.py"
    if not script.is_file():
        return [], ["没有外部评测脚本 eval/score.py，略过 (no scoring script in the shared folder, left out)"]
    columns: dict[str, dict[str, str]] = {}
    wrong: list[str] = []
    for texts, gold in SETS:
        if not ((folder / texts).is_dir() and (folder / gold).is_dir()):
            wrong.append(f"没有 {texts} 或 {gold}，略过 (folder missing, left out)")
            continue
        lines, error = _score(script, folder / texts, folder / gold, extractor)
        if error:
            wrong.append(f"{texts}: {error}")
        columns[texts] = parse_lines(lines)
    if not columns:
        return [], wrong
    labels = list(dict.fromkeys(label for column in columns.values() for label in column))
    rows = [["", *columns], *([label, *(column.get(label, "—") for column in columns.values())] for label in labels)]
    return [("外部评测集 shared set（其自带脚本 its own script）", rows)], wrong


def parse_lines(lines: Sequence[str]) -> dict[str, str]:
    """``fact/facts  P 0.9 …`` → the label and the rest, by the first run of two blanks.

    >>> parse_lines(["pair/pairs       P 0.9000  R 0.8000  F1 0.8471  (tp 8 fp 1 fn 2)"])
    {'pair/pairs': 'P 0.9000 R 0.8000 F1 0.8471 (tp 8 fp 1 fn 2)'}
    """
    out = {}
    for line in lines:
        label, _, rest = line.partition("  ")
        if rest:
            out[label.strip()] = " ".join(rest.split())
        elif len(words := line.split(None, 1)) == 2:
            out[words[0]] = " ".join(words[1].split())
    return out


def _score(script: Path, texts: Path, gold: Path, extractor: Extractor) -> tuple[list[str], str]:
    """The script's lines, and its error where it failed."""
    with TemporaryDirectory(prefix="zhibiao-") as out:
        run([str(texts)], extractor=extractor, out=Path(out), formats=("jsonl",), timing=False)
        command = [sys.executable, str(script), "--gold", str(gold), "--texts", str(texts), "--pred", out]
        try:
            done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return [], f"{type(error).__name__}"
    lines = done.stdout.splitlines()
    return lines, "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
