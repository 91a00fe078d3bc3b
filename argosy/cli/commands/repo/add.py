"""`argosy repo add`: make a repository known, with the credentials for it."""

import sys
from collections.abc import Mapping
from typing import Any

import click

from argosy.cli import client
from argosy.cli.command import flag, number, text, variable
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.cli.printing import note, say
from argosy.cli.reading import read_text

_AS_GIVEN = {
    "name": "name",
    "project": "project",
    "username": "username",
    "bearerToken": "bearer_token",
    "enableLfs": "enable_lfs",
    "enableOCI": "enable_oci",
    "insecureOCIForceHttp": "insecure_oci_force_http",
    "forceHttpBasicAuth": "force_http_basic_auth",
    "proxy": "proxy",
    "noProxy": "no_proxy",
    "depth": "depth",
    "githubAppID": "github_app_id",
    "githubAppInstallationID": "github_app_installation_id",
    "githubAppEnterpriseBaseUrl": "github_app_enterprise_base_url",
    "useAzureWorkloadIdentity": "use_azure_workload_identity",
    "azureServicePrincipalClientId": "azure_service_principal_client_id",
    "azureServicePrincipalTenantId": "azure_service_principal_tenant_id",
    "azureActiveDirectoryEndpoint": "azure_active_directory_endpoint",
}
_FROM_FILES = {
    "sshPrivateKey": "ssh_private_key_path",
    "tlsClientCertData": "tls_client_cert_path",
    "tlsClientCertKey": "tls_client_cert_key_path",
    "githubAppPrivateKey": "github_app_private_key_path",
    "gcpServiceAccountKey": "gcp_service_account_key_path",
}
_TOGETHER = {
    "--tls-client-cert-path": "--tls-client-cert-key-path",
    "--tls-client-cert-key-path": "--tls-client-cert-path",
    "--github-app-id": "--github-app-private-key-path",
    "--github-app-private-key-path": "--github-app-id",
    "--azure-service-principal-client-id": "--azure-service-principal-tenant-id",
    "--azure-service-principal-client-secret": "--azure-service-principal-client-id",
}
"""Options of which one without the other would be no credentials."""


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
@flag("--insecure-oci-force-http", explain="Reach the registry by HTTP")
@flag("--force-http-basic-auth", explain="Send the credentials at once")
@text("--proxy", explain="Proxy to reach the repository by")
@text("--no-proxy", explain="Hosts to reach without the proxy")
@number("--github-app-id", explain="Id of the GitHub App")
@number("--github-app-installation-id", explain="Id of the App's installation; found out if missing")
@text("--github-app-private-key-path", explain="File with the App's private key")
@text("--github-app-enterprise-base-url", explain="API of a GitHub Enterprise, as https://ghe.example.com/api/v3")
@text("--gcp-service-account-key-path", explain="File with the key of a Google Cloud service account")
@flag("--use-azure-workload-identity", explain="Sign in by the workload identity of the repo server")
@text("--azure-service-principal-client-id", explain="Client id of an Azure service principal")
@text(
    "--azure-service-principal-client-secret",
    explain="Client secret of the service principal; better left out: asked for, or read from standard input",
)
@text("--azure-service-principal-tenant-id", explain="Tenant of the service principal")
@text("--azure-active-directory-endpoint", explain="Where Azure tokens are issued, if not in the public cloud")
@flag("--webhook-manifest-cache-warm-disabled", explain="Accepted; has no effect here", hidden=True)
@number("--depth", explain="Fetch only so many commits; 0 is all")
@flag("--upsert", explain="Overwrite a repository of this URL that is different")
@click.pass_obj
def command(options: Globals, url: str, **given: Any) -> None:
    """Add a repository; its connection is tested first."""
    _check(given)
    repository = _repository(url, given)
    with client.connect(options) as connected:
        added = connected.post("/api/v1/repositories", repository, {"upsert": given["upsert"]})
    say(f"Repository '{added.get('repo') or url}' added")


def _check(given: Mapping[str, Any]) -> None:
    if given["type"] == "helm" and not given["name"]:
        raise CommandError("a Helm repository needs a name", advice="Add --name NAME.")
    for option, companion in _TOGETHER.items():
        if given[variable(option)] and not given[variable(companion)]:
            raise CommandError(f"{option} needs {companion}", advice=f"Add {companion}, or leave {option} out.")


def _repository(url: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    secret = given["azure_service_principal_client_secret"]
    fields: dict[str, Any] = {
        "repo": url,
        "type": given["type"],
        "insecure": given["insecure_skip_server_verification"] or given["insecure_ignore_host_key"],
        **{key: given[option] for key, option in _AS_GIVEN.items()},
        **{key: _file(given[option]) for key, option in _FROM_FILES.items()},
        "password": _secret(given["password"], "Password", wanted=bool(given["username"])),
        "azureServicePrincipalClientSecret": _secret(
            secret, "Client secret", wanted=bool(given["azure_service_principal_client_id"])
        ),
    }
    return {name: value for name, value in fields.items() if value}


def _file(path: str | None) -> str | None:
    return read_text(path) if path else None


def _secret(given: str | None, what: str, *, wanted: bool) -> str | None:
    """Return a secret as it was given, or ask for it if it is wanted."""
    if given:
        if sys.stderr.isatty():
            note(f"note: a {what.lower()} given as an option stays in the shell's history and is seen by `ps`")
        return given
    if not wanted:
        return None
    if sys.stdin.isatty():
        return click.prompt(what, hide_input=True, err=True)
    return sys.stdin.readline().rstrip("\n")
