"""`argosy up` keeps its processes running, and leaves none behind."""

import asyncio
import os
import sys
from pathlib import Path

from argosy.cli.up import layout, objects
from argosy.cli.up.supervisor import Program, supervise


def program(name: str, code: str) -> Program:
    return Program(name, (sys.executable, "-c", code), {"PATH": os.environ["PATH"]})


async def until(found: asyncio.Event) -> None:
    await asyncio.wait_for(found.wait(), 20)


async def test_a_process_that_ends_is_started_again_and_said_so() -> None:
    lines: list[str] = []
    again, stop = asyncio.Event(), asyncio.Event()

    def write(line: str) -> None:
        lines.append(line)
        if lines.count("short: hello") == 2:
            again.set()

    task = asyncio.create_task(supervise((program("short", "print('hello'); raise SystemExit(3)"),), stop, write=write))
    await until(again)
    stop.set()
    await task
    assert "supervisor: short ended with exit code 3; starting it again in 0.5 s" in lines


async def test_stopping_ends_every_process_and_what_it_started() -> None:
    pids: list[int] = []
    started, stop = asyncio.Event(), asyncio.Event()

    def write(line: str) -> None:
        pids.append(int(line.partition(": ")[2]))
        if len(pids) == 2:
            started.set()

    stubborn = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), flush=True); print(child.pid, flush=True)
time.sleep(60)
"""
    task = asyncio.create_task(supervise((program("parent", stubborn),), stop, write=write))
    await until(started)
    stop.set()
    await task
    for _ in range(100):
        if not any(_runs(pid) for pid in pids):
            return
        await asyncio.sleep(0.05)
    raise AssertionError([pid for pid in pids if _runs(pid)])


def _runs(pid: int) -> bool:
    """Return whether the process is there and has not ended (a zombie waits for its parent only)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_processes_get_no_token_of_the_user_and_no_kubeconfig_of_the_environment(tmp_path: Path) -> None:
    place = layout.Layout(tmp_path / "state", tmp_path, Path("/given"), "", "argocd", "127.0.0.1:0")
    layout.prepare(place)
    environment = {
        "PATH": "/bin",
        "KUBECONFIG": "/elsewhere",
        "ARGOSY_AUTH_TOKEN": "secret",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "ARGOSY_REPO_SERVER_WORKERS": "3",
    }
    (repo_server, *_) = layout.programs(place, environment)
    assert "secret" not in repo_server.environment.values()
    assert "KUBECONFIG" not in repo_server.environment
    assert repo_server.environment["ARGOSY_KUBECONFIG"] == "/given"
    assert repo_server.environment["ARGOSY_REPO_SERVER_WORKERS"] == "3"


def test_the_state_is_for_its_owner_alone_and_its_tokens_stay(tmp_path: Path) -> None:
    place = layout.Layout(tmp_path / "state", tmp_path, Path("/given"), "", "argocd", "127.0.0.1:0")
    layout.prepare(place)
    token = layout.token_file(place, "controller")
    first = token.read_text()
    layout.prepare(place)
    assert token.read_text() == first
    assert len(first) >= 32
    assert token.stat().st_mode & 0o077 == 0
    assert place.state.stat().st_mode & 0o077 == 0


def test_the_password_is_stored_as_a_hash_only() -> None:
    made = objects.accounts("argocd", password_hash="$2b$hash", changed_at="2026-01-01T00:00:00Z", signing_key="k" * 43)
    assert objects.text_of(made, "admin.password") == "$2b$hash"
    assert made["metadata"]["annotations"] == {objects.OURS: "true"}
