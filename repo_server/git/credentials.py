"""Which of a repository entry's credentials is used: one of them, in Argo CD's order.

Comes in: the entry and the checked address. Goes out: a credential as a value. Some can be used as they are; the others
are traded for a token first, by `git.providers`. Order: password or bearer token, SSH key, GitHub App, Google service
account, Azure workload identity, Azure service principal, none. What the transport cannot use is passed over.
"""

from dataclasses import dataclass, field

from argosy.engine.model.repository import Repository
from repo_server.git.address import Address

PLACEHOLDER = "x-access-token"
"""The user name where only a token is given, as Argo CD sends it."""


@dataclass(frozen=True)
class Anonymous:
    """Nothing is told."""


@dataclass(frozen=True, kw_only=True)
class Password:
    """A user name with a password or token; `unasked`: sent with the first request, not only when asked for."""

    username: str
    password: str = field(repr=False)
    unasked: bool = False


@dataclass(frozen=True, kw_only=True)
class Bearer:
    """A token for the Authorization header."""

    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Key:
    """A private key for ssh, as PEM."""

    pem: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class GitHubApp:
    """An app's number and private key; `installation` 0 is found by the owner of the repository.

    `api` is the base of the REST interface, without a slash at its end.
    """

    app: int
    installation: int
    owner: str
    api: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class GoogleAccount:
    """The JSON key of a Google service account."""

    key: str = field(repr=False)


@dataclass(frozen=True)
class AzureWorkload:
    """The identity that the repo server's own pod has in Azure."""


@dataclass(frozen=True, kw_only=True)
class AzurePrincipal:
    """A service principal of Microsoft Entra; `endpoint` is the authority, without a slash at its end."""

    endpoint: str
    tenant: str
    client: str
    secret: str = field(repr=False)


Usable = Anonymous | Password | Bearer | Key
"""What git or ssh can be given."""

Tradable = GitHubApp | GoogleAccount | AzureWorkload | AzurePrincipal
"""What a token is bought with."""

_GITHUB = "https://api.github.com"
_MICROSOFT = "https://login.microsoftonline.com"


def select(entry: Repository, address: Address) -> Usable | Tradable:
    """Return the credential that this entry gives for this address."""
    if address.over_ssh:
        return Key(pem=entry.ssh_private_key) if entry.ssh_private_key else Anonymous()
    if not address.over_http:
        return Anonymous()
    return _of_login(entry, address) or _of_provider(entry, address) or _of_name(entry, address)


def secrets(credential: Usable | Tradable) -> tuple[str, ...]:
    """Return the texts of a credential that no message may hold."""
    match credential:
        case Anonymous() | AzureWorkload():
            return ()
        case Password(password=secret) | Bearer(token=secret) | Key(pem=secret):
            return (secret,)
        case GitHubApp(private_key=secret) | GoogleAccount(key=secret) | AzurePrincipal(secret=secret):
            return (secret,)


def _of_login(entry: Repository, address: Address) -> Usable | None:
    username = entry.username or address.username or PLACEHOLDER
    if password := entry.password or address.password:
        return Password(username=username, password=password, unasked=entry.force_http_basic_auth)
    return Bearer(token=entry.bearer_token) if entry.bearer_token else None


def _of_provider(entry: Repository, address: Address) -> Tradable | None:
    if entry.github_app_id and entry.github_app_private_key:
        return GitHubApp(
            app=entry.github_app_id,
            installation=entry.github_app_installation_id,
            owner="" if entry.github_app_installation_id else address.owner,
            api=entry.github_app_enterprise_base_url.rstrip("/") or _GITHUB,
            private_key=entry.github_app_private_key,
        )
    if entry.gcp_service_account_key:
        return GoogleAccount(key=entry.gcp_service_account_key)
    if entry.use_azure_workload_identity:
        return AzureWorkload()
    if entry.azure_service_principal_client_id and entry.azure_service_principal_client_secret:
        return AzurePrincipal(
            endpoint=entry.azure_active_directory_endpoint.rstrip("/") or _MICROSOFT,
            tenant=entry.azure_service_principal_tenant_id,
            client=entry.azure_service_principal_client_id,
            secret=entry.azure_service_principal_client_secret,
        )
    return None


def _of_name(entry: Repository, address: Address) -> Usable:
    """A user name alone is sent too: some hosts take a token for a name."""
    username = entry.username or address.username
    return Password(username=username, password="") if username else Anonymous()
