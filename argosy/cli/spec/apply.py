"""A spec and the options given, made into a new spec. Called by `app create` and `app set`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argosy.cli.command import variable
from argosy.cli.errors import CommandError
from argosy.cli.spec.document import Document, put
from argosy.cli.spec.options import OfSource, OfSpec, SpecOption, all_options

GivenOptions = Mapping[str, Any]
"""Values by the options' argument names (`dest_server`); `None` or an empty tuple where an option was not given."""


@dataclass(frozen=True)
class TheSource:
    """The source of an application that has one."""


@dataclass(frozen=True)
class SourceAt:
    """One of several sources, counted from one."""

    position: int


def was_given(given: GivenOptions, option: SpecOption) -> bool:
    """Say whether an option was given at all."""
    value = given.get(variable(option.names[0]))
    return value is not None and value != ()


def apply(spec: Document, given: GivenOptions, *, at: TheSource | SourceAt) -> Document:
    """Apply the options given, in the order of the table; raises `CommandError` for a value that cannot be."""
    changed = _destination_given_anew(spec, given)
    for option in all_options():
        if was_given(given, option):
            try:
                changed = _change(changed, option, given[variable(option.names[0])], at=at)
            except ValueError as error:
                raise CommandError(str(error)) from error
    return changed


def choose_source(spec: Document, *, position: int | None, name: str | None) -> TheSource | SourceAt:
    """Find the source that is meant; raises `CommandError` if that is not clear."""
    sources = spec.get("sources") or []
    if not sources:
        return TheSource()
    if name:
        positions = [index for index, source in enumerate(sources, start=1) if source.get("name") == name]
        if len(positions) != 1:
            raise CommandError(f"the application has {len(positions)} sources named {name!r}")
        return SourceAt(positions[0])
    if position is None:
        raise CommandError(
            f"the application has {len(sources)} sources", advice="Say which with --source-position or --source-name."
        )
    if not 1 <= position <= len(sources):
        raise CommandError(f"--source-position {position} is not between 1 and {len(sources)}")
    return SourceAt(position)


def source_of(spec: Document, at: TheSource | SourceAt) -> Document:
    """Read the chosen source."""
    match at:
        case TheSource():
            return spec.get("source") or {}
        case SourceAt(position):
            return spec["sources"][position - 1]


def with_source(spec: Document, source: Document, *, at: TheSource | SourceAt) -> Document:
    """Put another source in the place of the chosen one."""
    match at:
        case TheSource():
            return {**spec, "source": source}
        case SourceAt(position):
            sources = list(spec["sources"])
            sources[position - 1] = source
            return {**spec, "sources": sources}


def _change(spec: Document, option: SpecOption, value: Any, *, at: TheSource | SourceAt) -> Document:
    match option.change:
        case OfSpec(edit):
            return edit(spec, value)
        case OfSource(edit):
            return with_source(spec, edit(source_of(spec, at), value), at=at)


def _destination_given_anew(spec: Document, given: GivenOptions) -> Document:
    """A cluster is named by server or by name; naming it the one way takes back the other."""
    server, name = given.get("dest_server"), given.get("dest_name")
    if server and not name:
        return put(spec, ("destination", "name"), None)
    if name and not server:
        return put(spec, ("destination", "server"), None)
    return spec
