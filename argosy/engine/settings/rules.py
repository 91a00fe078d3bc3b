"""The settings and an application's spec -> the rules that a comparison, or an event, is looked at by."""

from collections.abc import Iterable

from argosy.engine.model.application import IgnoreDifference
from argosy.engine.normalise import Rule, Rules, shipped
from argosy.engine.settings.snapshot import Settings

_NEVER_COUNT = Rule(
    "always",
    IgnoreDifference(
        "*", "*", json_pointers=("/metadata/resourceVersion", "/metadata/generation", "/metadata/managedFields")
    ),
)
"""What every write to an object changes (3.36)."""


def rules_for(settings: Settings, ignore: Iterable[IgnoreDifference] = ()) -> Rules:
    """Return what does not count when the objects of an application are compared; `ignore` is of its spec (3.13)."""
    said = settings.customisations
    return Rules(
        ignore=tuple(ignore),
        ignore_status=settings.compare.ignore_status,
        ignore_aggregated_roles=settings.compare.ignore_aggregated_roles,
        system=said.ignored,
        known_types=said.known_types,
        shipped=shipped.TABLE if said.shipped else (),
    )


def update_rules(settings: Settings) -> Rules:
    """Return what does not count when an event is looked at (3.36), for `updates.matters`.

    With `ignoreDifferencesOnResourceUpdates` (3.9) that is also what does not count in a comparison, status among it.
    """
    said, compare = settings.customisations, settings.compare
    also = compare.ignore_difference_on_resource_update
    return Rules(
        ignore_status=compare.ignore_status if also else "none",
        system=(_NEVER_COUNT, *said.ignored_updates, *(said.ignored if also else ())),
        shipped=(),
    )
