"""`argosy app unset`: take back overrides of an application's source."""

from collections.abc import Callable
from typing import Any

import click

from argosy.cli import applications, client
from argosy.cli.command import flag, show_help, texts, variable
from argosy.cli.commands.app.options import app_namespace, source_position
from argosy.cli.global_options import Globals
from argosy.cli.spec.apply import choose_source, source_of, with_source
from argosy.cli.spec.unset import FLAGS, LISTS, unset


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for name, (_, explain) in reversed([*FLAGS.items()]):
        function = flag(name, explain=explain)(function)
    for name, field in reversed([*LISTS.items()]):
        names = (name, "-p") if name == "--parameter" else (name,)
        function = texts(*names, explain=field.explain)(function)
    return function


@click.command()
@click.argument("name", metavar="APPNAME")
@_options
@source_position()
@app_namespace()
@click.pass_obj
def command(options: Globals, name: str, **given: Any) -> None:
    """Take back what was set."""
    if not any(given[variable(option)] for option in (*FLAGS, *LISTS)):
        show_help("Please name at least one thing to unset.")
    wanted = applications.parse(name, given["app_namespace"])
    with client.connect(options) as connected:
        spec = applications.fetch(connected, wanted)["spec"]
        at = choose_source(spec, position=given["source_position"], name=given["source_name"])
        source = source_of(spec, at)
        changed = unset(source, given)
        if changed != source:
            connected.put(wanted.path("spec"), with_source(spec, changed, at=at), wanted.parameters())
