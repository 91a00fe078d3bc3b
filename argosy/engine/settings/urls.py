"""Repository URLs: when two texts name the same repository, and when one lies below another."""

import re
from functools import lru_cache

_SCP_FORM = re.compile(r"(?:[\w.+-]+@)?(?P<host>[\w.-]+):(?!//)(?P<path>[^\s]*)")
_PARTS = re.compile(r"(?P<scheme>[^/?#]*?)://(?P<authority>[^/?#\\]*)(?P<path>.*)", re.DOTALL)
"""Authority and path are told apart as whoever connects does it: `https://evil.example?@git.example/` is evil's."""
_AUTHORITY = re.compile(r"(?:.*@)?(?P<host>\[[^\]]*\]|[^:@]*)(?::(?P<port>[0-9]*))?", re.DOTALL)
_ENCODED = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORTS = {"https": "443", "http": "80", "ssh": "22"}


@lru_cache(maxsize=16384)
def normalised(url: str) -> str:
    """Return the form in which repository URLs are compared: Argo CD's (2.70), and what servers take for the same.

    Host and scheme in lower case; without surrounding spaces, user, default port, trailing `/` and `.git`; the scp
    form `git@host:path` as `ssh://host/path`; no letter encoded that need not be, no `/` doubled. A text that is no URL
    is compared in lower case.
    """
    text = url.strip()
    scp = _SCP_FORM.fullmatch(text) if "://" not in text else None
    if scp is not None:
        text = f"ssh://{scp['host']}/{scp['path'].lstrip('/')}"
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return text.lower().rstrip("/").removesuffix(".git")
    scheme = parts["scheme"].lower()
    path = re.sub("/{2,}", "/", _ENCODED.sub(_decoded, parts["path"])).rstrip("/")
    return f"{scheme}://{_server(scheme, parts['authority'])}{path.removesuffix('/.git').removesuffix('.git')}"


def _server(scheme: str, authority: str) -> str:
    """Return host and port of an authority, the port only if it is not the scheme's own."""
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        return authority.lower()
    port = (found["port"] or "").lstrip("0")
    host = found["host"].lower().rstrip(".")
    return host if port in ("", _DEFAULT_PORTS.get(scheme)) else f"{host}:{port}"


def _decoded(encoded: re.Match[str]) -> str:
    character = chr(int(encoded[1], 16))
    return character if character in _UNRESERVED else encoded[0].upper()


def complaint(url: str) -> str:
    """Return why the text must not be used as a repository's URL, empty if it may: one text, one repository."""
    if url.startswith("-") or any(each.isspace() or not each.isprintable() for each in url):
        return "starts with '-' or holds spaces or control characters"
    if not {".", ".."}.isdisjoint(_ENCODED.sub(_decoded, url).split("/")):
        return "holds '.' or '..' as a path component; write the repository's own address"
    parts = _PARTS.fullmatch(url)
    if "\\" in url or "#" in url or (parts is not None and parts["path"].startswith("?")):
        return "holds '\\' or '#', or a '?' before its path; write the repository's own address"
    return ""


def lies_below(url: str, prefix: str) -> bool:
    """Return whether a repository lies at or below a credential template's URL.

    Only at the end of a path component: `https://git.x/org` is no prefix of `https://git.x/org-evil`.
    """
    whole, start = normalised(url), normalised(prefix)
    return bool(start) and (whole == start or whole.startswith(f"{start}/"))


def host_of(url: str) -> str:
    """Return the host of a repository URL in lower case without its port, empty if it names none."""
    text = normalised(url)
    parts = _PARTS.fullmatch(text if "://" in text else f"any://{text}")
    found = _AUTHORITY.fullmatch(parts["authority"]) if parts is not None else None
    return found["host"].strip("[]").rstrip(".") if found is not None else ""


def without_password(url: str) -> str:
    """Return the URL without user and password, which must not be shown."""
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}" if separator else url
