"""A thousand applications over ten repositories, all refreshed hard at once, and a hundred pushes: requests to Git."""

import asyncio
from collections.abc import Sequence

import bench
import charts
import rows

from argosy.engine.model.source import Source

_REPOSITORIES = 10
_APPLICATIONS = 1000
_PUSHES = 100


async def measure() -> Sequence[rows.Row]:
    """Return how many commands and HTTP requests went to the server of the repositories."""
    async with bench.running(workers=2) as table:
        urls = [table.repository(f"r{n}", charts.plain("app", 1, "first")) for n in range(_REPOSITORIES)]
        sources = [Source(urls[number % _REPOSITORIES], path="app") for number in range(_APPLICATIONS)]
        for source in sources[:_REPOSITORIES]:
            await table.render(source, await table.resolve(source))
        before = table.asked
        await asyncio.gather(*(_refreshed(table, source) for source in sources))
        storm = table.asked
        for number in range(_PUSHES):
            name = f"r{number % _REPOSITORIES}"
            table.commit(name, charts.plain("app", 1, f"push {number}"))
            await _refreshed(table, sources[number % _REPOSITORIES])
        pushed = table.asked
        return [
            rows.Row(
                what="1,000 applications over 10 repositories refreshed hard at once: git commands (HTTP requests)",
                figure=f"{storm.commands - before.commands} ({storm.requests - before.requests})",
                target="20 of the 120",
            ),
            rows.Row(
                what="100 pushes, each asked for at once: git commands (HTTP requests)",
                figure=f"{pushed.commands - storm.commands} ({pushed.requests - storm.requests})",
                target="100 of the 120",
            ),
        ]


async def _refreshed(table: bench.Bench, source: Source) -> None:
    await table.render(source, await table.resolve(source, fresh=True))
