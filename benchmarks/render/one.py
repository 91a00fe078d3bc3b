"""One render: with distinct values, and the same again; beside `helm template` and `kubectl kustomize`."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bench
import charts
import rows

from argosy.engine.model.source import HelmOptions, HelmParameter, KustomizeOptions, Source

_WARM = 20
_RUNS = 5
_EACH = 40


@dataclass(frozen=True)
class _Kind:
    name: str
    what: str
    files: Mapping[str, str]
    make: Callable[[str, int], Source]
    target: str
    beside: Sequence[str]


async def measure() -> Sequence[rows.Row]:
    """Return the processor time of a render of each kind."""
    async with bench.running() as table:
        return [row for kind in _kinds() for row in await _measured(table, kind)]


async def _measured(table: bench.Bench, kind: _Kind) -> Sequence[rows.Row]:
    url = table.repository(kind.name, kind.files)
    revision = await table.resolve(kind.make(url, 0))
    for run in range(_WARM):
        await table.render(kind.make(url, -run - 1), revision)
    others = [[kind.make(url, run * _EACH + number) for number in range(_EACH)] for run in range(_RUNS)]
    distinct = [await _each(table, sources, revision) for sources in others]
    same = [await _each(table, [kind.make(url, 0)] * (10 * _EACH), revision) for _ in range(_RUNS)]
    folder = table.folder / url.rpartition("/")[2]
    beside = bench.command_line([word.replace("FOLDER", str(folder)) for word in kind.beside])
    return [
        rows.Row(
            what=f"{kind.what}: other options each time, processor time each",
            figure=rows.milliseconds(distinct),
            target=kind.target,
            beside=rows.milliseconds(beside),
        ),
        rows.Row(what=f"{kind.what}: the same again", figure=rows.milliseconds(same), target="0.05 ms"),
    ]


async def _each(table: bench.Bench, sources: Sequence[Source], revision: str) -> float:
    before = bench.cpu()
    for source in sources:
        await table.render(source, revision)
    return (bench.cpu() - before) / len(sources)


def _kinds() -> Sequence[_Kind]:
    return (
        _chart("small", "chart of 2 templates", charts.small("small"), target="1.5 ms"),
        _chart("large", "chart of 60 templates", charts.large("large"), target="12 ms"),
        _Kind(
            "overlay",
            "kustomization of 2 files",
            charts.kustomization("overlay"),
            lambda url, run: Source(url, path="overlay", kustomize=KustomizeOptions(name_prefix=f"n{run}-")),
            "2 ms",
            (kubectl(), "kustomize", "FOLDER/overlay"),
        ),
    )


def _chart(name: str, what: str, files: Mapping[str, str], *, target: str) -> _Kind:
    def make(url: str, run: int) -> Source:
        return Source(url, path=name, helm=HelmOptions(parameters=(HelmParameter("image.tag", f"1.{run}"),)))

    return _Kind(
        name, what, files, make, target, (helm(), "template", "bench", f"FOLDER/{name}", "--set", "image.tag=x")
    )


def helm() -> str:
    """Return the path of the `helm` that is built from the module of the worker's own version."""
    return str(_oracles() / "helm")


def kubectl() -> str:
    """Return the path of `kubectl`."""
    script = bench.ROOT / "tools" / "build" / "kubectl.py"
    return subprocess.check_output([sys.executable, str(script)], text=True).strip()


def _oracles() -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "argosy" / "build" / "oracles"
    script = bench.ROOT / "tests" / "cli" / "rendering" / "record.py"
    subprocess.run([sys.executable, str(script), "--build-only", "--programs", str(folder)], check=True)
    return folder
