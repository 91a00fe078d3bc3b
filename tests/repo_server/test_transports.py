"""SSH and TLS as they are: the right key and the right authority open a repository, and nothing else does."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path

import pytest

from repo_server.errors import Refused
from repo_server.web import files
from repo_server.web.client import Web
from tests.repo_server import ssh_server
from tests.repo_server.remote import certificates, front
from tests.repo_server.repositories import Forge, Reach
from tools.gitserver import GitServer


@pytest.mark.parametrize("known", ["known", "insecure"])
async def test_2_64_and_2_76_a_private_key_opens_a_repository_over_ssh(forge: Forge, reach: Reach, known: str):
    commit = forge.create().commit({"a": "a"})
    async with ssh_server.serving(forge.root) as server:
        trust = {"known_hosts": server.known_hosts} if known == "known" else {"insecure": True}
        mirror = await reach.mirror(server.address(), ssh_private_key=server.private_key, **trust)
        assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
        assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"a"}


async def test_a_key_needs_no_newline_at_its_end(forge: Forge, reach: Reach):
    commit = forge.create().commit({})
    async with ssh_server.serving(forge.root) as server:
        key, known = server.private_key.rstrip("\n"), server.known_hosts
        mirror = await reach.mirror(server.address(), ssh_private_key=key, known_hosts=known)
        assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit


@pytest.mark.parametrize("key", ["another", "none", "no key at all"])
async def test_another_key_does_not(forge: Forge, reach: Reach, key: str):
    forge.create().commit({})
    async with ssh_server.serving(forge.root) as server:
        given = {"another": ssh_server.private_key(), "none": "", "no key at all": "CANARY"}[key]
        mirror = await reach.mirror(server.address(), ssh_private_key=given, known_hosts=server.known_hosts)
        with pytest.raises(Refused, match="refused the credentials") as refused:
            await mirror.refs(fresh=True)
    assert refused.value.code == "access_denied"
    assert "CANARY" not in refused.value.message


def _hashed(known: str) -> str:
    """Hash the name in a line of known hosts as `ssh-keygen -H` does."""
    name, rest = known.split(" ", 1)
    salt = b"12345678901234567890"
    mac = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(mac).decode()} {rest}"


FORMS: list[tuple[str, Callable[[int], str]]] = [
    ("ssh", lambda port: f"ssh://git@127.0.0.1:{port}/demo/.git"),
    ("git+ssh", lambda port: f"git+ssh://git@127.0.0.1:{port}/demo/.git"),
    ("scp", lambda port: f"git@[127.0.0.1:{port}]:demo/.git"),
    ("without a user", lambda port: f"ssh://127.0.0.1:{port}/demo/.git"),
]


@pytest.mark.parametrize("form", FORMS, ids=[name for name, _ in FORMS])
async def test_2_64_every_form_of_an_ssh_url_is_taken(
    forge: Forge, reach: Reach, form: tuple[str, Callable[[int], str]]
):
    commit = forge.create().commit({"a": "a"})
    async with ssh_server.serving(forge.root) as server:
        mirror = await reach.mirror(
            form[1](server.port), ssh_private_key=server.private_key, known_hosts=server.known_hosts
        )
        assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"a"}


async def test_2_76_a_known_host_may_be_hashed_and_stand_among_others(forge: Forge, reach: Reach):
    commit = forge.create().commit({})
    async with ssh_server.serving(forge.root) as server, ssh_server.serving(forge.root) as other:
        lines = f"# comment\n{other.known_hosts}\n\n{_hashed(server.known_hosts)}\n"
        mirror = await reach.mirror(server.address(), ssh_private_key=server.private_key, known_hosts=lines)
        assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
        unhashed = await reach.mirror(other.address(), ssh_private_key=other.private_key, known_hosts=lines)
        assert (await unhashed.refs(fresh=True)).commits["HEAD"] == commit


@pytest.mark.parametrize("known", ["", "changed"])
async def test_2_76_and_s_160_an_unknown_or_changed_host_is_not_told_anything(forge: Forge, reach: Reach, known: str):
    forge.create().commit({})
    async with ssh_server.serving(forge.root) as server, ssh_server.serving(forge.root) as other:
        changed = other.known_hosts.replace(str(other.port), str(server.port))
        hosts = changed if known else "elsewhere.example.org ssh-ed25519 AAAA"
        mirror = await reach.mirror(server.address(), ssh_private_key=server.private_key, known_hosts=hosts)
        with pytest.raises(Refused, match="argocd-ssh-known-hosts-cm") as refused:
            await mirror.refs(fresh=True)
    assert refused.value.code == "access_denied"


@pytest.mark.parametrize("trust", ["authority", "insecure"])
async def test_2_76_an_authority_or_its_absence_opens_a_repository_over_tls(
    tmp_path: Path, forge: Forge, reach: Reach, trust: str
):
    commit = forge.create().commit({"a": "a"})
    authority = certificates.authority()
    entry = {"ca_pem": authority.certificate} if trust == "authority" else {"insecure": True}
    with GitServer(root=forge.root, tls=certificates.context(tmp_path, authority)) as server:
        mirror = await reach.mirror(f"{server.url}/demo/.git", **entry)
        assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"a"}


async def test_s_160_an_expired_certificate_is_refused_even_if_its_authority_is_known(
    tmp_path: Path, forge: Forge, reach: Reach
):
    forge.create().commit({})
    expired = certificates.authority(until=2021)
    with GitServer(root=forge.root, tls=certificates.context(tmp_path, expired)) as server:
        mirror = await reach.mirror(f"{server.url}/demo/.git", ca_pem=expired.certificate)
        with pytest.raises(Refused, match="argocd-tls-certs-cm") as refused:
            await mirror.refs(fresh=True)
    assert refused.value.code == "access_denied"


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"bearer_token": "t0k3n"}, "Bearer t0k3n"),
        ({"password": "t0k3n", "force_http_basic_auth": True}, "Basic eC1hY2Nlc3MtdG9rZW46dDBrM24="),
        ({"username": "ada", "password": "t0k3n", "force_http_basic_auth": True}, "Basic YWRhOnQwazNu"),
    ],
)
async def test_2_71_a_token_is_sent_with_the_first_request(
    forge: Forge, reach: Reach, entry: dict[str, str | bool], told: str
):
    commit = forge.create().commit({})
    async with front.standing_before(forge.url) as standing:
        mirror = await reach.mirror(standing.address(), **entry)
        await mirror.tree(commit)
        assert {header for _, header in standing.seen} == {told}


@pytest.mark.parametrize("trust", ["none", "another"])
async def test_2_76_and_s_160_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, forge: Forge, reach: Reach, web: Web, trust: str
):
    forge.create().commit({})
    authority = certificates.authority()
    entry = {} if trust == "none" else {"ca_pem": certificates.authority().certificate}
    with GitServer(root=forge.root, tls=certificates.context(tmp_path, authority), static=forge.root) as server:
        mirror = await reach.mirror(f"{server.url}/demo/.git", **entry)
        with pytest.raises(Refused, match="argocd-tls-certs-cm") as refused:
            await mirror.refs(fresh=True)
        assert refused.value.code == "access_denied"
        wanted = files.Wanted(url=f"{server.url}/charts/index.yaml", repository=mirror.access.repository, limit=100)
        with pytest.raises(Refused, match="argocd-tls-certs-cm"):
            await files.get(web, wanted)


async def test_a_client_certificate_opens_what_wants_one(tmp_path: Path, forge: Forge, reach: Reach, web: Web):
    commit = forge.create().commit({"a": "a"})
    authority, client = certificates.authority(), certificates.authority()
    with GitServer(
        root=forge.root, tls=certificates.context(tmp_path, authority, clients=client.certificate), static=forge.root
    ) as server:
        entry = {
            "ca_pem": authority.certificate,
            "tls_client_cert_data": client.certificate,
            "tls_client_cert_key": client.key,
        }
        mirror = await reach.mirror(f"{server.url}/demo/.git", **entry)
        assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
        wanted = files.Wanted(url=f"{server.url}/charts/demo/a", repository=mirror.access.repository, limit=100)
        fetched = await files.get(web, wanted)
        assert isinstance(fetched, files.Fetched)
        assert fetched.content == b"a"
        with pytest.raises(Refused):
            await (await reach.mirror(f"{server.url}/demo/.git", ca_pem=authority.certificate)).refs(fresh=True)
