import json
import stat

WEB = "/api/v1/applications/web"
LIVE = {"kind": "Deployment", "spec": {"replicas": 1, "paused": False}}
NEXT = {"kind": "Deployment", "spec": {"replicas": 2, "paused": False}}


def item(name, **states):
    texts = {f"{each}State": json.dumps(value) for each, value in states.items()}
    return {"group": "apps", "kind": "Deployment", "namespace": "shop", "name": name, **texts}


SAME = item("same", target=LIVE, live=LIVE, normalizedLive=LIVE, predictedLive=LIVE)
CHANGED = item("changed", target=NEXT, live=LIVE, normalizedLive=LIVE, predictedLive=NEXT)
MISSING = item("missing", target=LIVE, live=None)
EXTRA = item("extra", target=None, live=LIVE, normalizedLive=LIVE, predictedLive=None)
HOOK = {**item("hook", target=NEXT, live=None), "hook": True}


def test_no_difference_is_exit_code_0(api, argosy):
    api.on("GET", f"{WEB}/managed-resources", {"items": [SAME, HOOK]})
    done = argosy("app", "diff", "web")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_differences_are_shown_as_argo_cd_heads_them(api, argosy):
    api.on("GET", f"{WEB}/managed-resources", {"items": [SAME, CHANGED]})
    done = argosy("app", "diff", "web")
    assert done.code == 1
    assert done.out == (
        "\n===== apps/Deployment shop/changed ======\n"
        "--- live\n"
        "+++ desired\n"
        "@@ -1,4 +1,4 @@\n"
        " kind: Deployment\n"
        " spec:\n"
        "   paused: false\n"
        "-  replicas: 1\n"
        "+  replicas: 2\n"
    )


def test_what_is_missing_and_what_is_too_much_are_differences(api, argosy):
    api.on("GET", f"{WEB}/managed-resources", {"items": [MISSING, EXTRA]})
    done = argosy("app", "diff", "web", "--diff-exit-code", "7")
    assert done.code == 7
    missing, extra = done.out.split("\n===== ")[1:]
    assert "+kind: Deployment" in missing
    assert "-kind: Deployment" in extra


def test_the_exit_code_can_be_switched_off(api, argosy):
    api.on("GET", f"{WEB}/managed-resources", {"items": [CHANGED]})
    assert argosy("app", "diff", "web", "--exit-code=false").code == 0


def test_a_refresh_comes_first(api, argosy):
    api.on("GET", WEB, {"metadata": {}})
    api.on("GET", f"{WEB}/managed-resources", {"items": []})
    assert argosy("app", "diff", "web", "--hard-refresh").code == 0
    assert [(each.path, each.parameters) for each in api.asked] == [
        (WEB, {"refresh": "hard"}),
        (f"{WEB}/managed-resources", {}),
    ]


def test_an_error_is_not_taken_for_a_difference(api, argosy):
    assert argosy("app", "diff", "web").code == 20


def test_the_users_own_diff_program_is_used(api, argosy, tmp_path, monkeypatch):
    program = tmp_path / "my diff"
    program.write_text('#!/bin/sh\necho "$1"\n/bin/grep replicas "$2" "$3" | /bin/sed "s,.*/,,"\nexit 1\n')
    program.chmod(stat.S_IRWXU)
    monkeypatch.setenv("KUBECTL_EXTERNAL_DIFF", f"'{program}' -N")
    api.on("GET", f"{WEB}/managed-resources", {"items": [CHANGED]})
    done = argosy("app", "diff", "web")
    assert done.code == 1
    assert "-N\nchanged-live.yaml:  replicas: 1\nchanged.yaml:  replicas: 2\n" in done.out
    assert "@@" not in done.out


def test_a_diff_program_that_fails_is_an_error(api, argosy, monkeypatch):
    monkeypatch.setenv("KUBECTL_EXTERNAL_DIFF", "/no/such/program")
    api.on("GET", f"{WEB}/managed-resources", {"items": [CHANGED]})
    done = argosy("app", "diff", "web")
    assert done.code == 20
    assert "cannot be run" in done.err
