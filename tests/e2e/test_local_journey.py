"""Somebody who changes manifests on their own machine, and asks what a push would do before they push."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from argosy.wire import yaml_text

IN_CLUSTER = "https://kubernetes.default.svc"
CHART = "apiVersion: v2\nname: local\nversion: 1.0.0\n"
VALUES = "image: nginx:1\nreplicas: 1\n"
TEMPLATES = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: {{ .Values.image }}
          resources: {limits: {cpu: 1000m}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: facts
data:
  kube: {{ .Capabilities.KubeVersion.Version }}
  apps: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}
---
apiVersion: v1
kind: Secret
metadata:
  name: token
stringData: {token: abc}
"""


@pytest.fixture
def made(world: Any) -> Iterator[Any]:
    """An application of a chart, synced; deleted afterwards."""
    if not (world.stack.repository / "local" / "Chart.yaml").exists():
        world.edit("local/values.yaml", VALUES)
        world.edit("local/templates/all.yaml", TEMPLATES)
        world.edit("local/Chart.yaml", CHART)
    words = f"--repo {world.stack.repository_url} --path local --dest-server {IN_CLUSTER} --dest-namespace local"
    world.argosy("app", "create", "local", *words.split(), "--sync-option", "CreateNamespace=true")
    world.argosy("app", "sync", "local", "--timeout", "60")
    world.argosy("app", "wait", "local", "--sync", "--timeout", "60")
    yield world
    world.argosy("app", "delete", "local", "-y", "--wait")


def test_a_change_is_seen_before_it_is_pushed(made: Any) -> None:
    folder = Path(made.stack.repository) / "local"
    pushed = made.argosy("app", "diff", "local", "--local", str(folder))
    assert pushed.stdout == ""
    assert "Secrets are not compared" in pushed.stderr

    (folder / "values.yaml").write_text("image: nginx:2\nreplicas: 1\n")
    (folder / "templates" / "more.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n")
    changed = made.argosy("app", "diff", "local", "--local", str(folder), check=False)
    (folder / "values.yaml").write_text(VALUES)
    (folder / "templates" / "more.yaml").unlink()
    assert changed.returncode == 1
    lines = [line.strip() for line in changed.stdout.splitlines()]
    assert [line for line in lines if line.startswith("=====")] == [
        "===== /ConfigMap local/more ======",
        "===== apps/Deployment local/local ======",
    ]
    assert [line for line in lines if line[:1] in "+-" and "image" in line] == [
        "-      - image: nginx:1",
        "+      - image: nginx:2",
    ]


def test_a_folder_renders_to_what_the_server_renders(made: Any) -> None:
    folder = Path(made.stack.repository) / "local"
    local = yaml_text.load_all(made.argosy("app", "manifests", "local", "--local", str(folder)).stdout)
    served = yaml_text.load_all(made.argosy("app", "manifests", "local").stdout)
    facts = [next(each for each in found if each["metadata"]["name"] == "facts") for found in (local, served)]
    assert facts[0]["data"] == facts[1]["data"]
    assert facts[0]["data"]["apps"] == "true"
    assert facts[0]["metadata"]["annotations"] == facts[1]["metadata"]["annotations"]
    assert sorted(each["kind"] for each in local) == sorted(each["kind"] for each in served)
