"""The cache is sound and exact: every file of a repository is changed, added beside, removed and renamed in turn.

After each step every application is rendered twice, with the cache and without: both must be the same (sound), and only
those that read what was touched may have been rendered with the cache (exact). Who reads what is written down by hand.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from argosy.engine.model.source import DirectoryOptions, HelmOptions, JsonnetOptions, KustomizeOptions, Source
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, chart, config_map
from tests.repo_server.repositories import Link, WorkTree

FILES: Mapping[str, str | Link] = {
    **chart("chart", **{"templates/extra.yaml": '{{ .Files.Get "extra.txt" }}', "extra.txt": config_map("extra")}),
    "chart/charts/inner/Chart.yaml": "apiVersion: v2\nname: inner\nversion: 0.1.0\n",
    "chart/charts/inner/templates/a.yaml": config_map("inner"),
    "values/prod.yaml": "color: prod",
    "values/env/a.yaml": "color: a",
    "plain/one.yaml": config_map("one"),
    "plain/notes.md": "notes",
    "plain/linked.yaml": Link("../shared/three.yaml"),
    "plain/sub/two.yaml": config_map("two"),
    "plain/sub/.hidden/three.yaml": config_map("hidden"),
    "plain/sub/.hidden/kept.txt": "keeps the folder",
    "shared/three.yaml": config_map("three"),
    "overlay/kustomization.yaml": (
        "resources: [../base, ../linked-base]\npatches: [{path: patch.yaml}]\n"
        "configMapGenerator: [{name: generated, files: [key=settings.txt]}]\n"
        "generatorOptions: {disableNameSuffixHash: true}\n"
    ),
    "overlay/patch.yaml": config_map("map", color="patched"),
    "overlay/settings.txt": "settings",
    "overlay/notes.md": "notes",
    "overlay/.argocd-source.yaml": "kustomize: {nameSuffix: -x}\n",
    "overlay/.argocd-source-other.yaml": "kustomize: {nameSuffix: -y}\n",
    "base/kustomization.yaml": "resources: [map.yaml]\n",
    "base/map.yaml": config_map("map"),
    "linked-base": Link("real-base"),
    "real-base/kustomization.yaml": "resources: [other.yaml]\n",
    "real-base/other.yaml": config_map("other"),
    "jsonnet/main.jsonnet": (
        "local a = import 'lib.libsonnet'; local b = import 'vendored.libsonnet'; a.map(b.name, importstr 'text.txt')"
    ),
    "jsonnet/lib.libsonnet": (
        "{ map(name, text):: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: name}, data: {text: text}} }"
    ),
    "jsonnet/text.txt": "text",
    "vendor/vendored.libsonnet": "{ name: 'vendored' }",
    "vendor/unused.libsonnet": "{ name: 'unused' }",
    "unread/file.yaml": config_map("unread"),
    "README.md": "read me",
}

# Who reads the files that begin like this; the first that fits counts.
READERS: Mapping[str, set[str]] = {
    "chart/": {"chart"},
    "values/prod.yaml": {"chart"},
    "values/env": {"chart"},
    "plain/one.yaml": {"plain", "deep"},
    "plain/linked.yaml": {"plain", "deep"},
    "plain/notes.md": set(),
    "plain/sub/.hidden": set(),
    "plain/sub/two.yaml": {"deep"},
    "shared/three.yaml": {"plain", "deep"},
    "overlay/.argocd-source-other.yaml": set(),
    "overlay/.argocd-source.yaml": {"overlay"},
    "overlay/kustomization.yaml": {"overlay"},
    "overlay/patch.yaml": {"overlay"},
    "overlay/settings.txt": {"overlay"},
    "overlay/notes.md": set(),
    "base/": {"overlay"},
    "linked-base": {"overlay"},
    "real-base/": {"overlay"},
    "jsonnet/main.jsonnet": {"jsonnet"},
    "jsonnet/lib.libsonnet": {"jsonnet"},
    "jsonnet/text.txt": {"jsonnet"},
    "vendor/vendored.libsonnet": {"jsonnet"},
    "vendor/unused.libsonnet": set(),
    "unread/": set(),
    "README.md": set(),
}

# Who notices that there is one name more or less beside these: whoever asked for the names in the folder.
LISTERS: Mapping[str, set[str]] = {
    "chart/": {"chart"},
    "values/env/": {"chart"},
    "plain/sub/.hidden/": set(),
    "plain/sub/": {"deep"},
    "plain/": {"plain", "deep"},
    "jsonnet/": {"jsonnet"},
}


def _of(table: Mapping[str, set[str]], path: str) -> set[str]:
    return next((names for start, names in table.items() if path.startswith(start)), set())


def _sources(kitchen: Kitchen) -> dict[str, Source]:
    helm = HelmOptions(value_files=("/values/prod.yaml", "/values/env/*.yaml"))
    jsonnet = DirectoryOptions(jsonnet=JsonnetOptions(libs=("vendor",)))
    return {
        "chart": kitchen.source("chart", helm=helm),
        "plain": kitchen.source("plain"),
        "deep": kitchen.source("plain", directory=DirectoryOptions(recurse=True)),
        "overlay": kitchen.source("overlay", kustomize=KustomizeOptions()),
        "jsonnet": kitchen.source("jsonnet", directory=jsonnet),
    }


async def _outcome(kitchen: Kitchen, source: Source, revision: str, **request: Any) -> object:
    try:
        return await kitchen.manifests(source, revision=revision, **request)
    except Refused as refused:
        return refused.code


async def _check(kitchen: Kitchen, revision: str) -> set[str]:
    """Render everything, see that the cache tells no lies, and return the names of what had to be rendered."""
    again: set[str] = set()
    for name, source in _sources(kitchen).items():
        before = kitchen.rendered
        remembered = await _outcome(kitchen, source, revision)
        if kitchen.rendered > before:
            again.add(name)
        else:
            # What was not rendered again must be what it would have been.
            assert remembered == await _outcome(kitchen, source, revision, fresh=True), name
    return again


async def _start(kitchen: Kitchen) -> WorkTree:
    tree = kitchen.forge.create()
    assert await _check(kitchen, tree.commit(FILES)) == set(_sources(kitchen))
    return tree


@pytest.mark.parametrize("path", sorted(FILES))
async def test_2_59_exactly_the_readers_of_a_file_render_again(kitchen: Kitchen, path: str):
    tree = await _start(kitchen)
    content = FILES[path]
    readers, listers = _of(READERS, path), _of(LISTERS, path)
    beside = f"{path.rpartition('/')[0]}/zz-{path.rpartition('/')[2]}".lstrip("/")

    if isinstance(content, str):
        changed = (
            content.replace("color: ", "color: x").replace("name: ", "name: x").replace("Suffix: ", "Suffix: -z") + "\n"
        )
        assert await _check(kitchen, tree.commit({path: changed})) == readers, "changed"
        assert await _check(kitchen, tree.commit({path: content})) == set(), "changed back"
    assert await _check(kitchen, tree.commit({beside: content})) == listers, "added beside"
    assert await _check(kitchen, tree.commit({beside: None})) == set(), "taken away again"
    renamed = await _check(kitchen, tree.commit({path: None, beside: content}))
    assert renamed == readers | listers, "renamed"
    assert await _check(kitchen, tree.commit({beside: None, path: content})) == set(), "renamed back"
    removed = await _check(kitchen, tree.commit({path: None}))
    if path == "overlay/.argocd-source.yaml":
        readers = set()  # the question is the one that was asked, and answered, when it was renamed
    assert removed == readers | listers, "removed"


async def test_a_commit_that_changes_nothing_renders_nothing_even_after_a_restart(kitchen: Kitchen):
    tree = await _start(kitchen)
    assert await _check(kitchen, tree.commit({}, "nothing")) == set()
    await kitchen.again()
    assert await _check(kitchen, tree.commit({"README.md": "other"})) == set()
    assert kitchen.rendered == len(_sources(kitchen))  # for comparison, without the cache


async def test_a_link_that_is_turned_elsewhere_is_noticed(kitchen: Kitchen):
    tree = await _start(kitchen)
    turned = tree.commit({"plain/linked.yaml": Link("one.yaml")})
    assert await _check(kitchen, turned) == {"plain", "deep"}
    assert await _check(kitchen, tree.commit({"linked-base": Link("base")})) == {"overlay"}
