"""What the command line remembers between calls: servers, sign-ins and which of them is current.

Comes in: `~/.config/argosy/config`, in the format of Argo CD's `~/.config/argocd/config`. Goes out: values, and new
values to be written. Called by `argosy.cli.connection` and the commands `login`, `logout` and `context`. Fields that
Argosy does not know are kept.
"""

import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.wire import yaml_text

_READABLE_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Server:
    """A server as it is kept.

    `address` is host:port, `root_path` a prefix of every path without slashes around it, `authority` the certificates
    to trust as base64 of PEM.
    """

    address: str
    plain_text: bool = False
    insecure: bool = False
    root_path: str = ""
    authority: str = ""

    def entry(self) -> Mapping[str, Any]:
        """Write the server as an entry of `servers`; what is empty is left out."""
        known = {
            "plain-text": self.plain_text,
            "insecure": self.insecure,
            "grpc-web-root-path": self.root_path,
            "certificate-authority-data": self.authority,
        }
        return {"server": self.address, **{name: value for name, value in known.items() if value}}


@dataclass(frozen=True)
class Context:
    """A server together with a sign-in on it; the token is empty after a sign-out."""

    name: str
    server: Server
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class LocalConfig:
    """The whole file as a value; every change gives a new one."""

    document: Mapping[str, Any]

    @property
    def current(self) -> str:
        """Name of the current context, empty if there is none."""
        return str(self.document.get("current-context") or "")

    def context(self, name: str) -> Context | None:
        """Look up a context by name, with its server and token."""
        found = _entry(self.document, "contexts", "name", name)
        if found is None:
            return None
        address = str(found.get("server") or "")
        user = _entry(self.document, "users", "name", found.get("user", "")) or {}
        server = _entry(self.document, "servers", "server", address) or {"server": address}
        return Context(name=name, server=_server(server), token=str(user.get("auth-token") or ""))

    def contexts(self) -> list[Context]:
        """List every context in the order of the file."""
        found = (self.context(entry["name"]) for entry in _entries(self.document, "contexts"))
        return [context for context in found if context]

    def context_of_server(self, address: str) -> Context | None:
        """Find the sign-in on a server: of the current context if it is there, of any other otherwise."""
        contexts = sorted(self.contexts(), key=lambda context: context.name != self.current)
        return next((context for context in contexts if context.server.address == address), None)

    def with_sign_in(self, context: Context) -> "LocalConfig":
        """Remember a sign-in and make it current; an entry of the same name is replaced."""
        address = context.server.address
        document = _with(self.document, "servers", "server", context.server.entry())
        document = _with(document, "users", "name", {"name": context.name, "auth-token": context.token})
        document = _with(document, "contexts", "name", {"name": context.name, "server": address, "user": context.name})
        return LocalConfig(document).with_current(context.name)

    def with_current(self, name: str) -> "LocalConfig":
        """Make a context current."""
        return LocalConfig({**self.document, "current-context": name})

    def without_token(self, name: str) -> "LocalConfig":
        """Forget the token of a context and keep the rest of it."""
        entry = _entry(self.document, "contexts", "name", name) or {}
        return LocalConfig(_with(self.document, "users", "name", {"name": entry.get("user", name)}))

    def without_context(self, name: str) -> "LocalConfig":
        """Forget a context, its token, and its server unless another context uses it."""
        entry = _entry(self.document, "contexts", "name", name) or {}
        server = entry.get("server", "")
        document = _without(self.document, "contexts", "name", name)
        document = _without(document, "users", "name", entry.get("user", name))
        if not any(other.get("server") == server for other in _entries(document, "contexts")):
            document = _without(document, "servers", "server", server)
        changed = LocalConfig(document)
        return changed.with_current("") if self.current == name else changed


def path_of(options: Globals) -> Path:
    """Say where the file is kept for this call."""
    return Path(options.config_path) if options.config_path else default_path(options.environment)


def default_path(environment: Mapping[str, str]) -> Path:
    """Say where the file is kept unless `--config` says otherwise."""
    folder = environment.get("ARGOSY_CONFIG_DIR") or environment.get("ARGOCD_CONFIG_DIR")
    if folder:
        return Path(folder) / "config"
    base = environment.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "argosy" / "config"


def read(path: Path) -> LocalConfig:
    """Read the file; one that does not exist is empty.

    Raises `CommandError` if it is not YAML, or if others than its owner can read it.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return LocalConfig({})
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    if mode & _READABLE_BY_OTHERS:
        raise CommandError(f"{path} holds tokens and others can read it", advice=f"Run: chmod 600 {path}")
    try:
        documents = yaml_text.load_all(content)
    except yaml_text.YamlError as error:
        raise CommandError(f"{path} is not YAML: {error}", advice="Mend it, or delete it and log in again.") from error
    document = documents[0] if documents else {}
    if not isinstance(document, Mapping):
        raise CommandError(f"{path} is not a mapping", advice="Mend it, or delete it and log in again.")
    return LocalConfig(document)


def write(path: Path, config: LocalConfig) -> None:
    """Replace the file in one step, readable by its owner only."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes the file with mode 0600, before anything is in it.
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".config-")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from error
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(yaml_text.dump(config.document))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _server(entry: Mapping[str, Any]) -> Server:
    return Server(
        address=str(entry.get("server") or ""),
        plain_text=bool(entry.get("plain-text")),
        insecure=bool(entry.get("insecure")),
        root_path=str(entry.get("grpc-web-root-path") or "").strip("/"),
        authority=str(entry.get("certificate-authority-data") or ""),
    )


def _entries(document: Mapping[str, Any], section: str) -> list[Mapping[str, Any]]:
    return [entry for entry in document.get(section) or [] if isinstance(entry, Mapping)]


def _entry(document: Mapping[str, Any], section: str, key: str, value: str) -> Mapping[str, Any] | None:
    return next((entry for entry in _entries(document, section) if entry.get(key) == value), None)


def _with(document: Mapping[str, Any], section: str, key: str, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    others = [other for other in _entries(document, section) if other.get(key) != entry[key]]
    return {**document, section: [*others, entry]}


def _without(document: Mapping[str, Any], section: str, key: str, value: str) -> Mapping[str, Any]:
    others = [other for other in _entries(document, section) if other.get(key) != value]
    return {**document, section: others}
