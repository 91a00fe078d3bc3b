"""How sources are rendered, from `argocd-cm` and `argocd-cmd-params-cm`. Called by `settings.read`.

There is one Kustomize, built into the tool worker: a version that the settings register renders with it.
"""

from collections.abc import Iterator, Mapping

from argosy.engine.model.rendering import ToolSettings
from argosy.engine.settings import config_map, parameters
from argosy.engine.settings.snapshot import Problem
from argosy.engine.settings.table import family_of, value_of

_ONE_KUSTOMIZE = "registered; it renders with the built-in Kustomize, whose version may be another"
_NO_VERSION = "registers no version: only kustomize.path.<version> does; it has no effect"


def read(texts: Mapping[str, str], parameter_texts: Mapping[str, str]) -> tuple[ToolSettings, tuple[Problem, ...]]:
    """Return the tools' settings from the accepted texts of both maps, and what a user should know of them."""
    options = family_of(texts, config_map.KUSTOMIZE_OPTIONS_FAMILY)
    registered = dict(_registered(texts))
    tools = ToolSettings(
        helm=value_of(texts, config_map.HELM),
        kustomize=value_of(texts, config_map.KUSTOMIZE),
        jsonnet=value_of(texts, config_map.JSONNET),
        value_files_schemes=value_of(texts, config_map.VALUE_FILES_SCHEMES),
        kustomize_build_options=value_of(texts, config_map.KUSTOMIZE_OPTIONS),
        kustomize_versions={version: options.get(version, "").strip() for version in sorted(registered)},
        hidden_directories=value_of(parameter_texts, parameters.HIDDEN_DIRECTORIES),
        submodules=value_of(parameter_texts, parameters.SUBMODULES),
        directory_bytes=value_of(parameter_texts, parameters.DIRECTORY_BYTES),
    )
    return tools, (
        *(Problem(config_map.NAME, key, _ONE_KUSTOMIZE) for _, key in sorted(registered.items())),
        *(
            Problem(config_map.NAME, f"{config_map.KUSTOMIZE_OPTIONS_FAMILY}{version}", _NO_VERSION)
            for version in sorted(options.keys() - registered.keys())
        ),
    )


def _registered(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the versions that a path registers, each with its key."""
    for family in config_map.KUSTOMIZE_PATH_FAMILIES:
        for version in family_of(texts, family):
            yield version, f"{family}{version}"
