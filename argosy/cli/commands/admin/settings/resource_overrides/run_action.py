"""`argosy admin settings resource-overrides run-action`: what an action does to a resource."""

import click

from argosy.cli.command import texts
from argosy.cli.commands.admin.settings.resource_overrides import options as shared
from argosy.cli.global_options import Globals
from argosy.cli.printing import say
from argosy.cli.reading import read_pairs


@click.command()
@shared.resource
@click.argument("action")
@texts("--param", explain="A parameter of the action, as name=value; may be repeated")
@click.pass_obj
def command(
    options: Globals, resource_file: str, action: str, *, argocd_cm_path: str | None, param: tuple[str, ...]
) -> None:
    """Show what an action would change in a resource, and what it would create; nothing is done."""
    from argosy.cli import difference_forms  # noqa: PLC0415  heavy
    from argosy.cli.offline import objects, overrides  # noqa: PLC0415
    from argosy.engine.model.resource import key_of  # noqa: PLC0415
    from argosy.wire import yaml_text  # noqa: PLC0415

    settings, manifest = overrides.needed_settings_in(argocd_cm_path), objects.only_one(resource_file)
    parameters = read_pairs(param, option="--param")
    for result in overrides.run(manifest, action, parameters, settings, options.environment):
        if result.operation == "create":
            say(f"Following resource was created:\n{yaml_text.dump(result.object)}")
        elif result.object == manifest:
            say(f"No fields had been changed by action: \n{action}")
        else:
            say("Following fields have been changed:\n")
            sides = difference_forms.Sides(key_of(manifest).name, manifest, result.object, None)
            difference_forms.unified(sides, options.environment)
