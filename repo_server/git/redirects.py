"""May we go where a remote sends us? Only within the origin that the repository was written with.

Comes in: the address asked for and the `Location` of the answer. Goes out: the address to ask instead, or `Refused`.
A repository that was renamed on its host is found; one that moved to another host must be written anew, so that neither
a credential nor a request can be led to a place that nobody configured. From http to https of one host is allowed.
"""

from urllib.parse import urljoin

from repo_server.errors import Refused
from repo_server.git import address
from repo_server.git.address import Address

MOST = 3
"""Redirects that are followed for one command."""

_ENDS = ("/info/refs?service=git-upload-pack", "/info/refs", "/git-upload-pack")


def followed(asked: Address, location: str) -> Address:
    """Return where the repository is now. Raises `Refused` (unavailable)."""
    try:
        target = urljoin(f"{asked.url}/", location)
    except ValueError as error:
        raise _refused(asked, location, "which is no URL") from error
    end = next((end for end in _ENDS if target.endswith(end)), "")
    if not end:
        raise _refused(asked, target, "which is no repository")
    moved = address.parse(target.removesuffix(end), schemes=("https", "http"))
    if moved.origin != asked.origin and not _only_safer(asked, moved):
        raise _refused(asked, moved.url, "which is another server; if that is right, write this URL in the source")
    return Address(
        url=moved.url,
        scheme=moved.scheme,
        origin=moved.origin,
        host=moved.host,
        username=asked.username,
        password=asked.password,
    )


def _only_safer(asked: Address, moved: Address) -> bool:
    """Say whether it is the same host, at the usual ports, with TLS instead of without."""
    return (asked.origin, moved.origin) == (f"http://{asked.host}:80", f"https://{asked.host}:443")


def _refused(asked: Address, target: str, because: str) -> Refused:
    shown = address.scrub(target.partition("?")[0])[:200]
    return Refused("unavailable", f"repository {asked.url}: its server redirects to {shown!r}, {because}")
