"""`argosy app set`: change an application's spec by options."""

from typing import Any

import click

from argosy.cli import applications, client
from argosy.cli.command import flag, show_help
from argosy.cli.commands.app.options import app_namespace, source_position, spec_options
from argosy.cli.global_options import Globals
from argosy.cli.spec.apply import TheSource, apply, choose_source, was_given
from argosy.cli.spec.options import OfSource, all_options


@click.command()
@click.argument("name", metavar="APPNAME")
@source_position()
@flag("--validate", explain="Check the source and the destination", default=True)
@app_namespace()
@spec_options
@click.pass_obj
def command(options: Globals, name: str, **given: Any) -> None:
    """Change an application."""
    changes = [option.change for option in all_options() if was_given(given, option)]
    if not changes:
        show_help("Please set at least one option to update.")
    wanted = applications.parse(name, given["app_namespace"])
    with client.connect(options) as connected:
        spec = applications.fetch(connected, wanted)["spec"]
        at = TheSource()
        if any(isinstance(change, OfSource) for change in changes):
            at = choose_source(spec, position=given["source_position"], name=given["source_name"])
        changed = apply(spec, given, at=at)
        connected.put(wanted.path("spec"), changed, wanted.parameters(validate=given["validate"]))
