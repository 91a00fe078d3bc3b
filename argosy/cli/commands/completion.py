"""`argosy completion`: print what a shell needs to complete Argosy's commands."""

import click
from click.shell_completion import get_completion_class

from argosy.cli.printing import say


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print a completion script; for bash: source <(argosy completion bash)."""
    completion = get_completion_class(shell)
    if completion:
        say(completion(context.find_root().command, {}, "argosy", "_ARGOSY_COMPLETE").source())
