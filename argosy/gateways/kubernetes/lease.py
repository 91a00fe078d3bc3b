"""One writer at a time: a `coordination.k8s.io` Lease, held with the algorithm of Kubernetes' own components.

The holder's `epoch` is the lease's `leaseTransitions`, one more with each new holder; `check` is asked just before each
write. Built on the port; used by the controller.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from argosy.engine.model.resource import Manifest
from argosy.gateways.kubernetes.errors import (
    AlreadyExists,
    ClusterError,
    Conflict,
    LeaseLost,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)
from argosy.gateways.kubernetes.port import ApiResource, Cluster

LEASES = ApiResource(
    "coordination.k8s.io", "v1", "Lease", "leases", namespaced=True, verbs=frozenset({"get", "create", "update"})
)


class Clock(Protocol):
    """The two readings that a lease needs."""

    def now(self) -> datetime:
        """Return the wall time, aware; written into the lease for people to read, never compared."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back; all decisions are made with it."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """Seconds: others wait `duration`, the holder stops by itself after `deadline` without renewal, tries each `retry`.

    `deadline` is shorter than `duration`, so the old holder has stopped before the next one starts.
    """

    duration: float = 15.0
    deadline: float = 10.0
    retry: float = 2.0


USUAL = Terms()


@dataclass(frozen=True, slots=True)
class _Seen:
    """The lease as it was last read, and when it was first seen like that."""

    spec: Manifest
    version: str
    since: float


class Lease:
    """One lease as seen by one would-be holder; `identity` must be unlike that of every other process."""

    def __init__(
        self, cluster: Cluster, clock: Clock, *, namespace: str, name: str, identity: str, terms: Terms = USUAL
    ) -> None:
        self._cluster = cluster
        self._clock = clock
        self._namespace = namespace
        self._name = name
        self._identity = identity
        self._terms = terms
        self._epoch = 0
        self._renewed: float | None = None  # monotonic, taken before the renewal was sent; None: not held
        self._seen: _Seen | None = None

    @property
    def epoch(self) -> int:
        """The number of this tenure, greater than that of every earlier holder. Raises `LeaseLost` if not held."""
        self.check()
        return self._epoch

    def check(self) -> None:
        """Raise `LeaseLost` unless it is certain that nobody else holds the lease."""
        if self._renewed is None:
            raise LeaseLost(f"lease {self._namespace}/{self._name} is not held by {self._identity}")
        age = self._clock.monotonic() - self._renewed
        if age >= self._terms.deadline:
            raise LeaseLost(
                f"lease {self._namespace}/{self._name} was not renewed for {age:.0f} s: another may hold it"
            )

    @asynccontextmanager
    async def hold(self) -> AsyncGenerator["Lease"]:
        """Wait until the lease is ours, keep it while the body runs, and give it back.

        The body is not interrupted when the lease is lost: it asks `check` before each write, or waits for `lost`.
        Raises what waiting does not heal: `Forbidden`, `Invalid`, `NotFound` (no such namespace), `InvalidConnection`.
        """
        while True:
            with suppress(Unreachable, TooManyRequests, Unauthorized):
                if await self.acquire():
                    break
            await asyncio.sleep(self._terms.retry)
        renewal = asyncio.create_task(self._keep())
        try:
            yield self
        finally:
            renewal.cancel()
            await asyncio.gather(renewal, return_exceptions=True)
            with suppress(ClusterError):  # the next holder waits a little longer then
                await self.release()

    async def lost(self) -> None:
        """Return when the lease is no longer certain to be held."""
        while True:
            try:
                self.check()
            except LeaseLost:
                return
            await asyncio.sleep(self._terms.retry)

    async def acquire(self) -> bool:
        """Take the lease if it is free or its holder has been silent for too long; say whether it is ours now.

        Raises the errors of the cluster.
        """
        asked = self._clock.monotonic()
        seen = await self._look()
        if seen is not None and not self._is_free(seen):
            return False
        before = int(seen.spec.get("leaseTransitions") or 0) if seen else 0
        spec = self._spec(transitions=before + 1, acquired=self._stamp())
        try:
            if seen is None:
                self._note(await self._cluster.create(LEASES, self._manifest(spec)))
            else:
                await self._write(spec, seen)
        except (AlreadyExists, Conflict):
            return False  # somebody was faster
        self._epoch = before + 1
        self._renewed = asked
        return True

    async def renew(self) -> None:
        """Say that we are alive. Raises `LeaseLost` if another holds the lease, and the errors of the cluster."""
        self.check()
        asked = self._clock.monotonic()
        # What we wrote last is what should still be there: one request, unless somebody touched the lease.
        seen = self._seen or await self._look()
        if seen is None or not self._is_ours(seen):
            self._renewed = None
            holder = seen.spec.get("holderIdentity") if seen else "nobody: it was deleted"
            raise LeaseLost(f"lease {self._namespace}/{self._name} is held by {holder}")
        try:
            await self._write(self._spec(transitions=self._epoch, acquired=seen.spec.get("acquireTime")), seen)
        except (Conflict, NotFound):
            self._seen = None
            raise
        self._renewed = asked

    async def release(self) -> None:
        """Give the lease back at once, if it is still ours; the next holder need not wait."""
        self._renewed = None
        seen = await self._look()
        if seen is not None and self._is_ours(seen):
            free = {**self._spec(transitions=self._epoch, acquired=None), "holderIdentity": ""}
            await self._write(free, seen)

    async def _keep(self) -> None:
        while self._renewed is not None:
            await asyncio.sleep(self._terms.retry)
            try:
                await self.renew()
            except LeaseLost:
                self._renewed = None
            except ClusterError:
                continue  # `check` knows how long ago the last renewal was

    async def _look(self) -> _Seen | None:
        try:
            manifest = await self._cluster.get(LEASES, self._name, namespace=self._namespace)
        except NotFound:
            self._seen = None
            return None
        return self._note(manifest)

    def _note(self, manifest: Manifest) -> _Seen:
        version = str(manifest["metadata"]["resourceVersion"])
        if self._seen is None or self._seen.version != version:
            # Wall clocks of two machines differ: what counts is how long we ourselves have seen no change.
            self._seen = _Seen(manifest.get("spec") or {}, version, self._clock.monotonic())
        return self._seen

    def _is_free(self, seen: _Seen) -> bool:
        if seen.spec.get("holderIdentity") in (None, "", self._identity):
            return True  # ours without our knowing: the answer to our request was lost
        duration = float(seen.spec.get("leaseDurationSeconds") or self._terms.duration)
        return self._clock.monotonic() - seen.since >= duration

    def _is_ours(self, seen: _Seen) -> bool:
        return (seen.spec.get("holderIdentity"), seen.spec.get("leaseTransitions")) == (self._identity, self._epoch)

    async def _write(self, spec: Manifest, seen: _Seen) -> None:
        self._note(await self._cluster.replace(LEASES, self._manifest(spec, version=seen.version)))

    def _manifest(self, spec: Manifest, *, version: str = "") -> Manifest:
        metadata = {"namespace": self._namespace, "name": self._name}
        if version:
            metadata["resourceVersion"] = version
        return {"apiVersion": LEASES.api_version, "kind": LEASES.kind, "metadata": metadata, "spec": spec}

    def _spec(self, *, transitions: int, acquired: Any) -> dict[str, Any]:
        return {
            "holderIdentity": self._identity,
            "leaseDurationSeconds": max(1, round(self._terms.duration)),
            "acquireTime": acquired,
            "renewTime": self._stamp(),
            "leaseTransitions": transitions,
        }

    def _stamp(self) -> str:
        return self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
