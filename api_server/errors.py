"""What the API server answers when it does not do what was asked. Raised by commands and queries, sent by `app`.

The numbers are gRPC's and the statuses those of its JSON gateway, as Argo CD's clients expect them (7.7).
"""

from argosy.gateways.kubernetes import errors as kubernetes
from argosy.gateways.live import errors as live
from argosy.gateways.manifests import errors as manifests
from argosy.gateways.store import errors as store


class ApiError(Exception):
    """Base: the text is for the user; `code` is gRPC's number, `status` the one of HTTP."""

    code = 2
    status = 500


class InvalidArgument(ApiError):
    """The request is wrong; the text names the field."""

    code = 3
    status = 400


class DeadlineExceeded(ApiError):
    """What was waited for did not come in time."""

    code = 4
    status = 504


class NotFound(ApiError):
    """It does not exist."""

    code = 5
    status = 404


class AlreadyExists(ApiError):
    """Another one of this name exists."""

    code = 6
    status = 409


class PermissionDenied(ApiError):
    """The caller may not, or it does not exist: the two look the same to somebody who may not read it."""

    code = 7
    status = 403


class ResourceExhausted(ApiError):
    """Too much at once; try again later."""

    code = 8
    status = 429


class FailedPrecondition(ApiError):
    """The request is right, but not now."""

    code = 9
    status = 400


class Aborted(ApiError):
    """Somebody else changed it at the same moment."""

    code = 10
    status = 409


class Unimplemented(ApiError):
    """Argo CD can do this, and we cannot yet."""

    code = 12
    status = 501


class Internal(ApiError):
    """A bug of ours; the text holds nothing but the id under which the log has it."""

    code = 13
    status = 500


class Unavailable(ApiError):
    """Something that is needed does not answer."""

    code = 14
    status = 503


class Unauthenticated(ApiError):
    """Nobody, or nobody any more, is signed in."""

    code = 16
    status = 401


class TooLarge(InvalidArgument):
    """The request's body is larger than is read."""

    status = 413


class UnsupportedMediaType(InvalidArgument):
    """The request's body is not declared as JSON."""

    status = 415


Foreign = kubernetes.ClusterError | live.LiveError | manifests.ManifestsError | store.StoreError

_MEANINGS: dict[type[Exception], type[ApiError]] = {
    kubernetes.Unreachable: Unavailable,
    kubernetes.TooManyRequests: Unavailable,
    # It is our own account that the API server refuses, not the caller.
    kubernetes.Unauthorized: Unavailable,
    kubernetes.Forbidden: FailedPrecondition,
    kubernetes.NotFound: NotFound,
    kubernetes.AlreadyExists: AlreadyExists,
    kubernetes.Conflict: Aborted,
    kubernetes.Gone: Aborted,
    kubernetes.Invalid: InvalidArgument,
    kubernetes.InvalidConnection: InvalidArgument,
    kubernetes.LeaseLost: Aborted,
    live.NotHeld: NotFound,
    live.Unavailable: Unavailable,
    manifests.Unavailable: Unavailable,
    store.Unavailable: Unavailable,
}

_REFUSALS: dict[str, type[ApiError]] = {
    "invalid": InvalidArgument,
    "repository_not_found": InvalidArgument,
    "access_denied": InvalidArgument,
    "revision_not_found": InvalidArgument,
    "repositories_needed": InvalidArgument,
    "signature_refused": InvalidArgument,
    "path_not_found": InvalidArgument,
    "render_failed": InvalidArgument,
    "limit_exceeded": InvalidArgument,
    "unavailable": Unavailable,
    "bug": Internal,
}


def meaning_of(error: Foreign) -> ApiError:
    """Return what a gateway's error means for the caller."""
    if isinstance(error, manifests.Refused):
        return _REFUSALS[error.code](str(error))
    found = next((_MEANINGS[kind] for kind in type(error).__mro__ if kind in _MEANINGS), Unavailable)
    # The words of a database error may hold what was stored.
    text = "the SQL memory does not answer; try again" if isinstance(error, store.StoreError) else str(error)
    return found(text)
