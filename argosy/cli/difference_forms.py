"""How a difference between two manifests is shown: unified, field by field, or side by side.

Comes in: the manifest as it is and as it would be. Goes out: lines on standard output. Called by `differences`,
for the server's answers and for files alike.
"""

import difflib
import itertools
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click

from argosy.cli.command import flag
from argosy.cli.errors import CommandError
from argosy.cli.external_diff import EXTERNAL_DIFF, compare
from argosy.cli.printing import say
from argosy.wire import yaml_text

Manifest = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Sides:
    """A manifest as it is compared and as it would be, and as the API server holds it (with who owns what)."""

    name: str
    before: Manifest
    after: Manifest
    live: Manifest


Form = Callable[[Sides, Mapping[str, str]], None]
"""What prints a difference, given the environment of the call."""

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
_MIDDLE = {"equal": "   ", "replace": " | ", "delete": " < ", "insert": " > "}
_LEAST_WIDTH = 60
_LONGEST_VALUE = 200


def options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the options that choose a form."""
    side = flag("--side-by-side", explain="Show both sides beside each other")
    return flag("--fields", explain="Show each field that differs, and who owns its live value")(side(function))


def chosen(given: Mapping[str, Any]) -> Form:
    """Return the form that the options name; raises `CommandError` if they name two."""
    if given["fields"] and given["side_by_side"]:
        raise CommandError("--fields and --side-by-side are two forms of one answer: choose one")
    return fields if given["fields"] else side_by_side if given["side_by_side"] else unified


def unified(sides: Sides, environment: Mapping[str, str]) -> None:
    """Print a unified difference, live with - and wanted with +, or what the user's own diff program says."""
    before, after, program = _text(sides.before), _text(sides.after), environment.get(EXTERNAL_DIFF)
    if program:
        compare(before, after, command=program, name=sides.name)
        return
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), "live", "desired", lineterm=""):
        colour = _COLOURS.get(line[0])
        say(click.style(line, fg=colour) if colour else line)


def fields(sides: Sides, environment: Mapping[str, str]) -> None:
    """Print a line for each field that differs: its path, both values, and who owns the live one since when."""
    del environment
    for line in _field_lines(sides):
        say(line)


def side_by_side(sides: Sides, environment: Mapping[str, str]) -> None:
    """Print both manifests beside each other, as wide as the terminal: what differs is marked between them."""
    del environment
    left, right = _text(sides.before).splitlines(), _text(sides.after).splitlines()
    width = (max(shutil.get_terminal_size((160, 24)).columns, _LEAST_WIDTH) - 3) // 2
    for what, begin, end, start, stop in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for one, other in itertools.zip_longest(left[begin:end], right[start:stop]):
            mark = _MIDDLE["delete" if other is None else "insert" if one is None else what]
            line = f"{_cut(one or '', width):<{width}}{mark}{_cut(other or '', width)}".rstrip()
            say(line if what == "equal" else click.style(line, fg="yellow"))


def _field_lines(sides: Sides) -> Iterator[str]:
    from argosy.engine.diff import fields as differing  # noqa: PLC0415  heavy

    if sides.before is None or sides.after is None:
        yield "not there" if sides.before is None else "no longer wanted"
        return
    for change in differing.owned(differing.between(sides.before, sides.after), sides.live or {}):
        values = (_value(each, is_there=each is not differing.ABSENT) for each in (change.live, change.desired))
        owner = change.owner
        wrote = {"Apply": "applied", "Update": "updated"}.get(owner.operation, owner.operation) if owner else ""
        by = f"  ({wrote} by {owner.manager}, {owner.since})" if owner else ""
        yield f"{change.path}: {' -> '.join(values)}{by}"


def _text(manifest: Manifest) -> str:
    """Return a manifest as it is shown: nothing for one that is not there."""
    return "" if manifest is None else yaml_text.dump(manifest)


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _value(value: Any, *, is_there: bool) -> str:
    if not is_there:
        return "(nothing)"
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= _LONGEST_VALUE else f"{written[:_LONGEST_VALUE]}…"
