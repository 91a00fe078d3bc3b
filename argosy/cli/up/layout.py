"""Where an installation keeps its state, and what its processes are told; as values. Called by `commands.up`.

One folder per control cluster, `$XDG_STATE_HOME/argosy/<uid>`: the database, the key ring, the internal tokens, the
repo server's mirrors. Only its owner may look into it. Sockets lie apart, since their paths must be short.
"""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from argosy.cli.up.supervisor import Program

_PASSED_ON = ("PATH", "HOME", "LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
_OUR_OWN = ("ARGOSY_", "ARGOCD_")
_NOT_PASSED_ON = ("ARGOSY_AUTH_TOKEN", "ARGOCD_AUTH_TOKEN")


@dataclass(frozen=True, slots=True)
class Layout:
    """The folder of the state, the folder of the sockets, and how the processes reach the cluster."""

    state: Path
    sockets: Path
    kubeconfig: Path
    context: str
    namespace: str
    listen: str


def default_state(cluster_uid: str, environment: Mapping[str, str]) -> Path:
    """Return the folder for a control cluster."""
    home = environment.get("XDG_STATE_HOME") or str(Path(environment.get("HOME", "/var/lib")) / ".local" / "state")
    return Path(home) / "argosy" / cluster_uid


def prepare(layout: Layout) -> None:
    """Make the folders and the internal tokens, for their owner alone; what exists stays."""
    layout.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("repo-server", "controller"):
        path = token_file(layout, name)
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(32))


def token_file(layout: Layout, name: str) -> Path:
    """Return the file with the internal token of a process."""
    return layout.state / f"{name}.token"


def programs(layout: Layout, environment: Mapping[str, str]) -> tuple[Program, ...]:
    """Return the three processes in the order in which they are started."""
    told = _environment(layout, environment)
    return tuple(
        Program(module.replace("_", "-"), (sys.executable, "-m", module), told)
        for module in ("repo_server", "app_controller", "api_server")
    )


def _environment(layout: Layout, environment: Mapping[str, str]) -> dict[str, str]:
    passed = {
        name: value
        for name, value in environment.items()
        if name in _PASSED_ON or (name.startswith(_OUR_OWN) and name not in _NOT_PASSED_ON)
    }
    repo_server, controller = (f"unix:{layout.sockets / name}" for name in ("repo-server", "controller"))
    return passed | {
        "PYTHONUNBUFFERED": "1",
        "ARGOSY_NAMESPACE": layout.namespace,
        "ARGOSY_KUBECONFIG": str(layout.kubeconfig),
        "ARGOSY_CONTEXT": layout.context,
        "ARGOSY_STATE_DIR": str(layout.state),
        "ARGOSY_REPO_SERVER_LISTEN": repo_server,
        "ARGOSY_REPO_SERVER": repo_server,
        "ARGOSY_REPO_SERVER_TOKEN_FILE": str(token_file(layout, "repo-server")),
        "ARGOSY_REPO_SERVER_STATE": str(layout.state / "repo-server"),
        "ARGOSY_CONTROLLER_LISTEN": controller,
        "ARGOSY_CONTROLLER": controller,
        "ARGOSY_CONTROLLER_IDENTITY": f"{os.uname().nodename}_{secrets.token_hex(4)}",
        "ARGOSY_CONTROLLER_TOKEN_FILE": str(token_file(layout, "controller")),
        "ARGOSY_SERVER_LISTEN": layout.listen,
    }
