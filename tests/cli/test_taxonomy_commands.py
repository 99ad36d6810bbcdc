"""``zhibiao taxonomy``: check, search, show, diff and explain; and extraction with a taxonomy of one's own."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from zhibiao.export.read import read_rows
from zhibiao.linking.taxonomy import SHIPPED, load_taxonomy

from .conftest import REPORTS, call

Capture = pytest.CaptureFixture[str]
MINE = (
    "编号,名称,单位,方向,领域,别名\n"
    "my-cases,窗口业务量,宗,越高越好,灯会,受理业务|受理量\n"
    "my-height,灯笼悬挂高度,米,,灯会,\n"
    "my-pleased,灯会满意率,%,正向,,\n"
)  # fmt: skip


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.csv"
    file.write_text(MINE, "utf-8")
    return file


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    file = tmp_path / "faulty.csv"
    file.write_text(MINE + "my-cases,灯笼数量,只,,,\nmy-stars,星灯数量,只,往上,,受理业务\n", "utf-8")
    return file


def found_ids(out: str) -> list[str]:
    """The first column of a printed table, without its head."""
    return [line.split()[0] for line in out.splitlines()[1:]]


# Check.


def test_the_shipped_one_is_fine(capsys: Capture) -> None:
    code, out, err = call(capsys, "taxonomy", "check")
    assert (code, err) == (0, "")
    assert f"entries  {len(load_taxonomy())}" in out
    assert "errors  0" in out


def test_a_good_one_of_a_user(capsys: Capture, mine: Path) -> None:
    code, out, err = call(capsys, "taxonomy", "check", str(mine))
    assert (code, err) == (0, "")
    assert "entries  3" in out
    assert "aliases  2" in out


def test_a_level_of_ones_own_is_a_warning(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("编号,名称,单位,一级指标,二级指标\nx,灯笼数量,只,灯会指标,数量\n", "utf-8")
    code, out, err = call(capsys, "taxonomy", "check", str(tmp_path / "a.csv"))
    assert code == 0
    assert "灯会指标/数量" in err
    assert "errors  0   提醒 warnings  1" in out


def test_every_fault_is_a_line_and_exit_1(capsys: Capture, faulty: Path) -> None:
    code, out, err = call(capsys, "taxonomy", "check", str(faulty))
    assert code == 1
    assert [line.split("：")[0] for line in err.splitlines()] == ["第5行（my-cases）", "第6行（my-stars）"]
    assert "“direction”的值“往上”" in err
    assert "errors  2" in out


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_cannot_be_read_is_exit_2(capsys: Capture, tmp_path: Path, name: str) -> None:
    code, out, err = call(capsys, "taxonomy", "check", str(tmp_path / name))
    assert (code, out) == (2, "")
    assert err.startswith("[Z207]")


# Search.


def test_search_finds_the_exact_ones_first(capsys: Capture) -> None:
    code, out, err = call(capsys, "taxonomy", "search", "工单按时办结率")
    assert (code, err) == (0, "")
    assert found_ids(out)[0] == "hl-ontime"
    assert "1.00" in out.splitlines()[1]


def test_search_for_several_words(capsys: Capture, mine: Path) -> None:
    code, out, _ = call(capsys, "taxonomy", "search", "受理量", "灯会满意", "--taxonomy", str(mine))
    assert code == 0
    assert set(found_ids(out)) >= {"my-cases", "my-pleased"}


def test_search_of_one_kind(capsys: Capture) -> None:
    _, out, _ = call(capsys, "taxonomy", "search", "办结", "--kind", "count")
    assert {load_taxonomy()[key].kind for key in found_ids(out)} == {"count"}


def test_search_of_one_field_looks_through_all(capsys: Capture) -> None:
    """The field comes before the cut, so that frequent words do not hide it."""
    for domain in ("司法信访", "残联", "文旅体"):
        wanted = {e.id for e in load_taxonomy() if e.domain == domain and any("人" in wording for wording in e.wordings)}
        code, out, _ = call(capsys, "taxonomy", "search", "人数", "--domain", domain)
        assert code == 0
        assert {load_taxonomy()[key].domain for key in found_ids(out)} == {domain}
        assert wanted & set(found_ids(out))


def test_search_gives_so_many(capsys: Capture) -> None:
    assert len(found_ids(call(capsys, "taxonomy", "search", "率", "人数", "--limit", "3")[1])) == 3
    assert len(found_ids(call(capsys, "taxonomy", "search", "人数", "--limit", "90")[1])) == 90


@pytest.mark.parametrize("arguments", [["齉鼍"], ["按时办结率", "--domain", "灯会"], ["按时办结率", "--kind", "length"]])
def test_nothing_found_is_exit_1(capsys: Capture, arguments: list[str]) -> None:
    code, out, err = call(capsys, "taxonomy", "search", *arguments)
    assert (code, out) == (1, "")
    assert "nothing found" in err


# Show.


def test_show_by_id(capsys: Capture) -> None:
    code, out, err = call(capsys, "taxonomy", "show", "hl-ontime")
    entry = load_taxonomy()["hl-ontime"]
    assert (code, err) == (0, "")
    assert f"名称 name: {entry.name}" in out.splitlines()
    assert "、".join(entry.aliases) in out


def test_show_names_what_an_entry_refers_to(capsys: Capture) -> None:
    growth = next(entry for entry in load_taxonomy() if entry.change_of)
    out = call(capsys, "taxonomy", "show", growth.id)[1]
    assert f"{growth.change_of} {load_taxonomy()[growth.change_of].name}" in out


def test_show_by_alias_gives_all_that_share_it(capsys: Capture) -> None:
    """With a blank line between them, each once."""
    cards = call(capsys, "taxonomy", "show", "按时办结率", "hl-ontime")[1].split("\n\n")
    assert [card.splitlines()[0] for card in cards] == ["编号 id: gov-ontime-handling", "编号 id: hl-ontime"]


def test_show_of_a_taxonomy_of_ones_own(capsys: Capture, mine: Path) -> None:
    code, out, _ = call(capsys, "taxonomy", "show", "my-cases", "灯会满意率", "--taxonomy", str(mine))
    assert code == 0
    assert out.count("编号 id") == 2


def test_show_of_an_unknown_one_tells_what_is_near(capsys: Capture) -> None:
    code, out, err = call(capsys, "taxonomy", "show", "热线工单按时办好比率")
    assert (code, out) == (2, "")
    assert err.startswith("[Z209]")
    assert "hl-ontime" in err


def test_show_of_what_nothing_is_near_to(capsys: Capture) -> None:
    code, _, err = call(capsys, "taxonomy", "show", "齉鼍")
    assert code == 2
    assert "zhibiao taxonomy search" in err


# Diff.


def test_no_difference(capsys: Capture, mine: Path) -> None:
    code, out, err = call(capsys, "taxonomy", "diff", str(mine), str(mine))
    assert (code, out) == (0, "")
    assert "added 0" in err


def test_the_dash_is_the_shipped_one(capsys: Capture) -> None:
    assert call(capsys, "taxonomy", "diff", "-", str(SHIPPED))[:2] == (0, "")


def test_what_was_added_removed_and_changed(capsys: Capture, mine: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    changed = MINE.replace("受理业务|受理量", "受理量|收件量").replace("灯笼悬挂高度", "灯笼离地高度").replace("my-pleased", "my-happy")
    other.write_text(changed, "utf-8")
    code, out, err = call(capsys, "taxonomy", "diff", str(mine), str(other))
    assert code == 1
    assert out.splitlines() == [
        "- my-pleased 灯会满意率",
        "~ my-cases 窗口业务量  aliases: +收件量 -受理业务",
        "~ my-height 灯笼离地高度  name: 灯笼悬挂高度 → 灯笼离地高度",
        "+ my-happy 灯会满意率",
    ]
    assert "added 1  删除 removed 1  变更 changed 2" in err


def test_another_order_of_aliases_is_told(capsys: Capture, mine: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text(MINE.replace("受理业务|受理量", "受理量|受理业务"), "utf-8")
    assert "次序 order" in call(capsys, "taxonomy", "diff", str(mine), str(tmp_path / "other.csv"))[1]


def test_a_value_that_was_empty(capsys: Capture, mine: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text(MINE.replace("正向,,", "正向,灯会,"), "utf-8")
    assert "domain: （空） → 灯会" in call(capsys, "taxonomy", "diff", str(mine), str(tmp_path / "other.csv"))[1]


# Explain.


def test_explain_a_name(capsys: Capture) -> None:
    code, out, err = call(capsys, "taxonomy", "explain", "工单按时办结率", "--unit", "%", "--section", "热线办理")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "“工单按时办结率”（单位 %，章节 热线办理）"
    assert lines[1].startswith("→ hl-ontime ")
    assert "字面相同" in out


def test_explain_tells_what_the_kind_rules_out(capsys: Capture) -> None:
    out = call(capsys, "taxonomy", "explain", "工单按时办结率", "--unit", "件")[1]
    assert "→ 留空 NIL" in out
    assert any("kind differs: hl-ontime" in line for line in out.splitlines())


def test_explain_with_a_taxonomy_of_ones_own(capsys: Capture, mine: Path) -> None:
    assert "→ my-height " in call(capsys, "taxonomy", "explain", "灯笼悬挂高度", "--unit", "米", "--taxonomy", str(mine))[1]


def test_explain_prints_nothing_that_steers_the_terminal(capsys: Capture) -> None:
    assert "\x1b" not in call(capsys, "taxonomy", "explain", "灯笼\x1b[31m数量")[1]


STEERING = "编号,名称,单位,定义\nmy-lamps,灯笼\x1b[31m数量,只,挂\u202e着\n"


@pytest.mark.parametrize(
    "arguments", [["search", "灯笼"], ["show", "my-lamps"], ["explain", "灯笼", "--unit", "只"], ["explain", "灯笼\x9b31m\r\n数量"]]
)
def test_words_of_a_taxonomy_do_not_steer_the_terminal(capsys: Capture, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "a.csv").write_text(STEERING, "utf-8")
    out = call(capsys, "taxonomy", *arguments, "--taxonomy", str(tmp_path / "a.csv"))[1]
    assert not {char for char in out if not (char.isprintable() or char in "\n\u3000")}
    assert "\ufffd[31m数量" in out


def test_a_difference_does_not_steer_the_terminal(capsys: Capture, tmp_path: Path, mine: Path) -> None:
    (tmp_path / "a.csv").write_text(STEERING, "utf-8")
    out = call(capsys, "taxonomy", "diff", str(mine), str(tmp_path / "a.csv"))[1]
    assert "+ my-lamps 灯笼\ufffd[31m数量" in out.splitlines()


@pytest.mark.parametrize("name", REPORTS)
def test_explain_every_record_of_a_run(capsys: Capture, runs: dict[str, Path], name: str) -> None:
    rows = list(read_rows(runs[name], "records", ("record_id", "indicator", "canonical_id")))
    assert len(rows) >= 3
    for row in rows:
        code, out, err = call(capsys, "taxonomy", "explain", row["record_id"], "--run", str(runs[name]))
        assert (code, err) == (0, "")
        assert out.startswith(f"“{row['indicator']}”")
        assert f"→ {row['canonical_id'] or '留空 NIL'} " in out
        assert "the run says otherwise" not in out


def test_explain_says_where_the_run_says_otherwise(capsys: Capture, runs: dict[str, Path], mine: Path) -> None:
    row = next(r for r in read_rows(runs["east"], "records", ("record_id", "canonical_id")) if r["canonical_id"] == "hl-ontime")
    out = call(capsys, "taxonomy", "explain", row["record_id"], "--run", str(runs["east"]), "--taxonomy", str(mine))[1]
    assert "这次抽取的表里是 hl-ontime" in out


def test_explain_takes_the_text_around_a_record_for_its_context(capsys: Capture, tmp_path: Path) -> None:
    """Words on two entries: which one is meant stands outside the record's own clause."""
    text = "云海市青山区2021年工作总结\n一、主要工作\n全年受理热线工单26万件，市民来电随时接听。按时办结率99.2%。\n"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    assert call(capsys, "extract", str(tmp_path / "a.txt"), "--out", str(tmp_path / "out"), "--format", "jsonl")[0] == 0
    (row,) = [
        r for r in read_rows(tmp_path / "out", "records", ("record_id", "indicator", "canonical_id")) if r["indicator"] == "按时办结率"
    ]
    out = call(capsys, "taxonomy", "explain", row["record_id"], "--run", str(tmp_path / "out"))[1]
    assert row["canonical_id"] == "hl-ontime"
    assert "→ hl-ontime " in out
    assert "领域相合 1.00" in next(line for line in out.splitlines() if " hl-ontime 热线工单按时办结率（" in line)
    assert "the run says otherwise" not in out


@pytest.mark.parametrize(("record", "folder", "said"), [("0" * 16, "", "Z209"), ("x", "nowhere", "Z208")])
def test_explain_of_what_is_not_there(capsys: Capture, runs: dict[str, Path], record: str, folder: str, said: str) -> None:
    code, out, err = call(capsys, "taxonomy", "explain", record, "--run", str(runs["east"] / folder))
    assert (code, out) == (2, "")
    assert err.startswith(f"[{said}]")


# Extraction with a taxonomy of one's own.


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(REPORTS["east"], "utf-8")
    return tmp_path / "a.txt"


def test_extract_links_to_the_own_taxonomy_and_says_so(capsys: Capture, report: Path, mine: Path) -> None:
    code, _, err = call(capsys, "extract", str(report), "--out", "out", "--format", "csv", "--taxonomy", str(mine))
    assert (code, err) == (0, "")
    linked = {row["indicator"]: row["canonical_id"] for row in rows_of(Path("out/records.csv"))}
    assert linked["受理业务"] == "my-cases"
    assert set(linked.values()) <= {"", "my-cases", "my-height", "my-pleased"}
    (told,) = rows_of(Path("out/reports.csv"))
    assert " · mine.csv " in told["model_version"]


def test_the_shipped_taxonomy_is_not_named(runs: dict[str, Path]) -> None:
    (told,) = rows_of(runs["east"] / "reports.csv")
    assert "taxonomy" not in told["model_version"]


@pytest.mark.parametrize("command", [["extract", "--out", "out"], ["show"]])
@pytest.mark.parametrize(("name", "said"), [("faulty.csv", "Z206"), ("missing.csv", "Z207")])
def test_a_faulty_taxonomy_is_exit_2_before_anything_is_written(
    capsys: Capture, report: Path, faulty: Path, command: list[str], name: str, said: str
) -> None:
    code, out, err = call(capsys, *command, str(report), "--taxonomy", str(faulty.with_name(name)))
    assert (code, out) == (2, "")
    assert err.startswith(f"[{said}]")
    assert not list(Path("out").glob("*"))


def test_all_faults_of_a_taxonomy_are_told_at_once(capsys: Capture, report: Path, faulty: Path) -> None:
    err = call(capsys, "extract", str(report), "--out", "out", "--taxonomy", str(faulty))[2]
    assert "第5行（my-cases）" in err
    assert "第6行（my-stars）" in err


# Files that broke the reading.


def broken_quote() -> str:
    return 'id,name,kind\nx,灯笼数量,count\ny,"' + "灯," * 70_000


def separator_in_a_text() -> str:
    row: dict[str, Any] = {"id": "x", "name": "灯笼数量", "kind": "count", "definition": "挂着的\u2028灯笼"}
    return json.dumps(row, ensure_ascii=False)


@pytest.mark.parametrize(("text", "name", "wanted"), [(broken_quote(), "a.csv", 1), (separator_in_a_text(), "a.jsonl", 0)])
def test_odd_files_are_judged_not_stumbled_over(capsys: Capture, tmp_path: Path, text: str, name: str, wanted: int) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    code, out, err = call(capsys, "taxonomy", "check", str(tmp_path / name))
    assert code == wanted
    assert [line.split("：")[0].split("（")[0] for line in err.splitlines()] == ["第3行"] * wanted
    assert f"errors  {wanted}" in out
