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


def _queue_of_projects(most: int = 8) -> Queue:
    return Queue(lane=lambda key: key.name[0], most=most)


async def _taken(queue: Queue, count: int) -> list[str]:
    return [(await queue.take())[0].name for _ in range(count)]


async def test_lanes_are_served_in_turn_however_many_names_one_of_them_has() -> None:
    queue = _queue_of_projects()
    for name in ("a1", "a2", "a3", "a4", "b1", "c1", "b2"):
        queue.add(ApplicationKey("argocd", name), Level.RECENT)
    assert await _taken(queue, 7) == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]


async def test_a_lane_whose_work_hangs_leaves_room_for_the_others() -> None:
    queue = _queue_of_projects(most=2)
    for name in ("a1", "a2", "a3", "b1"):
        queue.add(ApplicationKey("argocd", name), Level.RECENT)
    assert await _taken(queue, 3) == ["a1", "b1", "a2"]
    waiting = asyncio.create_task(queue.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    queue.done(ApplicationKey("argocd", "a1"))
    async with asyncio.timeout(10):
        assert (await waiting)[0].name == "a3"


async def test_several_workers_get_a_name_each() -> None:
    queue = _queue_of_projects()
    workers = [asyncio.create_task(queue.take()) for _ in range(5)]
    await asyncio.sleep(0)
    for name in ("a1", "a2", "a3", "b1", "b2"):
        queue.add(ApplicationKey("argocd", name), Level.RECENT)
    async with asyncio.timeout(10):
        assert len({key for key, _ in await asyncio.gather(*workers)}) == 5
