"""The environment of a plugin: an allow-list, built from nothing. Argo CD 2.42 and 2.47.

Called by `plugins`. A user of Argosy can set only variables with a fixed prefix; what the repo server itself was
started with stays with it, unless the plugin.yaml names a variable.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from argosy.engine.model.source import PluginOptions, PluginParameter
from repo_server.errors import Refused
from repo_server.plugins.walls import SEARCHED
from repo_server.render.environment import Variables

_ALWAYS = {
    "PATH": SEARCHED,
    "HOME": "/tmp",  # noqa: S108  the plugin's own /tmp
    "TMPDIR": "/tmp",  # noqa: S108
    "LANG": "C.UTF-8",
}
_NOT_IN_NAMES = re.compile(r"[^A-Z0-9_]")
_LONGEST = 128 * 1024 - 1
"""Bytes of "NAME=value" that Linux hands to a program."""


def variables(
    build: Mapping[str, str], options: PluginOptions | None, *, passed: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the whole environment: `build` are the build variables, `passed` those that the administrator lets in.

    `options` is None where the source says nothing about plugins. Raises `Refused` (invalid) for what no program can be
    given.
    """
    result = {**_ALWAYS, **passed, **build}
    if options is not None:
        substitute = Variables(build).substitute
        result.update((f"ARGOCD_ENV_{entry.name}", substitute(entry.value)) for entry in options.env if entry.name)
        result["ARGOCD_APP_PARAMETERS"] = _json(options.parameters)
        for parameter in options.parameters:
            result.update(_of_parameter(parameter))
    for name, value in result.items():
        _check(name, value)
    return result


def _json(parameters: tuple[PluginParameter, ...]) -> str:
    """Return the parameters as Argo CD's JSON, which has `null` for none at all."""
    if not parameters:
        return "null"
    return json.dumps([_as_json(parameter) for parameter in parameters], sort_keys=True, separators=(",", ":"))


def _as_json(parameter: PluginParameter) -> Mapping[str, Any]:
    values = {"string": parameter.string, "array": parameter.array, "map": parameter.map}
    return {"name": parameter.name, **{kind: value for kind, value in values.items() if value is not None}}


def _of_parameter(parameter: PluginParameter) -> Iterator[tuple[str, str]]:
    name = f"PARAM_{_escaped(parameter.name)}"
    if parameter.string is not None:
        yield name, parameter.string
    for key, value in (parameter.map or {}).items():
        yield f"{name}_{_escaped(key)}", value
    for position, value in enumerate(parameter.array or ()):
        yield f"{name}_{position}", value


def _escaped(name: str) -> str:
    return _NOT_IN_NAMES.sub("_", name.upper())


def _check(name: str, value: str) -> None:
    try:
        size = len(f"{name}={value}".encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError as error:
        raise Refused("invalid", f"variable {name!r} of the plugin holds what is no text") from error
    if "=" in name or "\0" in name + value:
        raise Refused("invalid", f"variable {name!r} of the plugin must hold neither '=' in its name nor a NUL byte")
    if size > _LONGEST:
        raise Refused(
            "limit_exceeded", f"variable {name!r} of the plugin is longer than {_LONGEST:,} bytes, the most that fits"
        )
