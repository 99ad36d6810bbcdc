"""The sample reports: their markup is clean, their plain files equal the marked sources, and the check can fail."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from zhibiao.annotate import markup, samples

FOLDER = Path(__file__).resolve().parents[2] / "samples"
PASSAGES = samples.load(FOLDER)

#: id → (codec, line end) in which the plain file must be readable.
FORMS = [
    ("01-zhengwu-zongti", "utf-8", "\n"),
    ("03-weijian-zipingbiao", "utf-8", "\r\n"),
    ("08-zhengfu-baogao", "gb18030", "\n"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "samples"))


def test_there_are_ten() -> None:
    assert [p.id[:2] for p in PASSAGES] == [f"{n:02d}" for n in range(1, 11)]
    assert set(samples.WRITTEN) <= {p.id for p in PASSAGES}


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda p: p.id)
def test_markup_has_no_problems(passage: markup.MarkedPassage) -> None:
    assert markup.problems(passage) == []


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda p: p.id)
def test_size(passage: markup.MarkedPassage) -> None:
    quantities = {(m.start, m.end) for m in passage.marks if m.label in "TABEWSXQ"}
    assert 1500 <= len(passage.text) <= 4500
    assert 30 <= len(quantities) <= 120


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda p: p.id)
def test_marks_stand_where_the_plain_file_has_them(passage: markup.MarkedPassage) -> None:
    form = samples.WRITTEN.get(passage.id, samples.PLAIN)
    text = (FOLDER / "reports" / f"{passage.id}.txt").read_bytes().decode(form.encoding)
    written = samples.as_written(passage)
    assert text == written.text
    for before, after in zip(passage.marks, written.marks, strict=True):
        words = passage.text[before.start : before.end]
        assert text[after.start : after.end].replace("\r\n", "\n") == words
        assert words == words.strip()


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda p: p.id)
def test_no_mark_is_left_in_the_plain_text(passage: markup.MarkedPassage) -> None:
    assert not set("{}|") & set(passage.text)


@pytest.mark.parametrize(("name", "codec", "newline"), FORMS)
def test_encoding_and_line_ends(name: str, codec: str, newline: str) -> None:
    text = (FOLDER / "reports" / f"{name}.txt").read_bytes().decode(codec)
    assert text.count("\n") == text.count(newline) > 0
    assert ("\r" in text) == (newline == "\r\n")


def test_gb18030_is_not_utf8() -> None:
    with pytest.raises(UnicodeDecodeError):
        (FOLDER / "reports" / "08-zhengfu-baogao.txt").read_bytes().decode("utf-8")


def test_plain_files_equal_their_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert samples.stale(FOLDER) == []
    assert samples.main([str(FOLDER), "--check"]) == 0
    assert capsys.readouterr().err == ""


def test_check_finds_an_edited_a_missing_and_a_stray_file(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited, missing = (copy / "reports" / f"{p.id}.txt" for p in PASSAGES[:2])
    edited.write_bytes(edited.read_bytes().replace("执行数".encode(), "执行额".encode(), 1))
    missing.unlink()
    (copy / "reports" / "99-other.txt").write_text("其他", "utf-8")
    assert samples.main([str(copy), "--check"]) == 1
    err = capsys.readouterr().err
    assert all(name in err for name in (edited.name, missing.name, "99-other.txt"))
    (copy / "reports" / "99-other.txt").unlink()
    assert samples.main([str(copy)]) == 0
    assert samples.main([str(copy), "--check"]) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("### id=other dept=a layout=prose writer=s1\n学校{1所|Q}", "id 与文件名相同"),
        ("### id=01-zhengwu-zongti dept=a layout=prose writer=s1\n学校{1所", "never closed"),
    ],
)
def test_check_reports_a_broken_source(copy: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "marked" / "01-zhengwu-zongti.txt").write_text(text, "utf-8")
    assert samples.main([str(copy), "--check"]) == 1
    assert message in capsys.readouterr().err
