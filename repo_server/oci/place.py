"""Where a repository of a registry is: a checked reference, taken apart. Pure.

Comes in: "oci://host:port/path", or the same without a scheme, as users write it. Goes out: a `Place`. What a path, a
tag and a digest may look like is said by the OCI distribution specification.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from argosy.engine.model.repository import Repository
from repo_server.errors import Refused

_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
_NAME = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_SCHEME = re.compile(r"(?:oci|https|http)://", re.IGNORECASE)
_USER = re.compile(r"[^/@]*@")
_LONGEST_NAME = 255

# The name that everybody writes, and the host that answers.
_ALIASES = {"docker.io": "registry-1.docker.io", "index.docker.io": "registry-1.docker.io"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A repository of a registry: `base` is the registry's URL ("https://host:port"), `name` the path on it.

    `name` is empty for the registry itself.
    """

    base: str
    name: str

    @property
    def host(self) -> str:
        """The registry's host, without its port."""
        return urlsplit(self.base).hostname or ""

    @property
    def shown(self) -> str:
        """How messages call it."""
        return "oci://" + self.base.partition("://")[2] + (f"/{self.name}" if self.name else "")


def parse(text: str, repository: Repository, *below: str) -> Place:
    """Return the place that a reference and path components below it name; `repository` says whether TLS is spoken.

    Raises `Refused` (invalid).
    """
    bare = _SCHEME.sub("", text.strip(), count=1).strip("/")
    host, _, path = bare.partition("/")
    name = "/".join(part for part in (path, *below) if part)
    if not _HOST.fullmatch(host):
        raise _refused(text, "its host name is missing or malformed")
    if name and (len(name) > _LONGEST_NAME or not _NAME.fullmatch(name)):
        raise _refused(text, f"{name[:100]!r} is no path of a registry: lower-case words with '/', '.', '_' or '-'")
    scheme = "http" if repository.insecure_oci_force_http else "https"
    return Place(base=f"{scheme}://{_ALIASES.get(host.lower(), host.lower())}", name=name)


def is_digest(reference: str) -> bool:
    """Say whether a reference is a digest of a kind that can be verified."""
    return _DIGEST.fullmatch(reference) is not None


def is_tag(text: str) -> bool:
    """Say whether a text can be a tag."""
    return _TAG.fullmatch(text) is not None


def tag_of(version: str) -> str:
    """Return the tag that a version is kept under: a tag may hold no "+". Raises `Refused` (revision_not_found)."""
    tag = version.replace("+", "_")
    if not is_tag(tag):
        raise Refused("revision_not_found", f"{version[:200]!r} is neither a tag, a digest nor a version constraint")
    return tag


def _refused(text: str, because: str) -> Refused:
    shown = _USER.sub("", text)[:200]
    return Refused("invalid", f"registry URL {shown!r} cannot be used: {because}")
