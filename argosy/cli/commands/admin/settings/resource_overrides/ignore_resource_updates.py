"""`argosy admin settings resource-overrides ignore-resource-updates`: which fields may change unnoticed."""

import click

from argosy.cli.commands.admin.settings.resource_overrides import options as shared
from argosy.cli.global_options import Globals


@click.command()
@shared.resource
@click.pass_obj
def command(options: Globals, resource_file: str, *, argocd_cm_path: str | None) -> None:
    """Show which fields of a resource may change without being looked at."""
    from argosy.cli.commands.admin.settings.resource_overrides import ignored  # noqa: PLC0415  heavy
    from argosy.engine.normalise import Rules  # noqa: PLC0415

    ignored.show(
        options,
        resource_file,
        argocd_cm_path,
        name="ignoreResourceUpdates",
        rules=lambda settings: Rules(system=settings.customisations.ignored_updates),
    )
