"""Which plugins there are, and what their plugin.yaml says. Argo CD 2.37, 2.38, 2.40."""

import re
from pathlib import Path
from typing import Any

import pytest
import structlog

import argosy
from argosy.engine import settings
from repo_server.errors import Refused
from repo_server.plugins.definition import BadDefinition, parse
from tests.repo_server.plugins.conftest import Committed, Workshop
from tests.repo_server.repositories import Link

GENERATE = {"generate": {"command": ["true"]}}


def _document(**changes: Any) -> dict[str, Any]:
    return {"kind": "ConfigManagementPlugin", "metadata": {"name": "p"}, "spec": GENERATE, **changes}


def _parsed(**changes: Any):
    return parse(_document(**changes), file=Path("/p/plugin.yaml"), folder=None)


async def test_2_37_plugins_are_files_of_a_folder_and_of_folders_in_it(workshop: Workshop):
    workshop.script("echo", name="nested")
    (workshop.folder / "flat.yaml").write_text(
        "apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\n"
        "metadata: {name: first}\nspec: {version: v1.0, generate: {command: [echo]}}\n"
        "---\nkind: ConfigManagementPlugin\nmetadata: {name: second}\nspec: {generate: {command: [echo]}}\n"
    )
    (workshop.folder / "README.md").write_text("not a plugin")
    # A mounted ConfigMap: the names are links into a hidden folder, which is not to be read for itself.
    hidden = workshop.folder / "..data"
    hidden.mkdir()
    (hidden / "plugin.yaml").write_text((workshop.folder / "nested" / "plugin.yaml").read_text().replace("nested", "m"))
    (workshop.folder / "mounted.yaml").symlink_to("..data/plugin.yaml")
    assert await workshop.plugins().names() == ("first-v1.0", "m", "nested", "second")


async def test_2_37_without_a_folder_there_are_none(workshop: Workshop):
    plugins = workshop.plugins(folder=None)
    assert await plugins.names() == ()
    with pytest.raises(Refused, match="there is no plugin 'x' on the repo server; there are none"):
        await plugins.named("x")


def test_2_38_every_field_is_read():
    plugin = _parsed(
        metadata={
            "name": "full",
            "annotations": {"argosy/network": "true", "argosy/environment": "A, B", "argosy/readable": "/var/tool"},
        },
        spec={
            "version": "v2",
            "init": {"command": ["sh"], "args": ["-c", "x"]},
            "generate": {"command": ["a", "b"], "args": ["c"]},
            "discover": {"fileName": "f", "find": {"glob": "g", "command": ["h"], "args": ["i"]}},
            "parameters": {"static": [{"name": "n", "itemType": "t"}], "dynamic": {"command": ["d"]}},
            "preserveFileMode": True,
            "provideGitCreds": True,
            "lockRepo": True,
        },
    )
    spec = plugin.spec
    assert (plugin.name, plugin.network, plugin.passed, plugin.readable) == (
        "full-v2",
        True,
        ("A", "B"),
        ("/var/tool",),
    )
    assert (spec.init.line, spec.generate.line) == (("sh", "-c", "x"), ("a", "b", "c"))
    assert (spec.discover.file_name, spec.discover.find.glob, spec.discover.find.line) == ("f", "g", ("h", "i"))
    assert [item.item_type for item in spec.parameters.static] == ["t"]
    assert (spec.parameters.dynamic.line, spec.preserve_file_mode, spec.provide_git_creds) == (("d",), True, True)


def test_2_38_what_is_left_out_or_null_has_argo_cds_default():
    plugin = _parsed(spec={**GENERATE, "init": None, "discover": {"fileName": None}})
    spec = plugin.spec
    assert (plugin.network, plugin.passed, spec.init.line) == (False, (), ())
    assert (spec.discover.is_defined, spec.preserve_file_mode, spec.provide_git_creds) == (False, False, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "ConfigMap"}, "kind must be ConfigManagementPlugin, not 'ConfigMap'"),
        ({"metadata": {}}, "metadata.name must not be empty"),
        ({"spec": {}}, "missing required field `generate` - at `$.spec`"),
        ({"spec": {"generate": {"args": ["x"]}}}, "spec.generate.command must name a program"),
        ({"spec": {"generate": {"command": "sh"}}}, "Expected `array`, got `str` - at `$.spec.generate.command`"),
        ({"spec": {**GENERATE, "version": 1.0}}, "Expected `str`, got `float` - at `$.spec.version`"),
        (
            {"spec": {**GENERATE, "discover": {"fileName": "../x"}}},
            "spec.discover.fileName '../x' must not contain '..'",
        ),
        ({"metadata": {"name": "p", "annotations": {"argosy/network": "yes"}}}, 'argosy/network must be "true" or'),
        ({"metadata": {"name": "p", "annotations": {"argosy/environment": "A=1"}}}, "'A=1' is none"),
        ({"metadata": {"name": "p", "annotations": {"argosy/readable": "/"}}}, "'/' cannot be one"),
        ({"metadata": {"name": "p", "annotations": {"argosy/readable": "/a/../etc"}}}, "cannot be one"),
    ],
)
def test_2_38_what_is_wrong_is_named_by_its_field(changes: dict[str, Any], said: str):
    with pytest.raises(BadDefinition, match=re.escape(said)):
        _parsed(**changes)


async def test_2_38_init_comes_before_generate_and_its_output_is_dropped(workshop: Workshop, committed: Committed):
    init = '  init:\n    command: [sh, -c]\n    args: ["echo from init | tee made"]\n'
    name = workshop.script("cat made made", spec=init)
    assert await workshop.render(name, await committed({"app/a": ""})) == "from init\nfrom init\n"


async def test_2_38_a_failing_init_fails_the_render(workshop: Workshop, committed: Committed):
    name = workshop.script("echo fine", spec="  init: {command: [sh, -c, 'echo no chart >&2; exit 3']}\n")
    with pytest.raises(Refused, match=r"plugin 'p': sh -c echo no chart .* ended with status 3:\nno chart$"):
        await workshop.render(name, await committed({"app/a": ""}))


async def test_2_38_modes_are_reset_unless_they_are_to_be_preserved(workshop: Workshop, committed: Committed, forge):
    tree = await committed({"app/a": "plain"})
    assert (await workshop.render(workshop.script("stat -c %a a"), tree)) == "644\n"
    work = forge.create("modes")
    work.commit({"app/run": "#!/bin/sh\necho ran\n", "app/a": "plain"})
    work.git("update-index", "--chmod=+x", "app/run")
    work.git("commit", "--quiet", "-m", "executable")
    tree = await committed.of("modes", work.git("rev-parse", "HEAD"))
    reset = workshop.script("stat -c %a run a")
    kept = workshop.script("stat -c %a run a; ./run", name="kept", spec="  preserveFileMode: true\n")
    assert await workshop.render(reset, tree) == "644\n644\n"
    assert await workshop.render(kept, tree) == "755\n644\nran\n"


async def test_2_38_credentials_come_with_the_network(workshop: Workshop):
    workshop.script("echo", spec="  provideGitCreds: true\n")
    workshop.script("echo", name="shut", spec="  provideGitCreds: true\n", annotations='argosy/network: "false"')
    plugins = workshop.plugins()
    assert (await plugins.named("p")).network
    with pytest.raises(Refused, match=r"provideGitCreds is of no use without the network; take argosy/network"):
        await plugins.named("shut")


async def test_2_40_the_name_has_the_version_if_there_is_one(workshop: Workshop):
    workshop.script("echo", name="plain")
    workshop.script("echo", name="versioned", spec="  version: v1.0\n")
    plugins = workshop.plugins()
    assert (await plugins.named("plain")).name == "plain"
    assert (await plugins.named("versioned-v1.0")).name == "versioned-v1.0"
    with pytest.raises(Refused, match=r"there is no plugin 'versioned' .* there are: plain, versioned-v1.0"):
        await plugins.named("versioned")


async def test_a_changed_file_is_read_again_and_a_removed_one_forgotten(workshop: Workshop):
    workshop.script("echo", name="a")
    plugins = workshop.plugins()
    before = await plugins.named("a")
    workshop.script("echo again", name="a")
    workshop.script("echo", name="b")
    assert (await plugins.named("a")).fingerprint != before.fingerprint
    assert await plugins.names() == ("a", "b")
    (workshop.folder / "a" / "plugin.yaml").unlink()
    assert await plugins.names() == ("b",)


async def test_a_bad_file_takes_out_only_itself_and_keeps_its_last_good_content(workshop: Workshop):
    workshop.script("echo", name="a")
    workshop.script("echo", name="b")
    plugins = workshop.plugins()
    before = await plugins.named("a")
    with structlog.testing.capture_logs() as logs:
        workshop.declare("a", "kind: ConfigManagementPlugin\nmetadata: {name: a}\nspec: {generate: [}\n")
        workshop.declare("c", "kind: ConfigManagementPlugin\nmetadata: {name: c}\nspec: {}\n")
        assert await plugins.names() == ("a", "b")
        assert await plugins.names() == ("a", "b")
    assert await plugins.named("a") == before
    assert len(logs) == 2, "told once for each file, and not at every look"
    with pytest.raises(Refused) as refused:
        await plugins.named("c")
    assert re.search(r"a/plugin.yaml: document 1, line \d+: .*c/plugin.yaml: Object missing", refused.value.message)


async def test_a_folder_that_is_not_there_is_told_once_and_to_who_asks(workshop: Workshop):
    plugins = workshop.plugins(folder=workshop.folder / "later")
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            assert await plugins.names() == ()
    assert len(logs) == 1
    with pytest.raises(Refused, match=r"there are none; .*/later cannot be read: No such file or directory"):
        await plugins.named("p")
    workshop.script("echo")
    (workshop.folder / "p").rename(workshop.folder / "later")
    (workshop.folder / "later" / "plugin.yaml").rename(workshop.folder / "later" / "p.yaml")
    assert await plugins.names() == ("p",)


async def test_a_name_that_is_declared_twice_is_not_used(workshop: Workshop):
    workshop.script("echo", name="a")
    (workshop.folder / "z.yaml").write_text((workshop.folder / "a" / "plugin.yaml").read_text())
    with pytest.raises(
        Refused, match=r"plugin 'a' is declared more than once, and not used: .*a/plugin.yaml, .*z.yaml"
    ):
        await workshop.plugins().named("a")


def test_2_46_there_is_no_custom_resource_of_plugins():
    definitions = list((Path(argosy.__file__).parent / "crds").iterdir())
    assert definitions
    assert not any("ConfigManagementPlugin" in file.read_text() for file in definitions)


def test_2_46_a_plugin_in_the_settings_is_named_and_has_no_effect():
    data = {"configManagementPlugins": "- name: old"}
    _, problems = settings.read([{"kind": "ConfigMap", "metadata": {"name": "argocd-cm"}, "data": data}])
    said = [problem.message for problem in problems if problem.key == "configManagementPlugins"]
    assert said == ["unknown key; it has no effect"]


async def test_links_stay_links_and_may_not_lead_out(workshop: Workshop, committed: Committed):
    name = workshop.script("readlink near far; cat far")
    good = await committed({"app/near": Link("here"), "app/here": "x", "app/far": Link("../lib/b"), "lib/b": "deep"})
    assert await workshop.render(name, good) == "here\n../lib/b\ndeep"
    for target in ("../../etc/passwd", "/etc/passwd", "../.."):
        bad = await committed({"app/a": "x", "other/out": Link(target)})
        with pytest.raises(Refused, match=r"'other/out' in .* is a symbolic link out of the repository"):
            await workshop.render(name, bad)
