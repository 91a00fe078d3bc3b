"""What can go wrong between us and a tool; the type says who has to act."""

from dataclasses import dataclass
from typing import Literal

LimitName = Literal["time", "memory", "input", "output"]


class ToolError(Exception):
    """Base: there is no answer; the text is written for the user."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the files that were handed in; empty or 0 where the tool does not say, else counted from 1."""

    file: str = ""
    document: int = 0
    line: int = 0

    def __str__(self) -> str:
        """Say it for messages: "app/web.yaml, document 2, line 14"."""
        parts = (self.file, self.document and f"document {self.document}", self.line and f"line {self.line}")
        return ", ".join(str(part) for part in parts if part)


class ToolFailed(ToolError):
    """The tool refuses the files or options: the message holds its own words. The files have to change."""

    def __init__(self, message: str, *, place: Place = Place()) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


class ToolLimit(ToolError):
    """A limit was reached, and nothing else was hurt. The files have to shrink or the limit has to grow."""

    def __init__(self, message: str, *, limit: LimitName) -> None:
        super().__init__(message)
        self.message = message
        self.limit: LimitName = limit


class ToolMissing(ToolError):
    """There is no tool worker, or not the one that belongs to this version; the text says how to get it."""


class ToolUnsafe(ToolError):
    """The machine cannot shut a worker in, and working without was not allowed; the text says what is missing."""


class ToolCrashed(ToolError):
    """The worker ended, twice, without an answer and without a limit to blame: a bug, or somebody killed it."""
