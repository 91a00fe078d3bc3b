"""`argosy repo list`: show repositories, one a line."""

from collections.abc import Mapping
from typing import Any

import click

from argosy.cli import client, printing
from argosy.cli.command import output, text
from argosy.cli.global_options import Globals
from argosy.cli.printing import say, table

_HEADER = ("TYPE", "NAME", "REPO", "INSECURE", "OCI", "LFS", "CREDS", "STATUS", "MESSAGE", "PROJECT")


@click.command()
@output("wide", "url", "json", "yaml")
@text("--refresh", explain="hard: test the connections anew instead of showing what was found before")
@click.pass_obj
def command(options: Globals, *, output: str, refresh: str | None) -> None:
    """List repositories."""
    with client.connect(options) as connected:
        found = connected.get("/api/v1/repositories", {"forceRefresh": refresh == "hard"}).get("items") or []

    def urls() -> None:
        for repository in found:
            say(repository["repo"])

    printing.render(output, found, {"wide": lambda: table(_HEADER, [_row(each) for each in found]), "url": urls})


def _row(repository: Mapping[str, Any]) -> tuple[str, ...]:
    state = repository.get("connectionState") or {}
    return (
        str(repository.get("type") or "git"),
        str(repository.get("name") or ""),
        repository["repo"],
        _word(repository.get("insecure")),
        _word(repository.get("enableOCI")),
        _word(repository.get("enableLfs")),
        "inherited" if repository.get("inheritedCreds") else _word(repository.get("username")),
        str(state.get("status") or ""),
        str(state.get("message") or ""),
        str(repository.get("project") or ""),
    )


def _word(value: Any) -> str:
    return "true" if value else "false"
