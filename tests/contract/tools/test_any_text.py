"""Whatever text comes, the worker answers or refuses it, and goes on: it is the same process afterwards."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.gateways.tools.errors import ToolFailed
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import File, Glob, JsonnetRequest
from argosy.gateways.tools.runner import ScriptRunner
from argosy.gateways.tools.scripts import Expression, JqPaths, JqQuery, LuaScript, Templates

# Pieces of the languages, so that more than the first character of a text is looked at.
MARKS = "{ } [ ] ( ) : , ; . .. ... = == + - * / // # | || ||| ' @' {{ }} {{- -}} $ & && *a &a <<: --- 1 1e9 a b .a[]"
WORDS = """local function return if then else end for in do while import error self super range with define nil null
true select( del( reduce as $x foreach try catch"""
ODD = ('"', "\\", "\n", "\t", "\0", "\u00fc", "\U0001f600", "\ufeff")
PIECES = [*MARKS.split(), *WORDS.split(), *ODD]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=20).map(" ".join)

Ask = Callable[[Pool, str], Awaitable[object]]

ASK: dict[str, Ask] = {
    "yaml": lambda pool, text: pool.yaml([File("a.yaml", text.encode()), File("a.json", text.encode())]),
    "jsonnet": lambda pool, text: pool.jsonnet(JsonnetRequest(programs=(File("a.jsonnet", text.encode()),))),
    "lua": lambda pool, text: ScriptRunner(pool).lua([LuaScript(script=text, object={"a": [1]})]),
    "jq paths": lambda pool, text: ScriptRunner(pool).jq_delete([JqPaths(document={"a": [1]}, paths=(text,))]),
    "jq query": lambda pool, text: ScriptRunner(pool).jq_query([JqQuery(document={"a": [1]}, query=text)]),
    "template": lambda pool, text: ScriptRunner(pool).render(Templates(templates=(text,)), [{"a": [1]}]),
    "expression": lambda pool, text: ScriptRunner(pool).evaluate([Expression(expression=text, environment={"a": [1]})]),
    "glob": lambda pool, text: pool.match([Glob(pattern=text, texts=("", "a", "a/b", text))]),
    "constraint": lambda pool, text: pool.semver(text, ["1.0.0", text]),
}


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts)
async def test_no_text_ends_the_worker(pool: Pool, ask: Ask, text: str):
    await pool.versions()
    before = pool.pids
    with suppress(ToolFailed):
        await ask(pool, text)
    assert pool.pids == before
