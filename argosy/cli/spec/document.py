"""Changes of JSON documents as new documents. Used by the tables of options beside it; knows nothing of options."""

from collections.abc import Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
Path = tuple[str, ...]


def get(document: Document, path: Path) -> Any:
    """Read the value at a path; `None` if a part of it is missing."""
    value: Any = document
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def put(document: Document, path: Path, value: Any) -> Document:
    """Set the value at a path, making what is missing on the way.

    An empty value (empty text, false, an empty list or mapping) takes the field away, and with it what becomes empty on
    the way: as Go writes such fields, and as Argo CD normalises specs.
    """
    name, *rest = path
    below = document.get(name)
    new = put(below if isinstance(below, Mapping) else {}, tuple(rest), value) if rest else value
    if _is_empty(new):
        return {key: kept for key, kept in document.items() if key != name}
    return {**document, name: new}


def merged(items: Sequence[Document] | None, new: Sequence[Document]) -> list[Document]:
    """Set entries of a list of named things: an entry of the same `name` is replaced where it stands."""
    replaced = {item["name"]: item for item in new}
    kept = [replaced.pop(item.get("name", ""), item) for item in items or ()]
    return [*kept, *replaced.values()]


def pairs(texts: Sequence[str], *, option: str) -> dict[str, str]:
    """Split texts of the form `name=value`; raises `ValueError` naming the option and the text that is not."""
    for text in texts:
        if not text.partition("=")[0] or "=" not in text:
            raise ValueError(f"{option} {text!r} is not of the form name=value")
    return {name: value for name, _, value in (text.partition("=") for text in texts)}


def _is_empty(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, (str, list, tuple, Mapping)) and not value)
