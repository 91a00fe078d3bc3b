"""Repository and credential-template Secrets, and which entry a repository URL means. Called by `settings.read`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from argosy.engine.model.repository import Repository, RepositoryType
from argosy.engine.model.resource import Manifest
from argosy.engine.settings import secrets, urls, values
from argosy.engine.settings.snapshot import Problem, RepositoryEntry, Settings

SECRET_FIELDS = (
    "password",
    "bearer_token",
    "ssh_private_key",
    "tls_client_cert_data",
    "tls_client_cert_key",
    "github_app_private_key",
    "gcp_service_account_key",
    "azure_service_principal_client_secret",
)
"""The fields of a repository that nobody is shown."""

_CREDENTIALS = (
    *SECRET_FIELDS,
    "username",
    "github_app_id",
    "github_app_installation_id",
    "github_app_enterprise_base_url",
    "use_azure_workload_identity",
    "azure_service_principal_client_id",
    "azure_service_principal_tenant_id",
    "azure_active_directory_endpoint",
)
"""All fields that say who we are: of an entry, or else of its template, never mixed."""
_PROOFS = (*SECRET_FIELDS, "username", "use_azure_workload_identity")
"""The fields of which one makes credentials; the others only go with them."""
_INHERITED = ("proxy", "no_proxy", "force_http_basic_auth", "insecure", "enable_oci", "insecure_oci_force_http")
"""What an entry that takes a template's credentials takes as well, where it says nothing itself."""

FIELDS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "url": ("url", values.text),
    "type": ("type", values.one_of("git", "helm", "oci")),
    "name": ("name", values.text),
    "project": ("project", values.text),
    "username": ("username", str),
    "password": ("password", str),
    "bearerToken": ("bearer_token", str),
    "sshPrivateKey": ("ssh_private_key", str),
    "tlsClientCertData": ("tls_client_cert_data", str),
    "tlsClientCertKey": ("tls_client_cert_key", str),
    "insecure": ("insecure", values.boolean),
    "insecureIgnoreHostKey": ("insecure", values.boolean),
    "enableLfs": ("enable_lfs", values.boolean),
    "enableOCI": ("enable_oci", values.boolean),
    "insecureOCIForceHttp": ("insecure_oci_force_http", values.boolean),
    "forceHttpBasicAuth": ("force_http_basic_auth", values.boolean),
    "proxy": ("proxy", values.text),
    "noProxy": ("no_proxy", values.text),
    "depth": ("depth", values.whole_number),
    "githubAppID": ("github_app_id", values.whole_number),
    "githubAppInstallationID": ("github_app_installation_id", values.whole_number),
    "githubAppPrivateKey": ("github_app_private_key", str),
    "githubAppEnterpriseBaseUrl": ("github_app_enterprise_base_url", values.text),
    "gcpServiceAccountKey": ("gcp_service_account_key", str),
    "useAzureWorkloadIdentity": ("use_azure_workload_identity", values.boolean),
    "azureServicePrincipalClientId": ("azure_service_principal_client_id", values.text),
    "azureServicePrincipalClientSecret": ("azure_service_principal_client_secret", str),
    "azureServicePrincipalTenantId": ("azure_service_principal_tenant_id", values.text),
    "azureActiveDirectoryEndpoint": ("azure_active_directory_endpoint", values.text),
}
"""A repository Secret's keys: the field of the model, and how the text is read."""

_WITHOUT_EFFECT = frozenset(("webhookManifestCacheWarmDisabled",))


def read(
    manifests: Iterable[Manifest], previous: Iterable[RepositoryEntry]
) -> tuple[tuple[RepositoryEntry, ...], tuple[Problem, ...]]:
    """Return the entries by Secret name, and what is wrong; a malformed Secret's last good entry is kept."""
    last = {entry.secret: entry for entry in previous}
    entries: list[RepositoryEntry] = []
    problems: list[Problem] = []
    for manifest in sorted(manifests, key=secrets.name_of):
        name = secrets.name_of(manifest)
        try:
            texts = secrets.texts_of(manifest)
            repository, complaints = _repository(texts)
        except values.Malformed as error:
            problems.append(Problem(f"Secret {name}", "", f"{error}; {_fallback(name, last)}"))
            if name in last:
                entries.append(last[name])
        else:
            problems += [Problem(f"Secret {name}", key, message) for key, message in complaints]
            entries.append(RepositoryEntry(name, repository, managed=secrets.made_by_us(manifest)))
    return tuple(entries), tuple(problems)


def _fallback(name: str, last: Mapping[str, RepositoryEntry]) -> str:
    return "the last good entry stays in force" if name in last else "the entry is not used"


def _repository(texts: Mapping[str, str]) -> tuple[Repository, list[tuple[str, str]]]:
    fields: dict[str, Any] = {}
    complaints: list[tuple[str, str]] = []
    for key, text in texts.items():
        if key in FIELDS:
            field, reader = FIELDS[key]
            try:
                fields[field] = reader(text) if text or field == "url" else fields.get(field)
            except values.Malformed as error:
                raise values.Malformed(f"{key}: {error}") from error
        elif key not in _WITHOUT_EFFECT:
            complaints.append((key, "unknown key; it has no effect"))
    check_url(str(fields.get("url") or ""))
    return Repository(**{field: value for field, value in fields.items() if value is not None}), complaints


def check_url(url: str) -> None:
    """Raise `Malformed` if the text cannot be a repository's URL."""
    if not url:
        raise values.Malformed("url is missing")
    if wrong := urls.complaint(url):
        raise values.Malformed(f"url {wrong}")


def repository_for(settings: Settings, url: str, *, project: str = "", kind: RepositoryType = "git") -> Repository:
    """Return the repository that a source means, with credentials and trust filled in.

    The entry of the project wins over one for all (2.75). Without credentials of its own, of whatever kind (2.72), it
    takes those of the template with the longest matching URL (2.73). An unknown URL gives an anonymous repository of
    the given kind ("helm" for a source with a `chart`).
    """
    return _with_trust(settings, _with_template(settings, _registered(settings, url, project, kind)))


def entry_for(
    settings: Settings, url: str, *, project: str = "", kind: RepositoryType = "git"
) -> RepositoryEntry | None:
    """Return the registered entry for a URL and project, None if there is none; the given kind is preferred."""
    wanted = urls.normalised(url)
    found = [
        entry
        for entry in settings.repositories
        if entry.repository.project in ("", project) and urls.normalised(entry.repository.url) == wanted
    ]
    return min(
        found,
        key=lambda entry: (entry.repository.project != project, entry.repository.type != kind),
        default=None,
    )


def inherits(settings: Settings, repository: Repository) -> bool:
    """Return whether the repository's credentials come from a template."""
    return _template(settings, repository) is not None


def _registered(settings: Settings, url: str, project: str, kind: RepositoryType) -> Repository:
    entry = entry_for(settings, url, project=project, kind=kind)
    if entry is None:
        return Repository(url=url, type="oci" if url.startswith("oci://") else kind)
    return msgspec.structs.replace(entry.repository, url=url)


def _template(settings: Settings, repository: Repository) -> Repository | None:
    if any(getattr(repository, field) for field in _PROOFS):
        return None
    found = [
        each.repository
        for each in settings.repository_templates
        if urls.lies_below(repository.url, each.repository.url)
    ]
    return max(found, key=lambda template: len(urls.normalised(template.url)), default=None)


def _with_template(settings: Settings, repository: Repository) -> Repository:
    template = _template(settings, repository)
    if template is None:
        return repository
    taken: dict[str, Any] = {field: getattr(template, field) for field in _CREDENTIALS}
    taken |= {field: getattr(repository, field) or getattr(template, field) for field in _INHERITED}
    return msgspec.structs.replace(repository, **taken)


def _with_trust(settings: Settings, repository: Repository) -> Repository:
    over_ssh = urls.normalised(repository.url).startswith("ssh://")
    return msgspec.structs.replace(
        repository,
        ca_pem="" if over_ssh else settings.tls_certs.get(urls.host_of(repository.url), ""),
        known_hosts=settings.known_hosts if over_ssh else "",
    )
