"""Time, memory, input and output: a breach names the limit, costs one worker at most, and hurts nobody else."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from argosy.gateways.tools.errors import LimitName, ToolLimit
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import File
from argosy.gateways.tools.worker import MEBIBYTE, Limits, Program
from tests.contract.tools.charts import CHATTY, ENDLESS, GOOD, HUNGRY, rendered

OpenLimited = Callable[[Limits], Pool]


@pytest.fixture
def open_limited(open_pool: Callable[..., Pool], tool_worker_program: Path) -> OpenLimited:
    return lambda limits: open_pool(Program(path=tool_worker_program, limits=limits))


async def test_s_136_an_endless_template_is_stopped_at_the_deadline_and_the_next_request_is_fine(
    open_limited: OpenLimited,
):
    pool = open_limited(Limits(seconds=0.5))
    with pytest.raises(ToolLimit, match=r"took longer than 0\.5 seconds and was stopped") as caught:
        await pool.helm(ENDLESS)
    assert caught.value.limit == "time"
    assert pool.pids == frozenset()
    assert (await rendered(pool, GOOD)).documents[0].manifest == {"kind": "Good"}


async def test_others_go_on_while_one_is_stopped(open_limited: OpenLimited):
    pool = open_limited(Limits(seconds=2))
    endless = asyncio.create_task(pool.helm(ENDLESS))
    while not endless.done():
        assert (await rendered(pool, GOOD)).documents[0].manifest == {"kind": "Good"}
    with pytest.raises(ToolLimit):
        await endless


async def test_s_141_a_template_that_wants_all_the_memory_is_stopped(open_limited: OpenLimited):
    pool = open_limited(Limits(memory=256 * MEBIBYTE))
    with pytest.raises(ToolLimit, match=r"needed more than 256 MiB of memory and was stopped") as caught:
        await pool.helm(HUNGRY)
    assert caught.value.limit == "memory"
    assert (await rendered(pool, GOOD)).documents[0].manifest == {"kind": "Good"}


async def test_s_141_an_output_that_is_too_large_is_refused_and_the_worker_stays(open_limited: OpenLimited):
    pool = open_limited(Limits(output=MEBIBYTE))
    await pool.helm(GOOD)
    worker = pool.pids
    with pytest.raises(ToolLimit, match="output is larger than 1048576 bytes") as caught:
        await pool.helm(CHATTY)
    assert caught.value.limit == "output"
    assert pool.pids == worker


async def test_s_141_files_that_are_too_large_are_not_even_sent(open_limited: OpenLimited):
    pool = open_limited(Limits(input=1000))
    with pytest.raises(ToolLimit, match="files are larger than 1000 bytes together") as caught:
        await pool.yaml([File("a.yaml", b"a: 1\n"), File("b.yaml", b"x" * 1000)])
    assert caught.value.limit == "input"
    assert pool.pids == frozenset()


async def test_s_140_breaches_leave_neither_descriptors_nor_processes(open_limited: OpenLimited):
    pool = open_limited(Limits(seconds=0.2))
    before = held()
    for _ in range(10):
        with pytest.raises(ToolLimit):
            await pool.helm(ENDLESS)
    assert pool.pids == frozenset()
    assert held() == before


def held() -> tuple[int, set[str]]:
    """How many descriptors this process has, and its children, dead ones among them."""
    children = set(Path(f"/proc/self/task/{threading.main_thread().native_id}/children").read_text().split())
    return len(list(Path("/proc/self/fd").iterdir())), children


def test_each_limit_that_has_a_name_is_tested_here():
    assert set(get_args(LimitName)) == {"time", "memory", "output", "input"}
