"""The commands of annotators and trainers: what they say, and their exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from zhibiao import cli

ROOT = Path(__file__).parents[2]
GOOD = (
    "### id=edu-w1-900 dept=教育 layout=prose writer=w1\n" + "全县坚持把教育摆在优先发展的位置，" * 4 + "年内新增{学位|I1}{2.4万个|A1}。\n"
)
SECOND = GOOD.replace("新增{学位|I1}", "{新增学位|I1}").replace("writer=w1", "writer=d1")


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "annotations" / "corpus").mkdir(parents=True)
    (tmp_path / "annotations" / "corpus" / "w1-edu-9.txt").write_text(GOOD, "utf-8")
    return tmp_path


def test_check_of_a_good_corpus(place, capsys):
    assert cli.main(["annotate", "check"]) == 0
    assert "段落 passages  1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (GOOD.replace("|A1}", "|Z1}"), "unknown label"),
        (GOOD.replace("{学位|I1}", "学位"), "record 1"),
        (GOOD + "\n" + GOOD, "edu-w1-900"),
    ],
)
def test_check_tells_what_is_wrong(place, capsys, body, said):
    file = place / "annotations" / "corpus" / "w1-edu-9.txt"
    file.write_text(body, "utf-8")
    assert cli.main(["annotate", "check", str(file)]) == 1
    assert said in capsys.readouterr().err


def test_check_of_the_shipped_corpus(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert cli.main(["annotate", "check"]) == 0
    out = capsys.readouterr().out
    assert "错误 errors  0" in out


def test_agreement(place, capsys):
    (place / "annotations" / "double").mkdir()
    (place / "annotations" / "double" / "d1.txt").write_text(SECOND, "utf-8")
    assert cli.main(["annotate", "agreement", "--list", "--write", "docs/AGREEMENT.md"]) == 0
    assert "新增学位" in capsys.readouterr().out
    assert (place / "docs" / "AGREEMENT.md").read_text("utf-8").startswith("# 标注一致性")


def test_train_check(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(ROOT)
    assert cli.main(["train", "--check"]) == 0
    copy = tmp_path / "core"
    shutil.copytree(ROOT / "models" / "core", copy)
    meta = json.loads((copy / "meta.json").read_text("utf-8"))
    meta["zhibiao"]["config"] = "0"
    (copy / "meta.json").write_text(json.dumps(meta), "utf-8")
    assert cli.main(["train", "--check", "--out", str(copy)]) == 1
    assert "make train" in capsys.readouterr().err


def test_stages_must_be_known(place, capsys):
    assert cli.main(["evaluate", "--stages", "none"]) == 2
    assert "patterns" in capsys.readouterr().err
