"""Where a browser's request comes from: another site must not act with the session of ours (S-183, S-184)."""

from collections.abc import Mapping
from urllib.parse import urlsplit

_OWN_SITES = ("same-origin", "none")


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Return whether the browser says that another origin made it send the request.

    `Sec-Fetch-Site` is the browser's own word, which no page can change; `Origin` is compared where it is missing.
    """
    site = headers.get("sec-fetch-site", "")
    if site:
        return site not in _OWN_SITES
    origin = headers.get("origin")
    return origin is not None and _host(origin) != headers.get("host", "").lower()


def is_proved(headers: Mapping[str, str]) -> bool:
    """Return whether the browser says that our own page made it send the request: needed to write by cookie."""
    return not is_foreign(headers) and ("origin" in headers or headers.get("sec-fetch-site") in _OWN_SITES)


def _host(origin: str) -> str:
    """Return host and port of an origin, empty for `null` and for what is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
