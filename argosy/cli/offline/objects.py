"""Reads the objects in a file, as `kubectl get -o yaml` writes them. Called by the offline commands.

Comes in: the name of a file, - for standard input. Goes out: the objects in their order; `CommandError` for what is
none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from argosy.cli.errors import CommandError
from argosy.cli.reading import read_text
from argosy.engine.model.resource import Manifest
from argosy.wire import yaml_text


def in_file(file: str) -> list[Manifest]:
    """Return the objects in a file, those of a `List` one by one."""
    try:
        documents = yaml_text.load_all(read_text(file))
    except yaml_text.YamlError as error:
        raise CommandError(f"{file}: {error}") from error
    found = [each for number, document in enumerate(documents, start=1) for each in _objects(document, file, number)]
    if not found:
        raise CommandError(f"{file} holds no objects")
    return found


def only_one(file: str) -> Manifest:
    """Return the one object in a file."""
    found = in_file(file)
    if len(found) > 1:
        raise CommandError(f"{file} holds {len(found)} objects, and one is expected")
    return found[0]


def _objects(document: Any, file: str, number: int) -> Iterator[Manifest]:
    if isinstance(document, Mapping) and isinstance(document.get("items"), list):
        for each in document["items"]:
            yield from _objects(each, file, number)
        return
    given = document if isinstance(document, Mapping) else {}
    named = all(isinstance(given.get(key), str) for key in ("apiVersion", "kind"))
    if not named or not isinstance(given.get("metadata"), Mapping):
        raise CommandError(f"{file}, document {number}: no object, which has apiVersion, kind and metadata")
    yield given
