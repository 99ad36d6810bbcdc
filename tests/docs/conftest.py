"""The repository as files, its pages, and the command lines that they show."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: What a checkout holds beside the repository's own files; for copies without git.
_LEFT_OUT = {".git", ".venv", "out", "build", "dist", "__pycache__"}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="session")
def pages() -> dict[str, str]:
    """Path in the repository → text, of every Markdown page."""
    return {name: (ROOT / name).read_text("utf-8") for name in files_of(ROOT) if name.endswith(".md")}


@pytest.fixture(scope="session")
def repository() -> tuple[str, ...]:
    """The paths of all files of the repository, ``/`` between parts."""
    return files_of(ROOT)


@pytest.fixture(scope="session")
def makefile() -> dict[str, str]:
    """Target → recipe of the Makefile, variables filled in."""
    text = (ROOT / "Makefile").read_text("utf-8")
    variables = dict(re.findall(r"^(\w+) *[:?]= *(.*)$", text, re.MULTILINE))
    recipes = dict(re.findall(r"^([a-z]+):[^\n]*\n((?:\t[^\n]*\n?)*)", text, re.MULTILINE))
    for _ in variables:  # a variable may hold another
        recipes = {name: re.sub(r"\$\((\w+)\)", lambda m: variables.get(m[1], m[0]), recipe) for name, recipe in recipes.items()}
    return recipes


def files_of(root: Path) -> tuple[str, ...]:
    """What git would hold: tracked files and new ones that are not ignored. Without git, everything but what tools leave behind."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=True
        ).stdout.decode("utf-8")
        names = [name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
        names = [name for name in names if not any(part in _LEFT_OUT or part.endswith(("_cache", ".egg-info")) for part in name.split("/"))]
    return tuple(sorted(name for name in set(names) if (root / name).is_file()))


@pytest.fixture(scope="session")
def command_lines(pages: dict[str, str]) -> dict[str, list[str]]:
    """Page → the calls of ``make`` and ``zhibiao`` in its code: fenced or indented blocks, and between backticks."""
    return {name: calls_in(text) for name, text in pages.items()}


def calls_in(page: str) -> list[str]:
    fenced = [line.removeprefix("$ ") for block in _FENCE.finditer(page) for line in block[1].splitlines()]
    prose = _FENCE.sub("", page)
    indented = re.findall(r"^ {4}(\S.*)$", prose, re.MULTILINE)
    spoken = re.findall(r"`((?:make|zhibiao) [^`]+)`", prose)
    return [line for line in (*fenced, *indented, *spoken) if re.match(r"(?:make|zhibiao) [a-z]", line)]
