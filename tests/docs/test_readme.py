"""What the README shows is what the program does: its Python runs, its output is real, its command lines exist.

Where the program's output has changed for the better, ``UPDATE_DOCS=1 pytest tests/docs/test_readme.py`` writes it into the README anew.
"""

from __future__ import annotations

import doctest
import io
import os
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import typer.main

from zhibiao import cli

UPDATE = bool(os.environ.get("UPDATE_DOCS"))
LEFT_OUT = "……"
_FENCE = re.compile(r"^```(pycon|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: How long a run took is nobody's promise.
_TIMED = re.compile(r"^((?:秒|每秒字数) \S+) +[\d.,]+$", re.MULTILINE)
_FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
#: Named in a page before they exist.
PLANNED: set[str] = set()


def _commands() -> dict[str, Any]:
    """The commands by name; those of a group by the group's name and their own."""
    out: dict[str, Any] = {}
    for name, command in typer.main.get_command(cli.app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        out.update({f"{name} {own}": c for own, c in inner.items()} if inner else {name: command})
    return out


COMMANDS = _commands()


@pytest.fixture
def workplace(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the samples in it, where commands may write."""
    (tmp_path / "samples").symlink_to(root / "samples", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_shown_output_is_real(
    root: Path, readme: str, makefile: dict[str, str], workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, object] = {}
    wrong: list[str] = []

    def anew(match: re.Match[str]) -> str:
        language, shown = match.groups()
        if language == "pycon":
            real = python_session(shown, names)
        else:
            real = console_session(shown, makefile, capsys)
        if real != shown:
            wrong.append(f"README.md:{readme.count(chr(10), 0, match.start()) + 1} shows\n{shown}\nbut the program says\n{real}")
        return f"```{language}\n{real}```"

    page = _FENCE.sub(anew, readme)
    if UPDATE:
        (root / "README.md").write_text(page, "utf-8")
        return
    assert not wrong, "\n".join([*wrong, "If the new output is right: UPDATE_DOCS=1 python -m pytest tests/docs/test_readme.py"])


def python_session(shown: str, names: dict[str, object]) -> str:
    """Run a ``>>>`` block; the block with its real output, unchanged where that says the same."""
    out: list[str] = []
    for example in doctest.DocTestParser().get_examples(shown):
        buffer = io.StringIO()
        with redirect_stdout(buffer):
            exec(compile(example.source, "README.md", "single"), names)
        got = buffer.getvalue()
        same = doctest.OutputChecker().check_output(example.want, got, _FLAGS)
        first, *rest = example.source.splitlines()
        out += [f">>> {first}", *(f"... {line}".rstrip() for line in rest)]
        out += (example.want if same else got).splitlines()
    return "\n".join(line.rstrip() for line in out) + "\n"


def console_session(shown: str, makefile: dict[str, str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run the one command of a ``$`` block; the block with its real output, cut where a line of …… cuts it."""
    head, _, want = shown.partition("\n")
    words = shlex.split(head.removeprefix("$ "))
    if words[0] == "make":
        (line,) = [line.strip() for line in makefile[words[1]].splitlines()]
        words = shlex.split(line)
    assert words[0].split("/")[-1] == "zhibiao", head
    capsys.readouterr()
    assert cli.main(words[1:]) == 0
    got = "\n".join(line.rstrip() for line in capsys.readouterr().out.strip("\n").splitlines()) + "\n"
    lines, kept = got.splitlines(), want.splitlines()
    if LEFT_OUT in kept:
        cut = kept.index(LEFT_OUT)
        tail = len(kept) - cut - 1
        assert cut + tail <= len(lines), f"{head}: {len(lines)} lines of output, the README shows {cut} + {tail}"
        got = "\n".join([*lines[:cut], LEFT_OUT, *lines[len(lines) - tail :]]) + "\n"
    same = _TIMED.sub(r"\1", want) == _TIMED.sub(r"\1", got)
    return f"{head}\n{want if same else got}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_described(name: str, readme: str) -> None:
    match = re.search(rf"^### `zhibiao {name}\b.*?(?=^##)", readme, re.MULTILINE | re.DOTALL)
    assert match, f"README.md has no section '### `zhibiao {name} …`'"
    section = match[0]
    real: set[str] = set()
    for parameter in COMMANDS[name].params:
        if not parameter.name or not parameter.opts[0].startswith("-"):
            assert (parameter.metavar or "") in section
            continue
        spelled = [*parameter.opts, *parameter.secondary_opts]
        real.update(spelled)
        missing = [option for option in spelled if f"`{option}`" not in section]
        assert not missing, f"zhibiao {name}: the README does not describe {missing}"
        if parameter.default is not None and not isinstance(parameter.default, bool):
            assert f"| `{parameter.default}` |" in section, f"zhibiao {name} {spelled[0]}: the default is {parameter.default}"
    unknown = set(re.findall(r"`(--?[a-z][a-z-]*)`", section)) - real
    assert not unknown, f"the README describes options that zhibiao {name} has not: {sorted(unknown)}"


def test_every_command_line_exists(command_lines: dict[str, list[str]], makefile: dict[str, str]) -> None:
    wrong: list[str] = []
    for page, lines in command_lines.items():
        for line in lines:
            program, name, *rest = line.split("#")[0].split()
            if rest and f"{name} {rest[0]}" in COMMANDS:
                name, rest = f"{name} {rest[0]}", rest[1:]
            if program == "make":
                wrong += [f"{page}: no make target {target}" for target in (name, *rest) if "=" not in target and not makefile.get(target)]
            elif name in PLANNED - set(COMMANDS):
                continue
            elif name not in COMMANDS:
                wrong.append(f"{page}: no command zhibiao {name}")
            else:
                known = {option for parameter in COMMANDS[name].params for option in (*parameter.opts, *parameter.secondary_opts)} | {
                    "--help"
                }
                wrong += [
                    f"{page}: zhibiao {name} has no {word}" for word in rest if word.startswith("-") and word.split("=")[0] not in known
                ]
    assert not wrong


def test_command_lines_are_found(command_lines: dict[str, list[str]]) -> None:
    found = command_lines["README.md"]
    assert {"make run", "make test", "zhibiao version"} <= set(found)
    assert len(found) >= 10


@pytest.mark.parametrize("heading", ["两条命令", "出来什么", "怎么看各列", "在 Python 里用", "命令行", "局限", "English summary"])
def test_the_readme_has_its_parts(heading: str, readme: str) -> None:
    assert re.search(rf"^## {heading}$", readme, re.MULTILINE)


def test_the_two_commands_come_first(readme: str) -> None:
    assert readme.index("make run\nmake test\n") < readme.index("\n## 出来什么")
