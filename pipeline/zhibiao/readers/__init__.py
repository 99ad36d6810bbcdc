"""Reading: a file on disk becomes a :class:`~zhibiao.schema.Report` whose text is exactly what stands in the source."""

from zhibiao.readers.content import Content, Limits
from zhibiao.readers.discovery import Discovery, Input, discover
from zhibiao.readers.registry import FORMATS, reader_for, supported
from zhibiao.readers.source import read_report

__all__ = ["FORMATS", "Content", "Discovery", "Input", "Limits", "discover", "read_report", "reader_for", "supported"]
