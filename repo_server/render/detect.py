"""Which tool renders a source? Argo CD's order (2.1, 2.2): the block that the user wrote, else the folder's files."""

from collections.abc import Collection

from argosy.engine.model.application import SourceType
from argosy.engine.model.source import Source
from repo_server.errors import Refused

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def source_type(source: Source, names: Collection[str]) -> SourceType:
    """Return the tool for a source whose folder holds these names. Raises `Refused` for more than one block."""
    if source.chart:
        return "Helm"
    blocks: tuple[tuple[SourceType, object], ...] = (
        ("Kustomize", source.kustomize),
        ("Helm", source.helm),
        ("Directory", source.directory),
        ("Plugin", source.plugin),
    )
    explicit: list[SourceType] = [name for name, block in blocks if block is not None]
    if len(explicit) > 1:
        raise Refused("invalid", f"multiple application sources defined: {', '.join(explicit)}; keep one of them")
    return explicit[0] if explicit else _by_files(names)


def _by_files(names: Collection[str]) -> SourceType:
    if any(name.endswith("Chart.yaml") for name in names):
        return "Helm"
    if any(name in KUSTOMIZATIONS for name in names):
        return "Kustomize"
    return "Directory"
