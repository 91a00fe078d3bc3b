import json

import yaml

ACTIONS = "/api/v1/applications/web/resource/actions"
MANAGED = "/api/v1/applications/web/managed-resources"
TREE = "/api/v1/applications/web/resource-tree"


def resource(kind: str, name: str, live: str = "{}", group: str = "apps", **more: str) -> dict[str, str]:
    whole = {"group": group, "version": "v1", "kind": kind, "namespace": "shop", "name": name}
    return {**whole, "liveState": live, **more}


def furnish(api):
    api.on("GET", MANAGED, {"items": [resource("Deployment", "web"), resource("StatefulSet", "db"), MISSING]})
    api.on("GET", TREE, {"nodes": [{"kind": "Job", "name": "nightly-1", "group": "batch", "namespace": "shop"}]})


MISSING = resource("DaemonSet", "agent", "null")


def answer(asked):
    if asked.parameters["kind"] == "Deployment":
        return {"actions": [{"name": "restart"}, {"name": "resume", "disabled": True}]}
    return {}


def test_8_11_actions_are_listed_in_argo_cds_columns(api, argosy):
    furnish(api)
    api.on("GET", ACTIONS, answer)
    done = argosy("app", "actions", "list", "web")
    assert done.code == 0
    assert done.out == (
        "GROUP  KIND        NAME  ACTION   DISABLED\n"
        "apps   Deployment  web   restart  false\n"
        "apps   Deployment  web   resume   true\n"
    )
    assert [each.parameters["kind"] for each in api.asked[1:]] == ["Deployment", "StatefulSet"]
    assert api.asked[1].parameters == {
        "group": "apps",
        "version": "v1",
        "kind": "Deployment",
        "namespace": "shop",
        "resourceName": "web",
    }


def test_8_11_actions_are_chosen_and_machine_readable(api, argosy):
    furnish(api)
    api.on("GET", ACTIONS, answer)
    chosen = ("--kind", "Deployment", "--group", "apps", "--namespace", "shop", "--resource-name", "web")
    rows = [
        {"Group": "apps", "Kind": "Deployment", "Name": "web", "Action": name, "Disabled": name == "resume"}
        for name in ("restart", "resume")
    ]
    assert json.loads(argosy("app", "actions", "list", "argocd/web", *chosen, "-o", "json").out) == rows
    assert api.asked[-1].parameters["appNamespace"] == "argocd"
    assert yaml.safe_load(argosy("app", "actions", "list", "web", *chosen, "-o", "yaml").out) == rows


def test_8_11_an_action_runs_with_its_parameters(api, argosy):
    furnish(api)
    api.on("POST", f"{ACTIONS}/v2", {})
    done = argosy("app", "actions", "run", "web", "scale", "--kind", "Deployment", "--param", "replicas=3")
    assert (done.code, done.out) == (0, "")
    assert done.err == "Action 'scale' ran on apps/Deployment shop/web\n"
    (body,) = api.bodies("POST", f"{ACTIONS}/v2")
    assert body == {
        "name": "web",
        "group": "apps",
        "version": "v1",
        "kind": "Deployment",
        "namespace": "shop",
        "resourceName": "web",
        "action": "scale",
        "appNamespace": "",
        "resourceActionParameters": [{"name": "replicas", "value": "3"}],
    }


def test_8_11_several_resources_need_all(api, argosy):
    api.on("GET", MANAGED, {"items": [resource("Deployment", "web"), resource("Deployment", "api")]})
    api.on("POST", f"{ACTIONS}/v2", {})
    refused = argosy("app", "actions", "run", "web", "restart", "--kind", "Deployment")
    assert refused.code == 20
    assert "apps/Deployment shop/api, apps/Deployment shop/web" in refused.err
    assert not api.bodies("POST", f"{ACTIONS}/v2")
    assert argosy("app", "actions", "run", "web", "restart", "--kind", "Deployment", "--all").code == 0
    assert len(api.bodies("POST", f"{ACTIONS}/v2")) == 2


def test_what_came_of_managed_resources_is_found_too(api, argosy):
    furnish(api)
    api.on("POST", f"{ACTIONS}/v2", {})
    assert argosy("app", "actions", "run", "web", "terminate", "--kind", "Job").code == 0
    assert api.bodies("POST", f"{ACTIONS}/v2")[0]["resourceName"] == "nightly-1"


def test_nothing_that_matches_and_wrong_calls_are_said(api, argosy):
    furnish(api)
    missing = argosy("app", "actions", "run", "web", "restart", "--kind", "DaemonSet")
    assert (missing.code, "no matching resource found" in missing.err) == (20, True)
    wrong = argosy("app", "actions", "run", "web", "scale", "--kind", "Deployment", "--param", "3")
    assert (wrong.code, "is not name=value" in wrong.err) == (20, True)
    assert argosy("app", "actions", "run", "web", "restart").code == 1
