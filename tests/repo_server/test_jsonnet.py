"""Jsonnet in a folder of manifests: what is evaluated, imported, and depended on. Rule 2.13."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine.model.source import DirectoryOptions, JsonnetOptions, JsonnetVariable, Source
from argosy.wire.repo_server import ToolSettings
from repo_server.errors import Refused
from repo_server.render.jsonnet import Import, imports_of
from tests.repo_server.kitchen import Kitchen, config_map
from tests.repo_server.repositories import Link


def map_of(name: str, data: str = "{}") -> str:
    """Return a ConfigMap as Jsonnet, with an expression for its data."""
    return f"{{apiVersion: 'v1', kind: 'ConfigMap', metadata: {{name: '{name}'}}, data: {data}}}"


def jsonnet(kitchen: Kitchen, **options: Any) -> Source:
    return kitchen.source("app", directory=DirectoryOptions(jsonnet=JsonnetOptions(**options)))


def text(name: str, value: str) -> JsonnetVariable:
    return JsonnetVariable(name=name, value=value)


def code(name: str, value: str) -> JsonnetVariable:
    return JsonnetVariable(name=name, value=value, code=True)


async def test_2_13_a_file_gives_one_object_or_a_list_of_them(kitchen: Kitchen):
    kitchen.forge.create().commit(
        {
            "app/a.jsonnet": map_of("a"),
            "app/b.jsonnet": f"[{map_of('b1')}, null, {map_of('b2')}]",
            "app/c.yaml": config_map("c"),
            "app/d.jsonnet": f"{{apiVersion: 'v1', kind: 'List', items: [{map_of('d')}]}}",
            "app/lib.libsonnet": "error 'nobody evaluates this'",
        }
    )
    (source,) = await kitchen.render(kitchen.source("app"))
    assert source.source_type == "Directory"
    assert [(item.manifest["metadata"]["name"], item.origin) for item in source.manifests] == [
        ("a", "app/a.jsonnet"),
        ("b1", "app/b.jsonnet, document 1"),
        ("b2", "app/b.jsonnet, document 3"),
        ("c", "app/c.yaml, document 1, line 1"),
        ("d", "app/d.jsonnet, items[0]"),
    ]


async def test_2_13_variables_are_text_or_code_with_the_build_environment_put_in(kitchen: Kitchen):
    data = map_of("a", "{size: std.toString(size), name: name, env: std.extVar('env')}")
    kitchen.forge.create().commit({"app/a.jsonnet": f"function(size, name) {data}"})
    source = jsonnet(
        kitchen,
        tlas=(code("size", "1 + 1"), text("name", "$ARGOCD_APP_NAME-$$x")),
        ext_vars=(text("env", "in ${ARGOCD_APP_NAMESPACE}"),),
    )
    assert await kitchen.data(source) == {"a": {"size": "2", "name": "shop-$x", "env": "in store"}}
    assert await kitchen.data(source, namespace="other") == {"a": {"size": "2", "name": "shop-$x", "env": "in other"}}


async def test_2_13_imports_are_found_beside_the_file_then_in_the_last_library_then_in_the_app(kitchen: Kitchen):
    data = "{near: import 'x/near.libsonnet', lib: import 'lib.libsonnet', text: importstr 'own.txt'}"
    kitchen.forge.create().commit(
        {
            "app/a.jsonnet": "import '../shared/map.libsonnet'",
            "shared/map.libsonnet": map_of("a", data),
            "shared/x/near.libsonnet": "importstr '../deep.txt'",
            "shared/deep.txt": "near",
            "one/lib.libsonnet": "'one'",
            "two/lib.libsonnet": "'two'",
            "one/x/near.libsonnet": "'far'",
            "app/own.txt": "own",
        }
    )
    for libs, lib in ((("one", "two"), "two"), (("/two/", "./one"), "one")):
        assert await kitchen.data(jsonnet(kitchen, libs=libs)) == {"a": {"near": "near", "lib": lib, "text": "own"}}


async def test_2_13_code_of_a_variable_imports_from_the_libraries(kitchen: Kitchen):
    kitchen.forge.create().commit(
        {"app/a.jsonnet": map_of("a", "std.extVar('data')"), "lib/d.jsonnet": "{from: 'lib'}"}
    )
    source = jsonnet(kitchen, libs=("lib",), ext_vars=(code("data", "import 'd.jsonnet'"),))
    assert await kitchen.data(source) == {"a": {"from": "lib"}}


async def test_2_13_files_are_skipped_where_jsonnet_is_switched_off(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/a.jsonnet": "error 'not evaluated'", "app/b.yaml": config_map("b")})
    assert await kitchen.data(kitchen.source("app"), tools=ToolSettings(jsonnet=False)) == {"b": None}
    with pytest.raises(Refused, match="not evaluated"):
        await kitchen.render(kitchen.source("app"))


async def test_2_10_a_marked_file_is_not_evaluated(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/a.jsonnet": "// +argocd:skip-file-rendering\nerror 'no'"})
    assert await kitchen.manifests(kitchen.source("app")) == []


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("{\n  a: error 'broken',\n}", r"app/a\.jsonnet, line 2: RUNTIME ERROR: broken"),
        ("{\n  a: ,\n}", r"app/a\.jsonnet, line 2: .*Unexpected"),
        ("import 'lib.libsonnet'", r"app/lib\.libsonnet, line 1: RUNTIME ERROR: from the library"),
        ("import 'gone.libsonnet'", r"couldn't open import \"gone\.libsonnet\": no match locally"),
        ("'text'", r"app/a\.jsonnet.*: it is a string, not an object"),
        ("{}", r"app/a\.jsonnet: object: apiVersion must be set"),
        ("[[]]", r"app/a\.jsonnet, document 1: it is a list, not an object"),
    ],
)
async def test_b_40_what_gives_no_manifest_is_refused_with_file_and_line(kitchen: Kitchen, program: str, says: str):
    kitchen.forge.create().commit({"app/a.jsonnet": program, "app/lib.libsonnet": "error 'from the library'"})
    with pytest.raises(Refused, match=says) as refused:
        await kitchen.render(kitchen.source("app"))
    assert refused.value.code == "render_failed"


@pytest.mark.parametrize("target", ["/etc/hostname", "../../x", "../../../../etc/passwd", "x/../../../y"])
@pytest.mark.parametrize("kind", ["import", "importstr", "importbin"])
async def test_s_089_an_import_out_of_the_repository_is_refused(kitchen: Kitchen, kind: str, target: str):
    kitchen.forge.create().commit({"app/a.jsonnet": f"{{a: {kind} '{target}'}}"})
    with pytest.raises(Refused, match="leads out of the repository"):
        await kitchen.render(kitchen.source("app"))


async def test_s_089_a_link_out_of_the_repository_is_not_imported(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/a.jsonnet": "{a: importstr 'out'}", "app/out": Link("/etc/hostname")})
    with pytest.raises(Refused, match=r"'app/out' .* is a symbolic link out of the repository"):
        await kitchen.render(kitchen.source("app"))


@pytest.mark.parametrize("library", ["..", "../lib", "app/../../x"])
async def test_s_089_a_library_out_of_the_repository_is_refused(kitchen: Kitchen, library: str):
    kitchen.forge.create().commit({"app/a.jsonnet": map_of("a")})
    with pytest.raises(Refused, match=r"directory\.jsonnet\.libs: .* leads out of the repository"):
        await kitchen.render(jsonnet(kitchen, libs=(library,)))


async def test_a_link_inside_the_repository_is_imported(kitchen: Kitchen):
    kitchen.forge.create().commit(
        {"app/a.jsonnet": "import 'vendor/m.libsonnet'", "app/vendor": Link("../lib"), "lib/m.libsonnet": map_of("a")}
    )
    assert await kitchen.data(kitchen.source("app")) == {"a": {}}


async def test_imports_that_go_in_circles_are_refused(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/a.jsonnet": "import 'b.libsonnet'", "app/b.libsonnet": "import 'a.jsonnet'"})
    with pytest.raises(Refused, match=r"max stack frames exceeded|infinite recursion"):
        await kitchen.render(kitchen.source("app"))


async def test_2_11_jsonnet_counts_as_a_program_and_not_as_a_manifest(kitchen: Kitchen):
    long = f"/* {'x' * 150_000} */ {map_of('a')}"  # manifests may have 100,000 bytes, programs 5,000,000
    kitchen.forge.create().commit({"app/a.jsonnet": long})
    assert await kitchen.data(kitchen.source("app")) == {"a": {}}
    kitchen.forge.create("large").commit(
        {"app/a.jsonnet": "{a: importstr 'x', b: importstr 'y'}", "app/x": "x" * 3_000_000, "app/y": "y" * 3_000_000}
    )
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("app", "large"))
    assert refused.value.code == "limit_exceeded"


async def test_too_many_imports_are_refused(kitchen: Kitchen):
    program = "[" + ", ".join(f"import '{number}'" for number in range(10_001)) + "]"
    kitchen.forge.create().commit({"app/a.jsonnet": program})
    with pytest.raises(Refused, match="more than 10,000 imports") as refused:
        await kitchen.render(kitchen.source("app"))
    assert refused.value.code == "limit_exceeded"


async def test_a_commit_renders_again_exactly_where_something_was_read_or_missed(kitchen: Kitchen):
    tree = kitchen.forge.create()
    tree.commit(
        {
            "app/a.jsonnet": "import 'm.libsonnet'",
            "lib/m.libsonnet": map_of("a", "{v: importstr 'v'}"),
            "lib/v": "1",
            "lib/unread": "x",
        }
    )
    source = jsonnet(kitchen, libs=("lib",))
    assert await kitchen.data(source) == {"a": {"v": "1"}}
    changes: list[tuple[dict[str, str], bool, str]] = [
        ({"lib/unread": "y", "elsewhere/m.libsonnet": "{}"}, False, "1"),
        ({"lib/v": "2"}, True, "2"),
        ({"app/m.libsonnet": map_of("a", "{v: 'beside'}")}, True, "beside"),
    ]
    for files, again, value in changes:
        tree.commit(dict(files))
        before = kitchen.tools.renders.count("jsonnet")
        assert await kitchen.data(source, revision=await kitchen.resolve(source)) == {"a": {"v": value}}
        assert kitchen.tools.renders.count("jsonnet") == before + again


@pytest.mark.parametrize(
    ("program", "targets"),
    [
        ("import 'a' + import \"b\"", ["a", "b"]),
        ("importstr'a', importbin @'it''s', import @\"say \"\"x\"\"\"", ["a", "it's", 'say "x"']),
        ("import // why\n # and\n /* how */ 'a'", ["a"]),
        (r"import 'a\'b\\c\u0041\n'", ["a'b\\cA\n"]),
        (r"import '\ud83d\ude00'", ["😀"]),
        ("// import 'in a comment'\nlocal x = ||| \n  don't import 'this'\n|||;", ["in a comment", "this"]),
        ("reimport 'a', import a, import ('b'), import 'unclosed", []),
    ],
)
def test_the_text_tells_what_may_be_imported(program: str, targets: list[str]):
    assert [what.target for what in imports_of(program)] == targets


@given(
    target=st.text(max_size=20),
    before=st.sampled_from(["", "local x = 'don\\'t'; ", "|||\n  it's\n||| + ", "/* ' */ "]),
)
def test_no_import_is_missed(target: str, before: str):
    assert Import(target, is_program=True) in list(imports_of(f"{before}import {json.dumps(target)}"))


@pytest.mark.parametrize("hostile", ["import ", "import '", "import /*", "import //", "import @'''", "import '\\"])
def test_a_hostile_text_is_gone_through_once(hostile: str):
    assert len(list(imports_of(hostile * 5_000))) <= 5_000


async def test_b_40_and_s_118_an_endless_evaluation_ends_one_render(kitchen: Kitchen):
    endless = "local n = std.range(1, 20000), f(a, _) = std.foldl(function(b, _) b, n, 0); {a: std.foldl(f, n, 0)}"
    kitchen.forge.create().commit({"app/a.jsonnet": endless, "other/b.jsonnet": map_of("b")})
    with pytest.raises(Refused, match="took longer than 5 seconds and was stopped") as refused:
        await kitchen.render(kitchen.source("app"))
    assert refused.value.code == "limit_exceeded"
    assert await kitchen.data(kitchen.source("other")) == {"b": {}}
