"""What a case of this corpus is: the files and options of an application that nobody would write, and the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from argosy.engine.model.rendering import ToolSettings

Files = Mapping[str, str | bytes]

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


@dataclass(frozen=True)
class Gives:
    """The names of the objects, in order."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class GivesMany:
    """How many objects there are."""

    count: int


@dataclass(frozen=True)
class GivesData:
    """What is in the only object, a ConfigMap."""

    data: Mapping[str, Any]


@dataclass(frozen=True)
class Refuses:
    """A pattern for the message, and the code."""

    says: str
    code: str = "render_failed"


TOO_MUCH = Refuses("of memory and was stopped|longer than 5 seconds|output is larger than", "limit_exceeded")
"""Which limit is met first depends on how busy the machine is."""


@dataclass(frozen=True)
class Case:
    """The files of folder "app" (`..` leads to others), the source's options, the settings, and the answer."""

    files: Callable[[], Files]
    expected: Gives | GivesMany | GivesData | Refuses
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    settings: ToolSettings = field(default_factory=ToolSettings)


def one(text: str | bytes, expected: Gives | GivesMany | GivesData | Refuses, *, name: str = "a.yaml") -> Case:
    """Return a case of one file."""
    return Case(lambda: {name: text}, expected)
