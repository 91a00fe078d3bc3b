import pytest

from argosy.cli.views.resources import parse_pattern, states
from argosy.cli.waiting import EVERYTHING, Conditions, Degraded, Met, Stale, Waiting, judge
from argosy.engine.model import application

OPERATION = Conditions(operation=True)


def app(
    *, sync="Synced", health="Healthy", reconciled="2026-01-01T00:00:10Z", operation=None, state=None, resources=()
):
    return application.read(
        {
            "metadata": {"name": "web"},
            "spec": {"project": "default", "destination": {"server": "s"}},
            **({"operation": operation} if operation else {}),
            "status": {
                "sync": {"status": sync},
                "health": {"status": health},
                "reconciledAt": reconciled,
                "resources": [
                    {
                        "group": "apps",
                        "kind": "Deployment",
                        "namespace": "n",
                        "name": name,
                        "status": "Synced",
                        "health": {"status": status},
                    }
                    for name, status in resources
                ],
                **({"operationState": state} if state else {}),
            },
        }
    )


def ended(phase="Succeeded", at="2026-01-01T00:00:05Z", *, dry_run=False):
    sync = {"dryRun": True} if dry_run else {}
    return {"phase": phase, "startedAt": "2026-01-01T00:00:00Z", "finishedAt": at, "operation": {"sync": sync}}


@pytest.mark.parametrize(
    ("seen", "conditions", "verdict"),
    [
        (app(), EVERYTHING, Met()),
        (app(sync="OutOfSync"), EVERYTHING, Waiting(("the application to be Synced",))),
        (app(health="Progressing"), EVERYTHING, Waiting(("the application to be Healthy",))),
        (app(health="Progressing"), Conditions(sync=True), Met()),
        (app(sync="OutOfSync"), Conditions(health=True), Met()),
        (app(health="Suspended"), Conditions(health=True, suspended=True), Met()),
        (app(health="Degraded"), Conditions(degraded=True), Met()),
        (
            app(health="Healthy"),
            Conditions(suspended=True, degraded=True),
            Waiting(("the application to be Degraded or Suspended",)),
        ),
        (app(), Conditions(deletion=True), Waiting(("the application to be deleted",))),
        (app(operation={"sync": {}}), OPERATION, Waiting(("the operation to end",))),
        (app(state={**ended(), "phase": "Running", "finishedAt": ""}), OPERATION, Waiting(("the operation to end",))),
        (app(state=ended("Running")), OPERATION, Waiting(("the operation to end",))),
        (app(state=ended("Failed")), OPERATION, Met()),
        (app(state=ended(at="2026-01-01T00:00:11Z")), OPERATION, Stale()),
        (app(state=ended(at="2026-01-01T00:00:11Z")), Conditions(sync=True), Met()),
        (app(state=ended(at="2026-01-01T00:00:11Z", dry_run=True)), OPERATION, Met()),
        (app(state=ended(), reconciled=""), OPERATION, Stale()),
    ],
)
def test_a_wait_is_over_when_everything_is_there(seen, conditions, verdict):
    assert judge(seen, conditions) == verdict


def test_a_fresh_look_ends_a_wait():
    assert judge(app(state=ended(at="2026-01-01T00:00:11Z")), OPERATION, refreshed=True) == Met()


def test_only_the_chosen_resources_are_waited_for():
    seen = app(sync="OutOfSync", health="Degraded", resources=[("a", "Healthy"), ("b", "Progressing")])
    assert judge(seen, EVERYTHING, patterns=[parse_pattern("apps:Deployment:a")]) == Met()
    both = judge(seen, EVERYTHING, patterns=[parse_pattern("*:Deployment:*")])
    assert both == Waiting(("apps/Deployment:n/b to be Healthy",))
    assert judge(seen, EVERYTHING, patterns=[parse_pattern("!apps:Deployment:b")]) == Met()


def test_a_resource_that_becomes_degraded_ends_the_wait():
    before = states(app(health="Progressing", resources=[("a", "Progressing")]))
    seen = app(health="Degraded", resources=[("a", "Degraded")])
    verdict = judge(seen, EVERYTHING, before=before)
    assert isinstance(verdict, Degraded)
    assert verdict.before == "Progressing"
    assert isinstance(judge(seen, EVERYTHING), Waiting)
    assert isinstance(judge(seen, Conditions(health=True, degraded=True), before=before), Met)


@pytest.mark.parametrize("text", ["a:b", "a:b:c:d", "a:b:c/d/e"])
def test_a_pattern_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="not of the form"):
        parse_pattern(text)


def test_the_results_of_the_operation_come_first_and_hooks_keep_their_own_state():
    results = [
        {
            "group": "batch",
            "version": "v1",
            "kind": "Job",
            "namespace": "n",
            "name": "migrate",
            "hookType": "PreSync",
            "hookPhase": "Succeeded",
            "message": "done",
        },
        {
            "group": "apps",
            "version": "v1",
            "kind": "Deployment",
            "namespace": "n",
            "name": "b",
            "status": "Synced",
            "message": "configured",
        },
        {
            "group": "apps",
            "version": "v1",
            "kind": "Deployment",
            "namespace": "n",
            "name": "gone",
            "status": "Pruned",
            "message": "pruned",
        },
    ]
    state = {**ended(), "syncResult": {"revision": "r", "resources": results}}
    listed = [each.cells() for each in states(app(state=state, resources=[("a", "Healthy"), ("b", "Progressing")]))]
    assert listed == [
        ("batch", "Job", "n", "migrate", "Succeeded", "", "PreSync", "done"),
        ("apps", "Deployment", "n", "b", "Synced", "Progressing", "", "configured"),
        ("apps", "Deployment", "n", "gone", "Pruned", "", "", "pruned"),
        ("apps", "Deployment", "n", "a", "Synced", "Healthy", "", ""),
    ]
