"""The real registry of Docker's distribution on loopback: open to all, with a password, or with a token server.

All three serve the same folder, so that what is pushed to the open one can be pulled from the others.
"""

import base64
import contextlib
import hashlib
import json
import re
import subprocess
import threading
import time
import urllib.request
import uuid
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import bcrypt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import ECKey

from argosy.gateways.clock import SystemClock

LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
PLAIN_LAYER = "application/vnd.oci.image.layer.v1.tar"
CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov"
CHART_CONFIG = "application/vnd.cncf.helm.config.v1+json"
EMPTY_CONFIG = "application/vnd.oci.empty.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"

USER = "ada"
_SERVICE = "the registry"
_ISSUER = "the token server"


@dataclass(frozen=True)
class Artifact:
    """What is pushed: layers as (media type, bytes), a configuration, annotations."""

    layers: Sequence[tuple[str, bytes]]
    config: tuple[str, bytes] = (EMPTY_CONFIG, b"{}")
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])

    def manifest(self) -> bytes:
        """Return the manifest."""
        described: dict[str, Any] = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": descriptor(*self.config),
            "layers": [descriptor(*layer) for layer in self.layers],
        }
        if self.annotations:
            described["annotations"] = dict(self.annotations)
        return json.dumps(described).encode()


def chart(content: bytes, *, metadata: Mapping[str, Any] | None = None) -> Artifact:
    """Return a packed chart as Helm pushes it, with a provenance beside it."""
    said = json.dumps(dict(metadata or {"name": "web", "version": "1.0.0"})).encode()
    return Artifact([(CHART_LAYER, content), (PROVENANCE, b"signed")], config=(CHART_CONFIG, said))


def descriptor(media_type: str, content: bytes) -> dict[str, Any]:
    """Return how a manifest describes content."""
    return {"mediaType": media_type, "digest": digest(content), "size": len(content)}


def digest(content: bytes) -> str:
    """Return the digest of content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass(frozen=True)
class DockerRegistry:
    """A running registry; `host` is its host and port."""

    host: str

    def push(self, name: str, tag: str, artifact: Artifact) -> str:
        """Push an artifact and return its digest."""
        for _, content in (*artifact.layers, artifact.config):
            self.push_blob(name, content)
        return self.push_manifest(name, tag, artifact.manifest(), MANIFEST)

    def push_index(self, name: str, tag: str, manifests: Sequence[Mapping[str, Any]]) -> str:
        """Push an index of manifests that are there and return its digest."""
        content = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": list(manifests)}).encode()
        return self.push_manifest(name, tag, content, INDEX)

    def push_manifest(self, name: str, tag: str, content: bytes, media_type: str) -> str:
        """Push a manifest as it is."""
        self._put(f"http://{self.host}/v2/{name}/manifests/{tag}", content, media_type)
        return digest(content)

    def push_blob(self, name: str, content: bytes) -> None:
        """Push a blob."""
        begin = urllib.request.Request(f"http://{self.host}/v2/{name}/blobs/uploads/", method="POST", data=b"")
        with urllib.request.urlopen(begin) as answer:
            location = answer.headers["Location"]
        self._put(f"{location}&digest={digest(content)}", content, "application/octet-stream")

    def _put(self, url: str, content: bytes, media_type: str) -> None:
        request = urllib.request.Request(url, method="PUT", data=content, headers={"Content-Type": media_type})
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 201


@contextlib.contextmanager
def open_to_all(folder: Path) -> Generator[DockerRegistry]:
    """Serve what is in a folder to everybody, who may push too."""
    with _serving(folder, "open", {}) as registry:
        yield registry


@contextlib.contextmanager
def over_tls(folder: Path, certificate: Path, key: Path, *, clients: Path | None = None) -> Generator[DockerRegistry]:
    """Serve over TLS; with `clients`, only to who has a certificate of that authority."""
    tls: dict[str, Any] = {"certificate": str(certificate), "key": str(key)}
    if clients is not None:
        tls["clientcas"] = [str(clients)]
    with _serving(folder, "tls", {}, tls) as registry:
        yield registry


@contextlib.contextmanager
def with_password(folder: Path, password: str) -> Generator[DockerRegistry]:
    """Serve to who knows the password of `USER`."""
    users = folder / "users"
    users.write_bytes(f"{USER}:".encode() + bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=4)) + b"\n")
    with _serving(folder, "password", {"htpasswd": {"realm": "the registry", "path": str(users)}}) as registry:
        yield registry


@dataclass
class TokenServer:
    """Gives tokens to who knows the password, or to everybody; `asked` are the scopes and users that it was asked."""

    url: str
    asked: list[tuple[str, str]]


@contextlib.contextmanager
def with_tokens(folder: Path, password: str | None) -> Generator[tuple[DockerRegistry, TokenServer]]:
    """Serve to who has a token; without a password everybody gets one."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key)
    bundle = folder / "authority.pem"
    bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    with _token_server(key, certificate, password) as tokens:
        settings = {"realm": tokens.url, "service": _SERVICE, "issuer": _ISSUER, "rootcertbundle": str(bundle)}
        with _serving(folder, "tokens", {"token": settings}) as registry:
            yield registry, tokens


@contextlib.contextmanager
def _serving(
    folder: Path, name: str, auth: Mapping[str, Any], tls: Mapping[str, Any] | None = None
) -> Generator[DockerRegistry]:
    settings: dict[str, Any] = {
        "version": 0.1,
        "log": {"level": "info", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(folder / "data")},
            "maintenance": {"uploadpurging": {"enabled": False}},
        },
        "http": {"addr": "127.0.0.1:0", "secret": "of the tests"},
    }
    if auth:
        settings["auth"] = dict(auth)
    if tls is not None:
        settings["http"]["tls"] = dict(tls)
    (folder / f"{name}.yml").write_text(json.dumps(settings))
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        # Whichever way the tests end, the registry ends with them.
        command = ["setpriv", "--pdeathsig", "TERM", "docker-registry", "serve", str(folder / f"{name}.yml")]
        process = subprocess.Popen(command, stdout=output, stderr=output, env={})
    try:
        yield DockerRegistry(_address(log, process))
    finally:
        process.terminate()
        process.wait()


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    while True:
        match = re.search(r'"listening on (127\.0\.0\.1:\d+)', log.read_text())
        if match is not None:
            return match[1]
        assert process.poll() is None, log.read_text()
        time.sleep(0.02)


@contextlib.contextmanager
def _token_server(
    key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate, password: str | None
) -> Generator[TokenServer]:
    asked: list[tuple[str, str]] = []
    chain = [base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()]
    signer = ECKey.import_key(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
    )
    allowed = None if password is None else "Basic " + base64.b64encode(f"{USER}:{password}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            scope = query.get("scope", [""])[0]
            told = self.headers.get("Authorization", "")
            asked.append((scope, told))
            if allowed is not None and told != allowed:
                self.send_response(401)
                self.end_headers()
                return
            _, _, rest = scope.partition(":")
            name, _, actions = rest.rpartition(":")
            now = int(SystemClock().now().timestamp())
            claims: dict[str, Any] = {
                "iss": _ISSUER,
                "sub": USER,
                "aud": query.get("service", [""])[0],
                "exp": now + 300,
                "nbf": now - 10,
                "iat": now,
                "jti": str(uuid.uuid4()),
                "access": [{"type": "repository", "name": name, "actions": actions.split(",")}] if name else [],
            }
            token = jwt.encode({"typ": "JWT", "alg": "ES256", "x5c": chain}, claims, signer)
            body = json.dumps({"token": token, "expires_in": 300}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the library's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield TokenServer(f"http://127.0.0.1:{server.server_address[1]}/token", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the token server")])
    now = SystemClock().now()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
