"""Every error that a user can meet: one class and one code each, all texts in one table.

A message says in Chinese, then in English, what is wrong and what to do. ``str(error)`` is the whole line, code first:

>>> str(EmptyDocument())
'[Z104] 文件里没有文字；请检查文件是否损坏或放错。 / The file holds no text; check whether it is damaged or the wrong file.'
"""

# ruff: noqa: N818  (the names stand in the errors table, where they say what is wrong with an input)

from __future__ import annotations

from types import MappingProxyType
from typing import ClassVar

# code → (Chinese, English). Z0 general, Z1 inputs, Z2 a wrong call, Z3 processing. Codes are never reused.
TEXTS: MappingProxyType[str, tuple[str, str]] = MappingProxyType(
    {
        "Z001": ("内部错误：{detail}。", "Internal error: {detail}."),
        "Z101": ("找不到输入 {what}；请检查路径或通配符。", "No such input: {what}; check the path or the pattern."),
        "Z102": (
            "不支持的文件类型 {suffix}；现支持：{supported}。",
            "Unsupported file type {suffix}; supported: {supported}.",
        ),
        "Z103": (
            "文件过大（{size} MB，上限 {limit} MB）；请拆分文件，或用 --limit-mb 提高上限。",
            "The file is too large ({size} MB, limit {limit} MB); split it, or raise the limit with --limit-mb.",
        ),
        "Z104": (
            "文件里没有文字；请检查文件是否损坏或放错。",
            "The file holds no text; check whether it is damaged or the wrong file.",
        ),
        "Z105": (
            "不是文本文件（像是 {looks_like}）；请换成文本，或改用正确的后缀名。",
            "Not a text file (it looks like {looks_like}); convert it to text, or give it the right suffix.",
        ),
        "Z106": (
            "无法确定文字编码（{detail}）；请另存为 UTF-8 再试。",
            "The text encoding cannot be told ({detail}); save the file as UTF-8 and try again.",
        ),
        "Z107": (
            "文字中乱码过多（{bad} 个控制符或替换符，占 {share}）；请从原文件重新导出文字。",
            "Too many control or replacement characters ({bad}, {share} of the text); export the text anew from its source.",
        ),
        "Z108": ("读不了文件：{detail}；请检查权限和磁盘。", "The file cannot be read: {detail}; check permissions and the disk."),
        "Z109": (
            "{what} 里没有可读的文件（略过 {skipped} 个其他类型的文件；现支持：{supported}）。",
            "No readable file in {what} ({skipped} files of other kinds left out; supported: {supported}).",
        ),
        "Z110": (
            "页数过多（{pages} 页，上限 {limit} 页）；请拆分文件，或用 --limit-pages 提高上限。",
            "Too many pages ({pages}, limit {limit}); split the file, or raise the limit with --limit-pages.",
        ),
        "Z111": ("文件有密码；请先去除密码再试。", "The file is encrypted; remove its password and try again."),
        "Z112": (
            "文件已损坏或不完整：{detail}；请重新下载或从原软件另存。",
            "The file is damaged or cut short: {detail}; fetch it again or save it anew.",
        ),
        "Z113": (
            "文件展开后过大（{what}，上限 {limit}）；可能是恶意文件，请拆分后再试。",
            "The file is too large when unpacked ({what}, limit {limit}); it may be malicious; split it if it is not.",
        ),
        "Z114": (
            "文件内含不安全的 XML（{detail}）；为安全起见拒绝读取，请从原软件另存。",
            "The file holds unsafe XML ({detail}) and was not read; save it anew from its program.",
        ),
        "Z115": (
            "{what}没有文字层，需要文字识别，但未安装；请运行 pip install 'zhibiao[ocr]'。",
            "{english} no text layer and the recognition is not installed; run pip install 'zhibiao[ocr]'.",
        ),
        "Z116": ("读取超时（{seconds} 秒）；请拆分文件。", "Reading took too long ({seconds} s); split the file."),
        "Z117": (
            "旧格式 {kind}，不能直接读；请用 Word/WPS/LibreOffice 另存为 {instead}。",
            "Legacy format {kind}; save it as {instead} first.",
        ),
        "Z118": (
            "{what}没有文字层，未识别（识别上限 {limit} 页，见 --ocr-pages）。",
            "{english} no text layer and was not recognised (limit {limit} pages, see --ocr-pages).",
        ),
        "Z201": ("不认识的格式 {unknown}；可选：{known}。", "Unknown format {unknown}; choose from: {known}."),
        "Z202": ("没有给出输入；请写上文件、文件夹或通配符。", "No input given; name files, folders or patterns."),
        "Z203": ("输出位置 {path} 是一个文件；请给一个文件夹。", "The output {path} is a file; name a folder."),
        "Z204": ("输出文件夹 {path} 不能写入（{detail}）。", "The output folder {path} is not writable ({detail})."),
        "Z205": ("用法错误：{detail}；加 --help 看用法。", "Wrong usage: {detail}; see --help."),
        "Z206": (
            "指标目录 {source} 有 {count} 处错误，改正后再用",
            "the taxonomy {source} has {count} faults; mend them first:\n{listed}",
        ),
        "Z207": ("读不了指标目录 {source}：{detail}。", "The taxonomy {source} cannot be read: {detail}."),
        "Z208": (
            "{path} 不是抽取结果：{detail}；请给 zhibiao extract 的输出文件夹。",
            "{path} is no result of a run: {detail}; name the output folder of `zhibiao extract`.",
        ),
        "Z209": ("找不到 {what}；{hint}。", "Not found: {what}; {english}."),
        "Z301": (
            "处理时出错：{detail}；其余输入不受影响，请用 --verbose 再跑一次并反馈。",
            "Processing failed: {detail}; other inputs are not affected. Run again with --verbose and report this.",
        ),
        "Z302": ("表格内容有误：{detail}。", "A table row is not valid: {detail}."),
        "Z303": (
            "写不了输出：{detail}；请检查磁盘空间和权限。",
            "The output cannot be written: {detail}; check disk space and permissions.",
        ),
        "Z305": (
            "模型不能用：{detail}；请用与程序同版本的模型，或运行 make train。",
            "The model cannot be used: {detail}; use the one of this version, or run `make train`.",
        ),
        "Z304": ("内存不足；请拆分文件或换一台内存更大的机器。", "Out of memory; split the file or use a machine with more memory."),
    }
)


class ZhibiaoError(Exception):
    """Base of all errors of this package. ``facts`` fill the places of the text; a missing one raises KeyError in tests, early."""

    code: ClassVar[str] = "Z001"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        zh, en = TEXTS[self.code]
        self.chinese = zh.format(**facts)
        self.english = en.format(**facts)
        super().__init__(f"[{self.code}] {self.chinese} / {self.english}")

    def __reduce__(self) -> tuple[object, ...]:
        # Exception pickles by positional arguments; ours are keywords, and errors must travel between processes.
        return _rebuild, (type(self), self.facts)


def _rebuild(cls: type[ZhibiaoError], facts: dict[str, object]) -> ZhibiaoError:
    return cls(**facts)


class ReadError(ZhibiaoError):
    """An input could not be read at all (permissions, disk). Base of every error about one input."""

    code = "Z108"


class MissingInput(ReadError):
    code = "Z101"


class UnsupportedFormat(ReadError):
    code = "Z102"


class TooLarge(ReadError):
    code = "Z103"


class EmptyDocument(ReadError):
    code = "Z104"


class BinaryFile(ReadError):
    code = "Z105"


class UndecodableText(ReadError):
    code = "Z106"


class GarbledText(ReadError):
    code = "Z107"


class NothingReadable(ReadError):
    """A folder or pattern that exists but holds no file of a supported kind."""

    code = "Z109"


class TooManyPages(ReadError):
    code = "Z110"


class Encrypted(ReadError):
    code = "Z111"


class Damaged(ReadError):
    """A file of the right kind that its library cannot open: truncated, broken, not what its suffix says."""

    code = "Z112"


class UnpacksTooLarge(ReadError):
    """A packed file, a sheet or a picture that would fill the memory."""

    code = "Z113"


class UnsafeXml(ReadError):
    """XML with a document type or entities of its own."""

    code = "Z114"


class OcrMissing(ReadError):
    """A page or picture without a text layer, and no recognition installed."""

    code = "Z115"


class OutOfTime(ReadError):
    code = "Z116"


class LegacyFormat(ReadError):
    """.doc, .xls, .wps: binary formats of old programs."""

    code = "Z117"


class OcrSkipped(ReadError):
    """A page without a text layer beyond the number of pages that may be recognised."""

    code = "Z118"


class UsageError(ZhibiaoError):
    """The call itself is wrong: exit code 2."""

    code = "Z205"


class UnknownFormat(UsageError):
    code = "Z201"


class NoInput(UsageError):
    code = "Z202"


class OutputIsFile(UsageError):
    code = "Z203"


class OutputNotWritable(UsageError):
    code = "Z204"


class UnreadableTaxonomy(UsageError):
    code = "Z207"


class NotARun(UsageError):
    """A folder that holds no tables of a run, or tables that lack a column."""

    code = "Z208"


class NotFound(UsageError):
    """A record or an entry that was asked for and is not there."""

    code = "Z209"


class ExtractionFailed(ZhibiaoError):
    """An unforeseen exception while one document was processed; the document is left out, the run goes on."""

    code = "Z301"


class InvalidRow(ZhibiaoError):
    """A value that no table can hold (not a number, infinite, beyond all measure)."""

    code = "Z302"


class OutputError(ZhibiaoError):
    """Writing failed (disk full …): the run cannot go on."""

    code = "Z303"


class ModelError(ZhibiaoError):
    """A trained pipeline is missing, damaged, or made for another version of the code."""

    code = "Z305"


class OutOfMemory(ZhibiaoError):
    code = "Z304"


def describe(error: BaseException) -> str:
    """The user's line for any exception: its own text where it is ours, else the fitting general one.

    >>> describe(RecursionError("maximum recursion depth exceeded")).split("；")[0]
    '[Z301] 处理时出错：RecursionError: maximum recursion depth exceeded'
    """
    if isinstance(error, ZhibiaoError):
        return str(error)
    if isinstance(error, MemoryError):
        return str(OutOfMemory())
    detail = " ".join(f"{type(error).__name__}: {error}".split())
    return str(ExtractionFailed(detail=detail if len(detail) <= 300 else detail[:300] + "…"))
