"""Writes the test files and their truth from the sources, or says which of them are stale.

    python -m zhibiao.annotate.files build [--source samples/files/source] [--out samples/files] [--truth tests/gold/files]
    python -m zhibiao.annotate.files check

The bytes of every file but the scans are the same each time where libraries and fonts are; those of scans hang on the renderer too. TXT, HTML and the
truth are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from zhibiao.annotate.files import truth
from zhibiao.annotate.files.paper import pdf_of
from zhibiao.annotate.files.plain import text_of
from zhibiao.annotate.files.scan import scan_pdf, scan_pngs
from zhibiao.annotate.files.sheet import workbook_of
from zhibiao.annotate.files.source import Source, load
from zhibiao.annotate.files.web import page_of
from zhibiao.annotate.files.word import document_of

SOURCE, OUT, TRUTH = Path("samples/files/source"), Path("samples/files"), Path("tests/gold/files")


def made(source: Source, *, scans: bool = True) -> Iterator[tuple[str, bytes]]:
    """Every file of one report: name and bytes. Raises MissingLibraryError or MissingFontError.

    ``scans``: also its scan, where the source asks for one (some seconds).
    """
    yield f"{source.id}.txt", text_of(source).encode("utf-8")
    yield f"{source.id}.html", page_of(source)
    yield f"{source.id}.docx", document_of(source)
    yield f"{source.id}.xlsx", workbook_of(source)
    pdf = pdf_of(source)
    yield f"{source.id}.pdf", pdf
    if scans and source.scan == "pdf":
        yield f"{source.id}-scan.pdf", scan_pdf(pdf)
    elif scans and source.scan == "png":
        for n, picture in enumerate(scan_pngs(pdf), 1):
            yield f"{source.id}-scan-{n}.png", picture


def names(source: Source, pages: int) -> list[str]:
    """The names that :func:`made` gives; ``pages`` of the PDF tell how many pictures there are."""
    out = [f"{source.id}.{suffix}" for suffix in ("txt", "html", "docx", "xlsx", "pdf")]
    if source.scan == "pdf":
        out.append(f"{source.id}-scan.pdf")
    elif source.scan == "png":
        out += [f"{source.id}-scan-{n}.png" for n in range(1, pages + 1)]
    return out


def build(source: Path = SOURCE, out: Path = OUT, truth_to: Path = TRUTH) -> list[Path]:
    """Write every file under ``out`` and the truth under ``truth_to``; files that no source makes any more are removed. Gives the paths.

    Raises SourceError before anything is written, MissingLibraryError or MissingFontError.
    """
    sources = load(source)
    gold = {f"{s.id}.jsonl": truth.lines(s) for s in sources}
    paths: list[Path] = []
    for folder in (out, truth_to):
        folder.mkdir(parents=True, exist_ok=True)
    for report in sources:
        for name, data in made(report):
            paths.append(out / name)
            paths[-1].write_bytes(data)
    for name, data in gold.items():
        paths.append(truth_to / name)
        paths[-1].write_bytes(data)
    for old in [*out.glob("[0-9]*.*"), *truth_to.glob("*.jsonl")]:
        if old not in paths:
            old.unlink()
    return paths


def stale(source: Path = SOURCE, out: Path = OUT, truth_to: Path = TRUTH) -> list[str]:
    """The files whose bytes everyone makes alike (TXT, HTML, truth) and that differ from the sources; one sentence each."""
    problems = []
    for report in load(source):
        expected = {
            out / f"{report.id}.txt": text_of(report).encode("utf-8"),
            out / f"{report.id}.html": page_of(report),
            truth_to / f"{report.id}.jsonl": truth.lines(report),
        }
        problems += [
            f"{path.name}: 缺少或与源文件不一致 (missing, or differs from its source)"
            for path, data in expected.items()
            if not path.is_file() or path.read_bytes() != data
        ]
    return problems
