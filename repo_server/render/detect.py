"""Which tool renders a source? Argo CD's order (2.1 to 2.3): the user's block, a plugin, the folder's files.

A tool that is switched off is passed over, even where the user asked for it: its source is a plain directory.
"""

from collections.abc import Collection

from argosy.engine.model.application import SourceType
from argosy.engine.model.rendering import ToolSettings
from argosy.engine.model.source import Source
from repo_server.errors import Refused

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def explicit(source: Source, settings: ToolSettings) -> SourceType | None:
    """Return the tool that the source itself asks for. Raises `Refused` for more than one block."""
    if source.chart:
        return "Helm"
    blocks: tuple[tuple[SourceType, object], ...] = (
        ("Kustomize", source.kustomize),
        ("Helm", source.helm),
        ("Directory", source.directory),
        ("Plugin", source.plugin),
    )
    given: list[SourceType] = [name for name, block in blocks if block is not None]
    if len(given) > 1:
        raise Refused("invalid", f"multiple application sources defined: {', '.join(given)}; keep one of them")
    if not given:
        return None
    return given[0] if is_on(given[0], settings) else "Directory"


def by_files(names: Collection[str], settings: ToolSettings) -> SourceType:
    """Return the tool for a folder that holds these names."""
    if settings.helm and any(name.endswith("Chart.yaml") for name in names):
        return "Helm"
    if settings.kustomize and any(name in KUSTOMIZATIONS for name in names):
        return "Kustomize"
    return "Directory"


def is_on(kind: SourceType, settings: ToolSettings) -> bool:
    """Say whether a tool may be used; directories and plugins cannot be switched off here."""
    return {"Helm": settings.helm, "Kustomize": settings.kustomize}.get(kind, True)
