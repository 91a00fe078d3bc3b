"""Who wakes which application: the watches, the live caches, the timers; and the workers that look at them.

Run by `__main__` while the lease is held. Every timer of the controller is here (APScheduler, in memory).
"""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from app_controller.crew import Crew
from app_controller.observe.objects import Doubted, Stirred
from app_controller.operations import Operations
from app_controller.outside import APPLICATIONS, CONFIG_MAPS, PROJECTS, SECRETS
from app_controller.pacing import Look, Pacing
from app_controller.queue import ApplicationKey, Level
from app_controller.reconcile import reconcile
from app_controller.serve import Deltas
from app_controller.watched import wakes
from app_controller.work import Work
from argosy.engine import integrity, settings
from argosy.engine.model.resource import Manifest, ResourceKey
from argosy.engine.settings.customisations import Customisations
from argosy.gateways.kubernetes.errors import ClusterError, LeaseLost
from argosy.gateways.kubernetes.reflector import Reflector, Selection
from argosy.gateways.store.changes import ForgetExpired, Sweep
from argosy.gateways.store.errors import StaleEpoch, StoreError
from argosy.wire.repo_server import ResolveRequest

_RETRY_AFTER, _RETRY_BUG_AFTER = 5.0, 60.0
_BATCH = 0.05
_ROUND_SECONDS, _AUDITED_A_SECOND = 600, 2
_KEEP = timedelta(days=30)
_SIGN_IN_WINDOW = timedelta(minutes=5)

_log = structlog.get_logger(__name__)


class Loop:
    """The controller at work, from the first list to the end of the lease."""

    def __init__(self, work: Work, operations: Operations, deltas: Deltas) -> None:
        self._work = work
        self._operations = operations
        self._deltas = deltas
        self._hard: dict[ApplicationKey, float] = {}
        self._turns = 0.0
        self._rounds: Iterator[ApplicationKey] = iter(())
        self._tasks: set[asyncio.Task[None]] = set()
        self._checked = Customisations()
        self._news: list[Stirred | Doubted] = []
        self._pacing = Pacing()
        self._stir = asyncio.Event()

    async def run(self) -> None:
        """Watch, look and sync until cancelled. Raises when this process must not go on: the lease is lost, a bug."""
        watched = self._work.watched
        mirrors = {
            PROJECTS: watched.projects,
            CONFIG_MAPS: watched.config_maps,
            SECRETS: watched.secrets,
            APPLICATIONS: watched.applications,
        }
        namespace = Selection(namespace=self._work.outside.namespace)
        async with asyncio.TaskGroup() as group:
            for resource, mirror in mirrors.items():
                reflector = Reflector(self._work.outside.control, resource, mirror, selection=namespace)
                group.create_task(reflector.run(), name=f"watch {resource.plural}")
            for mirror in mirrors.values():
                await mirror.synced.wait()
            self._begin()
            await self._operations.take_up()
            group.create_task(self._pass_on_changes(), name="live changes")
            group.create_task(Crew(self._work.queue, self._look).run(), name="workers")
            await self._keep_time()

    def _begin(self) -> None:
        """Read the settings, listen to what changes, and look at everything once."""
        watched = self._work.watched
        self._read_settings()
        watched.applications.listen(self._application_changed)
        for mirror in (watched.projects, watched.config_maps, watched.secrets):
            mirror.listen(self._settings_changed)
        self._work.outside.destinations.listen(self._live_changed)
        self._work.outside.revisions.listen(self._moved)
        for key in watched.projects.names():
            self._tell_of_ignored(key)
        for key in watched.applications.names():
            self._work.queue.add(key, Level.LATEST)

    def _tell_of_ignored(self, project: ApplicationKey) -> None:
        """Log what of a project's rules is not obeyed (2.81)."""
        found = self._work.watched.project(project.name)
        ignored = None if found is None else integrity.ignored(found)
        if ignored is not None:
            _log.error("a rule of a project is ignored", reason=ignored)

    def _application_changed(self, key: ApplicationKey, before: Manifest | None, after: Manifest | None) -> None:
        """Look at an Application that somebody changed."""
        self._operations.notify(key)
        if after is None:
            self._hard.pop(key, None)
            self._work.queue.add(key, Level.RECENT)
        elif wakes(before, after):
            same_spec = before is not None and before.get("spec") == after.get("spec")
            self._work.queue.add(key, Level.RECENT if same_spec else Level.LATEST)
        elif not self._work.watched.is_written_by_us(after):
            self._work.queue.add(key, Level.RECENT)  # somebody changed the status: it is put right

    def _settings_changed(self, key: ApplicationKey, before: Manifest | None, after: Manifest | None) -> None:
        """Read the settings anew, and look at every application again if they are others than before."""
        project = any(each is not None and each.get("kind") == "AppProject" for each in (before, after))
        if not project and not any(each is not None and settings.is_settings(each) for each in (before, after)):
            return
        if project:
            self._tell_of_ignored(key)
        known = self._work.watched.settings
        self._read_settings()
        if project or self._work.watched.settings != known:
            for name in self._work.watched.applications.names():
                self._work.queue.add(name, Level.LATEST)

    def _read_settings(self) -> None:
        watched = self._work.watched
        known = set(watched.problems)
        watched.read_settings()
        for problem in watched.problems:
            if problem not in known:
                _log.warning("setting cannot be used", problem=str(problem))
        self._work.outside.destinations.configure(watched.settings)
        if watched.settings.customisations != self._checked:
            self._checked = watched.settings.customisations
            self._background(self._check_scripts(self._checked), "check scripts")

    async def _check_scripts(self, said: Customisations) -> None:
        """Log which of users' scripts and jq paths cannot be compiled; where they are used, objects are Unknown."""
        for problem in await self._work.outside.answers.problems(said):
            _log.warning("setting cannot be used", problem=str(problem))

    def _live_changed(self, news: Stirred | Doubted) -> None:
        """Note what happened to a live object; called by the live caches, once per event."""
        self._news.append(news)
        self._stir.set()

    async def _pass_on_changes(self) -> None:
        """Look at what changed of whose objects: the first change at once, and then a batch at a time."""
        clock = self._work.outside.clock
        while True:
            await self._until_news()
            self._stir.clear()
            news, self._news = self._news, []
            judged, shown = _gather(news)
            now = clock.monotonic()
            self._look_at(self._pacing.due(now))
            for instance, touched in judged.items():
                key = self._key(instance)
                if self._work.watched.raw(key) is None:
                    continue
                if not touched:
                    self._work.queue.add(key, Level.RECENT)
                self._look_at(look for look in (Look(key, each) for each in touched) if self._pacing.may(look, now))
            for key in map(self._key, judged.keys() | shown):
                if self._work.watched.raw(key) is not None:
                    self._operations.notify(key)
                    self._deltas.publish(key)
            await asyncio.sleep(_BATCH)

    async def _until_news(self) -> None:
        """Wait for a change, or until an object that was held back may be looked at."""
        due = self._pacing.next_at
        pause = None if due is None else max(0.0, due - self._work.outside.clock.monotonic())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stir.wait(), pause)

    def _look_at(self, looks: Iterable[Look]) -> None:
        for key, touched in looks:
            self._work.memory(key).touched.add(touched)
            self._work.queue.add(key, Level.OBJECTS)

    def _key(self, instance: str) -> ApplicationKey:
        namespace, underscore, name = instance.partition("_")
        return ApplicationKey(namespace, name) if underscore else ApplicationKey(self._work.outside.namespace, instance)

    async def _look(self, key: ApplicationKey, level: Level) -> None:
        """Look at an application; what goes wrong is tried again, unless this process must not go on."""
        try:
            await reconcile(key, level, self._work, self._operations)
        except (LeaseLost, StaleEpoch):
            raise
        except (ClusterError, StoreError) as error:
            _log.warning("looked in vain", application=str(key), reason=str(error))
            self._work.queue.add(key, level, after=_RETRY_AFTER)
        except Exception:  # noqa: BLE001  a bug must stop one application and not the others
            _log.exception("bug while looking at an application", application=str(key))
            self._work.queue.add(key, level, after=_RETRY_BUG_AFTER)
        finally:
            self._deltas.publish(key)

    async def _keep_time(self) -> None:
        """Run the timers until cancelled."""
        scheduler = AsyncIOScheduler()
        scheduler.add_job(self._tick, "interval", seconds=1)
        scheduler.add_job(self._close_unused, "interval", minutes=10)
        scheduler.add_job(self._sweep, "interval", days=1)
        scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)

    # The scheduler runs what is no coroutine in a thread, where there is no loop and the queue is not safe.
    async def _tick(self) -> None:
        """Poll the sources whose time has come, and look at the applications whose turn it is."""
        for question in self._work.outside.revisions.take_due():
            self._background(self._poll(question), f"poll {question.source.repo_url}")
        for key in self._work.orphans.newly_overdue():
            self._work.queue.add(key, Level.OBJECTS)
        self._audit()
        self._refresh_hard()

    def _background(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _audit(self) -> None:
        """Look at all applications, a few at a time, round by round: whatever an event did not tell comes out then."""
        applications = self._work.watched.applications
        self._turns += min(len(applications) / _ROUND_SECONDS, _AUDITED_A_SECOND)
        turns, self._turns = int(self._turns), self._turns % 1
        looked = list(islice(self._rounds, turns))
        for key in looked:
            self._work.queue.add(key, Level.RECENT)
        if len(looked) < turns:
            self._rounds = iter(applications.names())

    async def _poll(self, question: ResolveRequest) -> None:
        await self._work.outside.revisions.poll(question, self._work.watched.settings.timers)

    def _moved(self, keys: Iterable[ApplicationKey]) -> None:
        """Look at the applications of a source that stands at another revision."""
        for key in keys:
            self._work.queue.add(key, Level.LATEST)

    def _refresh_hard(self) -> None:
        """Ask for a hard refresh of every application whose time has come, if the settings have such a time."""
        pause = self._work.watched.settings.timers.hard_reconciliation
        if pause <= 0:
            return
        now = self._work.outside.clock.monotonic()
        for key in self._work.watched.applications.names():
            if self._hard.setdefault(key, now + pause) <= now:
                self._hard[key] = now + pause
                self._work.queue.add(key, Level.HARD)

    async def _close_unused(self) -> None:
        """Close the caches of clusters that no application goes to any more."""
        work, names = self._work, list(self._work.watched.applications.names())
        compared = (work.compared(key) for key in names)
        used = {each.admitted.place.destination.server for each in compared if each is not None}
        # What cannot be compared now, or was not yet, goes there all the same.
        used.update(server for server in map(work.watched.server, names) if server is not None)
        work.outside.destinations.keep(used)

    async def _sweep(self) -> None:
        """Remove what has outlived its use: old operations in no history, expired tokens, failed sign-ins."""
        outside = self._work.outside
        now = outside.clock.now()
        try:
            await outside.store.commit(Sweep(now - _KEEP), epoch=outside.epoch)
            await outside.store.note(ForgetExpired(now, _SIGN_IN_WINDOW))
        except StoreError as error:
            _log.warning("old operations were not removed", reason=str(error))


def _gather(news: Iterable[Stirred | Doubted]) -> tuple[Mapping[str, set[ResourceKey]], set[str]]:
    """Return which instances have which objects to judge (none named: all of them), and whose trees changed."""
    judged: dict[str, set[ResourceKey]] = {}
    doubted: set[str] = set()
    shown: set[str] = set()
    for each in news:
        match each:
            case Stirred(key, judged_by, shown_by):
                shown |= shown_by
                for instance in judged_by:
                    judged.setdefault(instance, set()).add(key)
            case Doubted(judged_by):
                doubted |= judged_by
    return judged | {instance: set[ResourceKey]() for instance in doubted}, shown
