"""Run functions of a connection in threads, each in one transaction, from asyncio.

SQLite has one writer at a time, so one thread writes and nobody waits in a lock; its readers work beside it. In
memory there is one connection, hence one thread for everything.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from argosy.gateways.store import engine as engines
from argosy.gateways.store.errors import Unavailable
from argosy.gateways.store.translation import is_rerunnable, translate

Answer = TypeVar("Answer")

_READERS = 4
_POSTGRESQL_WRITERS = 4
_RUNS = 5
_FIRST_PAUSE = 0.01


class Database:
    """An engine and the threads that use it. Work raises the errors of `argosy.gateways.store.errors`."""

    def __init__(self, url: URL) -> None:
        writers = 1 if url.drivername == "sqlite" else _POSTGRESQL_WRITERS
        # One more for migrations and for whoever looks in from outside.
        self.engine: Engine = engines.open_engine(url, connections=_READERS + writers + 1)
        self.name = url.render_as_string(hide_password=True)
        self._write_engine = self.engine.execution_options(**{engines.WRITES: True})
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="store-write")
        alone = engines.in_memory(url)
        self._readers = self._writers if alone else ThreadPoolExecutor(_READERS, thread_name_prefix="store-read")

    async def read(self, question: Callable[[Connection], Answer]) -> Answer:
        """Return the answer to a question that writes nothing; it sees one state of the database (SQLite)."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._run, self.engine, question)

    async def write(self, change: Callable[[Connection], Answer]) -> Answer:
        """Run a change and commit it, or nothing of it; it may be run several times, so it must only use SQL.

        A caller that is cancelled does not know whether the change was made.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._run, self._write_engine, change)

    async def prepare(self, work: Callable[[Engine], None]) -> None:
        """Do what is done once, before anything else."""
        await asyncio.get_running_loop().run_in_executor(self._writers, self._repeat, lambda: work(self.engine))

    def _run(self, engine: Engine, work: Callable[[Connection], Answer]) -> Answer:
        def once() -> Answer:
            with engine.begin() as connection:
                return work(connection)

        return self._repeat(once)

    def _repeat(self, work: Callable[[], Answer]) -> Answer:
        """Do the work, again if the database says that nothing was done and another run may succeed."""
        for run in range(1, _RUNS):
            try:
                return self._translated(work)
            except Unavailable as error:
                if not is_rerunnable(error.__cause__):
                    raise
            time.sleep(_FIRST_PAUSE * 2**run)
        return self._translated(work)

    def _translated(self, work: Callable[[], Answer]) -> Answer:
        try:
            return work()
        except (DBAPIError, PoolTimeout) as error:
            raise translate(error, database=self.name) from error

    async def close(self) -> None:
        """Wait for what is under way, and close the connections."""
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()
