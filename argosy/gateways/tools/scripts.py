"""What is asked of the tool worker about texts that users write: health scripts, jq paths, templates, triggers.

The second port of this gateway, beside `port`: everyone imports it; only `wiring` modules import `runner`. Each method
takes a batch and answers item by item, so that one bad script marks only itself. Scripts see what they are handed and
the clock, nothing else, and leave nothing behind.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from argosy.engine.model.resource import Manifest
from argosy.gateways.tools.errors import LimitName

Value = TypeVar("Value")

SCRIPT_SECONDS = 1.0
"""What Argo CD gives a Lua script or a jq path."""
TEMPLATE_SECONDS = 5.0


class Answered(msgspec.Struct, Generic[Value], frozen=True, tag="answered", tag_field="kind"):
    """What came out."""

    value: Value


class Declined(msgspec.Struct, frozen=True, tag="declined", tag_field="kind"):
    """Why nothing came out, in the tool's own words; `limit` if it needed more than it may have."""

    message: str
    limit: LimitName | None = None


class LuaScript(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A script that sees `object` as `obj` and `parameters` as `actionParams`; the answer is what it returns.

    It has `table`, `string`, `math` and of `os` what tells the time, with `open_libraries` coroutines too. Its numbers
    are floats: integers beyond 2^53 are rounded. An empty table comes back as a list, as in Argo CD, since Lua cannot
    tell; whoever takes an object back puts that right.
    """

    script: str
    object: Manifest
    parameters: Mapping[str, str] = {}
    open_libraries: bool = False


class JqPaths(msgspec.Struct, frozen=True, kw_only=True):
    """A document to delete what these jq paths lead to."""

    document: Manifest
    paths: tuple[str, ...]


JqPath = tuple[str | int | Mapping[str, int | None], ...]
"""What leads to one value in a document, as jq writes it: names, indexes (from the end if negative), slices."""


class JqDeleted(msgspec.Struct, frozen=True):
    """What each path leads to in the document that the paths before it have left, and why a path was not obeyed.

    `unused` is by the position of the path; a path to nothing is obeyed.
    """

    removed: tuple[tuple[JqPath, ...], ...]
    unused: Mapping[int, str] = {}


class JqQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A document to ask something of; the answer is every value that the query gives."""

    document: Any
    query: str


class Templates(msgspec.Struct, frozen=True, kw_only=True):
    """Go templates as in an ApplicationSet, with their options ("missingkey=error")."""

    templates: tuple[str, ...]
    options: tuple[str, ...] = ()


class Expression(msgspec.Struct, frozen=True, kw_only=True):
    """An expression as in a trigger of notifications, and the names that it sees besides `time` and `strings`."""

    expression: str
    environment: Mapping[str, Any]


class Scripts(Protocol):
    """Runs what users write; all methods answer in the order of the items, and raise a `ToolError` without a worker."""

    async def lua(self, scripts: Sequence[LuaScript]) -> tuple[Answered[Any] | Declined, ...]:
        """Run Lua scripts, a second each."""
        ...

    async def jq_delete(
        self, documents: Sequence[JqPaths], *, seconds: float = SCRIPT_SECONDS
    ) -> tuple[Answered[JqDeleted] | Declined, ...]:
        """Tell what deleting these jq paths removes, in `seconds` a document (`ignore.normalizer.jq.timeout`)."""
        ...

    async def jq_query(self, documents: Sequence[JqQuery]) -> tuple[Answered[tuple[Any, ...]] | Declined, ...]:
        """Ask documents something in jq, a second each."""
        ...

    async def render(
        self, templates: Templates, parameters: Sequence[Mapping[str, Any]]
    ) -> tuple[Answered[tuple[str, ...]] | Declined, ...]:
        """Render all templates with each set of parameters. Raises `ToolFailed` for a template that is none."""
        ...

    async def evaluate(self, expressions: Sequence[Expression]) -> tuple[Answered[Any] | Declined, ...]:
        """Evaluate expressions."""
        ...
