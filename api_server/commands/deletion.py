"""Delete an application, with what it owns or without (1.57 to 1.66)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_server.errors import InvalidArgument
from api_server.permission import find_application
from api_server.queries.applications import Named
from api_server.records import Record
from api_server.server import Caller, Server
from api_server.watching import APPLICATIONS
from api_server.writing import Deed, Operations, audited, change_application, take_application
from argosy.gateways.kubernetes.errors import NotFound
from argosy.gateways.kubernetes.port import Precondition

FOREGROUND = "resources-finalizer.argocd.argoproj.io"
_FOREGROUND_TOO = "resources-finalizer.argocd.argoproj.io/foreground"
BACKGROUND = "resources-finalizer.argocd.argoproj.io/background"
_CASCADES = (FOREGROUND, _FOREGROUND_TOO, BACKGROUND)


@dataclass(frozen=True, slots=True)
class Cascade:
    """Delete what the application owns first; `finalizer` says how."""

    finalizer: str


@dataclass(frozen=True, slots=True)
class Orphan:
    """Delete the application only."""


How = Cascade | Orphan


def how(cascade: str, policy: str) -> How:
    """Return how to delete, from the request's `cascade` and `propagationPolicy`. Raises `InvalidArgument`."""
    match cascade.lower(), policy.lower():
        case "false", "":
            return Orphan()
        case "false", _:
            raise InvalidArgument("propagationPolicy: must not be given when cascade is false")
        case "" | "true", "" | "foreground":
            return Cascade(FOREGROUND)
        case "" | "true", "background":
            return Cascade(BACKGROUND)
        case "" | "true", _:
            raise InvalidArgument(f"propagationPolicy: {policy!r} is neither foreground nor background")
        case _:
            raise InvalidArgument(f"cascade: {cascade!r} is neither true nor false")


async def delete(server: Server, caller: Caller, named: Named, manner: How) -> None:
    """Ask for the deletion; with a cascade the application stays until the controller has done its part."""
    record = find_application(server, caller, named.place(server), project=named.project, action="delete")
    parameters = {"finalizer": manner.finalizer} if isinstance(manner, Cascade) else {"cascade": False}
    async with audited(server, caller, Deed("delete", f"applications/{record.place}", parameters)):
        changed = await change_application(server, record, lambda current: _finalizers(current, manner))
        await server.outside.cluster.delete(
            APPLICATIONS,
            record.place.name,
            namespace=record.place.namespace,
            # What goes with it is the controller's part; the garbage collector's own finalizer would only hold it up.
            propagation="Background",
            precondition=Precondition(uid=changed.uid),
        )
    await _read_back(server, changed)


def _finalizers(current: Mapping[str, Any], manner: How) -> Operations:
    """Return the patch that leaves exactly the wanted cascade among the finalizers; others stay."""
    held: list[str] = current["metadata"].get("finalizers") or []
    kept = [each for each in held if each not in _CASCADES]
    match manner:
        case Cascade(finalizer) if finalizer == FOREGROUND and _FOREGROUND_TOO in held:
            wanted = [*kept, _FOREGROUND_TOO]
        case Cascade(finalizer):
            wanted = [*kept, finalizer]
        case Orphan():
            wanted = kept
    if sorted(wanted) == sorted(held):
        return ()
    return ({"op": "add", "path": "/metadata/finalizers", "value": wanted},)


async def _read_back(server: Server, record: Record) -> None:
    """See what is left, so that whoever deleted it reads that it is gone, or going."""
    place = record.place
    try:
        left = await server.outside.cluster.get(APPLICATIONS, place.name, namespace=place.namespace)
    except NotFound:
        server.watches.applications.index.drop(record)
    else:
        take_application(server, left)
