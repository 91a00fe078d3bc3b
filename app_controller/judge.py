"""Pairs -> verdicts, each made once: remembered until one of the two sides, or a rule, changes. Called by `compare`.

Where the two objects alone do not settle it, the API server is asked by a dry run of the apply, and its answer is
remembered for as long as what counts of both sides stays the same (a status that moves asks nothing again).
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app_controller.observe.cache import ClusterCache, Live
from argosy.engine import diff, managed
from argosy.engine.model.resource import Manifest, ResourceKey, key_of, metadata_of, version_of
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair
from argosy.gateways.kubernetes.errors import ClusterError, Invalid, TooManyRequests, Unreachable
from argosy.gateways.kubernetes.port import ApiResource

_ASK_AT_ONCE = 8
_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Decided:
    """A verdict, with the very objects and rules that it is about."""

    desired: Manifest | None
    live: Manifest | None
    rules: Rules
    verdict: diff.Verdict


@dataclass(frozen=True, slots=True)
class _Answer:
    """A verdict from the server, with what counted of both sides."""

    question: tuple[object, ...]
    verdict: diff.Verdict


@dataclass(slots=True)
class Judge:
    """The memory of one application's verdicts."""

    _decoded: dict[ResourceKey, tuple[str, Manifest]] = field(default_factory=dict)
    _decided: dict[ResourceKey, _Decided] = field(default_factory=dict)
    _answers: dict[ResourceKey, _Answer] = field(default_factory=dict)

    def decoded(self, live: Live) -> Manifest:
        """Return the object as JSON; the same version is decoded once."""
        known = self._decoded.get(live.key)
        if known is None or known[0] != live.resource_version:
            known = (live.resource_version, live.manifest())
            self._decoded[live.key] = known
        return known[1]

    async def verdicts(
        self, pairs: Iterable[Pair], rules: Rules, cache: ClusterCache
    ) -> Mapping[ResourceKey, diff.Verdict]:
        """Return the verdict on each pair; what is no longer among the pairs is forgotten."""
        listed = list(pairs)
        limit = asyncio.Semaphore(_ASK_AT_ONCE)
        found = await asyncio.gather(*(self._verdict(each, rules, cache, limit) for each in listed))
        kept = {each.key for each in listed}
        for memory in (self._decoded, self._decided, self._answers):
            for key in memory.keys() - kept:
                del memory[key]
        return {each.key: verdict for each, verdict in zip(listed, found, strict=True)}

    async def _verdict(self, pair: Pair, rules: Rules, cache: ClusterCache, limit: asyncio.Semaphore) -> diff.Verdict:
        known = self._decided.get(pair.key)
        if known and known.desired is pair.desired and known.live is pair.live and known.rules == rules:
            return known.verdict
        verdict = diff.compare(pair, rules)
        if isinstance(verdict, diff.AskServer):
            async with limit:
                verdict = await self._ask(pair, rules, cache)
        if not isinstance(verdict, diff.Unknown):
            self._decided[pair.key] = _Decided(pair.desired, pair.live, rules, verdict)
        return verdict

    async def _ask(self, pair: Pair, rules: Rules, cache: ClusterCache) -> diff.Verdict:
        assert pair.desired is not None
        assert pair.live is not None
        question = (*diff.comparable(pair.desired, pair.live, rules), managed.applied_by_us(pair.live), rules)
        answer = self._answers.get(pair.key)
        if answer is None or answer.question != question:
            verdict = await _ask_server(pair, rules, cache)
            if isinstance(verdict, diff.Unknown):
                return verdict
            answer = _Answer(question, verdict)
            self._answers[pair.key] = answer
        return answer.verdict


async def _ask_server(pair: Pair, rules: Rules, cache: ClusterCache) -> diff.Verdict:
    """Return the verdict after a dry run of the apply; a server that refuses it leaves us our own guess."""
    assert pair.desired is not None
    assert pair.live is not None
    resource = cache.resource_for(pair.key.group_kind, version=version_of(pair.desired))
    if resource is None:
        return diff.Unknown(f"the destination does not serve {pair.desired.get('apiVersion')} {pair.key.kind}")
    try:
        predicted, live = await _both_sides(pair.desired, pair.live, resource, cache)
        return diff.confirm(Pair(pair.key, pair.desired, live), predicted, rules)
    except Invalid:
        return diff.guess(pair, rules)
    except (Unreachable, TooManyRequests) as error:
        return diff.Unknown(str(error))
    except ClusterError as error:
        return diff.Unknown(f"{pair.key} could not be compared: {error}")


async def _both_sides(
    desired: Manifest, live: Manifest, resource: ApiResource, cache: ClusterCache
) -> tuple[Manifest, Manifest]:
    """Return what an apply would make of the object, and the object that this was said of.

    It may be newer than the one that is held, and then what others changed meanwhile would look like ours. A dry run
    answers in the version that was asked for, with the resource version of the stored object.
    """
    key = key_of(desired)
    for _ in range(_TRIES):
        predicted = await cache.cluster.apply(resource, desired, dry_run=True)
        if _stored(predicted) != _stored(live):
            live = await cache.cluster.get(resource, key.name, namespace=key.namespace)
        if _stored(predicted) == _stored(live):
            return predicted, live
    raise Unreachable(f"{key} kept changing while it was compared")


def _stored(manifest: Manifest) -> tuple[object, object]:
    return manifest.get("apiVersion"), metadata_of(manifest).get("resourceVersion")
