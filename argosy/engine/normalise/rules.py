"""Which differences do not count: the application's `ignoreDifferences`, those of the settings, and the shipped ones.

Every rule says where it comes from, so that a difference that it hides can be shown with it. Made by
`normalise.rules_for`; looked into by the steps of `normalise`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from argosy.engine.globs import matches
from argosy.engine.model.application import IgnoreDifference
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey, key_of, kind_of
from argosy.engine.normalise import shipped
from argosy.engine.normalise.questions import JqAnswer
from argosy.engine.normalise.shipped import Shipped
from argosy.engine.tracking import Tracking

StatusField = Literal["all", "crd", "none"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Fields that do not count in some objects; `origin` says in words whose rule it is."""

    origin: str
    about: IgnoreDifference


@dataclass(frozen=True, slots=True)
class KnownType:
    """A field that Kubernetes has a type for, in objects of a kind: `spec.template.spec` is a `core/v1/PodSpec`."""

    kind: GroupKind
    field: tuple[str, ...]
    type: str


@dataclass(frozen=True, slots=True)
class OfKind:
    """The rules, known types and shipped rules that are about one kind."""

    rules: tuple[Rule, ...]
    known_types: tuple[KnownType, ...]
    shipped: tuple[Shipped, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is left out of a comparison.

    `ignore` are the application's own, `system` those of the settings; `ignore_status` is
    `resource.compareoptions.ignoreResourceStatusField`, `tracking` how ownership is marked. `answers` are what jq said,
    by the question's identity; they are no part of what the rules are.
    """

    ignore: tuple[IgnoreDifference, ...] = ()
    ignore_status: StatusField = "all"
    ignore_aggregated_roles: bool = False
    system: tuple[Rule, ...] = ()
    known_types: tuple[KnownType, ...] = ()
    shipped: tuple[Shipped, ...] = shipped.TABLE
    tracking: Tracking = field(default_factory=Tracking)
    answers: Mapping[str, JqAnswer] = field(default_factory=dict[str, JqAnswer], compare=False, repr=False)
    _by_kind: dict[GroupKind, OfKind] = field(
        default_factory=dict[GroupKind, OfKind], init=False, compare=False, repr=False
    )

    def about(self, manifest: Manifest) -> tuple[Rule, ...]:
        """Return the rules about an object: the settings' first, then the application's, each in their order.

        Group and kind of a rule are globs, name and namespace exact if given (3.10).
        """
        rules = self.of_kind(kind_of(manifest)).rules
        if not rules:
            return rules
        key = key_of(manifest)
        return tuple(rule for rule in rules if _names(rule.about, key))

    def of_kind(self, kind: GroupKind) -> OfKind:
        """Return what there is to say of a kind; found once."""
        found = self._by_kind.get(kind)
        if found is None:
            found = self._by_kind[kind] = OfKind(
                tuple(rule for rule in self._all() if _covers(rule.about, kind)),
                tuple(each for each in self.known_types if each.kind == kind),
                tuple(each for each in self.shipped if kind in each.kinds),
            )
        return found

    def managers(self, manifest: Manifest) -> frozenset[str]:
        """Return the field managers whose fields do not count in this object."""
        return frozenset(name for rule in self.about(manifest) for name in rule.about.managed_fields_managers)

    def knowing(self, answers: Mapping[str, JqAnswer]) -> "Rules":
        """Return the same rules with these answers of jq; who asks keeps them, and they may grow meanwhile."""
        return replace(self, answers=answers)

    def only(self, chosen: Rule | Shipped | None) -> "Rules":
        """Return these rules with one of them alone, or with none; what is no rule of anybody's stays."""
        return replace(
            self,
            ignore=(),
            system=(chosen,) if isinstance(chosen, Rule) else (),
            shipped=(chosen,) if isinstance(chosen, Shipped) else (),
        )

    def _all(self) -> Iterator[Rule]:
        yield from self.system
        for index, each in enumerate(self.ignore):
            yield Rule(f"the application's ignoreDifferences[{index}]", each)


def _covers(rule: IgnoreDifference, kind: GroupKind) -> bool:
    return matches(rule.group, kind.group) and matches(rule.kind, kind.kind)


def _names(rule: IgnoreDifference, key: ResourceKey) -> bool:
    return rule.name in ("", key.name) and rule.namespace in ("", key.namespace)
