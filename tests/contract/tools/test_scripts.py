"""Scripts of users through the real worker: item by item, and nobody suffers for another."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.gateways.tools.errors import ToolCrashed, ToolFailed
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import Glob
from argosy.gateways.tools.runner import ScriptRunner
from argosy.gateways.tools.scripts import (
    Answered,
    Declined,
    Expression,
    JqDeleted,
    JqPaths,
    JqQuery,
    LuaScript,
    Scripts,
    Templates,
)
from argosy.gateways.tools.worker import MEBIBYTE, Limits, Program

HEALTHY = """
if obj.status ~= nil and obj.status.phase == "Running" then
  return {status = "Healthy", message = "it runs"}
end
return {status = "Progressing"}
"""


@pytest.fixture
def scripts(pool: Pool) -> Scripts:
    return ScriptRunner(pool)


@pytest.fixture
def small_scripts(open_pool: Callable[..., Pool], tool_worker_program: Path) -> Scripts:
    limits = Limits(seconds=10, memory=256 * MEBIBYTE, output=4 * MEBIBYTE)
    return ScriptRunner(open_pool(Program(path=tool_worker_program, limits=limits)))


def lua(script: str) -> LuaScript:
    return LuaScript(script=script, object={})


async def test_lua_judges_objects(scripts: Scripts):
    running, starting = {"status": {"phase": "Running"}}, {"kind": "X"}
    assert await scripts.lua([LuaScript(script=HEALTHY, object=item) for item in (running, starting)]) == (
        Answered({"status": "Healthy", "message": "it runs"}),
        Answered({"status": "Progressing"}),
    )


async def test_lua_sees_the_parameters_of_an_action(scripts: Scripts):
    script = "obj.spec.replicas = tonumber(actionParams.replicas); return obj"
    asked = LuaScript(script=script, object={"spec": {"replicas": 1}}, parameters={"replicas": "3"})
    assert await scripts.lua([asked]) == (Answered({"spec": {"replicas": 3}}),)


async def test_no_items_have_no_answers_and_start_nothing(scripts: Scripts, pool: Pool):
    assert await scripts.lua([]) == ()
    assert pool.pids == frozenset()


@pytest.mark.parametrize(
    ("bad", "limit"),
    [
        ("while true do end", "time"),
        ("while true do pcall(function() while true do end end) end", "time"),
        ("return string.find(string.rep('a', 50000), string.rep('a-', 50000) .. 'b')", "time"),
        ("local t = {} while true do t[#t + 1] = string.rep('x', 1e7) end", "memory"),
        ("return string.rep('x', 10000000000)", "memory"),
        ("return string.rep('x', 5000000)", "output"),
    ],
)
async def test_s_119_a_script_that_takes_too_much_marks_only_itself(small_scripts: Scripts, bad: str, limit: str):
    before, declined, after = await small_scripts.lua([lua("return {1}"), lua(bad), lua("return {2}")])
    assert before == Answered([1])
    assert after == Answered([2])
    assert isinstance(declined, Declined)
    assert declined.limit == limit


@pytest.mark.parametrize(
    "script",
    [
        "return {io.open('/etc/hostname')}",
        "return {os.execute('ls')}",
        "return {os.getenv('PATH')}",
        "return {loadfile('/etc/hostname')}",
        "return {dofile('/etc/hostname')}",
        "return {require('io')}",
        "return {debug.getinfo(1)}",
        "os.exit(1)",
    ],
)
async def test_s_119_a_script_reaches_nothing_outside(scripts: Scripts, pool: Pool, script: str):
    for open_libraries in (False, True):
        (answer,) = await scripts.lua([LuaScript(script=script, object={}, open_libraries=open_libraries)])
        assert isinstance(answer, Declined)
        assert answer.limit is None
    assert len(pool.pids) == 1


async def test_what_a_script_prints_does_not_reach_the_pipe(scripts: Scripts):
    assert await scripts.lua([lua("print('x') return {1}"), lua("return {2}")]) == (Answered([1]), Answered([2]))


async def test_jq_deletes_what_differs_on_purpose(scripts: Scripts):
    document = {"spec": {"replicas": 2, "containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]}}
    asked = JqPaths(document=document, paths=(".spec.replicas", '.spec.containers[] | select(.name == "a") | .image'))
    removed = ((("spec", "replicas"),), (("spec", "containers", 0, "image"),))
    assert await scripts.jq_delete([asked]) == (Answered(JqDeleted(removed)),)


async def test_jq_tells_integers_apart_that_a_float_would_round(scripts: Scripts):
    asked = JqPaths(document={"a": 9007199254740993}, paths=(".a | select(. == 9007199254740993)",))
    assert await scripts.jq_delete([asked]) == (Answered(JqDeleted(((("a",),),))),)


async def test_a_jq_path_that_fails_is_told_and_the_others_are_obeyed(scripts: Scripts):
    asked = JqPaths(document={"a": 1, "b": 2}, paths=(".a[", ".none.x", ".b"))
    (answer,) = await scripts.jq_delete([asked])
    assert isinstance(answer, Answered)
    assert answer.value.removed == ((), (("none", "x"),), (("b",),))
    assert list(answer.value.unused) == [0]


@pytest.mark.parametrize("path", ["def f: f; f", "select(last(range(1e12)))", "[limit(1e9; repeat(1))]"])
async def test_s_120_a_looping_jq_path_is_declined_within_its_second(small_scripts: Scripts, path: str):
    asked = [JqPaths(document={"a": 1}, paths=(".a",)), JqPaths(document={"a": 1}, paths=(path,))]
    good, bad = await small_scripts.jq_delete(asked, seconds=0.2)
    assert good == Answered(JqDeleted(((("a",),),)))
    assert isinstance(bad, Declined)
    assert bad.limit in ("time", "memory")


async def test_s_120_a_path_of_a_megabyte_is_no_trouble(scripts: Scripts):
    asked = JqPaths(document={"a": 1}, paths=(" | ".join(["."] * 250_000),))
    (answer,) = await scripts.jq_delete([asked], seconds=5)
    assert isinstance(answer, Answered | Declined)
    assert await scripts.jq_query([JqQuery(document={"a": 1}, query=".a, .b")]) == (Answered((1, None)),)


async def test_s_117_no_script_sees_an_environment(scripts: Scripts):
    assert await scripts.jq_query([JqQuery(document=None, query="env, $ENV")]) == (Answered(({}, {})),)
    with pytest.raises(ToolFailed, match='function "env" not defined'):
        await scripts.render(Templates(templates=('{{ env "PATH" }}',)), [{}])


async def test_templates_are_rendered_for_each_set_of_parameters(scripts: Scripts):
    templates = Templates(templates=("{{ .name | upper }}", "{{ normalize .name }}-app"), options=("missingkey=error",))
    good, bad = await scripts.render(templates, [{"name": "A b"}, {}])
    assert good == Answered(("A B", "a-b-app"))
    assert isinstance(bad, Declined)
    assert 'map has no entry for key "name"' in bad.message


async def test_s_126_a_parameter_is_data(scripts: Scripts):
    evil = "x\n---\nkind: Pod\n{{ .secret }}"
    assert await scripts.render(Templates(templates=("{{ .name }}",)), [{"name": evil}]) == (Answered((evil,)),)


async def test_s_114_templates_have_no_way_out(scripts: Scripts):
    for text in ('{{ getHostByName "localhost" }}', '{{ expandenv "$PATH" }}', '{{ lookup "v1" "Secret" "" "" }}'):
        with pytest.raises(ToolFailed, match="not defined"):
            await scripts.render(Templates(templates=(text,)), [{}])


async def test_s_136_an_endless_template_marks_only_its_own_set(small_scripts: Scripts):
    text = "{{ if .bad }}{{ range until 1000000000 }}{{ end }}{{ end }}ok"
    good, bad, last = await small_scripts.render(Templates(templates=(text,)), [{}, {"bad": True}, {}])
    assert good == last == Answered(("ok",))
    assert isinstance(bad, Declined)
    assert bad.limit in ("time", "memory")


async def test_expressions_are_those_of_triggers(scripts: Scripts):
    app = {"status": {"operationState": {"phase": "Succeeded", "finishedAt": "2026-01-01T00:00:00Z"}}}
    texts = (
        "app.status.operationState.phase in ['Succeeded']",
        "time.Now().Sub(time.Parse(app.status.operationState.finishedAt)).Minutes() >= 5",
        "app.status.none?.phase == nil",
        "1 +",
    )
    *good, bad = await scripts.evaluate([Expression(expression=text, environment={"app": app}) for text in texts])
    assert good == [Answered(True)] * 3
    assert isinstance(bad, Declined)


async def test_globs_tell_which_texts_match(pool: Pool):
    globs = [Glob(pattern="a*", texts=("ab", "a/b")), Glob(pattern="a*", separators="/", texts=("ab", "a/b"))]
    assert await pool.match([*globs, Glob(pattern="[", texts=())]) == (
        Answered((True, True)),
        Answered((True, False)),
        Declined("unexpected end of input"),
    )


async def test_many_items_go_in_several_batches_and_come_back_in_order(small_scripts: Scripts):
    answers = await small_scripts.lua([lua(f"return {{{number}}}") for number in range(50)])
    assert answers == tuple(Answered([number]) for number in range(50))


async def test_scripts_that_wait_when_the_tools_close_are_not_called_bad(scripts: Scripts, pool: Pool):
    await pool.close()
    with pytest.raises(ToolCrashed, match="the tools are closed"):
        await scripts.lua([lua("return {}")])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(objects=st.lists(st.dictionaries(st.text(), json_values, max_size=4), max_size=4))
async def test_any_object_passes_through_lua(scripts: Scripts, objects: list[dict[str, Any]]):
    answers = await scripts.lua([LuaScript(script="return obj", object=item) for item in objects])
    assert answers == tuple(Answered(as_lua_gives_it(item)) for item in objects)


def as_lua_gives_it(value: object) -> object:
    """Nulls are not there, and an empty map is a list."""
    if isinstance(value, dict):
        return {key: as_lua_gives_it(item) for key, item in value.items() if item is not None} or []
    if isinstance(value, list):
        return [as_lua_gives_it(item) for item in value if item is not None]
    return value
