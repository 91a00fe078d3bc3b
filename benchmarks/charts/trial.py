"""Sync a project by the controller, and say what it finds to differ right after, and again later.

Right after a sync nobody has edited anything: a difference is one that Git's objects and the cluster's controllers make
between them, and what a person would call false.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import house

from app_controller.fenced import Fenced
from app_controller.outside import PROJECTS
from app_controller.queue import ApplicationKey
from argosy.engine import diff
from argosy.engine.judged import Judged
from argosy.engine.model.resource import Manifest, ResourceKey, key_of
from argosy.gateways.kubernetes.port import ApiResource, Cluster

_PATIENCE = 60.0
_PROJECT = "charts"
_OVER = ("Succeeded", "Failed", "Error")


class Counting(Fenced):
    """Counts the dry runs, object by object; the controller asks them for comparisons only."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster, lambda: None)
        self.asked: Counter[ResourceKey] = Counter()

    async def apply(self, resource: ApiResource, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """See `port.Cluster`."""
        if dry_run:
            self.asked[key_of(manifest)] += 1
        return await super().apply(resource, manifest, dry_run=dry_run)


@dataclass(frozen=True)
class Seen:
    """What the controller says of a project at one moment: how many objects, and which are not as they should be."""

    objects: int
    differing: tuple[Judged, ...]

    @property
    def figure(self) -> str:
        """How many are OutOfSync, and Unknown if any is."""
        codes = Counter(each.sync_code for each in self.differing)
        return f"{codes['OutOfSync']}" + (f" ({codes['Unknown']} Unknown)" if codes["Unknown"] else "")


@dataclass
class Trial:
    """A project under way; `phase` is how its sync ended, `message` why if not well."""

    name: str
    key: ApplicationKey
    asked: Counter[ResourceKey] = field(default_factory=Counter[ResourceKey])
    phase: str = ""
    message: str = ""
    after: Seen = Seen(0, ())
    later: Seen = Seen(0, ())


async def permit(opened: house.House) -> None:
    """Create the project of the applications, which may have every kind everywhere."""
    spec = {
        "sourceRepos": ["*"],
        "destinations": [{"server": "*", "namespace": "*"}],
        "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
    }
    kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject"}
    metadata = {"name": _PROJECT, "namespace": house.NAMESPACE}
    await opened.cluster.create(PROJECTS, {**kind, "metadata": metadata, "spec": spec})


async def install(opened: house.House, name: str, cluster: Counting) -> Trial:
    """Sync a project whose folder has its name, and look at it."""
    before = cluster.asked.copy()
    spec: Mapping[str, Any] = {
        "project": _PROJECT,
        "destination": {"server": "https://kubernetes.default.svc", "namespace": name},
        "syncPolicy": {"automated": {}, "syncOptions": ["CreateNamespace=true", "ServerSideApply=true"]},
    }
    trial = Trial(name, await opened.create(name, name, **spec))
    try:
        async with asyncio.timeout(_PATIENCE):
            while _state(opened, trial.key).get("phase") not in _OVER:
                await asyncio.sleep(0.05)
    except TimeoutError:
        pass
    await rest(opened)
    state = _state(opened, trial.key)
    trial.phase, trial.message = state.get("phase", ""), _message(state)
    trial.after = look(opened, trial.key)
    trial.asked = cluster.asked - before
    return trial


async def rest(opened: house.House) -> None:
    """Wait until the controller has had nothing to do for a moment."""
    queue, idle = opened.work.queue, 0
    async with asyncio.timeout(_PATIENCE):
        while idle < 10:
            await asyncio.sleep(0.05)
            idle = 0 if len(queue) or queue._busy else idle + 1  # noqa: SLF001  (the only way to see it)


def look(opened: house.House, key: ApplicationKey) -> Seen:
    """Return what the controller holds of an application's objects now."""
    compared = opened.work.compared(key)
    judged: Sequence[Judged] = () if compared is None else tuple(compared.comparison.judged)
    return Seen(len(judged), tuple(each for each in judged if each.sync_code != "Synced"))


def _state(opened: house.House, key: ApplicationKey) -> Mapping[str, Any]:
    return ((opened.work.watched.raw(key) or {}).get("status") or {}).get("operationState") or {}


def _message(state: Mapping[str, Any]) -> str:
    """Return why a sync did not go well: its message, and those of the objects that failed."""
    objects = (state.get("syncResult") or {}).get("resources") or ()
    failed = [
        f"{each['kind']} {each['name']}: {each.get('message')}"
        for each in objects
        if each.get("status") == "SyncFailed"
    ]
    return "" if state.get("phase") == "Succeeded" else "; ".join([state.get("message", ""), *failed[:5]])


def described(each: Judged) -> Iterable[str]:
    """Yield what is wrong with an object, line by line."""
    match each.verdict:
        case diff.Changed(fields):
            yield f"{each.key}: " + ("; ".join(map(_field, fields)) or "the API server refuses it")
        case diff.Unknown(reason):
            yield f"{each.key}: {reason}"
        case verdict:
            yield f"{each.key}: {type(verdict).__name__}"


def _field(change: diff.FieldChange) -> str:
    owner = "" if change.owner is None else f" ({change.owner})"
    return f"{change.path}: {str(change.live)[:60]!r} -> {str(change.desired)[:60]!r}{owner}"
