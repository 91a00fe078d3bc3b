"""The HTTP server around the application: what it reads, whom it believes, how it ends. Called by `__main__`."""

from contextlib import nullcontext

import uvicorn
from starlette.types import ASGIApp

from api_server.settings import Plain, Tls

_END_SECONDS = 2


class Interface(uvicorn.Server):
    """Serves until `should_exit` is set."""

    def capture_signals(self) -> nullcontext[None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Leave signals to whoever started us: uvicorn would end the process before anything is closed."""
        return nullcontext()


def make(application: ASGIApp, transport: Plain | Tls) -> Interface:
    """Return the server, not listening yet."""
    tls = transport if isinstance(transport, Tls) else None
    config = uvicorn.Config(
        application,  # pyright: ignore[reportArgumentType]  (Starlette's and uvicorn's names for one thing)
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        # Nobody in front of us is believed: whose address it is counts when sign-ins fail (S-023).
        proxy_headers=False,
        timeout_graceful_shutdown=_END_SECONDS,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )
    return Interface(config)
