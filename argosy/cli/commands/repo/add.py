"""`argosy repo add`: make a repository known, with the credentials for it."""

import sys
from collections.abc import Mapping
from typing import Any

import click

from argosy.cli import client
from argosy.cli.command import flag, number, text
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.cli.printing import note, say
from argosy.cli.reading import read_text


@click.command()
@click.argument("url", metavar="REPOURL")
@click.option("--type", type=click.Choice(["git", "helm", "oci"]), default="git", help="Kind of repository")
@text("--name", explain="Name of the repository; needed for Helm")
@text("--project", explain="Project that the repository belongs to")
@text("--username", explain="Username; the password is asked for if missing")
@text("--password", explain="Password; better left out: asked for, or read from standard input")
@text("--bearer-token", explain="Token, for servers that take one")
@text("--ssh-private-key-path", explain="File with the private key")
@text("--tls-client-cert-path", explain="File with the client certificate")
@text("--tls-client-cert-key-path", explain="File with the client certificate's key")
@flag("--insecure-ignore-host-key", explain="Do not check the ssh host key", hidden=True)
@flag("--insecure-skip-server-verification", explain="Do not check the certificate or the ssh host key")
@flag("--enable-lfs", explain="Fetch large files (git)")
@flag("--enable-oci", explain="The Helm repository is a registry")
@flag("--force-http-basic-auth", explain="Send the credentials at once")
@text("--proxy", explain="Proxy to reach the repository by")
@text("--no-proxy", explain="Hosts to reach without the proxy")
@number("--depth", explain="Fetch only so many commits; 0 is all")
@flag("--upsert", explain="Overwrite a repository of this URL that is different")
@click.pass_obj
def command(options: Globals, url: str, **given: Any) -> None:
    """Add a repository; its connection is tested first."""
    if given["type"] == "helm" and not given["name"]:
        raise CommandError("a Helm repository needs a name", advice="Add --name NAME.")
    repository = _repository(url, given)
    with client.connect(options) as connected:
        added = connected.post("/api/v1/repositories", repository, {"upsert": given["upsert"]})
    say(f"Repository '{added.get('repo') or url}' added")


def _repository(url: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    fields: dict[str, Any] = {
        "repo": url,
        "type": given["type"],
        "name": given["name"],
        "project": given["project"],
        "username": given["username"],
        "password": _password(given),
        "bearerToken": given["bearer_token"],
        "sshPrivateKey": _file(given["ssh_private_key_path"]),
        "tlsClientCertData": _file(given["tls_client_cert_path"]),
        "tlsClientCertKey": _file(given["tls_client_cert_key_path"]),
        "insecure": given["insecure_skip_server_verification"] or given["insecure_ignore_host_key"],
        "enableLfs": given["enable_lfs"],
        "enableOCI": given["enable_oci"],
        "forceHttpBasicAuth": given["force_http_basic_auth"],
        "proxy": given["proxy"],
        "noProxy": given["no_proxy"],
        "depth": given["depth"],
    }
    return {name: value for name, value in fields.items() if value}


def _file(path: str | None) -> str | None:
    return read_text(path) if path else None


def _password(given: Mapping[str, Any]) -> str | None:
    if given["password"] or not given["username"]:
        if given["password"] and sys.stderr.isatty():
            note("note: a password given as --password stays in the shell's history and is seen by `ps`")
        return given["password"]
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, err=True)
    return sys.stdin.readline().rstrip("\n")
