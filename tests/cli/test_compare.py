"""``zhibiao compare``: the panel of two runs of two districts and two years."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import call

Compare = Callable[..., tuple[int, str, str]]


@pytest.fixture
def compare(runs: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> Compare:
    """Both runs compared with these options."""
    return lambda *options: call(capsys, "compare", *map(str, runs.values()), *options)


def line_of(out: str, *words: str) -> str:
    (line,) = [line for line in out.splitlines() if all(word in line for word in words)]
    return line


def test_the_table(compare: Compare) -> None:
    code, out, err = compare()
    assert (code, err) == (0, "")
    assert out.splitlines()[0].split() == ["标准指标", "单位", "地区", "2021", "2022"]
    assert line_of(out, "受理业务量", "青山区").split()[-1] == "250,935"
    assert line_of(out, "受理业务量", "白水区").split()[-1] == "180,200"
    assert line_of(out, "受理热线工单量", "白水区").split()[-1] == "310,000"
    assert "一致 6" in out


@pytest.mark.parametrize("words", ["hl-ontime", "热线工单按时办结率", "工单按时办结率"])
def test_one_indicator_by_id_or_words(compare: Compare, words: str) -> None:
    code, out, _ = compare("--indicator", words)
    assert code == 0
    assert line_of(out, "青山区").split()[-1] == "99.2"
    assert "受理" not in out


def test_several_indicators(compare: Compare) -> None:
    _, out, _ = compare("-i", "hl-ontime", "-i", "gov-cases-accepted")
    assert "一致 4" in out


def test_an_unknown_indicator_is_exit_2(compare: Compare) -> None:
    code, out, err = compare("--indicator", "热线工单按时办好比率")
    assert (code, out) == (2, "")
    assert err.startswith("[Z209]")
    assert "hl-ontime" in err


def test_an_indicator_that_no_report_gives_is_exit_2(compare: Compare) -> None:
    code, out, err = compare("--indicator", "m-carryover")
    assert (code, out) == (2, "")
    assert "no linked value" in err


def test_by_organisation(compare: Compare) -> None:
    code, out, _ = compare("--by", "org, year", "-i", "hl-ontime")
    assert code == 0
    assert out.splitlines()[0].split() == ["标准指标", "单位", "部门", "2021", "2022"]
    assert "云海市青山区政务服务局" in out


def test_by_run_names_the_folders(compare: Compare) -> None:
    assert {"east", "west"} <= set(compare("--by", "run", "-i", "hl-ontime")[1].splitlines()[0].split())


@pytest.mark.parametrize("by", ["lamp", "region,lamp", "", " , "])
def test_a_wrong_dimension_is_exit_2(compare: Compare, by: str) -> None:
    code, out, err = compare("--by", by)
    assert (code, out) == (2, "")
    assert err.startswith("[Z205]")
    assert "region、year、org" in err


def test_out_writes_four_files(compare: Compare, tmp_path: Path) -> None:
    code, out, _ = compare("--out", str(tmp_path / "panel"))
    assert code == 0
    names = ["panel.csv", "panel_evidence.csv", "panel.xlsx", "panel.html"]
    assert [line for line in out.splitlines() if line.startswith("→")] == [f"→ {tmp_path / 'panel' / name}" for name in names]
    with (tmp_path / "panel" / "panel_evidence.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["evidence"] for row in csv.DictReader(file)} >= {"全年受理业务250,935宗", "全年受理业务180,200宗"}


def test_only_some_formats(compare: Compare, tmp_path: Path) -> None:
    compare("--out", str(tmp_path), "--format", "html")
    assert [path.name for path in tmp_path.iterdir()] == ["panel.html"]


def test_an_unknown_format_is_exit_2_before_anything_is_read(compare: Compare, tmp_path: Path) -> None:
    code, out, err = compare("--out", str(tmp_path / "panel"), "--format", "pdf")
    assert (code, out) == (2, "")
    assert err.startswith("[Z201]")
    assert not (tmp_path / "panel").exists()


def test_links_of_little_confidence_are_left_out(compare: Compare) -> None:
    assert compare("--min-confidence", "1")[0] == 2


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_that_is_no_run_is_exit_2(runs: dict[str, Path], tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "compare", str(runs["east"]), str(tmp_path / name))
    assert (code, out) == (2, "")
    assert err.startswith("[Z208]")


def test_a_folder_whose_name_looks_like_markup(runs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strange = tmp_path / "[red]x[" / "bold]"
    strange.parent.mkdir()
    strange.symlink_to(runs["east"], target_is_directory=True)
    other = tmp_path / "y" / "bold]"
    other.parent.mkdir()
    other.symlink_to(runs["west"], target_is_directory=True)
    code, out, _ = call(capsys, "compare", str(strange), str(other), "--by", "run", "-i", "hl-ontime")
    assert code == 0
    assert "[red]x[/bold]" in out
