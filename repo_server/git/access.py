"""What one network call of git needs: environment and configuration made from a repository entry.

Comes in: an `Address` and the caller's `Repository`. Goes out: the environment of one git command, good only inside the
`with` block. Git gets paths of memory files and a ticket; no credential is in the environment itself. A credential that
is a key to a token (a GitHub App, say) must have been traded for it before, by `git.providers`.
"""

import base64
import contextlib
import shlex
import sys
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from argosy.engine.model.repository import Repository
from repo_server.errors import Refused
from repo_server.git import credentials
from repo_server.git.address import Address, scrub
from repo_server.git.credentials import Bearer, Key, Password, Tradable, Usable
from repo_server.git.tickets import Login, TicketOffice
from repo_server.private_files import PrivateFiles
from repo_server.web.trust import exempt, scheme

# Findings of git's object check that old, honest repositories have and that cannot hurt a reader without a checkout.
_HARMLESS = ("zeroPaddedFilemode", "badTimezone", "missingSpaceBeforeDate", "nulInCommit", "multipleAuthors")

_TUNNEL = Path(__file__).with_name("tunnel.py")

HARDENED: Mapping[str, str] = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_COUNT": "0",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "SSH_ASKPASS": "/bin/false",
    "GIT_SSH_COMMAND": "/bin/false",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_ALLOW_PROTOCOL": "",
    "HOME": "/nonexistent",
    "XDG_CONFIG_HOME": "/nonexistent",
}
"""The environment of every git command: nobody's configuration, nobody's credentials, no protocol."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """How a repository is reached: its checked address, and the entry with credentials and trust.

    `lent` is the token that the entry's credential was traded for; `written` is the URL that commands name, where the
    remote has sent us on from there to `address`.
    """

    address: Address
    repository: Repository
    lent: Usable | None = None
    written: str = ""

    @property
    def credential(self) -> Usable | Tradable:
        """What is told to the remote, or what a token is bought with first."""
        return self.lent or credentials.select(self.repository, self.address)

    @property
    def login(self) -> Login | None:
        """What git may be told when it asks; None if there is nothing that it could ask for."""
        match self.credential:
            case Password(username=username, password=password):
                return Login(origin=self.address.origin, username=username, password=password)
            case _:
                return None

    def secrets(self) -> tuple[str, ...]:
        """Return the texts that no message may hold."""
        entry = self.repository
        own = (entry.password, self.address.password, entry.bearer_token, entry.ssh_private_key)
        texts = (*own, entry.tls_client_cert_key, *credentials.secrets(self.credential))
        return tuple(dict.fromkeys(filter(None, texts)))


@contextlib.contextmanager
def environment(access: Access, office: TicketOffice, *, stalled_after: int) -> Generator[dict[str, str]]:
    """Yield the environment for one network command; `stalled_after` is how many seconds may pass without data.

    Raises `Refused` (invalid) for an entry that cannot be used.
    """
    with contextlib.ExitStack() as stack:
        files = stack.enter_context(PrivateFiles())
        result = dict(HARDENED)
        result["GIT_ALLOW_PROTOCOL"] = access.address.scheme.removeprefix("git+")
        result["GIT_CONFIG_GLOBAL"] = files.add(_configuration(access, files, stalled_after=stalled_after))
        if access.repository.ca_pem:
            # The variable and not the setting: the machine may have it too, and a variable wins.
            result["GIT_SSL_CAINFO"] = files.add(access.repository.ca_pem)
        if access.address.over_ssh:
            result["GIT_SSH_COMMAND"] = _ssh(access, files, stalled_after=stalled_after)
        if access.repository.proxy:
            if not access.repository.no_proxy.isprintable():
                raise Refused("invalid", f"repository {access.address.url}: noProxy holds a control character")
            result["NO_PROXY"] = result["no_proxy"] = access.repository.no_proxy
        if access.login is not None and not _authorization(access):
            result.update(stack.enter_context(office.ticket(access.login)))
        yield result


def _configuration(access: Access, files: PrivateFiles, *, stalled_after: int) -> str:
    settings = {
        "core.hooksPath": "/dev/null",
        "core.fsmonitor": "false",
        "credential.helper": "",
        "fetch.recurseSubmodules": "false",
        "gc.auto": "0",
        "maintenance.auto": "false",
        # Where a remote sends us is judged first, by `git.redirects`.
        "http.followRedirects": "false",
        "http.lowSpeedLimit": "1",
        "http.lowSpeedTime": str(stalled_after),
        "http.userAgent": "argosy-repo-server",
        "protocol.version": "2",
        # Packs arrive whole or not at all; loose objects of a killed fetch could be a commit without its files.
        "fetch.unpackLimit": "1",
        "fetch.fsckObjects": "true",
        **{f"fetch.fsck.{finding}": "ignore" for finding in _HARMLESS},
    }
    if access.address.over_http:
        settings.update(_http(access, files))
    if access.written:
        settings[f"url.{access.address.url}.insteadOf"] = access.written
    return "".join(_line(name, value) for name, value in settings.items())


def _http(access: Access, files: PrivateFiles) -> Iterator[tuple[str, str]]:
    entry = access.repository
    if entry.insecure:
        yield "http.sslVerify", "false"
    if entry.tls_client_cert_data and entry.tls_client_cert_key:
        yield "http.sslCert", files.add(entry.tls_client_cert_data)
        yield "http.sslKey", files.add(entry.tls_client_cert_key)
    if entry.proxy:
        yield "http.proxy", entry.proxy
    if header := _authorization(access):
        # Named by the origin, so that no other host is told.
        yield f"http.{access.address.origin}/.extraHeader", f"Authorization: {header}"


def _authorization(access: Access) -> str:
    match access.credential:
        case Password(username=username, password=password, unasked=True):
            return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        case Bearer(token=token):
            return f"Bearer {token}"
        case _:
            return ""


def _ssh(access: Access, files: PrivateFiles, *, stalled_after: int) -> str:
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": str(stalled_after),
        "ServerAliveInterval": str(stalled_after),
        "ServerAliveCountMax": "1",
        "IdentityAgent": "none",
        "IdentitiesOnly": "yes",
        "PreferredAuthentications": "publickey",
        "ForwardAgent": "no",
        "ClearAllForwardings": "yes",
        "PermitLocalCommand": "no",
        "UpdateHostKeys": "no",
        "LogLevel": "ERROR",
        **_trust(access.repository, files),
        **_by_proxy(access, files),
    }
    match access.credential:
        case Key(pem=pem):
            key = files.add(_ends_in_newline(pem))
        case _:
            key = "/dev/null"
    return shlex.join(["ssh", "-F", "/dev/null", "-i", key, *(f"-o{name}={value}" for name, value in options.items())])


def _by_proxy(access: Access, files: PrivateFiles) -> dict[str, str]:
    """Return how ssh gets through a proxy. Raises `Refused` (invalid) for one that is not spoken to over ssh."""
    entry = access.repository
    if not entry.proxy or exempt(entry, access.address.host):
        return {}
    if scheme(entry.proxy) not in ("http", "socks5", "socks5h"):
        raise Refused(
            "invalid",
            f"repository {access.address.url}: the proxy {scrub(entry.proxy)!r} must be an http or socks5 URL for ssh",
        )
    program = shlex.join([sys.executable, "-I", "-S", str(_TUNNEL), files.add(entry.proxy)])
    return {"ProxyCommand": f"{program} %h %p"}


def _trust(entry: Repository, files: PrivateFiles) -> dict[str, str]:
    if entry.insecure:
        return {"StrictHostKeyChecking": "no", "UserKnownHostsFile": "/dev/null", "GlobalKnownHostsFile": "/dev/null"}
    if entry.known_hosts:
        known = files.add(_ends_in_newline(entry.known_hosts))
        return {"StrictHostKeyChecking": "yes", "UserKnownHostsFile": known, "GlobalKnownHostsFile": "/dev/null"}
    return {"StrictHostKeyChecking": "yes", "UserKnownHostsFile": "/dev/null"}


def _ends_in_newline(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _line(name: str, value: str) -> str:
    """Write one setting as git reads it; `name` is "section.key" or "section.sub.section.key"."""
    section, _, rest = name.partition(".")
    subsection, _, key = rest.rpartition(".")
    header = f'[{section} "{_escaped(subsection)}"]' if subsection else f"[{section}]"
    return f'{header}\n\t{key} = "{_escaped(value)}"\n'


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
