"""Follows one application until what is waited for is there.

Comes in: the client, the application's name, what to wait for. Goes out: how the wait ended. Called by `app sync`,
`app wait` and `app delete`. Sees the application over the stream; where that is silent or missing, by asking again.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from argosy.cli import applications
from argosy.cli.applications import NOT_THERE, Name
from argosy.cli.client import Client, Tick
from argosy.cli.errors import ApiError, CommandError, Unreachable
from argosy.cli.views.resources import ResourcePattern, ResourceState, states
from argosy.cli.waiting import Conditions, Degraded, Met, Stale, Verdict, Waiting, judge

# A stream shows about that often that it is alive.
_BEAT_SECONDS = 4.0
_UNAVAILABLE = (502, 503, 504)
# Statuses of a stream that does not exist, cannot be resumed, or was too fast for us.
_ASK_INSTEAD = (404, 405, 409, 429, 501, *_UNAVAILABLE)


@dataclass(frozen=True)
class Pace:
    """How patient to be, in seconds: with a silent stream, between two questions, with a server that is away."""

    silence: float = 10.0
    rest: float = 2.0
    outage: float = 60.0


@dataclass(frozen=True)
class Wait:
    """What is waited for: of which application, which state of which resources, for how long (0: without end).

    `since` is the object that a write of ours returned: whatever is older than it is not believed.
    """

    name: Name
    conditions: Conditions
    patterns: Sequence[ResourcePattern] = ()
    timeout: float = 0
    since: Any = None
    pace: Pace = Pace()


class Display(Protocol):
    """Shows a person how far it is."""

    def show(self, states: Sequence[ResourceState], verdict: Verdict) -> None:
        """Show the resources as they are now and what is still missing."""
        ...


@dataclass(frozen=True)
class Ended:
    """The wait was met; `document` is the application at that moment."""

    document: Any


@dataclass(frozen=True)
class Gone:
    """The application does not exist (any more)."""


@dataclass(frozen=True)
class Broken:
    """A resource became Degraded."""

    document: Any
    verdict: Degraded


@dataclass(frozen=True)
class TimedOut:
    """The time is over; `document` is the application as it was seen last."""

    document: Any
    reasons: tuple[str, ...] = field(default=())


Ending = Ended | Gone | Broken | TimedOut


def follow(client: Client, wait: Wait, display: Display) -> Ending:
    """Wait; raises `CommandError` if the server refuses or cannot be reached at the start."""
    deadline = time.monotonic() + wait.timeout if wait.timeout else None
    before: list[ResourceState] = []
    document: Any = wait.since
    verdict: Verdict = Waiting(())
    for seen in _observations(client, wait, deadline):
        if isinstance(seen, Gone):
            return seen
        document = seen
        application = applications.view(document)
        verdict = judge(application, wait.conditions, patterns=wait.patterns, before=before)
        if isinstance(verdict, Stale):
            document = applications.fetch(client, wait.name, refresh="normal")
            application = applications.view(document)
            verdict = judge(application, wait.conditions, patterns=wait.patterns, before=before, refreshed=True)
        before = states(application, wait.patterns)
        display.show(before, verdict)
        match verdict:
            case Met():
                return Ended(document)
            case Degraded():
                return Broken(document, verdict)
            case Waiting() | Stale():
                pass
    return TimedOut(document, verdict.reasons if isinstance(verdict, Waiting) else ())


def _observations(client: Client, wait: Wait, deadline: float | None) -> Iterator[Any]:
    """Give the application each time it may have changed, until the deadline; `Gone` when it is no more.

    A server that answered once may be away for a while: it is being restarted, and the operation goes on without it.
    """
    answered: float | None = None
    while True:
        seen = None
        try:
            seen = _look(client, wait)
            answered = time.monotonic()
        except CommandError as error:
            if answered is None or not _may_pass(error) or time.monotonic() - answered > wait.pace.outage:
                raise
        if seen is not None:
            yield seen
            yield from _changes(client, wait, deadline, seen)
        if _left(deadline) <= 0:
            return
        time.sleep(min(wait.pace.rest, _left(deadline)))


def _look(client: Client, wait: Wait) -> Any:
    """Ask for the application; `None` if the answer is older than our own write."""
    try:
        document = applications.fetch(client, wait.name)
    except ApiError as error:
        if error.status in NOT_THERE and (wait.conditions.deletion or wait.since is not None):
            return Gone()
        raise
    return document if _is_new(document, wait) else None


def _may_pass(error: CommandError) -> bool:
    return isinstance(error, Unreachable) or (isinstance(error, ApiError) and error.status in _UNAVAILABLE)


def _changes(client: Client, wait: Wait, deadline: float | None, seen: Any) -> Iterator[Any]:
    """Give what the stream tells after what was seen; ends when it is silent or breaks: the caller asks again."""
    uid = seen["metadata"].get("uid")
    try:
        for event in _events(client, wait, deadline, seen):
            document = event["application"]
            if document["metadata"].get("uid") != uid:
                # The name alone may be that of an application in another namespace.
                continue
            if event.get("type") == "DELETED":
                yield Gone()
            elif _is_new(document, wait):
                yield document
    except ApiError as error:
        if error.status not in _ASK_INSTEAD:
            raise
    except Unreachable:
        # The next look says whether the server is gone for good.
        return


def _events(client: Client, wait: Wait, deadline: float | None, seen: Any) -> Iterator[Any]:
    """Read the stream; signs of life say nothing of the application, so now and then, and before the deadline, end."""
    version = seen["metadata"].get("resourceVersion")
    patience = min(wait.pace.silence, max(_left(deadline), 0.1))
    until = time.monotonic() + patience
    parameters = wait.name.parameters(name=wait.name.name, resourceVersion=version)
    for event in client.stream("/api/v1/stream/applications", parameters, patience=patience):
        if _left(deadline) <= 0:
            return
        if not isinstance(event, Tick):
            yield event
        elif until - time.monotonic() < _BEAT_SECONDS:
            return


def _left(deadline: float | None) -> float:
    return float("inf") if deadline is None else deadline - time.monotonic()


def _is_new(document: Any, wait: Wait) -> bool:
    """Say whether an object is not older than our own write; versions of one object are numbers that grow."""
    if wait.since is None:
        return True
    seen, written = (_version(each) for each in (document, wait.since))
    return seen is None or written is None or seen >= written


def _version(document: Any) -> int | None:
    text = str((document.get("metadata") or {}).get("resourceVersion") or "")
    return int(text) if text.isdecimal() else None
