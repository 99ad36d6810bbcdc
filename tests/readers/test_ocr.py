"""Recognition of small scans kept beside the tests: every figure right, straight, askew, turned, stamped."""

from __future__ import annotations

import logging
import re
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from zhibiao.readers import ocr
from zhibiao.readers.ocr import reading
from zhibiao.readers.page import RuledTable, Run

if not ocr.available():
    pytest.skip("the extra zhibiao[ocr] is not installed", allow_module_level=True)

import cv2
from PIL import Image

SCANS = Path(__file__).parent / "scans"
Picture = NDArray[np.uint8]
DPI = 200
PROSE = (
    "全年安排青苗灌溉专项资金6,302.34万元,实际支出5,987.20万元,执行率95%,同比下降-2.35%。"
    "渠道清淤完成47.6公里(目标≥45公里),闸门检修合格率99.9%,每亩成本0.05万元,师徒配比1:1。"
    "投诉均在≤3个工作日内办结,农户满意度达到98.50%。"
)
TABLE = [
    (0, 0, 1, 1, "一级指标"), (0, 1, 1, 1, "三级指标"), (0, 2, 1, 1, "年度指标值"), (0, 3, 1, 1, "实际完成值"), (0, 4, 1, 1, "得分"),
    (1, 0, 3, 1, "产出指标"), (1, 1, 1, 1, "渠道清淤里程"), (1, 2, 1, 1, "≥45公里"), (1, 3, 1, 1, "47.6公里"), (1, 4, 1, 1, "10"),
    (2, 1, 1, 1, "闸门检修合格率"), (2, 2, 1, 1, "99.9%"), (2, 3, 1, 1, "99.9%"), (2, 4, 1, 1, "5"),
    (3, 1, 1, 1, "每亩成本"), (3, 2, 1, 1, "≤0.05"), (3, 3, 1, 1, "0.05"), (3, 4, 1, 1, "1"),
    (4, 0, 1, 2, "合计"), (4, 2, 1, 1, "6,302.34"), (4, 3, 1, 1, "-2.35%"), (4, 4, 1, 1, "16"),
]  # fmt: skip
NUMBER = re.compile(r"[≥≤]?-?\d[\d,]*(?:\.\d+)?(?::\d+)?%?")
WIDE = str.maketrans("，；：（）％－", ",;:()%-")


def load(name: str) -> Picture:
    with Image.open(SCANS / f"{name}.png") as picture:
        return np.array(picture.convert("RGB"))


def worn(page: Picture, angle: float = 0.7) -> Picture:
    """As from a scanner: askew, soft, grainy, and through JPEG."""
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    page = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    soft = cv2.GaussianBlur(page, (0, 0), 0.8) + np.random.default_rng(5).normal(0, 6, page.shape)
    packed = cv2.imencode(".jpg", np.clip(soft, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)


def stamped(page: Picture) -> Picture:
    """A round red seal of 4 cm over the middle of the page; print beneath shows through."""
    seal = np.full_like(page, 255)
    centre = (page.shape[1] // 2 + 60, page.shape[0] // 2 - 20)
    cv2.circle(seal, centre, 155, (215, 40, 45), 8)
    for k in range(10):
        angle = np.pi * (0.75 + 1.5 * k / 9)
        x, y = centre[0] + int(115 * np.cos(angle)), centre[1] + int(115 * np.sin(angle))
        cv2.rectangle(seal, (x - 14, y - 14), (x + 14, y + 14), (215, 40, 45), 4)
    return np.minimum(page, seal)


def plain(runs: tuple[Run, ...]) -> str:
    return "".join("".join(run.text.split()) for run in runs).translate(WIDE)


def filled(runs: tuple[Run, ...], table: RuledTable) -> list[tuple[int, int, int, int, str]]:
    out = []
    for c in table.cells:
        inside = [r for r in runs if c.x0 <= (r.edges[0] + r.edges[-1]) / 2 <= c.x1 and c.top <= (r.top + r.bottom) / 2 <= c.bottom]
        out.append((c.row, c.column, c.rowspan, c.colspan, plain(tuple(inside))))
    return out


@pytest.mark.parametrize("wear", [lambda page: page, worn, lambda page: worn(page, -2.4)], ids=["clean", "worn", "askew"])
def test_prose(wear) -> None:  # type: ignore[no-untyped-def]
    runs, tables = ocr.scan(wear(load("prose")), dpi=DPI)
    assert tables == ()
    assert NUMBER.findall(plain(runs)) == NUMBER.findall(PROSE)
    assert plain(runs) == PROSE


@pytest.mark.parametrize("wear", [lambda page: page, worn, stamped], ids=["clean", "worn", "stamped"])
def test_table(wear) -> None:  # type: ignore[no-untyped-def]
    runs, tables = ocr.scan(wear(load("table")), dpi=DPI)
    assert len(tables) == 1
    assert filled(runs, tables[0]) == TABLE
    above = [run for run in runs if run.bottom < tables[0].cells[0].top]
    assert plain(tuple(above)) == "渠道维护项目绩效自评表"


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_turned_page_is_set_upright(quarter: int) -> None:
    page = load("table")
    turned = ocr.scan_page(np.ascontiguousarray(np.rot90(page, quarter)), dpi=DPI, number=7)
    assert (turned.number, round(turned.width), round(turned.height)) == (7, round(page.shape[1] * 0.36), round(page.shape[0] * 0.36))
    assert filled(turned.runs, turned.tables[0]) == TABLE


def test_runs_lie_on_their_print() -> None:
    page = load("prose")
    runs, _ = ocr.scan(page, dpi=DPI)
    dark = page[:, :, 0] < 128
    seen = np.zeros_like(dark)
    for run in runs:
        assert len(run.edges) == len(run.text) + 1
        assert all(a < b for a, b in zip(run.edges, run.edges[1:], strict=False))
        assert run.top < run.bottom
        x0, x1, top, bottom = (round(v * DPI / 72) for v in (run.edges[0], run.edges[-1], run.top, run.bottom))
        assert dark[top:bottom, x0 : x0 + 4].any()  # print begins where the run begins, and ends where it ends
        assert dark[top:bottom, x1 - 4 : x1].any()
        seen[top - 3 : bottom + 3, x0 - 3 : x1 + 3] = True
    assert (dark & ~seen).sum() == 0


def test_characters_share_a_line_by_their_widths() -> None:
    runs, _ = ocr.scan(load("prose"), dpi=DPI)
    run = next(r for r in runs if "6,302.34" in r.text)
    at = run.text.index("6,302.34")
    digits, hanzi = run.edges[at + 8] - run.edges[at], run.edges[8] - run.edges[0]
    assert digits == pytest.approx(hanzi / 2, rel=0.01)


def test_same_page_same_words() -> None:
    page = worn(load("table"))
    assert ocr.scan(page, dpi=DPI) == ocr.scan(page, dpi=DPI)


def test_resolution_counts_only_for_places() -> None:
    half, _ = ocr.scan(cv2.resize(load("prose"), None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA), dpi=DPI * 0.6)
    whole, _ = ocr.scan(load("prose"), dpi=DPI)
    assert NUMBER.findall(plain(half)) == NUMBER.findall(PROSE)
    for a, b in zip(half, whole, strict=True):
        assert (a.edges[0], a.top) == pytest.approx((b.edges[0], b.top), abs=1.5)


@pytest.mark.parametrize("page", ["white", "black", "tiny", "noise"])
def test_nothing_is_read_from_nothing(page: str) -> None:
    picture = {
        "white": np.full((600, 500, 3), 255, np.uint8),
        "black": np.zeros((600, 500, 3), np.uint8),
        "tiny": np.full((1, 1, 3), 255, np.uint8),
        "noise": np.random.default_rng(2).integers(0, 256, (600, 500, 3)).astype(np.uint8),
    }[page]
    assert ocr.scan(picture, dpi=DPI) == ((), ())


def test_signs_in_cells_are_no_numbers() -> None:
    """A dash, a hyphen, a slash and an equals sign in the column of scores, where 一, 1 and 二 would be read as numbers."""
    page = load("table")
    for top in (180, 230, 278, 328):
        page[top : top + 34, 885:980] = 255
    page[195:198, 918:947] = 0
    page[246:249, 927:937] = 0
    cv2.line(page, (928, 306), (938, 282), (0, 0, 0), 2, cv2.LINE_AA)
    page[339:341, 922:942] = 0
    page[347:349, 922:942] = 0
    runs, tables = ocr.scan(page, dpi=DPI)
    cells = {(row, column): text for row, column, _, _, text in filled(runs, tables[0])}
    assert [cells[row, 4] for row in range(1, 5)] == ["—", "-", "/", "="]
    assert cells[4, 2] == "6,302.34"


def test_nothing_is_fetched_or_logged(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    reading._recognition.cache_clear()  # so that the networks are loaded under watch
    page = load("prose")
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        runs, _ = ocr.scan(page, dpi=DPI)
    assert runs
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_importing_is_light() -> None:
    code = "import sys, zhibiao.readers.ocr as o; o.available(); print([m for m in ('cv2', 'onnxruntime', 'rapidocr', 'PIL') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"
