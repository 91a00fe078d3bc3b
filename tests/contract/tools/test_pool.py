"""The pool: fair, started on demand, one retry, nothing left behind."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from argosy.gateways.clock import ManualClock
from argosy.gateways.tools.errors import ToolCrashed, ToolMissing
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import QUEUE, File
from argosy.gateways.tools.worker import MEBIBYTE, Limits, Program
from tests.contract.tools.charts import ENDLESS, GOOD, rendered, small


def is_running(pid: int) -> bool:
    """A process that has ended and was not waited for is not running."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def one_pid(pool: Pool, *, besides: int = 0) -> int:
    """Wait for a worker, and return its process id."""
    async with asyncio.timeout(20):
        while not (pids := pool.pids - {besides}):  # noqa: ASYNC110  the pool tells nobody of its workers
            await asyncio.sleep(0.01)
    (pid,) = pids
    return pid


async def gone(pid: int) -> None:
    async with asyncio.timeout(20):
        while is_running(pid):  # noqa: ASYNC110  the kernel tells parents only
            await asyncio.sleep(0.01)


async def test_twenty_requests_at_once_get_their_own_answers_from_two_workers(pool: Pool):
    answers = await asyncio.gather(*(rendered(pool, small(f"number: {n}\n")) for n in range(20)))
    assert [answer.documents[0].manifest for answer in answers] == [{"number": n} for n in range(20)]
    assert len(pool.pids) == 2


async def test_requests_are_served_in_the_order_in_which_they_came(
    tool_worker_program: Path, open_pool: Callable[..., Pool]
):
    pool = open_pool(Program(path=tool_worker_program), size=1)
    served: list[int] = []

    async def ask(number: int) -> None:
        await pool.helm(GOOD)
        served.append(number)

    await asyncio.gather(*(ask(number) for number in range(10)))
    assert served == list(range(10))


async def test_a_repository_that_asks_for_much_delays_itself_and_not_the_others(
    tool_worker_program: Path, open_pool: Callable[..., Pool]
):
    pool = open_pool(Program(path=tool_worker_program), size=1)
    served: list[str] = []

    async def ask(repository: str) -> None:
        QUEUE.set(repository)  # in the task's own context
        await pool.helm(GOOD)
        served.append(repository)

    await asyncio.gather(*(ask(repository) for repository in [*["greedy"] * 10, "modest", "late", "late"]))
    assert served[:6] == ["greedy", "greedy", "modest", "late", "greedy", "late"]


async def test_a_worker_that_has_grown_is_replaced(tool_worker_program: Path, open_pool: Callable[..., Pool]):
    pool = open_pool(Program(path=tool_worker_program, limits=Limits(resident=100 * MEBIBYTE)))
    await pool.helm(GOOD)
    small = pool.pids
    assert len(small) == 1
    assert (
        len(await pool.yaml([File("a.yaml", b"kind: A\nx: " + b"y" * 1000 + b"\n---\n") for _ in range(60_000)]))
        == 60_000
    )
    await gone(*small)
    assert pool.pids == frozenset()
    assert (await rendered(pool, GOOD)).documents[0].manifest == {"kind": "Good"}


async def test_nothing_is_started_before_it_is_needed(pool: Pool):
    assert pool.pids == frozenset()
    await pool.versions()
    assert len(pool.pids) == 1


async def test_a_worker_that_was_killed_while_idle_is_replaced(pool: Pool):
    await pool.helm(GOOD)
    first = await one_pid(pool)
    os.kill(first, signal.SIGKILL)
    assert (await rendered(pool, GOOD)).documents[0].manifest == {"kind": "Good"}
    assert first not in pool.pids


async def test_a_request_whose_worker_is_killed_twice_fails_and_the_next_is_fine(pool: Pool):
    doomed = asyncio.create_task(pool.helm(ENDLESS))
    first = await one_pid(pool)
    os.kill(first, signal.SIGKILL)
    os.kill(await one_pid(pool, besides=first), signal.SIGKILL)
    with pytest.raises(ToolCrashed, match=r"ended without an answer, 2 times: exit status -9"):
        await doomed
    assert (await rendered(pool, GOOD)).documents[0].manifest == {"kind": "Good"}


async def test_a_request_that_is_given_up_takes_its_worker_with_it(pool: Pool):
    given_up = asyncio.create_task(pool.helm(ENDLESS))
    pid = await one_pid(pool)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    await gone(pid)
    assert pool.pids == frozenset()


async def test_idle_workers_are_stopped_after_a_minute(pool: Pool, clock: ManualClock):
    await asyncio.gather(pool.helm(GOOD), pool.helm(GOOD))
    both = pool.pids
    clock.advance(timedelta(seconds=59))
    await pool.stop_idle()
    assert pool.pids == both
    await pool.helm(GOOD)  # keeps the one that it takes
    clock.advance(timedelta(seconds=1))
    await pool.stop_idle()
    assert len(pool.pids) == 1
    clock.advance(timedelta(seconds=59))
    await pool.stop_idle()
    assert pool.pids == frozenset()
    for pid in both:
        await gone(pid)


async def test_closing_waits_for_workers_that_are_being_stopped(pool: Pool, clock: ManualClock):
    await pool.helm(GOOD)
    (pid,) = pool.pids
    clock.advance(timedelta(seconds=61))
    for _ in range(3):  # by itself it begins to stop the worker, and is not over
        await asyncio.sleep(0)
    assert pool.pids == frozenset()
    os.kill(pid, 0)
    await pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_closing_ends_what_is_under_way_and_what_waits(tool_worker_program: Path, open_pool: Callable[..., Pool]):
    pool = open_pool(Program(path=tool_worker_program), size=1)
    under_way = asyncio.create_task(pool.helm(ENDLESS))
    pid = await one_pid(pool)
    waiting = asyncio.create_task(pool.helm(GOOD))
    await asyncio.sleep(0)
    await pool.close()
    for task in (under_way, waiting):
        with pytest.raises(ToolCrashed, match="the tools are closed"):
            await task
    assert not is_running(pid)
    with pytest.raises(ToolCrashed, match="the tools are closed"):
        await pool.helm(GOOD)


async def test_closing_twice_a_pool_that_was_never_used_is_fine(
    tool_worker_program: Path, open_pool: Callable[..., Pool]
):
    await open_pool(Program(path=tool_worker_program)).close()


ASK_AND_TELL = """
import asyncio, sys
from pathlib import Path
from argosy.gateways.clock import SystemClock
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.worker import Program
from tests.contract.tools.charts import ENDLESS

async def main():
    pool = Pool(Program(path=Path(sys.argv[1])), size=1, clock=SystemClock())
    task = asyncio.create_task(pool.helm(ENDLESS))
    while not pool.pids:
        await asyncio.sleep(0.01)
    print(*pool.pids, flush=True)
    await task

asyncio.run(main())
"""


async def test_a_busy_worker_ends_when_its_parent_is_killed(tool_worker_program: Path):
    command = [sys.executable, "-c", ASK_AND_TELL, str(tool_worker_program)]
    root = Path(__file__).parents[3]
    parent = await asyncio.create_subprocess_exec(*command, cwd=root, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert is_running(pid)
    parent.kill()
    await parent.communicate()
    await gone(pid)


@pytest.mark.parametrize("path", ["/nowhere/tool_worker", "/etc/hostname"])
async def test_a_worker_that_is_not_there_is_missed_in_words(open_pool: Callable[..., Pool], path: str):
    pool = open_pool(Program(path=Path(path)), size=1)
    with pytest.raises(ToolMissing, match=rf"tool worker {path} cannot be used: .*`make worker` builds it"):
        await pool.versions()


@pytest.fixture
def outdated_worker(tmp_path: Path) -> Path:
    script = tmp_path / "tool_worker"
    script.write_text("#!/bin/sh\necho 'flag provided but not defined: -memory-limit' >&2\nexit 2\n")
    script.chmod(0o755)
    return script


async def test_a_worker_of_another_version_is_told_from_a_broken_one(
    open_pool: Callable[..., Pool], outdated_worker: Path
):
    pool = open_pool(Program(path=outdated_worker), size=1)
    with pytest.raises(ToolMissing, match=r"it is of another version\. `make worker` builds it"):
        await pool.versions()


async def test_a_program_that_is_no_worker_does_not_hang(open_pool: Callable[..., Pool]):
    pool = open_pool(Program(path=Path("/bin/echo")), size=1)
    with pytest.raises(ToolCrashed, match="ended without an answer, 2 times"):
        await pool.versions()
