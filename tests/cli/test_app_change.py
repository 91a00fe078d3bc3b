import yaml

from tests.cli.applications import app

LIST = "/api/v1/applications"
WEB = "/api/v1/applications/web"
FORBIDDEN = {"error": "permission denied", "code": 7, "message": "permission denied"}


def test_an_application_is_created_from_options(api, argosy):
    api.on("GET", WEB, FORBIDDEN, status=403)
    api.on("POST", LIST, app())
    words = "--repo https://git.example.com/apps.git --path web --dest-server https://kubernetes.default.svc"
    done = argosy("app", "create", "web", *words.split(), "--sync-policy", "auto", "--set-finalizer", "-l", "a=b")
    assert (done.code, done.out, done.err) == (0, "application 'web' created\n", "")
    assert api.asked[-1].parameters == {"upsert": "false", "validate": "true"}
    assert api.asked[-1].body == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "web",
            "labels": {"a": "b"},
            "finalizers": ["resources-finalizer.argocd.argoproj.io"],
        },
        "spec": {
            "project": "default",
            "destination": {"server": "https://kubernetes.default.svc"},
            "source": {"repoURL": "https://git.example.com/apps.git", "path": "web"},
            "syncPolicy": {"automated": {}},
        },
    }


def test_applications_are_created_from_a_file_and_options_win(api, argosy, tmp_path):
    file = tmp_path / "apps.yaml"
    second = app("api")
    file.write_text(f"{yaml.safe_dump(app())}---\n{yaml.safe_dump(second)}")
    for path in (WEB, "/api/v1/applications/api"):
        api.on("GET", path, FORBIDDEN, status=403)
    api.on("POST", LIST, app(), second)
    done = argosy("app", "create", "-f", str(file), "--revision", "v2")
    assert done.out == "application 'web' created\napplication 'api' created\n"
    sent = api.bodies("POST", LIST)
    assert [each["spec"]["source"]["targetRevision"] for each in sent] == ["v2", "v2"]
    assert sent[0]["metadata"] == app()["metadata"]


def test_creating_again_says_whether_something_changed(api, argosy):
    api.on("GET", WEB, app(version="10"))
    api.on("POST", LIST, app(version="10"), app(version="11"))
    assert argosy("app", "create", "web", "--repo", "x", "--path", "y").out == "application 'web' unchanged\n"
    assert argosy("app", "create", "web", "--repo", "z", "--upsert=true").out == "application 'web' updated\n"
    assert api.asked[-1].parameters == {"upsert": "true", "validate": "true"}


def test_a_refusal_is_shown_as_the_server_words_it(api, argosy):
    message = 'application spec for web is invalid: InvalidSpecError: path "y" does not exist'
    api.on("GET", WEB, FORBIDDEN, status=403)
    api.on("POST", LIST, {"error": message, "code": 3, "message": message}, status=400)
    done = argosy("app", "create", "web", "--repo", "x", "--path", "y")
    assert (done.code, done.out, done.err) == (20, "", f"error: {message}\n")


def test_a_file_that_is_no_application_is_refused(api, argosy, tmp_path):
    file = tmp_path / "apps.yaml"
    file.write_text(f"{yaml.safe_dump(app())}---\nkind: Pod\n")
    assert "document 2 is not an Application of argoproj.io/v1alpha1" in argosy("app", "create", "-f", str(file)).err
    file.write_text("a: [")
    assert f"{file}: line 2, column 1" in argosy("app", "create", "-f", str(file)).err
    file.write_text(yaml.safe_dump(app()))
    assert "is called 'web', not 'other'" in argosy("app", "create", "other", "-f", str(file)).err
    assert "cannot be read: No such file" in argosy("app", "create", "-f", str(tmp_path / "none")).err
    assert not api.asked


def test_a_spec_is_changed_and_nothing_else_of_it(api, argosy):
    before = app()
    before["spec"]["unknownToUs"] = {"a": 1}
    api.on("GET", WEB, before)
    api.on("PUT", f"{WEB}/spec", {})
    assert argosy("app", "set", "web", "--revision", "v2", "--self-heal").code == 0
    assert api.asked[-1].parameters == {"validate": "true"}
    assert api.asked[-1].body == {
        **before["spec"],
        "source": {**before["spec"]["source"], "targetRevision": "v2"},
        "syncPolicy": {"automated": {"prune": True, "selfHeal": True}},
    }


def test_unsetting_what_is_not_set_writes_nothing(api, argosy):
    document = app()
    document["spec"]["source"]["helm"] = {"parameters": [{"name": "a", "value": "1"}]}
    api.on("GET", WEB, document)
    api.on("PUT", f"{WEB}/spec", {})
    assert argosy("app", "unset", "web", "-p", "b").code == 0
    assert not api.bodies("PUT", f"{WEB}/spec")
    assert argosy("app", "unset", "web", "-p", "a").code == 0
    assert "helm" not in api.bodies("PUT", f"{WEB}/spec")[0]["source"]


def test_an_operation_is_terminated(api, argosy):
    api.on("DELETE", f"{WEB}/operation", {})
    assert argosy("app", "terminate-op", "web").out == "Application 'web' operation terminating\n"


def test_applications_are_deleted_with_or_without_their_resources(api, argosy):
    api.on("DELETE", WEB, {})
    assert argosy("app", "delete", "web").out == "application 'web' deleted\n"
    assert api.asked[-1].parameters == {}
    assert argosy("app", "delete", "web", "-y", "--cascade=false").code == 0
    assert api.asked[-1].parameters == {"cascade": "false"}
    assert argosy("app", "delete", "web", "-y", "-p", "background").code == 0
    assert api.asked[-1].parameters == {"propagationPolicy": "background"}


def test_a_selector_that_matches_nothing_deletes_nothing(api, argosy):
    api.on("GET", LIST, {"items": []})
    done = argosy("app", "delete", "-l", "a=b")
    assert (done.code, done.err) == (20, "error: no application matches 'a=b'\n")
    assert [each.verb for each in api.asked] == ["GET"]


def test_a_selector_deletes_what_it_matches(api, argosy):
    api.on("GET", LIST, {"items": [app(), app("api")]})
    api.on("DELETE", WEB, {})
    api.on("DELETE", "/api/v1/applications/api", {})
    assert argosy("app", "delete", "-l", "a=b", "-y").out.count("deleted") == 2
    assert api.asked[-1].parameters == {"appNamespace": "argocd"}
    assert argosy("app", "delete", "web", "-l", "a=b", "-y").code == 1
