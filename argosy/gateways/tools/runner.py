"""Scripts, in batches on a pool of workers: the real `Scripts`, made by `wiring`.

A batch that dies, because one of its items takes all the memory or cannot be stopped, is asked again item by item.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from argosy.gateways.tools.errors import ToolCrashed, ToolLimit
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.scripts import (
    SCRIPT_SECONDS,
    TEMPLATE_SECONDS,
    Answered,
    Declined,
    Expression,
    JqDeleted,
    JqPaths,
    JqQuery,
    LuaScript,
    Templates,
)

T = TypeVar("T")
Outcomes = tuple[Answered[T] | Declined, ...]

_ANY: msgspec.json.Decoder[Outcomes[Any]] = msgspec.json.Decoder(tuple[Answered[Any] | Declined, ...])
_DELETED: msgspec.json.Decoder[Outcomes[JqDeleted]] = msgspec.json.Decoder(tuple[Answered[JqDeleted] | Declined, ...])
_VALUES: msgspec.json.Decoder[Outcomes[tuple[Any, ...]]] = msgspec.json.Decoder(
    tuple[Answered[tuple[Any, ...]] | Declined, ...]
)
_TEXTS: msgspec.json.Decoder[Outcomes[tuple[str, ...]]] = msgspec.json.Decoder(
    tuple[Answered[tuple[str, ...]] | Declined, ...]
)

PATIENCE = 2
"""How many times its seconds an item may hold up a worker that cannot stop it: that of the worker's own watch."""


class ScriptRunner:
    """`Scripts` on a pool, which is closed by whoever made it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def lua(self, scripts: Sequence[LuaScript]) -> Outcomes[Any]:
        """Run Lua scripts; see `Scripts.lua`."""
        return await self._batches("lua", scripts, _ANY)

    async def jq_delete(self, documents: Sequence[JqPaths], *, seconds: float = SCRIPT_SECONDS) -> Outcomes[JqDeleted]:
        """Delete what jq paths lead to; see `Scripts.jq_delete`."""
        return await self._batches("jqDelete", documents, _DELETED, seconds=seconds)

    async def jq_query(self, documents: Sequence[JqQuery]) -> Outcomes[tuple[Any, ...]]:
        """Ask documents something in jq; see `Scripts.jq_query`."""
        return await self._batches("jqQuery", documents, _VALUES)

    async def render(self, templates: Templates, parameters: Sequence[Mapping[str, Any]]) -> Outcomes[tuple[str, ...]]:
        """Render templates; see `Scripts.render`."""
        shared = {"templates": templates.templates, "options": templates.options}
        return await self._batches("gotemplate", parameters, _TEXTS, shared=shared, seconds=TEMPLATE_SECONDS)

    async def evaluate(self, expressions: Sequence[Expression]) -> Outcomes[Any]:
        """Evaluate expressions; see `Scripts.evaluate`."""
        return await self._batches("expr", expressions, _ANY)

    async def _batches(
        self,
        operation: str,
        items: Sequence[Any],
        answer: msgspec.json.Decoder[Outcomes[T]],
        *,
        shared: Mapping[str, Any] = {},
        seconds: float = SCRIPT_SECONDS,
    ) -> Outcomes[T]:
        """Answer all items, in batches that are done before a worker is taken for stuck."""
        most = max(1, int(self._pool.limits.seconds / (PATIENCE * seconds)))
        options = {**shared, "seconds": seconds}
        found: list[Answered[T] | Declined] = []
        for start in range(0, len(items), most):
            found += await self._batch(operation, items[start : start + most], answer, options=options)
        return tuple(found)

    async def _batch(
        self,
        operation: str,
        items: Sequence[Any],
        answer: msgspec.json.Decoder[Outcomes[T]],
        *,
        options: Mapping[str, Any],
    ) -> Outcomes[T]:
        try:
            return await self._pool.ask(operation, {**options, "items": items}, {}, answer=answer)
        except (ToolLimit, ToolCrashed) as error:
            if self._pool.closed:
                raise
            if len(items) == 1:
                return (_declined(error),)
        one_by_one = [await self._batch(operation, [item], answer, options=options) for item in items]
        return tuple(outcome for (outcome,) in one_by_one)


def _declined(error: ToolLimit | ToolCrashed) -> Declined:
    match error:
        case ToolLimit():
            return Declined(error.message, error.limit)
        case ToolCrashed():
            return Declined(str(error))
