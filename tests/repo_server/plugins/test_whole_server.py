"""Plugins as an application meets them: through the repo server's process, with plugin.yaml files as people have them.

The plugin.yaml texts have the shape of those in Argo CD's documentation and examples.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import EnvironmentEntry, PluginOptions, PluginParameter, Source
from argosy.gateways.manifests.errors import ManifestsError
from argosy.wire.repo_server import DetailsRequest, RenderedSource, RenderRequest, SourceRequest
from tests.repo_server.kitchen import config_map
from tests.repo_server.plugins.conftest import Workshop
from tests.repo_server.processes import Running, Starter
from tests.repo_server.repositories import Forge

DOCUMENTED = """
apiVersion: argoproj.io/v1alpha1
kind: ConfigManagementPlugin
metadata:
  name: my-plugin
spec:
  version: v1.0
  init:
    command: [sh]
    args: [-c, 'echo "Initializing..."']
  generate:
    command: [sh, -c]
    args:
      - |
        echo "{\\"kind\\": \\"ConfigMap\\", \\"apiVersion\\": \\"v1\\", \\"metadata\\": { \\"name\\": \\"$ARGOCD_APP_NAME\\", \\"namespace\\": \\"$ARGOCD_APP_NAMESPACE\\", \\"annotations\\": {\\"Foo\\": \\"$ARGOCD_ENV_FOO\\", \\"KubeVersion\\": \\"$KUBE_VERSION\\", \\"KubeApiVersion\\": \\"$KUBE_API_VERSIONS\\",\\"Bar\\": \\"baz\\"}}}"
  discover:
    fileName: "./subdir/s*.yaml"
    find:
      glob: "**/Chart.yaml"
      command: [sh, -c, find . -name env.yaml]
  parameters:
    static:
      - name: string-param
        title: Description of the string param
        tooltip: Tooltip shown when the user hovers the
        required: false
        itemType: ""
        collectionType: ""
        string: default-string-value
      - name: array-param
        array: [default, items]
        collectionType: array
      - name: map-param
        map:
          some: value
        collectionType: map
    dynamic:
      command: [echo, '[{"name": "example-param", "string": "default-string-value"}]']
  preserveFileMode: false
  provideGitCreds: false
"""  # noqa: E501  as people write it

HELM_LIKE = """
apiVersion: argoproj.io/v1alpha1
kind: ConfigManagementPlugin
metadata:
  name: simple-helm-cmp
spec:
  version: v1.0
  generate:
    command: [sh, /home/argocd/cmp-server/config/generate.sh]
  discover:
    fileName: "./values.yaml"
  parameters:
    static:
      - name: values-files
        title: VALUES FILES
        collectionType: array
    dynamic:
      command: [sh, /home/argocd/cmp-server/config/get-parameters.sh]
"""

GENERATE = """
python3 - <<'END'
import json, os
given = {item["name"]: item for item in json.loads(os.environ["ARGOCD_APP_PARAMETERS"])}
data = {"files": " ".join(given["values-files"]["array"]), **given["helm-parameters"]["map"]}
print(json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": data}))
END
"""

ANNOUNCE = """
python3 - <<'END'
import json
values = dict(line.split(": ") for line in open("values.yaml").read().splitlines())
print(json.dumps([{"name": "helm-parameters", "collectionType": "map", "map": values}]))
END
"""


@pytest.fixture
async def starter(tmp_path: Path, workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Starter]:
    monkeypatch.setenv("ARGOSY_REPO_SERVER_PLUGINS", str(workshop.folder))
    starter = Starter(tmp_path, [])
    yield starter
    await starter.end()


async def _rendered(running: Running, source: Source, **request: Any) -> RenderedSource:
    item = SourceRequest(source=source, repository=Repository(url=source.repo_url))
    asked = RenderRequest(application="shop", namespace="store", project="default", sources=(item,), **request)
    (rendered,) = (await running.client.render(asked)).sources
    return rendered


async def _manifests(running: Running, source: Source, **request: Any) -> list[Mapping[str, Any]]:
    return [item.manifest for item in (await _rendered(running, source, **request)).manifests]


async def test_the_documented_plugin_works_as_it_is(starter: Starter, workshop: Workshop, forge: Forge):
    workshop.declare("mine", DOCUMENTED)
    forge.create().commit({"app/subdir/some.yaml": "", "app/a.yaml": config_map("not-this")})
    running = await starter.start()
    source = Source(
        repo_url=forge.address(),
        path="app",
        plugin=PluginOptions(name="my-plugin-v1.0", env=(EnvironmentEntry(name="FOO", value="from $ARGOCD_APP_NAME"),)),
    )
    versions = {"kube_version": "1.37.2+", "api_versions": ("v1", "apps/v1")}
    assert await _manifests(running, source, **versions) == [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": "shop",
                "namespace": "store",
                "annotations": {
                    "Foo": "from shop",
                    "KubeVersion": "1.37.2",
                    "KubeApiVersion": "v1,apps/v1",
                    "Bar": "baz",
                },
            },
        }
    ]


async def test_2_1_discovery_comes_before_files_and_after_an_explicit_tool(
    starter: Starter, workshop: Workshop, forge: Forge
):
    workshop.declare("mine", DOCUMENTED)
    forge.create().commit(
        {"app/subdir/some.yaml": "", "app/a.yaml": config_map("not-this"), "plain/b.yaml": config_map("b")}
    )
    running = await starter.start()
    found = await _rendered(running, Source(repo_url=forge.address(), path="app"))
    assert (found.source_type, [item.manifest["metadata"]["name"] for item in found.manifests]) == ("Plugin", ["shop"])
    auto = await _rendered(running, Source(repo_url=forge.address(), path="app", plugin=PluginOptions()))
    assert auto.source_type == "Plugin"
    other = await _rendered(running, Source(repo_url=forge.address(), path="plain"))
    assert (other.source_type, [item.manifest["metadata"]["name"] for item in other.manifests]) == ("Directory", ["b"])
    with pytest.raises(ManifestsError, match="no plugin says that it is for this folder"):
        await _rendered(running, Source(repo_url=forge.address(), path="plain", plugin=PluginOptions()))


async def test_2_43_details_show_what_the_plugin_announces(starter: Starter, workshop: Workshop, forge: Forge):
    workshop.declare("mine", DOCUMENTED)
    forge.create().commit({"app/subdir/some.yaml": ""})
    running = await starter.start()
    source = Source(repo_url=forge.address(), path="app")
    item = SourceRequest(source=source, repository=Repository(url=source.repo_url))
    details = await running.client.details(DetailsRequest(application="shop", project="default", sources=(item,)))
    assert details.source_type == "Plugin"
    assert [found.name for found in details.plugin or ()] == [
        "example-param",
        "string-param",
        "array-param",
        "map-param",
    ]


async def test_a_plugin_of_scripts_beside_its_plugin_yaml_works(starter: Starter, workshop: Workshop, forge: Forge):
    folder = workshop.declare("helm", HELM_LIKE)
    (folder / "generate.sh").write_text(GENERATE)
    (folder / "get-parameters.sh").write_text(ANNOUNCE)
    forge.create().commit({"app/values.yaml": "color: blue\nsize: large\n"})
    running = await starter.start()
    parameters = (
        PluginParameter(name="values-files", array=("values-dev.yaml", "b.yaml")),
        PluginParameter(name="helm-parameters", map={"image.tag": "v1"}),
    )
    source = Source(repo_url=forge.address(), path="app", plugin=PluginOptions(parameters=parameters))
    (manifest,) = await _manifests(running, source)
    assert manifest["data"] == {"files": "values-dev.yaml b.yaml", "image.tag": "v1"}
    item = SourceRequest(source=source, repository=Repository(url=source.repo_url))
    details = await running.client.details(DetailsRequest(application="shop", project="default", sources=(item,)))
    assert details.plugin is not None
    assert [dict(found.map) for found in details.plugin] == [{"color": "blue", "size": "large"}, {}]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'a: ['", "output of plugin p, document 1, line"),
        ("echo broken >&2; exit 1", "plugin 'p': .* ended with status 1:\nbroken"),
        ('echo \'{"kind": "ConfigMap"}\'', "apiVersion"),
    ],
)
async def test_a_bad_render_names_the_plugin_and_the_source(
    starter: Starter, workshop: Workshop, forge: Forge, script: str, said: str
):
    workshop.script(script)
    forge.create().commit({"app/a": ""})
    running = await starter.start()
    source = Source(repo_url=forge.address(), path="app", plugin=PluginOptions(name="p"))
    with pytest.raises(ManifestsError, match=rf"(?s)path 'app' of .*{said}"):
        await _rendered(running, source)


async def test_b_one_plugin_that_never_ends_keeps_nobody_else_waiting(
    starter: Starter, workshop: Workshop, forge: Forge, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ARGOSY_EXEC_TIMEOUT", "2s")
    monkeypatch.setenv("ARGOCD_EXEC_FATAL_TIMEOUT", "200ms")
    workshop.script("trap '' TERM; while :; do sleep 1; done", name="slow")
    workshop.script('printf "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: quick}\\n"', name="quick")
    forge.create().commit({"app/a": ""})
    running = await starter.start()
    slow, quick = (
        Source(repo_url=forge.address(), path="app", plugin=PluginOptions(name=name)) for name in ("slow", "quick")
    )
    waiting = asyncio.ensure_future(_rendered(running, slow))
    assert [item["metadata"]["name"] for item in await _manifests(running, quick)] == ["quick"]
    assert not waiting.done()
    with pytest.raises(ManifestsError, match=r"plugin 'slow': .* was stopped: it took longer than 2 seconds"):
        await waiting


async def test_a_killed_server_starts_again_without_what_its_plugin_left(
    starter: Starter, workshop: Workshop, forge: Forge, tmp_path: Path
):
    workshop.script('printf "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: again}\\n"')
    workshop.script("sleep 60", name="slow")
    forge.create().commit({"app/a": ""})
    first = await starter.start()
    source = Source(repo_url=forge.address(), path="app", plugin=PluginOptions(name="slow"))
    waiting = asyncio.ensure_future(_rendered(first, source))
    await asyncio.sleep(1)
    first.process.send_signal(signal.SIGKILL)
    with pytest.raises(ManifestsError):
        await waiting
    second = await starter.start()
    good = Source(repo_url=forge.address(), path="app", plugin=PluginOptions(name="p"))
    assert [item["metadata"]["name"] for item in await _manifests(second, good)] == ["again"]
