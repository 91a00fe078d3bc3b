"""A thousand applications of one chart with ten sets of values, the same release name and namespace."""

from collections.abc import Sequence

import bench
import charts
import rows

from argosy.engine.model.source import HelmOptions, Source

_APPLICATIONS = 1000
_SETS = 10


async def measure() -> Sequence[rows.Row]:
    """Return how often it was rendered, and the processor time of all together."""
    async with bench.running() as table:
        url = table.repository("fleet", charts.small("chart"))
        revision = await table.resolve(Source(url, path="chart"))
        await table.render(Source(url, path="chart"), revision)
        renders, before = table.service.rendered, bench.cpu()
        for number in range(_APPLICATIONS):
            helm = HelmOptions(release_name="same", namespace="same", values=f"replicas: {number % _SETS}")
            await table.render(Source(url, path="chart", helm=helm), revision, application=f"app-{number}")
        spent = bench.cpu() - before
        return [
            rows.Row(
                what="1,000 applications of one chart, fixed release name and namespace, 10 value sets",
                figure=f"{table.service.rendered - renders} renders, {spent:.3f} s of processor time",
                target="10 renders, 0.3 s",
            )
        ]
