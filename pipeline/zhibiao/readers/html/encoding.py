"""The bytes of a web page to characters: as strict as for text files, but a page with a few broken bytes is still read, and says so."""

from __future__ import annotations

from zhibiao.errors import UndecodableText
from zhibiao.readers.decode import decode

#: At most one broken place in so many bytes.
_BROKEN_PER = 2000


def decode_page(data: bytes) -> tuple[str, UndecodableText | None]:
    """The text of a page, and an error that names its broken bytes where there are some.

    What a page declares is not asked: gb2312 stands over UTF-8 and over GBK, UTF-8 over GBK. The characters have to prove themselves, see
    :func:`~zhibiao.readers.decode.decode`. Only where the bytes fit no encoding at all, single broken places (systems cut a summary in
    the middle of a character) become U+FFFD, if the rest proves itself. Raises EmptyDocument, BinaryFile, UndecodableText or GarbledText.
    """
    try:
        return decode(data), None
    except UndecodableText as error:
        for encoding in ("utf-8", "gb18030"):
            text = data.decode(encoding, "replace")
            if text.count("\ufffd") * _BROKEN_PER > len(data):
                continue
            try:
                decode(text.replace("\ufffd", "").encode(encoding))
            except UndecodableText:
                continue
            return text.removeprefix("\ufeff"), error
        raise
