"""What a remote was last seen to have, and for how long that is believed. Owned by `mirror`, one per repository.

One listing of HEAD, branches and tags serves every application of the repository. A ref elsewhere (a pull request's) is
looked up by its own name, only when somebody asks for it, and believed for as long.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from argosy.gateways.clock import Clock
from repo_server.git.refs import Refs
from repo_server.recent import Recent
from repo_server.shared_call import SharedCall

USUAL = ("HEAD", "refs/heads/", "refs/tags/")
"""The prefixes of what serves every application."""

_MOST_ELSEWHERE = 256


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is to be looked at: the refs with these prefixes, which were seen as `before`.

    `likely_changed`: somebody would not believe what was seen, and so knows of a change or expects one.
    """

    prefixes: Sequence[str]
    before: Refs | None
    likely_changed: bool


Ask = Callable[[Look], Awaitable[Refs]]
"""Looks at the remote."""


@dataclass(frozen=True, kw_only=True)
class _Seen:
    refs: Refs
    at: float


class _Listing:
    """The refs under some prefixes."""

    def __init__(self, ask: Ask, prefixes: Sequence[str], clock: Clock) -> None:
        self._ask = ask
        self._prefixes = prefixes
        self._clock = clock
        self._seen: _Seen | None = None
        self._likely_changed = False
        self._call = SharedCall(self._look)

    async def refs(self, *, believe: float | None) -> Refs:
        """Return what was seen within `believe` seconds, or (None) what is seen by a look that begins now."""
        if believe is None:
            self._likely_changed = True
            return await self._call.anew()
        if self._seen is not None and self._clock.monotonic() - self._seen.at < believe:
            return self._seen.refs
        return await self._call.join()

    async def _look(self) -> Refs:
        begun = self._clock.monotonic()
        before = self._seen.refs if self._seen is not None else None
        look = Look(prefixes=self._prefixes, before=before, likely_changed=self._likely_changed)
        self._likely_changed = False
        refs = await self._ask(look)
        self._seen = _Seen(refs=refs, at=begun)
        return refs


class Listings:
    """All listings of one remote; `believe` is in seconds everywhere, None for a look that begins now."""

    def __init__(self, ask: Ask, *, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._usual = _Listing(ask, USUAL, clock)
        self._elsewhere: Recent[Sequence[str], _Listing] = Recent(most=_MOST_ELSEWHERE)

    async def usual(self, *, believe: float | None) -> Refs:
        """Return HEAD, the branches and the tags. Raises `Refused`."""
        return await self._usual.refs(believe=believe)

    async def elsewhere(self, names: tuple[str, ...], *, believe: float | None) -> Refs:
        """Return those of these refs, by full name, that there are. Raises `Refused`."""
        listing = self._elsewhere.of(names, lambda: _Listing(self._ask, names, self._clock))
        return await listing.refs(believe=believe)
