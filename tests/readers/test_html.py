"""Web pages of several kinds, all invented: what has to be read of them, and what has to stay outside."""

from __future__ import annotations

import os
import re
import time
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.errors import BinaryFile, EmptyDocument, GarbledText, OutOfTime, UndecodableText, UnpacksTooLarge
from zhibiao.readers import Content, Input, Limits, read_report
from zhibiao.readers.html.reader import read_html
from zhibiao.readers.html.words import check, squeeze, words

SHARED = Path(os.environ.get("ZHIBIAO_SHARED", Path(__file__).parents[3] / "shared"))

MENU = "".join(
    f'<li><a href="/c{i}/">{word}</a></li>' for i, word in enumerate(("首页", "政务公开", "办事服务", "互动交流", "走进云海", "数据开放"))
)
FOOT = """<div class="bottom"><p><a href="/map">网站地图</a> | <a href="/us">联系我们</a></p>
<p>版权所有：云海市人民政府　主办单位：云海市人民政府办公室</p><p>地址：云海市青山路99号　电话：0999-1234567</p><p>云ICP备09999999号</p></div>"""
TABLE = """<table border="1"><caption>表1　绩效目标自评表（单位：万元）</caption>
<tr><th rowspan="2">一级指标</th><th rowspan="2">三级指标</th><th colspan="2">指标值</th><th rowspan="2">得分</th></tr>
<tr><th>年度指标值</th><th>实际完成值</th></tr>
<tr><td rowspan="2">产出指标</td><td>档案数字化数量</td><td>&ge;30万页</td><td>32.5万页</td><td>10</td></tr>
<tr><td>验收合格率</td><td>100%</td><td>98.6%</td><td>9.8</td></tr>
<tr><td>满意度指标</td><td>利用者满意度</td><td>&ge;95%</td><td></td><td>8.25</td></tr></table>"""
PROSE = "2021年，我局全年预算数1,260.58万元，执行数1,198.37万元，执行率95.06%。"
ARTICLE = f"""<div class="article-con"><p style="text-align:center">云海市档案局</p><p>　　一、基本情况</p><p>　　{PROSE}</p>
{TABLE}<p>　　全年接待查档群众4,821人次，比上年增长12.3%，办结率达到99.7%，群众较为满意。</p><p>云海市档案局</p><p>2022年3月15日</p></div>"""
PAGE = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>云海市档案局2021年度部门整体支出绩效自评报告-通知公告-云海市人民政府</title>
<meta name="ArticleTitle" content="云海市档案局2021年度部门整体支出绩效自评报告"></head><body>
<div class="header"><ul class="nav">{MENU}</ul><p>今天是2022年5月1日 星期日</p></div>
<div class="wrap"><div class="pos">您当前的位置：<a href="/">首页</a> &gt; <a href="/t">通知公告</a></div>
<table class="card"><tr><th>索 引 号：</th><td>11530000/2022-00031</td><th>发布日期：</th><td>2022-03-18</td></tr>
<tr><th>发布机构：</th><td>云海市档案局</td><th>文　　号：</th><td></td></tr></table>
<h1>云海市档案局2021年度部门整体支出绩效自评报告</h1><div>发布时间：2022-03-18 10:20　来源：市档案局　浏览次数：315 次</div>
<div>【字体：<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>】【打印】【关闭】</div>
{ARTICLE}
<div class="qr">扫一扫在手机打开当前页</div><p>上一篇：<a href="/1">关于印发2020年工作要点的通知</a></p><p>下一篇：没有了</p>
<div><h4>相关新闻</h4><ul><li><a href="/2">2019年度部门决算公开</a></li><li><a href="/3">2018年度部门决算公开</a></li>
<li><a href="/4">2017年度部门决算公开</a></li></ul></div></div>{FOOT}<script>document.write("脚本999")</script></body></html>"""

TITLE = "云海市档案局2021年度部门整体支出绩效自评报告"


def read(page: str | bytes, **limits: float) -> Content:
    data = page if isinstance(page, bytes) else page.encode()
    return read_html(data, path=Path("页.html"), limits=Limits(**limits))  # type: ignore[arg-type]


def lines(page: str | bytes) -> list[str]:
    return read(page).text.splitlines()


def grid(content: Content, index: int = 0) -> dict[tuple[int, int, int, int], str]:
    return {
        (cell.row, cell.column, cell.rowspan, cell.colspan): content.text[cell.start : cell.end] for cell in content.tables[index].cells
    }


def test_an_article_without_the_site_around_it() -> None:
    content = read(PAGE)
    before, _, after = content.text.partition(content.text[content.tables[0].start : content.tables[0].end])
    assert before.splitlines() == [TITLE, "云海市档案局", "　　一、基本情况", f"　　{PROSE}", "表1　绩效目标自评表（单位：万元）"]
    assert after.split("\n")[1:] == [
        "　　全年接待查档群众4,821人次，比上年增长12.3%，办结率达到99.7%，群众较为满意。", "云海市档案局", "2022年3月15日", "",
    ]  # fmt: skip
    assert len(content.tables) == 1
    assert content.gaps == content.page_starts == content.lines == ()


def test_the_head_tells_title_department_and_year(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text(PAGE)
    report = read_report(Input(tmp_path / "x.html", "x.html", "x"))
    assert (report.format, report.title, report.org, report.region, report.year) == ("html", TITLE, "云海市档案局", "云海市", 2021)
    assert len(report.tables) == 1


def test_spans_become_places_in_the_grid() -> None:
    cells = grid(read(PAGE))
    assert cells[0, 0, 2, 1] == "一级指标"
    assert cells[0, 2, 1, 2] == "指标值"
    assert cells[1, 3, 1, 1] == "实际完成值"
    assert cells[2, 0, 2, 1] == "产出指标"
    assert (cells[2, 2, 1, 1], cells[3, 3, 1, 1], cells[4, 4, 1, 1]) == ("≥30万页", "98.6%", "8.25")
    assert cells[4, 3, 1, 1] == ""
    assert len(cells) == 20


@pytest.mark.parametrize("declared", ["gb2312", "utf-8", "iso-8859-1", ""])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_the_characters_prove_themselves_whatever_the_page_declares(encoding: str, declared: str) -> None:
    page = PAGE.replace('charset="utf-8"', f'charset="{declared}"' if declared else "")
    assert read(page.encode(encoding)) == read(PAGE)


def test_big5() -> None:
    prose = "本年度決算數為1,260.58萬元，執行率為95.06%，預算執行情況良好，全年共辦理案件四千餘件，各項工作均依照年度計畫完成，成效顯著。"
    assert lines(f"<meta charset=big5><p>{prose}</p>".encode("big5")) == [prose]


def test_a_few_broken_bytes_cost_themselves_and_are_told() -> None:
    good = PAGE.encode("gb18030")
    in_head = good.replace(b"<head>", b'<head><meta name="description" content="' + "预算".encode("gb18030")[:3] + b'">', 1)
    assert read(in_head) == read(PAGE)  # not in the article: nothing to tell
    long = PAGE.replace("较为满意", "较为满意。" + "经费使用合规，程序完备。" * 200).encode()
    content = read(long.replace("查档".encode(), "查档".encode()[:-1], 1))
    assert "全年接待查\ufffd群众4,821人次" in content.text
    assert [type(gap) for gap in content.gaps] == [UndecodableText]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyDocument),
        (b" \r\n\t", EmptyDocument),
        (b"<html><body><script>var a = 1;</script><!-- x --><p>&nbsp;</p></body></html>", EmptyDocument),
        (b"<frameset><frame src='a.htm'></frameset>", EmptyDocument),
        (b"PK\x03\x04" + b"<p>x</p>" * 9, BinaryFile),
        (b"%PDF-1.7\n<p>x</p>", BinaryFile),
        (b"<p>\0\0\1</p>", BinaryFile),
        (b"<p>\xff\xfe\xfd\xfc\xfb" * 99, UndecodableText),
        (("<p>" + "\x01" * 99).encode(), GarbledText),
    ],
)
def test_what_is_no_page_is_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(data)


def test_white_space_as_a_browser_shows_it() -> None:
    page = """<p>  预算
       执行  <b>率</b>
    95%&nbsp;&nbsp;以上</p><div>支出<span> 1,2</span><span>60.5</span>万元<br>其中：<br/><br>本级　　900万元 &#160;</div>
    <p>budget
    of 2021</p><pre>第一行  二
第三行</pre>"""
    assert lines(page) == [
        "预算执行 率 95%\xa0\xa0以上", "支出 1,260.5万元", "其中：", "本级　　900万元", "budget of 2021", "第一行\xa0\xa0二", "第三行",
    ]  # fmt: skip


def test_what_is_not_shown_is_not_read() -> None:
    page = """<p>完成率<span style="DISPLAY: none">11%</span>98%<i class="ico" aria-hidden="true">图</i></p>
    <p style="visibility:hidden">22</p><p hidden>33</p><div class="tab d-none">44</div><textarea>55</textarea><select><option>66</select>
    <style>p{width:77px}</style><noscript>88</noscript><template>99</template><svg><text>12</text></svg><button>13</button>
    <!-- 14 --><!--[if gte mso 9]><xml>15</xml><![endif]--><p>共16\u200b项<del>17</del>。</p><img alt="18">"""
    assert lines(page) == ["完成率98%", "共16项。"]


def test_a_page_opened_by_a_script_is_read_hidden_as_it_is() -> None:
    page = PAGE.replace('class="article-con"', 'class="article-con" style="display:none"')
    assert PROSE in read(page).text
    tip = '<div style="display:none"><p>您即将离开本站，是否继续？</p><p>登录后，可以收藏。</p></div>'
    assert read(PAGE.replace(FOOT, tip + FOOT)) == read(PAGE)


def test_raised_digits_do_not_join_the_number() -> None:
    assert lines("<p>共10<sup>4</sup>吨，1200m<sup>2</sup>，增长5.3%<sup>[2]</sup>，PM<sub>2.5</sub>均值30</p>") == [
        "共10⁴吨，1200m²，增长5.3%[2]，PM2.5均值30"
    ]


def test_numbers_of_lists_as_displayed() -> None:
    page = """<ol start="3"><li>新建<ol type="a"><li>甲</li><li>乙</li></ol></li><li value="9"><p>改建</p><p>续建</p></li><li>其他</ol>
    <ul><li>丙</li></ul><ol style="list-style-type:cjk-ideographic"><li>概况</li></ol><ol style="list-style:none"><li>一、绩效</li></ol>
    <ol reversed><li>末</li><li>初</li></ol><ol type=I><li>壹</ol>"""
    assert lines(page) == [
        "3. 新建", "a. 甲", "b. 乙", "9. 改建", "续建", "10. 其他", "丙", "一、概况", "一、绩效", "2. 末", "1. 初", "I. 壹",
    ]  # fmt: skip


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv=Content-Type content="text/html; charset=gb2312">
<meta name=Generator content="Microsoft Word 15"><title>2017年度旧报告</title><!--[if gte mso 9]><xml><o:Pages>9</o:Pages></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0} --></style></head><body lang=ZH-CN><div class=WordSection1>
<p class=MsoNormal align=center><b><span lang=EN-US>2021</span><span>年度项目支出绩效
评价报告</span></b><span lang=EN-US><o:p></o:p></span></p>
<p class=MsoToc1><a href="#_Toc1">一、项目概况<span style='mso-tab-count:1 dotted'>. </span>1</a></p>
<p class=MsoToc1><a href="#_Toc2">二、绩效分析. 3</a></p><p class=MsoToc1><a href="#_Toc3">三、有关建议. 7</a></p>
<p class=MsoListParagraph><![if !supportLists]><span lang=EN-US><span style='mso-list:Ignore'>1.<span>&nbsp;&nbsp; </span></span></span><![endif]>
项目资金<span lang=EN-US>350.6</span>万元<span lang=EN-US><o:p></o:p></span></p>
<table class=MsoTableGrid border=1 cellspacing=0><tr style='height:9pt'><td width=99 colspan=3><p class=MsoNormal>项目支出绩效自评表<o:p></o:p></p></td></tr>
<tr><td><p class=MsoNormal>指标<o:p></o:p></p></td><td><p class=MsoNormal>目标值<o:p></o:p></p></td><td><p class=MsoNormal>完成值</p></td></tr>
<tr><td><p class=MsoNormal>新建</p><p class=MsoNormal>道路</p></td><td><p class=MsoNormal>≥<span lang=EN-US>12.5</span>公里</p></td>
<td><p class=MsoNormal><span lang=EN-US>13<o:p></o:p></span>公里</p></td></tr>
<tr><td colspan=3><p class=MsoNormal><o:p>&nbsp;</o:p></p></td></tr></table>
<p class=MsoNormal>日期：2022年3月15日</p></div></body></html>"""


def test_a_report_saved_from_word_is_read_whole() -> None:
    content = read(WORD.encode("gb18030"))
    table = content.tables[0]
    assert content.text[: table.start].splitlines() == [
        "2021年度项目支出绩效评价报告", "一、项目概况. 1", "二、绩效分析. 3", "三、有关建议. 7", "1.\xa0\xa0 项目资金350.6万元",
    ]  # fmt: skip
    assert grid(content) == {
        (0, 0, 1, 3): "项目支出绩效自评表",
        (1, 0, 1, 1): "指标", (1, 1, 1, 1): "目标值", (1, 2, 1, 1): "完成值",
        (2, 0, 1, 1): "新建\n道路", (2, 1, 1, 1): "≥12.5公里", (2, 2, 1, 1): "13公里",
    }  # fmt: skip
    assert content.text[table.end :] == "\n日期：2022年3月15日\n"


def test_tables_that_lay_out_the_page_are_read_as_flow() -> None:
    menu = "".join(f'<tr><td><a href="/{i}">栏目{i}</a></td></tr>' for i in range(9))
    page = f"""<body><table width=980><tr><td><table><tr><td><a href=/>首页</a></td><td><a href=/b>公开</a></td><td><a href=/c>服务</a></td></tr></table></td></tr>
    <tr><td><table><tr><td width=200><table>{menu}</table></td><td width=780><table><tr><td>{ARTICLE}</td></tr></table></td></tr></table></td></tr>
    <tr><td>{FOOT}</td></tr></table></body>"""
    content = read(page)
    assert len(content.tables) == 1
    assert grid(content) == grid(read(PAGE))
    assert content.text.splitlines()[0] == "云海市档案局"
    assert content.text.endswith("2022年3月15日\n")
    assert "栏目" not in content.text
    assert "公开" not in content.text
    assert "地址" not in content.text


def test_an_article_inside_one_cell_is_text() -> None:
    page = f"<table><tr><td><a href=/a>公开目录</a></td><td>{''.join(f'<p>第{i}段，完成{i}.5%，进展顺利。</p>' * 3 for i in range(40))}</td></tr></table>"
    content = read(page)
    assert content.tables == ()
    assert len(content.text.splitlines()) == 120


def test_one_column_and_one_cell_are_text() -> None:
    assert read("<table><tr><td>一、收入</td></tr><tr><td>&nbsp;</td></tr><tr><td>二、支出</td></tr></table>").tables == ()
    assert lines("<table><tr><td>一、收入</td><td> </td></tr><tr><td>二、支出</td><td></td></tr></table>") == ["一、收入", "二、支出"]


def test_a_form_with_long_cells_stays_a_table() -> None:
    aim = "".join(f"<p>目标{i}：完成档案整理{i}00卷，按期率达到9{i}%以上，利用者满意。</p>" for i in range(1, 8))
    page = f"""<table><tr><td colspan=4>项目支出绩效自评表</td></tr><tr><td>项目名称</td><td colspan=3>档案整理</td></tr>
    <tr><td>年度总体目标</td><td>{aim}</td><td>完成情况</td><td>{aim}</td></tr><tr><td>指标</td><td>目标</td><td>实际</td><td>得分</td></tr>
    <tr><td>整理数量</td><td>700卷</td><td>712卷</td><td>20</td></tr></table>"""
    content = read(page)
    assert len(content.tables) == 1
    assert grid(content)[2, 1, 1, 1].count("\n") == 6
    assert grid(content)[4, 2, 1, 1] == "712卷"


def test_a_page_that_is_only_a_table() -> None:
    content = read(f"<html><head><title>附表</title></head><body><ul>{MENU}</ul>{TABLE}{FOOT}</body></html>")
    assert content.text.splitlines()[0] == "表1　绩效目标自评表（单位：万元）"
    assert grid(content) == grid(read(PAGE))
    assert "首页" not in content.text
    assert "ICP" not in content.text


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        # Spans beyond the table, of zero, of no number.
        ("<tr><td rowspan=65534>甲<td colspan=99999>乙<tr><td>1<td>2", {(0, 0, 2, 1): "甲", (0, 1, 1, 2): "乙", (1, 1, 1, 1): "1", (1, 2, 1, 1): "2"}),
        ("<tr><td rowspan=0>甲<td colspan=x>乙<tr><td>丙<tr><td>丁", {(0, 0, 3, 1): "甲", (0, 1, 1, 1): "乙", (1, 1, 1, 1): "丙", (2, 1, 1, 1): "丁"}),
        # Rows and columns without words, cells without a row, a foot before the body.
        ("<td>甲<td>乙<tr><td><td><tr><td>1<td>2", {(0, 0, 1, 1): "甲", (0, 1, 1, 1): "乙", (1, 0, 1, 1): "1", (1, 1, 1, 1): "2"}),
        ("<tfoot><tr><td>合计<td>3</tfoot><thead><tr><th>甲<th>乙</thead><tbody><tr><td>1<td>2", {
            (0, 0, 1, 1): "甲", (0, 1, 1, 1): "乙", (1, 0, 1, 1): "1", (1, 1, 1, 1): "2", (2, 0, 1, 1): "合计", (2, 1, 1, 1): "3"}),
        # A hidden row and a hidden column of a sheet.
        ("<tr><td>甲<td style='display:none'>隐<td>乙<tr style='display:none'><td>8<td>8<td>8<tr><td>1<td style='display:none'>9<td>2", {
            (0, 0, 1, 1): "甲", (0, 1, 1, 1): "乙", (1, 0, 1, 1): "1", (1, 1, 1, 1): "2"}),
    ],
)  # fmt: skip
def test_malformed_tables(table: str, cells: dict[tuple[int, int, int, int], str]) -> None:
    assert grid(read(f"<table>{table}</table>")) == cells


def test_stray_words_of_a_table_come_before_it() -> None:
    assert read("<table>单位：万元<tr><td>甲<td>乙<tr>注9<td>1<td>2</table>").text == "单位：万元\n注9\n甲\t乙\n1\t2\n"


def test_a_table_inside_a_cell_is_the_table() -> None:
    content = read(f"<table><tr><td>附件</td><td>说明</td></tr><tr><td>其一</td><td>{TABLE}</td></tr></table>")
    assert len(content.tables) == 1
    assert content.text.splitlines()[:3] == ["附件", "说明", "其一"]


def test_lines_beside_a_table_stay_with_it() -> None:
    page = f"<ul>{MENU}</ul><div>附件2</div><p>单位：万元</p>{TABLE}<p>注：得分按比例计</p><p>填报人：</p>{FOOT}"
    text = read(page).text
    assert text.splitlines()[:3] == ["附件2", "单位：万元", "表1　绩效目标自评表（单位：万元）"]
    assert text.splitlines()[-2:] == ["注：得分按比例计", "填报人："]


def test_parts_of_an_article_in_several_elements_stay_together() -> None:
    prose = "".join(f"<p>第{i}项任务完成{i}.5%，高于年初目标{i}个百分点，资金支付及时，效果较好。</p>" for i in range(30))
    page = f"<ul>{MENU}</ul><div id=t1>{prose}</div><div><ul>{MENU}</ul></div><div id=t2><section>{prose}</section><section>{TABLE}</section></div>{FOOT}"
    content = read(page)
    assert len(re.findall("项任务", content.text)) == 60
    assert len(content.tables) == 1
    assert "办事服务" not in content.text


def test_named_parts_do_not_cost_the_article() -> None:
    # The whole page is called after its side bar, the article after the share box in it.
    page = PAGE.replace("<body>", '<body class="has-sidebar">').replace("article-con", "xl-share-con")
    assert read(page) == read(PAGE)


@pytest.mark.parametrize(
    "line",
    [
        "完成网站ICP备案120个", "群众扫码阅读图书12万册", "下一条公交线路投资3.5亿元", "打印费12万元", "建议使用资金98万元购置浏览设备", "主办单位：市档案局，参加1,200人次",
        "来源：财政拨款350万元", "发布时间：2021年第三季度，共发布信息320条", "大", "首页信息更新450条", "版权登记55件", "98.5", "-12.6", "——", "2021年3月5日",
    ],
)  # fmt: skip
def test_lines_of_an_article_that_resemble_the_sites(line: str) -> None:
    prose = "<p>本年度各项工作均按计划完成，预算执行良好，资金使用合规，群众满意。</p>" * 20
    text = read(PAGE.replace("<p>2022年3月15日</p>", f"{prose}<p>{line}</p>{prose}<p>2022年3月15日</p>")).text
    kept = line in text.splitlines()
    assert kept == (line not in ("大", "——"))  # a row of buttons is one anywhere


def test_heads_and_feet_of_the_article_stay() -> None:
    page = f"""<header><ul>{MENU}</ul></header><article><header><h1>云海市2021年统计公报</h1><p>云海市统计局　2022年3月</p></header><p>全年生产总值310.2亿元。</p>
    <div class="foot-note">[1]初步核算数12。</div><footer>注：按现价9计算</footer></article><footer><p>云海市大数据中心</p>{FOOT}</footer>"""
    assert lines(page) == [
        "云海市2021年统计公报",
        "云海市统计局　2022年3月",
        "全年生产总值310.2亿元。",
        "[1]初步核算数12。",
        "注：按现价9计算",
    ]


def test_an_old_page_of_fonts_and_line_breaks() -> None:
    page = """<body><table><tr><td colspan=2><a href=/>首页</a> | <a href=/a>公开</a> | <a href=/b>服务</a></td></tr><tr><td valign=top><font size=2>
    <center><b>云海市2009年预算执行报告</b></center><br>　　一、收入完成12.5亿元。<br>　　二、支出完成15.8亿元。<br><br>　　三、结余1.2亿元。</font></td>
    <td><a href=/x>通知1</a><br><a href=/x>通知2</a><br><a href=/x>通知3</a></td></tr></table><center>云海市财政局 版权所有 2009</center></body>"""
    assert lines(page) == ["云海市2009年预算执行报告", "　　一、收入完成12.5亿元。", "　　二、支出完成15.8亿元。", "　　三、结余1.2亿元。"]


def test_links_of_the_article_stay() -> None:
    page = PAGE.replace(
        "<p>云海市档案局</p>",
        '<p>依据<a href="/law">《云海市预算管理办法》</a>执行。</p><p>附件：<a href="/f/1.xls">2021年自评表98分.xls</a></p>',
    )
    text = read(page).text
    assert "依据《云海市预算管理办法》执行。" in text
    assert "附件：2021年自评表98分.xls" in text


def test_a_page_of_links_only_is_read_whole() -> None:
    assert lines(f"<ul>{MENU}</ul>")[0] == "首页"


@pytest.mark.parametrize(
    ("head", "first"),
    [
        (f"<title>{TITLE}_通知公告_云海市人民政府</title>", TITLE),  # shown nowhere, but it reads like a report's
        ("<title>信息公开详情</title>", "　　一、基本情况"),  # shown nowhere, says nothing
        (f"<meta name='ArticleTitle' content='{TITLE}'><title>信息公开</title>", TITLE),
        ("<title>云海市政府网</title><div class=top><a href=/>云海市政府网</a><a href=/a>公开</a></div><div><h2>二〇二一年绩效报告</h2></div>", "二〇二一年绩效报告"),
    ],
)  # fmt: skip
def test_titles(head: str, first: str) -> None:
    body = ARTICLE.replace('<p style="text-align:center">云海市档案局</p>', "")
    assert lines(f"{head}<div>{body}</div>")[0] == first


def test_a_title_over_two_lines_is_not_doubled() -> None:
    page = PAGE.replace('<p style="text-align:center">云海市档案局</p>', "<p>云海市档案局</p><p>2021年度部门整体支出绩效自评报告[1]</p>")
    assert lines(page)[:3] == ["云海市档案局", "2021年度部门整体支出绩效自评报告[1]", "　　一、基本情况"]


@pytest.mark.parametrize("chunk", [1, 2, 7, 4096])
def test_pages_are_fed_in_pieces(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(PAGE), read(WORD)
    monkeypatch.setattr("zhibiao.readers.html.tree._CHUNK", chunk)
    assert (read(PAGE), read(WORD)) == whole


def test_entities_of_the_page_are_not_expanded(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("机密一二三")
    bomb = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    page = f"""<?xml version="1.0" encoding="gb2312"?><!DOCTYPE html [<!ENTITY l0 "lol">{bomb}<!ENTITY x SYSTEM "file://{tmp_path}/secret">
    <!ENTITY % d SYSTEM "http://192.0.2.1/x.dtd"> %d;]><html xmlns="http://www.w3.org/1999/xhtml"><body><p>支出12.5万元&l11;&x;</p></body></html>"""
    began = time.monotonic()
    text = read(page).text
    assert "支出12.5万元&l11;&x;" in text
    assert "机密" not in text
    assert len(text) < 200
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("tag", ["div", "b", "table", "ul><li", "table><tr><td", "ol><li", "sup", "a href=x", "pre"])
def test_deep_nesting(tag: str) -> None:
    assert "支出12.5万元" in read(f"<{tag}>" * 100_000 + "支出12.5万元").text


@pytest.mark.parametrize(
    "page",
    [
        "<p title='" + "长" * 5_000_000 + "' class='" + "nav " * 500_000 + "'>支出12.5万元</p>",
        "<table>" + "<tr><td rowspan=65534 colspan=1000>1" * 3000 + "</table>支出12.5万元",
        "支出12.5万元" + "<br>" * 200_000,
        "<p>支出12.5万元" + " \n" * 1_000_000,
        "支出12.5万元" + "<table><caption>x" * 3000,
        "支出12.5万元" + "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr><caption>" * 3000,
        "<div><p>支出12.5万元</p></div>" + ("<p>" + "全年完成，" * 99 + "</p>" + "<p><a href=x>" + "链接" * 999 + "</a></p>") * 1000,
        "<p>支出12.5万元" + "<a href=x>·" * 50_000,
        "<table>" + "<tr><td>支出12.5万元<td>2" * 20_000,
    ],
)
def test_hostile_pages_take_seconds(page: str) -> None:
    began = time.monotonic()
    assert "支出12.5万元" in read(page).text
    assert time.monotonic() - began < 15


def test_limits() -> None:
    with pytest.raises(UnpacksTooLarge, match="cells"):
        read(PAGE, max_cells=9)
    with pytest.raises(UnpacksTooLarge, match="tags"):
        read("<p>1" + "<b>" * 3_000_001)
    with pytest.raises(UnpacksTooLarge, match="spans"):
        read("<table>" + "<tr>" + "<td rowspan=9999>1" * 300 + "<tr><td>2" * 300, max_cells=1000)
    with pytest.raises(OutOfTime):
        read("<p>" + "x<b>" * 500_000, max_seconds=0.01)


SCRAPS = ["<p>", "</p>", "<div class=footer>", "</div>", "<table>", "<tr>", "<td rowspan=3>", "<td colspan=2>", "</td>", "</table>", "<br>", "<ol><li>",
          "</ol>", "<a href=x>", "</a>", "<sup>", "</sup>", "<pre>", "</pre>", "<b", "&nbsp;", "&#x1e;", "&lt;", " ", "\n", "\t", "　", "支出", "1,260.5",
          "万元，", "首页", "\x1c", "\ufeff", "<caption>", "<thead>", "</tr>", "<span hidden>", "</span>", "<li>"]  # fmt: skip


@given(st.lists(st.sampled_from(SCRAPS), max_size=60))
def test_any_markup_gives_words_in_their_places(scraps: list[str]) -> None:
    try:
        content = read("预算执行率95%，" + "".join(scraps))
    except UndecodableText:  # pragma: no cover - text that encodes always decodes
        raise
    except (EmptyDocument, GarbledText):
        return
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", content.text)
    for table in content.tables:
        taken = set()
        for cell in table.cells:
            words_of_cell = content.text[cell.start : cell.end]
            assert words_of_cell == words_of_cell.strip()
            taken |= {(cell.row, cell.column)}
        assert len(taken) == len(table.cells)
        assert all(cell.rowspan > 0 and cell.colspan > 0 for cell in table.cells)


@given(st.lists(st.lists(st.decimals(0, 10**6, places=2), min_size=3, max_size=3), min_size=2, max_size=12))
def test_every_number_of_a_table_is_in_its_cell(rows: list[list[object]]) -> None:
    body = "".join("<tr>" + "".join(f"<td><p>{value}</p></td>" for value in row) + "</tr>" for row in rows)
    content = read(f"<ul>{MENU}</ul><table>{body}</table>{FOOT}")
    found = [content.text[cell.start : cell.end] for cell in content.tables[0].cells]
    assert found == [str(value) for row in rows for value in row]


@pytest.mark.shared
@pytest.mark.skipif(
    not list(SHARED.glob("files/*.html")), reason="the real pages are not here (ZHIBIAO_SHARED, or ../shared beside the repository)"
)
def test_passages_of_real_pages_are_in_their_text() -> None:
    texts = {path: squeeze(read(path.read_bytes()).text) for path in SHARED.glob("files/*.html")}
    found = {}
    for path in sorted(SHARED.glob("passages/*.txt")):
        passage = squeeze(path.read_text("utf-8"))
        pieces = [passage[at : at + 20] for at in range(0, len(passage) - 20, 20)]
        page, text = max(texts.items(), key=lambda item: sum(piece in item[1] for piece in pieces))
        if 2 * sum(piece in text for piece in pieces) > len(pieces):  # it comes from this page
            same = sum(block.size for block in SequenceMatcher(None, text, passage, autojunk=False).get_matching_blocks())
            found[page] = same / len(passage)
    assert set(found) == set(texts)
    assert min(found.values()) >= 0.995


def test_the_word_lists_are_held_to_their_shape() -> None:
    assert words().edge == 15
    good = {
        "names": {"site": ["nav"], "own": ["text"], "hidden": ["hide"]}, "lines": {"buttons": ["打印"], "site": ["ICP"], "notices": ["来源.+"], "edge": 3},
        "card": {"labels": ["文号"]}, "title": {"metas": ["articletitle"], "joints": "-"},
    }  # fmt: skip
    check(good)
    for section, key, value, message in [
        ("names", "site", [], "must hold words"),
        ("names", "site", ["nav", "nav"], "stands twice"),
        ("names", "hidden", "hide", "must be a list"),
        ("lines", "edge", -1, "negative"),
        ("lines", "site", ["("], "site"),
        ("lines", "notices", [".*"], "empty line"),
        ("title", "more", "x", "expected"),
    ]:
        with pytest.raises(ValueError, match=message):
            check({**good, section: {**good[section], key: value}})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="sections"):
        check({})
