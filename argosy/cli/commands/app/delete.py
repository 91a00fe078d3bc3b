"""`argosy app delete`: delete applications, with their resources unless told otherwise."""

import sys
from typing import Any

import click

from argosy.cli import applications, client
from argosy.cli.applications import Name
from argosy.cli.command import flag, names, text
from argosy.cli.commands.app.ending import await_deletion
from argosy.cli.commands.app.options import app_namespace, selector
from argosy.cli.global_options import Globals
from argosy.cli.printing import say
from argosy.cli.waiting import Conditions
from argosy.cli.watching import Wait


@click.command()
@names("[APPNAME...]", required=False)
@flag("--cascade", explain="Delete the resources too; =false leaves them (default: true)", default=None)
@text("--propagation-policy", "-p", explain="How resources are deleted: foreground or background")
@flag("--yes", "-y", explain="Do not ask")
@flag("--wait", explain="Wait until they are deleted")
@selector()
@app_namespace()
@click.pass_obj
def command(options: Globals, names: tuple[str, ...], **given: Any) -> None:
    """Delete applications and their resources."""
    which = applications.choice(names, selector=given["selector"], namespace=given["app_namespace"])
    with client.connect(options) as connected:
        chosen = applications.chosen(connected, which)
        asks = given["cascade"] is not False and not given["yes"] and sys.stdin.isatty() and sys.stdout.isatty()
        agreed = _agreed(chosen) if asks else chosen
        for name in agreed:
            parameters = name.parameters(cascade=given["cascade"], propagationPolicy=given["propagation_policy"])
            connected.delete(name.path(), parameters)
            if given["wait"]:
                await_deletion(connected, Wait(name=name, conditions=Conditions(deletion=True)))
            say(f"application '{name}' deleted")


def _agreed(chosen: list[Name]) -> list[Name]:
    """Ask for each application; `A` agrees to all that follow."""
    agreed: list[Name] = []
    for index, name in enumerate(chosen):
        question = f"Are you sure you want to delete '{name}' and all its resources? "
        question += "[y/n]" if len(chosen) == 1 else "[y/n/A] where 'A' is to delete all specified apps without asking"
        answer = click.prompt(question, prompt_suffix=" ", default="n", show_default=False)
        if answer in ("A", "a") and len(chosen) > 1:
            return [*agreed, *chosen[index:]]
        if answer.lower() in ("y", "yes"):
            agreed.append(name)
        else:
            say(f"The command to delete '{name}' was cancelled.")
    return agreed
