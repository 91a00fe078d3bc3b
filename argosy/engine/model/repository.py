"""A repository entry: where manifests are fetched from, with which credentials and trust."""

from typing import Literal

from msgspec import field

from argosy.engine.model.base import Model

RepositoryType = Literal["git", "helm", "oci"]


class Repository(Model, frozen=True, repr_omit_defaults=True):
    """A repository entry with its credentials (Argo CD's Secret keys) and the trust that its transport needs.

    `ca_pem` holds PEM certificates for the host, `known_hosts` lines for ssh; empty means the system's own.
    """

    url: str
    type: RepositoryType = "git"
    name: str = ""
    project: str = ""
    username: str = ""
    password: str = ""
    bearer_token: str = ""
    ssh_private_key: str = ""
    tls_client_cert_data: str = ""
    tls_client_cert_key: str = ""
    insecure: bool = False
    enable_lfs: bool = False
    enable_oci: bool = field(name="enableOCI", default=False)
    insecure_oci_force_http: bool = field(name="insecureOCIForceHttp", default=False)
    force_http_basic_auth: bool = False
    proxy: str = ""
    no_proxy: str = ""
    depth: int = 0
    github_app_id: int = field(name="githubAppID", default=0)
    github_app_installation_id: int = field(name="githubAppInstallationID", default=0)
    github_app_private_key: str = ""
    github_app_enterprise_base_url: str = ""
    gcp_service_account_key: str = ""
    use_azure_workload_identity: bool = False
    azure_service_principal_client_id: str = ""
    azure_service_principal_client_secret: str = ""
    azure_service_principal_tenant_id: str = ""
    azure_active_directory_endpoint: str = ""
    ca_pem: str = ""
    known_hosts: str = ""

    def __repr__(self) -> str:
        """Name the repository only: credentials must not reach a log through a repr."""
        return f"Repository(url={self.url!r}, type={self.type!r})"
