"""The README's commands run, and print what it says they print."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(console|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ELLIPSIS = "…"


def list_examples():
    """Pair each command with the lines that the README prints below it, in its block or the next."""
    blocks = [(match[1], match[2]) for match in BLOCK.finditer(README)]
    for at, (kind, text) in enumerate(blocks):
        if kind != "console" or not text.startswith("$ "):
            continue
        lines = text.splitlines()
        commands = [line[2:].split("#")[0].strip() for line in lines if line.startswith("$ ")]
        printed = [line for line in lines if not line.startswith("$ ")]
        if not printed and at + 1 < len(blocks) and blocks[at + 1][0] == "text":
            printed = blocks[at + 1][1].splitlines()
        for command in commands:
            yield (
                command.replace("make demo", "boligkort demo out/demo"),
                printed if len(commands) == 1 else [],
            )


EXAMPLES = list(list_examples())


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readme")
    answers = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "110")
        for command, _ in EXAMPLES:
            name, *args = shlex.split(command)
            assert name == "boligkort"
            answers[command] = CliRunner().invoke(main, args, catch_exceptions=False)
    return answers


def test_there_are_examples():
    assert {command.split()[1] for command, _ in EXAMPLES} >= {"demo", "dwellings", "init", "check", "run"}


@pytest.mark.parametrize(("command", "lines"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_a_command_prints_what_the_readme_says(printed, command, lines):
    result = printed[command]
    if "mitprojekt" in command and "init" not in command:
        # A new project names files that are not there yet: one line for each, no traceback.
        assert result.exit_code == 3
        return
    assert result.exit_code == 0, result.stderr
    rest = (result.stdout + result.stderr).splitlines()
    for line in lines:
        if line.strip() and line != ELLIPSIS:
            assert line in rest, line
            rest = rest[rest.index(line) + 1 :]


def test_every_command_is_named():
    assert {name for name in main.commands if f"boligkort {name}" not in README} == set()


def test_every_linked_page_is_there():
    pages = re.findall(r"\]\(([^)#]+)\)", README)
    assert [page for page in pages if not page.startswith("http") and not (ROOT / page).exists()] == []


def test_the_finding_is_one_that_the_demo_gives(printed):
    block = re.search(r"A finding looks like this:\n\n```text\n(.*?)```", README, re.DOTALL)[1].rstrip()
    demo = next(result for command, result in printed.items() if command.startswith("boligkort demo"))
    assert block in demo.stderr
