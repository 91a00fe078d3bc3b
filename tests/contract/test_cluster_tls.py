"""Certificates in both directions: the server's is checked against name and authority, ours is shown from memory."""

import base64
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.errors import Unreachable


class Authority:
    """A certificate authority for one test."""

    def __init__(self):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        self.certificate = self._sign(self._name, self._key, x509.BasicConstraints(ca=True, path_length=None))

    def issue(self, name, *alternatives):
        """Return a certificate and its key, PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        extension = x509.SubjectAlternativeName(alternatives or [x509.DNSName(name)])
        encoding = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self._sign(subject, key, extension), key.private_bytes(*encoding)

    def _sign(self, subject, key, extension):
        now = datetime.now(UTC)  # noqa: TID251 - certificates are checked against the machine's clock
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def authority():
    return Authority()


@pytest.fixture
async def serve(authority, tmp_path):
    runners = []

    async def start(*alternatives):
        """Serve over TLS to whoever shows a certificate of the authority, and say who that is."""
        certificate, key = authority.issue("server", *alternatives)
        for name, data in (("cert", certificate), ("key", key), ("ca", authority.certificate)):
            (tmp_path / name).write_bytes(data)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tmp_path / "ca")
        context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
        context.verify_mode = ssl.CERT_REQUIRED

        async def who(request):
            ((_, subject),) = request.transport.get_extra_info("peercert")["subject"][0]
            return web.Response(text=subject)

        application = web.Application()
        application.router.add_get("/who", who)
        runner = web.AppRunner(application)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        return f"https://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


def open_files():
    return [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]


def config(authority, certificate, key, **tls):
    def encoded(data):
        return base64.b64encode(data).decode()

    tls = {"caData": encoded(authority.certificate), "certData": encoded(certificate), "keyData": encoded(key), **tls}
    return {"tlsClientConfig": tls}


async def test_a_client_certificate_says_who_we_are_and_touches_no_disk(authority, serve, tmp_path, monkeypatch):
    server = await serve(x509.IPAddress(ip_address("127.0.0.1")))
    certificate, key = authority.issue("argosy")
    monkeypatch.setattr("tempfile.mkstemp", lambda *_a, **_k: pytest.fail("a temporary file is made"))
    cluster = connect.from_settings(server, config(authority, certificate, key))
    assert await cluster.raw_get("/who") == b"argosy"
    await cluster.close()
    assert not [target for target in open_files() if "memfd:" in target]


async def test_a_server_by_another_name_is_refused_unless_that_name_is_expected(authority, serve):
    server = await serve(x509.DNSName("api.example.com"))
    certificate, key = authority.issue("argosy")
    stranger = connect.from_settings(server, config(authority, certificate, key))
    with pytest.raises(Unreachable, match="certificate of the server is not trusted"):
        await stranger.raw_get("/who")
    await stranger.close()
    expected = connect.from_settings(server, config(authority, certificate, key, serverName="api.example.com"))
    assert await expected.raw_get("/who") == b"argosy"
    await expected.close()


async def test_a_server_of_another_authority_is_refused(authority, serve):
    server = await serve(x509.IPAddress(ip_address("127.0.0.1")))
    certificate, key = authority.issue("argosy")
    stranger = connect.from_settings(server, config(Authority(), certificate, key))
    with pytest.raises(Unreachable, match="certificate of the server is not trusted"):
        await stranger.raw_get("/who")
    await stranger.close()
