"""Altinity's ClickHouse operator: installations of ClickHouse and its keeper. Source: docs.altinity.com, and its API.

`status` is InProgress, Completed, Aborted (the reconciliation was given up) or Terminating.
"""

from argosy.engine.health.form import FirstOf, degraded, first_of, healthy, is_, lacks, otherwise, progressing


def _installation(name: str) -> FirstOf:
    status = f"{name} status: {{status.status}}"
    return first_of(
        progressing(lacks("status.status"), f"{name} status not available"),
        healthy(is_("status.status", "Completed"), f"{name} installation completed successfully"),
        progressing(is_("status.status", "InProgress"), f"{name} installation in progress"),
        progressing(is_("status.status", "Terminating"), status),
        degraded(is_("status.status", "Aborted", "Failed"), status),
        otherwise("Unknown", status),
    )


TABLE = {
    "clickhouse-keeper.altinity.com/ClickHouseKeeperInstallation": _installation("ClickHouseKeeper"),
    "clickhouse.altinity.com/ClickHouseInstallation": _installation("ClickHouse"),
}
