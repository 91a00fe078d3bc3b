"""What the tool worker says of charts on this machine. Called by `argosy chart`.

Comes in: paths of charts. Goes out: messages, values; `CommandError` for what is no chart.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from argosy.cli.errors import CommandError
from argosy.cli.offline import places
from argosy.cli.offline.places import Place
from argosy.cli.reading import read_text
from argosy.gateways.tools.errors import ToolError
from argosy.gateways.tools.port import (
    ChartArchive,
    ChartDetails,
    ChartFiles,
    ChartValue,
    File,
    LintMessage,
    LintRequest,
)
from repo_server.errors import Refused
from repo_server.local import chart, offline
from repo_server.local.offline import Workshop
from repo_server.settings import BadSetting

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Values:
    """What a chart is linted with; `values` are files or URLs."""

    values: tuple[str, ...]
    namespace: str
    kube_version: str
    skip_schema_validation: bool


@dataclass(frozen=True)
class Linted:
    """A chart's path, and what is said of it."""

    path: str
    messages: tuple[LintMessage, ...]


@dataclass(frozen=True)
class Described:
    """A chart, and its values in the order of its `values.yaml`."""

    details: ChartDetails
    values: tuple[ChartValue, ...]


def lint(paths: Sequence[str], given: Values, environment: Mapping[str, str]) -> list[Linted]:
    """Lint charts, in order. Raises `CommandError`."""
    values = tuple(File(path=place, content=read_text(place).encode()) for place in given.values)

    found = {path: _where(path) for path in paths}

    async def work(workshop: Workshop) -> list[Linted]:
        return [Linted(path, await workshop.tools.lint(await request(found[path], workshop))) for path in paths]

    async def request(where: Place | Path, workshop: Workshop) -> LintRequest:
        return LintRequest(
            chart=await _chart(where, workshop),
            namespace=given.namespace,
            values=values,
            kube_version=given.kube_version,
            skip_schema_validation=given.skip_schema_validation,
        )

    return done(work, environment)


def describe(path: str, environment: Mapping[str, str]) -> Described:
    """Describe a chart and its values. Raises `CommandError`."""
    where = _where(path)

    async def work(workshop: Workshop) -> Described:
        found = await _chart(where, workshop)
        return Described(await workshop.tools.chart(found), await workshop.tools.chart_values(found))

    return done(work, environment)


def _where(path: str) -> Place | Path:
    """Return the folder that a path is, or the file."""
    return places.place_of(path) if Path(path).is_dir() else Path(path)


async def _chart(where: Place | Path, workshop: Workshop) -> ChartFiles | ChartArchive:
    match where:
        case Place(root=root, path=path):
            return await chart.unpacked(root, path, limit=workshop.chart_bytes)
        case Path():
            return chart.packed(where, limit=workshop.chart_bytes)


def done(work: Callable[[Workshop], Awaitable[Answer]], environment: Mapping[str, str]) -> Answer:
    """Have work done with the tools. Raises `CommandError`."""

    async def run() -> Answer:
        async with offline.workshop(environment) as workshop:
            return await work(workshop)

    try:
        return asyncio.run(run())
    except Refused as error:
        raise CommandError(error.message) from error
    except (BadSetting, ToolError) as error:
        raise CommandError(str(error)) from error
