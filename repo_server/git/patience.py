"""How often a command is tried again, and how long is waited in between: four settings, with Argo CD's names.

A value that `wiring` makes from the settings; `git.command` reads it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Patience:
    """`attempts` in all (ATTEMPTS_COUNT); seconds of the first pause (RETRY_DURATION), growing by `factor`
    (RETRY_FACTOR) up to `longest` (RETRY_MAX_DURATION).
    """

    attempts: int = 1
    first: float = 0.25
    factor: float = 2.0
    longest: float = 5.0

    def pause(self, attempt: int) -> float:
        """Return the seconds to wait after the attempt with this number, counted from 1."""
        # The exponent is bounded too, because a float is.
        return min(self.first * self.factor ** min(attempt - 1, 64), self.longest)
