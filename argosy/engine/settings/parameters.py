"""`argocd-cmd-params-cm`: the keys that say how sources are rendered. Called by `settings.read`.

The map holds the parameters of every process of Argo CD's, two hundred of them; those that are not here are nobody's
business in the settings, and are not judged.
"""

from collections.abc import Mapping
from typing import cast

from argosy.engine.settings import values
from argosy.engine.settings.snapshot import Problem
from argosy.engine.settings.table import Key, Table

NAME = "ConfigMap argocd-cmd-params-cm"

HIDDEN_DIRECTORIES = Key("reposerver.include.hidden.directories", values.boolean, default=False)
SUBMODULES = Key("reposerver.enable.git.submodule", values.boolean, default=True)
DIRECTORY_BYTES = Key("reposerver.max.combined.directory.manifests.size", values.quantity, 0)

KEYS: Mapping[str, Key[object]] = {
    key.name: cast("Key[object]", key) for key in (HIDDEN_DIRECTORIES, SUBMODULES, DIRECTORY_BYTES)
}
_TABLE = Table(NAME, KEYS)


def accept(data: Mapping[str, str], *, previous: Mapping[str, str]) -> tuple[Mapping[str, str], tuple[Problem, ...]]:
    """Return the texts of our keys that hold from now on, and what is wrong."""
    return _TABLE.accept({name: text for name, text in data.items() if name in KEYS}, previous=previous)
