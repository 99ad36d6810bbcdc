"""What the user types, and which files are read under which name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zhibiao.readers import Discovery, discover

as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a.txt", "B.TXT", "d/c.txt", "d/e/a.txt", "d/note.rtf", ".hidden.txt", ".git/x.txt", "~$a.txt", "empty/x.bin"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("文字", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(found: Discovery) -> list[tuple[str, str]]:
    return [(item.shown, item.doc_id) for item in found.inputs]


@pytest.mark.parametrize(
    ("arguments", "expected", "skipped"),
    [
        (["a.txt"], [("a.txt", "a")], 0),
        (["."], [("B.TXT", "B"), ("a.txt", "a.txt"), ("d/c.txt", "c"), ("d/e/a.txt", "d/e/a.txt")], 2),
        (["d"], [("d/c.txt", "c"), ("d/e/a.txt", "a")], 1),
        (["d", "a.txt", "./d/c.txt", "d/../a.txt"], [("d/c.txt", "c"), ("d/e/a.txt", "e/a.txt"), ("a.txt", "a.txt")], 1),
        (["d/e/a.txt", "a.txt"], [("d/e/a.txt", "d/e/a.txt"), ("a.txt", "a.txt")], 0),
        (["*.txt"], [("a.txt", "a")], 0),
        (["**/*.txt"], [("a.txt", "a.txt"), ("d/c.txt", "c"), ("d/e/a.txt", "d/e/a.txt")], 0),
        (["d/*"], [("d/c.txt", "c"), ("d/e/a.txt", "a")], 1),
        (["d/note.rtf"], [("d/note.rtf", "note")], 0),
        ([".hidden.txt"], [(".hidden.txt", ".hidden")], 0),
        (["[ab].txt"], [("a.txt", "a")], 0),
    ],
)
def test_finds(tree: Path, arguments: list[str], expected: list[tuple[str, str]], skipped: int) -> None:
    found = discover(arguments)
    assert names(found) == expected
    assert found.failures == ()
    assert found.skipped == skipped


@pytest.mark.parametrize(
    ("argument", "error", "said"),
    [
        ("no.txt", "MissingInput", "no.txt"),
        ("*.pdf", "MissingInput", "*.pdf"),
        ("empty", "NothingReadable", "略过 1 个"),
        ("a\0b", "MissingInput", "a\0b"),
    ],
)
def test_an_argument_that_gives_nothing_is_a_failure(tree: Path, argument: str, error: str, said: str) -> None:
    found = discover(["a.txt", argument])
    assert [item.doc_id for item in found.inputs] == ["a"]
    (failure,) = found.failures
    assert (failure.path, failure.stage, failure.error) == (argument, "discover", error)
    assert said in failure.message


def test_links(tree: Path) -> None:
    (tree / "d" / "loop").symlink_to(tree / "d")
    (tree / "d" / "same.txt").symlink_to(tree / "a.txt")
    (tree / "d" / "broken.txt").symlink_to(tree / "nowhere.txt")
    (tree / "d" / "self.txt").symlink_to("self.txt")
    found = discover(["a.txt", "d"])
    assert names(found) == [
        ("a.txt", "a.txt"), ("d/broken.txt", "broken"), ("d/c.txt", "c"), ("d/self.txt", "self"), ("d/e/a.txt", "e/a.txt"),
    ]  # fmt: skip


def test_a_name_with_magic_characters_is_a_name_first(tree: Path) -> None:
    (tree / "报告[1].txt").write_text("文字", "utf-8")
    assert names(discover(["报告[1].txt"])) == [("报告[1].txt", "报告[1]")]


def test_bytes_that_are_no_utf8_become_printable(tree: Path) -> None:
    (tree / "g").mkdir()
    Path(os.fsdecode(os.fsencode(tree / "g") + b"/\xb1\xa8.txt")).write_text("文字", "utf-8")
    (item,) = discover(["g"]).inputs
    assert (item.shown, item.doc_id) == ("g/\\xb1\\xa8.txt", "\\xb1\\xa8")
    assert item.path.read_text("utf-8") == "文字"


def test_ids_are_distinct_and_the_same_every_time(tree: Path) -> None:
    (tree / "a.txt.txt").write_text("文字", "utf-8")  # its stem is the relative path of another
    (tree / "d" / "e" / "c.txt").write_text("文字", "utf-8")
    once, again = discover(["d/e", "d", "."]), discover(["d/e", "d", "."])
    ids = [item.doc_id for item in once.inputs]
    assert len(set(ids)) == len(ids)
    assert once == again


def test_own_output_is_left_out(tree: Path) -> None:
    found = discover(["d"], exclude=frozenset({(tree / "d" / "c.txt").resolve()}))
    assert names(found) == [("d/e/a.txt", "a")]


@as_user
def test_a_locked_folder_is_a_failure_and_the_rest_is_read(tree: Path) -> None:
    (tree / "d" / "e").chmod(0)
    found = discover(["d"])
    (tree / "d" / "e").chmod(0o755)
    assert names(found) == [("d/c.txt", "c")]
    assert [(failure.path, failure.error) for failure in found.failures] == [("d/e", "ReadError")]
