"""Folders made to hurt, through the repo server's process, which goes on as before. B-01 to B-06 at full size."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.manifests.errors import Refused
from argosy.wire.repo_server import RenderRequest, SourceRequest, ToolSettings
from tests.corpus.directory.sizes import HEAD, LARGE, MEBIBYTE, Gives, Says
from tests.repo_server.processes import Running, Starter
from tests.repo_server.repositories import Forge


@pytest.fixture
async def starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Starter]:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    starter = Starter(tmp_path, [])
    yield starter
    await starter.end()


async def _count(running: Running, url: str, path: str, *, limit: int = 0) -> int:
    item = SourceRequest(source=Source(repo_url=url, path=path), repository=Repository(url=url))
    tools = ToolSettings(directory_bytes=limit)
    asked = RenderRequest(application="a", namespace="b", project="default", sources=(item,), tools=tools, fresh=True)
    (rendered,) = (await running.client.render(asked)).sources
    return len(rendered.manifests)


def _resident(running: Running) -> int:
    status = Path("/proc", str(running.process.pid), "status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def _held(running: Running, folder: Path) -> tuple[int, list[str]]:
    """Return how many descriptors the process has open, and which temporary files there are."""
    descriptors = len(list(Path("/proc", str(running.process.pid), "fd").iterdir()))
    return descriptors, sorted(path.name for path in (folder / "temporary").iterdir())


async def test_b_01_to_b_06_each_is_answered_and_nothing_stays_taken(starter: Starter, forge: Forge, tmp_path: Path):
    work = forge.create()
    files = {f"{name}/{file}": text for name, large in LARGE.items() for file, text in large.files().items()}
    work.commit({"fine/a.yaml": HEAD, **files})
    running = await starter.start()
    url = forge.address()
    assert await _count(running, url, "fine") == 1
    before, resident = _held(running, tmp_path), []
    for _ in range(2):
        for name, large in LARGE.items():
            match large.expected:
                case Gives(count=count):
                    assert await _count(running, url, name, limit=large.limit) == count, name
                case Says(code=code, message=message):
                    with pytest.raises(Refused, match=rf"(?s){message}") as refused:
                        await _count(running, url, name, limit=large.limit)
                    assert (name, refused.value.code) == (name, code)
                    assert len(str(refused.value)) < 2_000, name
            assert await _count(running, url, "fine") == 1
        assert _held(running, tmp_path) == before
        resident.append(_resident(running))
    assert running.process.returncode is None
    assert max(resident) < 512 * MEBIBYTE
    assert resident[1] - resident[0] < 96 * MEBIBYTE, "what it remembers of renders is bounded"
