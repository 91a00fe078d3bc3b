"""`argosy version`: the version of this program, and of the server it talks to."""

import platform
from importlib import metadata
from typing import Any

import click

from argosy.cli import client, printing
from argosy.cli.command import flag, output
from argosy.cli.global_options import Globals
from argosy.cli.printing import say

# Argo CD's order and labels.
_SERVER_DETAILS = (
    "BuildDate",
    "GitCommit",
    "GitTreeState",
    "GoVersion",
    "Compiler",
    "Platform",
    "ExtraBuildInfo",
    "KustomizeVersion",
    "HelmVersion",
    "KubectlVersion",
    "JsonnetVersion",
)


@click.command()
@flag("--client", explain="Only the version of this program; no server is asked")
@flag("--short", explain="Only the version number")
@output("wide", "short", "json", "yaml")
@click.pass_obj
def command(options: Globals, *, output: str, short: bool, **given: bool) -> None:
    """Print version information."""
    versions: dict[str, Any] = {"client": _own()}
    if not given["client"]:
        with client.connect(options) as asked:
            versions["server"] = asked.get("/api/version")
    brief = short or output == "short"
    printing.render(output, versions, dict.fromkeys(("wide", "short"), lambda: _print(versions, brief=brief)))


def _own() -> dict[str, str]:
    version = f"v{metadata.version('argosy')}"
    system = f"{platform.system().lower()}/{platform.machine()}"
    return {"Version": version, "PythonVersion": platform.python_version(), "Platform": system}


def _print(versions: dict[str, Any], *, brief: bool) -> None:
    own = versions["client"]
    say(f"argosy: {own['Version']}")
    if not brief:
        say(f"  PythonVersion: {own['PythonVersion']}")
        say(f"  Platform: {own['Platform']}")
    server = versions.get("server")
    if not server:
        return
    say(f"argosy-server: {server.get('Version', '')}")
    if not brief:
        for name in _SERVER_DETAILS:
            if server.get(name):
                say(f"  {name}: {server[name]}")
