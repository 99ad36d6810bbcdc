"""Word documents: what a reader sees, in order, with its numbers and tables."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import EmptyDocument, UnpacksTooLarge
from zhibiao.readers import Content, Limits
from zhibiao.readers.ooxml.docx import read_docx
from zhibiao.readers.ooxml.numbering import numeral

NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
SPACES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
OFFICE = NAMES["r"]
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def read(data: bytes, limits: Limits | None = None) -> Content:
    content = read_docx(data, path=Path("报告.docx"), limits=limits or Limits())
    for table in content.tables:
        for cell in table.cells:
            assert "\t" not in content.text[cell.start : cell.end]
    return content


def made(body: str, **parts: str) -> bytes:
    """A package with this body, and other parts by name (``numbering="<w:num…"``)."""
    links = "".join(f'<Relationship Id="{name}" Type="{OFFICE}/{name}" Target="{name}.xml"/>' for name in parts)
    files = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="d" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
    } | {f"word/{name}.xml": f"<w:{name} {SPACES}>{words}</w:{name}>" for name, words in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, words in files.items():
            archive.writestr(name, words)
    return out.getvalue()


def text(body: str, **parts: str) -> str:
    return read(made(body, **parts)).text


def run(words: str, properties: str = "") -> str:
    return f'<w:r>{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{words}</w:t></w:r>'


def par(words: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{words if words.startswith('<') else run(words)}</w:p>"


def cell(words: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{words if words.startswith('<') else par(words)}</w:tc>"


def table(*rows: str) -> str:
    return "<w:tbl>" + "".join(row if row.startswith(("<w:tr", "<w:sdt")) else f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def grid(content: Content, number: int = 0) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.column, c.rowspan, c.colspan, content.text[c.start : c.end]) for c in content.tables[number].cells]


def saved(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_paragraphs_and_tables_in_order() -> None:
    document = docx.Document()
    document.add_heading("云海市水务局2023年度部门整体支出绩效自评报告", 1)
    document.add_paragraph("全年预算1,200.50万元，执行率98.5%。")
    made_table = document.add_table(2, 3)
    for at, words in enumerate(("指标", "目标值", "实际值", "供水量", "≥900万吨", "")):
        made_table.cell(at // 3, at % 3).text = words
    document.add_paragraph("")
    document.add_paragraph("表后一段，ＡＢＣ１２３。")
    document.sections[0].header.paragraphs[0].text = "页眉"
    content = read(saved(document))
    assert content.text == (
        "云海市水务局2023年度部门整体支出绩效自评报告\n全年预算1,200.50万元，执行率98.5%。\n"
        "指标\t目标值\t实际值\n供水量\t≥900万吨\t\n表后一段，ＡＢＣ１２３。\n"
    )
    assert grid(content)[3:] == [(1, 0, 1, 1, "供水量"), (1, 1, 1, 1, "≥900万吨"), (1, 2, 1, 1, "")]
    assert content.page_starts == ()


def test_tracked_changes_and_hidden_words() -> None:
    body = par(
        run("完成率")
        + f'<w:ins w:id="1">{run("98")}</w:ins><w:del w:id="2"><w:r><w:delText>89</w:delText></w:r></w:del><w:moveFrom w:id="3">{run("旧")}</w:moveFrom>'
        + f'<w:moveTo w:id="4">{run("%")}</w:moveTo>'
        + run("秘", "<w:vanish/>")
        + run("。", '<w:vanish w:val="0"/>')
        + run("藏", '<w:rStyle w:val="Hidden"/>')
    )
    body += par(run("前半，"), '<w:rPr><w:del w:id="9"/></w:rPr>') + par("后半。")
    body += f'<w:p><w:pPr><w:rPr><w:del w:id="9"/></w:rPr></w:pPr><w:del w:id="2"><w:r><w:delText>整段</w:delText></w:r></w:del></w:p>{par("末段")}'
    body += table(
        cell("留") + cell("甲"), f'<w:tr><w:trPr><w:del w:id="5"/></w:trPr>{cell("删") + cell("乙")}</w:tr>', cell("尾") + cell("丙")
    )
    styles = '<w:style w:type="character" w:styleId="Base"><w:rPr><w:vanish/></w:rPr></w:style><w:style w:styleId="Hidden"><w:basedOn w:val="Base"/></w:style>'
    assert text(body, styles=styles) == "完成率98%。\n前半，后半。\n末段\n留\t甲\n尾\t丙\n"


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def code(words: str) -> str:
    return f"<w:r><w:instrText>{words}</w:instrText></w:r>"


def test_fields_give_their_results() -> None:
    nested = (
        mark("begin")
        + code("IF ")
        + mark("begin")
        + code("X")
        + mark("separate")
        + run("内")
        + mark("end")
        + mark("separate")
        + run("外")
        + mark("end")
    )
    assert text(par(run("甲") + nested + run("乙"))) == "甲外乙\n"
    assert (
        text(par(f'<w:fldSimple w:instr="DATE">{run("2023年")}</w:fldSimple>' + f'<w:hyperlink r:id="x">{run("链接")}</w:hyperlink>'))
        == "2023年链接\n"
    )
    # A code that nobody closes must not swallow what follows.
    assert text(par(run("甲") + mark("begin") + code("PAGE")) + par("乙") + par("丙")) == "甲\n乙\n丙\n"
    box = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>'
    assert text(par(box + code("FORMCHECKBOX") + mark("end") + run("达成"))) == "☑达成\n"


def test_a_table_of_contents() -> None:
    tabs = '<w:tabs><w:tab w:val="left" w:pos="400"/><w:tab w:val="right" w:leader="dot" w:pos="8000"/></w:tabs>'
    page = mark("begin") + code("PAGEREF a") + mark("separate") + run("3", "<w:webHidden/>") + mark("end")
    first = mark("begin") + code("TOC") + mark("separate") + f"<w:hyperlink>{run('一、概况')}<w:r><w:tab/></w:r>{page}</w:hyperlink>"
    second = f"{run('二、')}<w:r><w:tab/></w:r>{run('结果')}<w:r><w:tab/></w:r>{run('12')}"
    body = par(first, tabs) + par(second, '<w:pStyle w:val="TOC1"/>') + par(mark("end") + run("一、概况"))
    styles = f'<w:style w:type="paragraph" w:styleId="TOC1"><w:pPr>{tabs}</w:pPr></w:style>'
    assert text(body, styles=styles) == "一、概况......3\n二、 结果......12\n一、概况\n"


def test_what_wrappers_hold() -> None:
    sdt = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"
    body = sdt.format(par("块") + sdt.format(par("内"))) + par(sdt.format(run("行内")) + f"<w:smartTag>{run('标')}</w:smartTag>")
    body += table(sdt.format(f"<w:tr>{sdt.format(cell('甲'))}{cell(sdt.format(par('乙')))}</w:tr>"), cell("丙") + cell("丁"))
    content = read(made(body))
    assert content.text == "块\n内\n行内标\n甲\t乙\n丙\t丁\n"


def test_text_boxes_are_read_once() -> None:
    words = f"<w:txbxContent>{par('框内一')}{par('框内二')}</w:txbxContent>"
    box = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>{words}</wps:txbx></wps:wsp></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{words}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert text(par(run("正文") + box) + par("其后")) == "正文\n框内一\n框内二\n其后\n"
    old = f"<w:r><w:pict><v:shape><v:textbox>{words}</v:textbox></v:shape></w:pict></w:r>"
    assert text(par(old)) == "框内一\n框内二\n"
    assert grid(read(made(table(cell(par(run("格") + box)) + cell("右")))))[0][4] == "格\n框内一\n框内二"


def test_signs_and_breaks() -> None:
    symbols = "".join(
        f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>'
        for font, char in (
            ("Symbol", "F0B3"),
            ("Symbol", "F0A3"),
            ("Wingdings", "F0FE"),
            ("Wingdings 2", "00A3"),
            ("Webdings", "F041"),
            ("Arial", "2265"),
            ("x", "zz"),
        )
    )
    assert text(par(symbols + run("90%"))) == "≥≤☑□≥90%\n"
    assert (
        text(
            par(
                f"{run('上')}<w:r><w:br/></w:r>{run('下2')}<w:r><w:noBreakHyphen/></w:r>{run('3')}<w:r><w:softHyphen/><w:tab/></w:r>{run('尾')}"
            )
        )
        == "上\n下2-3 尾\n"
    )
    assert text(par(f'<w:r><w:br w:type="page"/></w:r>{run("新页")}')) == "新页\n"
    ruby = f"<w:r><w:ruby><w:rt>{run('zhi')}</w:rt><w:rubyBase>{run('指')}</w:rubyBase></w:ruby></w:r>"
    assert text(par(ruby + run("标"))) == "指标\n"
    part = "<m:r><m:t>{}</m:t></m:r>"
    formula = f"<m:oMath><m:f><m:num>{part.format('实际')}</m:num><m:den>{part.format('预算')}</m:den></m:f></m:oMath>"
    assert text(par(run("执行率=") + formula)) == "执行率=实际/预算\n"


def test_notes_stand_at_the_end() -> None:
    reference = '<w:r><w:{}Reference w:id="{}"/></w:r>'
    body = par(run("率98%") + reference.format("footnote", 3) + run("，")) + table(
        cell(par(run("格") + reference.format("footnote", 2))) + cell("右")
    )
    body += par(run("尾") + reference.format("endnote", 1))
    notes = "".join(
        f'<w:footnote w:id="{n}">{par(words)}</w:footnote>' for n, words in ((0, "分隔"), (2, "格注"), (3, "率注"), (4, "无人提到"))
    )
    ends = f'<w:endnote w:id="1">{par("尾注")}</w:endnote>'
    assert text(body, footnotes=notes, endnotes=ends) == "率98%，\n格\t右\n尾\n率注\n格注\n尾注\n"


def test_merged_cells() -> None:
    document = docx.Document()
    made_table = document.add_table(4, 4)
    for row in range(4):
        for column in range(4):
            made_table.cell(row, column).text = f"{row}{column}"
    made_table.cell(0, 0).merge(made_table.cell(1, 1)).text = "方块"
    made_table.cell(1, 3).merge(made_table.cell(3, 3)).text = "竖"
    made_table.cell(3, 0).merge(made_table.cell(3, 2)).text = "横"
    content = read(saved(document))
    assert grid(content) == [
        (0, 0, 2, 2, "方块"), (0, 2, 1, 1, "02"), (0, 3, 1, 1, "03"), (1, 2, 1, 1, "12"), (1, 3, 3, 1, "竖"),
        (2, 0, 1, 1, "20"), (2, 1, 1, 1, "21"), (2, 2, 1, 1, "22"), (3, 0, 1, 3, "横"),
    ]  # fmt: skip


def test_odd_merges() -> None:
    go, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = [cell("头", go) + cell("甲"), cell("", on) + cell("乙"), cell("新", go) + cell("丙"), cell("", on) + cell("丁")]
    assert [c for c in grid(read(made(table(*rows)))) if c[1] == 0] == [(0, 0, 2, 1, "头"), (2, 0, 2, 1, "新")]
    # One that goes on from nothing is a cell of its own; old files merge along a row by hMerge; rows may begin further right.
    late = '<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>' + cell("右", '<w:gridSpan w:val="2"/>') + "</w:tr>"
    rows = [cell("孤", on) + cell("宽", '<w:hMerge w:val="restart"/>') + cell("", "<w:hMerge/>"), late]
    assert grid(read(made(table(*rows)))) == [(0, 0, 1, 1, "孤"), (0, 1, 1, 2, "宽"), (1, 1, 1, 2, "右")]


def test_frames_and_tables_inside_of_cells() -> None:
    inner = table(cell("年") + cell("数"), cell("2023") + cell("98%"))
    frame = read(made(table(cell(par("框中话") + inner + par("框末话")))))
    assert frame.text == "框中话\n年\t数\n2023\t98%\n框末话\n"
    assert len(frame.tables) == 1
    column = read(made(table(cell("一段"), cell("二段"))))
    assert (column.text, column.tables) == ("一段\n二段\n", ())
    nested = read(made(table(cell("左") + cell(par("前") + inner + par("后")))))
    assert grid(nested) == [(0, 0, 1, 1, "左"), (0, 1, 1, 1, "前\n年　数\n2023　98%\n后")]


def test_spans_that_blow_up() -> None:
    wide = cell("甲", '<w:gridSpan w:val="999999999"/>') + cell("乙")
    assert grid(read(made(table(wide))))[1][1] < 1000
    with pytest.raises(UnpacksTooLarge):
        read(made(table(*[wide * 4] * 50)), Limits(max_cells=500))
    with pytest.raises(UnpacksTooLarge):
        read(made(table(*[cell("甲") + cell("乙")] * 60)), Limits(max_cells=100))


def test_nothing_said() -> None:
    with pytest.raises(EmptyDocument):
        read(made(par("") + par("  ") + "<w:sectPr/>"))


def level(index: int, style: str, words: str, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>{more}<w:lvlText w:val="{words}"/></w:lvl>'


def pattern(number: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def uses(number: int, of: int, more: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


def item(number: int, index: int, words: str = "项", style: str = "") -> str:
    return par(words, f'{style}<w:numPr><w:ilvl w:val="{index}"/><w:numId w:val="{number}"/></w:numPr>')


OFFICIAL = pattern(
    1,
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCountingThousand", "（%2）"),
    level(2, "decimal", "%3."),
    level(3, "decimal", "%1.%3.%4", "<w:isLgl/>"),
    level(4, "decimalEnclosedCircle", "%5", '<w:suff w:val="nothing"/>'),
    level(5, "bullet", "●"),
)


def marks(items: list[tuple[int, int]], numbering: str) -> list[str]:
    return [line.removesuffix("项") for line in text("".join(item(*i) for i in items), numbering=numbering).splitlines()]


def test_official_numbers() -> None:
    found = marks([(1, n) for n in (0, 1, 1, 2, 2, 4, 4, 1, 2, 0, 1, 2, 3, 5)], OFFICIAL + uses(1, 1))
    assert found == ["一、", "（一）", "（二）", "1. ", "2. ", "①", "②", "（三）", "1. ", "二、", "（一）", "1. ", "2.1.1 ", ""]


def test_lists_that_begin_anew_and_lists_that_go_on() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    numbering = OFFICIAL + uses(1, 1) + uses(2, 1) + uses(3, 1, anew)
    assert marks([(1, 0), (2, 0), (3, 0), (3, 0), (1, 0)], numbering) == ["一、", "二、", "五、", "六、", "七、"]
    never = pattern(2, level(0, "decimal", "%1、"), level(1, "lowerLetter", "%2)", '<w:lvlRestart w:val="0"/>')) + uses(4, 2)
    assert marks([(4, 0), (4, 1), (4, 0), (4, 1)], never) == ["1、", "a) ", "2、", "b) "]
    own = f'<w:lvlOverride w:ilvl="0">{level(0, "upperRoman", "%1:")}</w:lvlOverride>'
    assert marks([(5, 0), (9, 0)], OFFICIAL + uses(5, 1, own)) == ["I: ", ""]


def test_numbers_from_styles() -> None:
    numbering = pattern(
        1, level(0, "decimal", "第%1章", '<w:pStyle w:val="H1"/>'), level(1, "decimal", "%1.%2", '<w:pStyle w:val="H2"/>')
    ) + uses(7, 1)
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:basedOn w:val="H1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    head, sub = '<w:pStyle w:val="H1"/>', '<w:pStyle w:val="H2"/>'
    body = par("概况", head) + par("职能", sub) + par("人员", sub) + par("绩效", head) + par("产出", sub) + item(0, 0, "不编号", head)
    assert text(body, styles=styles, numbering=numbering) == "第1章概况\n1.1 职能\n1.2 人员\n第2章绩效\n2.1 产出\n不编号\n"


def test_numbers_do_not_run_into_figures() -> None:
    bare = pattern(1, level(0, "decimal", "%1.", '<w:suff w:val="nothing"/>')) + uses(1, 1)
    assert text(item(1, 0, "2021年") + item(1, 0, "本年"), numbering=bare) == "1. 2021年\n2.本年\n"


def test_a_column_of_numbers() -> None:
    serial = pattern(1, level(0, "decimal", "%1")) + uses(1, 1)
    rows = [cell(item(1, 0, "<w:r/>")) + cell(words) for words in ("甲", "乙")]
    content = read(made(table(*rows), numbering=serial))
    assert [c[4] for c in grid(content)] == ["1", "甲", "2", "乙"]


@pytest.mark.parametrize(
    ("style", "numbers"),
    [
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 21: "二十一", 101: "一百零一", 110: "一百一十"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 12: "壹拾贰", 20: "贰拾"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "㉑", 50: "㊿", 51: "51"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA", 53: "AAA"}),
        ("lowerRoman", {4: "iv", 9: "ix", 1994: "mcmxciv"}),
        ("decimalZero", {3: "03", 12: "12"}),
        ("ideographDigital", {12: "一二", 20: "二〇"}),
        ("somethingNew", {7: "7"}),
        ("chineseCounting", {0: "0", -3: "-3", 10**9: "1000000000"}),
    ],
)
def test_numerals(style: str, numbers: dict[int, str]) -> None:
    assert {number: numeral(number, style) for number in numbers} == numbers


def test_odd_values_do_no_harm() -> None:
    """Attributes that are no numbers, styles that are based on themselves, lists that lead nowhere."""
    styles = '<w:style w:type="paragraph" w:default="1" w:styleId="A"><w:basedOn w:val="A"/><w:pPr><w:numPr><w:numId w:val="x"/></w:numPr></w:pPr></w:style>'
    body = par("甲", '<w:numPr><w:ilvl w:val="-1"/><w:numId w:val="zz"/></w:numPr>') + par("乙")
    body += table(cell("丙", '<w:gridSpan w:val="two"/>') + cell("丁", '<w:vMerge w:val="??"/>'))
    numbering = '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="L"/></w:abstractNum><w:num w:numId="x"><w:abstractNumId w:val="1"/></w:num><w:num/>'
    assert text(body, styles=styles, numbering=numbering) == "甲\n乙\n丙\t丁\n"


def test_fallback_of_a_newer_number_format() -> None:
    fancy = (
        '<w:lvl w:ilvl="0"><mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom"/></mc:Choice>'
        '<mc:Fallback><w:numFmt w:val="decimalZero"/></mc:Fallback></mc:AlternateContent><w:lvlText w:val="%1"/><w:start w:val="1"/></w:lvl>'
    )
    assert text(item(1, 0), numbering=pattern(1, fancy) + uses(1, 1)) == "01 项\n"


WORDS = st.text(st.sampled_from("指标万元≥9.8%（） \u3000a１"), min_size=0, max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=2, max_size=4), min_size=1, max_size=5), WORDS)
def test_offsets_give_the_words(rows: list[list[list[str]]], before: str) -> None:
    width = min(map(len, rows))
    body = par(before) + table(*("".join(cell("".join(par(line) for line in lines)) for lines in row[:width]) for row in rows)) + par("尾")
    content = read(made(body))
    found = {(c[0], c[1]): c[4] for c in grid(content)}
    assert found == {
        (r, c): "\n".join(line.strip() for line in lines if line.strip())
        for r, row in enumerate(rows)
        for c, lines in enumerate(row[:width])
    }
    assert content.text.endswith("尾\n")


def test_macro_documents_are_read_as_text() -> None:
    document = docx.Document()
    document.add_paragraph("含宏文件的正文")
    document.element.body.append(parse_xml(f'<w:altChunk {SPACES} r:id="none"/>'))
    data = saved(document)
    assert read_docx(data, path=Path("a.docm"), limits=Limits()).text == "含宏文件的正文\n"
