"""Where a Git repository is: a checked URL, taken apart. Everything that reaches git's command line passes here first.

Comes in: the URL that a user wrote. Goes out: an `Address` that is safe to hand to git, without a password in it.
"""

import functools
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from repo_server.errors import Refused

SCHEMES = ("https", "http", "ssh", "git+ssh", "file")
"""The transports of Git that we speak at all."""

_HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\])")
_USER = re.compile(r"[A-Za-z0-9_.+][A-Za-z0-9_.+@\\-]*")
_SCP = re.compile(r"(?:(?P<user>[^@/:]+)@)?(?P<host>\[[^\]]+\]|[^@/:]+):(?P<path>[^:].*)")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029'\"`\\|<>^{}]|%0[0ad]", re.IGNORECASE)
_PORTS = {"https": 443, "http": 80}
_SSH_PORT = 22
_QUERY = re.compile(
    r"(?P<name>[?&][^=&#\s'\"]*(?:token|key|secret|sig|pass|auth|cred|jwt)[^=&#\s'\"]*=)[^&#\s'\"]+", re.IGNORECASE
)
_USERINFO = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/'\"]*@")


@dataclass(frozen=True, kw_only=True)
class Address:
    """A repository's place; `url` is what git is given, `origin` what a password may be told to ("https://host:443").

    `host` is the server's name in lower case, empty for a folder; `username` and `password` are those that the user
    wrote into an http URL; they are no longer in `url`.
    """

    url: str
    scheme: str
    origin: str
    host: str = ""
    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Leave the password out."""
        return f"Address({self.url!r})"

    @property
    def over_http(self) -> bool:
        """Whether credentials are a user name and a password or token."""
        return self.scheme in _PORTS

    @property
    def owner(self) -> str:
        """The first part of the path over http: who owns the repository at most hosts."""
        return urlsplit(self.url).path.lstrip("/").partition("/")[0] if self.over_http else ""

    @property
    def over_ssh(self) -> bool:
        """Whether credentials are a private key."""
        return self.scheme in ("ssh", "git+ssh")


@dataclass(frozen=True, kw_only=True)
class SshPlace:
    """An ssh repository as ssh is given it: `login` is "host" or "user@host"."""

    login: str
    host: str
    port: int
    path: str


def ssh_place(address: Address) -> SshPlace:
    """Take the address of an ssh repository further apart."""
    if "://" not in address.url:
        login, _, path = address.url.rpartition("]:") if "]:" in address.url else address.url.partition(":")
        return SshPlace(login=login.replace("[", ""), host=address.host, port=_SSH_PORT, path=path)
    parts = urlsplit(address.url)
    login = f"{parts.username}@{address.host}" if parts.username else address.host
    return SshPlace(login=login, host=address.host, port=parts.port or _SSH_PORT, path=parts.path)


def server(address: Address) -> tuple[str, str, int]:
    """Return what is equal for two repositories of one server, which may be told the same credentials."""
    if address.over_http:
        return address.scheme, address.origin, 0
    if not address.over_ssh:
        return address.scheme, "", 0
    place = ssh_place(address)
    return "ssh", place.host, place.port


@functools.lru_cache(maxsize=1024)
def parse(url: str, *, schemes: tuple[str, ...]) -> Address:
    """Check a repository URL; `schemes` are those that this server speaks. Raises `Refused` (invalid)."""
    text = url.strip()
    if not text or _FORBIDDEN.search(text) or text.startswith("-"):
        raise _refused(text, "it is empty, begins with a dash, or holds a space, quote or control character")
    address = _from_url(text) if "://" in text else _from_scp(text)
    if address.scheme not in schemes:
        raise _refused(text, f"{address.scheme!r} repositories are not allowed here; allowed are {', '.join(schemes)}")
    return address


def scrub(text: str) -> str:
    """Return the text with the user part of every URL in it taken out, and what its query says of tokens and keys."""
    return _QUERY.sub(r"\g<name>***", _USERINFO.sub(r"\g<scheme>", text))


def origin_of(scheme: str, host: str, port: int | None) -> str:
    """Return the one spelling of an http origin: lower case, with its port."""
    return f"{scheme}://{host.lower()}:{port or _PORTS[scheme]}"


def _from_url(text: str) -> Address:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused(text, f"it is not a URL ({error})") from error
    scheme = parts.scheme.lower()
    if scheme not in SCHEMES:
        raise _refused(text, f"{scheme!r} is not a transport of Git that we speak")
    if scheme == "file":
        if host or not parts.path.startswith("/"):
            raise _refused(text, "a file URL looks like file:///path")
        return Address(url=text, scheme=scheme, origin="")
    _check_host(text, f"[{host}]" if ":" in host else host)
    if len(parts.path) < 2 or parts.path.startswith("/-"):
        raise _refused(text, "it names no repository")
    if scheme in _PORTS:
        if parts.query:
            raise _refused(text, "it has a query, behind which Git would look for its files; leave it out")
        return _http(text, scheme, port)
    if parts.password is not None:
        raise _refused(text, "an ssh URL holds no password; give sshPrivateKey")
    _check_user(text, parts.username)
    return Address(url=text, scheme=scheme, origin="", host=host)


def _http(text: str, scheme: str, port: int | None) -> Address:
    parts = urlsplit(text)
    bare = parts._replace(scheme=scheme, netloc=parts.netloc.rpartition("@")[2], fragment="")
    return Address(
        url=bare.geturl(),
        scheme=scheme,
        origin=origin_of(scheme, parts.hostname or "", port),
        host=parts.hostname or "",
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _from_scp(text: str) -> Address:
    match = _SCP.fullmatch(text)
    if match is None or match["path"].startswith("-"):
        raise _refused(text, "write it as https://host/path or git@host:path")
    _check_host(text, match["host"])
    _check_user(text, match["user"])
    return Address(url=text, scheme="ssh", origin="", host=match["host"].strip("[]").lower())


def _check_host(text: str, host: str) -> None:
    if not _HOST.fullmatch(host):
        raise _refused(text, "its host name is missing or malformed")


def _check_user(text: str, user: str | None) -> None:
    if user is not None and not _USER.fullmatch(user):
        raise _refused(text, "its user name is malformed")


def _refused(url: str, because: str) -> Refused:
    shown = scrub(url)
    return Refused("invalid", f"repository URL {shown!r} cannot be used: {because}")
