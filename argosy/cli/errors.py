"""What a command says when it cannot do what it was asked. Raised anywhere in `argosy.cli`, printed by `__main__`."""


class CommandError(Exception):
    """A command failed for a reason that the user can read: exit code 20.

    `advice` is what to do next, one sentence, empty if the message says it already.
    """

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class Finished(Exception):
    """The command did its work and its answer is an exit code of its own, such as 1 for `app diff`."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit code {code}")
        self.code = code


class ApiError(CommandError):
    """The server refused: `status` is the HTTP status of the refusal."""

    def __init__(self, message: str, *, status: int, advice: str = "") -> None:
        super().__init__(message, advice=advice)
        self.status = status


class Unreachable(CommandError):
    """The server could not be asked: no connection, no trust, no answer in time."""


class NotTls(Unreachable):
    """The server answers, but not in TLS."""


class Untrusted(Unreachable):
    """The server's certificate is not trusted."""
