"""A failed operation and its strategy -> when to try again, or never. Rules 4.59 to 4.62 of Argo CD."""

from argosy.engine import durations
from argosy.engine.model.operation import Backoff, RetryStrategy

AUTOMATED = RetryStrategy(limit=5)
"""What an automated sync does when its application says nothing."""

_DURATION, _FACTOR, _MAXIMUM = 5.0, 2, 180.0
_GROWS, _MOST = 50, 10**12
"""How often the pause grows, and by how much, so that it stays a number however long the operation is tried again."""


def delay(strategy: RetryStrategy, retries: int) -> float | None:
    """Return the seconds to wait before the next attempt after `retries` retries, None if there is none."""
    if 0 <= strategy.limit <= retries:
        return None
    backoff = strategy.backoff or Backoff()
    first = durations.seconds(backoff.duration) if backoff.duration else _DURATION
    maximum = durations.seconds(backoff.max_duration) if backoff.max_duration else _MAXIMUM
    factor = _FACTOR if backoff.factor is None else backoff.factor
    return min(first * min(factor ** min(retries, _GROWS), _MOST), maximum)
