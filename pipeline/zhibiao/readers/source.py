"""One file to one :class:`~zhibiao.schema.Report`: limits, reader, heading facts."""

from __future__ import annotations

import hashlib
import stat

from zhibiao.errors import ReadError, TooLarge
from zhibiao.readers.content import MEGABYTE, Content, Limits
from zhibiao.readers.discovery import Input
from zhibiao.readers.heading import heading
from zhibiao.readers.registry import FORMATS, Format, reader_for
from zhibiao.schema import Report


def read_report(source: Input, *, limits: Limits | None = None, formats: tuple[Format, ...] = FORMATS) -> Report:
    """Read one input whole.

    Title, org, region and year come from the head of the text only, never from the file name. Raises a
    :class:`~zhibiao.errors.ReadError`: too large, empty, binary, undecodable, unsupported or unreadable.
    """
    limits = limits or Limits()
    fmt, reader = reader_for(source.path, formats=formats)
    data = _read_bytes(source, limits.max_bytes)
    content = reader(data, path=source.path, limits=limits)
    head = heading(_flowing(content))
    return Report(
        doc_id=source.doc_id,
        path=source.shown,
        sha256=hashlib.sha256(data).hexdigest(),
        format=fmt.name,
        text=content.text,
        title=head.title,
        org=head.org,
        region=head.region,
        year=head.year,
        pages=content.pages,
        page_starts=content.page_starts,
        tables=content.tables,
        furniture=content.furniture,
        lines=content.lines,
        gaps=content.gaps,
    )


def _flowing(content: Content) -> str:
    """The text without what belongs to the page: a running head is no title."""
    parts, at = [], 0
    for start, end in content.furniture:
        parts.append(content.text[at:start])
        at = end
    return "".join([*parts, content.text[at:]])


def _read_bytes(source: Input, limit: int) -> bytes:
    try:
        status = source.path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe or device could block for ever
            raise ReadError(detail="不是普通文件 not a regular file")
        if status.st_size > limit:
            raise TooLarge(size=f"{status.st_size / MEGABYTE:.1f}", limit=f"{limit / MEGABYTE:g}")
        with source.path.open("rb") as file:
            data = file.read(limit + 1)  # the file may have grown since
    except OSError as error:
        raise ReadError(detail=error.strerror or type(error).__name__) from error
    if len(data) > limit:
        raise TooLarge(size=f"> {limit / MEGABYTE:g}", limit=f"{limit / MEGABYTE:g}")
    return data
