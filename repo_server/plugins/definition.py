"""What a `plugin.yaml` says: read once by `catalogue`, obeyed by everything else here. Argo CD 2.37, 2.38, 2.40, 2.43.

The fields are Argo CD's. Three annotations of our own open what is otherwise shut: `argosy/network: "true"` lets the
plugin reach the network (as `provideGitCreds` does), `argosy/environment` names variables of the repo server that it
gets, `argosy/readable` files and folders of the machine that it may read. All are the administrator's to set: a
plugin.yaml lies beside the repo server, never in a repository.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from argosy.engine.model.base import Model
from argosy.wire.repo_server import ParameterAnnouncement

KIND = "ConfigManagementPlugin"
NETWORK = "argosy/network"
ENVIRONMENT = "argosy/environment"
READABLE = "argosy/readable"

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class BadDefinition(Exception):
    """A plugin.yaml cannot be used; the text says which field is wrong, and what it should be."""


class Command(Model, frozen=True):
    """A program with its first arguments, and further ones; nothing is run where `command` is empty."""

    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()

    @property
    def line(self) -> tuple[str, ...]:
        """The program and all of its arguments."""
        return (*self.command, *self.args) if self.command else ()


class Find(Command, frozen=True):
    """Discovery by a glob with double stars, or else by a command that prints something."""

    glob: str = ""


class Discover(Model, frozen=True):
    """How a plugin recognises its folders; `file_name` wins over `find.glob`, that over `find.command`."""

    file_name: str = ""
    find: Find = Find()

    @property
    def is_defined(self) -> bool:
        """Say whether the plugin recognises anything at all; otherwise it is used by name only."""
        return bool(self.file_name or self.find.glob or self.find.command)

    @property
    def by_command(self) -> bool:
        """Say whether a command has to be run to know."""
        return bool(self.find.command) and not self.file_name and not self.find.glob


class Parameters(Model, frozen=True):
    """What the Parameters tab shows: the same for every application, and what a command prints for one of them."""

    static: tuple[ParameterAnnouncement, ...] = ()
    dynamic: Command = Command()


class Spec(Model, frozen=True):
    """`spec` of a plugin.yaml."""

    generate: Command
    version: str = ""
    init: Command = Command()
    discover: Discover = Discover()
    parameters: Parameters = Parameters()
    preserve_file_mode: bool = False
    provide_git_creds: bool = False


class _Metadata(Model, frozen=True):
    name: str = ""
    annotations: Mapping[str, str] = {}


class _Document(Model, frozen=True):
    kind: str
    spec: Spec
    metadata: _Metadata = _Metadata()


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A plugin that can be run.

    `name` is what `spec.source.plugin.name` calls it; `file` where it is declared, `folder` the folder that it may read
    besides the source (None for a file that shares its folder with others); `network` whether it reaches the network;
    `passed` are the variables of the repo server that it gets, `readable` what else it may read; `fingerprint` changes
    when anything of it does.
    """

    name: str
    spec: Spec
    file: Path
    folder: Path | None
    network: bool
    passed: tuple[str, ...]
    readable: tuple[str, ...]
    fingerprint: str


def parse(document: Mapping[str, Any], *, file: Path, folder: Path | None) -> Plugin:
    """Return the plugin that a document declares. Raises `BadDefinition`."""
    if document.get("kind") != KIND:
        raise BadDefinition(f"kind must be {KIND}, not {document.get('kind')!r}")
    try:
        read = msgspec.convert(_without_nulls(document), _Document)
    except msgspec.ValidationError as error:
        raise BadDefinition(str(error)) from error
    if not read.metadata.name:
        raise BadDefinition("metadata.name must not be empty")
    if not read.spec.generate.command:
        raise BadDefinition("spec.generate.command must name a program")
    _check_pattern("spec.discover.fileName", read.spec.discover.file_name)
    _check_pattern("spec.discover.find.glob", read.spec.discover.find.glob)
    return Plugin(
        name="-".join(filter(None, (read.metadata.name, read.spec.version))),
        spec=read.spec,
        file=file,
        folder=folder,
        network=_network(read.metadata.annotations, needed=read.spec.provide_git_creds),
        passed=_passed(read.metadata.annotations),
        readable=_readable(read.metadata.annotations),
        fingerprint=hashlib.sha256(msgspec.json.encode([read, str(file)], order="sorted")).hexdigest(),
    )


def _without_nulls(value: Any) -> Any:
    """Leave fields out that are there without a value, as Kubernetes reads them."""
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_nulls(item) for item in value]
    return value


def _check_pattern(field: str, pattern: str) -> None:
    if ".." in pattern.split("/"):
        raise BadDefinition(f"{field} {pattern!r} must not contain '..': it is looked for in the application's folder")


def _network(annotations: Mapping[str, str], *, needed: bool) -> bool:
    """Return whether the plugin gets the network: credentials that lead nowhere are what nobody asked for."""
    value = annotations.get(NETWORK, str(needed).lower())
    if value not in ("true", "false"):
        raise BadDefinition(f'metadata.annotations: {NETWORK} must be "true" or "false", not {value!r}')
    if needed and value == "false":
        raise BadDefinition(f'spec.provideGitCreds is of no use without the network; take {NETWORK}: "false" out')
    return value == "true"


def _passed(annotations: Mapping[str, str]) -> tuple[str, ...]:
    names = _words(annotations, ENVIRONMENT)
    for name in names:
        if not _VARIABLE.fullmatch(name):
            raise BadDefinition(f"metadata.annotations: {ENVIRONMENT} must list names of variables; {name!r} is none")
    return names


def _readable(annotations: Mapping[str, str]) -> tuple[str, ...]:
    paths = _words(annotations, READABLE)
    for path in paths:
        if not path.startswith("/") or ".." in path.split("/") or path.strip("/") in ("", "proc", "sys", "dev"):
            raise BadDefinition(f"metadata.annotations: {READABLE} must list absolute paths; {path!r} cannot be one")
    return paths


def _words(annotations: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(annotations.get(name, "").replace(",", " ").split())
