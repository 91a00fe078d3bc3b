"""What a destination's API server knows of a kind: how lists and maps merge, what is filled in, how values are written.

Made by `openapi` from the server's own documents, read by the comparison. `UNREAD` stands for a kind whose schema could
not be read: then nothing is certain but what the two objects say by themselves.
"""

from argosy.engine.diff.schema.nodes import (
    ANYTHING,
    SCHEMALESS,
    UNREAD,
    Anything,
    ByKeys,
    Form,
    ListOf,
    MapOf,
    Scalar,
    Schema,
    Schemaless,
    Struct,
    Unread,
)

__all__ = [
    "ANYTHING",
    "SCHEMALESS",
    "UNREAD",
    "Anything",
    "ByKeys",
    "Form",
    "ListOf",
    "MapOf",
    "Scalar",
    "Schema",
    "Schemaless",
    "Struct",
    "Unread",
]
