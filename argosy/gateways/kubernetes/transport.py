"""Open HTTP connections to one API server through the official client's transport. Called by `client`.

The library brings TLS, proxies and socket settings; its request method would encode bodies a second time, so requests
go straight to its connection pool.
"""

import os
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.client.rest import RESTClientObject

from argosy.gateways.kubernetes.connection import ClientCertificate, Connection
from argosy.gateways.kubernetes.errors import InvalidConnection

# An API server answers everything but a watch within a minute; a long list comes in pages.
_ORDINARY = aiohttp.ClientTimeout(total=300, sock_connect=10, sock_read=70)
# The server ends a watch that it was asked for within 45 s: silence for longer says that the connection is dead.
_WATCH = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=50)


def timeout_of(verb: str) -> aiohttp.ClientTimeout:
    """Return how long a request may take."""
    return _WATCH if verb == "watch" else _ORDINARY


def open_session(connection: Connection, certificate: ClientCertificate | None) -> aiohttp.ClientSession:
    """Return a connection pool for the connection; nothing is sent yet. Called inside the running event loop.

    Raises `InvalidConnection` if a certificate, key or proxy cannot be used.
    """
    if connection.proxy and not connection.proxy.startswith(("http://", "https://")):
        raise InvalidConnection(f"cluster {connection.server}: proxyUrl: only http and https proxies are supported")
    try:
        with _files(certificate) as (chain, key):
            configuration = Configuration(
                host=connection.server,
                ca_cert_data=connection.ca or None,
                cert_file=chain,
                key_file=key,
                verify_ssl=connection.server_certificate == "verified",
                # Watches hold a connection each; how many requests run at once is the caller's decision.
                connection_pool_maxsize=0,
                # Off, because it would also send a password from ~/.netrc; the proxy is taken in `request_options`.
                client_session_kwargs={"trust_env": False},
            )
            # What Go accepts: many cluster authorities lack the extensions that newer Python versions ask for.
            configuration.disable_strict_ssl_verification = True
            client = RESTClientObject(configuration)
    except (OSError, ValueError) as error:
        raise InvalidConnection(
            f"cluster {connection.server}: the certificates cannot be used ({error}): "
            "check caData, certData and keyData"
        ) from error
    # Its own request method encodes a body a second time, and makes the pool only then.
    return client._create_pool_manager()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def request_options(connection: Connection) -> dict[str, Any]:
    """Return what every request of the connection is sent with."""
    options: dict[str, Any] = {"allow_redirects": False}
    if connection.server_name:
        options["server_hostname"] = connection.server_name
    proxy = connection.proxy or _environment_proxy(connection.server)
    if proxy:
        options["proxy"] = proxy
    return options


def _environment_proxy(server: str) -> str:
    """Return the proxy of `HTTPS_PROXY` and its kin; never one for this machine, as with Go's clients."""
    address = urlsplit(server)
    host = address.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or urllib.request.proxy_bypass(host):
        return ""
    return urllib.request.getproxies().get(address.scheme, "")


@contextmanager
def _files(certificate: ClientCertificate | None) -> Generator[tuple[str | None, str | None]]:
    """Lend the certificate and key as files in memory: OpenSSL reads files only, and a key must not touch a disk."""
    if certificate is None:
        yield None, None
        return
    chain, key = os.memfd_create("certificate"), os.memfd_create("key")
    try:
        for descriptor, data in ((chain, certificate.certificate), (key, certificate.key)):
            os.write(descriptor, data)
        yield f"/proc/self/fd/{chain}", f"/proc/self/fd/{key}"
    finally:
        os.close(chain)
        os.close(key)
