"""Links that people put on objects: annotations `link.argocd.argoproj.io/<id>`, each `url` or `title|url` (1.50, 1.51).

Called by `info` for every object of a tree.
"""

from urllib.parse import urlsplit

from argosy.engine.model.resource import Manifest
from argosy.engine.tree import reading

PREFIX = "link.argocd.argoproj.io/"
IGNORE_DEFAULT = "argocd.argoproj.io/ignore-default-links"

_TRUE = frozenset(("1", "t", "T", "true", "TRUE", "True"))


def of(manifest: Manifest) -> tuple[str, ...]:
    """Return the links in the order of their ids; what a browser would not open as a web page is left out."""
    annotations = reading.mapping(manifest, "metadata", "annotations")
    keys = sorted(key for key in annotations if key.startswith(PREFIX))
    links = (reading.text(annotations, key).strip() for key in keys)
    return tuple(dict.fromkeys(link for link in links if is_web_address(_address(link))))


def shows_default(manifest: Manifest) -> bool:
    """Return whether the addresses that follow from the object itself are shown too."""
    return reading.text(manifest, "metadata", "annotations", IGNORE_DEFAULT) not in _TRUE


def _address(link: str) -> str:
    """Return the address of a link: what follows the first bar, if there is one."""
    title, bar, address = link.partition("|")
    return address if bar else title


def is_web_address(address: str) -> bool:
    """Return whether an address is an absolute HTTP one: anything else may be a script."""
    # Readers may split a link at another bar than the first.
    if "|" in address:
        return False
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
