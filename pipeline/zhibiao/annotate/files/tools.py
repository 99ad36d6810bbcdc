"""What the writers share: libraries that only development needs, and packed files with the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

#: The date that every made file bears.
DATE = datetime(2025, 1, 1, tzinfo=UTC)
_PACKED = (1980, 1, 1, 0, 0, 0)


class MissingLibraryError(RuntimeError):
    """A library that making test files needs is not installed."""


def need(module: str, package: str) -> Any:
    """Import ``module``; raises MissingLibraryError with what to install where it is absent."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            f"生成测试文件需要 {package}，未安装；请运行 pip install -e '.[dev]'。 / "
            f"Making the test files needs {package}, which is not installed; run pip install -e '.[dev]'."
        ) from error


def repack(data: bytes) -> bytes:
    """A ZIP file with the same members in the same order, without the hour at which it was packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for item in old.infolist():
            info = zipfile.ZipInfo(item.filename, _PACKED)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(item))
    return out.getvalue()
