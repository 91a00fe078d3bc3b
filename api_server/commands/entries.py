"""Repositories and credential templates as requests describe them, and as Secrets hold them. Called by the commands."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from api_server.errors import InvalidArgument
from argosy.engine.model.repository import Repository
from argosy.engine.settings import values
from argosy.engine.settings.repositories import FIELDS, SECRET_FIELDS, check_url

Address = Literal["repo", "url"]
"""How a request names the URL: of a repository it is `repo`, of a template `url`."""

_ANSWERED_ONLY = frozenset(("connectionState", "inheritedCreds"))
_KEYS_OF_FIELDS = {field: key for key, (field, _) in FIELDS.items() if key != "insecureIgnoreHostKey"}


def entry_of(body: Any, *, address: Address) -> Repository:
    """Return the repository or template that a request describes. Raises `InvalidArgument` naming the field."""
    if not isinstance(body, Mapping):
        raise InvalidArgument("the body is not a JSON object")
    fields: dict[str, Any] = {}
    for name, value in body.items():
        if name in _ANSWERED_ONLY or value in (None, "", False, 0):
            continue
        field, text = _field(str(name), value, address)
        fields[field] = text
    try:
        check_url(str(fields.get("url") or ""))
    except values.Malformed as error:
        raise InvalidArgument(f"{address}: {error}") from error
    return Repository(**fields)


def _field(name: str, value: Any, address: Address) -> tuple[str, Any]:
    key = "url" if name == address else name
    if key not in FIELDS or (key == "url") != (name == address):
        raise InvalidArgument(f"{name}: unknown; see the fields of a repository in the documentation of the settings")
    field, read = FIELDS[key]
    try:
        return field, read(_text(value))
    except values.Malformed as error:
        raise InvalidArgument(f"{name}: {error}") from error


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value)
        case _:
            raise values.Malformed("neither a text, a number nor a boolean")


def key_of(field: str) -> str:
    """Return how a request calls a field."""
    return _KEYS_OF_FIELDS[field]


def texts_of(entry: Repository) -> Mapping[str, str]:
    """Return the texts of an entry's Secret."""
    found = {"type": entry.type, "url": entry.url}
    default = Repository(url="")
    for field, key in _KEYS_OF_FIELDS.items():
        value = getattr(entry, field)
        if value != getattr(default, field):
            found[key] = _text(value)
    return found


def demand_same(held: Repository, wanted: Repository, *, what: str) -> None:
    """Return if nothing differs; a secret that is not sent is no difference. Raises `InvalidArgument`."""
    different = sorted(
        key
        for field, key in _KEYS_OF_FIELDS.items()
        if field != "url"
        and getattr(held, field) != getattr(wanted, field)
        and not (field in SECRET_FIELDS and not getattr(wanted, field))
    )
    if different:
        raise InvalidArgument(
            f"existing {what} spec is different; use upsert flag to force update; different: {', '.join(different)}"
        )


def with_secrets_of(held: Repository, wanted: Repository) -> Repository:
    """Return what is wanted with the secrets that it does not bring: who cannot read them need not send them (2.77)."""
    kept = {field: getattr(wanted, field) or getattr(held, field) for field in SECRET_FIELDS}
    return msgspec.structs.replace(wanted, **kept)
