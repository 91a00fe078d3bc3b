"""Which applications' trees have changed, as the controller tells: one connection for all readers, kept for ever.

Called by `stream`; run by `wiring`.
"""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

import structlog

from api_server.records import Place
from argosy.gateways.live.errors import LiveError
from argosy.gateways.live.port import Live

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 10.0

_log = structlog.get_logger(__name__)


class Deltas:
    """Wakes whoever follows an application."""

    def __init__(self) -> None:
        self._followers: dict[Place, set[asyncio.Event]] = {}

    async def run(self, live: Live) -> None:
        """Follow the controller until cancelled. After a gap everybody is woken: anything may have changed."""
        pause = _FIRST_PAUSE
        while True:
            sequence = -1
            try:
                async for delta in live.deltas():
                    pause = _FIRST_PAUSE
                    if sequence < 0 or delta.sequence > sequence + 1:
                        self._wake_all()
                    elif delta.name:
                        self._wake(Place(delta.namespace, delta.name))
                    sequence = max(sequence, delta.sequence)
            except LiveError as error:
                _log.info("deltas_lost", reason=str(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    @contextmanager
    def followed(self, place: Place) -> Generator[asyncio.Event]:
        """Give an event that is set whenever the application's tree may have changed."""
        woken = asyncio.Event()
        self._followers.setdefault(place, set()).add(woken)
        try:
            yield woken
        finally:
            self._followers[place].discard(woken)
            if not self._followers[place]:
                del self._followers[place]

    def _wake(self, place: Place) -> None:
        for woken in self._followers.get(place, ()):
            woken.set()

    def _wake_all(self) -> None:
        for followers in self._followers.values():
            for woken in followers:
                woken.set()
