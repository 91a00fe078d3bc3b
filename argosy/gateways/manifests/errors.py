"""What can go wrong between us and the repo server."""

from argosy.wire.repo_server import RefusalCode


class ManifestsError(Exception):
    """Base: there are no manifests; the text is for the user."""


class Refused(ManifestsError):
    """The repo server answered no; `code` says of which kind, the text says what was wrong and what to do.

    With the code `repositories_needed`, `repositories` are the URLs or "@names" whose entries it asks for.
    """

    def __init__(self, code: RefusalCode, message: str, *, repositories: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.repositories = repositories


class Unavailable(ManifestsError):
    """The repo server could not be reached, or took too long."""
