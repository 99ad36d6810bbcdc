"""The bench runs and says what it should; how fast anything is, is not tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zhibiao import cli
from zhibiao.bench import LABELS, STAGES, gather
from zhibiao.errors import NoInput, UsageError

TEXTS = {"a": "全年受理热线工单26万件，同比增长5.2%。\n", "b": "指标名称 目标值 完成值\n终端数量 150台 162台\n宣传场次 12场 9场\n"}


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "in" / f"{name}.txt").write_text(text, "utf-8")
    return tmp_path / "in"


def test_the_command(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["bench", "in", "--repeat", "1", "--min-chars", "0", "--write", "docs/BENCH.md"])
    out, err = capsys.readouterr()
    assert code == 0
    for label in LABELS.values():
        assert label.strip() in out
    assert re.search(r"整个任务 ÷ jieba = \d+\.\d\d（目标 target ≥ 0\.35：(?:未达到 missed|达到 met)）", out)
    chars = sum(map(len, TEXTS.values()))
    assert f"文本 text：{chars} 字，2 份 documents（不同的 distinct {chars} 字，重复 1 遍）" in out
    assert err == "→ docs/BENCH.md\n"
    page = Path("docs/BENCH.md").read_text("utf-8")
    assert page.startswith("# 速度 Speed\n")
    assert "| jieba.cut |" in page
    assert str(texts.parent) not in page
    assert sum(line.endswith("% |") for line in page.splitlines()) == len(STAGES) + 1  # a share for each stage and the rest
    assert not (texts.parent / "out").exists()


def test_texts_are_repeated_to_the_wanted_length(texts: Path, tmp_path: Path) -> None:
    once = sum(map(len, TEXTS.values()))
    material = gather(["in"], tmp_path / "copies", min_chars=2 * once + 1)
    assert (material.times, material.distinct, len(material.files), material.chars) == (3, 2, 6, 3 * once)
    assert [r.text for r in material.reports] == list(TEXTS.values()) * 3


def test_without_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoInput):
        gather([], tmp_path / "copies", min_chars=0)
    with pytest.raises(UsageError):
        gather(["missing.txt"], tmp_path / "copies", min_chars=0)
    assert cli.main(["bench"]) == 2
    assert "Z202" in capsys.readouterr().err
