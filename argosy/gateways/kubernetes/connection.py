"""Where an API server is and how one proves who one is: read by `kubeconfig` and `settings`, used by `client`.

Nothing here shows a credential in its `repr`.
"""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Literal

from argosy.gateways.kubernetes.errors import InvalidConnection


@dataclass(frozen=True, slots=True)
class Anonymous:
    """No header: the client certificate, if there is one, says who we are."""


@dataclass(frozen=True, slots=True)
class BearerToken:
    """A token that stays the same."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenFile:
    """A token in a file that somebody else keeps fresh, as Kubernetes does for a pod."""

    path: str


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """A user name and a password."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExecPlugin:
    """A program that prints an `ExecCredential`: a token or a client certificate, often with an expiry."""

    command: str
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    api_version: str = "client.authentication.k8s.io/v1"
    install_hint: str = ""
    cluster_info: str = field(default="", repr=False)
    """What it is told of the cluster, as JSON (`provideClusterInfo`); empty: nothing."""


Identity = Anonymous | BearerToken | TokenFile | BasicAuth | ExecPlugin


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A client certificate (with its chain) and its key, both PEM."""

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach one API server; `ca` is PEM, empty for the system's authorities."""

    server: str
    identity: Identity = Anonymous()
    certificate: ClientCertificate | None = None
    ca: str = ""
    server_certificate: Literal["verified", "unverified"] = "verified"
    server_name: str = ""
    proxy: str = field(default="", repr=False)
    encoding: Literal["gzip", "identity"] = "gzip"


def decode_base64(value: str, where: str) -> bytes:
    """Decode a base64 field of connection settings. Raises `InvalidConnection` naming the field, not its value."""
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidConnection(f"{where} is not base64") from error
