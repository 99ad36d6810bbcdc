"""Recognition of pictures and scanned pages; needs the extra ``zhibiao[ocr]``."""

from zhibiao.readers.ocr.reading import available, scan, scan_page

__all__ = ["available", "scan", "scan_page"]
