"""PDF files made on the fly: words, places, tables, furniture, columns, turned pages, scans, bad files."""

from __future__ import annotations

import io
import os
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

import zhibiao.readers
from zhibiao.errors import Damaged, EmptyDocument, Encrypted, OcrMissing, OcrSkipped, OutOfTime, TooManyPages, UnpacksTooLarge
from zhibiao.readers.content import Content, Limits
from zhibiao.readers.page import Page, Run
from zhibiao.readers.pdf import reader as pdf
from zhibiao.readers.pdf.frame import A4
from zhibiao.readers.pdf.reader import read_pdf
from zhibiao.readers.pdf.runs import runs_of
from zhibiao.readers.pdf.text import Letters
from zhibiao.schema import Table

FONT = "STSong-Light"
WIDTH, HEIGHT = 595.0, 842.0
SHARED = Path(os.environ.get("ZHIBIAO_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def make(*pages: Callable[[Canvas], None], size: tuple[float, float] = (WIDTH, HEIGHT), **options: object) -> bytes:
    """A PDF with one page for each function, which draws on it."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size, **options)
    for draw in pages:
        canvas.setFont(FONT, 14)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def read(data: bytes, **limits: object) -> Content:
    return read_pdf(data, path=Path("报告.pdf"), limits=Limits(**limits))  # type: ignore[arg-type]


def say(*lines: str, x: float = 72, top: float = 100, step: float = 24, font: float = 14) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, font)
        for number, line in enumerate(lines):
            canvas.drawString(x, HEIGHT - top - step * number, line)

    return draw


def both(*draws: Callable[[Canvas], None]) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        for each in draws:
            each(canvas)

    return draw


def ruled(
    rows: list[list[str]],
    widths: list[float],
    *,
    x: float = 72,
    top: float = 200,
    height: float = 24,
    sides: bool = True,
    across: list[int] | None = None,
    inner: bool = True,
) -> Callable[[Canvas], None]:
    """A table: ``across`` are the numbers of the horizontal rules that are drawn, all where None."""

    def draw(canvas: Canvas) -> None:
        edges = [x + sum(widths[:i]) for i in range(len(widths) + 1)]
        bottom = HEIGHT - top - height * len(rows)
        for number in across if across is not None else range(len(rows) + 1):
            canvas.line(edges[0], HEIGHT - top - height * number, edges[-1], HEIGHT - top - height * number)
        for number, edge in enumerate(edges):
            if (sides or 0 < number < len(edges) - 1) and inner:
                canvas.line(edge, HEIGHT - top, edge, bottom)
        canvas.setFont(FONT, 10)
        for row, words in enumerate(rows):
            for column, word in enumerate(words):
                canvas.drawString(edges[column] + 4, HEIGHT - top - height * row - 16, word)

    return draw


def cells(content: Content, table: Table) -> list[list[str]]:
    """The words of a table's cells by row."""
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(content.text[cell.start : cell.end])
    return [rows[row] for row in sorted(rows)]


ROWS = [["指标名称", "年度指标值", "实际完成值"], ["培训人数", "≥300人", "312人"], ["按期完成率", "100%", "98.5%"]]


def test_words_pages_and_places() -> None:
    content = read(make(say("本单位全年预算1,234.56万元。", "支出完成98.5%。"), say("第二页的话。")))
    assert content.text == "本单位全年预算1,234.56万元。\n支出完成98.5%。\n第二页的话。\n"
    assert content.page_starts == (0, content.text.index("第二页"))
    assert [content.text[line.start : line.end] for line in content.lines] == content.text.split("\n")[:-1]
    assert [line.page for line in content.lines] == [1, 1, 2]
    first = content.lines[0]
    assert first.edges[:3] == pytest.approx((72, 86, 100), abs=0.1)
    assert first.edges[-1] == pytest.approx(72 + pdfmetrics.stringWidth("本单位全年预算1,234.56万元。", FONT, 14), abs=4)
    assert first.top < 100 < first.bottom < 110


def test_gaps_become_blanks() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "项目单位：")
        canvas.drawString(300, 700, "金额")
        canvas.drawString(72, 660, "经费")
        canvas.drawString(72 + 28 + 4, 660, "2023")  # a quarter of a hanzi
        canvas.drawString(72, 620, "绩效目标", charSpace=3)

    assert read(make(draw)).text == "项目单位：  金额\n经费 2023\n绩效目标\n"


def test_raised_mark_stays_in_its_line() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "面积120米")
        end = 72 + pdfmetrics.stringWidth("面积120米", FONT, 14)
        canvas.setFont(FONT, 7)
        canvas.drawString(end, 707, "2")
        canvas.setFont(FONT, 14)
        canvas.drawString(end + 4, 700, "以上")
        canvas.drawString(72, 676, "下一行")

    assert read(make(draw)).text == "面积120米2以上\n下一行\n"


def test_bold_by_printing_twice_is_read_once() -> None:
    def draw(canvas: Canvas) -> None:
        for shift in (0, 0.4):
            canvas.drawString(72 + shift, 700, "绩效自评表2023")
        x = 72.0
        for char in "总分100分":
            canvas.drawString(x, 660, char)
            canvas.drawString(x + 0.4, 660, char)
            x += pdfmetrics.stringWidth(char, FONT, 14)

    assert read(make(draw)).text == "绩效自评表2023\n总分100分\n"


def test_watermark_across_the_page_is_left_out() -> None:
    def draw(canvas: Canvas) -> None:
        say(*(f"第{n}段的内容在这里，共计{n}00万元。" for n in "一二三四五六"))(canvas)
        canvas.saveState()
        canvas.translate(200, 500)
        canvas.rotate(45)
        canvas.setFont(FONT, 60)
        canvas.drawString(0, 0, "内部资料")
        canvas.restoreState()

    content = read(make(draw))
    assert "内" not in content.text.replace("内容", "")
    assert content.text.count("\n") == 6


def test_radicals_become_hanzi() -> None:
    letters = [ord(c) for c in "⼯作⻓期"]
    boxes = np.array([(20.0 * i, 120.0, 20.0 * i + 20, 100.0) for i in range(4)])
    (runs,) = runs_of([Letters(A4, np.array(letters, np.uint32), boxes, np.zeros(4, np.int64), 4)])
    assert [run.text for run in runs] == ["工作长期"]


def test_table_between_paragraphs_is_read_once() -> None:
    content = read(make(both(say("表前的话。"), ruled(ROWS, [120, 120, 120]), say("表后的话。", top=320))))
    (table,) = content.tables
    assert cells(content, table) == ROWS
    assert table.edges == pytest.approx((72, 192, 312, 432), abs=1)
    assert content.text == "表前的话。\n" + "\n".join("\t".join(row) for row in ROWS) + "\n表后的话。\n"
    assert [content.text[line.start : line.end] for line in content.lines][1:4] == ROWS[0]


def test_table_is_the_one_pdfplumber_finds() -> None:
    pdfplumber = pytest.importorskip("pdfplumber")
    data = make(both(ruled(ROWS, [120, 90, 150]), ruled(ROWS, [60, 100, 60], top=400)))
    content = read(data)
    with pdfplumber.open(io.BytesIO(data)) as document:
        expected = document.pages[0].extract_tables()
    assert [cells(content, table) for table in content.tables] == expected


def test_merged_cells_and_wrapped_words() -> None:
    def draw(canvas: Canvas) -> None:
        for y in (700, 600):
            canvas.line(72, y, 372, y)
        canvas.line(172, 650, 372, 650)
        for x in (72, 172, 372):
            canvas.line(x, 700, x, 600)
        canvas.line(272, 650, 272, 600)
        canvas.setFont(FONT, 10)
        canvas.drawString(76, 655, "一级")
        canvas.drawString(76, 640, "指标")
        canvas.drawString(180, 670, "指标值")
        canvas.drawString(180, 620, "目标")
        canvas.drawString(280, 620, "实际")

    content = read(make(draw))
    (table,) = content.tables
    shape = [(c.row, c.column, c.rowspan, c.colspan, content.text[c.start : c.end]) for c in table.cells]
    assert shape == [(0, 0, 2, 1, "一级\n指标"), (0, 1, 1, 2, "指标值"), (1, 1, 1, 1, "目标"), (1, 2, 1, 1, "实际")]


def test_figure_over_a_border_is_not_cut() -> None:
    rows = [["项目", "金额", "备注"], ["甲", "1234567890.55", ""]]
    content = read(make(ruled(rows, [80, 60, 60])))
    assert cells(content, content.tables[0])[1][:2] == ["甲", "1234567890.55"]


def test_frame_is_no_table() -> None:
    content = read(make(both(ruled([["说明一"], ["说明二"]], [300]), say("正文。"))))
    assert content.tables == ()
    assert content.text == "正文。\n说明一\n说明二\n"


FIGURES = [
    ["科目", "年初预算", "实际完成"],
    ["税收收入", "3537", "3599"],
    ["增值税", "1307", "1282"],
    ["契税", "430", "409"],
    ["合计", "5068", "5196"],
]


def test_table_without_sides_and_row_lines() -> None:
    content = read(make(ruled(FIGURES, [140, 90, 90], sides=False, across=[0, 1, 5])))
    assert [cells(content, table) for table in content.tables] == [FIGURES]


def test_three_line_table() -> None:
    content = read(make(both(say("收支情况如下："), ruled(FIGURES, [140, 90, 90], across=[0, 1, 5], inner=False))))
    assert [cells(content, table) for table in content.tables] == [FIGURES]


def test_rules_around_prose_are_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        for y in (780, 600, 60):
            canvas.line(72, y, 520, y)
        say(*("全年各项工作按计划推进，预算执行总体良好，绩效目标基本实现。",) * 12)(canvas)

    content = read(make(draw))
    assert content.tables == ()
    assert content.text.count("\n") == 12


def test_plain_list_keeps_its_columns_apart() -> None:
    def draw(canvas: Canvas) -> None:
        for row, words in enumerate(FIGURES):
            for column, word in enumerate(words):
                canvas.drawString(72 + 140 * column, 700 - 24 * row, word)

    assert read(make(draw)).text == "".join("  ".join(row) + "\n" for row in FIGURES)


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"左栏第{n}行的文字写满整栏宽度" for n in "一二三四五六七八"]
    right = [f"右栏第{n}行的文字写满整栏宽度" for n in "一二三四五六七八"]
    draw = both(say("通栏的标题横跨两栏之间的空白并且足够长才行", x=150, top=80), say(*left, x=72, top=140), say(*right, x=310, top=140))
    assert read(make(draw)).text.split() == ["通栏的标题横跨两栏之间的空白并且足够长才行", *left, *right]


def test_label_and_figure_are_not_two_columns() -> None:
    labels = [f"第{n}项工作的经费支出" for n in "一二三四五六七八"]
    draw = both(say(*labels, x=72), say(*("1,200.50",) * 8, x=330))
    assert read(make(draw)).text == "".join(f"{label}  1,200.50\n" for label in labels)


def _with_furniture(number: int) -> Callable[[Canvas], None]:
    body = [f"第{number}页的正文一直写到页末", "这里的段落跨页延续"]
    return both(say("某某单位绩效评价报告", top=50, font=9), say(*body, top=110), say(f"— {number} —", x=280, top=800, font=10))


def test_heads_and_page_numbers_are_furniture() -> None:
    content = read(make(*map(_with_furniture, range(1, 6))))
    marked = [content.text[a:b] for a, b in content.furniture]
    assert marked == [word for number in range(1, 6) for word in ("某某单位绩效评价报告", f"— {number} —")]
    assert content.pages == 5


@pytest.mark.parametrize("number", ["第 {} 页 共 9 页", "{}/9", "- {} -", "第{}页，共9页", "{}"])
def test_page_numbers_of_many_kinds(number: str) -> None:
    pages = [both(say(f"正文在第{n}页。", top=110), say(number.format(n), x=280, top=800)) for n in range(1, 5)]
    content = read(make(*pages))
    assert [content.text[a:b] for a, b in content.furniture] == [number.format(n) for n in range(1, 5)]


def _turned(angle: int, size: tuple[float, float]) -> Callable[[Canvas], None]:
    """Words and a table turned by ``angle`` (clockwise) on the page's own space."""

    def draw(canvas: Canvas) -> None:
        if angle == 90:
            canvas.translate(0, size[1])
            canvas.rotate(-90)
        elif angle == 270:
            canvas.translate(size[0], 0)
            canvas.rotate(90)
        elif angle == 180:
            canvas.translate(*size)
            canvas.rotate(180)
        canvas.translate(0, (size[0] if angle in (90, 270) else size[1]) - HEIGHT)
        both(say("横向的页面写着这句话。"), ruled(ROWS, [120, 120, 120]))(canvas)

    return draw


@pytest.mark.parametrize("flag", [0, 90, 180, 270])
@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_turned_pages_read_like_upright_ones(angle: int, flag: int) -> None:
    with pdfium.PdfDocument(make(_turned(angle, (WIDTH, HEIGHT)))) as document:
        document[0].set_rotation(flag)
        file = io.BytesIO()
        document.save(file)
    content = read(file.getvalue())
    assert [cells(content, table) for table in content.tables] == [ROWS]
    assert content.text.startswith("横向的页面写着这句话。\n指标名称\t")
    assert content.lines[0].edges[0] == pytest.approx(72, abs=1)
    assert content.lines[0].top == pytest.approx(89.5, abs=3)
    assert content.tables[0].edges == pytest.approx((72, 192, 312, 432), abs=1)


def test_cropped_page_counts_from_its_crop() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setCropBox((50, 100, 550, 800))
        say("看得见的话。")(canvas)
        canvas.drawString(72, 820, "裁掉的话")

    content = read(make(draw))
    assert content.text == "看得见的话。\n"
    assert content.lines[0].edges[0] == pytest.approx(22, abs=0.5)
    assert content.lines[0].top == pytest.approx(89.5 - 42, abs=3)


def test_absurd_page_size_is_read() -> None:
    data = make(say("大页。", top=100), size=(14000, 14000))
    assert read(data).text == "大页。\n"


# Scans -------------------------------------------------------------------------------------------------------------------------------


def _picture(canvas: Canvas) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (60, 40, 3), np.uint8)
    canvas.drawImage(ImageReader(Image.fromarray(noise)), 0, 0, WIDTH, HEIGHT)


@pytest.fixture
def recognition(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A stand-in for the extra that reads two characters of every page and keeps what it was shown."""
    state = SimpleNamespace(there=True, shown=[])

    def scan_page(image: np.ndarray, *, dpi: float, number: int) -> Page:
        state.shown.append((image.shape, image.dtype, dpi))
        return Page(number, WIDTH, HEIGHT, (Run("认得", (72.0, 86.0, 100.0), 90.0, 104.0),))

    fake = SimpleNamespace(available=lambda: state.there, scan_page=scan_page)
    monkeypatch.setattr(zhibiao.readers, "ocr", fake, raising=False)
    monkeypatch.setitem(__import__("sys").modules, "zhibiao.readers.ocr", fake)
    return state


def test_scanned_page_is_recognised(recognition: SimpleNamespace) -> None:
    content = read(make(say("有字的一页在前面，不必识别任何东西。"), both(_picture, say("3"))))
    assert content.text == "有字的一页在前面，不必识别任何东西。\n认得\n"
    assert recognition.shown == [((2339, 1653, 3), np.dtype("uint8"), 200.0)]
    assert content.gaps == ()


def test_scanned_page_without_recognition_is_a_gap(recognition: SimpleNamespace) -> None:
    recognition.there = False
    content = read(make(say("有字的一页。"), _picture))
    (gap,) = content.gaps
    assert isinstance(gap, OcrMissing)
    assert "第2页" in str(gap)
    assert content.pages == 2
    with pytest.raises(OcrMissing, match="第1页"):
        read(make(_picture))


def test_recognition_stops_at_its_limit(recognition: SimpleNamespace) -> None:
    content = read(make(_picture, _picture, _picture), ocr_pages=2)
    assert content.text == "认得\n认得\n"
    assert [type(gap) for gap in content.gaps] == [OcrSkipped]
    assert "第3页" in str(content.gaps[0])


def test_words_behind_a_scan_are_its_text(recognition: SimpleNamespace) -> None:
    def draw(canvas: Canvas) -> None:
        _picture(canvas)
        words = canvas.beginText(72, 700)
        words.setTextRenderMode(3)
        words.textLine("扫描件后面的隐藏文字层完整地写着全部内容。")
        canvas.drawText(words)

    assert read(make(draw)).text == "扫描件后面的隐藏文字层完整地写着全部内容。\n"
    assert recognition.shown == []


def test_picture_of_a_huge_page_is_bounded(recognition: SimpleNamespace) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.new("RGB", (20, 20))), 0, 0, 14000, 14000)

    read(make(draw, size=(14000, 14000)))
    ((height, width, _), _, dpi) = recognition.shown[0]
    assert height * width <= 25_100_000
    assert width / dpi * 72 == pytest.approx(14000, rel=0.01)


# Bad files ---------------------------------------------------------------------------------------------------------------------------


def test_not_a_pdf() -> None:
    for data in (b"<html></html>", b"\x00" * 5000, b"PK\x03\x04" + b"\x00" * 100):
        with pytest.raises(Damaged):
            read(data)
    with pytest.raises(EmptyDocument):
        read(b"")


def test_signature_alone() -> None:
    with pytest.raises(Damaged):
        read(b"%PDF-1.7\n" + os.urandom(400))


def test_truncated_file_is_told_or_read_with_a_gap() -> None:
    data = make(*(say(f"第{n}页的内容。") for n in range(20)))
    for share in (0.1, 0.5, 0.9, 0.98):
        try:
            content = read(data[: int(len(data) * share)])
        except (Damaged, EmptyDocument):
            continue
        assert any(isinstance(gap, Damaged) for gap in content.gaps)


@pytest.mark.parametrize("seed", range(12))
def test_damaged_bytes_never_stop_a_run(seed: int) -> None:
    data = bytearray(make(both(say("正文内容。"), ruled(ROWS, [120, 120, 120])), say("第二页。")))
    generator = np.random.default_rng(seed)
    for place in generator.integers(10, len(data), 40):
        data[place] = int(generator.integers(0, 256))
    try:
        content = read(bytes(data))
    except (Damaged, EmptyDocument, Encrypted):
        return
    assert content.text.strip()


def test_password_to_open() -> None:
    locked = make(say("秘密。"), encrypt=StandardEncryption("user", ownerPassword="owner"))
    with pytest.raises(Encrypted):
        read(locked)


def test_password_to_change_does_not_matter() -> None:
    data = make(say("公开。"), encrypt=StandardEncryption("", ownerPassword="owner", canPrint=0, canCopy=0))
    assert read(data).text == "公开。\n"


def test_page_without_words() -> None:
    with pytest.raises(EmptyDocument):
        read(make(lambda canvas: None))
    content = read(make(say("一。"), lambda canvas: None, say("三。")))
    assert content.pages == 3
    assert content.page_starts[1] == content.page_starts[2]


def test_too_many_pages_are_told_before_any_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make(*(say("页。") for _ in range(4)))
    monkeypatch.setattr(pdf, "_draft", lambda *a: pytest.fail("a page was read"))
    with pytest.raises(TooManyPages, match="4"):
        read(data, max_pages=3)


def test_time_is_asked_between_pages() -> None:
    with pytest.raises(OutOfTime):
        read(make(say("页。")), max_seconds=-1.0)


def test_too_many_cells() -> None:
    with pytest.raises(UnpacksTooLarge):
        read(make(ruled(ROWS, [120, 120, 120])), max_cells=5)


def test_page_of_too_many_characters_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_MAX_LETTERS", 10)
    content = read(make(say("短。"), say("这一页的文字超过了上限。")))
    assert content.text == "短。\n"
    assert [type(gap) for gap in content.gaps] == [UnpacksTooLarge]


def _raw(*streams: bytes) -> bytes:
    """A PDF of one page whose first stream is drawn on it; the others are forms, each of which the one before may use as /F."""
    heads = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    use = b"/Resources << /XObject << /F %d 0 R >> >>"
    heads.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R " + use % 5 + b" >>")
    for number, stream in enumerate(streams):
        form = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] " + use % (5 + number) if number else b""
        heads.append(b"<< %s /Length %d %s" % (form, len(stream.split(b"stream\n", 1)[-1]), stream))
    out = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (number + 1, head) for number, head in enumerate(heads))
    return out + b"trailer << /Size %d /Root 1 0 R >>\n%%%%EOF" % (len(heads) + 1)


def _stream(content: bytes, filters: int = 0) -> bytes:
    for _ in range(filters):
        content = zlib.compress(content, 9)
    names = b"/Filter [%s]" % (b"/FlateDecode " * filters) if filters else b""
    return names + b" >> stream\n" + content + b"\nendstream"


@pytest.mark.parametrize("filters", [1, 2])
def test_packed_bomb_is_refused_before_it_is_opened(filters: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_opened", lambda data: pytest.fail("it was opened"))
    content = b"0 0 m 9 0 l S " * 3_000_000
    bomb = _raw(_stream(content, filters))
    assert len(bomb) < 200_000
    if filters == 2:  # too small to look at unless its two filters are counted
        assert len(bomb) < 5_000
    with pytest.raises(UnpacksTooLarge):
        read(bomb)


def test_forms_within_forms_are_bounded(recognition: SimpleNamespace) -> None:
    recognition.there = False  # a page of lines without a letter would be recognised
    with pytest.raises(OcrMissing):
        read(_raw(*[_stream(b"/F Do " * 8)] * 4, _stream(b"0 0 m 100 0 l S")))


def test_drawing_of_many_lines_takes_no_long_time() -> None:
    def draw(canvas: Canvas) -> None:
        generator = np.random.default_rng(0)
        path = canvas.beginPath()
        for x, y, dx in generator.uniform(20, 500, (20_000, 3)).tolist():
            path.moveTo(x, y)
            path.lineTo(x + dx / 10, y)
            path.moveTo(x, y)
            path.lineTo(x, y + dx / 10)
        canvas.drawPath(path)
        say("图旁边的字。")(canvas)

    assert read(make(draw)).text == "图旁边的字。\n"


def test_scripts_and_attachments_are_not_touched() -> None:
    data = make(say("正文。"))
    script = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /Type /Catalog"
    assert read(re.sub(rb"/Type /Catalog", script, data)).text == "正文。\n"


def test_handles_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    close = pdfium.PdfDocument.close
    monkeypatch.setattr(pdfium.PdfDocument, "close", lambda self: (closed.append("document"), close(self))[1])
    read(make(say("正文。")))
    with pytest.raises(OutOfTime):
        read(make(say("正文。")), max_seconds=-1.0)
    assert closed == ["document", "document"]


# Real files --------------------------------------------------------------------------------------------------------------------------


def _squeeze(text: str) -> str:
    return "".join(text.split())


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "files").is_dir(), reason="the real reports are not here")
def test_real_files_hold_their_passages() -> None:
    texts = {}
    for file in sorted((SHARED / "files").glob("*.pdf")):
        content = read(file.read_bytes())
        assert content.gaps == ()
        for line in content.lines:
            assert "\n" not in content.text[line.start : line.end]
            assert list(line.edges) == sorted(line.edges)
        texts[file.stem] = _squeeze(content.text)
    found = 0
    for number in (13, 14, 15, 16, 17, 19, 20, 21, 28, 29, 30, 91, 92):
        lines = [_squeeze(line) for line in (SHARED / f"passages/{number:03}.txt").read_text("utf-8").split("\n")]
        size = sum(map(len, lines))
        share = max(sum(len(line) for line in lines if line in text) for text in texts.values()) / size
        if share > 0.5:  # the others belong to files that are not here
            found += 1
            assert share >= 0.995, number
    assert found >= 6
