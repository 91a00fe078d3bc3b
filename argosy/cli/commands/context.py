"""`argosy context`: show the servers one has logged in to, switch between them, forget one."""

import click

from argosy.cli import config
from argosy.cli.command import flag
from argosy.cli.config import LocalConfig
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.cli.printing import say, table


@click.command()
@click.argument("name", required=False, metavar="[CONTEXT]")
@flag("--delete", explain="Forget the context instead of switching to it")
@click.pass_obj
def command(options: Globals, name: str | None, *, delete: bool) -> None:
    """Switch to another server; without a name, list them."""
    kept = config.read(config.path_of(options))
    if not name:
        _list(kept)
    elif not kept.context(name):
        known = ", ".join(context.name for context in kept.contexts()) or "none"
        raise CommandError(f"context {name!r} is not in {config.path_of(options)}", advice=f"Known contexts: {known}.")
    elif delete:
        config.write(config.path_of(options), kept.without_context(name))
        say(f"Context '{name}' deleted")
    elif name == kept.current:
        say(f"Already at context '{name}'")
    else:
        config.write(config.path_of(options), kept.with_current(name))
        say(f"Switched to context '{name}'")


def _list(kept: LocalConfig) -> None:
    if not kept.contexts():
        raise CommandError("no server is known", advice="Run: argosy login SERVER")
    rows = (
        ("*" if context.name == kept.current else "", context.name, context.server.address)
        for context in kept.contexts()
    )
    table(("CURRENT", "NAME", "SERVER"), rows)
