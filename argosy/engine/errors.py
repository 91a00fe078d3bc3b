"""The errors of the engine; the type says what happens next. Raised by stages, put in words by `status`."""


class EngineError(Exception):
    """Base of every error that a stage raises on purpose; its text is written for the user."""


class Retry(EngineError):
    """What failed may work later without anybody acting; try again after `after` seconds."""

    def __init__(self, reason: str, *, after: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class Stuck(EngineError):
    """What failed stays failed until a person acts; `reason` says what was wrong, where, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
