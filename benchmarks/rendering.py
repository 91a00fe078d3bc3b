"""How fast the repo server renders, asked as the controller asks it, one question after the other."""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import table
from rig import ROOT
from stack import Child, commit, make_repository

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import HelmOptions, HelmParameter, KustomizeOptions, Source
from argosy.gateways.manifests.http import HttpManifests
from argosy.wire.repo_server import RenderRequest, ResolveRequest, SourceRequest

_RUNS = 50
_STARTS_WITHIN = 30.0
_TOKEN = "a long token that is for this measurement only"

Make = Callable[[str, int], Source]


def measure() -> Sequence[table.Row]:
    """Return the rate of each kind of source: remembered, rendered anew, and at a commit that was just made."""
    return asyncio.run(_measure())


async def _measure() -> Sequence[table.Row]:
    with tempfile.TemporaryDirectory(prefix="argosy-bench-") as folder:
        make_repository(Path(folder) / "repository")
        async with _repo_server(Path(folder)) as (manifests, url):
            rows: list[table.Row] = []
            for kind, make in _KINDS.items():
                rows += await _rates(kind, make, manifests, url, Path(folder) / "repository")
            return rows


def _directory(url: str, _run: int) -> Source:
    return Source(url, path="guestbook")


def _helm(url: str, run: int) -> Source:
    return Source(url, path="charts/orders", helm=HelmOptions(parameters=(HelmParameter("image.tag", f"1.{run}"),)))


def _kustomize(url: str, run: int) -> Source:
    return Source(url, path="storefront/overlays/staging", kustomize=KustomizeOptions(name_prefix=f"n{run}-"))


_KINDS: dict[str, Make] = {"directory": _directory, "Helm": _helm, "Kustomize": _kustomize}


async def _rates(kind: str, make: Make, manifests: HttpManifests, url: str, repository: Path) -> list[table.Row]:
    async def render(run: int, *, fresh: bool) -> float:
        source, entry = make(url, run), Repository(url)
        started = time.monotonic()
        revision = await manifests.resolve(ResolveRequest(source, entry, fresh=fresh, believe=3600))
        request = SourceRequest(source, entry, revision)
        await manifests.render(RenderRequest("bench", "bench", "default", (request,), kube_version="1.37.2"))
        return time.monotonic() - started

    await render(0, fresh=True)
    same = [await render(0, fresh=False) for _ in range(_RUNS)]
    rows = [_rate(f"render of a {kind} source: the same again", same)]
    if kind != "directory":
        other = [await render(run, fresh=False) for run in range(1, _RUNS + 1)]
        rows.append(_rate(f"render of a {kind} source: other parameters each time", other))
    new: list[float] = []
    for run in range(_RUNS // 5):
        (repository / "unrelated.txt").write_text(f"{kind} {run}")
        commit(repository, "Change")
        new.append(await render(0, fresh=True))
    return [*rows, _rate(f"render of a {kind} source: at a new commit, fetched, that does not touch it", new)]


def _rate(what: str, times: Sequence[float]) -> table.Row:
    row = table.durations(what, times)
    return replace(row, figure=f"{row.figure}; {len(times) / sum(times):,.0f} a second")


@asynccontextmanager
async def _repo_server(folder: Path) -> AsyncIterator[tuple[HttpManifests, str]]:
    """Serve the folder's repositories and start a repo server; yield the way to ask it and the repository's URL."""
    token = folder / "token"
    token.write_text(_TOKEN)
    lines: list[str] = []
    served = Child([sys.executable, str(ROOT / "tools" / "gitserver.py"), "--root", str(folder)], lines.append)
    command = [sys.executable, "-m", "repo_server", "--listen", "127.0.0.1:0", "--token-file", str(token)]
    server = Child([*command, "--state", str(folder / "state")], lines.append)
    try:
        served.start()
        server.start()
        url = served.wait_for(lambda line: "http://" in line, within=_STARTS_WITHIN)
        base = url[url.index("http://") :].split()[0].rstrip("/")
        listening = server.wait_for(lambda line: line.startswith("listening on "), within=_STARTS_WITHIN)
        manifests = HttpManifests(listening.removeprefix("listening on "), token=_TOKEN)
        yield manifests, f"{base}/repository"
        await manifests.close()
    finally:
        server.stop()
        served.stop()
