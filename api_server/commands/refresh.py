"""Ask the controller to compare an application afresh, and wait until it has (1.45)."""

from typing import Literal

from api_server.errors import DeadlineExceeded, NotFound
from api_server.permission import find_application
from api_server.queries.applications import Named
from api_server.records import Record
from api_server.server import Caller, Server
from api_server.watching import APPLICATIONS
from api_server.writing import Deed, audited, take_application

_ANNOTATION = "argocd.argoproj.io/refresh"
_TIMESTAMP = "argocd.argoproj.io/refresh-timestamp"
_PATIENCE_SECONDS = 60.0

Refresh = Literal["normal", "hard"]


async def refresh(server: Server, caller: Caller, named: Named, how: Refresh) -> Record:
    """Return the application as the controller left it. Raises `DeadlineExceeded` when it does not answer."""
    place = named.place(server)
    find_application(server, caller, place, project=named.project, action="get")
    annotations = {_ANNOTATION: how, _TIMESTAMP: server.outside.clock.now().isoformat(timespec="microseconds")}
    with server.watches.applications.feed.subscribed() as changes:
        async with audited(server, caller, Deed("refresh", f"applications/{place}", {"refresh": how})):
            patched = await server.outside.cluster.patch(
                APPLICATIONS, place.name, {"metadata": {"annotations": annotations}}, namespace=place.namespace
            )
        take_application(server, patched)
        until = server.outside.clock.monotonic() + _PATIENCE_SECONDS
        while (left := until - server.outside.clock.monotonic()) > 0:
            record = server.watches.applications.index.get(place)
            if record is None:
                raise NotFound(f"applications.argoproj.io {place.name!r} was deleted meanwhile")
            if _ANNOTATION not in (record.manifest()["metadata"].get("annotations") or {}):
                return record
            await changes.wait(left)
    raise DeadlineExceeded(
        f"application {place.name!r} was not refreshed within {_PATIENCE_SECONDS:.0f} s: is the application controller "
        "running?"
    )
