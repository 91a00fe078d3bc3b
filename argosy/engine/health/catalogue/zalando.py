"""Zalando's Postgres operator. Source: postgres-operator.readthedocs.io and the statuses of its API.

`PostgresClusterStatus` is Creating, Updating, UpdateFailed, SyncFailed, CreateFailed, Running, or Invalid.
"""

from argosy.engine.health.form import degraded, first_of, healthy, is_, lacks, otherwise, progressing

_STATUS = "status.PostgresClusterStatus"
_POSTGRESQL = first_of(
    progressing(lacks(_STATUS), "Waiting for postgresql"),
    healthy(is_(_STATUS, "Running"), f"{{{_STATUS}}}"),
    progressing(is_(_STATUS, "Creating", "Updating"), f"{{{_STATUS}}}"),
    degraded(is_(_STATUS, "CreateFailed", "UpdateFailed", "SyncFailed", "Invalid"), f"{{{_STATUS}}}"),
    otherwise("Unknown", f"{{{_STATUS}}}"),
)

TABLE = {"acid.zalan.do/postgresql": _POSTGRESQL}
