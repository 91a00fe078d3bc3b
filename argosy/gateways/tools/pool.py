"""The tools, behind a pool of workers: the real `Tools`, made by `wiring`.

Requests wait their turn, one of each queue (`port.QUEUE`) after the other. Workers are started when they are needed,
thrown away after anything unexpected and where they have grown, and stopped after a minute of idleness.
"""

import asyncio
import tempfile
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from argosy.gateways.tools import frames, requests
from argosy.gateways.tools.errors import Place, ToolCrashed, ToolFailed, ToolLimit
from argosy.gateways.tools.port import (
    QUEUE,
    ChartArchive,
    ChartDetails,
    ChartFiles,
    ChartValue,
    Document,
    File,
    Glob,
    HelmOutcome,
    HelmRequest,
    JsonnetRequest,
    KustomizeOutcome,
    KustomizeRequest,
    LintMessage,
    LintRequest,
    PackedFile,
    VersionChoice,
    YamlFile,
)
from argosy.gateways.tools.scripts import Answered, Declined
from argosy.gateways.tools.turns import Turns
from argosy.gateways.tools.worker import Answer, Limits, Program, Worker, WorkerEnded

T = TypeVar("T")

_FILES: msgspec.json.Decoder[tuple[YamlFile, ...]] = msgspec.json.Decoder(tuple[YamlFile, ...])
_RENDERED: msgspec.json.Decoder[HelmOutcome] = msgspec.json.Decoder(HelmOutcome)
_BUILT: msgspec.json.Decoder[KustomizeOutcome] = msgspec.json.Decoder(KustomizeOutcome)
_EVALUATED = msgspec.json.Decoder(tuple[tuple[Document, ...], ...])
_DETAILS = msgspec.json.Decoder(ChartDetails)
_MESSAGES = msgspec.json.Decoder(tuple[LintMessage, ...])
_VALUES = msgspec.json.Decoder(tuple[ChartValue, ...])
_PACKED: msgspec.json.Decoder[tuple[PackedFile, ...]] = msgspec.json.Decoder(tuple[PackedFile, ...])
_MATCHES: msgspec.json.Decoder[tuple[Answered[tuple[bool, ...]] | Declined, ...]] = msgspec.json.Decoder(
    tuple[Answered[tuple[bool, ...]] | Declined, ...]
)
_CHOICE: msgspec.json.Decoder[VersionChoice] = msgspec.json.Decoder(VersionChoice)
_VERSIONS = msgspec.json.Decoder(dict[str, str])

IDLE_SECONDS = 60.0
_CLOSING = "closing"
_LONGEST_BEGINNING, _LONGEST_END = 1500, 500
ATTEMPTS = 2
"""A request whose worker was killed by somebody else is asked again, once: it may be what kills it."""


class Clock(Protocol):
    """What the pool needs to know of time; `argosy.gateways.clock` has it."""

    def monotonic(self) -> float:
        """Return seconds from some point in the past; never goes back."""
        ...


class Pool:
    """`Tools` on at most `size` workers at a time."""

    def __init__(self, program: Program, *, size: int, clock: Clock) -> None:
        self._program = program
        self._clock = clock
        self._size = size
        self._turns = Turns(size)
        self._idle: deque[tuple[float, Worker]] = deque()  # the longest idle first
        self._busy: set[Worker] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._retiring: asyncio.Task[None] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="argosy-tools-")
        self._closed = False

    async def yaml(self, files: Sequence[File]) -> tuple[YamlFile, ...]:
        """Read files; see `Tools.yaml`."""
        return await self.ask("yaml", {}, {"files": files}, answer=_FILES)

    async def helm(self, request: HelmRequest) -> HelmOutcome:
        """Render a chart; see `Tools.helm`."""
        return await self.ask("helm", *requests.helm(request), answer=_RENDERED)

    async def chart(self, chart: ChartFiles | ChartArchive, *, values: Sequence[File] = ()) -> ChartDetails:
        """Describe a chart; see `Tools.chart`."""
        return await self.ask("chart", *requests.chart(chart, values), answer=_DETAILS)

    async def lint(self, request: LintRequest) -> tuple[LintMessage, ...]:
        """Lint a chart; see `Tools.lint`."""
        return await self.ask("lint", *requests.lint(request), answer=_MESSAGES)

    async def chart_values(self, chart: ChartFiles | ChartArchive) -> tuple[ChartValue, ...]:
        """List a chart's values; see `Tools.chart_values`."""
        return await self.ask("chartValues", *requests.chart(chart, ()), answer=_VALUES)

    async def packed_charts(self, archives: Sequence[File]) -> tuple[PackedFile, ...]:
        """Read packed charts; see `Tools.packed_charts`."""
        return await self.ask("packedCharts", {}, {"archives": archives}, answer=_PACKED)

    async def kustomize(self, request: KustomizeRequest) -> KustomizeOutcome:
        """Build a kustomization; see `Tools.kustomize`."""
        return await self.ask("kustomize", *requests.kustomize(request), answer=_BUILT)

    async def jsonnet(self, request: JsonnetRequest) -> tuple[tuple[Document, ...], ...]:
        """Evaluate Jsonnet programs; see `Tools.jsonnet`."""
        return await self.ask("jsonnet", *requests.jsonnet(request), answer=_EVALUATED)

    async def match(self, globs: Sequence[Glob]) -> tuple[Answered[tuple[bool, ...]] | Declined, ...]:
        """Match globs; see `Tools.match`."""
        return await self.ask("glob", requests.globs(globs), {}, answer=_MATCHES)

    async def semver(self, constraint: str, versions: Sequence[str]) -> VersionChoice:
        """Pick a version; see `Tools.semver`."""
        options = {"constraint": constraint, "versions": versions}
        return await self.ask("semver", options, {}, answer=_CHOICE)

    async def versions(self) -> Mapping[str, str]:
        """Return the versions of the libraries."""
        return await self.ask("versions", {}, {}, answer=_VERSIONS)

    async def stop_idle(self) -> None:
        """Stop the workers that have been idle for a minute; happens by itself."""
        while self._idle and self._idle[0][0] + IDLE_SECONDS <= self._clock.monotonic():
            ending = asyncio.create_task(self._idle.popleft()[1].kill())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
            await asyncio.shield(ending)  # whoever closes the pool meanwhile waits for it

    async def close(self) -> None:
        """Stop all workers; requests that are under way or wait raise `ToolCrashed`."""
        self._closed = True
        for worker in self._busy:
            worker.end()
        for _ in range(self._size):  # nobody works any more when all turns are ours
            await self._turns.take(_CLOSING)
        for _ in range(self._size):
            self._turns.give()
        if self._retiring is not None:
            self._retiring.cancel()
        await asyncio.gather(*self._ending)
        while self._idle:
            await self._idle.pop()[1].kill()
        self._folder.cleanup()

    @property
    def pids(self) -> frozenset[int]:
        """The process ids of the workers that run now."""
        return frozenset(worker.pid for worker in (*self._busy, *(idle for _, idle in self._idle)))

    @property
    def limits(self) -> Limits:
        """What one request may take."""
        return self._program.limits

    @property
    def closed(self) -> bool:
        """Nothing is answered any more."""
        return self._closed

    async def ask(self, operation: str, options: Any, groups: frames.Groups, *, answer: msgspec.json.Decoder[T]) -> T:
        """Return what an operation of the worker answers. Raises a `ToolError`."""
        if self._closed:
            raise _closed()
        request = frames.encode_request(operation, options, groups)
        allowed = self._program.limits.input
        if sum(map(len, request)) > allowed:
            raise ToolLimit(f"the files are larger than {allowed} bytes together", limit="input")
        async with self._turns.turn(QUEUE.get()):
            got = await self._with_worker(request)
        return _read(got, answer)

    async def _with_worker(self, request: Sequence[bytes]) -> Answer:
        ends: list[WorkerEnded] = []
        while len(ends) < ATTEMPTS and not self._closed:
            try:
                return await self._attempt(request)
            except WorkerEnded as ended:
                ends.append(ended)
        if self._closed:
            raise _closed()
        raise ToolCrashed(f"the tool worker ended without an answer, {ATTEMPTS} times: {ends[-1]}") from ends[-1]

    async def _attempt(self, request: Sequence[bytes]) -> Answer:
        worker = self._idle.pop()[1] if self._idle else await self._start()
        self._busy.add(worker)
        try:
            answer = await worker.ask(request)
        except BaseException:
            await worker.kill()
            raise
        finally:
            self._busy.discard(worker)
        if worker.resident() > self.limits.resident:
            await worker.kill()
        else:
            self._rest(worker)
        return answer

    async def _start(self) -> Worker:
        worker = await Worker.start(self._program, folder=Path(self._folder.name))
        if self._closed:
            await worker.kill()
            raise WorkerEnded("the tools were closed while it started")
        return worker

    def _rest(self, worker: Worker) -> None:
        self._idle.append((self._clock.monotonic(), worker))
        if self._retiring is None or self._retiring.done():
            self._retiring = asyncio.create_task(self._retire())

    async def _retire(self) -> None:
        while self._idle:
            await asyncio.sleep(max(0.0, self._idle[0][0] + IDLE_SECONDS - self._clock.monotonic()))
            await self.stop_idle()


def _closed() -> ToolCrashed:
    return ToolCrashed("the tools are closed")


def _shortened(message: str) -> str:
    """Leave out the middle of a message of any length: it begins with where, and ends with why."""
    if len(message) <= _LONGEST_BEGINNING + _LONGEST_END:
        return message
    return f"{message[:_LONGEST_BEGINNING]} [...] {message[-_LONGEST_END:]}"


def _read(answer: Answer, wanted: msgspec.json.Decoder[T]) -> T:
    """Return what was computed, or raise the refusal: the table from the worker's outcomes to our errors."""
    match answer.outcome:
        case "answered":
            return wanted.decode(answer.body)
        case "failed":
            failed = msgspec.json.decode(answer.body, type=frames.FailedBody)
            raise ToolFailed(_shortened(failed.message), place=Place(failed.file, failed.document, failed.line))
        case "limit":
            limit = msgspec.json.decode(answer.body, type=frames.LimitBody)
            raise ToolLimit(limit.message, limit=limit.name)
        case "hello":
            raise ToolCrashed("the tool worker greets where it was asked something")
