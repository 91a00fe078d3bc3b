"""Prints an application as `app get`, `app sync` and `app wait` do: facts, conditions, operation, resources.

Comes in: the application's object and how it shall look. Goes out: text. Asks the server for what the object does not
hold: the page's address, the sync windows, the tree.
"""

import time
from typing import Any

from argosy.cli import applications, printing
from argosy.cli.applications import Name
from argosy.cli.client import Client
from argosy.cli.errors import CommandError
from argosy.cli.printing import facts, say, table
from argosy.cli.views import application as application_view
from argosy.cli.views import resources, tree
from argosy.engine.model.application import Application

FORMATS = ("wide", "json", "yaml", "tree", "tree=detailed")
_LONGEST_PARAMETER = 80


def show(
    client: Client, name: Name, document: Any, *, output: str, with_operation: bool, with_parameters: bool = False
) -> None:
    """Print an application in one of `FORMATS`."""
    application = applications.view(document)

    def head() -> None:
        _head(client, name, application, with_operation=with_operation, with_parameters=with_parameters)

    def wide() -> None:
        head()
        show_resources(application)

    def as_tree(*, detailed: bool) -> None:
        head()
        say()
        show_tree(client, name, application, detailed=detailed)

    views = {
        "wide": wide,
        "tree": lambda: as_tree(detailed=False),
        "tree=detailed": lambda: as_tree(detailed=True),
    }
    printing.render(output, document, views)


def show_resources(application: Application) -> None:
    """Print the table of resources, if there are any."""
    states = resources.states(application)
    if states:
        say()
        table(resources.HEADER, [state.cells() for state in states])


def show_tree(client: Client, name: Name, application: Application, *, detailed: bool) -> None:
    """Print the resource tree."""
    found = client.get(name.path("resource-tree"), name.parameters())
    states = resources.states(application)
    branches = tree.branches(found.get("nodes") or [], states, detailed_at=now() if detailed else "")
    printing.tree(tree.DETAILED_HEADER if detailed else tree.HEADER, branches)


def now() -> str:
    """The time, in UTC, as RFC 3339."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _head(client: Client, name: Name, application: Application, *, with_operation: bool, with_parameters: bool) -> None:
    url = f"{_page(client)}/applications/{application.metadata.name}"
    facts(application_view.summary(application, url=url, windows=_windows(client, name)))
    if application.status.conditions:
        say()
        table(application_view.CONDITION_HEADER, application_view.condition_rows(application))
    state = application.status.operation_state
    if with_operation and state:
        say()
        facts(application_view.operation(state, now=now()))
    source = application.spec.source
    if with_parameters and source and source.helm:
        say()
        rows = [(each.name, printing.shortened(each.value, _LONGEST_PARAMETER)) for each in source.helm.parameters]
        table(("NAME", "VALUE"), rows)


def _page(client: Client) -> str:
    """The address of the web page: as set, or the one that we talk to."""
    try:
        return str(client.get("/api/v1/settings").get("url") or client.connection.url).rstrip("/")
    except CommandError:
        return client.connection.url


def _windows(client: Client, name: Name) -> str:
    """The state of the sync windows in Argo CD's words; empty if the server does not tell."""
    try:
        windows = client.get(name.path("syncwindows"), name.parameters())
    except CommandError:
        return ""
    if windows.get("canSync"):
        denied = any(window.get("kind") == "deny" for window in windows.get("activeWindows") or [])
        return "Manual Allowed" if denied else "Sync Allowed"
    return "Sync Denied"
