"""The base of every typed model of the custom resources.

A model is a *view*: it is decoded from JSON and read, never written back whole, so a field that we do not know is
dropped from the view and kept in the object. `argosy.wire.schema` makes the CRD schemas from the same classes.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

JsonObject = Mapping[str, Any]

Time = Annotated[str, Meta(extra={"format": "date-time"})]
"""RFC 3339 with seconds, in UTC; empty where it is not set."""

Int64 = Annotated[int, Meta(extra={"format": "int64"})]

IntOrString = Annotated[int | str, Meta(extra={"x-kubernetes-int-or-string": True})]


class Model(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A frozen view of a JSON object with camelCase keys; unset fields are left out when encoded."""


def to_json(value: Model) -> Any:
    """Return the model as plain JSON values: lists, never tuples, so that it equals what was read of the same."""
    return msgspec.json.decode(msgspec.json.encode(value))


class Metadata(Model, frozen=True):
    """The part of Kubernetes' ObjectMeta that Argosy reads."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: str = ""
    deletion_timestamp: str = ""
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}
    finalizers: tuple[str, ...] = ()
