"""The real tool worker and pools of it: there is no memory double, the real one is quick."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from argosy.gateways.clock import ManualClock
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import File
from argosy.gateways.tools.worker import Program

ROOT = Path(__file__).parents[3]
MATERIAL = ROOT / "tests" / "tool_worker"

ReadFolder = Callable[[str], tuple[File, ...]]
OpenPool = Callable[..., Pool]


@pytest.fixture(scope="session")
def tool_worker_program() -> Path:
    """The built tool worker, from the cache unless its sources have changed."""
    command = [sys.executable, "tools/build/go_program.py", "tool_worker"]
    return Path(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
async def open_pool(clock: ManualClock) -> AsyncIterator[OpenPool]:
    """Make pools, closed when the test is over, however it ends."""
    async with AsyncExitStack() as stack:

        def opened(program: Program, *, size: int = 2) -> Pool:
            pool = Pool(program, size=size, clock=clock)
            stack.push_async_callback(pool.close)
            return pool

        yield opened


@pytest.fixture
async def pool(open_pool: OpenPool, tool_worker_program: Path) -> Pool:
    """Two workers with generous limits."""
    return open_pool(Program(path=tool_worker_program))


@pytest.fixture
def folder() -> ReadFolder:
    """Read a folder below tests/tool_worker as the files of a request."""

    def read(name: str) -> tuple[File, ...]:
        top = MATERIAL / name
        return tuple(
            File(path.relative_to(top).as_posix(), path.read_bytes())
            for path in sorted(top.rglob("*"))
            if path.is_file()
        )

    return read
