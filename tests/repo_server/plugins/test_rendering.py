"""What a plugin is given and what becomes of what it says. Argo CD 2.41 to 2.45, 2.47."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine.model.source import EnvironmentEntry, PluginOptions, PluginParameter
from argosy.wire.repo_server import ParameterAnnouncement
from repo_server.errors import Refused
from repo_server.plugins.checkout import common_root
from repo_server.plugins.plugins import Limits
from repo_server.plugins.variables import variables
from tests.repo_server.plugins.conftest import BUILD, Committed, Workshop
from tests.repo_server.plugins.trees import tree_of
from tests.repo_server.repositories import Link


async def test_2_41_what_generate_prints_is_returned_as_it_is(workshop: Workshop, committed: Committed):
    python = workshop.declare(
        "python",
        "kind: ConfigManagementPlugin\nmetadata: {name: python}\n"
        "spec:\n  generate: {command: [python3, /home/argocd/cmp-server/config/generate.py], args: [a b, -c]}\n",
        generate_py="import sys, os\nsys.stdout.buffer.write(bytes(range(256)))\nprint(sys.argv[1:], os.getcwd())\n",
    )
    assert python.is_dir()
    plugins = workshop.plugins()
    tree = await committed({"app/x": ""})
    plugin = await plugins.named("python")
    output = await plugins.render(plugin, tree=tree, path="app", environment=BUILD, options=None)
    assert output == bytes(range(256)) + b"['a b', '-c'] /source/app\n"


@pytest.mark.parametrize("path", ["", "app", "app/deep", "-rf", "with space", "ü", "$HOME", "a'b"])
async def test_2_41_it_starts_in_the_applications_folder(workshop: Workshop, committed: Committed, path: str):
    name = workshop.script("pwd; ls")
    tree = await committed({f"{path}/marker" if path else "marker": ""})
    assert await workshop.render(name, tree, path) == f"/source/{path}".rstrip("/") + "\nmarker\n"


async def test_2_41_blank_output_is_no_failure(workshop: Workshop, committed: Committed):
    assert await workshop.render(workshop.script("true"), await committed({"app/a": ""})) == ""


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo half; echo 'bad value' >&2; exit 4", "ended with status 4:\nbad value"),
        ("exit 1", "ended with status 1 and said nothing"),
        ("kill -9 $$", "ended with status 137 and said nothing"),
        ("no-such-tool", "ended with status 127:"),
        ("printf 'a\\033[31mb\\000c\\n' >&2; exit 1", "ended with status 1:\na[31mbc"),
    ],
)
async def test_2_41_a_failure_fails_the_render_with_the_last_words(
    workshop: Workshop, committed: Committed, script: str, said: str
):
    with pytest.raises(Refused) as refused:
        await workshop.render(workshop.script(script), await committed({"app/a": ""}))
    assert refused.value.code == "render_failed"
    assert said in refused.value.message


async def test_2_41_only_the_last_lines_are_told(workshop: Workshop, committed: Committed):
    with pytest.raises(Refused) as refused:
        await workshop.render(workshop.script("seq 1 100000 >&2; exit 1"), await committed({"app/a": ""}))
    assert refused.value.message.endswith("99999\n100000")
    assert len(refused.value.message.splitlines()) == 21


OPTIONS = PluginOptions(
    env=(
        EnvironmentEntry(name="FOO", value="bar"),
        EnvironmentEntry(name="REV", value="test-$ARGOCD_APP_REVISION on ${KUBE_VERSION}, $$HOME and $HOME"),
        EnvironmentEntry(name="PATH", value="/evil"),
        EnvironmentEntry(name="", value="nameless"),
        EnvironmentEntry(name="EMPTY", value=""),
    ),
    parameters=(
        PluginParameter(name="values-files", array=("values-dev.yaml", "b.yaml")),
        PluginParameter(name="helm.parameters", map={"image.tag": "v1.2.3", "ö": "x"}),
        PluginParameter(name="some-string", string='it\'s <so> & "so"'),
        PluginParameter(name="none", array=(), map={}),
    ),
)


async def test_2_42_user_variables_and_parameters_arrive_under_their_prefixes(workshop: Workshop, committed: Committed):
    name = workshop.script("env -0 | sort -z | tr '\\000' '\\n'")
    build = {**BUILD, "KUBE_VERSION": "1.37.2"}
    printed = await workshop.render(name, await committed({"app/a": ""}), environment=build, options=OPTIONS)
    got = dict(line.split("=", 1) for line in printed.splitlines())
    assert json.loads(got.pop("ARGOCD_APP_PARAMETERS")) == [
        {"name": "values-files", "array": ["values-dev.yaml", "b.yaml"]},
        {"name": "helm.parameters", "map": {"image.tag": "v1.2.3", "ö": "x"}},
        {"name": "some-string", "string": 'it\'s <so> & "so"'},
        {"name": "none", "array": [], "map": {}},
    ]
    ours = {name: value for name, value in got.items() if name.startswith(("ARGOCD_ENV_", "PARAM_"))}
    assert ours == {
        "ARGOCD_ENV_FOO": "bar",
        "ARGOCD_ENV_REV": "test-1a2b3c4 on 1.37.2, $HOME and ",
        "ARGOCD_ENV_PATH": "/evil",
        "ARGOCD_ENV_EMPTY": "",
        "PARAM_VALUES_FILES_0": "values-dev.yaml",
        "PARAM_VALUES_FILES_1": "b.yaml",
        "PARAM_HELM_PARAMETERS_IMAGE_TAG": "v1.2.3",
        "PARAM_HELM_PARAMETERS__": "x",
        "PARAM_SOME_STRING": 'it\'s <so> & "so"',
    }
    assert got["PATH"] == "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def test_2_42_without_a_plugin_block_there_are_no_parameters_and_in_an_empty_one_none():
    assert "ARGOCD_APP_PARAMETERS" not in variables({}, None, passed={})
    assert variables({}, PluginOptions(), passed={})["ARGOCD_APP_PARAMETERS"] == "null"


@given(st.text(), st.text())
def test_2_42_no_option_of_a_user_names_a_variable_without_its_prefix(name: str, value: str):
    options = PluginOptions(
        env=(EnvironmentEntry(name=name, value=value),),
        parameters=(PluginParameter(name=name, string=value, map={name: value}),),
    )
    try:
        made = variables({}, options, passed={})
    except Refused as refused:
        assert refused.code == "invalid"  # noqa: PT017  only some examples are refused
        assert "=" in name or "\0" in name + value or not _is_text(name + value)
        return
    allowed = variables({}, None, passed={})
    assert all(
        name.startswith(("ARGOCD_ENV_", "PARAM_")) or name == "ARGOCD_APP_PARAMETERS" or value == allowed[name]
        for name, value in made.items()
    )


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def test_2_42_a_variable_that_no_program_can_be_given_is_refused_by_name():
    options = PluginOptions(env=(EnvironmentEntry(name="LONG", value="x" * 200_000),))
    with pytest.raises(Refused, match="variable 'ARGOCD_ENV_LONG' of the plugin is longer than 131,071 bytes"):
        variables({}, options, passed={})


ANNOUNCED = """
  parameters:
    static:
      - {name: text, title: A title, tooltip: A hint, required: true, itemType: number, string: '1'}
      - {name: list, collectionType: array, array: [a, b]}
      - {name: table, collectionType: map, map: {some: value}}
"""


async def _announce(workshop: Workshop, committed: Committed, spec: str) -> tuple[ParameterAnnouncement, ...]:
    plugins = workshop.plugins()
    plugin = await plugins.named(workshop.script("echo", spec=spec))
    tree = await committed({"app/names": '[{"name": "from-the-folder", "string": "x"}]'})
    return await plugins.announce(plugin, tree=tree, path="app", environment=BUILD, options=None)


async def test_2_43_static_announcements_have_every_field(workshop: Workshop, committed: Committed):
    assert await _announce(workshop, committed, ANNOUNCED) == (
        ParameterAnnouncement(
            name="text", title="A title", tooltip="A hint", required=True, item_type="number", string="1"
        ),
        ParameterAnnouncement(name="list", collection_type="array", array=("a", "b")),
        ParameterAnnouncement(name="table", collection_type="map", map={"some": "value"}),
    )


async def test_2_43_dynamic_announcements_come_from_the_folder_and_before_the_static(
    workshop: Workshop, committed: Committed
):
    announced = await _announce(workshop, committed, ANNOUNCED + "    dynamic: {command: [cat], args: [names]}\n")
    assert [item.name for item in announced] == ["from-the-folder", "text", "list", "table"]


@pytest.mark.parametrize("printed", ["", "{", '{"name": "x"}', '[{"name": 1}]'])
async def test_2_43_what_is_no_list_of_announcements_is_refused(workshop: Workshop, committed: Committed, printed: str):
    with pytest.raises(Refused, match=r"plugin 'p': spec\.parameters.dynamic must print a JSON list"):
        await _announce(workshop, committed, f"  parameters: {{dynamic: {{command: [printf, '{printed}']}}}}\n")


FILES = {"apps/web/a": "", "apps/api/b": "", "lib/c": "", "lib/deep/d": "", "top": "", ".hidden/e": ""}


async def test_2_44_the_whole_tree_is_there(workshop: Workshop, committed: Committed):
    name = workshop.script("cd /source; find . -type f | sort")
    assert (await workshop.render(name, await committed(FILES), "apps/web")).split() == sorted(f"./{f}" for f in FILES)


@pytest.mark.parametrize(
    ("exclusions", "gone"),
    [
        (["lib"], {"lib/c", "lib/deep/d"}),
        (["lib/*"], {"lib/c", "lib/deep/d"}),
        (["*/c", "top"], {"lib/c", "top"}),
        ([".hidden/*"], {".hidden/e"}),
        (["**"], {"top", ".hidden/e", "lib/c", "lib/deep/d", "apps/api/b"}),
        (["d", "deep"], set()),
    ],
)
async def test_2_44_exclusions_are_left_out(
    workshop: Workshop, committed: Committed, exclusions: list[str], gone: set[str]
):
    if exclusions == ["**"]:
        with pytest.raises(Refused, match=r"exclusions leave out 'apps/web' of .*, which a plugin is to render"):
            await workshop.render(workshop.script("ls"), await committed(FILES), "apps/web", exclusions=exclusions)
        return
    name = workshop.script("cd /source; find . -type f | sort")
    printed = await workshop.render(name, await committed(FILES), "apps/web", exclusions=exclusions)
    assert {line.removeprefix("./") for line in printed.split()} == set(FILES) - gone


@pytest.mark.parametrize(
    ("path", "written", "root"),
    [
        ("apps/web", "", "apps/web"),
        ("apps/web", ".", "apps/web"),
        ("apps/web", ".;../api", "apps"),
        ("apps/web", "/apps", "apps"),
        ("apps/web", "/lib;.", ""),
        ("apps/web", "/apps/web/*.yaml", "apps/web"),
        ("apps/web", "/apps/*/values.yaml", "apps"),
        ("apps/web", "../../..", ""),
        ("apps/web", " ; /apps/webby ; ", "apps"),
        ("", ".", ""),
    ],
)
def test_2_44_the_common_root_of_the_annotated_paths(path: str, written: str, root: str):
    assert common_root(path, written) == root


@pytest.mark.parametrize(
    ("setting", "annotation", "there"),
    [
        (True, ".;/apps/api", {"apps/web/a", "apps/api/b"}),
        (True, ".", {"apps/web/a"}),
        (True, "", set(FILES)),
        (False, ".", set(FILES)),
    ],
)
async def test_2_44_only_the_common_root_if_so_set(
    workshop: Workshop, committed: Committed, setting: bool, annotation: str, there: set[str]
):
    name = workshop.script("pwd >&2; cd /source; find . -type f")
    printed = await workshop.render(
        name, await committed(FILES), "apps/web", generate_paths=annotation, only_generate_paths=setting
    )
    assert {line.removeprefix("./") for line in printed.split()} == there


async def test_2_44_a_folder_behind_a_link_needs_the_whole_tree(workshop: Workshop, committed: Committed):
    tree = await committed({"app": Link("lib/real"), "lib/real/x": "found"})
    assert (
        await workshop.render(workshop.script("cat x"), tree, generate_paths=".", only_generate_paths=True) == "found"
    )


async def test_2_44_what_is_too_much_is_refused_before_anything_runs(workshop: Workshop, committed: Committed):
    name = workshop.script("echo ran")
    tree = await committed({"app/a": "x" * 2000, "app/b": "x" * 2000})
    with pytest.raises(Refused, match="limit is") as refused:
        await workshop.render(name, tree, limits=Limits(checkout=3000))
    assert refused.value.code == "limit_exceeded"


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "a\0b", "../../escape"])
async def test_s_087_names_that_no_file_can_have_are_refused(workshop: Workshop, name: str):
    tree = tree_of({"app": {"a": b"x"}, "evil": {name: b"x"}})
    with pytest.raises(Refused, match="which no file can have"):
        await workshop.render(workshop.script("echo ran"), tree)


async def test_a_name_longer_than_the_disk_takes_is_refused(workshop: Workshop):
    tree = tree_of({"app": {"a" * 300: b"x"}})
    with pytest.raises(Refused, match="checkout cannot be written: File name too long") as refused:
        await workshop.render(workshop.script("echo ran"), tree)
    assert refused.value.code == "limit_exceeded"


async def test_2_45_at_the_time_limit_it_is_asked_to_end(workshop: Workshop, committed: Committed):
    script = "trap 'echo cleaned up >&2; exit 0' TERM; echo started >&2; while :; do sleep 0.05; done"
    with pytest.raises(Refused) as refused:
        await workshop.render(
            workshop.script(script), await committed({"app/a": ""}), limits=Limits(seconds=0.5, fatal_seconds=30)
        )
    assert refused.value.code == "limit_exceeded"
    assert "it took longer than 0.5 seconds:\nstarted\n" in refused.value.message
    assert refused.value.message.endswith("cleaned up")


async def test_2_45_and_made_to_after_that(workshop: Workshop, committed: Committed):
    script = "trap '' TERM; echo started >&2; while :; do sleep 0.05; done"
    with pytest.raises(Refused, match=r"longer than 0.5 seconds:\nstarted$"):
        await workshop.render(
            workshop.script(script), await committed({"app/a": ""}), limits=Limits(seconds=0.5, fatal_seconds=0.2)
        )


BUILT: dict[str, Any] = {"KUBE_VERSION": "1.37.2", "KUBE_API_VERSIONS": "v1,apps/v1/Deployment"}


async def test_2_47_the_destinations_versions_are_told(workshop: Workshop, committed: Committed):
    name = workshop.script("echo $KUBE_VERSION $KUBE_API_VERSIONS $ARGOCD_APP_NAME $ARGOCD_APP_NAMESPACE")
    printed = await workshop.render(name, await committed({"app/a": ""}), environment={**BUILD, **BUILT})
    assert printed == "1.37.2 v1,apps/v1/Deployment shop store\n"
