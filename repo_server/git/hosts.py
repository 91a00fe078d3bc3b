"""What we owe each host: not to ask while it wants to be left alone, not too much at once; and what we asked of it.

Called by `git.command` around every network command. A host that answers "too many requests, come back in a minute" is
asked nothing by anybody for a minute.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from argosy.gateways.clock import Clock
from repo_server.errors import Refused
from repo_server.git.access import Access

Key = TypeVar("Key")
Value = TypeVar("Value")

Kind = Literal["ls-remote", "fetch"]
"""What a command asks for, in the words of Argo CD's metrics (`argocd_git_request_total{request_type}`)."""

_MOST_HOSTS = 1000
_MOST_AT_ONCE = 32
"""Commands at once for one host: one that does not answer must leave room for the others."""


@dataclass(kw_only=True)
class Count:
    """Commands sent, those of them that failed, HTTP requests that they took, and seconds that they took."""

    commands: int = 0
    failures: int = 0
    requests: int = 0
    seconds: float = 0.0


class Hosts:
    """All hosts; `listings` is how many listings of refs one host is asked for at once (0: any number)."""

    def __init__(self, *, clock: Clock, listings: int = 0) -> None:
        self._clock = clock
        self._listings = listings
        self._counts: OrderedDict[tuple[str, Kind], Count] = OrderedDict()
        self._quiet_until: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._turns: OrderedDict[str, asyncio.Semaphore] = OrderedDict()
        self._listing_turns: OrderedDict[str, asyncio.Semaphore] = OrderedDict()

    @property
    def counts(self) -> Mapping[tuple[str, Kind], Count]:
        """What was asked of each host ("git.example.org") since the start."""
        return self._counts

    def count(self, access: Access, kind: Kind) -> Count:
        """Return the counters of a host, to be added to."""
        return _kept(self._counts, (access.address.host, kind), Count())

    async def quiet(self, access: Access, *, patience: float) -> None:
        """Wait until the host may be asked, if that is within `patience` seconds. Raises `Refused` (unavailable)."""
        left = self._quiet_until.get(_place(access), 0.0) - self._clock.monotonic()
        if left > patience:
            raise asks_to_wait(access, left)
        if left > 0:
            await asyncio.sleep(left)

    def hush(self, access: Access, seconds: float) -> None:
        """Ask the host nothing for that long."""
        until = self._clock.monotonic() + seconds
        place = _place(access)
        self._quiet_until[place] = max(_kept(self._quiet_until, place, until), until)

    @contextlib.asynccontextmanager
    async def turn(self, access: Access, kind: Kind) -> AsyncGenerator[None]:
        """Hold one of the host's turns, and one of those for listings, if they are few."""
        host = access.address.host
        async with contextlib.AsyncExitStack() as held:
            if kind == "ls-remote" and self._listings:
                listing = _kept(self._listing_turns, host, asyncio.Semaphore(self._listings))
                await held.enter_async_context(listing)
            await held.enter_async_context(_kept(self._turns, host, asyncio.Semaphore(_MOST_AT_ONCE)))
            yield


def asks_to_wait(access: Access, seconds: float) -> Refused:
    """Return the refusal for a host that wants to be left alone."""
    return Refused(
        "unavailable",
        f"repository {access.address.url}: its server has had too many requests and asks us to wait; it is asked again "
        f"in {max(1, round(seconds))} seconds",
    )


def _place(access: Access) -> tuple[str, str]:
    """Who asks to be left alone. A proxy is told apart: what one of a tenant's own says must not silence a host."""
    return access.address.origin or access.address.host, access.repository.proxy


def _kept(known: "OrderedDict[Key, Value]", key: Key, new: Value) -> Value:
    """Return what is known under a key, `new` if nothing is; the longest unused is forgotten."""
    value = known.setdefault(key, new)
    known.move_to_end(key)
    if len(known) > _MOST_HOSTS:
        known.popitem(last=False)
    return value
