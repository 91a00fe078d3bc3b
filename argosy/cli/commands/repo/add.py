"""`argosy repo add`: make a repository known, with the credentials for it."""

from typing import Any

import click

from argosy.cli import client
from argosy.cli.command import flag, number, text
from argosy.cli.credentials import credential_options, credentials_of
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.cli.printing import say

_OWN = {"name": "name", "project": "project", "enableLfs": "enable_lfs", "depth": "depth"}


@click.command()
@click.argument("url", metavar="REPOURL")
@text("--name", explain="Name of the repository; needed for Helm")
@text("--project", explain="Project that the repository belongs to")
@credential_options
@flag("--insecure-ignore-host-key", explain="Do not check the ssh host key", hidden=True)
@flag("--insecure-skip-server-verification", explain="Do not check the certificate or the ssh host key")
@flag("--enable-lfs", explain="Fetch large files (git)")
@number("--depth", explain="Fetch only so many commits; 0 is all")
@flag("--webhook-manifest-cache-warm-disabled", explain="Accepted; has no effect here", hidden=True)
@flag("--upsert", explain="Overwrite a repository of this URL that is different")
@click.pass_obj
def command(options: Globals, url: str, **given: Any) -> None:
    """Add a repository; its connection is tested first."""
    if given["type"] == "helm" and not given["name"]:
        raise CommandError("a Helm repository needs a name", advice="Add --name NAME.")
    own = {key: given[option] for key, option in _OWN.items() if given[option]}
    if given["insecure_skip_server_verification"] or given["insecure_ignore_host_key"]:
        own["insecure"] = True
    repository = {"repo": url, **own, **credentials_of(given)}
    with client.connect(options) as connected:
        added = connected.post("/api/v1/repositories", repository, {"upsert": given["upsert"]})
    say(f"Repository '{added.get('repo') or url}' added")
