import json

import yaml

from tests.cli.applications import DEPLOYMENT, app, operation

LIST = "/api/v1/applications"
WEB = "/api/v1/applications/web"


def test_applications_are_listed_in_argo_cds_columns(api, argosy):
    conditions = [{"type": "SyncError", "message": "x"}, {"type": "SyncError", "message": "y"}]
    api.on("GET", LIST, {"items": [app(), app("api", sync="OutOfSync", conditions=conditions)]})
    done = argosy("app", "list")
    assert done.code == 0
    header, web, other = done.out.splitlines()
    assert header.split() == [
        *("NAME", "CLUSTER", "NAMESPACE", "PROJECT", "STATUS", "HEALTH", "SYNCPOLICY", "CONDITIONS"),
        *("REPO", "PATH", "TARGET"),
    ]
    assert web.split() == [
        *("argocd/web", "https://kubernetes.default.svc", "shop", "default", "Synced", "Healthy", "Auto-Prune"),
        *("<none>", "https://git.example.com/apps.git", "web", "main"),
    ]
    assert other.split()[4:8] == ["OutOfSync", "Healthy", "Auto-Prune", "SyncError(2)"]
    assert header.index("STATUS") == web.index("Synced") == other.index("OutOfSync")


def test_a_list_is_selected_by_the_server_and_filtered_here(api, argosy):
    api.on("GET", LIST, {"items": [app(), app("api")]})
    assert argosy("app", "list", "-l", "team=a", "-o", "name", "-N", "argocd").out == "argocd/web\nargocd/api\n"
    assert api.asked[-1].parameters == {"selector": "team=a", "appNamespace": "argocd"}
    assert argosy("app", "list", "-o", "name", "-r", "https://other").out == ""
    assert argosy("app", "list", "-o", "name", "-c", "https://kubernetes.default.svc").out.count("\n") == 2
    assert argosy("app", "list", "-o", "name", "-p", "another").out == ""


def test_lists_are_machine_readable(api, argosy):
    api.on("GET", LIST, {"items": [app()]})
    assert json.loads(argosy("app", "list", "-o", "json").out) == [app()]
    assert yaml.safe_load(argosy("app", "list", "-o=yaml").out) == [app()]


def test_an_application_is_shown_with_its_resources(api, argosy):
    condition = {"type": "ComparisonError", "message": "no\nsuch path", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    state = operation("Succeeded", {**DEPLOYMENT, "name": "web-0", "status": "Synced", "message": "configured"})
    api.on("GET", WEB, app(conditions=[condition], operationState=state))
    api.on("GET", "/api/v1/settings", {"url": "https://argosy.example.com"})
    api.on("GET", f"{WEB}/syncwindows", {"canSync": True})
    done = argosy("app", "get", "web", "--show-operation", "--refresh")
    assert done.code == 0
    assert api.asked[0].parameters == {"refresh": "normal"}
    assert done.out == (
        "Name:               argocd/web\n"
        "Project:            default\n"
        "Server:             https://kubernetes.default.svc\n"
        "Namespace:          shop\n"
        "URL:                https://argosy.example.com/applications/web\n"
        "Source:\n"
        "- Repo:             https://git.example.com/apps.git\n"
        "  Target:           main\n"
        "  Path:             web\n"
        "SyncWindow:         Sync Allowed\n"
        "Sync Policy:        Automated (Prune)\n"
        "Sync Status:        Synced to main (0123456)\n"
        "Health Status:      Healthy\n"
        "\n"
        "CONDITION        MESSAGE       LAST TRANSITION\n"
        "ComparisonError  no such path  2026-01-01 00:00:00 +0000 UTC\n"
        "\n"
        "Operation:          Sync\n"
        "Sync Revision:      0123456789abcdef\n"
        "Phase:              Succeeded\n"
        "Start:              2026-01-01 00:00:00 +0000 UTC\n"
        "Finished:           2026-01-01 00:00:05 +0000 UTC\n"
        "Duration:           5s\n"
        "\n"
        "GROUP  KIND        NAMESPACE  NAME   STATUS  HEALTH   HOOK  MESSAGE\n"
        "apps   Deployment  shop       web-0  Synced  Healthy        configured\n"
    )


def test_an_application_is_shown_as_a_tree(api, argosy):
    nodes = [
        {
            **DEPLOYMENT,
            "name": "web-0",
            "uid": "1",
            "health": {"status": "Healthy"},
            "createdAt": "2026-01-01T00:00:00Z",
        },
        {
            "group": "apps",
            "kind": "ReplicaSet",
            "namespace": "shop",
            "name": "web-0-a",
            "uid": "2",
            "parentRefs": [{"uid": "1"}],
        },
        {
            "kind": "Pod",
            "namespace": "shop",
            "name": "web-0-a-x",
            "uid": "3",
            "parentRefs": [{"uid": "2"}],
            "health": {"status": "Degraded", "message": "crash loop"},
        },
        {"kind": "Pod", "namespace": "shop", "name": "web-0-a-y", "uid": "4", "parentRefs": [{"uid": "2"}]},
        {"kind": "ConfigMap", "namespace": "shop", "name": "conf", "uid": "5", "parentRefs": [{"uid": "gone"}]},
    ]
    api.on("GET", WEB, app())
    api.on("GET", f"{WEB}/resource-tree", {"nodes": nodes})
    shown = argosy("app", "get", "web", "-o", "tree").out.split("\n\n")[-1]
    assert shown == (
        "KIND/NAME             STATUS  HEALTH    MESSAGE\n"
        "ConfigMap/conf\n"
        "Deployment/web-0      Synced  Healthy\n"
        "└─ReplicaSet/web-0-a\n"
        "  ├─Pod/web-0-a-x             Degraded\n"
        "  └─Pod/web-0-a-y\n"
    )
    detailed = argosy("app", "resources", "web", "--output", "tree=detailed").out
    assert detailed.splitlines()[0].split() == [
        *("GROUP", "KIND", "NAMESPACE", "NAME", "ORPHANED", "AGE", "HEALTH", "REASON"),
    ]
    assert "crash loop" in detailed
    detailed = argosy("app", "get", "web", "--output", "tree=detailed").out.split("\n\n")[-1]
    assert detailed.splitlines()[0].split() == ["KIND/NAME", "STATUS", "HEALTH", "AGE", "MESSAGE", "REASON"]
    assert "crash loop" in detailed


def test_an_object_that_is_not_there_is_in_the_tree_and_owns_nothing(api, argosy):
    nodes = [{"kind": "Service", "namespace": "shop", "name": "gone"}, {**DEPLOYMENT, "uid": "1"}]
    api.on("GET", WEB, app())
    api.on("GET", f"{WEB}/resource-tree", {"nodes": nodes})
    shown = argosy("app", "get", "web", "-o", "tree")
    assert shown.code == 0
    assert [line.split()[0] for line in shown.out.split("\n\n")[-1].splitlines()[1:]] == [
        "Deployment/web",
        "Service/gone",
    ]


def test_resources_are_a_tree_with_the_orphaned_below(api, argosy):
    nodes = [
        {**DEPLOYMENT, "uid": "1"},
        {"kind": "Pod", "namespace": "shop", "name": "p", "uid": "2", "parentRefs": [{"uid": "1"}]},
    ]
    orphans = [
        {"kind": "Job", "namespace": "shop", "name": "j", "uid": "3"},
        {"kind": "Pod", "namespace": "shop", "name": "q", "uid": "4", "parentRefs": [{"uid": "3"}]},
    ]
    api.on("GET", f"{WEB}/resource-tree", {"nodes": nodes, "orphanedNodes": orphans})
    assert argosy("app", "resources", "web", "-o", "tree").out == (
        "GROUP  KIND        NAMESPACE  NAME  ORPHANED\n"
        "apps   Deployment  shop       web   No\n"
        "└─     Pod         shop       p     No\n"
        "       Job         shop       j     Yes\n"
        "└─     Pod         shop       q     Yes\n"
    )
    assert "Yes" not in argosy("app", "resources", "web", "-o", "tree", "--orphaned=false").out
    assert "No" not in argosy("app", "resources", "web", "-o", "tree", "--orphaned").out


def test_an_application_is_machine_readable(api, argosy):
    api.on("GET", WEB, app())
    assert json.loads(argosy("app", "get", "web", "-o", "json").out) == app()
    assert yaml.safe_load(argosy("app", "get", "web", "-o", "yaml").out) == app()


def test_a_missing_application_is_an_error(api, argosy):
    api.on("GET", WEB, {"error": "permission denied", "code": 7, "message": "permission denied"}, status=403)
    done = argosy("app", "get", "web")
    assert (done.code, done.out, done.err) == (20, "", "error: permission denied\n")


def test_an_answer_that_cannot_be_read_names_the_field(api, argosy):
    api.on("GET", WEB, {"metadata": {"name": "web"}, "spec": {"project": 3}})
    done = argosy("app", "get", "web")
    assert done.code == 20
    assert "$.spec" in done.err


def test_the_namespace_of_an_application_is_sent(api, argosy):
    api.on("GET", WEB, app())
    assert argosy("app", "history", "team-a/web").code == 0
    assert api.asked[-1].parameters == {"appNamespace": "team-a"}
    assert argosy("app", "history", "web", "-N", "team-b").code == 0
    assert api.asked[-1].parameters == {"appNamespace": "team-b"}
    assert argosy("app", "history", "a/b/c").code == 20


def test_the_history_is_shown_by_source(api, argosy):
    source = {"repoURL": "https://git.example.com/apps.git", "targetRevision": "main"}
    history = [
        {"id": 0, "revision": "aaaaaaaaaa", "deployedAt": "2026-01-01T00:00:00Z", "source": source},
        {"id": 1, "revision": "bbbbbbbbbb", "deployedAt": "2026-01-02T00:00:00Z", "source": source},
    ]
    api.on("GET", WEB, app(history=history))
    assert argosy("app", "history", "web").out == (
        "SOURCE  https://git.example.com/apps.git\n"
        "ID  DATE                           REVISION\n"
        "0   2026-01-01 00:00:00 +0000 UTC  main (aaaaaaa)\n"
        "1   2026-01-02 00:00:00 +0000 UTC  main (bbbbbbb)\n"
    )
    assert argosy("app", "history", "web", "-o", "id").out == "0\n1\n"


def test_resources_are_listed_with_the_orphaned(api, argosy):
    nodes = [{**DEPLOYMENT, "uid": "1"}, {"kind": "Pod", "name": "p", "uid": "2", "parentRefs": [{"uid": "1"}]}]
    api.on("GET", f"{WEB}/resource-tree", {"nodes": nodes, "orphanedNodes": [{"kind": "Secret", "name": "s"}]})
    rows = [line.split() for line in argosy("app", "resources", "web").out.splitlines()]
    assert rows[1:] == [["apps", "Deployment", "shop", "web", "No"], ["Secret", "s", "Yes"]]
    assert "Secret" not in argosy("app", "resources", "web", "--orphaned=false").out
    assert "Deployment" not in argosy("app", "resources", "web", "--orphaned").out


def test_manifests_are_printed_as_yaml(api, argosy):
    wanted = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"commit": "685e3", "y": "n"}}
    api.on("GET", f"{WEB}/manifests", {"manifests": [json.dumps(wanted), json.dumps({**wanted, "kind": "Other"})]})
    shown = argosy("app", "manifests", "web", "--revision", "v1").out
    assert api.asked[-1].parameters == {"revision": "v1"}
    assert shown.count("---\n") == 2
    assert "commit: '685e3'" in shown
    assert next(yaml.safe_load_all(shown)) == wanted


def test_both_sides_are_printed(api, argosy):
    live, wanted = {"liveState": '{"kind":"A"}'}, {"targetState": '{"kind":"B"}'}
    api.on("GET", f"{WEB}/managed-resources", {"items": [{**live, "targetState": "null"}, wanted]})
    assert argosy("app", "manifests", "web", "--source", "live").out == "---\nkind: A\n"
    assert argosy("app", "manifests", "web").out == "---\nkind: B\n"


def test_what_was_never_compared_is_rendered(api, argosy):
    api.on("GET", f"{WEB}/managed-resources", {"items": []})
    api.on("GET", f"{WEB}/manifests", {"manifests": ['{"kind":"C"}']})
    assert argosy("app", "manifests", "web").out == "---\nkind: C\n"
    assert argosy("app", "manifests", "web", "--source", "live").out == ""


def test_an_answer_that_is_not_json_is_told(api, argosy):
    api.on("GET", WEB, lines=("<html>",))
    done = argosy("app", "get", "web")
    assert done.code == 20
    assert "did not answer with JSON" in done.err
