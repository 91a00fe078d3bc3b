"""SSH and TLS as they are: the right key and the right authority open a repository, and nothing else does."""

import ipaddress
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from repo_server.errors import Refused
from repo_server.web import files
from repo_server.web.client import Web
from tests.repo_server import ssh_server
from tests.repo_server.repositories import Forge, Reach
from tools.gitserver import GitServer


@pytest.mark.parametrize("known", ["known", "insecure"])
async def test_a_private_key_opens_a_repository_over_ssh(forge: Forge, reach: Reach, known: str):
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


@pytest.mark.parametrize("known", ["", "changed"])
async def test_an_unknown_or_changed_host_is_not_told_anything(forge: Forge, reach: Reach, known: str):
    forge.create().commit({})
    async with ssh_server.serving(forge.root) as server, ssh_server.serving(forge.root) as other:
        changed = other.known_hosts.replace(str(other.port), str(server.port))
        hosts = changed if known else "elsewhere.example.org ssh-ed25519 AAAA"
        mirror = await reach.mirror(server.address(), ssh_private_key=server.private_key, known_hosts=hosts)
        with pytest.raises(Refused, match="argocd-ssh-known-hosts-cm") as refused:
            await mirror.refs(fresh=True)
    assert refused.value.code == "access_denied"


def _authority() -> tuple[str, str]:
    """Return a certificate for 127.0.0.1 that vouches for itself, and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


def _context(folder: Path, certificate: str, key: str, *, clients: str = "") -> ssl.SSLContext:
    (folder / "certificate.pem").write_text(certificate)
    (folder / "key.pem").write_text(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    if clients:
        context.load_verify_locations(cadata=clients)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.mark.parametrize("trust", ["authority", "insecure"])
async def test_an_authority_or_its_absence_opens_a_repository_over_tls(
    tmp_path: Path, forge: Forge, reach: Reach, trust: str
):
    commit = forge.create().commit({"a": "a"})
    certificate, key = _authority()
    entry = {"ca_pem": certificate} if trust == "authority" else {"insecure": True}
    with GitServer(root=forge.root, tls=_context(tmp_path, certificate, key)) as server:
        mirror = await reach.mirror(f"{server.url}/demo/.git", **entry)
        assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"a"}


@pytest.mark.parametrize("trust", ["none", "another"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, forge: Forge, reach: Reach, web: Web, trust: str
):
    forge.create().commit({})
    certificate, key = _authority()
    entry = {} if trust == "none" else {"ca_pem": _authority()[0]}
    with GitServer(root=forge.root, tls=_context(tmp_path, certificate, key), static=forge.root) as server:
        mirror = await reach.mirror(f"{server.url}/demo/.git", **entry)
        with pytest.raises(Refused, match="argocd-tls-certs-cm") as refused:
            await mirror.refs(fresh=True)
        assert refused.value.code == "access_denied"
        wanted = files.Wanted(url=f"{server.url}/charts/index.yaml", repository=mirror.access.repository, limit=100)
        with pytest.raises(Refused, match="argocd-tls-certs-cm"):
            await files.get(web, wanted)


async def test_a_client_certificate_opens_what_wants_one(tmp_path: Path, forge: Forge, reach: Reach, web: Web):
    commit = forge.create().commit({"a": "a"})
    certificate, key = _authority()
    client, client_key = _authority()
    with GitServer(
        root=forge.root, tls=_context(tmp_path, certificate, key, clients=client), static=forge.root
    ) as server:
        entry = {"ca_pem": certificate, "tls_client_cert_data": client, "tls_client_cert_key": client_key}
        mirror = await reach.mirror(f"{server.url}/demo/.git", **entry)
        assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
        wanted = files.Wanted(url=f"{server.url}/charts/demo/a", repository=mirror.access.repository, limit=100)
        fetched = await files.get(web, wanted)
        assert isinstance(fetched, files.Fetched)
        assert fetched.content == b"a"
        with pytest.raises(Refused):
            await (await reach.mirror(f"{server.url}/demo/.git", ca_pem=certificate)).refs(fresh=True)
