"""The web page: the files that `make ui` built, and its first file for every address that the page itself knows."""

import stat
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from api_server.errors import NotFound

_ROOT = Path(__file__).parent.parent
_PLACES = (_ROOT / "argosy" / "_ui", _ROOT / "ui" / "dist")
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Argosy</title></head>
<body><h1>The web page is not built</h1>
<p>Run <code>make ui</code> and reload. The API is at <a href="/swagger.json">/swagger.json</a>.</p></body></html>
"""


def find() -> Path | None:
    """Return the folder that the page was built into: inside the wheel, or in the checkout."""
    return next((place for place in _PLACES if (place / "index.html").is_file()), None)


def serve(app: FastAPI, folder: Path | None) -> None:
    """Add the page's routes, after all others: they answer every path that is left."""
    files = None if folder is None else StaticFiles(directory=folder, follow_symlink=False)

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str) -> Response:
        if path.startswith(("api/", "auth/")):
            raise NotFound(f"there is no /{path}")
        if folder is None or files is None:
            return HTMLResponse(_NOT_BUILT, 503)
        found, status = files.lookup_path(path)
        if status is not None and stat.S_ISREG(status.st_mode):
            return FileResponse(found, stat_result=status)
        if path.startswith("assets/"):
            raise NotFound(f"there is no /{path}")
        return FileResponse(folder / "index.html")
