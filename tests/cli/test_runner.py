"""The run: one bad input costs only itself, documents are whole, what is written is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhibiao.errors import NoInput, OutputError
from zhibiao.export import FORMATS, Sink
from zhibiao.readers import Limits
from zhibiao.runner import RunSummary, run, summary_lines

BAD = {
    "empty.txt": (b"", "read", "EmptyDocument"),
    "blank.txt": (" \r\n\u3000\n".encode(), "read", "EmptyDocument"),
    "image.txt": (b"\x89PNG\r\n\x1a\n\0\0", "read", "BinaryFile"),
    "noise.txt": (bytes(range(256)) * 20, "read", "BinaryFile"),
    "japanese.txt": ("これは日本語の文章です。\n".encode("shift_jis") * 20, "read", "UndecodableText"),
    "garbled.txt": ("整\ufffd".encode() * 50, "read", "GarbledText"),
    "boom.txt": ("炸1万元".encode(), "extract", "ValueError"),
    "deep.txt": ("深1万元".encode(), "extract", "RecursionError"),
    "memory.txt": ("满1万元".encode(), "extract", "MemoryError"),
    "panic.txt": ("慌1万元".encode(), "extract", "BaseException"),
    "nan.txt": ("非收入1万元".encode(), "export", "InvalidRow"),
    "surrogate.txt": ("孤收入1万元".encode(), "export", "UnicodeEncodeError"),
}


def table(out: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line, parse_float=Decimal) for line in (out / f"{name}.jsonl").read_text("utf-8").split("\n")[:-1]]


def test_a_good_run(inputs: Path, stub: Any) -> None:
    summary = run(["in"], extractor=stub, out=Path("out"), formats=tuple(FORMATS))
    assert (summary.documents, summary.failed, summary.quantities, summary.records, summary.findings) == (3, 0, 4, 3, 2)
    assert summary.exit_code == 0
    assert dict(summary.by_type) == {"performance": 1, "fact": 2}
    assert dict(summary.by_status) == {"met": 1, "unknown": 2}
    assert [row["doc_id"] for row in table(Path("out"), "reports")] == ["a", "b", "c"]
    assert [row["actual_value"] for row in table(Path("out"), "records")] == [45000, 63023400, 10000]
    for row in table(Path("out"), "quantities"):
        (report,) = [report for report in table(Path("out"), "reports") if report["doc_id"] == row["doc_id"]]
        assert report["text"][row["start"] : row["end"]] == row["text"]
    assert table(Path("out"), "reports")[1]["text"] == "支出6,302.34万元，\r\n结余1万元。"
    assert table(Path("out"), "errors") == []
    assert sorted(path.name for path in Path("out").iterdir()) == sorted(path.name for path in summary.paths)


def test_every_kind_of_bad_input(inputs: Path, stub: Any) -> None:
    for name, (data, _, _) in BAD.items():
        (inputs / name).write_bytes(data)
    summary = run(["missing.txt", "in", "*.none"], extractor=stub, out=Path("out"), formats=("csv", "jsonl"))
    wanted = {f"in/{name}": (stage, error) for name, (_, stage, error) in BAD.items()}
    wanted |= {"missing.txt": ("discover", "MissingInput"), "*.none": ("discover", "MissingInput")}
    errors = table(Path("out"), "errors")
    assert {row["path"]: (row["stage"], row["error"]) for row in errors} == wanted
    assert [row["doc_id"] for row in table(Path("out"), "reports")] == ["a", "b", "c"]
    assert {row["doc_id"] for row in table(Path("out"), "records")} == {"a", "b"}
    assert (summary.documents, summary.failed, summary.exit_code) == (3, len(wanted), 1)
    for row in errors:
        assert "\n" not in row["message"]
        chinese, _, english = row["message"].partition(" / ")
        assert chinese.startswith("[Z")
        assert english


def test_too_large(inputs: Path, stub: Any) -> None:
    (inputs / "big.txt").write_bytes(b"x" * 5000)
    summary = run(["in/big.txt"], extractor=stub, out=Path("out"), limits=Limits(max_bytes=4999))
    assert [(failure.error, failure.doc_id) for failure in summary.failures] == [("TooLarge", "big")]


def test_an_interrupt_keeps_whole_documents_only(inputs: Path, stub: Any) -> None:
    (inputs / "ab.txt").write_text("断收入1万元", "utf-8")
    summary = run(["in"], extractor=stub, out=Path("out"), formats=("jsonl", "parquet"))
    assert (summary.interrupted, summary.exit_code, summary.documents) == (True, 130, 1)
    assert [row["doc_id"] for row in table(Path("out"), "reports")] == ["a"]
    assert {row["doc_id"] for row in table(Path("out"), "quantities")} == {"a"}
    assert not list(Path("out").glob(".*"))


def test_an_interrupt_while_a_document_is_written_waits_for_its_end(inputs: Path, stub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import signal

    from zhibiao.export.writers import CsvWriter

    prepare = CsvWriter.prepare

    def interrupted(self: CsvWriter, rows: Any) -> Callable[[], None]:
        write = prepare(self, rows)

        def press_ctrl_c() -> None:
            signal.raise_signal(signal.SIGINT)
            write()

        return press_ctrl_c

    monkeypatch.setattr(CsvWriter, "prepare", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    try:
        summary = run(["in"], extractor=stub, out=Path("out"), formats=("csv", "jsonl"))
    finally:
        signal.signal(signal.SIGINT, before)
    assert summary.interrupted
    assert [row["doc_id"] for row in table(Path("out"), "reports")] == ["a"]
    assert Path("out/reports.csv").read_text("utf-8-sig").count("档案局2021年绩效自评报告,") == 1


def test_a_disk_that_refuses_leaves_the_earlier_tables(inputs: Path, stub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run(["in"], extractor=stub, out=Path("out"), formats=("jsonl",))
    before = Path("out/records.jsonl").read_bytes()

    def refuse(self: Sink, rows: Any) -> None:
        raise OutputError(detail="No space left on device")

    monkeypatch.setattr(Sink, "add", refuse)
    with pytest.raises(OutputError):
        run(["in/a.txt"], extractor=stub, out=Path("out"), formats=("jsonl",))
    assert Path("out/records.jsonl").read_bytes() == before
    assert not list(Path("out").glob(".*"))


def test_two_runs_give_equal_bytes(inputs: Path, stub: Any) -> None:
    (inputs / "boom.txt").write_text("炸", "utf-8")
    for out in ("one", "two"):
        run(["in"], extractor=stub, out=Path(out), formats=tuple(FORMATS), timing=False)
    for path in Path("one").iterdir():
        assert path.read_bytes() == (Path("two") / path.name).read_bytes(), path.name


def test_seconds_are_measured(inputs: Path, stub: Any) -> None:
    run(["in"], extractor=stub, out=Path("out"), formats=("jsonl",))
    assert all(row["seconds"] > 0 for row in table(Path("out"), "reports"))


def test_output_inside_the_input_is_not_read_again(inputs: Path, stub: Any) -> None:
    first = run(["."], extractor=stub, out=Path("in"), formats=("csv",))
    second = run(["."], extractor=stub, out=Path("in"), formats=("csv",))
    assert (first.documents, first.skipped) == (second.documents, second.skipped) == (3, 0)


def test_progress(inputs: Path, stub: Any) -> None:
    calls: list[tuple[int, int, str]] = []
    run(["in", "no.txt"], extractor=stub, out=Path("out"), progress=lambda done, total, name: calls.append((done, total, name)))
    assert calls == [(0, 4, ""), (1, 4, "no.txt"), (2, 4, "in/a.txt"), (3, 4, "in/b.txt"), (4, 4, "in/sub/c.txt")]


def test_no_input_is_a_wrong_call(tmp_path: Path, stub: Any) -> None:
    with pytest.raises(NoInput):
        run([], extractor=stub, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_summary_lines_leave_time_out_on_request() -> None:
    labels = [label for label, _ in summary_lines(RunSummary(documents=1, seconds=2.0), timing=False)]
    assert "文档 documents" in labels
    assert not any("秒" in label for label in labels)
