"""`argosy admin settings resource-overrides list-actions`: which actions the settings define for a resource."""

import click

from argosy.cli.commands.admin.settings.resource_overrides import options as shared
from argosy.cli.global_options import Globals
from argosy.cli.printing import table


@click.command()
@shared.resource
@click.pass_obj
def command(options: Globals, resource_file: str, *, argocd_cm_path: str | None) -> None:
    """List the actions that a resource can have, and which of them make no sense just now."""
    from argosy.cli.offline import objects, overrides  # noqa: PLC0415  heavy

    settings = overrides.needed_settings_in(argocd_cm_path)
    found = overrides.actions(objects.only_one(resource_file), settings, options.environment)
    table(("NAME", "DISABLED"), [(each.name, str(each.disabled).lower()) for each in found])
