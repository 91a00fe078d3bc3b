"""What a database's refusal means for us: the one place where its errors become ours.

Called by `database` with every error of SQLAlchemy's database family. The texts never hold a statement, a parameter
or a connection URL; the cause is kept for the log.
"""

import sqlite3
from typing import Literal

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from argosy.gateways.store.errors import Contradiction, StoreError, Unavailable, Unusable

Meaning = Literal["again", "later", "person", "caller"]
"""`again`: nothing was done, run the transaction once more; `later`: wait; `person`: repair; `caller`: our bug."""

AFTER = 5.0
"""Seconds after which a caller that was refused may ask again."""

SQLITE: dict[int, Meaning] = {
    sqlite3.SQLITE_ERROR: "person",
    sqlite3.SQLITE_INTERNAL: "person",
    sqlite3.SQLITE_PERM: "person",
    sqlite3.SQLITE_ABORT: "again",
    sqlite3.SQLITE_BUSY: "later",  # the driver has tried again for as long as `busy_timeout` says
    sqlite3.SQLITE_LOCKED: "again",
    sqlite3.SQLITE_NOMEM: "later",
    sqlite3.SQLITE_READONLY: "person",
    sqlite3.SQLITE_INTERRUPT: "later",
    sqlite3.SQLITE_IOERR: "person",
    sqlite3.SQLITE_CORRUPT: "person",
    sqlite3.SQLITE_NOTFOUND: "person",
    sqlite3.SQLITE_FULL: "person",
    sqlite3.SQLITE_CANTOPEN: "person",
    sqlite3.SQLITE_PROTOCOL: "again",
    sqlite3.SQLITE_EMPTY: "person",
    sqlite3.SQLITE_SCHEMA: "again",
    sqlite3.SQLITE_TOOBIG: "caller",
    sqlite3.SQLITE_CONSTRAINT: "caller",
    sqlite3.SQLITE_MISMATCH: "caller",
    sqlite3.SQLITE_MISUSE: "caller",
    sqlite3.SQLITE_NOLFS: "person",
    sqlite3.SQLITE_AUTH: "person",
    sqlite3.SQLITE_FORMAT: "person",
    sqlite3.SQLITE_RANGE: "caller",
    sqlite3.SQLITE_NOTADB: "person",
}
"""By primary result code."""

POSTGRESQL: dict[str, Meaning] = {
    "02": "caller",
    "03": "later",
    "08": "later",
    "09": "caller",
    "0A": "person",
    "0B": "caller",
    "0F": "caller",
    "0L": "person",
    "0P": "person",
    "0Z": "caller",
    "10": "caller",
    "20": "caller",
    "21": "caller",
    "22": "caller",
    "23": "caller",
    "24": "caller",
    "25": "later",
    "26": "later",
    "27": "caller",
    "28": "person",
    "2B": "person",
    "2D": "caller",
    "2F": "caller",
    "34": "caller",
    "38": "caller",
    "39": "caller",
    "3B": "caller",
    "3D": "person",
    "3F": "person",
    "40": "again",
    "42": "person",
    "44": "caller",
    "53": "later",
    "54": "caller",
    "55": "later",
    "57": "later",
    "58": "person",
    "72": "later",
    "F0": "person",
    "HV": "person",
    "P0": "caller",
    "XX": "person",
}
"""By the class of the SQLSTATE, its first two characters."""

_FULL_DISK = "53100"


def meaning_of(error: DBAPIError | PoolTimeout) -> Meaning:
    """Return what the error means.

    Without a code, SQLite's driver has refused our arguments, and PostgreSQL's has lost the connection.
    """
    cause = error.orig if isinstance(error, DBAPIError) else None
    if cause is None:
        return "later"
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return SQLITE.get(code & 0xFF, "person")
    state = getattr(cause, "sqlstate", None)
    if state == _FULL_DISK:
        return "person"
    if state:
        return POSTGRESQL.get(state[:2], "person")
    return "caller" if isinstance(cause, sqlite3.Error) else "later"


def is_rerunnable(error: BaseException | None) -> bool:
    """Return whether the database says that nothing of the transaction was done and it may be run once more."""
    return isinstance(error, DBAPIError) and meaning_of(error) == "again"


def translate(error: DBAPIError | PoolTimeout, *, database: str) -> StoreError:
    """Return our error for the database's; `database` names it without credentials."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    said = str(cause or "all connections are in use").strip().partition("\n")[0]
    match meaning_of(error):
        case "again" | "later":
            return Unavailable(f"database {database} cannot answer now: {said}", after=AFTER)
        case "person":
            return Unusable(f"database {database} cannot be used: {said}; {_REMEDY}")
        case "caller":
            return Contradiction(f"database {database} refused a change that contradicts what it holds: {said}")


_REMEDY = (
    "check free space, permissions and the account of the database; if it is damaged, stop Argosy and restore the "
    "database file and its key file from your backup, or move the file away to start afresh without history and audit"
)
