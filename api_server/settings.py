"""The API server's environment, read once; a value that cannot be used ends the process, by name and reason."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from argosy.gateways import process
from argosy.gateways.process import BadSetting


@dataclass(frozen=True, slots=True)
class Plain:
    """Answer plain HTTP; `behind_tls` says that browsers come by HTTPS to a proxy in front of us."""

    behind_tls: bool = False


@dataclass(frozen=True, slots=True)
class Tls:
    """Answer HTTPS with this certificate and key (PEM files)."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is; `kubeconfig` is None inside a pod. Addresses are `unix:/path` or those of HTTP."""

    namespace: str
    kubeconfig: Path | None
    context: str
    database_url: str
    key_file: Path
    repo_server: str
    repo_server_token: str = field(repr=False)
    controller: str
    controller_token: str = field(repr=False)
    tool_worker: Path | None
    unsandboxed: bool
    host: str
    port: int
    transport: Plain | Tls

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by HTTPS."""
        return isinstance(self.transport, Tls) or self.transport.behind_tls


def read(environment: Mapping[str, str] | None = None, *, listen: str = "") -> Settings:
    """Return the settings of this process; `listen` replaces that of the environment. Raises `BadSetting`."""
    given = os.environ if environment is None else environment
    kubeconfig = given.get("ARGOSY_KUBECONFIG", "")
    state = Path(process.needed(given, "ARGOSY_STATE_DIR"))
    transport = _transport(given)
    host, port = _address(listen or given.get("ARGOSY_SERVER_LISTEN", "") or "127.0.0.1:8080")
    if isinstance(transport, Plain) and not transport.behind_tls and not _is_loopback(host):
        raise BadSetting(
            f"ARGOSY_SERVER_LISTEN: plain HTTP on {host} would send passwords in the clear; set ARGOSY_SERVER_TLS_CERT "
            "and ARGOSY_SERVER_TLS_KEY, or ARGOSY_SERVER_BEHIND_TLS=true if a proxy in front of it ends TLS"
        )
    return Settings(
        namespace=given.get("ARGOSY_NAMESPACE", "argocd"),
        kubeconfig=Path(kubeconfig) if kubeconfig else None,
        context=given.get("ARGOSY_CONTEXT", ""),
        database_url=given.get("ARGOSY_DATABASE_URL") or f"sqlite:///{state / 'argosy.db'}",
        key_file=Path(given.get("ARGOSY_KEY_FILE") or state / "keys.json"),
        repo_server=process.needed(given, "ARGOSY_REPO_SERVER"),
        repo_server_token=process.token(given, "ARGOSY_REPO_SERVER_TOKEN_FILE"),
        controller=process.needed(given, "ARGOSY_CONTROLLER"),
        controller_token=process.token(given, "ARGOSY_CONTROLLER_TOKEN_FILE"),
        tool_worker=Path(worker) if (worker := given.get("ARGOSY_TOOL_WORKER", "")) else None,
        unsandboxed=_truth(given, "ARGOSY_SERVER_ALLOW_UNSANDBOXED_SCRIPTS"),
        host=host,
        port=port,
        transport=transport,
    )


def _transport(given: Mapping[str, str]) -> Plain | Tls:
    certificate, key = given.get("ARGOSY_SERVER_TLS_CERT", ""), given.get("ARGOSY_SERVER_TLS_KEY", "")
    if bool(certificate) != bool(key):
        raise BadSetting("ARGOSY_SERVER_TLS_CERT and ARGOSY_SERVER_TLS_KEY: give both or none")
    if certificate:
        return Tls(Path(certificate), Path(key))
    return Plain(behind_tls=_truth(given, "ARGOSY_SERVER_BEHIND_TLS"))


def _truth(given: Mapping[str, str], name: str) -> bool:
    match given.get(name, "false"):
        case "true":
            return True
        case "false":
            return False
        case other:
            raise BadSetting(f"{name}: {other!r} is neither true nor false")


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise BadSetting(
            f"ARGOSY_SERVER_LISTEN: {listen!r} is not HOST:PORT, as 127.0.0.1:8080; port 0 takes a free one"
        )
    return host.strip("[]"), int(port)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
