"""Whatever is rendered or fails, nothing piles up. S-140, S-131, and the issue of every limit."""

import gc
import threading
from pathlib import Path

import pytest

from argosy.engine.model.source import HelmOptions, HelmParameter
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, chart, config_map

BROKEN = {
    "bad/a.yaml": "apiVersion: v1\nkind: [\nmetadata: {}\n",
    **chart("fails", **{"templates/x.yaml": '{{ fail "no" }}'}),
    "loop/kustomization.yaml": "resources: [../loop]",
    "deep/a.yaml": "apiVersion: v1\nkind: X\nmetadata: {}\nx: " + "[" * 5_000,
    "jsonnet/a.jsonnet": "local f(x) = f(x + 1); f(0)",
}


def _open() -> tuple[int, int]:
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


def _left_in(folder: Path) -> set[Path]:
    """Return what lies in the state of the service, but for the renders and Git's objects, which may grow."""
    growing = ("renders", "mirrors", "public")
    return {path for path in folder.rglob("*") if path.relative_to(folder).parts[0] not in growing}


async def test_s_140_renders_and_failures_leave_nothing_behind(kitchen: Kitchen, tmp_path: Path):
    kitchen.forge.create().commit({**chart("web"), "plain/a.yaml": config_map("a"), **BROKEN})

    async def round_(number: int) -> None:
        helm = HelmOptions(parameters=(HelmParameter("color", str(number)),))
        await kitchen.render(kitchen.source("web", helm=helm))
        await kitchen.render(kitchen.source("plain"), fresh=True)
        for path in ("bad", "fails", "loop", "deep", "jsonnet", "missing"):
            with pytest.raises(Refused):
                await kitchen.render(kitchen.source(path), fresh=True)

    for number in range(5):
        await round_(number)
    await kitchen.settle()
    gc.collect()
    before, left = _open(), _left_in(tmp_path)
    for number in range(5, 60):
        await round_(number)
    await kitchen.settle()
    gc.collect()
    now = _open()
    assert now[0] <= before[0] + 2  # a connection of the pool may come or go
    assert now[1] <= before[1] + 2
    assert _left_in(tmp_path) == left
