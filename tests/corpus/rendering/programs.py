"""B-40: Jsonnet that reaches out, runs away, or gives no object."""

from collections.abc import Mapping
from typing import Any

from argosy.engine.model.source import DirectoryOptions, JsonnetOptions, JsonnetVariable
from tests.corpus.rendering.cases import TOO_MUCH, Case, GivesData, Refuses

OBJECT = "{apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a'}, data: {x: std.toString(%s)}}"


def _program(text: str | bytes, expected: GivesData | Refuses, **jsonnet: Any) -> Case:
    options = {"directory": DirectoryOptions(jsonnet=JsonnetOptions(**jsonnet))}
    return Case(lambda: {"a.jsonnet": text}, expected, options)


def _argument(value: str, *, code: bool) -> dict[str, Any]:
    return {"tlas": (JsonnetVariable(name="x", value=value, code=code),)}


OUT = Refuses("leads out of the repository")

CASES: Mapping[str, Case] = {
    "B-40 an absolute import": _program("import '/etc/hostname'", OUT),
    "B-40 an import that leads out": _program("{a: importstr '../../../etc/passwd'}", OUT),
    "B-40 an import of the environment": _program("{a: importbin '/proc/self/environ'}", OUT),
    "B-40 an import of nothing": _program("import 'gone'", Refuses("couldn't open import")),
    "B-40 an import of itself": _program("import 'a.jsonnet'", Refuses("max stack frames exceeded|infinite recursion")),
    "B-40 an import that is computed": _program("import 'a' + 'b'", Refuses("couldn't open import|Computed imports")),
    "B-40 deep recursion": _program("local f(x) = f(x) + 1; {a: f(1)}", Refuses("max stack frames exceeded")),
    "B-40 a deep object": _program(
        "std.foldl(function(o, _) {a: o}, std.range(1, 5000), {})", Refuses("max stack frames|nested")
    ),
    "B-40 a huge list": _program("{a: std.length(std.makeArray(1000000000, function(i) i))}", TOO_MUCH),
    "B-40 100 MB": _program(OBJECT % "std.repeat('x', 100000000)", TOO_MUCH),
    "B-40 native functions": _program("{a: std.native('exec')('ls')}", Refuses("Unexpected type null")),
    "B-40 the environment": _program("{a: std.extVar('HOME')}", Refuses("Undefined external variable: HOME")),
    "B-40 no UTF-8": _program((OBJECT % "'caf\xe9'").encode("latin-1"), GivesData({"x": "caf\ufffd"})),
    "B-40 an argument of bytes": _program(
        f"function(x) {OBJECT % 'x'}", GivesData({"x": "caf\ufffd"}), **_argument("caf\ufffd", code=False)
    ),
    "B-40 code where text is": _program(
        f"function(x) {OBJECT % 'x'}", GivesData({"x": "1 + 1"}), **_argument("1 + 1", code=False)
    ),
    "B-40 text where code is": _program(
        f"function(x) {OBJECT % 'x'}", Refuses("top-level-arg:x.*Did not expect"), **_argument("two words", code=True)
    ),
    "B-40 an argument that nobody takes": _program(OBJECT % "1", GivesData({"x": "1"}), **_argument("1", code=True)),
    "B-40 an argument that nobody gives": _program(f"function(x) {OBJECT % 'x'}", Refuses("Missing argument: x")),
    "B-40 null": _program("null", Refuses("it is null, not an object")),
    "B-40 a number": _program("1", Refuses("it is a number, not an object")),
    "B-40 a text": _program("'canary'", Refuses("it is a string, not an object")),
    "B-40 a function": _program("{a: function(x) x}", Refuses("couldn't manifest function")),
    "B-40 an assertion": _program("{assert false : 'no', a: 1}", Refuses("RUNTIME ERROR: no")),
    "B-40 half a program": _program("{a: ", Refuses(r"a\.jsonnet, line 1")),
}
