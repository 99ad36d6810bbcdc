"""Reading passages, tables of scores, and the command ``zhibiao evaluate``."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhibiao import cli
from zhibiao.annotate.markup import MarkedPassage
from zhibiao.schema import Document, Report
from zhibiao.training.evaluate import Source, error_sheets, evaluate, read_source, sheets
from zhibiao.training.shared import shared_sheets

from .conftest import Faulty

GOOD = "### id={id} dept=教育 layout=prose writer=w1\n全年{{受理工单|I1}}{{26万件|A1}}。\n"
SCORER = """
import argparse, pathlib, sys
ap = argparse.ArgumentParser()
for name in ("--gold", "--texts", "--pred"):
    ap.add_argument(name, type=pathlib.Path)
args = ap.parse_args()
if args.texts.name == "passages":
    sys.exit("no luck")
print("fact/facts       P 1.0000  R 0.5000  F1 0.6667  (tp 1 fp 0 fn 1)")
print(f"offsets wrong    {len((args.pred / 'records.jsonl').read_text('utf-8').splitlines())} of 9")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    marks = tmp_path / "annotations" / "corpus"
    marks.mkdir(parents=True)
    (marks / "a.txt").write_text(GOOD.format(id="a-1") + GOOD.format(id="a-2"), "utf-8")
    return marks


def test_reading_tells_what_cannot_be_used(folder: Path) -> None:
    (folder / "broken.txt").write_text("### id=x dept=教育 layout=prose writer=w1\n{26件|Z1}\n", "utf-8")
    (folder / "faulty.txt").write_text("### id=y dept=教育 layout=prose writer=w1\n{26件|A1}\n", "utf-8")
    source = read_source(folder)
    assert [p.id for p in source.passages] == ["a-1", "a-2"]
    assert [line.split(":")[0] for line in source.problems] == ["broken.txt", "faulty.txt"]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    source = read_source(tmp_path / "corpus")
    assert (source.passages, "没有标注目录 corpus" in source.problems[0]) == ((), True)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    source = read_source(tmp_path, name="corpus")
    assert (source.passages, source.problems) == ((), ("标注目录 corpus 里还没有段落，略过 (no passages yet, left out)",))


class Failing:
    def extract(self, report: Report) -> Document:
        raise RuntimeError("boom")


def test_a_passage_that_fails_counts_as_nothing_found(passages: list[MarkedPassage]) -> None:
    result = evaluate([Source("test", tuple(passages))], Failing())
    assert result.total()["quantity/full"].fn == 7
    assert [line.split("(")[0].strip() for line in result.problems] == [f"{i}: 抽取出错 RuntimeError: boom" for i in "abc"]


def test_tables_of_groups(passages: list[MarkedPassage]) -> None:
    lost = Faulty(passages, lambda r: None if r.type == "budget" else r)
    tables = dict(sheets(evaluate([Source("test", tuple(passages))], lost)))
    assert tables["版式 layout"][1:] == [
        ["budget", "1", "1.000（3）", "0.000（1）", "1.000（1）"],
        ["pairs", "1", "1.000（2）", "1.000（1）", "—"],
        ["prose", "1", "1.000（2）", "—", "1.000（2）"],
    ]
    assert [row[:2] for row in tables["撰写人 writer"][1:]] == [["w2", "2"], ["w1", "1"]]
    assert tables["差错原因 causes of misses"][1:] == [["记录漏抽：有数量而无记录 record missed", "1"]]
    assert tables["记录类型 record types（名称与数值 name and values）"][2] == ["预算 budget", "0.000", "0.000", "0.000", "0", "0", "1"]


def test_errors_carry_ids_and_can_be_cut_short(passages: list[MarkedPassage]) -> None:
    result = evaluate([Source("test", tuple(passages))], Faulty(passages, lambda r: None))
    ((title, rows),) = error_sheets(result)
    assert title == "记录漏抽：有数量而无记录 record missed：5"
    assert rows[1] == ["a", "自助终端｜150台｜162台"]
    assert [row[0] for row in rows[1:]] == ["a", "b", "b", "c", "c"]
    ((title, rows),) = error_sheets(result, limit=2)
    assert ("列出 2" in title, len(rows)) == (True, 3)


def shared_folder(place: Path) -> Path:
    for name in ("eval", "reports", "gold", "passages", "passages-gold"):
        (place / name).mkdir(parents=True)
    (place / "eval" / "score.py").write_text(SCORER, "utf-8")
    (place / "reports" / "r.txt").write_text("全年受理工单26万件。", "utf-8")
    (place / "passages" / "p.txt").write_text("全年受理工单26万件。", "utf-8")
    return place


class Empty:
    def extract(self, report: Report) -> Document:
        return Document(report)


def test_shared_scores_are_those_of_its_own_script(tmp_path: Path) -> None:
    tables, wrong = shared_sheets(shared_folder(tmp_path / "shared"), Empty())
    assert tables[0][1] == [
        ["", "reports", "passages"],
        ["fact/facts", "P 1.0000 R 0.5000 F1 0.6667 (tp 1 fp 0 fn 1)", "—"],
        ["offsets wrong", "0 of 9", "—"],
    ]
    assert wrong == ["passages: no luck"]


def test_shared_without_a_script(tmp_path: Path) -> None:
    tables, wrong = shared_sheets(tmp_path, Empty())
    assert (tables, len(wrong)) == ([], 1)


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["evaluate", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "--write", "docs/SCORES.md", "--errors")
    assert code == 0
    assert "总分 scores（2 段 passages）" in out
    assert "没有标注目录 samples" in err
    page = Path("docs/SCORES.md").read_text("utf-8")
    assert page.startswith("# 得分 Scores\n")
    assert "| 数量·找到 found | 1.000 | 1.000 | 1.000 | 2 | 0 | 0 |" in page


def test_the_command_without_any_passage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call(capsys, "--write", "SCORES.md")
    assert code == 0
    assert "没有可打分的标注段落" in out
    assert "没有标注目录 corpus" in err
    assert not Path("SCORES.md").exists()


def test_drafts_are_added(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "_more").mkdir()
    (tmp_path / "_more" / "b.txt").write_text(GOOD.format(id="b-1"), "utf-8")
    code, out, _ = call(capsys, "--drafts", "_more")
    assert code == 0
    assert "总分 scores（3 段 passages）" in out
    assert {line.split()[0] for line in out.splitlines() if line.startswith(("corpus ", "more "))} == {"corpus", "more"}
