"""Options that several `app` commands share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from argosy.cli.command import Decorator, flag, number, text, texts
from argosy.cli.spec.options import Kind, SpecOption, all_options

_NO_ALIASES: Mapping[str, str] = {}


def app_namespace() -> Decorator:
    """Declare `-N/--app-namespace`."""
    return text("--app-namespace", "-N", explain="Namespace of the application")


def selector() -> Decorator:
    """Declare `-l/--selector`."""
    return text("--selector", "-l", explain="Choose applications by label: =, ==, !=, in, notin, exists, !exists")


def source_position() -> Decorator:
    """Declare `--source-position` and `--source-name`, for applications with several sources."""
    position = number("--source-position", explain="Which of several sources, counted from 1")
    name = text("--source-name", explain="Which of several sources, by its name")
    return lambda function: position(name(function))


def source_revisions(verb: str) -> Decorator:
    """Declare `--revisions` and `--source-positions`, a revision for each of several sources; `verb` is "Sync to"."""
    revisions = texts("--revisions", explain=f"{verb} this revision, for one of several sources; may be repeated")
    positions = click.option(
        "--source-positions",
        "source_positions",
        multiple=True,
        callback=_positions,
        help="Which source each of --revisions is for, counted from 1, as 1,3; may be repeated",
        metavar="int64Slice",
    )
    return lambda function: revisions(positions(function))


def _positions(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[int, ...]:
    """Read positions; several may stand in one value, with commas between. Raises `click.BadParameter`."""
    words = [word.strip() for value in given for word in value.split(",")]
    wrong = [word for word in words if not word.isdecimal() or not int(word)]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} is no position: they are numbers from 1", ctx=context, param=option)
    return tuple(int(word) for word in words)


def spec_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare every option of the table of `argosy.cli.spec.options`."""
    return declared(all_options())(function)


def declared(options: Sequence[SpecOption], *, aliases: Mapping[str, str] = _NO_ALIASES) -> Decorator:
    """Declare options of that table; `aliases` are more spellings, by the long one."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            more = (aliases[option.names[0]],) if option.names[0] in aliases else ()
            function = _declare(replace(option, names=(*option.names, *more)))(function)
        return function

    return declare


def _declare(option: SpecOption) -> Decorator:
    match option.kind:
        case Kind.TEXT:
            return text(*option.names, explain=option.explain)
        case Kind.TEXTS:
            return texts(*option.names, explain=option.explain)
        case Kind.FLAG:
            return flag(*option.names, explain=option.explain, default=None)
        case Kind.NUMBER:
            return number(*option.names, explain=option.explain)
