"""What can go wrong between us and an API server; raised by `client` and `memory`, told apart by the caller."""


class ClusterError(Exception):
    """Base: the API server refused or could not be reached; the text names the server, the object and the reason."""


class Unreachable(ClusterError):
    """No answer: connection refused, time-out, a broken stream, or a 5xx that is worth another try."""


class Unauthorized(ClusterError):
    """401: the credentials are not accepted."""


class Forbidden(ClusterError):
    """403: the identity may not do this."""


class NotFound(ClusterError):
    """404: the object, or the kind, is not there."""


class AlreadyExists(ClusterError):
    """409 on create."""


class Conflict(ClusterError):
    """409: the object changed meanwhile, or a precondition does not hold."""


class Gone(ClusterError):
    """410: the resource version or continue token is too old; list again."""


class Invalid(ClusterError):
    """400, 413, 415 or 422: the API server does not accept the object; the text holds its own words."""


class TooManyRequests(ClusterError):
    """429: try again after `after` seconds."""

    def __init__(self, message: str, *, after: float) -> None:
        super().__init__(message)
        self.after = after


class InvalidConnection(ClusterError):
    """The connection settings of a cluster cannot be used; the text names the field."""


class LeaseLost(ClusterError):
    """It is not certain that this process still holds the lease; whatever it was about to write must not be written."""
