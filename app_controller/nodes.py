"""Live objects -> what an application's tree shows of them, made once for each version of an object. Called by `trees`.

Health by users' scripts is asked for all objects of a tree together, once it is known which they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from msgspec import structs

from app_controller.answers import Answers
from app_controller.observe.cache import Live
from app_controller.recall import Recall
from argosy.engine import health, redact, tree
from argosy.engine.health import Health, Policy
from argosy.engine.model.application import HealthStatus
from argosy.engine.model.resource import Manifest, ResourceKey
from argosy.engine.tree import Described, Found, Shown, View, hosts


@dataclass(frozen=True, slots=True)
class Terms:
    """What is shown of an object depends on these, and on itself."""

    shown: Shown
    policy: Policy
    masked: tuple[str, ...]
    """Annotations of Secrets that are hidden."""


class Painter:
    """Makes what is shown of live objects under the same terms, and remembers it."""

    def __init__(self, terms: Terms, answers: Answers) -> None:
        self.terms = terms
        self._answers = answers
        self._asked: dict[ResourceKey, Found] = {}
        self._usual = View(lambda manifest: health.assess(manifest, terms.policy), terms.shown)
        self._unjudged = View(_not_yet, terms.shown)
        self._described: Recall[Found, Described] = Recall(self._look)
        self.load: Recall[Found, hosts.Load] = Recall(lambda live: hosts.load_of(live.key, live.manifest()))
        self.machine: Recall[Live, hosts.Machine] = Recall(lambda live: hosts.machine_of(live.manifest(), terms.shown))

    def describe(self, thing: Found) -> Described:
        """Return what is shown of an object; where a script judges it, its health is left to `judge`."""
        if self._is_scripted(thing):
            self._asked[thing.key] = thing
        return self._described(thing)

    async def judge(self) -> Mapping[ResourceKey, Described]:
        """Return what is shown of the objects that scripts judge, now that they have; each time anew.

        The answers are remembered elsewhere: some are tried again after a while.
        """
        things, self._asked = list(self._asked.values()), {}
        if not things:
            return {}
        answers = await self._answers.healths([thing.manifest() for thing in things], self.terms.policy)
        judged = zip(things, answers, strict=True)
        return {thing.key: _with_health(self._described(thing), answer) for thing, answer in judged}

    def turn(self) -> None:
        """Forget what was not asked for since the last turn."""
        for recall in (self._described, self.load, self.machine):
            recall.turn()

    def _is_scripted(self, thing: Found) -> bool:
        policy = self.terms.policy
        return bool(policy.scripts) and policy.script_for(thing.key.group_kind) is not None

    def _look(self, thing: Found) -> Described:
        manifest = thing.manifest()
        if thing.key.group_kind == hosts.POD:
            self.load.put(thing, hosts.load_of(thing.key, manifest))  # the tree's hosts need it next
        (shown,) = redact.hide([manifest], annotations=self.terms.masked)
        return tree.describe(thing.key, shown or manifest, self._unjudged if self._is_scripted(thing) else self._usual)


def _not_yet(manifest: Manifest) -> None:
    """Leave the health open."""
    del manifest


def _with_health(described: Described, verdict: Health | None) -> Described:
    shown = None if verdict is None else HealthStatus(verdict.status, verdict.message)
    return replace(described, node=structs.replace(described.node, health=shown))
