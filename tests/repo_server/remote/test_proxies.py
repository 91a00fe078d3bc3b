"""2.64: a repository's own proxy is used for every transport, with its login, and not where noProxy exempts a host."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from repo_server.errors import Refused
from tests.repo_server import ssh_server
from tests.repo_server.remote import certificates, proxies
from tests.repo_server.repositories import Forge, Reach
from tools.gitserver import GitServer

Entry = dict[str, str | bool]


@contextlib.asynccontextmanager
async def served(transport: str, forge: Forge, folder: Path) -> AsyncGenerator[tuple[str, Entry]]:
    """Serve the forge over a transport; yield the URL of `demo` and what its entry must hold."""
    if transport == "http":
        yield forge.address(), {}
    elif transport == "https":
        authority = certificates.authority()
        with GitServer(root=forge.root, tls=certificates.context(folder, authority)) as server:
            yield f"{server.url}/demo/.git", {"ca_pem": authority.certificate}
    else:
        async with ssh_server.serving(forge.root) as server:
            entry: Entry = {"ssh_private_key": server.private_key, "known_hosts": server.known_hosts}
            yield server.address(), entry


@pytest.mark.parametrize("login", [False, True])
@pytest.mark.parametrize("kind", ["http", "socks5"])
@pytest.mark.parametrize("transport", ["http", "https", "ssh"])
async def test_2_64_the_proxy_of_the_entry_is_used(
    forge: Forge, reach: Reach, tmp_path: Path, transport: str, kind: str, *, login: bool
):
    commit = forge.create().commit({"a": "a"})
    async with served(transport, forge, tmp_path) as (url, entry), proxies.serving(kind, login=login) as proxy:
        mirror = await reach.mirror(url, proxy=proxy.url, **entry)
        assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
        assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"a"}
    assert proxy.reached
    assert {place in url for place in proxy.reached} == {True}


@pytest.mark.parametrize("transport", ["http", "https", "ssh"])
async def test_2_64_a_host_in_no_proxy_is_reached_without_it(
    forge: Forge, reach: Reach, tmp_path: Path, transport: str
):
    commit = forge.create().commit({})
    async with served(transport, forge, tmp_path) as (url, entry), proxies.serving("http") as proxy:
        mirror = await reach.mirror(url, proxy=proxy.url, no_proxy="example.org,127.0.0.1", **entry)
        assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
    assert proxy.reached == []


@pytest.mark.parametrize("kind", ["http", "socks5"])
@pytest.mark.parametrize("transport", ["https", "ssh"])
async def test_a_proxy_that_does_not_let_us_through_is_told_apart_and_its_login_is_not(
    forge: Forge, reach: Reach, tmp_path: Path, transport: str, kind: str
):
    forge.create().commit({})
    async with served(transport, forge, tmp_path) as (url, entry), proxies.serving(kind, login=True) as proxy:
        mirror = await reach.mirror(url, proxy=proxy.url.replace("CANARY", "CANARY-WRONG"), **entry)
        with pytest.raises(Refused, match="its proxy does not let us through") as refused:
            await mirror.refs(fresh=True)
    assert refused.value.code == "access_denied"
    assert "CANARY" not in refused.value.message
    assert proxy.reached == []


async def test_a_proxy_of_another_kind_is_refused_for_ssh(reach: Reach):
    mirror = await reach.mirror("git@127.0.0.1:team/app", proxy="https://ada:CANARY@proxy.example.org")
    with pytest.raises(Refused, match="must be an http or socks5 URL for ssh") as refused:
        await mirror.refs(fresh=True)
    assert "CANARY" not in refused.value.message


async def test_a_proxy_that_is_not_there_is_unavailable(reach: Reach):
    for url in ("http://127.0.0.1:9/app", "https://127.0.0.1:9/app", "git@127.0.0.1:team/app"):
        mirror = await reach.mirror(url, proxy="http://ada:CANARY@127.0.0.1:9", known_hosts="x")
        with pytest.raises(Refused) as refused:
            await mirror.refs(fresh=True)
        assert refused.value.code == "unavailable"
        assert "CANARY" not in refused.value.message
