"""Tables out: rows of a document, data frames, and streamed CSV, Parquet, JSON Lines and Excel files."""

from zhibiao.export.frames import Rows, empty_rows, failure_rows, frames_of, rows_of
from zhibiao.export.sink import FORMATS, Sink, check_output, parse_formats

__all__ = ["FORMATS", "Rows", "Sink", "check_output", "empty_rows", "failure_rows", "frames_of", "parse_formats", "rows_of"]
