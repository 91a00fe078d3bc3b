"""What is asked of the server itself: version, settings, health."""

from fastapi import APIRouter, Response

from api_server.answers import encoded
from api_server.errors import Unavailable
from api_server.queries import settings
from api_server.requests import TheCaller, TheServer, Visitor

router = APIRouter()


@router.get("/api/version", operation_id="VersionService_Version", tags=["VersionService"])
async def version(caller: Visitor) -> Response:
    """Return the version."""
    return encoded(settings.version(caller))


@router.get("/api/v1/settings", operation_id="SettingsService_Get", tags=["SettingsService"])
async def get(server: TheServer, caller: Visitor) -> Response:
    """Return the settings that a client has to know."""
    return encoded(settings.get(server, caller))


@router.get("/api/v1/settings/plugins", operation_id="SettingsService_GetPlugins", tags=["SettingsService"])
async def plugins(caller: TheCaller) -> Response:
    """Return the plugins: none are supported yet."""
    del caller
    return encoded({"plugins": []})


@router.get("/healthz", include_in_schema=False)
async def health(server: TheServer) -> Response:
    """Return 200 when what the API answers from was read once."""
    if not server.watches.ready:
        raise Unavailable("still reading applications, projects and settings from the control cluster")
    return Response("ok", media_type="text/plain")
