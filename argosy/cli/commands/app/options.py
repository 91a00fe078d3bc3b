"""Options that several `app` commands share."""

from collections.abc import Callable
from typing import Any

from argosy.cli.command import Decorator, flag, number, text, texts
from argosy.cli.spec.options import Kind, SpecOption, all_options


def app_namespace() -> Decorator:
    """Declare `-N/--app-namespace`."""
    return text("--app-namespace", "-N", explain="Namespace of the application")


def selector() -> Decorator:
    """Declare `-l/--selector`."""
    return text("--selector", "-l", explain="Choose applications by label: =, ==, !=, in, notin, exists, !exists")


def source_position() -> Decorator:
    """Declare `--source-position` and `--source-name`, for applications with several sources."""
    position = number("--source-position", explain="Which of several sources, counted from 1")
    name = text("--source-name", explain="Which of several sources, by its name")
    return lambda function: position(name(function))


def spec_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare every option of the table of `argosy.cli.spec.options`."""
    for option in reversed(all_options()):
        function = _declare(option)(function)
    return function


def _declare(option: SpecOption) -> Decorator:
    match option.kind:
        case Kind.TEXT:
            return text(*option.names, explain=option.explain)
        case Kind.TEXTS:
            return texts(*option.names, explain=option.explain)
        case Kind.FLAG:
            return flag(*option.names, explain=option.explain, default=None)
        case Kind.NUMBER:
            return number(*option.names, explain=option.explain)
