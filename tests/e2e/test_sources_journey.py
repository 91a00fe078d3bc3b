"""What is rendered and what is not: charts with values from Git, commits that must be signed, charts from elsewhere."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.repo_server import signing
from tests.repo_server.repositories import WorkTree
from tests.repo_server.signing import Smith

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  value: '{value}'\n"
AUTOMATED = {"automated": {"prune": True, "selfHeal": True}, "syncOptions": ["CreateNamespace=true"]}
EVERYWHERE = [{"server": "*", "namespace": "*"}]
ANYTHING = [{"group": "*", "kind": "*"}]


@pytest.fixture
def smith() -> Iterator[Smith]:
    """Makes keys in a folder with a short name, as gpg's socket needs it."""
    folder = Path(tempfile.mkdtemp(prefix="argosy-"))
    folder.chmod(0o700)
    yield Smith(folder)
    shutil.rmtree(folder, ignore_errors=True)


def put(world: Any, kind: str, name: str, **body: Any) -> None:
    """Write an object of the control namespace, as `kubectl apply` does."""
    version = "argoproj.io/v1alpha1" if kind == "AppProject" else "v1"
    world.apply({"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "argocd"}, **body})


def put_project(world: Any, name: str, **spec: Any) -> None:
    put(world, "AppProject", name, spec={"destinations": EVERYWHERE, "clusterResourceWhitelist": ANYTHING, **spec})


def until_condition(world: Any, name: str, words: str) -> dict[str, Any]:
    """Wait until an application says why it cannot be compared, and return it."""

    def told() -> dict[str, Any] | None:
        found = world.get(name)
        conditions = found.get("status", {}).get("conditions", [])
        said = [each for each in conditions if each["type"] == "ComparisonError" and words in each["message"]]
        return found if said else None

    return world.wait(told, message=f"{name} did not say {words!r}")


def warnings(world: Any, name: str) -> list[str]:
    """Return what the linter says of the application's chart."""
    conditions = world.get(name)["status"].get("conditions", [])
    return [each["message"] for each in conditions if each["type"] == "ChartLintWarning"]


def replicas(world: Any, name: str) -> str:
    return world.kubectl("-n", name, "get", "statefulset", name, "-o", "jsonpath={.spec.replicas}", check=False)


def looked_up(world: Any, path: str, **query: Any) -> Any:
    answer = world.rest.client.get(path, params=query)
    answer.raise_for_status()
    return answer.json()


def test_a_chart_of_a_repository_with_values_from_git(world: Any) -> None:
    world.edit("values/ledger.yaml", "replicaCount: 2\n")
    chart = {"repoURL": world.stack.charts_url, "chart": "ledger", "targetRevision": "1.*"}
    chart |= {"helm": {"valueFiles": ["$values/values/ledger.yaml"]}}
    values = {"repoURL": world.stack.repository_url, "targetRevision": "HEAD", "ref": "values"}
    world.create("books", source=None, sources=[chart, values], syncPolicy=AUTOMATED)
    found = world.wait_for("books", "Synced", "Healthy")
    assert replicas(world, "books") == "2"
    assert found["status"]["sync"]["revisions"][0] == "1.2.0"
    assert found["status"]["sourceTypes"][0] == "Helm"

    commit = world.edit("values/ledger.yaml", "replicaCount: 3\n", "Three of them")
    world.wait(lambda: replicas(world, "books") == "3")
    found = world.wait_for("books", "Synced", "Healthy")
    assert found["status"]["sync"]["revisions"] == ["1.2.0", commit]

    revisions = "/api/v1/applications/books/revisions"
    chart_says = looked_up(world, f"{revisions}/1.2.0/chartdetails", sourceIndex=0)
    assert chart_says["description"] == "A service that keeps the books"
    assert looked_up(world, f"{revisions}/{commit}/metadata", sourceIndex=1)["message"].startswith("Three of them")

    charts = f"/api/v1/repositories/{quote(world.stack.charts_url, safe='')}"
    git = f"/api/v1/repositories/{quote(world.stack.repository_url, safe='')}"
    assert looked_up(world, f"{charts}/helmcharts")["items"] == [{"name": "ledger", "versions": ["1.2.0"]}]
    assert looked_up(world, f"{git}/refs")["branches"]
    folders = looked_up(world, f"{git}/apps", appName="new", appProject="default")["items"]
    assert {"type": "Helm", "path": "charts/orders"} in folders
    assert {"type": "Kustomize", "path": "storefront/overlays/staging"} in folders
    body = {"source": chart, "appName": "books", "appProject": "default", "sourceIndex": 0}
    details = world.rest.client.post(f"{charts}/appdetails", json=body).json()
    assert details["type"] == "Helm"
    assert {"name": "replicaCount", "value": "3"} in details["helm"]["parameters"]
    world.delete("books")


def test_only_signed_commits_are_rendered_where_the_project_says_so(world: Any, smith: Smith) -> None:
    key = smith.openpgp("signer")
    tree = WorkTree(world.stack.folder / "signed")
    tree.folder.mkdir()
    tree.git("init", "--quiet", "--initial-branch=main")
    url = world.stack.repository_url.removesuffix("repository") + "signed"
    put(world, "ConfigMap", "argocd-gpg-keys-cm", data={key.name[-16:]: key.public})
    policy = {"repos": [{"url": url}], "gpg": {"mode": "head", "keys": [key.name[-16:]]}}
    put_project(world, "signed", sourceRepos=["*"], sourceIntegrity={"git": {"policies": [policy]}})

    tree.commit({"app/a.yaml": CONFIG.format(value="1")})
    application = world.application("signs", project="signed", source={"repoURL": url, "path": "app"})
    application["spec"]["syncPolicy"] = AUTOMATED
    with pytest.raises(RuntimeError, match="sign"):
        world.rest.create(application)
    world.apply(application)
    found = until_condition(world, "signs", "sign")
    assert found["status"]["sync"]["status"] == "Unknown"
    assert world.argosy("app", "sync", "signs", "--timeout", "60", check=False).returncode != 0
    assert not world.kubectl("get", "namespace", "signs", "-o", "name", "--ignore-not-found")

    signed = signing.commit(tree, {"app/a.yaml": CONFIG.format(value="2")}, key.sign)
    found = world.wait_for("signs", "Synced", "Healthy")
    assert found["status"]["sync"]["revision"] == signed
    assert world.kubectl("-n", "signs", "get", "cm", "a", "-o", "jsonpath={.data.value}") == "2"

    tree.commit({"app/a.yaml": CONFIG.format(value="3")})
    until_condition(world, "signs", "sign")
    assert world.kubectl("-n", "signs", "get", "cm", "a", "-o", "jsonpath={.data.value}") == "2"
    world.delete("signs")
    world.kubectl("-n", "argocd", "delete", "appproject", "signed")
    world.kubectl("-n", "argocd", "delete", "configmap", "argocd-gpg-keys-cm")


def test_a_chart_draws_on_a_repository_only_if_the_project_permits_it(world: Any) -> None:
    needed = {"name": "ledger", "version": "1.x.x", "repository": world.stack.charts_url}
    chart = {"apiVersion": "v2", "name": "shop", "version": "0.1.0", "dependencies": [needed]}
    world.edit("shop/Chart.yaml", json.dumps(chart))
    world.edit("shop/values.yaml", "ledger: {replicaCount: 2}\n")
    put_project(world, "narrow", sourceRepos=[world.stack.repository_url])
    source = {"repoURL": world.stack.repository_url, "path": "shop", "targetRevision": "HEAD"}
    world.apply(world.application("shop", project="narrow", source=source, syncPolicy=AUTOMATED))
    until_condition(world, "shop", f"helm repos {world.stack.charts_url} are not permitted in project narrow")
    assert not world.kubectl("get", "namespace", "shop", "-o", "name", "--ignore-not-found")

    put_project(world, "narrow", sourceRepos=[world.stack.repository_url, world.stack.charts_url])
    world.wait_for("shop", "Synced", "Healthy")
    assert replicas(world, "shop") == "2"

    annotation = '{"metadata": {"annotations": {"argosy/lint": "true"}}}'
    world.kubectl("-n", "argocd", "patch", "application", "shop", "--type=merge", "-p", annotation)
    told = world.wait(lambda: warnings(world, "shop"))
    assert any("templates" in each for each in told), "it has none of its own"
    assert world.get("shop")["status"]["sync"]["status"] == "Synced"
    world.delete("shop")
    world.kubectl("-n", "argocd", "delete", "appproject", "narrow")
