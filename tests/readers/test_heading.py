"""Title, organisation, region and year from the head of a report."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from zhibiao.readers.heading import Heading, check, heading

CASES = [
    (
        "附件 2\n\n云海市青山区档案局\n2021年部门整体支出\n\n绩效自评报告\n\n一、基本情况\n（一）概况",
        Heading("云海市青山区档案局2021年部门整体支出绩效自评报告", "云海市青山区档案局", "云海市青山区", 2021),
    ),
    (
        "2022年度云海市水务局\r\n部门整体支出绩效自评报告\r\n\r\n一、基本情况",
        Heading("2022年度云海市水务局部门整体支出绩效自评报告", "云海市水务局", "云海市", 2022),
    ),
    (
        "区文旅局 2023 年部门整体支出\n\n绩效自评报告\n\n一、基本情况",
        Heading("区文旅局2023年部门整体支出绩效自评报告", "区文旅局", "", 2023),
    ),
    ("附件1：东江县教育局二〇二三年度部门决算\n目  录\n", Heading("东江县教育局二〇二三年度部门决算", "东江县教育局", "东江县", 2023)),
    (
        "- 1 -\n关于2022 年绩效管理工作\n开展情况的说明\n现将有关情况说明如下：",
        Heading("关于2022年绩效管理工作开展情况的说明", "", "", 2022),
    ),
    (
        "江苏省云海市江东区2023年河道治理项目绩效评价报告\n项目单位：云海市江东区水务中心\n一、",
        Heading("江苏省云海市江东区2023年河道治理项目绩效评价报告", "云海市江东区水务中心", "江苏省云海市江东区", 2023),
    ),
    (
        "关于云海市2024年预算执行情况\n和2025年预算草案的报告\n——在会议上",
        Heading("关于云海市2024年预算执行情况和2025年预算草案的报告", "", "云海市", 2024),
    ),
    (
        "2023年东江县财政项目支出绩效目标申报表\n（２０２４年度）\n项目名称",
        Heading("2023年东江县财政项目支出绩效目标申报表（2024年度）", "", "东江县", 2024),
    ),
    # Prose without a title: nothing is made up; the year that stands most often.
    ("按照部署，推动云海市建设，2021年投入3万元，2022年完成，2022年验收。", Heading("", "", "", 2022)),
    ("云海市档案局是市政府工作部门，负责档案工作。2020年完成整理1万卷。", Heading("", "云海市档案局", "云海市", 2020)),
    ("一、2025年预算执行情况\n全市收入5亿元", Heading("", "", "", 2025)),
    ("98.5%\n", Heading("", "", "", None)),
    ("", Heading()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_heading(text: str, expected: Heading) -> None:
    assert heading(text) == expected


@pytest.mark.parametrize(
    "place", ["晋城市", "江门市", "成都市", "辛集市", "云海市西湖区", "万年县", "于都县", "无为市", "广西云海市", "内蒙古自治区东江旗"]
)
def test_places_whose_names_hold_common_words(place: str) -> None:
    assert heading(f"{place}2021年财政工作报告\n").region == place


@pytest.mark.parametrize("words", ["全市", "本区", "城市管理", "社区服务", "各县", "省市共建", "开发区", "园区", "2021年全市"])
def test_words_that_only_look_like_places(words: str) -> None:
    assert heading(f"{words}2021年财政工作报告\n").region == ""


def _shipped() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("zhibiao.readers").joinpath("heading.toml").read_text("utf-8"))


def test_every_word_of_the_data_is_clean() -> None:
    for section in _shipped().values():
        for words in section.values():
            assert all(word == word.strip() and word for word in words)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: data.update(extra={}), "sections"),
        (lambda data: data["title"].update(extra=["x"]), r"\[title\]"),
        (lambda data: data["org"].pop("labels"), r"\[org\]"),
        (lambda data: data["region"].update(never=["x"]), "must be a str"),
        (lambda data: data["org"]["verbs"].append("是"), "是 stands twice"),
        (lambda data: data["org"]["verbs"].append(" "), "must hold words"),
        (lambda data: data["title"].update(endings=[]), "must hold words"),
    ],
)
def test_the_loader_rejects(spoil: Callable[[dict[str, Any]], object], said: str) -> None:
    data = _shipped()
    check(data)
    spoil(data)
    with pytest.raises(ValueError, match=said):
        check(data)


def test_the_city_management_office_is_of_its_district() -> None:
    assert heading("槐津区城市管理局2023年部门决算说明\n").region == "槐津区"


def test_an_office_without_its_place_is_of_the_district_named_most() -> None:
    often = "推进青岚区政务服务改革，完善青岚区政务云平台建设。" * 5
    assert heading(f"区政数局2021年部门整体支出绩效自评报告\n一、基本情况\n{often}").region == "青岚区"
    assert heading(f"区政数局2021年部门整体支出绩效自评报告\n一、基本情况\n{often}{often.replace('青岚', '白石')}").region == ""
    assert heading("区政数局2021年部门整体支出绩效自评报告\n一、基本情况\n青岚区共有3所学校。").region == ""
