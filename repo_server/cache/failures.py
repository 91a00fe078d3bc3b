"""What could not be rendered, so that nobody tries the same again and again. Called by `render.source`.

Argo CD's rule (2.60): after some failures the tries pause, and the error of the last is told; after a time, or after
having been asked for some more times, it is tried again. The pause is for the very same question with the very same
footprint: a new commit that touches what was read, another parameter or setting is tried at once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from argosy.gateways.clock import Clock
from repo_server.cache.footprint import Footprint
from repo_server.errors import Refused
from repo_server.recent import Recent

_REMEMBERED = 10_000


@dataclass(frozen=True, kw_only=True)
class Pause:
    """After how many failures to pause (0: never), for how many seconds, and for how many requests (0: any)."""

    after: int = 3
    seconds: float = 3600.0
    requests: int = 0


@dataclass(frozen=True, kw_only=True)
class _Failed:
    footprint: Footprint
    error: Refused
    times: int
    at: float
    name: str
    told: int = 0


class Failures:
    """The last failure of each question."""

    def __init__(self, *, pause: Pause, clock: Clock) -> None:
        self._pause = pause
        self._clock = clock
        self._failed: Recent[bytes, _Failed] = Recent(most=_REMEMBERED)

    async def check(self, question: bytes, holds: Callable[[Footprint], Awaitable[bool]], *, name: str) -> None:
        """Return if the question may be tried. Raises the `Refused` of the last try while it is paused.

        `name` is how messages call the tree: the commit that failed first is not the one that is asked for now.
        """
        failed = self._failed.get(question)
        if failed is None or not self._paused(failed):
            return
        if not await holds(failed.footprint):
            self._failed.drop(question)
            return
        self._failed.put(question, replace(failed, told=failed.told + 1))
        message = failed.error.message.replace(failed.name, name)
        raise Refused(
            failed.error.code,
            f"{message} (failed {failed.times} times; the same is not tried again for a while: change what is wrong or "
            "ask for a hard refresh)",
        )

    def note(self, question: bytes, footprint: Footprint, error: Refused, *, name: str) -> None:
        """Note that a try has failed; `name` is how the error calls the tree."""
        before = self._failed.get(question)
        times = before.times + 1 if before is not None and before.footprint == footprint else 1
        failed = _Failed(footprint=footprint, error=error, times=times, at=self._clock.monotonic(), name=name)
        self._failed.put(question, failed)

    def forget(self, question: bytes) -> None:
        """Note that a try has gone well."""
        self._failed.drop(question)

    def _paused(self, failed: _Failed) -> bool:
        if not self._pause.after or failed.times < self._pause.after:
            return False
        if self._pause.requests and failed.told >= self._pause.requests:
            return False
        return self._clock.monotonic() - failed.at < self._pause.seconds
