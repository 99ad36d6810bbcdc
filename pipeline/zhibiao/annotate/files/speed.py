"""How fast files are read: PDF pages against pdfium's own text and pdfplumber's own tables, other formats in milliseconds.

    python -m zhibiao.annotate.files speed [FILES or folders ...] [--shared DIR] [--write docs/FILES.md]

Of every PDF the pages with words alone and the pages with tables are made into a file each, so that both sides get the same bytes and do the whole
job: open them, read every page. They take turns in every round, now the one first, now the other. Processor time of this process; medians over
the rounds.
"""

from __future__ import annotations

import gc
import io
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import pdfplumber
import pypdfium2 as pdfium

from zhibiao.annotate.files.pages import Sheet, machine
from zhibiao.errors import NoInput, ReadError
from zhibiao.readers import Limits, discover
from zhibiao.readers.registry import reader_for

ROUNDS = 5
_MAX_TEXT = 60  # pages of a file, evenly chosen
_MAX_TABLED = 8  # the same; pdfplumber takes long over each
_NO_RECOGNITION = Limits(ocr_pages=0)

TEXT, TABLED = "文字页 text pages", "表格页 table pages"


@dataclass(frozen=True, slots=True)
class Sample:
    """Pages of one kind out of one PDF, as a file of their own."""

    kind: str
    pages: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Paired:
    """Processor seconds of each round, ours and the peer's, over the same pages."""

    pages: int
    ours: tuple[float, ...]
    peers: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Median over the rounds of our time to the peer's."""
        return median(a / b for a, b in zip(self.ours, self.peers, strict=True))


def samples_of(path: Path) -> list[Sample]:
    """The pages of a PDF by kind; pages without a text layer are left out. Raises ReadError where the file cannot be read."""
    data = path.read_bytes()
    content = reader_for(path)[1](data, path=path, limits=_NO_RECOGNITION)
    tabled = {bisect_right(content.page_starts, table.start) - 1 for table in content.tables}
    out = []
    with closing(pdfium.PdfDocument(data)) as document:
        worded = [i for i in range(len(document)) if _has_words(document, i)]
        for kind, most in ((TEXT, _MAX_TEXT), (TABLED, _MAX_TABLED)):
            chosen = _spread([i for i in worded if (i in tabled) == (kind == TABLED)], most)
            if chosen:
                out.append(Sample(kind, len(chosen), _extract(document, chosen)))
    return out


def _has_words(document: pdfium.PdfDocument, index: int) -> bool:
    with closing(document[index]) as page, closing(page.get_textpage()) as text:
        return bool(text.count_chars())


def _spread(pages: list[int], most: int) -> list[int]:
    return pages if len(pages) <= most else [pages[i * len(pages) // most] for i in range(most)]


def _extract(document: pdfium.PdfDocument, pages: list[int]) -> bytes:
    with closing(pdfium.PdfDocument.new()) as part:
        part.import_pages(document, pages)
        file = io.BytesIO()
        part.save(file)
        return file.getvalue()


def pdf_text(data: bytes) -> None:
    """What pdfium alone does to give the text of every page."""
    with closing(pdfium.PdfDocument(data)) as document:
        for index in range(len(document)):
            with closing(document[index]) as page, closing(page.get_textpage()) as text:
                text.get_text_range()


def pdf_tables(data: bytes) -> None:
    """What pdfplumber does to give the tables of every page."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            page.extract_tables()
            page.close()


def reading(path: Path, data: bytes) -> None:
    """What the package does to give text, tables and places of a file."""
    reader_for(path)[1](data, path=path, limits=_NO_RECOGNITION)


def paired(samples: Sequence[Sample], peer: Callable[[bytes], None], rounds: int) -> Paired:
    """Time our reader and its peer on the same pages by turns. The first reading of all is not counted."""
    ours, peers = [0.0] * rounds, [0.0] * rounds
    path = Path("sample.pdf")
    mine = partial(reading, path)
    for job in (mine, peer):
        job(samples[0].data)
    for n in range(rounds):
        for sample in samples:
            for job, seconds in ((mine, ours), (peer, peers)) if n % 2 == 0 else ((peer, peers), (mine, ours)):
                seconds[n] += _timed(job, sample.data)
    return Paired(sum(sample.pages for sample in samples), tuple(ours), tuple(peers))


def _timed(job: Callable[[bytes], None], data: bytes) -> float:
    """Processor seconds; garbage of what ran before is cleared away outside the clock."""
    gc.collect()
    began = time.process_time()
    job(data)
    return time.process_time() - began


def sheets(inputs: Sequence[str], *, shared: Path | None = None, rounds: int = ROUNDS) -> list[Sheet]:
    """Measure on files or folders; with ``shared``, on the real files in its folder ``files`` as well.

    Raises NoInput where no file can be read.
    """
    sets = [("测试文件 test files", discover(inputs).inputs)]
    if shared is not None:
        sets.append(("真实文件 real files", discover([str(shared / "files")]).inputs))
    pdf_rows: list[tuple[str, ...]] = []
    other_rows: list[tuple[str, ...]] = []
    for label, found in sets:
        paths = [item.path for item in found]
        pdf_rows += _pdf_rows(label, paths, rounds)
        other_rows += _other_rows(label, paths, rounds)
    if not pdf_rows and not other_rows:
        raise NoInput(detail=" ".join(inputs))
    out = []
    if pdf_rows:
        head: tuple[str, ...] = ("PDF", "页 pages", "本工具 ms/页", "对照 peer", "对照 ms/页", "比 ratio", "各轮 rounds")
        notes: tuple[str, ...] = (
            "比 ratio：本工具 ÷ 对照，同样的页、同一轮、CPU 时间，从打开文件算起；小于 1 为快。本工具给出文字、表格、位置、页眉页脚；"
            "pypdfium2 只取文字（`get_text_range`），pdfplumber 只取表格（`extract_tables`）。"
            "_Our time to the peer's on the same pages in the same round, opening included; below 1 is faster._",
            f"每份至多 {_MAX_TEXT} 页文字、{_MAX_TABLED} 页表格，均匀抽取；没有文字层的页不在内。轮次 rounds：{rounds}，取中位数 medians",
            machine(),
        )
        out.append(Sheet("PDF 的速度 Speed of PDF files", (head, *pdf_rows), notes))
    if other_rows:
        head = ("格式 format", "文件 files", "ms/文件 a file", "MB/s", "字/秒 chars/s")
        notes = (f"只读不抽取 reading alone；CPU 时间 processor time；轮次 rounds：{rounds}，取中位数 medians",)
        out.append(Sheet("其他格式的速度 Speed of other formats", (head, *other_rows), notes))
    return out


def _pdf_rows(label: str, paths: Sequence[Path], rounds: int) -> list[tuple[str, ...]]:
    samples: defaultdict[str, list[Sample]] = defaultdict(list)
    for path in paths:
        if path.suffix.lower() == ".pdf":
            try:
                for sample in samples_of(path):
                    samples[sample.kind].append(sample)
            except ReadError:
                continue  # a scan; recognition is measured with the scores
    rows: list[tuple[str, ...]] = []
    for kind, peer, name in ((TEXT, pdf_text, "pypdfium2"), (TABLED, pdf_tables, "pdfplumber")):
        if samples[kind]:
            result = paired(samples[kind], peer, rounds)
            each = [a / b for a, b in zip(result.ours, result.peers, strict=True)]
            ours, peers = (1000 * median(seconds) / result.pages for seconds in (result.ours, result.peers))
            rows.append(
                (
                    f"{label}：{kind}",
                    f"{result.pages:,}",
                    f"{ours:.2f}",
                    name,
                    f"{peers:.2f}",
                    f"{result.ratio:.2f}",
                    f"{min(each):.2f}–{max(each):.2f}",
                )
            )
    return rows


def _other_rows(label: str, paths: Sequence[Path], rounds: int) -> list[tuple[str, ...]]:
    files: defaultdict[str, list[tuple[Path, bytes, int]]] = defaultdict(list)
    for path in paths:
        try:
            form, reader = reader_for(path)
            if form.name not in ("pdf", "image"):
                data = path.read_bytes()
                files[form.name].append((path, data, len(reader(data, path=path, limits=_NO_RECOGNITION).text)))
        except ReadError:
            continue
    rows: list[tuple[str, ...]] = []
    for name in sorted(files):
        taken = median(sum(_timed(partial(reading, path), data) for path, data, _ in files[name]) for _ in range(rounds))
        size, chars = sum(len(data) for _, data, _ in files[name]), sum(chars for *_, chars in files[name])
        count = len(files[name])
        rows.append(
            (f"{label}：{name.upper()}", f"{count}", f"{1000 * taken / count:.1f}", f"{size / taken / 1e6:.2f}", f"{chars / taken:,.0f}")
        )
    return rows
