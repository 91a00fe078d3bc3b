"""Databases for the tests: SQLite in memory and in a file, and a PostgreSQL server that the tests start.

PostgreSQL refuses to run as root, so its server runs as user `postgres` then; it listens on a Unix socket in a folder
of its own and nowhere else, writes nothing to disk in earnest, and ends with the tests.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

_COUNTER = itertools.count()
_DEBIAN = Path("/usr/lib/postgresql")


class PostgreSQL:
    """A running server."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.process = process

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def create_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"test_{next(_COUNTER)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def is_anybody_waiting(self) -> bool:
        """Return whether a connection waits for another's lock."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            return found.fetchone() is not None

    def drop_database(self, url: str) -> None:
        name = url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def find_programs() -> Path | None:
    """Return the folder with `initdb` and `postgres`, None if they are not installed."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    return next((found.parent for found in sorted(_DEBIAN.glob("*/bin/postgres"), reverse=True)), None)


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="argosy-postgresql-"))
    try:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        yield from _running(programs, folder, account)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """Return whom the server runs as; None for whoever runs the tests."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "synchronous_commit": "off",
}


def _running(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> Iterator[PostgreSQL]:
    data = folder / "data"
    identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    surroundings = {"cwd": folder, "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}, **identity}
    make = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(make, check=True, capture_output=True, **surroundings)
    settings = {**_SETTINGS, "unix_socket_directories": str(folder)}
    options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *options], stdout=log, stderr=log, **surroundings
        )
    try:
        server = PostgreSQL(folder, process)
        _wait_until_ready(server)
        yield server
    finally:
        process.send_signal(signal.SIGQUIT)  # at once; nothing is to be kept
        process.wait(timeout=30)


def _wait_until_ready(server: PostgreSQL) -> None:
    for _ in range(300):
        assert server.process.poll() is None, (server.folder / "log").read_text()
        try:
            psycopg.connect(server.url()).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"PostgreSQL did not start: {(server.folder / 'log').read_text()}")
