"""`argocd-cmd-params-cm`: the keys that say how sources are rendered and compared. Called by `settings.read`.

The map holds the parameters of every process of Argo CD's, two hundred of them; those that are not here are nobody's
business in the settings, and are not judged.
"""

from collections.abc import Mapping
from typing import cast

from argosy.engine.settings import values
from argosy.engine.settings.snapshot import Problem
from argosy.engine.settings.table import Key, Table

NAME = "ConfigMap argocd-cmd-params-cm"

_LONGEST_JQ = 30.0

HIDDEN_DIRECTORIES = Key("reposerver.include.hidden.directories", values.boolean, default=False)
SUBMODULES = Key("reposerver.enable.git.submodule", values.boolean, default=True)
DIRECTORY_BYTES = Key("reposerver.max.combined.directory.manifests.size", values.quantity, 0)


def _jq_seconds(value: str) -> float:
    seconds = values.duration(value)
    if not 0 < seconds <= _LONGEST_JQ:
        raise values.Malformed(f"not between 0 and {_LONGEST_JQ:g} seconds")
    return seconds


JQ_TIMEOUT = Key("ignore.normalizer.jq.timeout", _jq_seconds, 1.0)
CONTROLLER_JQ_TIMEOUT = Key("controller.ignore.normalizer.jq.timeout", _jq_seconds, 1.0)
"""The name that Argo CD's own manifests give it."""

KEYS: Mapping[str, Key[object]] = {
    key.name: cast("Key[object]", key)
    for key in (HIDDEN_DIRECTORIES, SUBMODULES, DIRECTORY_BYTES, JQ_TIMEOUT, CONTROLLER_JQ_TIMEOUT)
}
_TABLE = Table(NAME, KEYS)


def accept(data: Mapping[str, str], *, previous: Mapping[str, str]) -> tuple[Mapping[str, str], tuple[Problem, ...]]:
    """Return the texts of our keys that hold from now on, and what is wrong."""
    return _TABLE.accept({name: text for name, text in data.items() if name in KEYS}, previous=previous)
