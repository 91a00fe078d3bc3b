"""Whom a connection trusts and how it gets there: TLS authorities, client certificates, proxies of a repository entry.

Called by `web.client`. Contexts are kept, because making one reads all of the system's authorities.
"""

import hashlib
import ssl
from urllib.parse import urljoin, urlsplit

from argosy.engine.model.repository import Repository
from repo_server.errors import Refused
from repo_server.git.address import origin_of, scrub
from repo_server.private_files import PrivateFiles
from repo_server.recent import Recent

_MOST_CONTEXTS = 64


class Trust:
    """The TLS contexts that were made, by what they were made of."""

    def __init__(self) -> None:
        self._contexts: Recent[bytes, ssl.SSLContext] = Recent(most=_MOST_CONTEXTS)

    def context(self, repository: Repository, url: str) -> ssl.SSLContext | bool:
        """Return what aiohttp is to check a server by: a context, True (the system's authorities) or False (nothing).

        Another origin than the repository's is shown no client certificate, and may be vouched for by the system too:
        a private registry keeps its blobs in a public store. Raises `Refused` (invalid) for a certificate or key that
        cannot be read.
        """
        if repository.insecure and not repository.tls_client_cert_data:
            return False
        own = origin(url) == origin(repository.url)
        certificate = (repository.tls_client_cert_data, repository.tls_client_cert_key) if own else ("", "")
        if not repository.ca_pem and not all(certificate):
            return not repository.insecure
        made_of = ("" if own else "elsewhere", repository.ca_pem, *certificate, str(repository.insecure))
        key = hashlib.sha256("\0".join(made_of).encode()).digest()
        try:
            return self._contexts.of(key, lambda: _context(repository, certificate, own=own))
        except (ssl.SSLError, ValueError) as error:
            raise Refused(
                "invalid",
                f"the TLS certificates or the client key for {scrub(repository.url)} cannot be read; "
                f"they must be PEM ({type(error).__name__})",
            ) from error


def proxy(repository: Repository, url: str) -> str | None:
    """Return the proxy that a URL is reached by. Raises `Refused` (invalid) for one that is not spoken to."""
    if not repository.proxy or exempt(repository, urlsplit(url).hostname or ""):
        return None
    if scheme(repository.proxy) not in ("http", "https"):
        raise Refused("invalid", f"the proxy {scrub(repository.proxy)!r} must be an http or https URL")
    return repository.proxy


def exempt(repository: Repository, host: str) -> bool:
    """Say whether a host is reached without the proxy (`noProxy`: names, each with what is below it)."""
    names = [name.strip().lstrip("*.") for name in repository.no_proxy.split(",") if name.strip()]
    return any(host == name or host.endswith(f".{name}") for name in names)


def origin(url: str) -> str:
    """Return the origin of an http URL ("https://host:443"); empty for any other."""
    try:
        parts = urlsplit(url)
        return origin_of(parts.scheme, parts.hostname or "", parts.port) if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def scheme(url: str) -> str:
    """Return the scheme of a URL in lower case; empty for what is none."""
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def joined(url: str, reference: str) -> str:
    """Return where a reference at a URL leads; empty if nowhere."""
    try:
        return urljoin(url, reference)
    except ValueError:
        return ""


def _context(repository: Repository, certificate: tuple[str, str], *, own: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=repository.ca_pem or None)
    if repository.ca_pem and not own:
        context.load_default_certs()
    if repository.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if all(certificate):
        with PrivateFiles() as files:
            context.load_cert_chain(*map(files.add, certificate))
    return context
