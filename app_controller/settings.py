"""The controller's environment, read once; a value that cannot be used ends the process, by name and reason."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from argosy.engine.settings import values
from argosy.gateways import process
from argosy.gateways.tools.worker import PACKAGED


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is; `kubeconfig` is None inside a pod. Listen addresses are `unix:/path` or `host:port`.

    `identity` names this process as a holder of the lease; one who sees to it that there is only one (as `argosy up`
    does) may give it the same name again, so that a restart need not wait for the lease to run out.

    `tool_worker` is the program that runs users' scripts; it is shut in, unless `unsandboxed` and the machine cannot.
    """

    namespace: str
    kubeconfig: Path | None
    context: str
    database_url: str
    key_file: Path
    repo_server: str
    repo_server_token: str
    listen: str
    token: str
    identity: str
    tool_worker: Path
    unsandboxed: bool


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this process. Raises `BadSetting`."""
    given = os.environ if environment is None else environment
    kubeconfig = given.get("ARGOSY_KUBECONFIG", "")
    state = Path(given.get("ARGOSY_STATE_DIR") or process.needed(given, "ARGOSY_STATE_DIR"))
    return Settings(
        namespace=given.get("ARGOSY_NAMESPACE", "argocd"),
        kubeconfig=Path(kubeconfig) if kubeconfig else None,
        context=given.get("ARGOSY_CONTEXT", ""),
        database_url=given.get("ARGOSY_DATABASE_URL") or f"sqlite:///{state / 'argosy.db'}",
        key_file=Path(given.get("ARGOSY_KEY_FILE") or state / "keys.json"),
        repo_server=process.needed(given, "ARGOSY_REPO_SERVER"),
        repo_server_token=process.token(given, "ARGOSY_REPO_SERVER_TOKEN_FILE"),
        listen=given.get("ARGOSY_CONTROLLER_LISTEN", "127.0.0.1:8082"),
        token=process.token(given, "ARGOSY_CONTROLLER_TOKEN_FILE"),
        tool_worker=Path(given.get("ARGOSY_TOOL_WORKER") or PACKAGED),
        unsandboxed=_truth(given, "ARGOSY_REPO_SERVER_ALLOW_UNSANDBOXED_RENDERING"),
        identity=given.get("ARGOSY_CONTROLLER_IDENTITY") or f"{os.uname().nodename}_{secrets.token_hex(4)}",
    )


def _truth(given: Mapping[str, str], name: str) -> bool:
    try:
        return values.boolean(given.get(name) or "false")
    except values.Malformed as error:
        raise process.BadSetting(f"{name} is {error}") from error
