"""Test files of the project's own: the same report as PDF, DOCX, XLSX, HTML, plain text and scan, with the truth of its tables known.

:mod:`.source` reads ``samples/files/source/*.toml``, :mod:`.build` writes the files and the truth. Everything is made from the sources; nobody
edits a file by hand. :mod:`.measured` scores what is read from them, :mod:`.speed` times the reading.
"""
