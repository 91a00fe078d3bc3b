"""The real tool worker and pools of it: there is no memory double, the real one is quick."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from argosy.gateways.clock import ManualClock
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import File, HelmRequest
from argosy.gateways.tools.worker import Program

ROOT = Path(__file__).parents[3]
MATERIAL = ROOT / "tests" / "tool_worker"

ReadFolder = Callable[[str], tuple[File, ...]]
MakeChart = Callable[..., HelmRequest]


@pytest.fixture(scope="session")
def tool_worker_program() -> Path:
    """The built tool worker, from the cache unless its sources have changed."""
    command = [sys.executable, "tools/build/go_program.py", "tool_worker"]
    return Path(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
async def pool(tool_worker_program: Path, clock: ManualClock) -> AsyncIterator[Pool]:
    """Two workers with generous limits."""
    tools = Pool(Program(path=tool_worker_program), size=2, clock=clock)
    yield tools
    await tools.close()


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
