"""What the documents name is there: make targets, commands, options, files, and the names of modules."""

import re
from pathlib import Path

import click
import pytest

from argosy.cli.root import root

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
MENTIONED_FROM = ("repo_server", "", "argosy", "app_controller")
"""Where a path in a document may start: at the top, or in the folder that the text is about."""
MADE_OR_GIVEN = re.compile(r"^(argosy/(build|devcluster|repo-server)|secrets|repo-server/|group/Kind$)")
"""Paths that are not in the checkout: made at run time, or the user's; and what only looks like one."""


def code(page: Path) -> list[str]:
    """Return what a page sets as code: each span, and each line of its blocks."""
    text = page.read_text()
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return [*spans, *(line for block in blocks for line in block.splitlines())]


def commands(words: list[str]) -> click.Command | None:
    """Return the command that the words lead to, None if they lead to none."""
    found: click.Command = root
    for word in words:
        if not isinstance(found, click.Group):
            return found
        deeper = found.get_command(click.Context(found), word)
        if deeper is None:
            return None
        found = deeper
    return found


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    named = {name for each in code(page) for name in re.findall(r"\bmake ((?:[a-z]+ ?)+)", each)}
    assert {name for line in named for name in line.split()} - targets() == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_that_a_page_shows_exists(page: Path) -> None:
    wrong: list[str] = []
    for each in code(page):
        for line in re.findall(r"(?:^|\bkubectl )argosy ([a-z][^#\n&|]*)", each.strip()):
            words = line.split()
            names = [word for word in words if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")]
            command = commands(names)
            known = {option for parameter in command.params for option in parameter.opts} if command else set()
            known |= {option for parameter in root.params for option in parameter.opts}
            if command is None or {word.partition("=")[0] for word in words if word.startswith("--")} - known:
                wrong.append(line)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    named = {
        each.rstrip("/*")
        for each in code(page)
        if re.fullmatch(r"(\.?[a-z_][\w.-]*/)+[\w.*-]*|[a-z_]+\.(py|md|toml|txt|yml)", each)
    }
    missing = {
        name
        for name in named
        if not MADE_OR_GIVEN.match(name)
        and "." not in name.partition("/")[0][1:]
        and not any(list((ROOT / start).glob(name)) for start in MENTIONED_FROM)
    }
    assert missing == set()


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert commands(["app", "sync"]) is not None
    assert commands(["app", "fly"]) is None
    assert "demo" in targets()
    assert "fly" not in targets()
