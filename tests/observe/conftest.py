"""A live cache on a cluster in memory, and how to wait for what it does."""

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest

from app_controller.observe.cache import ClusterCache
from app_controller.observe.scope import Scope
from argosy.gateways.clock import ManualClock
from argosy.gateways.kubernetes.reflector import Pace

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def caching():
    @asynccontextmanager
    async def run(cluster, *, scope=None, until_complete=True, told=None):
        changed = (told if told is not None else []).append
        pace = Pace(first=0.0, most=0.0)
        cache = ClusterCache(cluster, scope or Scope("https://memory"), ManualClock(NOW), changed=changed, pace=pace)
        task = asyncio.create_task(cache.run())
        try:
            if until_complete:
                async with asyncio.timeout(30):
                    await cache.until_complete()
            yield cache
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return run


@pytest.fixture
def until():
    async def wait(condition):
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110 - a cache has no event for every field of it
                await asyncio.sleep(0)

    return wait
