"""What happens between two steps of a look: nothing is decided, or shown, on the strength of what no longer holds."""

import asyncio
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from app_controller.orphans import Orphans
from app_controller.outside import CONFIG_MAPS
from app_controller.queue import ApplicationKey
from argosy.wire.repo_server import RenderAnswer, RenderRequest
from tests.processes.conftest import Controller

Make = Callable[..., dict[str, Any]]
AUTOMATED = {"automated": {"prune": True, "selfHeal": True}}
REFRESH = "argocd.argoproj.io/refresh"


class Held:
    """Holds the answer of the next rendering back until it is let go."""

    def __init__(self, controller: Controller) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self._render = controller.manifests.render
        manifests: Any = controller.manifests
        manifests.render = self.render

    async def render(self, request: RenderRequest) -> RenderAnswer:
        answer = await self._render(request)
        self.asked.set()
        await self.go.wait()
        return answer


async def idle(controller: Controller, key: ApplicationKey) -> None:
    """Wait until the watch has told of what was written and nothing is to be looked at."""
    await asyncio.sleep(0.3)
    async with asyncio.timeout(30):
        while controller.busy(key):  # noqa: ASYNC110  (a controller is watched)
            await asyncio.sleep(0.02)


def recorded(controller: Controller) -> list[str]:
    """Return what is shown as the sync status from now on."""
    assert controller.work is not None
    reporter: Any = controller.work.reporter
    write, shown = reporter.write, list[str]()

    async def written(key: ApplicationKey, fields: Mapping[str, Any], **more: Any) -> None:
        shown.append(fields["sync"]["status"])
        await write(key, fields, **more)

    reporter.write = written
    return shown


async def test_an_event_does_not_compare_what_may_not_be_compared_any_more(
    controller: Controller, config_map: Make
) -> None:
    controller.commit(config_map("c", a="1"))
    await controller.start()
    key = await controller.create(operation={"sync": {}})
    await controller.ended(key)
    await controller.look(key)
    await controller.patch(key, {"spec": {"project": "no-such-project"}})
    await controller.synced(key, "Unknown")
    shown = recorded(controller)
    await controller.cluster.patch(CONFIG_MAPS, "c", {"data": {"more": "2"}}, namespace=controller.namespace)
    await idle(controller, key)
    assert set(shown) == {"Unknown"}


async def held_in_its_first_comparison(controller: Controller, config_map: Make) -> tuple[Held, ApplicationKey]:
    """Return an application that is to be synced automatically, and what holds its first comparison back."""
    controller.commit(config_map("c", a="1"))
    await controller.start()
    held = Held(controller)
    key = await controller.create(syncPolicy=AUTOMATED)
    await held.asked.wait()
    return held, key


async def goes_on_and_syncs_nothing(held: Held, controller: Controller, key: ApplicationKey) -> None:
    """Let the comparison go on, and see that it is shown and starts nothing."""
    await asyncio.sleep(0.3)
    held.go.set()
    await controller.synced(key, "OutOfSync")
    await idle(controller, key)
    assert await controller.records(key) == []


async def test_a_sync_that_was_switched_off_while_it_was_compared_does_not_start(
    controller: Controller, config_map: Make
) -> None:
    held, key = await held_in_its_first_comparison(controller, config_map)
    await controller.patch(key, {"spec": {"syncPolicy": None}})
    await goes_on_and_syncs_nothing(held, controller, key)


async def test_a_comparison_of_an_application_is_not_shown_on_its_successor(
    controller: Controller, config_map: Make
) -> None:
    held, key = await held_in_its_first_comparison(controller, config_map)
    await controller.delete(key)
    await controller.gone(key)
    await controller.create()
    await goes_on_and_syncs_nothing(held, controller, key)


async def test_1_45_a_hard_refresh_that_is_asked_for_during_another_one_is_not_lost(
    controller: Controller, config_map: Make
) -> None:
    controller.commit(config_map("c", a="1"))
    await controller.start()
    key = await controller.create()
    await controller.synced(key, "OutOfSync")
    await idle(controller, key)
    controller.commit(config_map("c", a="2"))
    held = Held(controller)
    await controller.refresh(key)
    await held.asked.wait()
    await controller.patch(key, {"metadata": {"annotations": {REFRESH: "hard"}}})
    await asyncio.sleep(0.3)
    controller.manifests.asked.clear()
    held.go.set()
    await idle(controller, key)
    assert any(isinstance(each, RenderRequest) and each.fresh for each in controller.manifests.asked)


async def test_of_an_application_that_is_gone_nothing_is_wanted_or_remembered(
    controller: Controller, config_map: Make
) -> None:
    controller.commit(config_map("c", a="1"))
    await controller.start()
    key = await controller.create()
    await controller.synced(key, "OutOfSync")
    await idle(controller, key)
    work: Any = controller.work
    place = work.compared(key).admitted.place
    assert place.instance in place.cache._objects._wants
    await controller.delete(key)
    await controller.gone(key)
    await idle(controller, key)
    assert place.instance not in place.cache._objects._wants
    assert key not in work.reporter._listed
    assert key not in work._memory


async def test_a_status_of_ours_is_not_looked_at_though_the_watch_tells_it_first(
    controller: Controller, config_map: Make
) -> None:
    controller.commit(config_map("c", a="1"))
    await controller.start()
    key = await controller.create(operation={"sync": {}})
    await controller.ended(key)
    await idle(controller, key)
    work: Any = controller.work
    asked, add = list[str](), work.queue.add

    def noted(key: ApplicationKey, level: Any, **more: Any) -> None:
        asked.append(level.name)
        add(key, level, **more)

    work.queue.add = noted
    for value in ("2", "1", "2", "1"):
        patch = {"data": {"a": value}}
        await controller.cluster.patch(CONFIG_MAPS, "c", patch, namespace=controller.namespace)
        await controller.synced(key, "Synced" if value == "1" else "OutOfSync")
        await idle(controller, key)
    assert set(asked) == {"OBJECTS"}


async def test_a_bug_is_shown_and_what_was_known_before_is_not(controller: Controller, config_map: Make) -> None:
    controller.commit(config_map("c", a="1"))
    await controller.start()
    key = await controller.create(operation={"sync": {}})
    await controller.ended(key)
    await controller.look(key)
    manifests: Any = controller.manifests

    async def broken(_request: RenderRequest) -> RenderAnswer:
        raise ZeroDivisionError

    manifests.render = broken
    controller.commit(config_map("c", a="2"))
    await controller.refresh(key)
    found = await controller.synced(key, "Unknown")
    (condition,) = found["status"]["conditions"]
    assert condition["type"] == "ComparisonError"
    assert "internal error: ZeroDivisionError" in condition["message"]


def test_an_application_that_stays_overdue_is_told_once_for_each_arrival() -> None:
    said: Any = Orphans()
    key = ApplicationKey("argocd", "a")
    known = said._said
    known[key] = SimpleNamespace(turnover_now=2, stands=lambda: False)
    assert (said.newly_overdue(), said.newly_overdue()) == ([key], [])
    known[key].turnover_now = 3
    assert (said.newly_overdue(), said.newly_overdue(), said.overdue()) == ([key], [], [key])


async def test_a_cluster_stays_open_for_an_application_that_cannot_be_compared(
    controller: Controller, config_map: Make
) -> None:
    controller.commit(config_map("c", a="1"))
    await controller.start()
    key = await controller.create(source={"repoURL": controller.repository, "path": "no-such-folder"})
    await controller.synced(key, "Unknown")
    work: Any = controller.work
    assert work.compared(key) is None
    cache = work.outside.destinations.at("https://kubernetes.default.svc")
    loop: Any = controller.loop
    await loop._close_unused()
    assert work.outside.destinations.at("https://kubernetes.default.svc") is cache
