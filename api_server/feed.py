"""The changes of one kind, for all who follow them: serialised once, kept a while, so that a reader can resume.

Comes in: events from `index`. Goes out: the same events to every `Subscription`. Called by `stream`.
"""

import asyncio
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from api_server.records import Record

_MOST_KEPT_BYTES = 16 * 1024 * 1024
_MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Added:
    """The object is new."""

    record: Record

    @property
    def at(self) -> int:
        """The resource version of the change."""
        return self.record.version


@dataclass(frozen=True, slots=True)
class Modified:
    """The object has changed."""

    record: Record

    @property
    def at(self) -> int:
        """The resource version of the change."""
        return self.record.version


@dataclass(frozen=True, slots=True)
class Removed:
    """The object is gone: `record` is its last state, `at` a resource version at which it was not there any more."""

    record: Record
    at: int


Event = Added | Modified | Removed


class Subscription:
    """What one reader has not read yet."""

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque()
        self._arrival = asyncio.Event()
        self.dropped = False
        """Whether the reader was so slow that events were thrown away: it has to start afresh."""

    def push(self, event: Event) -> None:
        """Let an event wait; a reader that has too many waiting is given up."""
        if len(self._waiting) >= _MOST_WAITING:
            self.dropped = True
            self._waiting.clear()
        if not self.dropped:
            self._waiting.append(event)
        self._arrival.set()

    async def wait(self, seconds: float) -> list[Event]:
        """Return everything that waits, as soon as something does; nothing after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._arrival.wait()
        except TimeoutError:
            return []
        self._arrival.clear()
        events = list(self._waiting)
        self._waiting.clear()
        return events


class Feed:
    """Hands events on, and keeps the last of them."""

    def __init__(self) -> None:
        self._kept: deque[Event] = deque()
        self._kept_bytes = 0
        self._subscriptions: set[Subscription] = set()
        self._since = 0

    def tell(self, event: Event) -> None:
        """Take an event."""
        self._kept.append(event)
        self._kept_bytes += len(event.record.body)
        while self._kept_bytes > _MOST_KEPT_BYTES:
            self._forget_oldest()
        for subscription in self._subscriptions:
            subscription.push(event)

    def begin(self, version: int) -> None:
        """Begin at this resource version: nobody can resume from before it."""
        self._since = version

    def after(self, version: int) -> list[Event] | None:
        """Return the events after a resource version, None if not all of them are known any more."""
        if version < self._since:
            return None
        return [event for event in self._kept if event.at > version]

    @contextmanager
    def subscribed(self) -> Generator[Subscription]:
        """Give a subscription that gets every event from now on."""
        subscription = Subscription()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def _forget_oldest(self) -> None:
        event = self._kept.popleft()
        self._kept_bytes -= len(event.record.body)
        self._since = max(self._since, event.at)


def line_of(event: Event) -> bytes:
    """Return an event as JSON: `{"result": {"type": ..., "application": ...}}`."""
    match event:
        case Added():
            kind = b"ADDED"
        case Modified():
            kind = b"MODIFIED"
        case Removed():
            kind = b"DELETED"
    return b'{"result":{"type":"' + kind + b'","application":' + event.record.body + b"}}"
