"""Which plugin is for a folder. Argo CD 2.39."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine.model.source import EnvironmentEntry, PluginOptions
from repo_server.errors import Refused
from repo_server.plugins import patterns
from repo_server.plugins.plugins import Limits, Plugins
from repo_server.tree import Tree
from tests.repo_server.plugins.conftest import BUILD, Committed, Workshop
from tests.repo_server.plugins.trees import tree_of
from tests.repo_server.repositories import Link


def _discover(rule: str) -> str:
    return f"  discover: {rule}\n"


async def _found(plugins: Plugins, tree: Tree, path: str = "app") -> str | None:
    plugin = await plugins.discover(tree, path, environment=BUILD)
    return plugin.name if plugin else None


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("./subdir/s*.yaml", True),
        ("subdir/some.yaml", True),
        ("subdir/t*.yaml", False),
        ("subdir", True),
        ("s*/s?me.y[a-z]ml", True),
        ("some.yaml", False),
        ("**/some.yaml", True),  # two stars are one where Go's filepath.Glob reads them
        ("**/leaf.txt", False),
        ("{subdir,x}/some.yaml", False),
        (".hid*", True),
        ("missing/*", False),
        ("subdir/some.yaml/*", False),
    ],
)
async def test_2_39_file_name_is_a_glob_in_the_applications_folder(pattern: str, *, expected: bool):
    tree = tree_of({"app": {"subdir": {"some.yaml": b"", "deep": {"leaf.txt": b""}}, ".hidden": b""}, "some.yaml": b""})
    assert await patterns.matches_name(tree, "app", pattern) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("**/Chart.yaml", True),
        ("Chart.yaml", False),
        ("**/templates/*.yaml", True),
        ("charts/**/x.yaml", True),
        ("charts/**/Chart.yaml", True),
        ("charts/web/**", True),
        ("**/{Chart,chart}.yml", False),
        ("**/{Chart,chart}.yaml", True),
        ("other/**", False),
        ("**", True),
    ],
)
async def test_2_39_find_glob_knows_double_stars(pattern: str, *, expected: bool):
    chart = {"Chart.yaml": b"", "templates": {"x.yaml": b""}}
    tree = tree_of({"app": {"charts": {"web": chart}, "linked": {}}, "Chart.yaml": b""})
    assert await patterns.matches_glob(tree, "app", pattern) is expected


@given(st.lists(st.sampled_from(["a", "b", ".c"]), min_size=1, max_size=4), st.sampled_from(["*", "[ab]", "?", "a"]))
def test_2_44_exclusions_match_whole_paths(names: list[str], pattern: str):
    path = "/".join(names)
    assert patterns.matches_path(path, "/".join("*" * len(names)))
    assert patterns.matches_path(path, pattern) <= (len(names) == 1)


async def test_2_39_file_name_wins_over_glob_and_glob_over_command(workshop: Workshop, committed: Committed):
    tree = await committed({"app/a.yaml": "", "app/b.yaml": ""})
    says_yes = 'command: ["echo", "yes"]'
    workshop.script("echo", spec=_discover(f"{{fileName: none, find: {{glob: a.yaml, {says_yes}}}}}"))
    assert await _found(workshop.plugins(), tree) is None
    workshop.script("echo", spec=_discover(f"{{find: {{glob: none, {says_yes}}}}}"))
    assert await _found(workshop.plugins(), tree) is None
    workshop.script("echo", spec=_discover(f"{{find: {{{says_yes}}}}}"))
    assert await _found(workshop.plugins(), tree) == "p"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("find . -name env.yaml", "p"),
        ("find . -name nothing.yaml", None),
        ("echo yes; exit 1", None),
        ("echo yes >&2", None),
        ("echo", None),
    ],
)
async def test_2_39_a_command_says_yes_by_status_0_and_output(
    workshop: Workshop, committed: Committed, command: str, expected: str | None
):
    tree = await committed({"app/deep/env.yaml": "", "other/x": ""})
    workshop.script("echo", spec=_discover(f'{{find: {{command: [sh, -c, "{command}"]}}}}'))
    assert await _found(workshop.plugins(), tree) == expected


async def test_2_39_a_plugin_without_a_rule_is_used_by_name_only(workshop: Workshop, committed: Committed):
    tree = await committed({"app/a": ""})
    workshop.script("echo ran")
    assert await _found(workshop.plugins(), tree) is None
    assert await workshop.render("p", tree) == "ran\n"


async def test_2_39_a_named_plugin_runs_only_where_its_rule_holds(workshop: Workshop, committed: Committed):
    name = workshop.script("echo ran", spec=_discover("{fileName: a.yaml}"))
    assert await workshop.render(name, await committed({"app/a.yaml": ""})) == "ran\n"
    with pytest.raises(Refused, match=r"plugin 'p' is not for 'app' of .*: its discovery rule does not hold"):
        await workshop.render(name, await committed({"app/b.yaml": ""}))


async def test_2_39_of_several_the_first_by_name_is_taken(workshop: Workshop, committed: Committed):
    for name in ("c", "b"):
        workshop.script("echo", name=name, spec=_discover("{fileName: x}"))
    workshop.script("echo", name="a", spec=_discover("{fileName: y}"))
    assert await _found(workshop.plugins(), await committed({"app/x": ""})) == "b"


async def test_2_39_a_command_is_told_of_the_application(workshop: Workshop, committed: Committed):
    tree = await committed({"app/a": ""})
    command = "[ $ARGOCD_APP_NAME = shop ] && [ $ARGOCD_ENV_KIND = good ] && echo yes"
    workshop.script("echo", spec=_discover(f'{{find: {{command: [sh, -c, "{command}"]}}}}'))
    plugins = workshop.plugins()
    good, bad = (PluginOptions(env=(EnvironmentEntry(name="KIND", value=kind),)) for kind in ("good", "bad"))
    assert await plugins.discover(tree, "app", environment=BUILD, options=good) is not None
    assert await plugins.discover(tree, "app", environment=BUILD, options=bad) is None


async def test_a_command_is_run_once_for_a_folder_however_many_commits(workshop: Workshop, committed: Committed):
    workshop.script("echo", spec=_discover('{find: {command: [sh, -c, "[ -e marker ] && ls .. && echo yes"]}}'))
    plugins = workshop.plugins()
    asked: list[str] = []
    run = plugins._discovery._run

    async def counted(plugin, tree, path, environment):
        asked.append(tree.root)
        return await run(plugin, tree, path, environment)

    plugins._discovery._run = counted
    first = await committed({"app/marker": "", "other": "1"})
    second = await committed({"app/marker": "", "other": "2"})
    third = await committed({"app/marker": "changed", "other": "2"})
    for tree in (first, second, first, third):
        for revision in ("1", "2"):
            told = {**BUILD, "ARGOCD_APP_REVISION": revision}
            assert await plugins.discover(tree, "app", environment=told) is not None
    assert asked == [first.root, third.root]


async def test_globs_read_no_file_and_start_nothing(workshop: Workshop):
    class Unread:
        async def directory(self, identity: str):
            return tree.store.folders[identity]

        async def contents(self, identities, *, limit):
            raise AssertionError(f"{identities} were read, up to {limit} bytes")

    tree = tree_of({"app": {"a": {"b.yaml": b""}}})
    workshop.script("echo", spec=_discover("{find: {glob: '**/b.yaml'}}"))
    assert await _found(workshop.plugins(), msgspec.structs.replace(tree, store=Unread())) == "p"


async def test_what_lies_behind_a_link_is_looked_at_anew(workshop: Workshop, committed: Committed):
    workshop.script("echo", spec=_discover("{fileName: 'base/x.yaml'}"))
    plugins = workshop.plugins()
    assert await _found(plugins, await committed({"app/base": Link("../lib"), "lib/x.yaml": ""})) == "p"
    assert await _found(plugins, await committed({"app/base": Link("../lib"), "lib/y.yaml": ""})) is None


@pytest.mark.parametrize("command", ["[no-such-program]", "[sh, -c, 'no-such-program x']", "[/etc/passwd]"])
async def test_a_command_that_cannot_be_run_is_not_a_no(workshop: Workshop, committed: Committed, command: str):
    workshop.script("echo", spec=_discover(f"{{find: {{command: {command}}}}}"))
    with pytest.raises(Refused, match=r"plugin 'p': .* ended with status 12[67]:"):
        await _found(workshop.plugins(), await committed({"app/a": ""}))


async def test_a_command_that_takes_too_long_is_not_a_no(workshop: Workshop, committed: Committed):
    workshop.script("echo", spec=_discover("{find: {command: [sleep, '60']}}"))
    plugins = workshop.plugins(limits=Limits(seconds=0.3, fatal_seconds=1))
    with pytest.raises(Refused, match=r"plugin 'p': sleep 60 was stopped: it took longer than 0.3 seconds"):
        await _found(plugins, await committed({"app/a": ""}))
