"""Small drawn tables for tests, as one sees them: rows on lines, cells parted by ``|``.

``<`` goes on the cell at its left, ``^`` the cell above; ``·`` is an empty cell; ``↵`` breaks the line inside a cell.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from zhibiao.readers.content import Content, Limits
from zhibiao.readers.flowing import Builder, CellText
from zhibiao.schema import Record, Report, Side, plain

#: What stands in the tables of reports: heads, labels, names, numbers in every dress, signs, blanks, prose, notes.
WORDS = (
    "项目名称", "主管部门", "一级指标", "二级指标", "三级指标", "指标名称", "年度指标值", "实际完成值", "分值", "得分", "年初预算数",
    "全年预算数", "全年执行数", "执行率", "偏差原因分析及改进措施", "序号", "计量单位", "数量", "金额", "预算数", "决算数", "公务接待费",
    "合计", "其中：", "年度总体目标", "预期目标", "实际完成情况", "备注", "单位：万元", "同比增长", "2022年", "2023年", "比上年增减%",
    "占比", "产出指标", "数量指标", "清淤长度", "满意度", "≥90%", "95.2%", "100", "12.5", "3座", "—", "/", "1.",
    "（一）", "≥", "%", "万元", "1,234.56", "-3.2", "名次", "1", "2", "3", "按期完成", "优", "总分", "小计",
    "①", "：", "一、", "第3页", "2023", "1.5-2.5", "10万元", "项目资金（万元）", "年度资金总额：", "上年", "项目", "得分率",
    "资金来源\n（万元）", "产出指标\n（50分）", "完成清淤12公里，改造泵站3座；惠及群众5万人。", "填表人：某某", "联系电话：12345678",
)  # fmt: skip


def cells_of(drawing: str) -> list[CellText]:
    """The cells of a drawing, merged ones once, by row and column."""
    rows = [[cell.strip() for cell in line.split("|")] for line in drawing.strip().split("\n")]
    out: list[CellText] = []
    for r, row in enumerate(rows):
        for c, words in enumerate(row):
            if words in ("<", "^"):
                continue
            width = 1
            while c + width < len(row) and row[c + width] == "<":
                width += 1
            height = 1
            while r + height < len(rows) and c < len(rows[r + height]) and rows[r + height][c] == "^":
                height += 1
            out.append(CellText(r, c, "" if words == "·" else words.replace("↵", "\n"), height, width))
    return out


@st.composite
def grids(draw: st.DrawFn, *, words: st.SearchStrategy[str] | None = None, rows: int = 7, columns: int = 7) -> list[CellText]:
    """Any grid: cells of any words and any extent that do not overlap, by row and column; some places are bare."""
    height, width = draw(st.integers(1, rows)), draw(st.integers(1, columns))
    words = words if words is not None else st.sampled_from((*WORDS, "", "", ""))
    free = [[True] * width for _ in range(height)]
    spans = st.sampled_from((1, 1, 1, 1, 1, 1, 2, 2, 3, 9))
    out: list[CellText] = []
    for r in range(height):
        for c in range(width):
            if not free[r][c]:
                continue
            across, down = 1, 1
            most = draw(spans)
            while across < most and c + across < width and free[r][c + across]:
                across += 1
            most = draw(spans)
            while down < most and r + down < height and all(free[r + down][c : c + across]):
                down += 1
            for row in free[r : r + down]:
                row[c : c + across] = [False] * across
            if draw(st.integers(0, 9)):
                out.append(CellText(r, c, draw(words), down, across))
    return out


def content_of(*parts: str | list[CellText], edges: Sequence[Sequence[float]] = ()) -> Content:
    """Paragraphs (one line) and drawings (several lines, or cells) in order of text.

    A part that is ``\\f`` begins a page, one that begins with ``~`` is page furniture. ``edges``: the column borders of each table in turn.
    """
    builder = Builder(Limits())
    borders = iter(edges)
    if "\f" in parts:
        builder.page()
    for number, part in enumerate(parts):
        if part == "\f":
            if number:
                builder.page()
        elif isinstance(part, str) and "|" not in part:
            builder.text(part.removeprefix("~"), furniture=part.startswith("~"))
        else:
            builder.table(cells_of(part) if isinstance(part, str) else part, edges=next(borders, ()))
    return builder.content()


def report_of(content: Content, *, kind: str = "docx", year: int | None = 2023) -> Report:
    """The report of a content, without heading facts."""
    return Report(
        "a", "a", "0" * 64, kind, content.text, year=year, pages=content.pages, page_starts=content.page_starts, tables=content.tables,
        furniture=content.furniture, lines=content.lines, gaps=content.gaps,
    )  # fmt: skip


def drawn(*parts: str | list[CellText], edges: Sequence[Sequence[float]] = ()) -> Report:
    """The report of these parts (:func:`content_of`)."""
    return report_of(content_of(*parts, edges=edges))


def told(record: Record) -> str:
    """A record on a line: ``type indicator | target -> actual | weight/score | change``; the types performance and fact and empty parts left out."""
    pair = " -> ".join(_said(side) for side in (record.target, record.actual)).strip()
    pair = pair if record.target is not None else pair.removeprefix("-> ")
    points = "/".join("·" if v is None else plain(v) for v in (record.weight, record.score))
    line = " | ".join(part for part in (record.indicator, pair, points if points != "·/·" else "", record.change) if part)
    return line if record.type in ("performance", "fact") else f"{record.type} {line}"


def _said(side: Side | None) -> str:
    if side is None:
        return ""
    if side.value is None:
        return side.text
    sign = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "~": "约"}.get(side.op or "", "")
    high = f"~{plain(side.value_high)}" if side.value_high is not None else ""
    return f"{sign}{plain(side.value)}{high}{side.unit}"


def stands(text: str, start: int | None, end: int | None, words: str) -> bool:
    """Do the offsets give these words, white space of wrapped lines aside? True where there are no offsets."""
    return start is None or end is None or "".join(text[start:end].split()) == "".join(words.split())
