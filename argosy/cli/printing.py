"""How answers look: tables, labelled facts, JSON, YAML and trees.

Comes in: plain data. Goes out: text on standard output. Called by every command; `render` is the one place where
`-o` is decided. Layout follows Argo CD's, so that scripts which cut columns go on working.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from argosy.wire import yaml_text

_GAP = "  "

COLOURS: Mapping[str, str] = {
    "Synced": "green",
    "Healthy": "green",
    "Succeeded": "green",
    "Successful": "green",
    "OutOfSync": "yellow",
    "Progressing": "blue",
    "Running": "blue",
    "Suspended": "bright_black",
    "Missing": "yellow",
    "Degraded": "red",
    "Failed": "red",
    "Error": "red",
    "SyncFailed": "red",
}


@dataclass(frozen=True)
class Branch:
    """A row of a tree: its cells, the first of which is indented, and the rows below it."""

    cells: tuple[str, ...]
    children: tuple["Branch", ...] = field(default=())


def render(output: str, data: Any, views: Mapping[str, Callable[[], None]]) -> None:
    """Print `data` as JSON or YAML if `output` says so, and by the view of that name otherwise."""
    match output:
        case "json":
            say(json.dumps(data, indent=2, ensure_ascii=False))
        case "yaml":
            click.echo(yaml_text.dump(data), nl=False)
        case _:
            views[output]()


def say(line: str = "") -> None:
    """Print a line; colours are dropped when nobody sees them."""
    click.echo(line)


def note(line: str) -> None:
    """Print a line that is for a person and not part of the answer, on standard error."""
    click.echo(line, err=True)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print columns as wide as they need to be, two spaces apart."""
    for line in aligned([header, *rows]):
        say(line)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay out rows in columns; words that are a status are coloured."""
    clean = [[_one_line(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in clean) for column in range(len(clean[0]))]
    return [_GAP.join(_cell(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in clean]


def facts(pairs: Iterable[tuple[str, str]], *, width: int = 20) -> None:
    """Print labels and values, one pair a line; values begin after `width` characters."""
    for label, value in pairs:
        say(f"{label:<{width}}{coloured(value)}".rstrip())


def tree(header: Sequence[str], branches: Iterable[Branch]) -> None:
    """Print rows whose first column shows what belongs to what."""
    rows = [tuple(row) for branch in branches for row in _tree_rows(branch, lead="", stem="")]
    table(header, rows)


def coloured(text: str) -> str:
    """Colour a text whose first word is a status."""
    colour = COLOURS.get(text.split(" ", 1)[0])
    return click.style(text, fg=colour) if colour else text


def shortened(text: str, length: int) -> str:
    """Cut a text to at most `length` characters, marked by dots."""
    return text if len(text) <= length else f"{text[: length - 3]}..."


def _cell(text: str, width: int) -> str:
    colour = COLOURS.get(text)
    return (click.style(text, fg=colour) if colour else text) + " " * (width - len(text))


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).rstrip()


def _tree_rows(branch: Branch, *, lead: str, stem: str) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [(f"{lead}{branch.cells[0]}", *branch.cells[1:])]
    for child in branch.children:
        last = child is branch.children[-1]
        rows += _tree_rows(child, lead=f"{stem}{'└─' if last else '├─'}", stem=f"{stem}{'  ' if last else '│ '}")
    return rows
