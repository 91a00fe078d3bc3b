"""`argosy health` and `argosy admin settings resource-overrides`: the server's own functions, on files."""

import json
import os
from pathlib import Path

import pytest

OVERRIDES = ("admin", "settings", "resource-overrides")
ARGOCD_CM = """
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm}
data:
  resource.customizations.health.example.org_Thing: |
    return {status = obj.status.phase, message = obj.metadata.name}
  resource.customizations.ignoreDifferences.example.org_Thing: |
    jsonPointers: [/spec/a]
    jqPathExpressions: ['.spec.list[] | select(.name == "x")']
  resource.customizations.ignoreResourceUpdates.all: |
    jsonPointers: [/status]
  resource.customizations.ignoreDifferences.apps_Deployment: |
    jqPathExpressions: ['.spec[']
  resource.customizations.actions.example.org_Thing: |
    discovery.lua: |
      return {pause = {disabled = obj.spec.paused == true}, copy = {}}
    definitions:
    - name: pause
      action.lua: |
        obj.spec.paused = true
        return obj
    - name: scale
      action.lua: |
        obj.spec.a = tonumber(actionParams["to"])
        return obj
    - name: copy
      action.lua: |
        return {{operation = "create", resource = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "c"}}}}
    - name: nothing
      action.lua: return obj
    - name: steal
      action.lua: return {{operation = "patch", resource = {apiVersion = "v1", kind = "Pod", metadata = {name = "p"}}}}
    - name: fail
      action.lua: error("no")
"""
THING = """
apiVersion: example.org/v1
kind: Thing
metadata: {name: one, namespace: shop}
spec: {a: 1, empty: {}, list: [{name: x}, {name: z}]}
status: {phase: Degraded}
"""
OTHERS = """
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, metadata: {name: p}, status: {phase: Pending}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
"""


@pytest.fixture
def run(run, monkeypatch, tmp_path):
    """Run a command line where the files are."""
    for name, text in {"cm.yaml": ARGOCD_CM, "thing.yaml": THING, "all.yaml": f"{THING}---{OTHERS}"}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.defpath)
    return run


@pytest.fixture
def override(run):
    """Run a verb of `resource-overrides` with the settings."""
    return lambda verb, *words: run(*OVERRIDES, verb, *words, "--argocd-cm-path", "cm.yaml")


def test_health_is_said_of_each_object(run):
    result = run("health", "all.yaml", "--argocd-cm-path", "cm.yaml")
    assert (result.code, result.err) == (0, "")
    assert [line.split() for line in result.out.splitlines()] == [
        ["GROUP", "KIND", "NAMESPACE", "NAME", "STATUS", "MESSAGE"],
        ["example.org", "Thing", "shop", "one", "Degraded", "one"],
        ["Pod", "p", "Progressing"],
        ["ConfigMap", "c"],
    ]


def test_health_needs_no_settings_and_can_be_read_by_programs(run):
    thing, pod, config = json.loads(run("health", "all.yaml", "-o", "json").out)
    assert pod == {"group": "", "kind": "Pod", "namespace": "", "name": "p", "status": "Progressing", "message": ""}
    assert "status" not in config
    assert thing["kind"] == "Thing"


def test_health_of_standard_input(run, monkeypatch, tmp_path):
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO(OTHERS))
    assert "Progressing" in run("health", "-").out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "bad.yaml: line"),
        ("a: b", "bad.yaml, document 1: no object"),
        ("", "bad.yaml holds no objects"),
        (f"{THING}---\n- 1", "bad.yaml, document 2: no object"),
    ],
)
def test_a_file_without_objects_is_refused_in_words(run, text, said):
    Path("bad.yaml").write_text(text)
    result = run("health", "bad.yaml")
    assert result.code == 20
    assert said in result.err


def test_overrides_health_is_said_as_argo_cd_says_it(override):
    assert override("health", "thing.yaml").out == "STATUS: Degraded\nMESSAGE: one\n"


def test_overrides_health_of_a_kind_without_a_check(override):
    Path("other.yaml").write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}")
    assert override("health", "other.yaml").out == "Health script is not configured for '/ConfigMap'\n"


def test_overrides_show_the_fields_that_are_not_compared(override):
    result = override("ignore-differences", "thing.yaml")
    assert result.code == 0
    assert result.out.startswith("Following fields are ignored:\n\n---")
    lines = result.out.splitlines()
    assert [line for line in lines if line.startswith(("-  ", "+  "))] == ["-  a: 1", "-  - name: x"]


def test_overrides_show_the_fields_that_may_change_unnoticed(override):
    result = override("ignore-resource-updates", "thing.yaml")
    assert "-  phase: Degraded" in result.out
    assert "-  a: 1" not in result.out


def test_overrides_say_when_nothing_is_ignored(override):
    Path("other.yaml").write_text("{apiVersion: example.org/v1, kind: Thing, metadata: {name: c}}")
    assert override("ignore-differences", "other.yaml").out == (
        "No fields are ignored by ignoreDifferences settings:\n"
        "  argocd-cm resource.customizations.ignoreDifferences.example.org_Thing\n"
    )
    Path("other.yaml").write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}")
    assert "No overrides configured for '/ConfigMap'" in override("ignore-differences", "other.yaml").out


def test_overrides_say_what_is_wrong_with_a_jq_path(override):
    Path("other.yaml").write_text("{apiVersion: apps/v1, kind: Deployment, metadata: {name: c}}")
    result = override("ignore-differences", "other.yaml")
    assert result.code == 20
    assert "jq path .spec[: unexpected" in result.err


def test_overrides_list_the_actions(override):
    assert override("list-actions", "thing.yaml").out == "NAME   DISABLED\ncopy   false\npause  false\n"


def test_overrides_show_what_an_action_does(override):
    result = override("run-action", "thing.yaml", "pause")
    assert result.out.startswith("Following fields have been changed:\n\n---")
    assert "+  paused: true" in result.out
    assert "empty" not in [line[1:].strip(": {}[]") for line in result.out.splitlines() if line[:1] in "+-"]


def test_overrides_give_an_action_its_parameters(override):
    assert "+  a: 3" in override("run-action", "thing.yaml", "scale", "--param", "to=3").out


def test_overrides_show_what_an_action_creates(override):
    assert override("run-action", "thing.yaml", "copy").out == (
        "Following resource was created:\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n\n"
    )


def test_overrides_know_the_built_in_actions(override):
    Path("deployment.yaml").write_text(
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {replicas: 1, paused: true}}"
    )
    assert "resume" in override("list-actions", "deployment.yaml").out
    assert "-  paused: true" in override("run-action", "deployment.yaml", "resume").out


def test_overrides_say_when_an_action_does_nothing(override):
    assert override("run-action", "thing.yaml", "nothing").out == "No fields had been changed by action: \nnothing\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("run-action", "thing.yaml", "unheard"),
            "no action unheard for example.org/Thing; there are: copy, fail, nothing, pause",
        ),
        (("run-action", "thing.yaml", "steal"), "patches Pod:p, and may patch example.org/Thing:shop/one only"),
        (("run-action", "thing.yaml", "fail"), "the action's script failed: script:1: no"),
        (("run-action", "thing.yaml", "pause", "--param", "x"), "--param 'x' is not of the form name=value"),
        (("list-actions", "all.yaml"), "all.yaml holds 3 objects, and one is expected"),
        (("health", "none.yaml"), "none.yaml cannot be read"),
    ],
)
def test_overrides_refuse_in_words(override, words, said):
    result = override(*words)
    assert result.code == 20
    assert said in result.err


def test_overrides_need_the_settings(run):
    result = run(*OVERRIDES, "health", "thing.yaml")
    assert result.code == 20
    assert "--argocd-cm-path is missing" in result.err


def test_overrides_say_what_is_wrong_in_the_settings(run):
    Path("bad.yaml").write_text(ARGOCD_CM.replace("jsonPointers: [/status]", "jsonPointers: status"))
    result = run(*OVERRIDES, "health", "thing.yaml", "--argocd-cm-path", "bad.yaml")
    assert "jsonPointers is not a list of texts" in result.err
    assert result.out.startswith("STATUS: Degraded")
