"""What can go wrong with the SQL memory; the type tells the caller what to do next."""

from argosy.gateways.store.changes import ApplicationRef


class StoreError(Exception):
    """Base: the memory could not do what was asked; nothing of the commit was written."""


class Unavailable(StoreError):
    """The database does not answer or is too busy; try again after `after` seconds."""

    def __init__(self, message: str, *, after: float) -> None:
        super().__init__(message)
        self.after = after


class Unusable(StoreError):
    """A person must act: the file is damaged, read-only or full, or not ours; the text says what to do."""


class SchemaTooNew(Unusable):
    """The database was written by a newer Argosy."""


class Unreadable(Unusable):
    """A stored value cannot be opened: its key is not in the ring, or the value was changed."""


class NotRecorded(StoreError):
    """There is no such operation, attempt, step or manifest set."""


class Contradiction(StoreError):
    """The change does not fit what is stored, such as a history id that exists; a bug of the caller."""


class AlreadyRunning(StoreError):
    """The application has an open operation."""

    def __init__(self, application: ApplicationRef, operation_id: str) -> None:
        super().__init__(f"application {application.instance}: operation {operation_id} is already in progress")
        self.application = application
        self.operation_id = operation_id


class AlreadyEnded(StoreError):
    """What should end, or go on, has ended before, with `outcome`."""

    def __init__(self, what: str, *, outcome: str) -> None:
        super().__init__(f"{what} has already ended: {outcome}")
        self.outcome = outcome


class StaleEpoch(StoreError):
    """Another controller has taken the lease since; stop writing."""

    def __init__(self, *, given: int, newest: int) -> None:
        super().__init__(f"lease epoch {given} is over: epoch {newest} has written since; this controller must stop")
        self.given = given
        self.newest = newest
