"""One attempt of a sync: its plan, taken wave by wave until it is finished. Made and run by `operate`.

Before a step is taken the SQL memory says so (and that the object is ours); after it, what came of it. An attempt that
was cut off is read back from there and goes on with the same plan.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from app_controller import apply, planning
from app_controller.admission import Admitted
from app_controller.apply import Taken
from app_controller.compare import Compared
from app_controller.outside import Outside
from argosy.engine import diff, progress
from argosy.engine import plan as plans
from argosy.engine.comparison import Rendering
from argosy.engine.health import Health, LuaHealth
from argosy.engine.model.operation import SyncResource
from argosy.engine.model.resource import Manifest, ResourceKey, key_of
from argosy.engine.operation_state import Course
from argosy.engine.progress import Finished, Outcome
from argosy.gateways.store.changes import (
    AppliedObject,
    BeginAttempt,
    Change,
    ClaimedObject,
    ClaimObjects,
    ForgetObjects,
    PlannedStep,
    RecordApplied,
    RecordStep,
    StepRef,
    StepState,
)
from argosy.gateways.store.records import AttemptRecord

TERMINATED = "Operation terminated"

_AT_ONCE = 10
_LOOK_AGAIN = 2.0


@dataclass(slots=True)
class Attempt:
    """A plan under way, and what has come of it so far."""

    operation_id: str
    admitted: Admitted
    outside: Outside
    course: Course
    _open: list[LuaHealth] = field(default_factory=list[LuaHealth], init=False)
    """What users' scripts have to be asked before it is known how the objects are."""

    async def run(
        self, changed: asyncio.Event, *, terminated: Callable[[], bool], show: Callable[[str], Awaitable[None]]
    ) -> Finished:
        """Take steps until the attempt is finished; `show` is told what it waits for."""
        while not terminated():
            changed.clear()
            self._open.clear()
            match progress.next_of(self.course.plan, self.course.outcomes, self._look):
                case progress.Take(_, steps):
                    await self._take(steps)
                case progress.Wait() if self._open:
                    await self.outside.answers.learn_health(self._open)
                case progress.Wait(message):
                    await show(message)
                    await either(changed, _LOOK_AGAIN)
                case Finished() as finished:
                    return finished
        return Finished("Failed", TERMINATED)

    def _look(self, key: ResourceKey) -> progress.Live:
        """Read an object; a dry run takes for granted that what it would do succeeds."""
        if self._dry_run:
            return progress.Live(
                not any(step.key == key for step in self.course.plan.steps if isinstance(step, plans.Prune))
            )
        live = self.admitted.cache.get(key)
        if live is None:
            return progress.Live(False, None)
        found = self.outside.answers.health(live.manifest(), self.admitted.settings.customisations.health)
        if isinstance(found, LuaHealth):
            self._open.append(found)
            found = Health("Progressing")
        return progress.Live(True, found)

    async def _take(self, steps: tuple[plans.Step, ...]) -> None:
        """Take steps kind by kind, those of one kind together; stop after a kind that failed."""
        for _, group in groupby(steps, key=lambda step: (type(step), step.key.kind)):
            together = tuple(group)
            await self._commit(self._before(together))
            limit = asyncio.Semaphore(_AT_ONCE)
            taken = await asyncio.gather(*(self._one(step, limit) for step in together))
            done = list(zip(together, taken, strict=True))
            outcomes = {step.key: each.outcome for step, each in done}
            self.course = replace(self.course, outcomes={**self.course.outcomes, **outcomes})
            await self._commit(self._after(done))
            if not all(each.outcome.succeeded for each in taken):
                return

    async def _one(self, step: plans.Step, limit: asyncio.Semaphore) -> Taken:
        async with limit:
            return await apply.take(step, self.admitted, dry_run=self._dry_run)

    @property
    def _dry_run(self) -> bool:
        sync = self.course.operation.sync
        return bool(sync and sync.dry_run)

    def _before(self, steps: Iterable[plans.Step]) -> Iterable[Change]:
        at = self.outside.clock.now()
        listed = list(steps)
        claimed = tuple(ClaimedObject(step.key) for step in listed if isinstance(step, plans.Apply))
        if claimed and not self._dry_run:
            yield ClaimObjects(self.admitted.place.ref, self._server, claimed, "applied", at, self.operation_id)
        for step in listed:
            yield RecordStep(self._step(step), "running", at)

    def _after(self, done: Iterable[tuple[plans.Step, Taken]]) -> Iterable[Change]:
        at = self.outside.clock.now()
        listed = list(done)
        if not self._dry_run:
            yield from self._inventory(listed)
        for step, taken in listed:
            state: StepState = "succeeded" if taken.outcome.succeeded else "failed"
            yield RecordStep(self._step(step), state, at, taken.outcome.message, taken.uid)

    def _inventory(self, done: Iterable[tuple[plans.Step, Taken]]) -> Iterable[Change]:
        good = [(step, taken) for step, taken in done if taken.outcome.succeeded]
        at = self.outside.clock.now()
        applied = tuple(
            AppliedObject(step.key, taken.uid, taken.manifest, taken.receipt)
            for step, taken in good
            if taken.manifest is not None
        )
        if applied:
            yield RecordApplied(self.admitted.place.ref, self._server, applied, self.operation_id, at)
        pruned = tuple(step.key for step, _ in good if isinstance(step, plans.Prune))
        if pruned:
            yield ForgetObjects(self.admitted.place.ref, self._server, pruned)

    @property
    def _server(self) -> str:
        return self.admitted.place.destination.server

    def _step(self, step: plans.Step) -> StepRef:
        return StepRef(self.operation_id, self.course.retries, self.course.plan.steps.index(step))

    async def _commit(self, changes: Iterable[Change]) -> None:
        await self.outside.store.commit(*changes, epoch=self.outside.epoch)


async def begin(operation_id: str, course: Course, compared: Compared, outside: Outside) -> Attempt:
    """Plan an attempt, write the plan and its manifests down, and return it."""
    sync = course.operation.sync
    made = await planning.make(compared, course.operation, outside)
    unchanged = _unchanged(compared, made, sync.resources if sync else ())
    now = outside.clock.now()
    rendering = compared.comparison.rendering
    desired = [each.manifest() for each in compared.targets.desired.values()]
    kept = await outside.store.manifest_sets.keep(desired, at=now) if desired else ""
    written: dict[str, Any] = {
        "plan": plans.record.to_json(made),
        "revisions": list(rendering.revisions),
        "sourceTypes": list(rendering.source_types),
        "unchanged": [list(key) for key in unchanged],
    }
    steps = tuple(
        PlannedStep(position, wave.phase, wave.number, step.key, plans.record.action_of(step))
        for position, (wave, step) in enumerate((wave, step) for wave in made.waves for step in wave.steps)
    )
    begun = BeginAttempt(operation_id, course.retries, written, steps, now, kept)
    await outside.store.commit(begun, epoch=outside.epoch)
    planned = replace(course, rendering=rendering, plan=made, unchanged=unchanged)
    return Attempt(operation_id, compared.admitted, outside, planned)


def _unchanged(
    compared: Compared, made: plans.Plan, selection: tuple[SyncResource, ...]
) -> Mapping[ResourceKey, Manifest]:
    touched = {step.key for step in made.steps}
    return {
        each.key: each.desired.manifest()
        for each in compared.comparison.judged
        if isinstance(each.verdict, diff.Same)
        and each.desired is not None
        and each.key not in touched
        and plans.is_selected(each.key, selection)
    }


async def read_back(record: AttemptRecord, course: Course, outside: Outside) -> Course:
    """Return the course of an attempt as it was written down, with the outcomes of the steps that are over."""
    manifests = await outside.store.manifest_sets.get(record.manifest_set) if record.manifest_set else ()
    by_key = {key_of(each): each for each in manifests}
    steps = await outside.store.operations.steps(record.operation_id, attempt=record.number)
    return replace(
        course,
        rendering=Rendering(tuple(record.plan["revisions"]), tuple(record.plan["sourceTypes"])),
        plan=plans.record.from_json(record.plan["plan"], by_key),
        outcomes={
            step.key: Outcome(step.state == "succeeded", step.message)
            for step in steps
            if step.state in ("succeeded", "failed")
        },
        unchanged={key: by_key[key] for key in (ResourceKey(*each) for each in record.plan["unchanged"])},
    )


async def either(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, but not longer than this."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
