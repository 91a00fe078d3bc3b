"""Which differences do not count, for whom: the application's `ignoreDifferences` and the settings' defaults."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from argosy.engine.model.application import IgnoreDifference
from argosy.engine.model.resource import Manifest, ResourceKey, key_of

StatusField = Literal["all", "crd", "none"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is left out of a comparison; `ignore_status` is `resource.compareoptions.ignoreResourceStatusField`."""

    ignore: tuple[IgnoreDifference, ...] = ()
    ignore_status: StatusField = "all"

    def pointers(self, manifest: Manifest) -> tuple[str, ...]:
        """Return the JSON pointers that do not count in this object."""
        return tuple(pointer for rule in self._about(key_of(manifest)) for pointer in rule.json_pointers)

    def managers(self, manifest: Manifest) -> frozenset[str]:
        """Return the field managers whose fields do not count in this object."""
        return frozenset(name for rule in self._about(key_of(manifest)) for name in rule.managed_fields_managers)

    def _about(self, key: ResourceKey) -> Iterable[IgnoreDifference]:
        return (rule for rule in self.ignore if _matches(rule, key))


def _matches(rule: IgnoreDifference, key: ResourceKey) -> bool:
    """Return whether the rule is about the object: group and kind are globs, name and namespace exact if given."""
    return (
        fnmatchcase(key.group, rule.group)
        and fnmatchcase(key.kind, rule.kind)
        and rule.name in ("", key.name)
        and rule.namespace in ("", key.namespace)
    )
