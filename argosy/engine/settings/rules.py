"""The settings and an application's spec -> the rules that a comparison is made by."""

from collections.abc import Iterable

from argosy.engine.model.application import IgnoreDifference
from argosy.engine.normalise import Rules, shipped
from argosy.engine.settings.snapshot import Settings


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
        tracking=settings.tracking,
    )
