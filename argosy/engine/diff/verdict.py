"""What a comparison can say of one object."""

from dataclasses import dataclass

from argosy.engine.diff.fields import FieldChange
from argosy.engine.model.resource import Manifest, ResourceKey


@dataclass(frozen=True, slots=True)
class Same:
    """What runs is what should run."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What runs differs in these fields; `predicted` is what an apply would make of it."""

    fields: tuple[FieldChange, ...]
    predicted: Manifest


@dataclass(frozen=True, slots=True)
class Missing:
    """It should run and does not."""


@dataclass(frozen=True, slots=True)
class Extra:
    """It runs, belongs to the application, and is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It could not be compared; `reason` is for the user."""

    reason: str


@dataclass(frozen=True, slots=True)
class AskServer:
    """Not a verdict yet: what would the API server make of an apply?"""

    key: ResourceKey


Verdict = Same | Changed | Missing | Extra | Unknown
