"""`argosy admin settings resource-overrides health`: how a resource is."""

import click

from argosy.cli.commands.admin.settings.resource_overrides import options as shared
from argosy.cli.global_options import Globals
from argosy.cli.printing import say


@click.command()
@shared.resource
@click.pass_obj
def command(options: Globals, resource_file: str, *, argocd_cm_path: str | None) -> None:
    """Say how a resource is, by its health script or the built-in check."""
    from argosy.cli.offline import objects, overrides  # noqa: PLC0415  heavy
    from argosy.engine.model.resource import key_of  # noqa: PLC0415

    policy = overrides.needed_settings_in(argocd_cm_path).customisations.health
    manifest = objects.only_one(resource_file)
    (found,) = overrides.healths([manifest], policy, options.environment)
    if found is None:
        kind = key_of(manifest).group_kind
        say(f"Health script is not configured for '{kind.group}/{kind.kind}'")
        return
    say(f"STATUS: {found.status}")
    say(f"MESSAGE: {found.message}")
