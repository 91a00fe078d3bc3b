"""The build environment: the variables that a source's options may name, and how they are put in. Rules 2.47, 2.48."""

import re
from collections.abc import Mapping

from argosy.engine.model.source import Source
from argosy.wire.repo_server import RenderRequest

_VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<braced>[^}]*)\}|(?P<plain>[A-Za-z0-9_]+))")


def without_revision(variables: Mapping[str, str]) -> Mapping[str, str]:
    """Return those of the variables that are the same at every commit."""
    return {name: value for name, value in variables.items() if not name.startswith("ARGOCD_APP_REVISION")}


class Variables:
    """The build environment of one render, which notes what of it was used."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self._used: dict[str, str] = {}

    def substitute(self, text: str) -> str:
        """Replace `$NAME` and `${NAME}`; `$$` is a dollar sign, and a name that is not known becomes nothing."""
        return _VARIABLE.sub(self._value, text)

    def used(self) -> Mapping[str, str]:
        """Return the variables that were put in so far, with their values."""
        return dict(self._used)

    def _value(self, match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        name = match["braced"] or match["plain"] or ""
        value = self.values.get(name, "")
        self._used[name] = value
        return value


def variables(request: RenderRequest, source: Source, *, revision: str) -> Variables:
    """Return the build environment of one source at a resolved revision."""
    return Variables(
        {
            "ARGOCD_APP_NAME": request.application,
            "ARGOCD_APP_NAMESPACE": request.namespace,
            "ARGOCD_APP_PROJECT_NAME": request.project,
            "ARGOCD_APP_REVISION": revision,
            "ARGOCD_APP_REVISION_SHORT": revision[:7],
            "ARGOCD_APP_REVISION_SHORT_8": revision[:8],
            "ARGOCD_APP_SOURCE_REPO_URL": source.repo_url,
            "ARGOCD_APP_SOURCE_PATH": source.path,
            "ARGOCD_APP_SOURCE_TARGET_REVISION": source.target_revision,
        }
    )
