"""Whether repositories can be reached: asked when somebody wants to know, remembered for an hour (6.47)."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from argosy.engine.model.repository import Repository
from argosy.gateways.clock import Clock
from argosy.gateways.manifests.errors import ManifestsError, Refused, Unavailable
from argosy.gateways.manifests.port import Manifests
from argosy.wire.repo_server import VerifyRequest

_REMEMBERED = timedelta(hours=1)
_AT_ONCE = 8
_PATIENCE_SECONDS = 10.0
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """Whether a repository could be reached, and when that was tried."""

    status: Literal["Successful", "Failed", "Unknown"]
    message: str
    attempted_at: datetime


class Connections:
    """Asks the repo server, a few repositories at a time."""

    def __init__(self, manifests: Manifests, clock: Clock) -> None:
        self._manifests = manifests
        self._clock = clock
        self._known: dict[bytes, ConnectionState] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def states(self, repositories: Sequence[Repository], *, fresh: bool) -> list[ConnectionState]:
        """Return the state of each repository; `fresh` asks even if it is remembered."""
        return await asyncio.gather(*(self._state(each, fresh=fresh) for each in repositories))

    async def _state(self, repository: Repository, *, fresh: bool) -> ConnectionState:
        # A change of the credentials is another question; they themselves are not kept as a key.
        key = hashlib.sha256(msgspec.json.encode(repository)).digest()
        known = self._known.get(key)
        if known is not None and not fresh and self._clock.now() - known.attempted_at < _REMEMBERED:
            return known
        state = await self._ask(repository)
        if state.status != "Unknown":
            self._known[key] = state
            while len(self._known) > _MOST:
                del self._known[next(iter(self._known))]
        return state

    async def _ask(self, repository: Repository) -> ConnectionState:
        now = self._clock.now()
        try:
            async with self._slots, asyncio.timeout(_PATIENCE_SECONDS):
                await self._manifests.verify(VerifyRequest(repository))
        except Refused as error:
            return ConnectionState("Failed", str(error), now)
        except Unavailable as error:
            return ConnectionState("Unknown", str(error), now)
        except ManifestsError as error:
            return ConnectionState("Failed", str(error), now)
        except TimeoutError:
            return ConnectionState("Unknown", f"no answer within {_PATIENCE_SECONDS:.0f} s", now)
        return ConnectionState("Successful", "", now)
