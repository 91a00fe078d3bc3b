"""`argocd-secret`: the admin's password hash and the key of the session tokens. Called by `settings.read`."""

from collections.abc import Mapping
from datetime import datetime

from argosy.engine.settings import values
from argosy.engine.settings.snapshot import Account, Accounts, Problem

NAME = "Secret argocd-secret"
_SHORTEST_KEY = 16


def read(texts: Mapping[str, str], *, enabled: bool) -> tuple[Accounts, tuple[Problem, ...]]:
    """Return the accounts, and what is wrong; what cannot be trusted is left out, so that nobody signs in with it."""
    problems: list[Problem] = []
    password = texts.get("admin.password", "").strip()
    if password and not password.startswith("$2"):
        problems.append(Problem(NAME, "admin.password", "not a bcrypt hash; admin cannot sign in"))
        password = ""
    key = texts.get("server.secretkey", "").encode()
    if len(key) < _SHORTEST_KEY:
        problems.append(
            Problem(NAME, "server.secretkey", f"missing or shorter than {_SHORTEST_KEY} bytes; nobody can sign in")
        )
        key = b""
    changed, complaint = _changed(texts.get("admin.passwordMtime", "").strip())
    problems += complaint
    return Accounts(Account("admin", enabled, password, changed), key), tuple(problems)


def _changed(value: str) -> tuple[datetime | None, list[Problem]]:
    if not value:
        return None, []
    try:
        return values.moment(value), []
    except values.Malformed as error:
        return None, [Problem(NAME, "admin.passwordMtime", f"{error}; older sessions are not ended by it")]
