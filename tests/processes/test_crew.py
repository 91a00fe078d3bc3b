"""The workers go on with what can be done, whatever others wait for."""

import asyncio

import pytest

from app_controller.crew import WORKERS, Crew
from app_controller.queue import ApplicationKey, Level, Queue


def named(name: str) -> ApplicationKey:
    return ApplicationKey("argocd", name)


class Looks:
    """What is looked at: names that begin with "hung" wait until they are let go."""

    def __init__(self) -> None:
        self.go, self.seen, self.looking = asyncio.Event(), set[str](), set[str]()

    async def look(self, key: ApplicationKey, _level: Level) -> None:
        self.looking.add(key.name)
        if key.name.startswith("hung"):
            await self.go.wait()
        if key.name == "broken":
            raise ZeroDivisionError
        self.looking.discard(key.name)
        self.seen.add(key.name)


async def until(looks: Looks, names: set[str]) -> None:
    async with asyncio.timeout(30):
        while not names <= looks.seen:  # noqa: ASYNC110  (a crew is watched)
            await asyncio.sleep(0.02)


async def test_more_lanes_that_hang_than_there_are_workers_hold_up_nobody_else() -> None:
    queue, looks = Queue(lane=lambda key: key.name, most=8), Looks()
    crew = asyncio.create_task(Crew(queue, looks.look).run())
    hung = {f"hung{number}" for number in range(2 * WORKERS)}
    for name in sorted(hung):
        queue.add(named(name), Level.LATEST)
    await asyncio.sleep(0)
    queue.add(named("free"), Level.OBJECTS)
    await until(looks, {"free"})
    assert looks.looking <= hung
    looks.go.set()
    await until(looks, hung)
    for number in range(WORKERS):
        queue.add(named(f"later{number}"), Level.OBJECTS)
    await until(looks, {f"later{number}" for number in range(WORKERS)})
    crew.cancel()
    await asyncio.gather(crew, return_exceptions=True)


async def test_of_one_lane_that_hangs_only_so_many_are_looked_at() -> None:
    queue, looks = Queue(lane=lambda key: key.name[:4], most=8), Looks()
    crew = asyncio.create_task(Crew(queue, looks.look).run())
    for number in range(2 * WORKERS):
        queue.add(named(f"hung{number}"), Level.LATEST)
    queue.add(named("free"), Level.OBJECTS)
    await until(looks, {"free"})
    assert len(looks.looking) == 8
    crew.cancel()
    await asyncio.gather(crew, return_exceptions=True)


async def test_what_a_look_raises_ends_the_crew() -> None:
    queue = Queue()
    queue.add(named("broken"), Level.LATEST)
    with pytest.raises(ExceptionGroup) as raised:
        await Crew(queue, Looks().look).run()
    assert raised.group_contains(ZeroDivisionError)
