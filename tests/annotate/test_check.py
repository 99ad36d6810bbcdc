"""The checks of a corpus find what is wrong, each by its code, and are silent about a good one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from zhibiao.annotate import markup
from zhibiao.annotate.check import SHARED, Problem, check_corpus, check_passage, near_duplicates, summary, unmarked
from zhibiao.annotate.splits import frozen_hash

SCHOOLS = """### id=edu-w1-001 dept=教育 layout=prose writer=w1
年内{新改扩建中小学|I1}{37所|A1}，{新增学位|I2,I3}{2.4万个|A2}，{同比增长|C3}{12%|A3}；公办幼儿园全部开设课后托管，
家长委员会参与食堂管理，校园周边交通秩序明显好转，师生关系更加融洽，群众对教育工作评价越来越好。
"""
CLINICS = """### id=hea-w1-001 dept=卫健 layout=pairs writer=w1
{门诊量|I1}：目标{有所提高|T1}，实际{31万人次|A1}，{分值|I2}{10分|W1}；家庭医生签约服务走进山区乡镇，随访车按月下村，
慢性病患者拿药不再跑远路，检查结果在医联体内互认，村医的工作补贴也随之调整到位。
"""


def files_of(folder: Path, **texts: str) -> list[Path]:
    """Write ``w1_edu_1=text`` as w1-edu-1.txt."""
    paths = [folder / f"{name.replace('_', '-')}.txt" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, "utf-8")
    return paths


def found(problems: list[Problem], severity: str = "error") -> list[tuple[str, str]]:
    return [(p.where, p.what) for p in problems if p.severity == severity]


def test_a_good_corpus_has_no_problems(tmp_path: Path) -> None:
    files = files_of(tmp_path, w1_edu_1=SCHOOLS, w1_hea_1=CLINICS.replace("{分值|I2}", "分值"))
    assert check_corpus(files) == []
    assert check_corpus([tmp_path]) == []


@pytest.mark.parametrize(
    ("text", "where", "what", "words"),
    [
        (SCHOOLS.replace("|A1}", "|Z1}"), "w1-edu-1.txt", "markup", "unknown label 'Z1'"),
        (SCHOOLS.replace("{37所", "37所"), "w1-edu-1.txt", "markup", "edu-w1-001"),
        (SCHOOLS.replace("|A1}", "|A}"), "w1-edu-1.txt", "markup", "needs a record number"),
        (SCHOOLS.replace("layout=prose ", ""), "w1-edu-1.txt", "markup", "lacks layout"),
        ("没有标题行\n" + SCHOOLS, "w1-edu-1.txt", "markup", "text before the first"),
        (SCHOOLS.replace("{新增学位|I2,I3}", "{新增学位|I2}"), "w1-edu-1.txt: edu-w1-001", "marks", "record 3 has no indicator"),
        (SCHOOLS.replace("|A3}", "|A2}"), "w1-edu-1.txt: edu-w1-001", "marks", "record 2 has 2 A spans"),
        (SCHOOLS.replace("layout=prose", "layout=verse"), "w1-edu-1.txt: edu-w1-001", "layout", "verse"),
        (SCHOOLS.replace("writer=w1", "writer=w2"), "w1-edu-1.txt: edu-w1-001", "writer", "文件名写的撰写人是 w1，标题行写的是 w2"),
        (SCHOOLS.replace("id=edu-w1-001", "id=edu-w11-001"), "w1-edu-1.txt: edu-w11-001", "id", "编号里没有撰写人 w1"),
        (SCHOOLS + SCHOOLS, "w1-edu-1.txt: edu-w1-001", "id", "重复"),
        (SCHOOLS.split("；")[0] + "。", "w1-edu-1.txt: edu-w1-001", "length", "60 至 1000"),
        (SCHOOLS + "无" * 1000, "w1-edu-1.txt: edu-w1-001", "length", "60 至 1000"),
    ],
)
def test_a_fault_of_a_file_is_found(tmp_path: Path, text: str, where: str, what: str, words: str) -> None:
    problems = check_corpus(files_of(tmp_path, w1_edu_1=text))
    assert (where, what) in found(problems)
    assert any(words in p.sentence for p in problems if p.what == what)


def test_a_broken_passage_costs_only_itself(tmp_path: Path) -> None:
    files = files_of(tmp_path, w1_edu_1=SCHOOLS.replace("|A1}", "|Z1}") + CLINICS + SCHOOLS.replace("001", "002").replace("{37所", "37所"))
    problems = check_corpus(files)
    # Both broken ones are told, and the good one between them is checked all the same.
    assert found(problems) == [("w1-edu-1.txt", "markup")] * 2 + [("w1-edu-1.txt: hea-w1-001", "marks")]
    assert summary(files).passages == 1


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "w1-edu-1.txt").write_bytes(SCHOOLS.encode("gb18030"))
    problems = check_corpus([tmp_path / "w1-edu-1.txt", tmp_path / "w1-hea-1.txt"])
    assert found(problems) == [("w1-edu-1.txt", "unreadable"), ("w1-hea-1.txt", "unreadable")]
    (tmp_path / "nothing").mkdir()
    assert found(check_corpus([tmp_path / "nothing"])) == [("—", "empty")]


def test_a_file_name_without_a_writer(tmp_path: Path) -> None:
    assert found(check_corpus(files_of(tmp_path, schools=SCHOOLS))) == [("schools.txt: edu-w1-001", "writer")]


def test_ids_are_unique_over_files(tmp_path: Path) -> None:
    problems = check_corpus(files_of(tmp_path, w1_edu_1=SCHOOLS, w1_hea_1=CLINICS.replace("hea-w1-001", "edu-w1-001")))
    assert ("w1-hea-1.txt: edu-w1-001", "id") in found(problems)


def test_the_same_text_twice_is_refused_once(tmp_path: Path) -> None:
    problems = check_corpus(files_of(tmp_path, w1_edu_1=SCHOOLS, w1_edu_2=SCHOOLS.replace("001", "002")))
    assert found(problems) == [("w1-edu-2.txt: edu-w1-002", "same-text")]
    assert "w1-edu-1.txt: edu-w1-001" in problems[0].sentence


def test_near_duplicates_are_refused(tmp_path: Path) -> None:
    other = SCHOOLS.replace("001", "002").replace("37所", "41所").replace("越来越好", "稳步向好")
    problems = check_corpus(files_of(tmp_path, w1_edu_1=SCHOOLS, w1_edu_2=other))
    assert found(problems) == [("w1-edu-2.txt: edu-w1-002", "near-duplicate")]
    assert "上限 40%" in problems[0].sentence


def test_the_share_is_of_the_shorter_passage() -> None:
    passage = markup.parse(SCHOOLS)[0]
    half = replace(passage, id="half", text=passage.text[:40], marks=())
    longer = replace(passage, id="longer", text=passage.text[:40] + "乡村振兴示范带建设稳步推进" * 9, marks=())
    # White space apart, all pieces of the half stand in both others; of the two long ones, those of the half alone.
    shares = {(a, b): share for share, a, b in near_duplicates([passage, half, longer], bound=0.0)}
    assert shares[0, 1] == shares[1, 2] == 1.0
    assert SHARED < shares[0, 2] < 1.0
    assert [(a, b) for _, a, b in near_duplicates([passage, half, longer], bound=0.99)] == [(0, 1), (1, 2)]


@pytest.mark.parametrize(
    ("marked", "words"),
    [("新建{学校|I1}{3所|A1}、幼儿园5所", ["5所"]), ("新建{学校|I1}{3所|A1}，{2所|Q}停用", []), ("2023年新建{学校|I1}{3所|A1}", [])],
)
def test_unmarked_numbers(marked: str, words: list[str]) -> None:
    passage = markup.parse(f"### id=a dept=教育 layout=prose writer=w1\n{marked}。")[0]
    assert [w for _, w in unmarked(passage)] == words
    assert all(passage.text[at : at + len(w)] == w for at, w in unmarked(passage))


def test_an_unmarked_number_is_a_warning(tmp_path: Path) -> None:
    problems = check_corpus(files_of(tmp_path, w1_edu_1=SCHOOLS.replace("{37所|A1}", "{37所|A1}、食堂12个")))
    assert found(problems) == []
    assert found(problems, "warning") == [("w1-edu-1.txt: edu-w1-001", "unmarked")]
    assert str(problems[0]).startswith("提醒 warning w1-edu-1.txt: edu-w1-001: “12个”")


@pytest.mark.parametrize(
    ("start", "end", "label", "what"), [(-1, 3, "A", "span"), (3, 3, "A", "span"), (0, 9999, "A", "span"), (0, 2, "Z", "label")]
)
def test_marks_made_by_a_program_are_checked(start: int, end: int, label: str, what: str) -> None:
    passage = markup.parse(SCHOOLS)[0]
    broken = replace(passage, marks=(*passage.marks, markup.Mark(start, end, label, 1)))
    assert what in {p.what for p in check_passage(broken)}


def test_crossing_spans_are_found() -> None:
    passage = markup.parse(SCHOOLS)[0]
    first = passage.marks[0]
    crossing = tuple(sorted((*passage.marks, replace(first, start=first.start + 1, end=first.end + 1)), key=lambda m: (m.start, -m.end)))
    assert any("spans cross" in p.sentence for p in check_passage(replace(passage, marks=crossing)))


# Splits

NURSERY = CLINICS.replace("hea-w1-001", "hea-w2-001").replace("writer=w1", "writer=w2").replace("{分值|I2}", "分值")
BRIDGES = """### id=tra-w3-001 dept=交通 layout=prose writer=w3
全年{新改建农村公路|I1}{86公里|A1}，农村客运班线延伸到河西片区最远的自然村，护栏和标线同步补齐，货车绕行的老问题得到缓解，
渡口撤并之后群众出行更加安全，养护工区的冬季备料比往年来得早，桥梁定期检查不留死角。
"""


def split_up(folder: Path, **changes: object) -> tuple[list[Path], Path]:
    files = files_of(folder, w1_edu_1=SCHOOLS, w2_hea_1=NURSERY, w3_tra_1=BRIDGES)
    hashes = {f"w{n}": frozen_hash(markup.read(files[n - 1])) for n in (2, 3)}
    splits = folder / "splits.json"
    splits.write_text(
        json.dumps({"version": 1, "by": "writer", "train": ["w1"], "dev": ["w2"], "test": ["w3"], "frozen": hashes} | changes)
    )
    return files, splits


def test_good_splits(tmp_path: Path) -> None:
    files, splits = split_up(tmp_path)
    assert check_corpus(files, splits=splits) == []


@pytest.mark.parametrize(
    ("changes", "what", "words"),
    [
        ({"train": ["w1", "w9"]}, "splits", "train 里的撰写人 w9 没有段落"),
        ({"train": ["w4"]}, "splits", "撰写人 w1 不在任何一部分"),
        ({"dev": ["w2", "w1"]}, "splits", "撰写人 w1 在 train 和 dev 里重复"),
        ({"more": 1}, "splits", "不认识的键 more"),
        ({"frozen": {}}, "frozen", "dev 的撰写人 w2 尚未冻结"),
        ({"frozen": {"w2": "0" * 64}}, "frozen", "冻结的部分被改动：dev 的撰写人 w2"),
    ],
)
def test_a_fault_of_the_splits_is_found(tmp_path: Path, changes: dict[str, object], what: str, words: str) -> None:
    files, splits = split_up(tmp_path, **changes)
    problems = check_corpus(files, splits=splits)
    assert {p.what for p in problems} <= {"splits", "frozen"}
    assert any(p.where == "splits.json" and p.what == what and words in p.sentence for p in problems)


def test_a_changed_text_of_the_test_part_is_found(tmp_path: Path) -> None:
    files, splits = split_up(tmp_path)
    files[2].write_text(BRIDGES.replace("86公里", "87公里"), "utf-8")
    assert [p.sentence[:7] for p in check_corpus(files, splits=splits)] == ["冻结的部分被改"]
    files[2].write_text(BRIDGES.replace("{新改建农村公路|I1}", "{新改建农村公路|I1}".replace("新改建", "")), "utf-8")
    assert found(check_corpus(files, splits=splits)) == [("splits.json", "frozen")]


def test_marks_may_be_mended_in_a_frozen_part(tmp_path: Path) -> None:
    files, splits = split_up(tmp_path)
    files[2].write_text(BRIDGES.replace("{新改建农村公路|I1}", "新改建{农村公路|I1}"), "utf-8")
    files[0].write_text(SCHOOLS.replace("37所", "38所"), "utf-8")
    assert check_corpus(files, splits=splits) == []


def test_missing_splits(tmp_path: Path) -> None:
    assert found(check_corpus(files_of(tmp_path, w1_edu_1=SCHOOLS), splits=tmp_path / "splits.json")) == [("splits.json", "splits")]


def test_summary(tmp_path: Path) -> None:
    files = files_of(tmp_path, w1_edu_1=SCHOOLS, w2_hea_1=NURSERY, w3_tra_1=BRIDGES)
    counts = summary(files)
    # 有所提高 is a target in words: a mark, no quantity.
    assert (counts.passages, counts.marks, counts.quantities, counts.indicators) == (3, 7 + 4 + 2, 3 + 2 + 1, 2 + 1 + 1)
    assert counts.departments == {"交通": 1, "卫健": 1, "教育": 1}
    assert counts.layouts == {"prose": 2, "pairs": 1}
    assert counts.writers == {"w1": 1, "w2": 1, "w3": 1}
    assert 0.0 <= counts.nearest < SHARED
    assert summary([]).nearest == 0.0
