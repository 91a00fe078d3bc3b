"""The parts that a schema is made of: small, frozen, shared between all kinds that have them in common.

Two parts are the same one if and only if they are the same object (`openapi.Shelf` sees to that), so that a schema that
has not changed can be told by `is`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Form = Literal["plain", "quantity", "duration", "time", "bytes"]
"""How the API server writes a scalar: `plain` as it was sent, the others in a canonical form (see `canonical`)."""

Merge = Literal["granular", "atomic"]
"""Whether an apply merges a map member by member, or replaces it as a whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A text, number or boolean."""

    form: Form = "plain"

    @property
    def closed(self) -> bool:
        """See `Struct.closed`."""
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Struct:
    """An object with named fields; `rest` is what fields that have no name here are, None if there may be none.

    `filled` is what the server fills in where a field is missing. `typed` says that the server keeps it as a Go
    structure (Kubernetes' own kinds), from which null and some empty values disappear. `closed` says that every scalar
    in it has a type, so that two that are equal to Python are: it takes 1 for true.
    """

    fields: Mapping[str, "Schema"]
    filled: Mapping[str, Any]
    merge: Merge
    rest: "Schema | None"
    typed: bool
    closed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class MapOf:
    """An object whose keys are data, as labels are."""

    values: "Schema"
    merge: Merge
    closed: bool = False


@dataclass(frozen=True, slots=True)
class ByKeys:
    """List elements are told apart by these fields; `filled` is what a missing one counts as."""

    names: tuple[str, ...]
    filled: tuple[Any, ...]


Identity = ByKeys | Literal["set", "atomic"]
"""How the elements of a list are told apart: by keys, by value, or not at all (the list is replaced as a whole)."""


@dataclass(frozen=True, slots=True, eq=False)
class ListOf:
    """A list."""

    elements: "Schema"
    identity: Identity
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Schemaless:
    """What the server merges without knowing it: maps member by member, lists as a whole."""


@dataclass(frozen=True, slots=True)
class Anything:
    """What nothing is known of: only equal values are surely the same."""


@dataclass(frozen=True, slots=True)
class Unread:
    """The schema of the whole kind could not be read: lists are told apart by the names of Kubernetes' own fields."""


Schema = Scalar | Struct | MapOf | ListOf | Schemaless | Anything | Unread

SCHEMALESS, ANYTHING, UNREAD = Schemaless(), Anything(), Unread()
