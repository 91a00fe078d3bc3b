"""Live objects -> what an application's tree shows of them, made once for each version of an object. Called by `trees`.

Health by users' scripts is asked for all objects of a tree together, once the tree is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from msgspec import structs

from app_controller.observe.cache import Live
from app_controller.recall import Recall
from argosy.engine import health, tree
from argosy.engine.health import Health, Policy
from argosy.engine.model.application import HealthStatus
from argosy.engine.model.resource import Manifest, ResourceKey
from argosy.engine.tree import Described, Found, Shown, View, hosts


class Healths(Protocol):
    """Tells the health of objects, by users' scripts too."""

    async def healths(self, manifests: Sequence[Manifest], policy: Policy) -> list[Health | None]:
        """Return the health of live objects, in their order."""
        ...


class BuiltIn:
    """Judges as if there were no scripts."""

    async def healths(self, manifests: Sequence[Manifest], policy: Policy) -> list[Health | None]:
        """See `Healths.healths`."""
        without = replace(policy, scripts=())
        return [health.assess(manifest, without) for manifest in manifests]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is shown of an object depends on these, and on itself."""

    shown: Shown
    policy: Policy


class Painter:
    """Makes what is shown of live objects under the same terms, and remembers it."""

    def __init__(self, terms: Terms, healths: Healths) -> None:
        self.terms = terms
        self._healths = healths
        self._scripted: list[Found] = []
        self._usual = View(lambda manifest: health.assess(manifest, terms.policy), terms.shown)
        self._unjudged = View(_not_yet, terms.shown)
        self.describe: Recall[Found, Described] = Recall(self._described)
        self.load: Recall[Live, hosts.Load] = Recall(lambda live: hosts.load_of(live.key, live.manifest()))
        self.machine: Recall[Live, hosts.Machine] = Recall(lambda live: hosts.machine_of(live.manifest(), terms.shown))

    def turn(self) -> None:
        """Forget what was not asked for since the last turn."""
        for recall in (self.describe, self.load, self.machine):
            recall.turn()

    async def judge(self) -> Mapping[ResourceKey, Described]:
        """Have the scripts judge what they have not judged yet; return what is shown of that now."""
        things, self._scripted = self._scripted, []
        if not things:
            return {}
        answers = await self._healths.healths([thing.manifest() for thing in things], self.terms.policy)
        found: dict[ResourceKey, Described] = {}
        for thing, answer in zip(things, answers, strict=True):
            described = found[thing.key] = _with_health(self.describe(thing), answer)
            self.describe.put(thing, described)
        return found

    def _described(self, thing: Found) -> Described:
        manifest = thing.manifest()
        if health.question(manifest, self.terms.policy) is None:
            return tree.describe(thing.key, manifest, self._usual)
        self._scripted.append(thing)
        return tree.describe(thing.key, manifest, self._unjudged)


def _not_yet(manifest: Manifest) -> None:
    """Leave the health open."""
    del manifest


def _with_health(described: Described, verdict: Health | None) -> Described:
    shown = None if verdict is None else HealthStatus(verdict.status, verdict.message)
    return replace(described, node=structs.replace(described.node, health=shown))
