"""`argosy render`: what it prints is what the command lines of the field print, object by object; and what it says."""

import fcntl
import functools
import io
import json
import os
import shlex
import subprocess
import sys
import tarfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from argosy.wire import yaml_text
from tests.repo_server.repositories import WorkTree
from tools.gitserver import GitServer, Login

TOOL_WORKER = {name: os.environ[name] for name in ("ARGOSY_TOOL_WORKER",) if name in os.environ}
PASSWORD = "pass/w@rd:ü"
EXAMPLES = Path(__file__).parent / "rendering"


def objects(text):
    """Return the objects in a text of YAML by their keys; a document may be a list of them."""
    documents = [item for each in yaml_text.load_all(text) for item in (each if isinstance(each, list) else [each])]
    found = {
        (each["apiVersion"], each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]): each
        for each in documents
    }
    assert len(found) == len(documents)
    return found


@pytest.fixture
def render(run, monkeypatch, tmp_path):
    """Render as a call does, with a cache folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", os.defpath)
    monkeypatch.chdir(tmp_path)
    return lambda line: run("render", *shlex.split(line))


@pytest.fixture
def folder(tmp_path):
    """A folder of plain manifests, and one beside it."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def config_map(name, **data):
    return yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data})


def application(name="web", **source):
    spec = {"project": "default", "destination": {"namespace": "store"}, "source": source}
    metadata = {"name": name, "namespace": "argocd"}
    return yaml.safe_dump(
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": metadata, "spec": spec}
    )


FILES = {
    "shop/one.yaml": config_map("one", color="blue"),
    "shop/deep/two.yaml": config_map("two"),
    "base/kustomization.yaml": "resources: [one.yaml]\n",
    "base/one.yaml": config_map("one"),
    "over/kustomization.yaml": "resources: [../base]\nnamePrefix: over-\n",
}


@pytest.mark.parametrize("folder", sorted(EXAMPLES.glob("*/case.yaml")), ids=lambda case: case.parent.name)
def test_an_example_renders_to_what_the_command_lines_print(folder, render, monkeypatch):
    monkeypatch.chdir(folder.parent)
    result = render(yaml.safe_load(folder.read_text())["render"])
    assert (result.code, result.err) == (0, "")
    assert objects(result.out) == objects((folder.parent / "expected.yaml").read_text())


def names(text):
    return [each["metadata"]["name"] for each in yaml_text.load_all(text)]


def test_a_folder_is_rendered_by_the_options_of_its_kind(folder, render):
    assert names(render("shop").out) == ["one"]
    assert sorted(names(render("shop --directory-recurse").out)) == ["one", "two"]
    assert names(render("shop --directory-recurse --directory-exclude 'one*'").out) == ["two"]


def test_json_is_one_list(folder, render):
    given = json.loads(render("shop --directory-recurse -o json").out)
    assert (given["apiVersion"], given["kind"], len(given["items"])) == ("v1", "List", 2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("", "note: empty renders to nothing; folders below its own are read with --directory-recurse"),
        ("--directory-recurse --directory-include x", "note: empty renders to nothing\n"),
    ],
)
def test_who_gets_nothing_is_told_so(tmp_path, render, options, said):
    (tmp_path / "empty" / "below").mkdir(parents=True)
    (tmp_path / "empty" / "below" / "a.yaml").write_text(config_map("a"))
    result = render(f"empty {options}")
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith(said)


def test_nothing_is_read_above_the_root(folder, render):
    refused = render("over")
    assert refused.code == 20
    assert "../base" in refused.err
    assert names(render("over --local-repo-root .").out) == ["over-one"]


def test_the_root_is_the_git_work_tree(folder, render):
    (folder / ".git").mkdir()
    assert names(render("over").out) == ["over-one"]


def test_a_folder_outside_of_the_root_is_refused(folder, render):
    refused = render("over --local-repo-root base")
    assert (refused.code, "over is not in base" in refused.err) == (20, True)


def test_a_broken_file_is_named_with_the_line(folder, render):
    (folder / "shop" / "bad.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n  data: {}\n")
    refused = render("shop")
    assert (refused.code, refused.out) == (20, "")
    assert "shop: bad.yaml, document 1, line " in refused.err


def test_a_folder_that_is_not_there_is_named(render):
    refused = render("nowhere")
    assert refused.code == 20
    assert "nowhere cannot be read: No such file" in refused.err


def test_objects_are_marked_only_when_asked_for(folder, render):
    assert "tracking-id" not in render("shop").out
    (marked,) = yaml_text.load_all(render("shop --tracking --name web --namespace store").out)
    assert marked["metadata"]["annotations"] == {"argocd.argoproj.io/tracking-id": "web:/ConfigMap:store/one"}


def test_objects_are_marked_as_the_settings_say(folder, render):
    (folder / "cm.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\n"
        "data: {application.resourceTrackingMethod: label, application.instanceLabelKey: owner}\n"
    )
    result = render("shop --tracking --name web --settings cm.yaml")
    (marked,) = yaml_text.load_all(result.out)
    assert (marked["metadata"]["labels"], result.err) == ({"owner": "web"}, "")


def test_a_file_without_settings_is_refused(folder, render):
    refused = render("shop --settings shop/one.yaml")
    assert (refused.code, "shop/one.yaml holds no settings" in refused.err) == (20, True)


def test_the_last_of_several_objects_with_one_key_counts(folder, render):
    (folder / "shop" / "zz.yaml").write_text(config_map("one", color="red"))
    result = render("shop")
    assert [each["data"] for each in yaml_text.load_all(result.out)] == [{"color": "red"}]
    assert "warning:" in result.err
    assert "more than once" in result.err


def test_objects_that_get_their_names_later_are_all_kept(folder, render):
    job = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: job-}\n"
    (folder / "shop" / "jobs.yaml").write_text(f"{job}---\n{job}")
    result = render("shop")
    assert (result.out.count("generateName"), result.err) == (2, "")


def test_s_097_what_is_no_file_is_left_out_with_a_warning(folder, render):
    os.mkfifo(folder / "shop" / "pipe.yaml")
    result = render("shop")
    assert (result.code, names(result.out)) == (0, ["one"])
    assert "shop/pipe.yaml is neither file nor folder; it is left out" in result.err


def test_each_application_of_a_file_is_rendered(folder, render):
    (folder / "apps.yaml").write_text(
        application("a", repoURL="https://git.example.org/x", path="shop")
        + "---\n"
        + application("b", repoURL="https://git.example.org/x.git", path="over")
    )
    assert names(render("apps.yaml --local https://git.example.org/x.git=.").out) == ["one", "over-one"]


def test_what_is_no_application_is_left_out_with_a_note(folder, render):
    text = config_map("other") + "---\n" + application("a", repoURL="https://git.example.org/x", path="shop")
    (folder / "apps.yaml").write_text(text)
    result = render("apps.yaml --local https://git.example.org/x=.")
    assert names(result.out) == ["one"]
    assert "1 documents of apps.yaml are no Applications" in result.err


def test_applications_are_read_from_standard_input(folder, render, monkeypatch):
    text = application("a", repoURL="https://git.example.org/x", path="shop")
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert names(render("- --local https://git.example.org/x=.").out) == ["one"]


def test_options_change_the_application(folder, render):
    (folder / "app.yaml").write_text(application(repoURL="https://git.example.org/x", path="over"))
    result = render("app.yaml --local https://git.example.org/x=. --namesuffix=-eu --name front --tracking -n far")
    (found,) = yaml_text.load_all(result.out)
    assert found["metadata"]["name"] == "over-one-eu"
    assert found["metadata"]["annotations"] == {"argocd.argoproj.io/tracking-id": "front:/ConfigMap:far/over-one-eu"}


def test_options_of_a_source_are_for_applications_with_one(folder, render):
    (folder / "app.yaml").write_text(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n"
        "spec: {project: p, destination: {}, sources: [{repoURL: 'https://git.example.org/x', path: shop}]}\n"
    )
    refused = render("app.yaml --nameprefix eu-")
    assert refused.code == 20
    assert "options that change the source are for applications with one" in refused.err


def test_a_work_tree_stands_for_its_remotes(folder, render):
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text('[remote "origin"]\n\turl = git@git.example.org:team/x.git\n')
    (folder / "app.yaml").write_text(application(repoURL="https://git.example.org/team/x", path="over"))
    assert names(render("app.yaml --local shop").out) == ["over-one"]


def test_a_folder_that_stands_for_no_source_is_refused(folder, render):
    (folder / "app.yaml").write_text(application(repoURL="https://git.example.org/x", path="shop"))
    refused = render("app.yaml --local shop")
    assert refused.code == 20
    assert "the folder belongs to no Git repository" in refused.err
    assert "The sources are from https://git.example.org/x; write --local URL=FOLDER." in refused.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (config_map("a"), "app.yaml holds no Application of argoproj.io/v1alpha1"),
        (application(), "document 1: Object missing required field `repoURL` - at `$.spec.source`"),
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {}\nspec: {project: p, destination: {}}\n",
            "metadata.name",
        ),
        ("a: [", "app.yaml: line 2, column 1: "),
        ("", "app.yaml holds no Application"),
    ],
)
def test_a_file_that_is_no_application_is_refused_with_the_place(folder, render, text, said):
    (folder / "app.yaml").write_text(text)
    refused = render("app.yaml")
    assert refused.code == 20
    assert said in refused.err


@pytest.fixture
def remote(tmp_path):
    """A repository behind a login."""
    root = tmp_path / "served"
    work = WorkTree(root / "x")
    work.folder.mkdir(parents=True)
    work.git("init", "--quiet", "--initial-branch=main")
    work.commit({"app/one.yaml": config_map("far")})
    login = Login(user="ada", password=PASSWORD)
    with GitServer(root=root, static=tmp_path / "static", login=login) as server:
        yield f"{server.url}/x/.git"


def test_a_repository_elsewhere_is_fetched(folder, render, remote):
    (folder / "app.yaml").write_text(application(repoURL=remote, path="app"))
    refused = render("app.yaml")
    assert refused.code == 20
    assert remote in refused.err


def test_credentials_come_from_the_environment_for_one_url(folder, render, remote, monkeypatch):
    monkeypatch.setenv("ARGOSY_REPO_USERNAME", "ada")
    monkeypatch.setenv("ARGOSY_REPO_PASSWORD", PASSWORD)
    (folder / "app.yaml").write_text(application(repoURL=remote, path="app"))
    assert names(render(f"app.yaml --credentials-for {remote}").out) == ["far"]
    elsewhere = render("app.yaml --credentials-for https://git.example.org")
    assert elsewhere.code == 20
    assert PASSWORD not in elsewhere.err + elsewhere.out


def test_credentials_come_from_secrets_as_the_server_has_them(folder, render, remote):
    data = {"url": remote, "username": "ada", "password": PASSWORD}
    labels = {"argocd.argoproj.io/secret-type": "repository"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "labels": labels}, "stringData": data}
    (folder / "secrets.yaml").write_text(yaml.safe_dump(secret))
    (folder / "app.yaml").write_text(application(repoURL=remote, path="app"))
    result = render("app.yaml --settings secrets.yaml")
    assert (names(result.out), result.err) == (["far"], "")


def test_credentials_that_are_not_there_are_asked_for(folder, render):
    refused = render("shop --credentials-for https://git.example.org")
    assert refused.code == 20
    assert "Set ARGOSY_REPO_USERNAME and ARGOSY_REPO_PASSWORD" in refused.err


def test_two_commands_at_once_do_not_share_a_state(folder, render, remote, tmp_path, monkeypatch):
    state = tmp_path / "cache" / "argosy" / "offline"
    state.mkdir(parents=True)
    with (state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert names(render("shop").out) == ["one"]
        assert sorted(path.name for path in state.iterdir()) == ["lock"]
    assert names(render("shop").out) == ["one"]
    assert len(list(state.iterdir())) > 1


def test_rendering_loads_no_server(folder):
    program = (
        "import sys; from argosy.cli.__main__ import run\n"
        f"code = run(['render', {str(folder / 'shop')!r}], program='argosy', environment=__import__('os').environ)\n"
        "heavy = {'fastapi', 'starlette', 'uvicorn', 'sqlalchemy', 'alembic', 'pydantic', 'kubernetes', 'httpx2'}\n"
        "print(code, sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "0 []"


def test_a_call_without_anything_to_render_shows_the_help(render):
    refused = render("")
    assert (refused.code, "Usage:" in refused.err) == (1, True)


def test_what_a_hook_of_git_sets_does_not_reach_ours(folder, render, remote, monkeypatch):
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_QUARANTINE_PATH"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("ARGOSY_REPO_USERNAME", "ada")
    monkeypatch.setenv("ARGOSY_REPO_PASSWORD", PASSWORD)
    (folder / "app.yaml").write_text(application(repoURL=remote, path="app"))
    result = render(f"app.yaml --credentials-for {remote}")
    assert (result.err, names(result.out)) == ("", ["far"])


def test_without_git_only_what_has_to_be_fetched_fails(folder, remote):
    (folder / "app.yaml").write_text(application(repoURL=remote, path="app"))

    def call(what):
        environment = {"PATH": "", "HOME": str(folder), **TOOL_WORKER}
        words = [sys.executable, "-m", "argosy.cli", "render", str(folder / what)]
        return subprocess.run(words, check=False, env=environment, capture_output=True, text=True)

    assert names(call("shop").stdout) == ["one"]
    refused = call("app.yaml")
    assert refused.returncode == 20
    assert refused.stderr == "error: web: git is not installed here, or not in PATH; install it\n"


def test_what_the_service_logs_is_not_among_the_manifests(folder, render, monkeypatch):
    (folder / "plugins").mkdir()
    (folder / "plugins" / "plugin.yaml").write_text("kind: Other\n")
    monkeypatch.setenv("ARGOSY_REPO_SERVER_PLUGINS", str(folder / "plugins"))
    result = render("shop")
    assert (result.code, names(result.out)) == (0, ["one"])
    assert result.err.startswith("warning: plugin_unusable: problem=")
    assert "plugins/plugin.yaml" in result.err


@pytest.fixture
def shop(folder, run, render):
    """A chart repository made by ourselves, and a chart that depends on a chart of it."""
    (folder / "lib" / "templates").mkdir(parents=True)
    (folder / "lib" / "Chart.yaml").write_text("apiVersion: v2\nname: lib\nversion: 1.0.0\n")
    (folder / "lib" / "templates" / "all.yaml").write_text(config_map("of-lib"))
    (folder / "shop").rename(folder / "public")
    with tarfile.open(folder / "public" / "lib-1.0.0.tgz", "w:gz") as archive:
        archive.add("lib")
    assert run("chart", "index", "public").code == 0
    handler = functools.partial(Quiet, directory=str(folder / "public"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def depending(folder, repository):
    (folder / "front").mkdir()
    (folder / "front" / "Chart.yaml").write_text(
        "apiVersion: v2\nname: front\nversion: 1.0.0\n"
        f"dependencies: [{{name: lib, version: 1.x.x, repository: {repository!r}}}]\n"
    )


def test_2_24_missing_dependencies_are_fetched(folder, render, shop):
    depending(folder, shop)
    result = render("front")
    assert (names(result.out), result.err) == (["of-lib"], "")


def test_2_24_dependencies_by_name_need_the_entry_of_that_name(folder, render, shop):
    depending(folder, "@shop")
    refused = render("front")
    assert refused.code == 20
    assert "the sources draw on @shop, which the settings do not know" in refused.err
    assert "--settings FILE" in refused.err
    labels = {"argocd.argoproj.io/secret-type": "repository"}
    data = {"url": shop, "name": "shop", "type": "helm"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "labels": labels}, "stringData": data}
    (folder / "secrets.yaml").write_text(yaml.safe_dump(secret))
    assert names(render("front --settings secrets.yaml").out) == ["of-lib"]


def test_an_app_of_apps_is_rendered_to_the_end(render, monkeypatch):
    monkeypatch.chdir(EXAMPLES / "app-of-apps")
    applications = render("repository/apps --set spec.environment=prod --local-repo-root repository").out
    monkeypatch.setattr("sys.stdin", io.StringIO(applications))
    result = render("- --local https://git.example.org/shop.git=repository --tracking")
    assert (result.code, result.err) == (0, "")
    found = {each["metadata"]["name"]: each for each in yaml_text.load_all(result.out)}
    assert {name: each["data"] for name, each in found.items()} == {
        "web": {"environment": "prod", "replicas": "3"},
        "shop-prices": {"tea": "3"},
        "search": {"index": "all"},
    }
    marks = {name: each["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] for name, each in found.items()}
    assert marks == {
        "web": "default_web:/ConfigMap:web-prod/web",
        "shop-prices": "default_prices:/ConfigMap:prices-prod/shop-prices",
        "search": "default_search:/ConfigMap:search-prod/search",
    }
