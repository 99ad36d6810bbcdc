"""The commands around the taxonomy: ``zhibiao taxonomy check``, ``search``, ``show``, ``diff`` and ``explain``.

The command line adds them to its app with :func:`register`; what they need is imported when they are called.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from zhibiao.errors import NotFound
from zhibiao.show import clean

if TYPE_CHECKING:
    from zhibiao.linking.entry import Entry
    from zhibiao.linking.linker import Explanation
    from zhibiao.linking.taxonomy import Taxonomy

TaxonomyFile = Annotated[
    Path | None, typer.Option("--taxonomy", metavar="FILE", help="自己的指标目录（CSV 或 JSONL） / a taxonomy of one's own")
]
_PIPE_WIDTH = 160
#: Characters on either side of a record that are taken as its context; the extraction sees at most so many.
_AROUND = 160
#: Labels of the fields of an entry, for people.
_LABELS = {
    "id": "编号", "name": "名称", "kind": "类别", "level1": "一级指标", "level2": "二级指标", "en": "英文名", "units": "单位", "direction": "方向",
    "op": "比较", "domain": "领域", "aliases": "别名", "shared": "共用别名", "excludes": "不含", "endings": "词尾", "related": "相关",
    "change_of": "变动指标的基数", "definition": "定义", "formula": "公式", "since": "起始", "source": "来源", "variants": "其他层级",
}  # fmt: skip
#: What of a pair's features is told, in the order of weight for a reader.
_SIGNS = {
    "exact": "字面相同", "ending": "词尾", "tail": "以别名结尾", "cosine": "近似", "cover_wording": "别名见于名称", "cover_name": "名称见于别名",
    "cover_context": "其余见于上下文", "unit": "单位相合", "unit_clash": "单位不合", "domain": "领域相合", "other_domain": "领域不合", "general": "通用指标",
    "votes": "邻近记录的领域", "default": "此类记录的常见指标", "direction": "方向相反", "lacks": "别名缺修饰词", "adds": "别名多修饰词", "others": "多条共用",
}  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    taxonomy = typer.Typer(help="指标目录：检查、查找、查看、比对、解释链接 / the taxonomy of indicators", no_args_is_help=True)
    for name, command in (
        ("check", check_command), ("search", search_command), ("show", show_command), ("diff", diff_command), ("explain", explain_command),
    ):  # fmt: skip
        taxonomy.command(name)(command)
    app.add_typer(taxonomy, name="taxonomy")


def check_command(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="默认随程序的目录 / default: the shipped one")] = None,
) -> int:
    """检查指标目录：每处错误一行。Check a taxonomy: a line for each fault. Exit code 1 where it cannot be used."""
    from zhibiao.linking.taxonomy import check_taxonomy

    taxonomy, problems = check_taxonomy(file)
    for problem in problems:
        print(problem, file=sys.stderr)
    wrong = sum(p.severity == "error" for p in problems)
    if taxonomy is not None:
        domains = Counter(entry.domain for entry in taxonomy if entry.domain)
        for label, value in (
            ("指标 entries", len(taxonomy)), ("别名 aliases", sum(len(entry.aliases) for entry in taxonomy)), ("领域 domains", len(domains)),
            ("共用别名 shared aliases", len({alias for entry in taxonomy for alias in entry.shared})),
        ):  # fmt: skip
            print(f"{label}  {value}")
    print(f"错误 errors  {wrong}   提醒 warnings  {len(problems) - wrong}")
    return 1 if wrong else 0


def search_command(
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="名称、别名或其一部分 / a name, an alias or a part of one")],
    kind: Annotated[str | None, typer.Option("--kind", help="只要这一类别，如 percent / only this kind")] = None,
    domain: Annotated[str | None, typer.Option("--domain", help="只要这一领域，如 教育 / only this field")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多几条 / at most")] = 15,
    taxonomy: TaxonomyFile = None,
) -> int:
    """按字面远近查找指标。Entries whose wordings are nearest to WORDS, exact ones first. Exit code 1 where there is none."""
    import numpy as np

    from zhibiao.linking.candidates import CandidateIndex
    from zhibiao.linking.taxonomy import load_taxonomy

    catalogue = load_taxonomy(taxonomy)
    index = CandidateIndex(catalogue)
    among = np.array([(not kind or entry.kind == kind) and (not domain or entry.domain == domain) for entry in catalogue], np.bool_)
    found: dict[str, tuple[float, str]] = {}
    for word in words:
        for entry, wording, near in index.lookup(word, among=among):
            if near > found.get(entry.id, (0.0, ""))[0]:
                found[entry.id] = (near, wording)
    rows = sorted(found.items(), key=lambda item: -item[1][0])[:limit]
    if not rows:
        print(f"没有找到“{'、'.join(words)}” / nothing found", file=sys.stderr)
        return 1
    head = ("编号 id", "名称 name", "类别 kind", "单位 units", "领域 domain", "近似 near", "别名 wording")
    cells = [
        [key, catalogue[key].name, catalogue[key].kind, "、".join(catalogue[key].units), catalogue[key].domain, f"{near:.2f}", wording]
        for key, (near, wording) in rows
    ]
    _print_table(head, cells)
    return 0


def show_command(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="编号，或确切的名称、别名 / ids, or exact names or aliases")],
    taxonomy: TaxonomyFile = None,
) -> int:
    """显示指标的全部内容。Everything that the taxonomy says of an entry."""
    from zhibiao.linking.taxonomy import load_taxonomy

    catalogue = load_taxonomy(taxonomy)
    for number, word in enumerate(ids):
        for entry in entries_of(catalogue, word):
            if number:
                print()
            print("\n".join(card(entry, catalogue)))
    return 0


def diff_command(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="旧目录；“-”为随程序的 / the old one, '-' for the shipped")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="新目录 / the new one")],
) -> int:
    """比对两份指标目录：增、删、改。What was added, removed and changed. Exit code 0 where they are alike, 1 where not."""
    from zhibiao.linking.taxonomy import load_taxonomy

    before, after = (load_taxonomy(None if str(path) == "-" else path) for path in (old, new))
    lines = difference(before, after)
    for line in lines:
        print(line)
    signs = Counter(line[0] for line in lines)
    print(f"新增 added {signs['+']}  删除 removed {signs['-']}  变更 changed {signs['~']}", file=sys.stderr)
    return 1 if lines else 0


def explain_command(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="记录号（配合 --run），或指标名 / a record id with --run, or a name")],
    run: Annotated[Path | None, typer.Option("--run", metavar="OUT", help="extract 的输出文件夹 / the output folder of a run")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="数值的单位，如 % / unit of the value")] = None,
    section: Annotated[str | None, typer.Option("--section", help="所在章节 / the section it stands in")] = None,
    taxonomy: TaxonomyFile = None,
) -> int:
    """解释一条记录为何连到这条指标，或为何留空。Why a record was linked as it was: the alias that matched, how near, what else was close."""
    from zhibiao.linking.linker import Linker, default_linker
    from zhibiao.linking.mention import Mention
    from zhibiao.linking.taxonomy import load_taxonomy

    linker = Linker(load_taxonomy(taxonomy)) if taxonomy else default_linker()
    if run is None:
        told = explanation(linker.explain([Mention(record, unit=unit or "", section=section or "")], 0))
    else:
        mentions, place, linked = _mentions_around(run, record)
        told = explanation(linker.explain(mentions, place), linked=linked)
    for line in told:
        print(line)
    return 0


def entries_of(taxonomy: Taxonomy, word: str) -> list[Entry]:
    """The entry of an id, or all entries that have these exact words as a wording. Raises NotFound with what is near."""
    from zhibiao.linking.candidates import CandidateIndex

    if word in taxonomy:
        return [taxonomy[word]]
    near = CandidateIndex(taxonomy).lookup(word)
    exact = list(dict.fromkeys(entry.id for entry, _, nearness in near if nearness >= 1.0))
    if exact:
        return [taxonomy[key] for key in exact]
    close = list(dict.fromkeys(f"{entry.id} {entry.name}" for entry, _, _ in near))[:5]
    hint = "相近的有：" + "、".join(close) if close else "请用 zhibiao taxonomy search 查找"
    raise NotFound(what=f"指标 {word}", hint=hint, english="see `zhibiao taxonomy search`")


def card(entry: Entry, taxonomy: Taxonomy) -> list[str]:
    """The fields of an entry that say something, a line each; ids that it names come with their names."""
    out = []
    for f in fields(entry):
        value = getattr(entry, f.name)
        if f.name in ("related", "change_of"):
            ids = (value,) if isinstance(value, str) and value else tuple(value)
            value = tuple(f"{key} {taxonomy[key].name}" for key in ids)
        if value:
            out.append(clean(f"{_LABELS[f.name]} {f.name}: {'、'.join(value) if isinstance(value, tuple) else value}").plain)
    return out


def difference(before: Taxonomy, after: Taxonomy) -> list[str]:
    """A line for each entry that was removed (-), added (+) or changed (~), in the order of the files."""
    lines = [f"- {entry.id} {entry.name}" for entry in before if entry.id not in after]
    for entry in after:
        if entry.id not in before:
            lines.append(f"+ {entry.id} {entry.name}")
        elif changes := _changes(before[entry.id], entry):
            lines.append(f"~ {entry.id} {entry.name}  " + "；".join(changes))
    return [clean(line).plain for line in lines]


def _changes(before: Entry, after: Entry) -> Iterable[str]:
    out = []
    for f in fields(after):
        old, new = getattr(before, f.name), getattr(after, f.name)
        if old == new:
            continue
        if isinstance(new, tuple):
            signs = [f"+{x}" for x in new if x not in old] + [f"-{x}" for x in old if x not in new]
            out.append(f"{f.name}: {' '.join(signs) or '次序 order'}")
        else:
            out.append(f"{f.name}: {old or '（空）'} → {new or '（空）'}")
    return out


def explanation(told: Explanation, *, linked: str | None = None) -> list[str]:
    """An explanation as lines for people. ``linked``: what the tables of a run say, ``""`` for NIL; where that is something else, it is told."""
    link, mention = told.link, told.mention
    about = "，".join(
        f"{label}{value}"
        for label, value in (("单位 ", mention.unit), ("变动 ", mention.change), ("章节 ", mention.section), ("项目 ", mention.project))
        if value
    )
    out = [f"“{mention.name}”" + (f"（{about}）" if about else "")]
    verdict = f"{link.canonical_id} {link.canonical_name}" if link.canonical_id else "留空 NIL"
    out.append(f"→ {verdict}   置信度 confidence {link.confidence}   依据 method {link.method}   阈值 threshold {told.threshold:.2f}")
    if linked is not None and linked != (link.canonical_id or ""):
        out.append(
            f"  这次抽取的表里是 {linked or '留空 NIL'}：目录或版本不同，或所依据的上下文表里没有 the run says otherwise: "
            "another taxonomy or version, or a context that its tables do not hold"
        )
    out += [f"  {note}" for note in told.notes]
    if told.candidates:
        out.append("相近的指标 what else was close:")
    for c in told.candidates:
        said = "，".join(f"{label} {c.features[name]:.2f}" for name, label in _SIGNS.items() if c.features[name])
        out.append(f"  {c.score:.3f}  {c.entry.id} {c.entry.name}（{c.entry.kind}）  别名“{c.wording}”  {said}")
    out += [f"  类别不符 kind differs: {entry.id} {entry.name}（{entry.kind}）" for entry in told.rejected]
    return [clean(line).plain for line in out]


_MENTION_COLUMNS = (
    "doc_id", "record_id", "canonical_id", "start", "indicator", "type", "target_text", "target_op", "target_value", "target_unit",
    "actual_text", "actual_value", "actual_unit", "change", "section", "project", "org",
)  # fmt: skip


def _mentions_around(run: Path, record_id: str) -> tuple[list[Any], int, str]:
    """The mentions of the document that holds a record, in order, the record's place among them, and the entry that the run linked it to."""
    from zhibiao.export.read import read_rows
    from zhibiao.linking.mention import Mention

    rows: list[dict[str, Any]] = []
    place = -1
    for row in read_rows(run, "records", _MENTION_COLUMNS):
        if rows and row["doc_id"] != rows[0]["doc_id"]:
            if place >= 0:
                break
            rows = []
        if row["record_id"] == record_id:
            place = len(rows)
        rows.append(row)
    if place < 0:
        raise NotFound(what=f"记录 {record_id}", hint=f"{run} 的 records 表里没有它", english="no such record in the run")
    told = read_rows(run, "reports", ("doc_id", "text"))
    text = next((row["text"] for row in told if row["doc_id"] == rows[0]["doc_id"]), "")
    for row in rows:
        around = text[max(0, row["start"] - _AROUND) : row["start"] + _AROUND] if row["start"] is not None else ""
        row["evidence"] = "".join(around.split())
    return [Mention.of_row(row) for row in rows], place, rows[place]["canonical_id"]


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)
    table = Table(*head, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(clean(cell) for cell in row))
    console.print(table)
