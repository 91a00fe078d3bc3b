"""Jsonnet through the real worker; what it evaluates to is tested in Go, next to it."""

from collections.abc import Callable
from typing import Any

import pytest

from argosy.engine.model.source import JsonnetVariable
from argosy.gateways.tools.errors import Place, ToolFailed, ToolLimit
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import Document, File, JsonnetRequest
from argosy.gateways.tools.worker import MEBIBYTE, Limits, Program

OpenLimited = Callable[[Limits], Pool]


@pytest.fixture
def small_pool(open_pool: Callable[..., Pool], tool_worker_program: Any) -> Pool:
    limits = Limits(seconds=5, memory=256 * MEBIBYTE, output=MEBIBYTE)
    return open_pool(Program(path=tool_worker_program, limits=limits))


def program(text: str, **options: Any) -> JsonnetRequest:
    return JsonnetRequest(programs=(File("app/main.jsonnet", text.encode()),), **options)


async def test_each_program_has_its_objects_in_order(pool: Pool):
    request = JsonnetRequest(
        programs=(File("app/a.jsonnet", b"import 'b.jsonnet'"), File("app/b.jsonnet", b"[{b: x} for x in [1, 2]]")),
        files=(File("lib/x.libsonnet", b"1"),),
        libraries=("lib",),
    )
    assert await pool.jsonnet(request) == (
        (Document({"b": 1}, "app/a.jsonnet", 1), Document({"b": 2}, "app/a.jsonnet", 2)),
        (Document({"b": 1}, "app/b.jsonnet", 1), Document({"b": 2}, "app/b.jsonnet", 2)),
    )


async def test_variables_are_text_or_code(pool: Pool):
    request = program(
        "function(n) {n: n, e: std.extVar('e')}",
        tlas=(JsonnetVariable(name="n", value="1 + 1", code=True),),
        ext_vars=(JsonnetVariable(name="e", value="1 + 1"),),
    )
    assert await pool.jsonnet(request) == ((Document({"n": 2, "e": "1 + 1"}, "app/main.jsonnet"),),)


async def test_a_file_name_that_is_not_utf8_passes(pool: Pool):
    ((found,),) = await pool.jsonnet(JsonnetRequest(programs=(File("d\udcff.jsonnet", b"{a: 1}"),)))
    assert found.manifest == {"a": 1}


async def test_a_refusal_has_its_place(pool: Pool):
    with pytest.raises(ToolFailed, match="RUNTIME ERROR: no") as caught:
        await pool.jsonnet(program("{\n  a: error 'no',\n}"))
    assert caught.value.place == Place("app/main.jsonnet", 0, 2)


@pytest.mark.parametrize(
    "text",
    ["{a: import '/etc/hostname'}", "{a: importstr '../../x'}", "{a: importbin '/proc/self/environ'}"],
)
async def test_s_089_and_b_40_nothing_is_imported_but_what_was_handed_in(pool: Pool, text: str):
    with pytest.raises(ToolFailed, match="leads out of the repository"):
        await pool.jsonnet(program(text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("local f(x) = f(x) + 1; {a: f(1)}", "max stack frames exceeded"),
        ("std.foldl(function(o, _) {a: o}, std.range(1, 5000), {})", "max stack frames exceeded"),
        ("{a: std.native('exec')('ls')}", "Unexpected type null"),
        ("null", "it is null, not an object"),
        ("1", "it is a number, not an object"),
        ("'text'", "it is a string, not an object"),
        ("function(missing) {}", "Missing argument: missing"),
        ("{a: std.extVar('HOME')}", "Undefined external variable: HOME"),
    ],
)
async def test_b_40_what_is_no_answer_is_refused_in_words(small_pool: Pool, text: str, says: str):
    with pytest.raises(ToolFailed, match=says):
        await small_pool.jsonnet(program(text))


async def test_b_40_text_where_code_is_expected_is_refused(pool: Pool):
    wanted = JsonnetVariable(name="n", value="not code", code=True)
    with pytest.raises(ToolFailed, match="Did not expect"):
        await pool.jsonnet(program("function(n) {n: n}", tlas=(wanted,)))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("std.makeArray(1000000000, function(i) {n: i})", "memory"),
        ("{a: std.length([i for i in std.range(1, 100000) for j in std.range(1, 100000)])}", "memory"),
        (
            "local n = std.range(1, 20000), f(a, _) = std.foldl(function(b, _) b, n, 0); {a: std.foldl(f, n, 0)}",
            "time",
        ),
        ("local twice(s, n) = if n == 0 then s else twice(s + s, n - 1); {a: twice('0123456789', 17)}", "output"),
    ],
)
async def test_s_118_each_limit_ends_one_evaluation_and_is_named(small_pool: Pool, text: str, limit: str):
    with pytest.raises(ToolLimit) as caught:
        await small_pool.jsonnet(program(text))
    assert caught.value.limit == limit
    assert await small_pool.jsonnet(program("{}")) == ((Document({}, "app/main.jsonnet"),),)
