"""The comparison of taggers: what counts as a name, how it is scored, and how the page chooses. No training here."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.util import load_config

from zhibiao.indicators.labels import FIRST_ROLE, ROLES
from zhibiao.quantities import default_finder
from zhibiao.tokens import make_segmenter
from zhibiao.tokens.tokenizer import ProtectingTokenizer
from zhibiao.training import compare, compare_page
from zhibiao.training.compare import Untagged
from zhibiao.training.compare_page import choose, page
from zhibiao.training.compare_rows import Row, System, count, gap, gold_names, reachable, role_accuracy, without_overlaps
from zhibiao.training.dataset import Block, blocks_of

from .conftest import marked

ROOT = Path(__file__).parents[2]
TEXT = "{自助终端功能数量|I1}目标不少于{150台|T1}，实际{162台|A1}，{培训|I2}{30人次|A2}。"


def block_of(segmenter: str = "jieba", body: str = TEXT) -> Block:
    tokenizer = ProtectingTokenizer(spacy.blank("zh").vocab, segmenter=make_segmenter(segmenter), finder=default_finder())
    return blocks_of([marked(body)], tokenizer)[0]


def row(name: str, right: int, *, wrong: int = 0, speed: float = 1.0) -> Row:
    """A system that finds ``right`` names of 100, one a block, and ``wrong`` more."""
    counts = [(int(i < right), int(i < wrong), int(i >= right)) for i in range(100)]
    return Row(name, 1, counts, 1.0, None, 1.0, 10.0, (speed, speed), 1.0)


@pytest.mark.parametrize("segmenter", ["jieba", "char"])
def test_names_are_the_same_stretches_over_all_words(segmenter: str) -> None:
    block = block_of(segmenter)
    assert {block.text[a:b] for a, b in gold_names(block)} == {"自助终端功能数量", "培训"}
    assert reachable(block) == gold_names(block)


def test_a_name_inside_a_word_is_out_of_reach_of_words_only() -> None:
    body = "{终端|I1}机{150台|A1}。"
    words = make_segmenter("jieba").cut("终端机")
    assert list(words) == ["终端机"]
    assert gold_names(block_of("jieba", body)) == {(0, 2)}
    assert reachable(block_of("jieba", body)) == set()
    assert reachable(block_of("char", body)) == {(0, 2)}


def test_only_exact_stretches_count() -> None:
    counts = count({(0, 4), (6, 8)}, {(0, 4), (5, 8), (9, 10)})
    assert (counts.tp, counts.fp, counts.fn) == (1, 2, 1)


def test_of_spans_that_overlap_the_surest_stays() -> None:
    assert without_overlaps([(0.5, (0, 3)), (0.8, (2, 5)), (0.6, (4, 6)), (0.7, (5, 6))]) == {(2, 5), (5, 6)}
    assert without_overlaps([]) == set()


def test_roles_count_by_quantity() -> None:
    block = block_of()
    right = block.tags()
    assert role_accuracy([block], [right]) == 1.0
    spoiled = [0 if word == "quantity" else tag for word, tag in zip(block.index.tags, right, strict=True)]
    assert role_accuracy([block], [spoiled]) == 0.0


def test_doubtful_quantities_do_not_count() -> None:
    block = block_of(body="完成{200项|O}，{培训|I1}{30人次|A1}。")
    doubtful = FIRST_ROLE + ROLES.index("O")
    assert doubtful in block.tags()
    assert role_accuracy([block], [[0 if tag == doubtful else tag for tag in block.tags()]]) == 1.0


def test_untagged_words_are_the_same_words() -> None:
    plain, jieba = Untagged(make_segmenter("jieba")), make_segmenter("jieba")
    text = "自助终端功能数量"
    assert [word for word, _ in plain.tag(text)] == [word for word, _ in jieba.tag(text)]
    assert {tag for _, tag in plain.tag(text)} == {"x"}


def test_a_gap_is_sure_only_where_it_is_wide() -> None:
    low, high = gap(row("a", 80), row("b", 50))
    assert low < high < 0
    low, high = gap(row("a", 80), row("b", 80))
    assert low == high == 0.0


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [
        ([row("slow, best", 95, speed=0.1), row("fast", 80, speed=0.8), row("fast, poor", 50, speed=2.0)], "fast"),
        ([row("level", 80, speed=0.7), row("level, faster", 80, speed=0.9)], "level, faster"),
        ([row("as fast, better", 81, speed=0.79), row("as fast", 80, speed=0.81)], "as fast, better"),
        ([row("slow", 60, speed=0.1), row("slow, best", 95, speed=0.1)], "slow, best"),
    ],
)
def test_the_figures_choose(rows: list[Row], chosen: str) -> None:
    assert choose(rows).name == chosen


def test_the_page_shows_every_system_and_what_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_page, "SPLITS", ROOT / "annotations" / "splits.json")
    text = page([row("甲", 80), row("乙", 50, wrong=10)], compare_page.data_lines([("训练 train", [block_of()])]))
    assert "| 训练 train | 1 | 1 | 1 |" in text
    assert "| 甲 | 1 | 1.000 | 0.800 | 0.889 | — |" in text
    assert "**甲**" in text
    assert "- 乙：F1 -0.264（较差 worse）" in text


@pytest.mark.parametrize("system", [System("a", width=64, depth=2, rows=2000), System("b", "spancat"), System("c", crf_tags=True)])
def test_the_config_takes_what_a_system_changes(system: System, tmp_path: Path) -> None:
    config = load_config(ROOT / "models" / "ner.cfg", overrides=compare.overrides(system, tmp_path), interpolate=True)
    embed = config["components"][system.kind]["model"]["tok2vec"]["embed"]
    assert config["nlp"]["pipeline"] == [system.kind]
    assert (embed["width"], embed["rows"][0]) == (system.width, system.rows)
    assert len(embed["attrs"]) == len(embed["rows"]) == (5 if system.crf_tags else 4)


def test_the_first_system_is_the_shipped_one() -> None:
    assert (compare.SYSTEMS[0].kind, compare.SYSTEMS[0].segmenter) == ("crf", "jieba")
    assert len({s.name for s in compare.SYSTEMS}) == len(compare.SYSTEMS)
