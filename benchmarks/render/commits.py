"""Many applications in one repository: a commit that touches one; and many branches, all cold."""

import asyncio
import time
from collections.abc import Sequence

import bench
import charts
import rows
from stack import git

from argosy.engine.model.source import Source

_APPLICATIONS = 500
_FILES = 10
_BRANCHES = 20
_REST = 3.0
"""Seconds after which all is done that the renders before left to be done: writing to disk, giving memory back."""

_ON_EACH = 25


async def measure() -> Sequence[rows.Row]:
    """Return both rows."""
    return [await _one_of_many(), await _branches()]


async def _one_of_many() -> rows.Row:
    """The commit is resolved first: its fetch is the first thing that is counted."""
    async with bench.running() as table:
        files = {}
        for number in range(_APPLICATIONS):
            files |= charts.plain(f"apps/app-{number}", _FILES, "first")
        url = table.repository("many", files)
        sources = [Source(url, path=f"apps/app-{number}") for number in range(_APPLICATIONS)]
        revision = await table.resolve(sources[0])
        for number, source in enumerate(sources):
            await table.render(source, revision, application=f"app-{number}")
        table.commit("many", charts.plain("apps/app-7", 1, "second"))
        await asyncio.sleep(_REST)
        renders, before = table.service.rendered, bench.cpu()
        revision = await table.resolve(sources[0], fresh=True)
        await table.render(sources[0], revision, application="app-0")
        fetched = bench.cpu()
        for number, source in enumerate(sources):
            await table.render(source, revision, application=f"app-{number}")
        after = bench.cpu()
        return rows.Row(
            what="500 applications of 10 files in one repository, a commit touches one, all are asked for",
            figure=(
                f"{table.service.rendered - renders} render, {(after - before) * 1000:.0f} ms of processor time "
                f"({(fetched - before) * 1000:.0f} of it to list and fetch)"
            ),
            target="1 render, 50 ms",
        )


async def _branches() -> rows.Row:
    async with bench.running(workers=2) as table:
        files = {}
        for number in range(_ON_EACH):
            files |= charts.small(f"apps/app-{number}")
        url = table.repository("branches", files)
        for branch in range(_BRANCHES):
            git(table.folder / "branches", "checkout", "--quiet", "-b", f"branch-{branch}", "main")
            values = {f"apps/app-{number}/templates/x.yaml": f"# {branch}" for number in range(_ON_EACH)}
            table.commit("branches", values)
        sources = [
            Source(url, path=f"apps/app-{number}", target_revision=f"branch-{branch}")
            for number in range(_ON_EACH)
            for branch in range(_BRANCHES)
        ]
        begun = time.monotonic()
        await asyncio.gather(*(_cold(table, source) for source in sources))
        return rows.Row(
            what="20 branches with 25 applications each, all cold, 2 workers",
            figure=f"{time.monotonic() - begun:.2f} s, {table.service.rendered} renders",
            target="2 s",
        )


async def _cold(table: bench.Bench, source: Source) -> None:
    await table.render(source, await table.resolve(source))
