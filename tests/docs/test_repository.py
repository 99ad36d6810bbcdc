"""The repository speaks of the project alone, its version is one, and its links lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import zhibiao

# Put together from parts, so that this file is no finding of its own.
FOREIGN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.~-])/(?:work|tmp|root|home|Users|mnt|var/folders)/\w"),
    "a package registry": re.compile("|".join([r"pypi\." + "org", "python" + "hosted", r"registry\." + "npmjs", "artifac" + "tory"])),
    "a package mirror": re.compile(r"(?i)\bmirrors?\.[a-z]|--(?:extra-)?index" + "-url"),
    "talk of how it was made": re.compile(
        "|".join(
            [
                r"(?i)\bsub-?" + r"agents?\b",
                r"\banth" + r"ropic\b",
                r"\bcla" + r"ude\b",
                r"\bchat" + r"gpt\b",
                r"\b(?:the|your) br" + r"ief\b",
            ]
        )
    ),
}
#: What a command of the project writes; a checkout may be without it.
WRITTEN_BY_COMMAND = {"docs/SCORES.md", "docs/BENCH.md", "annotations/corpus"}
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:pipeline|tests|samples|docs|annotations|models|\.ci)/[^`\s*…<>]*)`")


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("kind", FOREIGN)
def test_nothing_foreign(kind: str, root: Path, repository: tuple[str, ...]) -> None:
    found = [
        f"{name}:{number}: {match[0]}"
        for name in repository
        for number, line in enumerate(text_of(root / name).splitlines(), start=1)
        if (match := FOREIGN[kind].search(line))
    ]
    assert not found, f"{kind}:\n" + "\n".join(found[:20])


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("a path of somebody's machine", "see /" + "root/x and so on"),
        ("a path of somebody's machine", 'open("/' + 'tmp/out")'),
        ("a package registry", "https://files.python" + "hosted.org/packages"),
        ("a package mirror", "--index" + "-url https://x"),
        ("talk of how it was made", "written by a sub" + "agent"),
    ],
)
def test_foreign_things_would_be_found(kind: str, line: str) -> None:
    assert FOREIGN[kind].search(line)


@pytest.mark.parametrize("line", ["/works/", "a/tmp/b", "uv pip compile --no-emit-index" + "-url", "reports/home/x", "网络/workshop/"])
def test_ordinary_things_are_not_foreign(line: str) -> None:
    assert not [kind for kind, pattern in FOREIGN.items() if pattern.search(line)]


def test_one_version(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    changes = (root / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## \[(\d[^\]]*)\]", changes, re.MULTILINE)
    assert newest is not None
    assert newest[1] == project["version"] == zhibiao.__version__
    assert f"version = {{{zhibiao.__version__}}}" in (root / "README.md").read_text("utf-8")


def test_links_and_paths_lead_somewhere(root: Path, pages: dict[str, str]) -> None:
    dead: list[str] = []
    for page, text in pages.items():
        targets = [(Path(page).parent / link.split("#")[0]).as_posix() for link in _LINK.findall(text) if not re.match(r"[a-z]+:|#", link)]
        for target in [*targets, *_PATH.findall(text)]:
            if not (root / target).exists() and Path(target).as_posix() not in WRITTEN_BY_COMMAND:
                dead.append(f"{page}: {target}")
    assert not dead


def test_anchors_exist(pages: dict[str, str]) -> None:
    dead = []
    for page, text in pages.items():
        anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
        dead += [f"{page}: #{anchor}" for anchor in re.findall(r"\]\(#([^)]+)\)", text) if anchor not in anchors]
    assert not dead


def test_the_check_runs_anywhere(root: Path) -> None:
    script = root / ".ci" / "run"
    assert script.stat().st_mode & 0o111, ".ci/run is not executable"
    lines = script.read_text("utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
