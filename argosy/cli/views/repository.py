"""What `repo list` and `repo get` show of a repository; Argo CD's columns, and never a credential."""

from collections.abc import Mapping
from typing import Any

HEADER = ("TYPE", "NAME", "REPO", "INSECURE", "OCI", "LFS", "CREDS", "STATUS", "MESSAGE", "PROJECT")


def row(repository: Mapping[str, Any]) -> tuple[str, ...]:
    """The row under `HEADER`."""
    state = repository.get("connectionState") or {}
    return (
        str(repository.get("type") or "git"),
        str(repository.get("name") or ""),
        repository["repo"],
        _word(repository.get("insecure")),
        _word(repository.get("enableOCI")),
        _word(repository.get("enableLfs")),
        "inherited" if repository.get("inheritedCreds") else _word(_signs_in(repository)),
        str(state.get("status") or ""),
        str(state.get("message") or ""),
        str(repository.get("project") or ""),
    )


def _signs_in(repository: Mapping[str, Any]) -> bool:
    """Whether the entry has credentials, as far as the server tells."""
    told = ("username", "githubAppID", "useAzureWorkloadIdentity", "azureServicePrincipalClientId")
    return any(repository.get(name) for name in told)


def _word(value: Any) -> str:
    return "true" if value else "false"
