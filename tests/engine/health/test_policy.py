"""Whose word counts for the health of an object: sections 5.1 to 5.6, without a worker (the answers are given)."""

from typing import Any

import pytest

from argosy.engine import health
from argosy.engine.health import Health, Policy
from argosy.engine.health.policy import Script
from argosy.engine.model.resource import GroupKind, Manifest

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "status": {"phase": "Succeeded"}}
DELETED = {"name": "a", "deletionTimestamp": "2026-01-01T00:00:00Z"}
HEALTHY = Health("Healthy", "says the script")


def the(kind: str, group: str = "example.org", **fields: Any) -> Manifest:
    return {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": "a"}, **fields}


def policy(*kinds: str) -> Policy:
    return Policy(tuple(Script(each, f"-- {each}") for each in kinds))


def test_5_1_a_pending_deletion_is_said_before_a_script_is_asked() -> None:
    pod = {**POD, "metadata": DELETED}
    assert health.question(pod, policy("Pod")) is None
    assert health.assess(pod, policy("Pod"), HEALTHY) == Health("Progressing", "Pending deletion")


def test_5_1_a_hook_that_holds_its_deletion_is_judged() -> None:
    finalizers = ["argocd.argoproj.io/hook-finalizer"]
    pod = {**POD, "metadata": {**DELETED, "finalizers": finalizers}}
    assert health.question(pod, policy("Pod")) is not None
    assert health.assess(pod) == Health("Healthy")


@pytest.mark.parametrize(
    ("kinds", "chosen"),
    [
        (("example.org/Thing", "*/*"), "example.org/Thing"),
        (("*/*", "example.org/*", "example.org/Thing"), "example.org/Thing"),
        (("*", "*.org/*"), "*.org/*"),
        (("example.org/Th?ng", "*"), "example.org/Th?ng"),
        (("{example,other}.org/Thing",), "{example,other}.org/Thing"),
        (("Thing", "other.org/Thing"), None),
    ],
)
def test_5_3_an_exact_script_goes_before_one_with_wildcards(kinds: tuple[str, ...], chosen: str | None) -> None:
    found = policy(*kinds).script_for(GroupKind("example.org", "Thing"))
    assert (found and found.kinds) == chosen


def test_5_3_a_kind_of_the_core_group_has_no_slash() -> None:
    assert health.question(POD, policy("Pod")) is not None
    assert health.question(POD, policy("*/*")) is None


def test_5_3_a_script_goes_before_our_own_checks() -> None:
    assert health.assess(POD) == Health("Healthy")
    assert health.assess(POD, policy("Pod"), Health("Degraded", "no")) == Health("Degraded", "no")
    certificate = the("Certificate", "cert-manager.io")
    assert health.assess(certificate, policy("cert-manager.io/*"), HEALTHY) == HEALTHY


def test_a_script_that_was_not_asked_leaves_the_health_unknown() -> None:
    assert health.assess(POD, policy("Pod")) == Health("Unknown", "its health script has not been run")


@pytest.mark.parametrize("status", ["Healthy", "Progressing", "Degraded", "Suspended", "Unknown", "Missing"])
def test_5_4_a_script_returns_status_and_message(status: Any) -> None:
    assert health.from_script({"status": status, "message": "m"}) == Health(status, "m")
    assert health.from_script({"Status": status}) == Health(status)


@pytest.mark.parametrize("nothing", [None, [], {"status": ""}, {"message": ""}])
def test_5_4_no_status_is_progressing(nothing: Any) -> None:
    assert health.from_script(nothing) == Health("Progressing")


@pytest.mark.parametrize("wrong", ["Healthy", 1, True, [1], {"status": 1}, {"status": "healthy"}, {"message": []}])
def test_5_4_what_is_no_health_is_unknown_and_says_so(wrong: Any) -> None:
    found = health.from_script(wrong)
    assert found.status == "Unknown"
    assert "the health script returned" in found.message


def test_5_6_an_application_is_judged_by_a_script_alone() -> None:
    application = the("Application", "argoproj.io", status={"health": {"status": "Degraded"}})
    assert health.assess(application, Policy(generic=False)) is None
    assert health.assess(application, policy("argoproj.io/Application"), HEALTHY) == HEALTHY


def test_5_2_a_kind_without_any_check_has_no_health() -> None:
    assert health.assess({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}) is None


def test_conventions_count_for_kinds_that_nobody_knows_unless_they_are_switched_off() -> None:
    thing = the("Thing", status={"conditions": [{"type": "Ready", "status": "True"}]})
    assert health.assess(thing) is not None
    assert health.assess(thing, Policy(generic=False)) is None
    assert health.assess(POD, Policy(generic=False)) == Health("Healthy")


def test_a_script_is_not_repeated_where_a_policy_is_shown() -> None:
    assert "secret" not in repr(Policy((Script("Pod", "-- secret"),)))
