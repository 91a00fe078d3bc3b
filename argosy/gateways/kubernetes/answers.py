"""Translate an API server's refusal into one of `errors`, keeping its own words. Called by `client`; pure."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from argosy.gateways.kubernetes import errors
from argosy.gateways.kubernetes.requests import Request

_DEFAULT_RETRY_SECONDS = 1.0
_MOST_RETRY_SECONDS = 300.0
_WORDS = 2000


class Cause(Struct, frozen=True):
    """One reason of a refusal: a field, and what is wrong with it."""

    reason: str = ""
    message: str = ""
    field: str = ""


class Details(Struct, frozen=True, rename="camel"):
    """The causes of a refusal and when to try again, in seconds."""

    causes: tuple[Cause, ...] | None = ()
    retry_after_seconds: float = 0


class Status(Struct, frozen=True):
    """Kubernetes' `Status` object."""

    message: str = ""
    reason: str = ""
    code: int = 0
    details: Details | None = None


_decode = msgspec.json.Decoder(Status, strict=False).decode

_BY_CODE: Mapping[int, type[errors.ClusterError]] = {
    400: errors.Invalid,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.Invalid,
    406: errors.Invalid,
    408: errors.Unreachable,
    409: errors.Conflict,
    410: errors.Gone,
    413: errors.Invalid,
    415: errors.Invalid,
    422: errors.Invalid,
}

# Server-side apply says with a 500 what is wrong with the caller's object: a second try changes nothing.
_INVALID_WORDS = ("failed to create typed patch object", "failed to create manager for existing fields")


def read_status(body: bytes) -> Status:
    """Read a `Status`; what is not one (a proxy's page) becomes its message."""
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Status(message=body[:_WORDS].decode(errors="replace").strip())


def error_for(
    code: int, body: bytes, *, request: Request, server: str, headers: Mapping[str, str]
) -> errors.ClusterError:
    """Return the error that an answer with this status code, outside 200 to 299, means."""
    status = read_status(body)
    words = _words(status, request) or f"HTTP {code}"
    text = f"{request.verb} {request.subject} on {server}: {words}"
    if code == 429:
        return errors.TooManyRequests(text, after=_after(status, headers))
    if code == 409 and status.reason == "AlreadyExists":
        return errors.AlreadyExists(text)
    if code == 500 and any(known in status.message for known in _INVALID_WORDS):
        return errors.Invalid(text)
    if 300 <= code < 400:
        # Never followed: a cluster must not send us, with its credentials, to somebody else.
        return errors.Unreachable(f"{text}: the server redirects (HTTP {code}): check the address of the cluster")
    if code >= 500:
        return errors.Unreachable(text)
    return _BY_CODE.get(code, errors.ClusterError)(text)


def watch_error(status: bytes, *, request: Request, server: str) -> errors.ClusterError:
    """Return the error that an ERROR event of a watch means."""
    code = read_status(status).code
    return error_for(code or 500, status, request=request, server=server, headers={})


def _words(status: Status, request: Request) -> str:
    if not request.sensitive:
        return status.message[:_WORDS]
    # The API server quotes what it could not read, and of a Secret that may be a value.
    causes = status.details.causes if status.details else None
    fields = ", ".join(f"{cause.field}: {cause.reason}" for cause in causes or () if cause.field)
    if status.reason in ("NotFound", "Forbidden", "Unauthorized", "AlreadyExists", "Conflict", "Expired"):
        return status.message[:_WORDS]
    return f"{status.reason or 'refused'} ({fields or 'the reason may quote a secret value and is not shown'})"


def _after(status: Status, headers: Mapping[str, Any]) -> float:
    """Seconds to wait; the header holds seconds (Kubernetes never sends a date), the details may hold them too."""
    header = str(headers.get("Retry-After", ""))
    seconds = float(header) if header.isascii() and header.isdigit() else 0.0
    if not seconds and status.details:
        seconds = status.details.retry_after_seconds
    return min(seconds, _MOST_RETRY_SECONDS) if seconds > 0 else _DEFAULT_RETRY_SECONDS
