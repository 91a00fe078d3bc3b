"""`argosy explain`: what a person reads, what a script gets."""

import json

import pytest
import yaml

WEB = "/api/v1/applications/web"
DRIFT = {
    "path": "spec.replicas",
    "live": "3",
    "desired": "2",
    "manager": "kubectl-edit",
    "operation": "Update",
    "since": "2026-01-02T03:04:05Z",
}
ADDED = {"path": "metadata.labels.tier", "live": '"web"'}
TOLD = {
    "summary": "OutOfSync and Degraded: 1 object differs from what is wanted; 1 object is Degraded.",
    "nextStep": "Automated sync is off. `argosy app sync web` syncs it.",
    "sync": "OutOfSync",
    "health": "Degraded",
    "objects": [
        {
            "group": "apps",
            "kind": "Deployment",
            "namespace": "shop",
            "name": "web",
            "sync": "OutOfSync",
            "because": ["2 fields differ"],
            "fields": [DRIFT, ADDED],
            "fieldsLeftOut": 1,
        },
        {"kind": "PersistentVolume", "name": "p", "health": "Degraded", "because": ["it is Degraded: lost"]},
    ],
    "objectsLeftOut": 2,
    "rules": [
        {
            "rule": "the application's ignoreDifferences[0]",
            "hides": 3,
            "fields": [{"kind": "Service", "namespace": "shop", "name": "web", "field": ADDED}],
        }
    ],
    "unasked": ["jq does not answer"],
    "conditions": [{"type": "SyncError", "message": "it broke"}],
}


@pytest.fixture
def told(api):
    api.on("GET", f"{WEB}/explain", TOLD)
    return api


def test_a_person_reads_the_answer_first(told, argosy):
    done = argosy("explain", "web")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "OutOfSync and Degraded: 1 object differs from what is wanted; 1 object is Degraded.\n"
        "Next: Automated sync is off. `argosy app sync web` syncs it.\n"
        "\n"
        "apps/Deployment shop/web: 2 fields differ\n"
        "  spec.replicas: 3 -> 2  (updated by kubectl-edit, 2026-01-02T03:04:05Z)\n"
        '  metadata.labels.tier: "web" -> (nothing)\n'
        "  and 1 more field\n"
        "\n"
        "PersistentVolume p: it is Degraded: lost\n"
        "and 2 more objects\n"
        "\n"
        "Hidden differences:\n"
        "  the application's ignoreDifferences[0] (3)\n"
        '    Service shop/web metadata.labels.tier: "web" -> (nothing)\n'
        "    and 2 more fields\n"
        "  not known of some objects: jq does not answer\n"
        "\n"
        "Conditions:\n"
        "  SyncError: it broke\n"
    )


def test_a_table_has_a_row_for_each_field(told, argosy):
    rows = argosy("explain", "web", "-o", "table").out.split("\n\n")[1].splitlines()
    assert rows[0].split() == [
        "GROUP",
        "KIND",
        "NAMESPACE",
        "NAME",
        "FIELD",
        "LIVE",
        "DESIRED",
        "MANAGER",
        "SINCE",
        "WHY",
    ]
    assert rows[1].split()[:9] == [
        *["apps", "Deployment", "shop", "web", "spec.replicas", "3", "2"],
        "kubectl-edit",
        DRIFT["since"],
    ]
    assert len(rows) == 4
    assert rows[3].endswith("it is Degraded: lost")


def test_a_script_gets_what_the_server_says(told, argosy):
    assert json.loads(argosy("explain", "web", "-o", "json").out) == TOLD
    assert yaml.safe_load(argosy("explain", "web", "-o", "yaml").out) == TOLD


@pytest.mark.parametrize(("option", "kind"), [("--refresh", "normal"), ("--hard-refresh", "hard")])
def test_a_refresh_comes_first(told, argosy, option, kind):
    told.on("GET", WEB, {"metadata": {}})
    assert argosy("explain", "team/web", option).code == 0
    assert [(each.path, each.parameters) for each in told.asked] == [
        (WEB, {"refresh": kind, "appNamespace": "team"}),
        (f"{WEB}/explain", {"appNamespace": "team"}),
    ]


def test_nothing_wrong_is_two_lines(api, argosy):
    api.on("GET", f"{WEB}/explain", {"summary": "Synced and Healthy.", "nextStep": "Nothing is to be synced."})
    assert argosy("explain", "web").out == "Synced and Healthy.\nNext: Nothing is to be synced.\n"
    assert argosy("explain", "web", "-o", "table").out == "Synced and Healthy.\nNothing is to be synced.\n"


def test_an_application_that_is_not_there_is_an_error(api, argosy):
    assert argosy("explain", "web").code == 20
