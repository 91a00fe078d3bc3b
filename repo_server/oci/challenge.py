"""What a registry asks for before it answers: the WWW-Authenticate header, and who may be told credentials. Pure.

A registry that wants a token names the server that gives it out (the "realm"). An entry's credentials are for the
origin of the registry. The realm is told them if it is on the same host, or if both are siblings of one domain
(registry-1.docker.io and auth.docker.io) and the realm speaks TLS; any other realm is asked anonymously, so that a
registry, or who can answer in its place, cannot name a collector of passwords.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from repo_server.web.trust import scheme

_LONGEST_HEADER = 8 * 1024
_WORD = re.compile(r'([A-Za-z_-]+)\s*=\s*"([^"]*)"|([A-Za-z_-]+)\s*=\s*([^\s",=]+)|([A-Za-z][A-Za-z0-9-]*)')
_SHORTEST_SITE = 4

# Domains below which every name is another customer.
_SHARED = ("azurecr.io", "azurecr.cn", "azurecr.us", "amazonaws.com", "jfrog.io", "pkg.dev", "github.io")


@dataclass(frozen=True, kw_only=True)
class Basic:
    """A user name and password are wanted with each request."""


@dataclass(frozen=True, kw_only=True)
class Bearer:
    """A token of the server at `realm` is wanted."""

    realm: str
    service: str = ""
    scope: str = ""


Challenge = Basic | Bearer


def parse(header: str) -> Challenge | None:
    """Return what a WWW-Authenticate header (several, with commas between) wants; a token before a password."""
    schemes: dict[str, dict[str, str]] = {}
    parameters: dict[str, str] = {}
    for match in _WORD.finditer(header[:_LONGEST_HEADER]):
        quoted, text, plain, word, scheme = match.groups()
        if scheme is not None:
            parameters = schemes.setdefault(scheme.lower(), {})
        else:
            parameters.setdefault((quoted or plain).lower(), text if quoted else word)
    return _chosen(schemes)


def may_be_told(registry: str, realm: str) -> bool:
    """Say whether the realm (a URL) may be told the credentials that are for the registry (its URL)."""
    ours, theirs = urlsplit(registry), urlsplit(realm)
    host, other = (ours.hostname or "").rstrip("."), (theirs.hostname or "").rstrip(".")
    if ours.scheme == "https" and theirs.scheme != "https":
        return False
    if host == other:
        return True
    return theirs.scheme == "https" and _site(host) != "" and (other == _site(host) or _site(other) == _site(host))


def _chosen(schemes: Mapping[str, Mapping[str, str]]) -> Challenge | None:
    bearer = schemes.get("bearer", {})
    if scheme(bearer.get("realm", "")) in ("http", "https"):
        return Bearer(realm=bearer["realm"], service=bearer.get("service", ""), scope=bearer.get("scope", ""))
    return Basic() if "basic" in schemes else None


def _site(host: str) -> str:
    """Return the domain that a host is a member of; empty where that could be a registry of domains.

    Without the list of public suffixes the last two names stand for a site, unless the first of them is as short as
    those of "co.uk" and "com.au", which then take a third.
    """
    names = host.split(".")
    if len(names) < 2 or names[-1].isdecimal() or ":" in host:
        return ""
    kept = 2 if len(names[-2]) >= _SHORTEST_SITE or len(names[-1]) > 2 else 3
    site = ".".join(names[-kept:])
    return site if (len(names) > kept or kept == 2) and site not in _SHARED else ""
