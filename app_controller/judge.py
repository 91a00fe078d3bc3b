"""One object -> its verdict and health, made once: kept until one of the two sides, or a rule, changes.

Users' scripts are asked first, where they have a say. Where the two objects alone do not settle it, the API server is
asked by a dry run of the apply, and its answer is remembered for as long as what counts of both sides stays the same (a
status that moves asks nothing again). Called by `compare`.
"""

import asyncio
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import orjson

from app_controller.answers import Answers
from app_controller.observe.cache import ClusterCache, Live
from argosy.engine import diff, managed, normalise, permits
from argosy.engine.diff import Strategy
from argosy.engine.diff.schema import UNREAD, Schema
from argosy.engine.health import Health, LuaHealth, Policy
from argosy.engine.judged import Judged, judge
from argosy.engine.model.project import Project
from argosy.engine.model.resource import Manifest, ResourceKey, key_of, metadata_of, version_of
from argosy.engine.normalise import Rules
from argosy.engine.packed import Packed
from argosy.engine.pairing import Pair
from argosy.gateways.kubernetes.errors import ClusterError, Invalid, TooManyRequests, Unreachable
from argosy.gateways.kubernetes.port import ApiResource

_ASK_AT_ONCE = 8
_TOGETHER = 256
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Basis:
    """What verdicts rest on besides the two objects: while it is equal, they stand."""

    instance: str
    cache: ClusterCache
    project: Project
    destination: tuple[str, str]
    """The address and the name of the destination."""
    rules: Rules
    policy: Policy
    answers: Answers
    """What users' scripts say; the rules are informed by them."""
    jq_seconds: float
    served: tuple[ApiResource, ...]
    strategy: Strategy
    edition: int
    """Which schemas the verdicts were made from."""

    def resource(self, pair: Pair) -> ApiResource | None:
        """Return how the destination serves the kind in the version that is wanted; None if it does not."""
        version = "" if pair.desired is None else version_of(pair.desired)
        return self.cache.resource_for(pair.key.group_kind, version=version)

    def schema(self, pair: Pair) -> Schema:
        """Return the schema of the kind in the version that is wanted, as far as it was read."""
        resource = self.resource(pair)
        return (self.cache.schemas.known(resource) if resource is not None else None) or UNREAD

    async def read_schema(self, pair: Pair) -> None:
        """Have the schema read, if it was not yet."""
        resource = self.resource(pair)
        if resource is not None and pair.desired is not None and pair.live is not None:
            await self.cache.schemas.of(resource)

    def refusal(self, key: ResourceKey) -> str | None:
        """Return why the project does not permit the object, None if it does."""
        resource = self.cache.resource_for(key.group_kind)
        namespaced = bool(key.namespace) if resource is None else resource.namespaced
        server, name = self.destination
        return permits.refusal(self.project, key, namespaced=namespaced, server=server, name=name)


@dataclass(frozen=True, slots=True)
class Sides:
    """An object as it should be and as it is, at rest; at most one of the two is missing.

    `applied` is the receipt of our last apply to this very object, empty if there is none.
    """

    key: ResourceKey
    desired: Packed | None
    live: Live | None
    applied: str = ""

    def pair(self) -> Pair:
        """Return both sides, decoded."""
        desired = None if self.desired is None else self.desired.manifest()
        return Pair(self.key, desired, None if self.live is None else self.live.manifest())


@dataclass(frozen=True, slots=True)
class _Answer:
    """A verdict from the server, with the digest of what counted of both sides."""

    question: bytes
    verdict: diff.Verdict


@dataclass(slots=True)
class Judge:
    """The server's answers about one application's objects."""

    _answers: dict[ResourceKey, _Answer] = field(default_factory=dict[ResourceKey, _Answer])
    _limit: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_ASK_AT_ONCE))

    def settle(self, sides: Sides, basis: Basis, before: Judged | None) -> Judged | None:
        """Return the judgement that needs no question: the one `before` if it stands, else a new one; None to `ask`."""
        stale = basis.cache.doubt(sides.key)
        if before is not None and stale is None and _stands(before, sides):
            return before
        pair, answers = sides.pair(), basis.answers
        found = None if pair.live is None else answers.health(pair.live, basis.policy)
        if isinstance(found, LuaHealth):
            return None
        if stale is not None:
            return _judged(pair, diff.Unknown(stale), found, sides, basis)
        verdict = answers.decided(lambda: self._verdict(pair, sides.applied, basis))
        if verdict is None or isinstance(verdict, diff.AskServer):
            return None
        return _judged(pair, verdict, found, sides, basis)

    async def ask(self, sides: Sequence[Sides], basis: Basis) -> list[Judged]:
        """Return the judgements that take a question: to users' scripts, about all together, or to the API server."""
        judged: list[Judged] = []
        for start in range(0, len(sides), _TOGETHER):
            some = sides[start : start + _TOGETHER]
            await _ask_scripts([each.pair() for each in some], basis)
            judged += await asyncio.gather(*(self._one(each, basis) for each in some))
        return judged

    async def _one(self, sides: Sides, basis: Basis) -> Judged:
        stale = basis.cache.doubt(sides.key)
        async with self._limit:
            pair = sides.pair()
            verdict = diff.Unknown(stale) if stale is not None else await self._decide(pair, sides, basis)
            found = None if pair.live is None else (await basis.answers.healths([pair.live], basis.policy))[0]
        return _judged(pair, verdict, found, sides, basis)

    async def _decide(self, pair: Pair, sides: Sides, basis: Basis) -> diff.Verdict:
        await basis.read_schema(pair)
        decide = basis.answers.decide
        verdict = await decide(lambda: self._verdict(pair, sides.applied, basis), seconds=basis.jq_seconds)
        if not isinstance(verdict, diff.AskServer):
            return verdict
        verdict = await _ask_server(pair, sides.applied, basis)
        if not isinstance(verdict, diff.Unknown):
            self._answers[pair.key] = _Answer(_question(pair, basis.rules), verdict)
        return verdict

    def keep_only(self, keys: Collection[ResourceKey]) -> None:
        """Forget the answers about other objects than these."""
        for key in [each for each in self._answers if each not in keys]:
            del self._answers[key]

    def _verdict(self, pair: Pair, applied: str, basis: Basis) -> diff.Verdict | diff.AskServer:
        verdict = diff.compare(pair, basis.rules, schema=basis.schema(pair), applied=applied, strategy=basis.strategy)
        if not isinstance(verdict, diff.AskServer):
            return verdict
        answer = self._answers.get(pair.key)
        return answer.verdict if answer is not None and answer.question == _question(pair, basis.rules) else verdict


def _stands(before: Judged, sides: Sides) -> bool:
    """Return whether a judgement is still right; what was not known may be known by now."""
    same = before.live is sides.live and before.desired == sides.desired
    unknown = isinstance(before.verdict, diff.Unknown) or (before.health and before.health.status == "Unknown")
    return same and not unknown


async def _ask_scripts(pairs: Sequence[Pair], basis: Basis) -> None:
    """Have users' scripts asked about these objects together, so that what follows finds the answers."""
    answers, live = basis.answers, [pair.live for pair in pairs if pair.live is not None]
    await answers.healths(live, basis.policy)
    both = [side for pair in pairs if pair.desired and pair.live for side in (pair.desired, pair.live)]
    await answers.learn(normalise.questions(both, basis.rules), seconds=basis.jq_seconds)


def _judged(pair: Pair, verdict: diff.Verdict, found: Health | None, sides: Sides, basis: Basis) -> Judged:
    claimant = "" if sides.live is None or sides.live.instance == basis.instance else sides.live.instance
    permitted = basis.refusal(pair.key) is None
    return judge(pair, verdict, found, desired=sides.desired, live=sides.live, claimant=claimant, permitted=permitted)


def _question(pair: Pair, rules: Rules) -> bytes:
    """Return the digest of what the server's answer depends on."""
    assert pair.desired is not None
    assert pair.live is not None
    asked = (*diff.comparable(pair.desired, pair.live, rules), managed.applied_by_us(pair.live))
    return hashlib.blake2b(orjson.dumps(asked), digest_size=16).digest()


async def _ask_server(pair: Pair, applied: str, basis: Basis) -> diff.Verdict:
    """Return the verdict after a dry run of the apply; a server that refuses it leaves us our own guess."""
    assert pair.desired is not None
    assert pair.live is not None
    resource, schema = basis.resource(pair), basis.schema(pair)
    if resource is None:
        return diff.Unknown(f"the destination does not serve {pair.desired.get('apiVersion')} {pair.key.kind}")
    try:
        predicted, live = await _both_sides(pair.desired, pair.live, resource, basis.cache)
        seen = Pair(pair.key, pair.desired, live)
        return await basis.answers.decide(
            lambda: diff.confirm(seen, predicted, basis.rules, schema=schema, strategy=basis.strategy),
            seconds=basis.jq_seconds,
        )
    except Invalid:
        return await basis.answers.decide(
            lambda: diff.guess(pair, basis.rules, schema=schema, applied=applied), seconds=basis.jq_seconds
        )
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
