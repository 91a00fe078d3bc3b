"""The worker is shut in: what the kernel says of the running process, and what happens where it cannot be.

What is denied inside is tested in Go (`internal/sandbox`), by a process that tries.
"""

import resource
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from argosy.gateways.tools.errors import ToolUnsafe
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.worker import MEBIBYTE, Program
from tests.contract.tools.charts import GOOD, rendered

SECCOMP_FILTERS = "2"


async def running(pool: Pool) -> Path:
    """The folder in /proc of a worker that has worked."""
    await pool.helm(GOOD)
    (pid,) = pool.pids
    return Path(f"/proc/{pid}")


async def test_s_125_every_thread_is_filtered_and_can_gain_nothing(pool: Pool):
    process = await running(pool)
    threads = list((process / "task").iterdir())
    assert len(threads) > 1
    for thread in threads:
        status = dict(line.split(":\t", 1) for line in (thread / "status").read_text().splitlines())
        assert status["Seccomp"] == SECCOMP_FILTERS
        assert status["NoNewPrivs"] == "1"


async def test_s_117_it_has_no_environment_and_an_empty_folder(pool: Pool):
    process = await running(pool)
    assert (process / "environ").read_bytes() == b""
    assert list((process / "cwd").iterdir()) == []


async def test_it_holds_nothing_but_its_pipes(pool: Pool):
    process = await running(pool)
    held = {file.name: file.readlink().as_posix() for file in (process / "fd").iterdir()}
    assert held.pop("0").startswith("pipe:")
    assert held.pop("1").startswith("pipe:")
    assert held.pop("2").startswith("/memfd:complaints")
    # The rest is the Go runtime's: its poller, and the processor quota of its control group, opened to be read.
    assert all(name.startswith(("anon_inode:", "/sys/fs/cgroup/")) for name in held.values()), held


async def test_s_141_its_limits_are_set(pool: Pool):
    pid = int((await running(pool)).name)
    assert resource.prlimit(pid, resource.RLIMIT_DATA) == (1024 * MEBIBYTE, 1024 * MEBIBYTE)
    assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)
    assert resource.prlimit(pid, resource.RLIMIT_NOFILE) == (16, 16)


# Landlock's rule sets can be stacked sixteen times; a process that has used them up cannot shut itself in.
USE_UP_LANDLOCK = """#!{python} -I
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(38, 1, 0, 0, 0)
attributes = (ctypes.c_uint64 * 2)(0, 1)  # only: may not bind to a TCP port
for _ in range(16):
    ruleset = libc.syscall(444, ctypes.byref(attributes), ctypes.sizeof(attributes), 0)
    assert ruleset >= 0 and libc.syscall(446, ruleset, 0) == 0, ctypes.get_errno()
    os.close(ruleset)
os.execv({worker!r}, [{worker!r}, *sys.argv[1:]])
"""


@pytest.fixture
def worker_that_cannot_shut_itself_in(tmp_path: Path, tool_worker_program: Path) -> Path:
    script = tmp_path / "tool_worker"
    script.write_text(USE_UP_LANDLOCK.format(python=sys.executable, worker=str(tool_worker_program)))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


async def test_a_worker_that_cannot_be_shut_in_renders_nothing(
    open_pool: Callable[..., Pool], worker_that_cannot_shut_itself_in: Path
):
    pool = open_pool(Program(path=worker_that_cannot_shut_itself_in))
    with pytest.raises(ToolUnsafe, match=r"cannot shut a render in: landlock: .*Nothing is rendered"):
        await pool.helm(GOOD)
    assert pool.pids == frozenset()


async def test_it_works_if_told_to_work_unsandboxed(
    open_pool: Callable[..., Pool], worker_that_cannot_shut_itself_in: Path
):
    pool = open_pool(Program(path=worker_that_cannot_shut_itself_in, allow_unsandboxed=True))
    assert (await rendered(pool, GOOD)).documents[0].manifest == {"kind": "Good"}
