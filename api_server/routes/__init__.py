"""The REST interface, one noun per file, with Argo CD's paths and operation names (7.3); `ALL` lists them."""

from api_server.routes import (
    actions,
    applications,
    clusters,
    operations,
    projects,
    repositories,
    server,
    session,
    streams,
    templates,
)

ALL = (
    session.router,
    server.router,
    streams.router,
    operations.router,
    applications.router,
    actions.router,
    projects.router,
    repositories.router,
    templates.router,
    clusters.router,
)
