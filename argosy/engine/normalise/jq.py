"""Fields that a rule's `jqPathExpressions` lead to (3.11). Which fields those are, the tool worker has said."""

from collections.abc import Iterable, Mapping
from typing import Any

from argosy.engine.model.resource import Manifest
from argosy.engine.normalise.ignored import replaced
from argosy.engine.normalise.questions import JqDelete, NoAnswer, Path, Unanswerable, Unanswered
from argosy.engine.normalise.rules import Rules


def question(manifest: Manifest, rules: Rules) -> JqDelete | None:
    """Return what has to be asked about the object, None if no rule about it is written in jq."""
    paths = tuple(path for rule in rules.about(manifest) for path in rule.about.jq_path_expressions)
    return JqDelete(paths, manifest) if paths else None


def without(manifest: Manifest, rules: Rules) -> Manifest:
    """Return the object without what the expressions lead to. Raises `Unanswered`, `Unanswerable`."""
    asked = question(manifest, rules)
    if asked is None:
        return manifest
    match rules.answers.get(asked.identity):
        case None:
            raise Unanswered(asked)
        case NoAnswer(reason):
            raise Unanswerable(reason)
        case answer:
            for paths in answer:
                manifest = delete(manifest, paths)
            return manifest


def delete(value: Any, paths: Iterable[Path]) -> Any:
    """Return the value without what the paths lead to, all at once, as jq's `delpaths`; the rest is shared.

    A map or list of which everything goes, goes itself.
    """
    listed = [path for path in paths if path]
    if not listed:
        return value
    if isinstance(value, Mapping):
        return _without_members(value, listed)
    if isinstance(value, list):
        return _without_elements(value, listed)
    return value


def _without_members(value: Mapping[str, Any], paths: list[Path]) -> Mapping[str, Any]:
    below: dict[str, list[Path]] = {}
    for head, *rest in paths:
        if isinstance(head, str) and head in value:
            below.setdefault(head, []).append(tuple(rest))
    for key, rests in below.items():
        value = replaced(value, key, None if () in rests else delete(value[key], rests))
    return value


def _without_elements(value: list[Any], paths: list[Path]) -> list[Any]:
    below: dict[int, list[Path]] = {}
    for head, *rest in paths:
        match head:
            case int():
                below.setdefault(head + len(value) if head < 0 else head, []).append(tuple(rest))
            case Mapping():
                start, end, _ = slice(head.get("start"), head.get("end")).indices(len(value))
                for index in range(start, end):
                    below.setdefault(index, []).extend(_within(rest, index - start))
            case _:
                pass
    return [
        delete(item, below[index]) if index in below else item
        for index, item in enumerate(value)
        if () not in below.get(index, ())
    ]


def _within(rest: list[Any], index: int) -> list[Path]:
    """Return what a path that goes on behind a slice leads to in the element at this index of the slice."""
    if not rest:
        return [()]
    return [tuple(rest[1:])] if rest[0] == index else []
