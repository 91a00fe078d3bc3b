"""The credentials of a repository or template on the command line: Argo CD's options, and the fields of a request.

Called by `repo add` and `repocreds add`.
"""

import sys
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import click

from argosy.cli.command import Decorator, flag, number, text, variable
from argosy.cli.errors import CommandError
from argosy.cli.printing import note
from argosy.cli.reading import read_text

_OPTIONS: tuple[Decorator, ...] = (
    click.option("--type", type=click.Choice(["git", "helm", "oci"]), default="git", help="Kind of repository"),
    text("--username", explain="Username; the password is asked for if missing"),
    text("--password", explain="Password; better left out: asked for, or read from standard input"),
    text("--bearer-token", explain="Token, for servers that take one"),
    text("--ssh-private-key-path", explain="File with the private key"),
    text("--tls-client-cert-path", explain="File with the client certificate"),
    text("--tls-client-cert-key-path", explain="File with the client certificate's key"),
    flag("--enable-oci", explain="The Helm repository is a registry"),
    flag("--insecure-oci-force-http", explain="Reach the registry by HTTP"),
    flag("--force-http-basic-auth", explain="Send the credentials at once"),
    text("--proxy", explain="Proxy to reach the repository by"),
    text("--no-proxy", explain="Hosts to reach without the proxy"),
    number("--github-app-id", explain="Id of the GitHub App"),
    number("--github-app-installation-id", explain="Id of the App's installation; found out if missing"),
    text("--github-app-private-key-path", explain="File with the App's private key"),
    text("--github-app-enterprise-base-url", explain="API of a GitHub Enterprise, as https://ghe.example.com/api/v3"),
    text("--gcp-service-account-key-path", explain="File with the key of a Google Cloud service account"),
    flag("--use-azure-workload-identity", explain="Sign in by the workload identity of the repo server"),
    text("--azure-service-principal-client-id", explain="Client id of an Azure service principal"),
    text(
        "--azure-service-principal-client-secret",
        explain="Client secret of the service principal; better left out: asked for, or read from standard input",
    ),
    text("--azure-service-principal-tenant-id", explain="Tenant of the service principal"),
    text("--azure-active-directory-endpoint", explain="Where Azure tokens are issued, if not in the public cloud"),
)
_AS_GIVEN = {
    "type": "type",
    "username": "username",
    "bearerToken": "bearer_token",
    "enableOCI": "enable_oci",
    "insecureOCIForceHttp": "insecure_oci_force_http",
    "forceHttpBasicAuth": "force_http_basic_auth",
    "proxy": "proxy",
    "noProxy": "no_proxy",
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


def credential_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the options of credentials, in the order in which the help lists them."""
    return reduce(lambda made, option: option(made), reversed(_OPTIONS), command)


def credentials_of(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a request that the options give; secrets that are missing are asked for.

    Raises `CommandError` for half of a credential, or a file that cannot be read.
    """
    for option, companion in _TOGETHER.items():
        if given[variable(option)] and not given[variable(companion)]:
            raise CommandError(f"{option} needs {companion}", advice=f"Add {companion}, or leave {option} out.")
    client_id, client_secret = (given[f"azure_service_principal_client_{each}"] for each in ("id", "secret"))
    fields: dict[str, Any] = {
        **{key: given[option] for key, option in _AS_GIVEN.items()},
        **{key: read_text(given[option]) for key, option in _FROM_FILES.items() if given[option]},
        "password": _secret(given["password"], "Password", wanted=bool(given["username"])),
        "azureServicePrincipalClientSecret": _secret(client_secret, "Client secret", wanted=bool(client_id)),
    }
    return {name: value for name, value in fields.items() if value}


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
