"""Repository URLs: when two texts name the same repository, and when one lies below another."""

import re
from urllib.parse import urlsplit

_SCP_FORM = re.compile(r"(?:[\w.+-]+@)?[\w.-]+:(?!//)[^\s]*")
_DEFAULT_PORTS = {"https": "443", "http": "80", "ssh": "22"}


def normalised(url: str) -> str:
    """Return the form in which repository URLs are compared, as Argo CD does (2.70).

    Host and scheme in lower case; without surrounding spaces, user, default port, trailing `/` and `.git`; the scp
    form `git@host:path` as `ssh://host/path`. A text that is no URL is compared in lower case.
    """
    text = url.strip()
    if "://" not in text and _SCP_FORM.fullmatch(text):
        host, _, path = text.rpartition("@")[2].partition(":")
        text = f"ssh://{host}/{path.lstrip('/')}"
    if "://" not in text:
        return text.lower().rstrip("/").removesuffix(".git")
    scheme, _, rest = text.partition("://")
    authority, slash, path = rest.partition("/")
    scheme = scheme.lower()
    host = authority.rpartition("@")[2].lower().removesuffix(f":{_DEFAULT_PORTS.get(scheme, '')}")
    return f"{scheme}://{host}{slash}{path}".rstrip("/").removesuffix(".git")


def lies_below(url: str, prefix: str) -> bool:
    """Return whether a repository lies at or below a credential template's URL.

    Only at the end of a path component: `https://git.x/org` is no prefix of `https://git.x/org-evil`.
    """
    whole, start = normalised(url), normalised(prefix)
    return bool(start) and (whole == start or whole.startswith(f"{start}/"))


def host_of(url: str) -> str:
    """Return the host of a repository URL in lower case without its port, empty if it names none."""
    text = normalised(url)
    try:
        return urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""


def without_password(url: str) -> str:
    """Return the URL without user and password, which must not be shown."""
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}" if separator else url
