"""A folder of YAML and JSON: which files are read, and what becomes of them. Rules 2.5 and 2.7 to 2.12."""

import json

import pytest

from argosy.engine.model.source import DirectoryOptions
from argosy.wire.repo_server import ToolSettings
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, config_map
from tests.repo_server.repositories import Link

TREE = {
    "app/a.yaml": config_map("a"),
    "app/b.yml": config_map("b"),
    "app/c.json": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}',
    "app/d.txt": config_map("d"),
    "app/README.md": "# Notes",
    "app/sub/e.yaml": config_map("e"),
    "app/sub/deeper/f.yaml": config_map("f"),
    "app/.hidden/g.yaml": config_map("g"),
    "app/skipped.yaml": f"# +argocd:skip-file-rendering\n{config_map('skipped')}",
    "other/h.yaml": config_map("h"),
}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (None, "a b c"),
        (DirectoryOptions(), "a b c"),
        (DirectoryOptions(recurse=True), "a b c e f"),
        (DirectoryOptions(include="*.yaml"), "a"),
        (DirectoryOptions(include="{a,b}.y*ml"), "a b"),
        (DirectoryOptions(exclude="{*.json,b.*}"), "a"),
        (DirectoryOptions(include="*", exclude="a.yaml"), "b c"),
        (DirectoryOptions(recurse=True, include="sub/*"), "e f"),
        (DirectoryOptions(recurse=True, exclude="sub/deeper/*"), "a b c e"),
        (DirectoryOptions(include="d.txt"), ""),
        (DirectoryOptions(include="d.txt", disable_extension_filter=True), "d"),
        (DirectoryOptions(include="["), ""),
        (DirectoryOptions(recurse=True, include="**/f.yaml"), "f"),
        (DirectoryOptions(recurse=True, include="{sub/e.yaml,[!b-z].yaml}"), "a e"),
    ],
)
async def test_2_7_to_2_9_the_options_choose_the_files(kitchen: Kitchen, options: DirectoryOptions | None, names: str):
    kitchen.forge.create().commit(TREE)
    assert " ".join(sorted(await kitchen.data(kitchen.source("app", directory=options)))) == names


@pytest.mark.parametrize(
    ("options", "names", "warned"),
    [
        (DirectoryOptions(include="["), "", "directory.include '[' matches nothing: it is no glob: "),
        (DirectoryOptions(exclude="["), "a b c", "directory.exclude '[' matches nothing: it is no glob: "),
    ],
)
async def test_2_9_a_malformed_glob_matches_nothing_and_is_warned_of(
    kitchen: Kitchen, options: DirectoryOptions, names: str, warned: str
):
    kitchen.forge.create().commit(TREE)
    (source,) = await kitchen.render(kitchen.source("app", directory=options))
    assert " ".join(item.manifest["metadata"]["name"] for item in source.manifests) == names
    (warning,) = source.warnings
    assert warning.startswith(warned)


async def test_2_9_a_glob_that_takes_for_ever_ends_one_render(kitchen: Kitchen):
    kitchen.forge.create().commit({f"app/{'a' * 240}.yaml": config_map("a")})
    hostile = kitchen.source("app", directory=DirectoryOptions(include="*a" * 40 + "*"))
    with pytest.raises(Refused, match=r"directory\.include or exclude: it took too long") as refused:
        await kitchen.render(hostile)
    assert refused.value.code == "limit_exceeded"
    assert await kitchen.data(kitchen.source("app", directory=DirectoryOptions(include="*a*"))) == {"a": None}


@pytest.mark.parametrize("path", ["app", "app/", "./app", "app/."])
async def test_a_path_may_be_spelled_in_several_ways(kitchen: Kitchen, path: str):
    kitchen.forge.create().commit({"app/a.yaml": config_map("a")})
    assert await kitchen.data(kitchen.source(path)) == {"a": None}


async def test_the_root_is_a_path_too(kitchen: Kitchen):
    kitchen.forge.create().commit({"a.yaml": config_map("a"), "sub/b.yaml": config_map("b")})
    assert sorted(await kitchen.data(kitchen.source("."))) == ["a"]
    assert sorted(await kitchen.data(kitchen.source(".", directory=DirectoryOptions(recurse=True)))) == ["a", "b"]


async def test_every_object_says_where_it_was_written(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/a.yaml": f"# first\n{config_map('a')}---\n{config_map('b')}"})
    (source,) = await kitchen.render(kitchen.source("app"))
    assert source.source_type == "Directory"
    assert [item.origin for item in source.manifests] == [
        "app/a.yaml, document 1, line 1",
        "app/a.yaml, document 2, line 7",
    ]


async def test_an_empty_folder_of_manifests_renders_to_nothing(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/README.md": "nothing here"})
    assert await kitchen.manifests(kitchen.source("app")) == []


@pytest.mark.parametrize("path", ["/app", "../app", "app/../../etc", "app/../app", "a\0b"])
async def test_a_path_that_leads_elsewhere_is_refused(kitchen: Kitchen, path: str):
    kitchen.forge.create().commit(TREE)
    with pytest.raises(Refused, match=r"spec\.source\.path") as refused:
        await kitchen.render(kitchen.source(path))
    assert refused.value.code == "invalid"


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("ap", "the root holds: app, other"),
        ("app/subb", "'app' holds: .hidden, README.md, a.yaml, b.yml, c.json, d.txt, skipped.yaml, sub"),
        ("app/sub/deeper/x/y", "'app/sub/deeper' holds: f.yaml"),
        ("app/a.yaml", "is a file, not a directory"),
    ],
)
async def test_a_missing_path_says_what_is_there_instead(kitchen: Kitchen, path: str, nearest: str):
    commit = kitchen.forge.create().commit(TREE)
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source(path))
    assert refused.value.code == "path_not_found"
    assert f"{path!r}" in refused.value.message
    assert f"{kitchen.forge.address()} at {commit[:7]}" in refused.value.message
    assert nearest in refused.value.message


async def test_broken_yaml_is_refused_with_file_and_line(kitchen: Kitchen):
    broken = f"{config_map('a')}---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: [b\n"
    commit = kitchen.forge.create().commit({"app/a.yaml": broken})
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("app"))
    assert refused.value.code == "render_failed"
    where = f"path 'app' of {kitchen.forge.address()} at {commit[:7]}: app/a.yaml, document 2, line "
    assert refused.value.message.startswith(where)


async def test_2_10_broken_yaml_that_is_no_manifest_is_none_of_ours(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/a.yaml": config_map("a"), "app/template.yaml": "{{ if .x }}\nkey: [\n"})
    assert sorted(await kitchen.data(kitchen.source("app"))) == ["a"]


async def test_a_broken_manifest_is_refused_and_not_left_out(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/a.yaml": config_map("a"), "app/b.yaml": "kind: Pod\nmetadata: {name: b}\n"})
    with pytest.raises(Refused, match=r"app/b\.yaml, document 1, line 1: Pod: apiVersion must be set"):
        await kitchen.render(kitchen.source("app"))


async def test_2_11_too_many_bytes_of_manifests_are_refused(kitchen: Kitchen):
    files = {f"app/{n}.yaml": config_map(f"m{n}", big="x" * 30_000) for n in range(4)}
    kitchen.forge.create().commit(files)
    with pytest.raises(Refused, match="the limit is 100,000 bytes") as refused:
        await kitchen.render(kitchen.source("app"))
    assert refused.value.code == "limit_exceeded"
    assert len(await kitchen.manifests(kitchen.source("app"), tools=ToolSettings(directory_bytes=200_000))) == 4
    with pytest.raises(Refused, match="the limit is 50,000 bytes"):
        await kitchen.render(kitchen.source("app"), tools=ToolSettings(directory_bytes=50_000))


async def test_2_7_hidden_folders_are_walked_only_where_the_settings_say_so(kitchen: Kitchen):
    kitchen.forge.create().commit(TREE)
    source = kitchen.source("app", directory=DirectoryOptions(recurse=True))
    assert " ".join(sorted(await kitchen.data(source))) == "a b c e f"
    shown = await kitchen.data(source, tools=ToolSettings(hidden_directories=True))
    assert " ".join(sorted(shown)) == "a b c e f g"


async def test_2_7_a_hidden_file_is_a_file(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/.a.yaml": config_map("a")})
    assert await kitchen.data(kitchen.source("app")) == {"a": None}


@pytest.mark.parametrize("name", ["a.YAML", "a.yaml.swp", "a.yml~", "a.jsonnet.bak", "a.libsonnet", "yaml"])
async def test_2_8_and_b_13_other_endings_are_left_alone_unless_the_filter_is_off(kitchen: Kitchen, name: str):
    kitchen.forge.create().commit({f"app/{name}": config_map("a")})
    assert await kitchen.data(kitchen.source("app")) == {}
    unfiltered = DirectoryOptions(disable_extension_filter=True)
    assert await kitchen.data(kitchen.source("app", directory=unfiltered)) == {"a": None}


async def test_2_10_a_marked_file_is_skipped_and_other_yaml_is_ignored(kitchen: Kitchen):
    kitchen.forge.create().commit(
        {
            "app/a.yaml": f"values: [1]\n---\n{config_map('a')}---\nkind: Something\n---\n# only a comment\n",
            "app/b.yaml": f"{config_map('b')}# +argocd:skip-file-rendering",
            "app/values.yaml": "image: {tag: x}\n",
            "app/list.yaml": "---\n",
        }
    )
    assert await kitchen.data(kitchen.source("app")) == {"a": None}


async def test_2_5_and_b_09_lists_are_taken_apart_once_and_lists_of_nothing_are_dropped(kitchen: Kitchen):
    listed = json.dumps({"apiVersion": "v1", "kind": "ConfigMapList", "items": [json.loads(TREE["app/c.json"])]})
    nothing = "apiVersion: v1\nkind: ConfigMapList\nmetadata: {}\nitems: null\n"
    kitchen.forge.create().commit({"app/a.json": listed, "app/b.yaml": f"{nothing}---\n{config_map('b')}"})
    (source,) = await kitchen.render(kitchen.source("app"))
    assert [(item.manifest["metadata"]["name"], item.origin) for item in source.manifests] == [
        ("c", "app/a.json, document 1, line 1, items[0]"),
        ("b", "app/b.yaml, document 2, line 6"),
    ]


@pytest.mark.parametrize("depth", [2, 50])
async def test_b_09_a_list_within_a_list_is_refused(kitchen: Kitchen, depth: int):
    nested = json.loads(str(TREE["app/c.json"]))
    for _ in range(depth):
        nested = {"apiVersion": "v1", "kind": "List", "items": [nested]}
    kitchen.forge.create().commit({"app/a.json": json.dumps(nested)})
    with pytest.raises(Refused, match=r"app/a\.json, document 1, line 1, items\[0\]: .* not a list itself"):
        await kitchen.render(kitchen.source("app"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("apiVersion: v1\nkind: X\nmetadata: {name: a}\n--- nonsense\n", "invalid Yaml document separator"),
        ("apiVersion: v1\nkind: X\nmetadata:\n\tname: a\n", "line 4: .*found character that cannot start any token"),
        ("apiVersion: v1\nkind: X\nmetadata: {name: 'a\n", "line [0-9]: .*unexpected end of stream"),
        (b"apiVersion: v1\nkind: X\nmetadata: {name: caf\xe9}\n", "line 3: it is not UTF-8 text"),
        ("apiVersion: v1\nkind: X\nmetadata: {name: a}\nx: " + "[" * 501 + "]" * 501, "nested deeper than 500 levels"),
        ("%YAML 1.1\n---\napiVersion: v1\nkind: X\nmetadata: {name: a}\n", "did not find expected <document start>"),
        ("apiVersion: v1\nkind: X\nmetadata: &a {name: *a}\n", "its aliases expand to more than"),
    ],
)
async def test_b_12_what_cannot_be_read_is_refused_with_file_and_line(
    kitchen: Kitchen, content: str | bytes, says: str
):
    kitchen.forge.create().commit({"app/a.yaml": content})
    with pytest.raises(Refused, match=rf"app/a\.yaml, document [12], line \d+: .*{says}") as refused:
        await kitchen.render(kitchen.source("app"))
    assert refused.value.code == "render_failed"


@pytest.mark.parametrize("content", ["{name}", "\ufeff{name}", "--- # first\n{name}...\n", "# nothing\n---\n{name}"])
async def test_b_06_and_b_12_odd_but_whole_files_are_read(kitchen: Kitchen, content: str):
    kitchen.forge.create().commit({"app/a.yaml": content.replace("{name}", config_map("a").replace("\n", "\r\n"))})
    assert await kitchen.data(kitchen.source("app")) == {"a": None}


async def test_b_13_a_file_name_that_is_not_utf8_is_read(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/d\udcff.yaml": config_map("a"), "app/d\udcff.jsonnet": json_text("b")})
    assert sorted(await kitchen.data(kitchen.source("app"))) == ["a", "b"]


def json_text(name: str) -> str:
    """Return a ConfigMap as JSON, which is Jsonnet too."""
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}})


@pytest.mark.parametrize(
    "target", ["/etc/hostname", "/etc/does-not-exist", "../../outside", "../../../etc/hostname", "sub/../../../x"]
)
async def test_2_12_a_link_out_of_the_repository_is_refused_alike_whether_there_is_something(
    kitchen: Kitchen, target: str
):
    kitchen.forge.create().commit({"app/a.yaml": config_map("a"), "app/out.yaml": Link(target)})
    with pytest.raises(Refused, match=r"'app/out\.yaml' .* is a symbolic link out of the repository") as refused:
        await kitchen.render(kitchen.source("app"))
    assert target not in refused.value.message


async def test_links_inside_the_repository_are_followed(kitchen: Kitchen):
    kitchen.forge.create().commit(
        {
            "shared/a.yaml": config_map("a"),
            "app/linked.yaml": Link("../shared/a.yaml"),
            "app/twice.yaml": Link("../hop.yaml"),
            "hop.yaml": Link("shared/b.yaml"),
            "shared/b.yaml": config_map("b"),
            "app/folder.yaml": Link("../shared"),
            "same": Link("app"),
        }
    )
    assert sorted(await kitchen.data(kitchen.source("app"))) == ["a", "b"]
    assert sorted(await kitchen.data(kitchen.source("same"))) == ["a", "b"]


@pytest.mark.parametrize(
    ("links", "says"),
    [
        ({"app/a.yaml": Link("a.yaml")}, "leads in circles"),
        ({"app/a.yaml": Link("b.yaml"), "app/b.yaml": Link("a.yaml")}, "leads in circles"),
        ({"app/a.yaml": Link("gone.yaml")}, "is reached by a symbolic link to nothing"),
        ({f"app/{n:02}.yaml": Link(f"{n + 1:02}.yaml") for n in range(12)}, "leads in circles"),
    ],
)
async def test_links_that_lead_nowhere_are_refused(kitchen: Kitchen, links: dict[str, Link], says: str):
    kitchen.forge.create().commit({"app/12.yaml": config_map("end"), **links})
    with pytest.raises(Refused, match=says):
        await kitchen.render(kitchen.source("app"))


async def test_a_submodule_as_path_is_refused_in_words(kitchen: Kitchen):
    tree = kitchen.forge.create()
    commit = tree.commit({"app/a.yaml": config_map("a")})
    tree.git("update-index", "--add", "--cacheinfo", f"160000,{commit},app/module")
    tree.git("commit", "--quiet", "-m", "module")
    with pytest.raises(Refused, match="submodule 'app/module'"):
        await kitchen.render(kitchen.source("app/module"))
    recursive = DirectoryOptions(recurse=True)
    with pytest.raises(Refused, match="submodule 'app/module'"):
        await kitchen.render(kitchen.source("app", directory=recursive))


async def test_a_pointer_to_large_file_storage_is_refused_in_words(kitchen: Kitchen):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12345\n"
    kitchen.forge.create().commit({"app/a.yaml": pointer})
    with pytest.raises(Refused, match="Git LFS"):
        await kitchen.render(kitchen.source("app"))


async def test_odd_file_names_are_data(kitchen: Kitchen):
    names = ["-rf.yaml", "a b.yaml", "new\nline.yaml", "$(touch x).yaml", "ünï.yaml", "CON.yaml", "x" * 250 + ".yaml"]
    kitchen.forge.create().commit({f"app/{name}": config_map(f"n{n}") for n, name in enumerate(names)})
    assert len(await kitchen.manifests(kitchen.source("app"))) == len(names)


async def test_s_130_many_files_are_read_up_to_the_limit_and_not_beyond(kitchen: Kitchen):
    files = {f"app/{number}.yaml": config_map(f"c{number}") for number in range(2_000)}
    kitchen.forge.create().commit({**files, "big/one.yaml": config_map("big", text="x" * 200_000)})
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("app"))
    assert refused.value.code == "limit_exceeded"
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("big"))
    assert refused.value.code == "limit_exceeded"
    settings = ToolSettings(directory_bytes=1_000_000)
    assert len(await kitchen.data(kitchen.source("app"), tools=settings)) == 2_000
