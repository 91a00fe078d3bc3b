import json

import pytest

from tests.cli.applications import DEPLOYMENT, app, event, operation

WEB = "/api/v1/applications/web"
STREAM = "/api/v1/stream/applications"
DONE = {**DEPLOYMENT, "name": "web-0", "status": "Synced", "message": "deployment.apps/web-0 configured"}


def asked_for(version="11"):
    """The application right after the sync was asked for."""
    return {**app(version=version, sync="OutOfSync"), "operation": {"sync": {}}}


def running(version="12"):
    state = operation("Running")
    del state["finishedAt"]
    return app(version=version, sync="OutOfSync", health="Progressing", resources=["Progressing"], operationState=state)


def done(version="13", phase="Succeeded", *results, sync="Synced", **more):
    return app(version=version, sync=sync, operationState=operation(phase, *(results or [DONE]), **more))


@pytest.fixture
def syncing(api):
    api.on("POST", f"{WEB}/sync", asked_for())
    api.on("GET", WEB, asked_for())
    api.on("GET", STREAM, lines=(event(running()), ": keep-alive", "", event(done())))
    return api


def test_a_sync_is_followed_to_its_end(syncing, argosy):
    shown = argosy("app", "sync", "web", "--prune", "--revision=v2")
    assert (shown.code, shown.err) == (0, "")
    assert syncing.bodies("POST", f"{WEB}/sync") == [{"name": "web", "revision": "v2", "prune": True}]
    lines = shown.out.splitlines()
    assert lines[0].split()[:2] == ["TIMESTAMP", "GROUP"]
    assert [line.split()[5:7] for line in lines[1:4]] == [
        ["OutOfSync", "Healthy"],
        ["OutOfSync", "Progressing"],
        ["Synced", "Healthy"],
    ]
    assert "Phase:              Succeeded" in lines
    assert lines[-1].split()[:6] == ["apps", "Deployment", "shop", "web-0", "Synced", "Healthy"]


def test_a_sync_that_fails_exits_with_20_and_says_why(syncing, argosy):
    failed = {**DONE, "status": "SyncFailed", "message": "spec.selector: field is immutable"}
    state = done("13", "Failed", failed, message="one or more objects failed to apply")
    syncing.on("GET", STREAM, lines=(event(state),))
    shown = argosy("app", "sync", "web")
    assert shown.code == 20
    assert shown.err == (
        "error: Operation has completed with phase: Failed\n"
        "one or more objects failed to apply\n"
        "apps/Deployment:shop/web-0: spec.selector: field is immutable\n"
    )
    assert "Phase:              Failed" in shown.out


def test_what_requires_pruning_is_an_error(syncing, argosy):
    skipped = {**DONE, "status": "PruneSkipped"}
    syncing.on("GET", STREAM, lines=(event(done("13", "Succeeded", skipped, sync="OutOfSync")),))
    shown = argosy("app", "sync", "web")
    assert shown.code == 20
    assert shown.err == "error: 1 resources require pruning\nRun: argosy app sync web --prune\n"


def test_an_asynchronous_sync_is_not_followed(syncing, argosy):
    shown = argosy("app", "sync", "web", "--async")
    assert (shown.code, shown.out) == (0, "")
    assert [each.verb for each in syncing.asked] == ["POST"]


def test_answers_older_than_the_request_are_not_believed(syncing, argosy):
    stale = done(version="10", phase="Failed")
    syncing.on("GET", WEB, stale, asked_for())
    assert argosy("app", "sync", "web").code == 0


def test_a_state_older_than_the_end_of_the_operation_is_refreshed(syncing, argosy):
    early = done(finished="2026-01-01T00:00:20Z")
    fresh = {**early, "status": {**early["status"], "reconciledAt": "2026-01-01T00:00:21Z"}}
    syncing.on("GET", STREAM, lines=(event(early),))
    syncing.on("GET", WEB, asked_for(), fresh)
    assert argosy("app", "sync", "web").code == 0
    refreshes = [each.parameters for each in syncing.asked if each.path == WEB and each.verb == "GET"]
    assert refreshes == [{}, {"refresh": "normal"}]


def test_the_answer_stands_alone_when_it_is_for_a_machine(syncing, argosy):
    shown = argosy("app", "sync", "web", "-o", "json")
    assert json.loads(shown.out) == done()
    assert "TIMESTAMP" in shown.err


def test_every_option_reaches_the_server(syncing, argosy):
    words = "--force --strategy apply --server-side --replace --info a=b --retry-limit 2 --dry-run --async"
    assert argosy("app", "sync", "web", *words.split()).code == 0
    assert syncing.bodies("POST", f"{WEB}/sync") == [
        {
            "name": "web",
            "dryRun": True,
            "strategy": {"apply": {"force": True}},
            "infos": [{"name": "a", "value": "b"}],
            "retryStrategy": {
                "limit": 2,
                "refresh": False,
                "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m0s"},
            },
            "syncOptions": {"items": ["Replace=true", "ServerSideApply=true"]},
        }
    ]


def test_the_applications_own_sync_options_are_kept(syncing, argosy):
    document = app()
    document["spec"]["syncPolicy"]["syncOptions"] = ["CreateNamespace=true", "Replace=false"]
    syncing.on("GET", WEB, document)
    assert argosy("app", "sync", "web", "--replace", "--async").code == 0
    sent = syncing.bodies("POST", f"{WEB}/sync")[0]
    assert sent["syncOptions"] == {"items": ["CreateNamespace=true", "Replace=true"]}


def test_a_selective_sync_names_the_resources(syncing, argosy):
    syncing.on("GET", WEB, app(resources=["Healthy", "Healthy"]))
    assert argosy("app", "sync", "web", "--resource", "!apps:Deployment:shop/web-0", "--async").code == 0
    assert syncing.bodies("POST", f"{WEB}/sync")[0]["resources"] == [
        {"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web-1"}
    ]
    assert argosy("app", "sync", "web", "--resource", ":Pod:x", "--async").code == 20
    assert argosy("app", "sync", "web", "--resource", "x", "--async").code == 20


def test_a_selective_sync_by_label(syncing, argosy):
    syncing.on("GET", WEB, app(resources=["Healthy", "Healthy"]))
    target = json.dumps({"metadata": {"labels": {"tier": "web"}}})
    items = [{**DEPLOYMENT, "name": "web-1", "targetState": target}, {**DEPLOYMENT, "name": "web-0"}]
    syncing.on("GET", f"{WEB}/managed-resources", {"items": items})
    assert argosy("app", "sync", "web", "--label", "tier=web", "--async").code == 0
    assert [each["name"] for each in syncing.bodies("POST", f"{WEB}/sync")[0]["resources"]] == ["web-1"]


def test_a_wait_that_is_met_ends_at_once(api, argosy):
    api.on("GET", WEB, app())
    assert argosy("app", "wait", "web").code == 0
    assert STREAM not in [each.path for each in api.asked]


def test_a_wait_that_takes_too_long_exits_with_20(api, argosy):
    api.on("GET", WEB, app(health="Progressing", resources=["Progressing"]))
    shown = argosy("app", "wait", "web", "--timeout", "1")
    assert shown.code == 20
    assert "This is the state of the app after `wait` timed out:" in shown.out
    assert "timed out (1s) waiting for app 'web' match desired state" in shown.err
    assert "still waiting for the application to be Healthy" in shown.err


def test_a_wait_ends_when_a_resource_becomes_degraded(api, argosy):
    api.on("GET", WEB, app(health="Progressing", resources=["Progressing"]))
    api.on("GET", STREAM, lines=(event(app(health="Degraded", resources=["Degraded"])),))
    shown = argosy("app", "wait", "web", "--health")
    assert shown.code == 20
    assert "health state has transitioned from Progressing to Degraded: apps/Deployment:shop/web-0" in shown.err


def test_a_wait_for_deletion_ends_with_the_application(api, argosy):
    api.on("GET", WEB, app())
    api.on("GET", STREAM, lines=(event(app(), "DELETED"),))
    shown = argosy("app", "wait", "web", "--delete")
    assert (shown.code, shown.out.splitlines()[-1]) == (0, "Application 'web' deleted")


def test_an_error_in_the_stream_is_told(syncing, argosy):
    message = {"error": {"grpc_code": 7, "http_code": 403, "message": "permission denied"}}
    syncing.on("GET", STREAM, lines=(f"data: {json.dumps(message)}",))
    shown = argosy("app", "sync", "web")
    assert (shown.code, shown.err) == (20, "error: permission denied\n")


def test_a_namesake_in_another_namespace_is_not_taken_for_the_application(syncing, argosy):
    namesake = done(phase="Failed")
    namesake["metadata"]["uid"] = "another"
    syncing.on("GET", STREAM, lines=(event(namesake), event(namesake, "DELETED"), event(done())))
    assert argosy("app", "sync", "web").code == 0


def test_changes_are_shown_before_they_are_made(syncing, argosy, monkeypatch):
    import io

    target = json.dumps({"kind": "Deployment"})
    syncing.on("GET", f"{WEB}/managed-resources", {"items": [{**DEPLOYMENT, "targetState": target}]})
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    refused = argosy("app", "sync", "web", "--preview-changes")
    assert "===== apps/Deployment shop/web ======" in refused.out
    assert "+kind: Deployment" in refused.out
    assert not syncing.bodies("POST", f"{WEB}/sync")
    assert argosy("app", "sync", "web", "--preview-changes", "--assumeYes", "--async").code == 0
    assert len(syncing.bodies("POST", f"{WEB}/sync")) == 1
