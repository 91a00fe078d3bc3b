"""The process as a whole: who may ask, what survives a kill, and that one bad repository hurts nobody else."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
import pytest

from argosy.engine.model.rendering import Integrity
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.manifests.errors import Refused, Unavailable
from argosy.gateways.manifests.http import HttpManifests
from argosy.wire.repo_server import RENDER, MetadataRequest, RenderRequest, SourceRequest, VerifyRequest
from tests.repo_server.kitchen import config_map
from tests.repo_server.processes import TOKEN, Starter
from tests.repo_server.repositories import Forge


def _request(*urls: str, path: str = "app") -> RenderRequest:
    sources = tuple(
        SourceRequest(source=Source(repo_url=url, path=path), repository=Repository(url=url)) for url in urls
    )
    return RenderRequest(application="shop", namespace="store", project="default", sources=sources)


@pytest.fixture
async def starter(tmp_path: Path) -> AsyncIterator[Starter]:
    starter = Starter(tmp_path, [])
    yield starter
    await starter.end()


async def _names(client: HttpManifests, *urls: str) -> Sequence[str]:
    answer = await client.render(_request(*urls))
    return [item.manifest["metadata"]["name"] for source in answer.sources for item in source.manifests]


async def test_only_who_has_the_token_is_answered(starter: Starter, forge: Forge):
    forge.create().commit({"app/a.yaml": config_map("a")})
    running = await starter.start()
    assert await _names(running.client, forge.address()) == ["a"]
    stranger = HttpManifests(running.address, token="another token")
    with pytest.raises(Unavailable, match="does not accept our token"):
        await stranger.render(_request(forge.address()))
    await stranger.close()
    async with aiohttp.ClientSession() as session, session.post(running.address + RENDER, data=b"{}") as response:
        assert (response.status, await response.read()) == (401, b"")


@pytest.mark.parametrize("place", ["", "mirrors", "mirrors/key/", "renders", "run", "keyrings/"])
def test_what_stands_in_the_way_of_the_state_is_said_in_one_line(tmp_path: Path, place: str):
    (tmp_path / "token").write_text(TOKEN)
    wrong = tmp_path / "state" / place.rstrip("/")
    wrong.parent.mkdir(parents=True, exist_ok=True)
    if place == "mirrors/key/":
        wrong.mkdir()
    elif place == "keyrings/":
        wrong.symlink_to("/proc/version")
    else:
        wrong.write_text("a file")
    command = [sys.executable, "-m", "repo_server", "--listen", "127.0.0.1:0", "--token-file", str(tmp_path / "token")]
    done = subprocess.run(
        [*command, "--state", str(tmp_path / "state")], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"repo_server: --state {tmp_path / 'state'} cannot be used: {wrong}")


async def test_2_78_signatures_can_be_switched_off(starter: Starter, forge: Forge, monkeypatch: pytest.MonkeyPatch):
    """As in Argo CD: what a policy asks for is not looked at, and nothing is said of it."""
    commit = forge.create().commit({"app/a.yaml": config_map("unsigned")})
    repository, source = Repository(url=forge.address()), Source(repo_url=forge.address(), path="app")
    policy = Integrity(mode="strict", keys=("4AEE18F83AFDEB23",), keyring=())
    rendered = RenderRequest("shop", "store", "default", (SourceRequest(source, repository, "", policy),))
    asked = MetadataRequest(source, repository, commit, policy)
    on = await starter.start()
    with pytest.raises(Refused, match="is not signed"):
        await on.client.render(rendered)
    assert len((await on.client.metadata(asked)).checks) == 1
    on.process.terminate()
    await on.process.wait()
    monkeypatch.setenv("ARGOCD_GPG_ENABLED", "false")
    off = await starter.start()
    assert len((await off.client.render(rendered)).sources[0].manifests) == 1
    assert (await off.client.metadata(asked)).checks == ()
    assert "signatures_are_not_verified" in (starter.folder / "log").read_text()


async def test_it_serves_on_a_unix_socket_of_its_owner(starter: Starter, forge: Forge, tmp_path: Path):
    forge.create().commit({"app/a.yaml": config_map("a")})
    running = await starter.start(listen=f"unix:{tmp_path}/s")
    assert running.address == f"unix:{tmp_path}/s"
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o600
    assert await _names(running.client, forge.address()) == ["a"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"application": 1}', b'{"application":"a"}', b"\xff\xfe"])
async def test_what_is_no_request_is_refused_without_a_trace(starter: Starter, body: bytes):
    running = await starter.start()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(running.address + RENDER, data=body, headers=headers) as response,
    ):
        answer = await response.json()
    assert (response.status, answer["code"]) == (400, "invalid")
    assert "Traceback" not in str(answer)


async def test_a_killed_server_goes_on_with_its_mirrors(starter: Starter, forge: Forge):
    commit = forge.create().commit({"app/a.yaml": config_map("a")})
    first = await starter.start()
    assert await _names(first.client, forge.address()) == ["a"]
    first.process.send_signal(signal.SIGKILL)
    await first.process.wait()
    with pytest.raises(Unavailable, match="could not be reached"):
        await first.client.render(_request(forge.address()))
    second = await starter.start()
    asked = len(forge.requests)
    source = SourceRequest(
        source=Source(repo_url=forge.address(), path="app"), repository=Repository(url=forge.address()), revision=commit
    )
    answer = await second.client.render(
        RenderRequest(application="shop", namespace="store", project="default", sources=(source,))
    )
    assert answer.sources[0].revision == commit
    assert len(forge.requests) == asked


@pytest.mark.parametrize("damage", ["packs cut short", "packs gone", "no HEAD", "bad config"])
async def test_a_damaged_mirror_is_fetched_anew(starter: Starter, forge: Forge, damage: str):
    forge.create().commit({"app/a.yaml": config_map("a")})
    first = await starter.start()
    await _names(first.client, forge.address())
    first.process.kill()
    await first.process.wait()
    (mirror,) = [folder for folder in (starter.folder / "state" / "mirrors").iterdir() if folder.is_dir()]
    packs = list((mirror / "objects" / "pack").iterdir())
    match damage:
        case "packs cut short":
            for pack in packs:
                pack.chmod(0o600)
                pack.write_bytes(pack.read_bytes()[:40])
        case "packs gone":
            for pack in packs:
                pack.unlink()
        case "no HEAD":
            (mirror / "HEAD").unlink()
        case _:
            (mirror / "config").write_text("[core\n")
    second = await starter.start()
    assert await _names(second.client, forge.address()) == ["a"]


async def test_a_host_that_never_answers_holds_nobody_else_up(starter: Starter, forge: Forge):
    forge.create().commit({"app/a.yaml": config_map("a")})
    running = await starter.start()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        waiting = [asyncio.create_task(running.client.render(_request(f"{url}/{n}.git"))) for n in range(30)]
        assert await _names(running.client, forge.address()) == ["a"]
        assert not any(task.done() for task in waiting)
        failures = await asyncio.gather(*waiting, return_exceptions=True)
    assert {(type(failure), getattr(failure, "code", "")) for failure in failures} == {(Refused, "unavailable")}


async def test_many_ask_at_once(starter: Starter, forge: Forge):
    tree = forge.create()
    tree.commit({f"app{n}/a.yaml": config_map(f"m{n}") for n in range(40)})
    running = await starter.start()
    answers = await asyncio.gather(
        *(running.client.render(_request(forge.address(), path=f"app{n % 40}")) for n in range(200))
    )
    names = [answer.sources[0].manifests[0].manifest["metadata"]["name"] for answer in answers]
    assert names == [f"m{n % 40}" for n in range(200)]
    assert forge.count("GET /demo/.git/info/refs") == 2


async def test_it_ends_when_told_and_leaves_no_process_and_no_folder(starter: Starter, forge: Forge):
    forge.create().commit({"app/a.yaml": config_map("a")})
    running = await starter.start()
    await _names(running.client, forge.address())
    children = _children(running.process.pid)
    assert len(children) >= 2
    running.process.terminate()
    assert await running.process.wait() == 0
    assert _alive(children) == []


async def test_file_urls_are_for_tests_only(starter: Starter, forge: Forge):
    forge.create().commit({"app/a.yaml": config_map("a")})
    url = f"file://{forge.root}/demo/.git"
    strict = await starter.start()
    with pytest.raises(Refused, match="not allowed here"):
        await strict.client.verify(VerifyRequest(repository=Repository(url=url)))
    strict.process.terminate()
    await strict.process.wait()
    lenient = await starter.start("--allow-file-urls")
    assert await _names(lenient.client, url) == ["a"]


async def test_the_log_holds_no_credential(starter: Starter, private_forge: Forge):
    private_forge.create().commit({"app/a.yaml": config_map("a")})
    running = await starter.start()
    url = private_forge.address()
    for password in ("CANARY-1", "CANARY-2"):
        entry = Repository(url=url, username="ada", password=password, ssh_private_key="CANARY-3")
        with pytest.raises(Refused):
            await running.client.verify(VerifyRequest(repository=entry))
    log = (starter.folder / "log").read_text()
    assert "access_denied" in log
    assert "CANARY" not in log


def _children(pid: int) -> list[int]:
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def _alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]
