"""Which server is asked, as whom, and how it is trusted.

Comes in: the global options, the environment and the local config, in that order of precedence. Goes out: a
`Connection`, from which `argosy.cli.client` is made. Called by every command that needs a server.
"""

import base64
import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from argosy.cli import config
from argosy.cli.config import Context, LocalConfig, Server
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals

_NOT_LOGGED_IN = "Run: argosy login SERVER"


@dataclass(frozen=True)
class Connection:
    """What a client needs: `url` without a slash at the end; `trust` is `None` without TLS."""

    server: Server
    token: str = field(default="", repr=False)
    trust: ssl.SSLContext | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    retries: int = 0

    @property
    def url(self) -> str:
        """The address that every path is put behind."""
        scheme = "http" if self.server.plain_text else "https"
        prefix = f"/{self.server.root_path}" if self.server.root_path else ""
        return f"{scheme}://{self.server.address}{prefix}"


def resolve(options: Globals) -> Connection:
    """Find the server and the token; raises `CommandError` if there is no server to ask."""
    kept = config.read(config.path_of(options))
    found = _context(options, kept)
    token = options.token or found.token
    return connect(options, found.server, token=token)


def connect(options: Globals, server: Server, *, token: str = "") -> Connection:
    """Connect to a known server as the global options say."""
    return Connection(
        server=server,
        token=token,
        trust=None if server.plain_text else _trust(options, server),
        headers=_headers(options.headers),
        retries=options.retries,
    )


def parse_server(text: str, options: Globals) -> Server:
    """Read a server as people write it: `host`, `host:port`, or a URL whose path is the root path.

    Raises `CommandError` if it is not one, or if it asks for plain HTTP over a network without `--plaintext`.
    """
    parts = urlsplit(text if "://" in text else f"//{text}", scheme="https")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise CommandError(f"{text!r} is not a server", advice="Write host:port, or https://host/root/path.")
    port = _port(text, parts.port if _port_is_valid(parts.netloc) else -1)
    plain = options.plain_text or parts.scheme == "http"
    if plain and not options.plain_text and not is_loopback(parts.hostname):
        raise CommandError(
            f"{text} would send the password and the token unencrypted", advice="If that is meant, add --plaintext."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Server(
        address=f"{host}:{port}" if port else host,
        plain_text=plain,
        insecure=options.insecure,
        root_path=(options.root_path or parts.path).strip("/"),
        authority=_authority(options.server_certificate),
    )


def is_loopback(host: str) -> bool:
    """Say whether traffic to a host stays on this machine."""
    name = host.strip("[]")
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def hostname(server: Server) -> str:
    """Take the port off a server's address."""
    return urlsplit(f"//{server.address}").hostname or ""


def _context(options: Globals, kept: LocalConfig) -> Context:
    if options.context:
        named = kept.context(options.context)
        if not named:
            raise CommandError(
                f"context {options.context!r} is not in {config.path_of(options)}",
                advice="Run: argosy context, to see which are.",
            )
        return named
    if options.server:
        return _context_of_server(options, kept)
    current = kept.context(kept.current)
    if not current:
        raise CommandError("no server is known", advice=_NOT_LOGGED_IN)
    return current


def _context_of_server(options: Globals, kept: LocalConfig) -> Context:
    """A token goes to the server that it was given by, and to no other."""
    asked = parse_server(options.server, options)
    known = kept.context_of_server(asked.address)
    if not known:
        return Context(name="", server=asked)
    server = Server(
        address=asked.address,
        plain_text=asked.plain_text or ("://" not in options.server and known.server.plain_text),
        insecure=asked.insecure or known.server.insecure,
        root_path=asked.root_path or known.server.root_path,
        authority=asked.authority or known.server.authority,
    )
    return Context(name=known.name, server=server, token=known.token)


def _port_is_valid(netloc: str) -> bool:
    try:
        return urlsplit(f"//{netloc}").port is None or bool(urlsplit(f"//{netloc}").port)
    except ValueError:
        return False


def _port(text: str, port: int | None) -> int | None:
    if port == -1:
        raise CommandError(f"{text!r} has no valid port", advice="Write host:port with a port from 1 to 65535.")
    return port


def _authority(path: str) -> str:
    if not path:
        return ""
    return base64.b64encode(_read(path, what="--server-crt")).decode()


def _trust(options: Globals, server: Server) -> ssl.SSLContext:
    trust = ssl.create_default_context()
    authority = _authority(options.server_certificate) or server.authority
    if authority:
        try:
            trust.load_verify_locations(cadata=base64.b64decode(authority).decode())
        except (ValueError, ssl.SSLError) as error:
            raise CommandError(f"the certificate to trust {server.address} by is not PEM") from error
    if options.insecure or server.insecure:
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
    if options.client_certificate:
        _read(options.client_certificate, what="--client-crt")
        trust.load_cert_chain(options.client_certificate, options.client_key or None)
    return trust


def _read(path: str, *, what: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise CommandError(f"{what} {path} cannot be read: {error.strerror}") from error


def _headers(texts: tuple[str, ...]) -> Mapping[str, str]:
    pairs = [text.partition(":") for text in texts]
    for name, colon, _ in pairs:
        if not colon or not name.strip():
            raise CommandError(f"header {name!r} has no value", advice="Write --header 'Name: value'.")
    return {name.strip(): value.strip() for name, _, value in pairs}
