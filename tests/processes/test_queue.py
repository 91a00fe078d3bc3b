"""The names that wait: merged, whether now or later."""

import asyncio

from app_controller.queue import ApplicationKey, Level, Queue

KEY = ApplicationKey("argocd", "a")


async def test_of_several_times_the_first_counts_and_the_highest_level() -> None:
    queue = Queue()
    for _ in range(1000):
        queue.add(KEY, Level.RECENT, after=300)
    queue.add(KEY, Level.LATEST, after=0.01)
    queue.add(KEY, Level.HARD, after=100)
    async with asyncio.timeout(10):
        assert await queue.take() == (KEY, Level.HARD)
    queue.done(KEY)
    assert len(queue) == 0


async def test_a_time_that_was_overtaken_wakes_nobody() -> None:
    queue = Queue()
    queue.add(KEY, Level.RECENT, after=0.03)
    queue.add(KEY, Level.RECENT, after=0.01)
    async with asyncio.timeout(10):
        await queue.take()
        queue.done(KEY)
        queue.add(ApplicationKey("argocd", "b"), Level.RECENT, after=0.06)
        key, _ = await queue.take()
    assert key.name == "b"


async def test_what_is_asked_for_while_it_is_worked_on_comes_again_once() -> None:
    queue = Queue()
    queue.add(KEY, Level.RECENT)
    await queue.take()
    queue.add(KEY, Level.RECENT)
    queue.add(KEY, Level.FRESH)
    assert len(queue) == 1
    queue.done(KEY)
    assert await queue.take() == (KEY, Level.FRESH)
