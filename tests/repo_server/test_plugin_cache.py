"""What plugins rendered is believed for its commit, or as long as the files are the same that the user names. 2.61."""

from datetime import timedelta
from pathlib import Path

import pytest

from argosy.engine.model.source import PluginOptions, Source
from tests.repo_server.kitchen import Kitchen, config_map
from tests.repo_server.repositories import WorkTree

PLUGIN = """apiVersion: argoproj.io/v1alpha1
kind: ConfigManagementPlugin
metadata: {name: cat}
spec:
  generate: {command: [sh, -c, "cat *.yaml ../shared/*.yaml"]}
"""


@pytest.fixture
def tree(kitchen: Kitchen, plugin_folder: Path) -> WorkTree:
    (plugin_folder / "cat.yaml").write_text(PLUGIN)
    tree = kitchen.forge.create()
    files = {"app/a.yaml": config_map("a"), "shared/b.yaml": "---\n" + config_map("b"), "other/c.txt": "c"}
    tree.commit(files)
    return tree


def _source(kitchen: Kitchen) -> Source:
    return kitchen.source("app", plugin=PluginOptions(name="cat"))


async def _runs(kitchen: Kitchen, tree: WorkTree, *, paths: str, **files: str) -> int:
    before = kitchen.rendered
    revision = tree.commit({name.replace("__", "/") + ".yaml": text for name, text in files.items()})
    await kitchen.data(_source(kitchen), revision=revision, generate_paths=paths)
    return kitchen.rendered - before


async def test_2_61_without_the_annotation_each_commit_runs_the_plugin(kitchen: Kitchen, tree: WorkTree):
    assert await _runs(kitchen, tree, paths="") == 1
    assert await _runs(kitchen, tree, paths="", other__x="x") == 1
    revision = tree.git("rev-parse", "HEAD")
    await kitchen.data(_source(kitchen), revision=revision)
    assert kitchen.rendered == 2


@pytest.mark.parametrize("paths", [".;../shared", "/app;/shared", "*.yaml;/shared/*.yaml"])
async def test_2_61_with_it_only_a_commit_that_touches_the_paths_does(kitchen: Kitchen, tree: WorkTree, paths: str):
    assert await _runs(kitchen, tree, paths=paths) == 1
    assert await _runs(kitchen, tree, paths=paths, other__x="x") == 0
    assert await _runs(kitchen, tree, paths=paths, shared__b="---\n" + config_map("b2")) == 1
    assert await _runs(kitchen, tree, paths=paths, app__new=config_map("new")) == 1


async def test_a_plugins_output_is_believed_for_a_day(kitchen: Kitchen, tree: WorkTree):
    await _runs(kitchen, tree, paths="")
    kitchen.clock.advance(timedelta(hours=25))
    await kitchen.data(_source(kitchen))
    assert kitchen.rendered == 2


async def test_s_124_another_plugin_yaml_runs_it_again(kitchen: Kitchen, tree: WorkTree, plugin_folder: Path):
    await _runs(kitchen, tree, paths="")
    (plugin_folder / "cat.yaml").write_text(PLUGIN.replace("cat *.yaml ", "cat "))
    assert set(await kitchen.data(_source(kitchen))) == {"b"}
