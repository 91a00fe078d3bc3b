"""Values that the tests of the store write."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from argosy.engine.model.resource import ResourceKey
from argosy.gateways.store.changes import (
    AppendAudit,
    AppendHistory,
    ApplicationRef,
    BeginAttempt,
    CloseOperation,
    OpenOperation,
    Outcome,
    PlannedStep,
    StepRef,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GUESTBOOK = ApplicationRef("argocd", "guestbook")
SHOP = ApplicationRef("argocd", "team_shop")
CLUSTER = "https://kubernetes.default.svc"
KEYS = (
    ResourceKey("", "ConfigMap", "web", "settings"),
    ResourceKey("apps", "Deployment", "web", "front"),
    ResourceKey("batch", "Job", "web", "migrate"),
)


def later(minutes: int = 1) -> datetime:
    return NOON + timedelta(minutes=minutes)


def new_id() -> str:
    return uuid4().hex


def opening(operation_id: str, application: ApplicationRef = GUESTBOOK, **fields: Any) -> OpenOperation:
    values: dict[str, Any] = {
        "application_uid": "uid-1",
        "requested_by": "admin",
        "automated": False,
        "request": {"sync": {"revision": "main", "prune": True}},
        "started_at": NOON,
    }
    return OpenOperation(operation_id, application, **{**values, **fields})


def attempt(operation_id: str, number: int = 0, *, manifest_set: str = "") -> BeginAttempt:
    steps = tuple(
        PlannedStep(position, "Sync", position - 1, key, "apply", hook="migrate-x" if key.kind == "Job" else "")
        for position, key in enumerate(KEYS)
    )
    return BeginAttempt(operation_id, number, {"waves": [[0], [1], [2]]}, steps, later(number), manifest_set)


def step(operation_id: str, position: int = 0, number: int = 0) -> StepRef:
    return StepRef(operation_id, number, position)


def closing(operation_id: str, outcome: Outcome = "Succeeded", message: str = "successfully synced") -> CloseOperation:
    return CloseOperation(operation_id, outcome, message, later(5))


def deployment(entry_id: int, operation_id: str, *, manifest_set: str = "", uid: str = "uid-1") -> AppendHistory:
    return AppendHistory(
        GUESTBOOK,
        uid,
        entry_id,
        {"id": entry_id, "revision": f"{entry_id:040x}", "source": {"repoURL": "https://git.example/a", "path": "."}},
        later(entry_id),
        operation_id,
        manifest_set,
    )


def audit_row(**fields: Any) -> AppendAudit:
    values: dict[str, Any] = {
        "at": NOON,
        "actor": "admin",
        "verb": "sync",
        "target": "applications/argocd/guestbook",
        "outcome": "intended",
        "request_id": "r-1",
        "parameters": {"prune": True},
    }
    return AppendAudit(**{**values, **fields})


def secret(value: str, name: str = "password") -> dict[str, Any]:
    applied = f'{{"kind":"Secret","stringData":{{"a":"{value}"}}}}'
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": applied},
        },
        "stringData": {"a": value},
    }


def config_map(value: str, name: str = "settings") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": value}}
