"""What a fault proxy is told to do: on which requests, and what happens to them. Pure values; obeyed by `proxy`.

    proxy.script(On("list", "secrets"), Refuse(500), times=3)           # three lists of Secrets fail
    proxy.script(On("list", "pods"), Hold())                            # lists of Pods wait until the rule is lifted
    proxy.script(On("apply"), LoseReply(), times=1)                     # written, but nobody hears of it
    proxy.script(On("watch", "configmaps"), LoseEvents(name="settings"))
    proxy.script(On(), Refuse(429, retry_after=1), every=3)             # every third request of any kind

A rule is in force until it has hit as often as `times` says, or is lifted; the first that fits a request wins. A rule
on watches acts on those that run already, too.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Seen:
    """A request as it came: what it asks, and the status of the answer (0: none was given)."""

    verb: str
    """`discover`, `get`, `list`, `watch`, `create`, `update`, `patch`, `apply` or `delete`."""
    resource: str
    """The plural, `configmaps`; empty for what is no resource."""
    namespace: str
    name: str
    query: Mapping[str, str]
    at: float
    """Seconds on the clock of the event loop."""
    accept: str = ""
    status: int = 0


@dataclass(frozen=True)
class On:
    """Which requests are meant; what is empty fits every one."""

    verb: str = ""
    resource: str = ""
    name: str = ""
    namespace: str = ""
    continued: bool = False
    """Whether only the later pages of lists are meant."""

    def fits(self, seen: Seen) -> bool:
        pairs = (
            (self.verb, seen.verb),
            (self.resource, seen.resource),
            (self.name, seen.name),
            (self.namespace, seen.namespace),
        )
        if self.continued and not seen.query.get("continue"):
            return False
        return all(not wanted or wanted == found for wanted, found in pairs)


# Faults of a whole request.


@dataclass(frozen=True)
class Refuse:
    """Answer with this status, as the API server would, and do not pass the request on."""

    status: int
    reason: str = "InternalError"
    message: str = "scripted by the test"
    retry_after: int | None = None


@dataclass(frozen=True)
class Delay:
    """Pass the request on after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Hold:
    """Pass the request on when the rule is lifted; until then a watch that runs passes nothing on, as if half open."""


@dataclass(frozen=True)
class Cut:
    """End the connection without an answer; a watch that runs is cut in the middle of a line."""


@dataclass(frozen=True)
class LoseReply:
    """Pass the request on, and end the connection when the answer is there."""


@dataclass(frozen=True)
class Recall:
    """Answer with what was answered to the same request first, as an API server does that is behind."""


@dataclass(frozen=True)
class Rewrite:
    """Answer with what this makes of the answer's JSON."""

    edit: Callable[[Any], Any]


# Faults of a watch that runs.


@dataclass(frozen=True)
class EndWatch:
    """End the watch as a server does when its time is up, after so many events."""

    after: int = 0


@dataclass(frozen=True)
class BreakWatch:
    """Send an ERROR event with this code, and end the watch."""

    code: int = 410
    reason: str = "Expired"


@dataclass(frozen=True)
class LoseEvents:
    """Do not pass events about this object on (about any, if no name is given); bookmarks too, if so wanted."""

    name: str = ""
    bookmarks: bool = False


@dataclass(frozen=True)
class RepeatEvents:
    """Pass every event on twice."""


@dataclass(frozen=True)
class SwapEvents:
    """Pass each event on after the one that follows it."""


@dataclass(frozen=True)
class ReplayEvents:
    """After each event, pass the first one of this watch on again."""


Fault = (
    Refuse
    | Delay
    | Hold
    | Cut
    | LoseReply
    | Recall
    | Rewrite
    | EndWatch
    | BreakWatch
    | LoseEvents
    | RepeatEvents
    | SwapEvents
    | ReplayEvents
)
OF_EVENTS = (EndWatch, BreakWatch, LoseEvents, RepeatEvents, SwapEvents, ReplayEvents)
"""Faults that let a request pass and act on what its watch brings."""


@dataclass
class Rule:
    """A fault in force; `hits` counts the requests (or events) that it befell."""

    on: On
    fault: Fault
    times: int | None = None
    every: int = 1
    hits: int = 0
    lifted: asyncio.Event = field(default_factory=asyncio.Event)
    _fitted: int = 0

    @property
    def in_force(self) -> bool:
        return not self.lifted.is_set() and (self.times is None or self.hits < self.times)

    def strikes(self, seen: Seen) -> bool:
        """Return whether the fault befalls this request, and count it if so."""
        if not self.in_force or not self.on.fits(seen):
            return False
        self._fitted += 1
        if self._fitted % self.every:
            return False
        self.hits += 1
        return True

    def lift(self) -> None:
        """End the fault; what it held goes on."""
        self.lifted.set()
