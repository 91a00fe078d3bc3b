"""How sources are rendered, and what they must prove before: said by the settings and projects, sent with requests."""

from collections.abc import Mapping
from typing import Literal

from argosy.engine.model.base import Model


class ToolSettings(Model, frozen=True):
    """How sources are rendered at the caller's: from `argocd-cm` and `argocd-cmd-params-cm`.

    A tool that is switched off leaves its sources to be read as plain directories. `kustomize_versions` are the
    registered versions with their build options, which replace `kustomize_build_options`. `directory_bytes` bounds the
    files of a directory source together (0: the repo server's own limit).
    """

    helm: bool = True
    kustomize: bool = True
    jsonnet: bool = True
    value_files_schemes: tuple[str, ...] = ("http", "https")
    kustomize_build_options: str = ""
    kustomize_versions: Mapping[str, str] = {}
    hidden_directories: bool = False
    submodules: bool = True
    directory_bytes: int = 0


class Integrity(Model, frozen=True):
    """What the commits of a source must prove before they are rendered (Argo CD 2.79, 2.80).

    `keys` are the ids of the keys that may have signed; `keyring` the public keys that are known: OpenPGP in armour, or
    lines of an ssh `allowed_signers` file.
    """

    mode: Literal["head", "strict"]
    keys: tuple[str, ...]
    keyring: tuple[str, ...]
