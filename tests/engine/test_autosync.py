"""When the controller syncs by itself, when it waits, and why it does not."""

from datetime import UTC, datetime, timedelta

import pytest

from argosy.engine import autosync, diff
from argosy.engine.autosync import Later, Refused, Start
from argosy.engine.judged import Judged
from argosy.engine.model import application as model
from tests.engine.judging import comparison_of, judged

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "n"}}
MISSING = judged(CONFIG_MAP, None, diff.Missing())
EXTRA = judged(None, CONFIG_MAP, diff.Extra())
SECRET = {**CONFIG_MAP, "kind": "Secret"}
SAME = judged(SECRET, SECRET, diff.Same())
SOURCE = {"repoURL": "u", "path": "p"}


def application(automated: dict | None, *, state: dict | None = None, **extra: object) -> model.Application:
    policy = (
        {} if automated is None else {"syncPolicy": {"automated": automated, "syncOptions": ["CreateNamespace=true"]}}
    )
    spec = {"project": "default", "destination": {"server": "s"}, "source": SOURCE, **policy}
    status = {"operationState": state} if state else {}
    return model.read({"metadata": {"name": "a", **extra}, "spec": spec, "status": status})


def last(phase: str, *, revision: str = "abc", heals: int = 0, ago: float = 0) -> dict:
    return {
        "operation": {"sync": {"autoHealAttemptsCount": heals}},
        "phase": phase,
        "message": "it broke",
        "startedAt": "2026-01-01T00:00:00Z",
        "finishedAt": (NOW - timedelta(seconds=ago)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "syncResult": {"revision": revision, "source": SOURCE},
    }


def decide(app: model.Application, *objects: Judged) -> autosync.Decision:
    return autosync.decide(app, comparison_of(app, *objects), now=NOW)


@pytest.mark.parametrize("automated", [None, {"enabled": False, "prune": True}])
def test_not_automated_does_nothing(automated: dict | None) -> None:
    assert decide(application(automated), MISSING) is None


def test_out_of_sync_starts_with_the_policys_options_and_five_retries() -> None:
    decision = decide(application({}), MISSING)
    assert isinstance(decision, Start)
    operation = decision.operation
    assert (operation.initiated_by.automated, operation.retry.limit) == (True, 5)
    assert operation.sync
    assert (operation.sync.revision, operation.sync.prune, operation.sync.sync_options) == (
        "abc",
        False,
        ("CreateNamespace=true",),
    )


def test_synced_does_nothing() -> None:
    assert decide(application({}), SAME) is None


def test_only_prunable_objects_need_prune() -> None:
    assert decide(application({}), EXTRA, SAME) is None
    assert isinstance(decide(application({"prune": True}), EXTRA, SAME), Start)


def test_pruning_everything_needs_allow_empty() -> None:
    assert decide(application({"prune": True}), EXTRA) == Refused("auto-sync will wipe out all resources")
    assert isinstance(decide(application({"prune": True, "allowEmpty": True}), EXTRA), Start)


def test_one_attempt_per_revision() -> None:
    failed = application({"selfHeal": True}, state=last("Failed"))
    assert decide(failed, MISSING) == Refused("Failed last sync attempt to ['abc']: it broke")
    assert isinstance(decide(application({}, state=last("Failed", revision="old")), MISSING), Start)


def test_after_success_only_self_heal_acts_and_partially() -> None:
    assert decide(application({}, state=last("Succeeded")), MISSING) is None
    decision = decide(application({"selfHeal": True}, state=last("Succeeded")), MISSING, SAME)
    assert isinstance(decision, Start)
    assert decision.operation.sync
    assert [each.name for each in decision.operation.sync.resources] == ["c"]
    assert decision.operation.sync.auto_heal_attempts_count == 1


@pytest.mark.parametrize(
    ("heals", "ago", "left"), [(1, 0.0, 2.0), (2, 1.0, 5.0), (3, 0.0, 18.0), (9, 0.0, 300.0), (5000, 0.0, 300.0)]
)
def test_self_heal_waits_longer_each_time(heals: int, ago: float, left: float) -> None:
    state = last("Succeeded", heals=heals, ago=ago)
    assert decide(application({"selfHeal": True}, state=state), MISSING) == Later(left)


def test_an_operation_or_a_deletion_under_way_is_left_alone() -> None:
    assert decide(application({}, state=last("Running")), MISSING) is None
    assert decide(application({}, deletionTimestamp="2026-01-01T00:00:00Z"), MISSING) is None


def test_what_a_sync_left_alone_on_purpose_is_not_healed_again_and_again() -> None:
    key = EXTRA.key
    kept = {"kind": key.kind, "name": key.name, "namespace": key.namespace, "group": "", "version": "v1"}
    state = last("Succeeded")
    state["syncResult"]["resources"] = [{**kept, "status": "PruneSkipped", "message": "ignored (no prune)"}]
    healing = application({"selfHeal": True, "prune": True}, state=state)
    assert decide(healing, EXTRA, SAME) is None
    other = judged(SECRET, None, diff.Missing())
    decision = decide(healing, EXTRA, other)
    assert isinstance(decision, Start)
    assert decision.operation.sync
    assert [each.kind for each in decision.operation.sync.resources] == ["Secret"]
