"""Read one context of a kubeconfig file into a `Connection`. Called by `connect`; the environment is never asked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from argosy.gateways.kubernetes.connection import (
    Anonymous,
    BasicAuth,
    BearerToken,
    ClientCertificate,
    Connection,
    ExecPlugin,
    Identity,
    TokenFile,
    decode_base64,
)
from argosy.gateways.kubernetes.errors import InvalidConnection

Section = Mapping[str, Any]


def read(path: Path, *, context: str = "") -> Connection:
    """Return how to reach the cluster of a context, the current one if `context` is empty.

    Raises `InvalidConnection` naming the file and the field.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidConnection(f"kubeconfig {path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        # The reader's own text quotes the line, which may hold a token.
        raise InvalidConnection(f"kubeconfig {path}{where}: not YAML") from None
    if not isinstance(document, dict):
        raise InvalidConnection(f"kubeconfig {path} is not a mapping")
    return _Reader(path).connection(document, context or str(document.get("current-context") or ""))


class _Reader:
    """Reads sections and names the file in every error; relative paths start at the file's folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def connection(self, document: Section, name: str) -> Connection:
        if not name:
            raise self._error("current-context is empty: name a context")
        context = self._named(document, "contexts", name)
        cluster = self._named(document, "clusters", str(context.get("cluster") or ""))
        user = self._named(document, "users", str(context["user"])) if context.get("user") else {}
        server = str(cluster.get("server") or "").rstrip("/")
        if not server.startswith(("https://", "http://")):
            raise self._error(f"the server of context {name} is not an http(s) address")
        return Connection(
            server,
            identity=self._identity(user),
            certificate=self._certificate(user),
            ca=(self._data(cluster, "certificate-authority") or b"").decode(errors="replace"),
            server_certificate="unverified" if cluster.get("insecure-skip-tls-verify") else "verified",
            server_name=str(cluster.get("tls-server-name") or ""),
            proxy=str(cluster.get("proxy-url") or ""),
            encoding="identity" if cluster.get("disable-compression") else "gzip",
        )

    def _named(self, document: Section, section: str, name: str) -> Section:
        for entry in document.get(section) or ():
            if isinstance(entry, dict) and entry.get("name") == name:
                return entry.get(section[:-1]) or {}
        raise self._error(f"{section} has no entry named {name!r}")

    def _identity(self, user: Section) -> Identity:
        if user.get("exec"):
            return self._plugin(user["exec"])
        if user.get("token"):
            return BearerToken(str(user["token"]))
        if user.get("tokenFile"):
            return TokenFile(str(self._path.parent / str(user["tokenFile"])))
        if user.get("username"):
            return BasicAuth(str(user["username"]), str(user.get("password") or ""))
        if user.get("auth-provider"):
            raise self._error("auth-provider is not supported: use an exec credential plugin or a token")
        return Anonymous()

    def _plugin(self, section: Section) -> ExecPlugin:
        if not section.get("command"):
            raise self._error("exec has no command")
        command = str(section["command"])
        return ExecPlugin(
            # As kubectl does it: a path is relative to the file, a bare name is looked up in PATH.
            command=str(self._path.parent / command) if "/" in command else command,
            args=tuple(str(argument) for argument in section.get("args") or ()),
            env=tuple((str(entry["name"]), str(entry["value"])) for entry in section.get("env") or ()),
            api_version=str(section.get("apiVersion") or ExecPlugin.__dataclass_fields__["api_version"].default),
            install_hint=str(section.get("installHint") or ""),
        )

    def _certificate(self, user: Section) -> ClientCertificate | None:
        certificate, key = self._data(user, "client-certificate"), self._data(user, "client-key")
        if (certificate is None) != (key is None):
            raise self._error("client-certificate and client-key belong together: one is missing")
        return ClientCertificate(certificate, key) if certificate is not None and key is not None else None

    def _data(self, section: Section, field: str) -> bytes | None:
        if section.get(f"{field}-data"):
            return decode_base64(str(section[f"{field}-data"]), f"kubeconfig {self._path}: {field}-data")
        if not section.get(field):
            return None
        try:
            return (self._path.parent / str(section[field])).read_bytes()
        except OSError as error:
            raise self._error(f"{field} {section[field]} cannot be read: {error.strerror}") from error

    def _error(self, reason: str) -> InvalidConnection:
        return InvalidConnection(f"kubeconfig {self._path}: {reason}")
