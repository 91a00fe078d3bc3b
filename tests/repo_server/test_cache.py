"""What was rendered is rendered again exactly when something that it read has changed."""

import pytest

from argosy.engine.model.source import DirectoryOptions, HelmOptions, HelmParameter, Source
from tests.repo_server.kitchen import Kitchen, chart, config_map
from tests.repo_server.repositories import Link, WorkTree

FILES: dict[str, str | Link] = {
    **chart("chart", **{"templates/extra.yaml": '{{ .Files.Get "extra.txt" }}', "extra.txt": config_map("extra")}),
    "values/prod.yaml": "color: prod",
    "values/env/a.yaml": "color: a",
    "directory/one.yaml": config_map("one"),
    "directory/notes.md": "notes",
    "directory/sub/two.yaml": config_map("two"),
    "directory/linked.yaml": Link("../shared/three.yaml"),
    "shared/three.yaml": config_map("three"),
    "overlay/kustomization.yaml": "resources: [../base]\npatches: [{path: patch.yaml}]\n",
    "overlay/patch.yaml": config_map("map", color="patched"),
    "overlay/notes.md": "notes",
    "base/kustomization.yaml": "resources: [map.yaml]\n",
    "base/map.yaml": config_map("map"),
    "unread/file.yaml": config_map("unread"),
}


def _sources(kitchen: Kitchen) -> dict[str, Source]:
    helm = HelmOptions(value_files=("/values/prod.yaml", "/values/env/*.yaml"))
    return {
        "chart": kitchen.source("chart", helm=helm),
        "plain directory": kitchen.source("directory"),
        "deep directory": kitchen.source("directory", directory=DirectoryOptions(recurse=True)),
        "overlay": kitchen.source("overlay"),
    }


READERS = {
    "chart": {"chart"},
    "values/prod.yaml": {"chart"},
    "values/env": {"chart"},
    "directory": {"plain directory", "deep directory"},
    "shared/three.yaml": {"plain directory", "deep directory"},
    "overlay/notes.md": {"overlay"},
    "overlay/kustomization.yaml": {"overlay"},
    "overlay/patch.yaml": {"overlay"},
    "base/kustomization.yaml": {"overlay"},
    "base/map.yaml": {"overlay"},
    "unread": set(),
    "new-file": set(),
}


def _may_read(path: str) -> set[str]:
    return next(readers for start, readers in READERS.items() if path.startswith(start))


async def _rendered_again(kitchen: Kitchen, revision: str) -> set[str]:
    again: set[str] = set()
    for name, source in _sources(kitchen).items():
        before = len(kitchen.tools.renders)
        await kitchen.render(source, revision=revision)
        if len(kitchen.tools.renders) > before:
            again.add(name)
    return again


@pytest.fixture
async def tree(kitchen: Kitchen) -> WorkTree:
    tree = kitchen.forge.create()
    first = tree.commit(FILES)
    assert await _rendered_again(kitchen, first) == set(_sources(kitchen))
    return tree


async def test_an_unchanged_commit_and_an_empty_one_render_nothing(kitchen: Kitchen, tree: WorkTree):
    assert await _rendered_again(kitchen, tree.git("rev-parse", "HEAD")) == set()
    assert await _rendered_again(kitchen, tree.commit({}, "nothing")) == set()


@pytest.mark.parametrize("path", sorted(name for name, content in FILES.items() if isinstance(content, str)))
async def test_a_changed_file_renders_its_readers_and_nobody_else(kitchen: Kitchen, tree: WorkTree, path: str):
    content = FILES[path]
    assert isinstance(content, str)
    changed = await _rendered_again(kitchen, tree.commit({path: content + "\n# changed\n"}))
    # A file that a tool could have seen may count as read; one that it did read must, and no other one may.
    if path == "overlay/notes.md":
        assert changed == set()
    else:
        assert changed == _may_read(path)


@pytest.mark.parametrize(
    ("path", "content", "readers"),
    [
        ("directory/new.yaml", config_map("new"), {"plain directory", "deep directory"}),
        ("directory/sub/new.yaml", config_map("new"), {"plain directory", "deep directory"}),
        ("values/env/b.yaml", "color: b", {"chart"}),
        ("chart/templates/new.yaml", config_map("new"), {"chart"}),
        ("unread/new.yaml", config_map("new"), set()),
        ("base/unnamed.yaml", config_map("new"), {"overlay"}),  # the folder was looked up, as a whole
        ("new-file.yaml", config_map("new"), set()),
    ],
)
async def test_an_added_file_renders_those_who_looked_for_it(
    kitchen: Kitchen, tree: WorkTree, path: str, content: str, readers: set[str]
):
    assert await _rendered_again(kitchen, tree.commit({path: content})) == readers


async def test_a_removed_and_a_renamed_file_render_their_readers(kitchen: Kitchen, tree: WorkTree):
    moved = {"values/env/a.yaml": None, "values/env/z.yaml": "color: a"}
    assert await _rendered_again(kitchen, tree.commit(moved)) == {"chart"}
    moved = {"directory/sub/two.yaml": None, "directory/sub/renamed.yaml": config_map("two")}
    assert await _rendered_again(kitchen, tree.commit(moved)) >= {"deep directory"}
    assert await _rendered_again(kitchen, tree.commit({"unread/file.yaml": None})) == set()


async def test_a_missing_file_that_appears_is_noticed(kitchen: Kitchen):
    tree = kitchen.forge.create()
    tree.commit(chart("web"))
    options = HelmOptions(value_files=("prod.yaml",), ignore_missing_value_files=True)
    source = kitchen.source("web", helm=options)
    assert (await kitchen.data(source))["shop"]["color"] == "chart"
    revision = tree.commit({"web/prod.yaml": "color: prod"})
    assert (await kitchen.data(source, revision=revision))["shop"]["color"] == "prod"


async def test_the_commit_counts_only_where_it_is_put_in(kitchen: Kitchen):
    tree = kitchen.forge.create()
    first = tree.commit(chart("web"))
    told = HelmOptions(parameters=(HelmParameter(name="color", value="at $ARGOCD_APP_REVISION"),))
    for revision in (first, tree.commit({}, "second")):
        assert (await kitchen.data(kitchen.source("web", helm=told), revision=revision))["shop"][
            "color"
        ] == f"at {revision}"
        await kitchen.data(kitchen.source("web"), revision=revision)
    assert kitchen.tools.renders == ["helm", "helm", "helm"]


async def test_for_whom_it_is_counts_for_charts_only(kitchen: Kitchen):
    kitchen.forge.create().commit({**chart("web"), "plain/a.yaml": config_map("a")})
    for application in ("one", "two"):
        assert application in await kitchen.data(kitchen.source("web"), application=application)
        await kitchen.data(kitchen.source("plain"), application=application)
    assert kitchen.tools.renders == ["helm", "yaml", "helm"]


async def test_a_failure_is_not_kept(kitchen: Kitchen):
    tree = kitchen.forge.create()
    broken = tree.commit({"app/a.yaml": "kind: Pod\nmetadata: {name: a}\n"})
    for _ in range(2):
        with pytest.raises(Exception, match="apiVersion must be set"):
            await kitchen.render(kitchen.source("app"), revision=broken)
    assert kitchen.tools.renders == ["yaml", "yaml"]


async def test_what_was_used_longest_ago_makes_room(kitchen: Kitchen):
    revision = kitchen.forge.create().commit({f"{n}/a.yaml": config_map("a", big="x" * 50_000) for n in range(30)})
    for path in [*map(str, range(30)), "29", "0"]:
        await kitchen.render(kitchen.source(path), revision=revision)
    assert len(kitchen.tools.renders) == 31
