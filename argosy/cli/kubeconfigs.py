"""Finds a context among the user's kubeconfig files. Called by `cluster add`, whose reader then opens it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argosy.cli.errors import CommandError
from argosy.wire import yaml_text


@dataclass(frozen=True)
class KubeContext:
    """A context of a kubeconfig, the file it is in, and the server it leads to."""

    name: str
    path: Path
    server: str
    current: bool


def contexts(named: str | None, environment: Mapping[str, str]) -> list[KubeContext]:
    """List the contexts of the file named, or of those in KUBECONFIG, or of `~/.kube/config`; the first of a name wins.

    Raises `CommandError` if a file cannot be read.
    """
    listed = environment.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    paths = (
        [Path(named)] if named else [Path(each) for each in listed.split(os.pathsep) if each and Path(each).exists()]
    )
    found: dict[str, KubeContext] = {}
    for path in paths:
        for context in _read(path):
            found.setdefault(context.name, context)
    return list(found.values())


def find(name: str, known: list[KubeContext], environment: Mapping[str, str]) -> KubeContext:
    """Find a context by name; a name that is a kubeconfig's path means the current context there."""
    for context in known:
        if context.name == name:
            return context
    if Path(name).is_file():
        current = [context for context in contexts(name, environment) if context.current]
        if current:
            return current[0]
        raise CommandError(f"{name} has no current context", advice="Name one, with --kubeconfig for the file.")
    names = ", ".join(context.name for context in known) or "none"
    raise CommandError(f"context {name!r} does not exist in kubeconfig", advice=f"Known contexts: {names}.")


def _read(path: Path) -> list[KubeContext]:
    try:
        documents = yaml_text.load_all(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"kubeconfig {path} cannot be read: {error.strerror}") from error
    except yaml_text.YamlError:
        # The reader's words may quote a line, and the line may hold a token.
        raise CommandError(f"kubeconfig {path} is not YAML") from None
    document = documents[0] if documents and isinstance(documents[0], Mapping) else {}
    servers = {entry.get("name"): (entry.get("cluster") or {}).get("server") for entry in _list(document, "clusters")}
    return [
        KubeContext(
            name=str(entry.get("name")),
            path=path,
            server=str(servers.get((entry.get("context") or {}).get("cluster")) or ""),
            current=entry.get("name") == document.get("current-context"),
        )
        for entry in _list(document, "contexts")
    ]


def _list(document: Mapping[str, Any], section: str) -> list[Mapping[str, Any]]:
    return [entry for entry in document.get(section) or [] if isinstance(entry, Mapping)]
