"""The command line called; two runs of invented reports; a small extractor: amounts of money in 万元, and orders to misbehave."""

from __future__ import annotations

import re
import signal
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import zhibiao.cli as cli
from zhibiao.runner import run
from zhibiao.schema import Document, Finding, Link, Quantity, Record, Report, Side

if TYPE_CHECKING:
    from zhibiao.extractor import Extractor

AMOUNT = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,8}?)(?:目标(?P<target>[\d,.]+万元)，实际)?(?P<actual>[\d,.]+万元)")


#: Two invented districts, two years.
REPORTS = {
    "east": (
        "云海市青山区政务服务局2021年部门整体支出绩效自评报告\n一、基本情况\n全年受理业务250,935宗。\n二、热线办理\n"
        "全年受理热线工单26万件，工单按时办结率99.2%。灯笼悬挂高度6.5米。\n"
    ),
    "west": (
        "云海市白水区政务服务局2022年部门整体支出绩效自评报告\n一、基本情况\n全年受理业务180,200宗。\n二、热线办理\n"
        "全年受理热线工单31万件，工单按时办结率97%。\n"
    ),
}  # fmt: skip


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a call."""
    code = cli.main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


class StubExtractor:
    """Reads ``收入目标3万元，实际4.5万元`` and ``收入4.5万元``.

    A text that holds 炸, 深, 满, 断, 停, 慌, 非 or 孤 does what its name says.
    """

    def extract(self, report: Report) -> Document:
        text = report.text
        if "炸" in text:
            raise ValueError("boom\nin two lines")
        if "深" in text:
            return self.extract(report)
        if "满" in text:
            raise MemoryError
        if "断" in text:
            raise KeyboardInterrupt
        if "停" in text:
            signal.raise_signal(signal.SIGTERM)
        if "慌" in text:
            raise BaseException("panic of a native library")
        quantities: list[Quantity] = []
        records: list[Record] = []
        not_a_number, lone = "非" in text, "\ud800" if "孤" in text else ""
        for match in AMOUNT.finditer(text):
            sides: dict[str, Side | None] = {"target": None, "actual": None}
            for side in sides:
                if match[side]:
                    value = Decimal(match[side][:-2].replace(",", "")) * 10000
                    value = Decimal("NaN") if not_a_number else value
                    quantity = Quantity(*match.span(side), match[side], "=", value, "元", "money")
                    quantities.append(quantity)
                    sides[side] = Side(match[side], *match.span(side), "=", value, None, "元", "money")
            records.append(
                Record(
                    "performance" if match["target"] else "fact", match["name"], *match.span("name"), sides["target"], sides["actual"],
                    *match.span(),
                    match[0] + lone, "stub", 0.9, link=Link(), status="met" if match["target"] else "unknown",
                    completion=Decimal("1.5") if match["target"] else None, record_id=f"{report.doc_id}-{match.start()}",
                )
            )  # fmt: skip
        finding = Finding("completion", "warning", "完成率异常", "", "", ((0, 1),))
        return Document(report, tuple(quantities), tuple(records), (finding,) if records else (), model_version="stub")


@pytest.fixture
def stub() -> StubExtractor:
    return StubExtractor()


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with ``in/`` of three good reports."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_text("云海市档案局2021年绩效自评报告\n一、概况\n收入目标3万元，实际4.5万元。\n", "utf-8")
    (tmp_path / "in" / "b.txt").write_text("支出6,302.34万元，\r\n结余1万元。", "gb18030", newline="")
    (tmp_path / "in" / "sub" / "c.txt").write_text("没有金额。", "utf-8")
    return tmp_path / "in"


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory, extractor: Extractor) -> dict[str, Path]:
    """The runs of :data:`REPORTS`, by the shipped extractor: one in CSV, one in Parquet."""
    folder = tmp_path_factory.mktemp("runs")
    for (name, text), format_ in zip(REPORTS.items(), ("csv", "parquet"), strict=True):
        (folder / f"{name}.txt").write_text(text, "utf-8")
        run([str(folder / f"{name}.txt")], extractor=extractor, out=folder / name, formats=[format_])
    return {name: folder / name for name in REPORTS}
