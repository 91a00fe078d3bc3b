"""One question for each source and interval, however many applications; who renders it hears when it has moved."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app_controller.queue import ApplicationKey
from app_controller.revisions import Revisions
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.engine.settings import Timers
from argosy.gateways.clock import ManualClock
from argosy.gateways.manifests.errors import Refused
from argosy.wire.repo_server import ResolveRequest

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TIMERS = Timers(reconciliation=100.0, jitter=0.0)
FIRST, SECOND = ApplicationKey("argocd", "first"), ApplicationKey("argocd", "second")


class Remote:
    """A repo server that counts its answers."""

    def __init__(self) -> None:
        self.asked: list[ResolveRequest] = []
        self.revision: str | Exception = "a"

    async def resolve(self, request: ResolveRequest) -> str:
        self.asked.append(request)
        await asyncio.sleep(0)
        if isinstance(self.revision, Exception):
            raise self.revision
        return self.revision


class Setting:
    """Revisions, who hears of them, and a clock."""

    def __init__(self) -> None:
        self.remote, self.clock = Remote(), ManualClock(NOW)
        remote: Any = self.remote
        self.revisions = Revisions(remote, self.clock)
        self.moved: list[set[ApplicationKey]] = []
        self.revisions.listen(lambda keys: self.moved.append(set(keys)))

    async def of(self, key: ApplicationKey, *, path: str = "p", target: str = "main", fresh: bool = False) -> str:
        source = Source("https://git/repo", path=path, target_revision=target)
        (found,) = await self.revisions.of(key, [(source, Repository(source.repo_url))], TIMERS, fresh=fresh)
        return found

    async def poll(self) -> int:
        due = self.revisions.take_due()
        for question in due:
            await self.revisions.poll(question, TIMERS)
        return len(due)


@pytest.fixture
def setting() -> Setting:
    return Setting()


async def test_applications_of_one_repository_ask_once(setting: Setting) -> None:
    found = await asyncio.gather(*(setting.of(ApplicationKey("argocd", f"a{n}"), path=f"p{n}") for n in range(50)))
    assert (set(found), len(setting.remote.asked)) == ({"a"}, 1)
    await setting.of(FIRST, target="other")
    assert len(setting.remote.asked) == 2


async def test_a_fresh_question_is_always_asked(setting: Setting) -> None:
    await setting.of(FIRST)
    await setting.of(FIRST, fresh=True)
    assert [each.fresh for each in setting.remote.asked] == [False, True]


async def test_a_source_is_polled_once_an_interval_and_nobody_hears_while_it_stands_still(setting: Setting) -> None:
    await setting.of(FIRST)
    await setting.of(SECOND)
    assert await setting.poll() == 0
    setting.clock.advance(timedelta(seconds=100))
    assert (await setting.poll(), await setting.poll()) == (1, 0)
    setting.clock.advance(timedelta(seconds=100))
    assert await setting.poll() == 1
    assert (len(setting.remote.asked), setting.moved) == (3, [])


async def test_all_who_render_a_source_hear_when_it_moves(setting: Setting) -> None:
    await setting.of(FIRST)
    await setting.of(SECOND)
    setting.remote.revision = "b"
    setting.clock.advance(timedelta(seconds=100))
    await setting.poll()
    assert setting.moved == [{FIRST, SECOND}]
    assert (await setting.of(FIRST), len(setting.remote.asked)) == ("b", 2)


async def test_one_applications_refresh_tells_the_others(setting: Setting) -> None:
    await setting.of(FIRST)
    await setting.of(SECOND)
    setting.remote.revision = "b"
    await setting.of(FIRST, fresh=True)
    assert setting.moved == [{FIRST, SECOND}]


async def test_a_source_that_cannot_be_asked_is_told_to_its_applications_and_not_asked_by_each(
    setting: Setting,
) -> None:
    await setting.of(FIRST)
    await setting.of(SECOND)
    setting.remote.revision = Refused("unavailable", "the host does not answer")
    setting.clock.advance(timedelta(seconds=100))
    await setting.poll()
    assert setting.moved == [{FIRST, SECOND}]
    for key in (FIRST, SECOND):
        with pytest.raises(Refused):
            await setting.of(key)
    assert len(setting.remote.asked) == 2
    setting.remote.revision = "a"
    setting.clock.advance(timedelta(seconds=6))
    assert await setting.of(FIRST) == "a"


async def test_who_has_gone_or_goes_elsewhere_is_not_told(setting: Setting) -> None:
    await setting.of(FIRST)
    await setting.of(SECOND)
    await setting.of(FIRST, target="other")
    setting.revisions.forget(SECOND)
    setting.clock.advance(timedelta(seconds=100))
    assert await setting.poll() == 1
    assert setting.remote.asked[-1].source.target_revision == "other"


async def test_without_an_interval_nothing_is_polled(setting: Setting) -> None:
    source = Source("https://git/repo")
    await setting.revisions.of(FIRST, [(source, Repository(source.repo_url))], Timers(reconciliation=0), fresh=False)
    setting.clock.advance(timedelta(seconds=10_000))
    assert await setting.poll() == 0


async def test_after_a_failure_the_earlier_revision_is_not_believed_again(setting: Setting) -> None:
    await setting.of(FIRST)
    setting.remote.revision = Refused("unavailable", "the host does not answer")
    setting.clock.advance(timedelta(seconds=100))
    await setting.poll()
    setting.clock.advance(timedelta(seconds=6))
    with pytest.raises(Refused):
        await setting.of(FIRST)
    assert len(setting.remote.asked) == 3


async def test_an_answer_that_was_overtaken_by_a_later_question_does_not_count(setting: Setting) -> None:
    await setting.of(FIRST)
    slow, resolve = asyncio.Event(), setting.remote.resolve

    async def late(request: ResolveRequest) -> str:
        answer = await resolve(request)
        await slow.wait()
        return answer

    remote: Any = setting.remote
    remote.resolve = late
    before = asyncio.create_task(setting.of(FIRST, fresh=True))
    await asyncio.sleep(0.01)
    remote.resolve = resolve
    setting.remote.revision = "b"
    assert await setting.of(SECOND, fresh=True) == "b"
    slow.set()
    assert (await before, await setting.of(FIRST)) == ("b", "b")


async def test_a_source_that_everybody_left_and_came_back_to_is_polled_once_an_interval(setting: Setting) -> None:
    for _ in range(3):
        await setting.of(FIRST)
        setting.clock.advance(timedelta(seconds=10))
        setting.revisions.forget(FIRST)
    await setting.of(FIRST)
    setting.clock.advance(timedelta(seconds=100))
    assert await setting.poll() == 1


async def test_an_application_that_goes_while_it_asks_gets_its_answer(setting: Setting) -> None:
    asking = asyncio.create_task(setting.of(FIRST))
    await asyncio.sleep(0)
    setting.revisions.forget(FIRST)
    assert await asking == "a"
