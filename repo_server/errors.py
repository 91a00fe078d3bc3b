"""Why a request of the repo server has no answer; raised anywhere below `service`, put on the wire by `http`."""

from argosy.wire.repo_server import Refusal, RefusalCode


class Refused(Exception):
    """The request is refused: the code says what happens next, the message what was wrong, where, and what to do."""

    def __init__(self, code: RefusalCode, message: str, *, repositories: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code: RefusalCode = code
        self.message = message
        self.repositories = repositories

    def refusal(self) -> Refusal:
        """Return what goes over the wire."""
        return Refusal(code=self.code, message=self.message, repositories=self.repositories)


class Damaged(Exception):
    """What we keep on disk cannot be read; it can be thrown away and fetched again. The text says what was found."""
