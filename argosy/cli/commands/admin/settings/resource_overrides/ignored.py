"""Prints which fields of a resource some rules leave out. Called by the two commands that differ in the rules alone."""

from collections.abc import Callable

from argosy.cli.global_options import Globals
from argosy.cli.printing import say
from argosy.engine.normalise import Rules
from argosy.engine.settings import Settings


def show(options: Globals, file: str, path: str | None, *, name: str, rules: Callable[[Settings], Rules]) -> None:
    """Print the fields of the resource in `file` that the rules leave out; `name` is that of the setting."""
    from argosy.cli import difference_forms  # noqa: PLC0415  heavy
    from argosy.cli.offline import objects, overrides  # noqa: PLC0415
    from argosy.engine.model.resource import key_of  # noqa: PLC0415

    settings, manifest = overrides.needed_settings_in(path), objects.only_one(file)
    key, applying = key_of(manifest), rules(settings)
    if not applying.about(manifest):
        say(f"No overrides configured for '{key.group}/{key.kind}': {name} says nothing of it")
        return
    seconds = settings.customisations.jq_seconds
    left = overrides.without_ignored(manifest, applying, options.environment, seconds=seconds)
    if left == manifest:
        say(f"No fields are ignored by {name} settings:")
        for rule in applying.about(manifest):
            say(f"  {rule.origin}")
        return
    say("Following fields are ignored:\n")
    difference_forms.unified(difference_forms.Sides(key.name, manifest, left, None), options.environment)
