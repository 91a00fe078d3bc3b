"""What stays: memory over five thousand renders, and renders after a restart."""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import bench
import charts
import rows

from argosy.engine.model.source import HelmOptions, HelmParameter, Source

_RENDERS = 5000
_RESTARTED = 200
_REST = 3.0
"""Seconds after which a worker has given back what it does not use."""


async def measure() -> Sequence[rows.Row]:
    """Return the rows of memory and of a restart."""
    return [*await _memory(), await _restart()]


async def _memory() -> Sequence[rows.Row]:
    async with bench.running() as table:
        url = table.repository("one", charts.small("chart"))
        revision = await table.resolve(Source(url, path="chart"))
        seen: list[tuple[float, float, float]] = []
        for run in range(_RENDERS + 1):
            helm = HelmOptions(parameters=(HelmParameter("image.tag", f"1.{run}"),))
            await table.render(Source(url, path="chart", helm=helm), revision)
            if run in (200, _RENDERS // 2, _RENDERS):
                worked = _largest_worker()
                await asyncio.sleep(_REST)
                seen.append((_resident(os.getpid()), _largest_worker(), worked))
        python, idle, worked = (", ".join(f"{each[which]:.0f}" for each in seen) for which in range(3))
        return [
            rows.Row(
                what="memory of this process (service, measurement) after 200, 2,500, 5,000 renders",
                figure=f"{python} MB",
                target="90 MB, flat",
            ),
            rows.Row(
                what="memory of the tool worker, the same, idle (just after the render)",
                figure=f"{idle} MB ({worked} MB)",
                target="45 MB idle, flat",
            ),
        ]


async def _restart() -> rows.Row:
    with tempfile.TemporaryDirectory(prefix="argosy-bench-") as folder:
        files = {}
        for number in range(_RESTARTED):
            files |= charts.plain(f"apps/app-{number}", 3, "first")
        async with bench.running(folder=Path(folder)) as table:
            table.repository("many", files)
            await _all(table)
        async with bench.running(folder=Path(folder)) as table:
            await _all(table)
            return rows.Row(
                what=f"{_RESTARTED} applications after a restart",
                figure=f"{table.service.rendered} renders",
                target="0 renders",
            )


async def _all(table: bench.Bench) -> None:
    for number in range(_RESTARTED):
        source = Source(f"{table.url}/many", path=f"apps/app-{number}")
        await table.render(source, await table.resolve(source), application=f"app-{number}")


def _largest_worker() -> float:
    return max(map(_resident, bench.workers()))


def _resident(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
