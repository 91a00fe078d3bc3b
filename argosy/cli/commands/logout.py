"""`argosy logout`: end a sign-in, on the server and in the local config."""

import click

from argosy.cli import config, connection
from argosy.cli.client import Client
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.cli.printing import note, say


@click.command()
@click.argument("name", metavar="CONTEXT")
@click.pass_obj
def command(options: Globals, name: str) -> None:
    """Log out of a context; the server is told, the token is forgotten."""
    kept = config.read(config.path_of(options))
    context = kept.context(name) or kept.context_of_server(name)
    if not context:
        raise CommandError(
            f"context {name!r} is not in {config.path_of(options)}", advice="Run: argosy context, to see which are."
        )
    if context.token:
        try:
            with Client(connection.connect(options, context.server, token=context.token)) as client:
                client.delete("/api/v1/session")
        except CommandError as error:
            note(f"warning: the server was not told: {error.message}")
    config.write(config.path_of(options), kept.without_token(context.name))
    say(f"Logged out from '{context.name}'")
