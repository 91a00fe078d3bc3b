"""B-01 to B-08 and B-12: manifests that nobody writes by hand, with what is made of them, or said of them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


@dataclass(frozen=True)
class Refused:
    """A pattern for the message, which names file, document and line before it."""

    says: str


@dataclass(frozen=True)
class Gives:
    """The objects besides their head."""

    objects: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class GivesMany:
    """How many objects there are."""

    count: int


@dataclass(frozen=True)
class Odd:
    """A file and what is expected of it."""

    make: Callable[[], str | bytes]
    expected: Refused | Gives | GivesMany


def one(text: str, **gives: Any) -> Odd:
    """Return a file of one object, with what it holds besides its head."""
    return Odd(lambda: HEAD + text, Gives((gives,)))


def refused(text: str | bytes, says: str) -> Odd:
    return Odd(lambda: HEAD.encode() + text if isinstance(text, bytes) else HEAD + text, Refused(says))


def _bomb(levels: int) -> str:
    steps = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x]", *steps]) + "\n"


def _merges(levels: int) -> str:
    keys = ", ".join(f"k{key}: *m{{n}}" for key in range(9))
    steps = [f"m{n}: &m{n} {{{keys.replace('{n}', str(n - 1))}, <<: *m{n - 1}}}" for n in range(1, levels)]
    return "\n".join(["m0: &m0 {x: y}", *steps]) + "\n"


GROWS = "its aliases expand to more than"
DEEP = "nested deeper than 500 levels|exceeded max depth"

ODD: Mapping[str, Odd] = {
    "B-01 a bomb of 7 levels": refused(_bomb(7), GROWS),
    "B-01 a bomb of 9 levels": refused(_bomb(9), GROWS),
    "B-01 a bomb of 30 levels": refused(_bomb(30), GROWS),
    "B-01 a bomb of merge keys": refused(_merges(12), GROWS),
    "B-01 an anchor in itself": refused("x: &x {y: *x}\n", GROWS),
    "B-01 a merge with itself": refused("x: &x\n  <<: *x\n", GROWS),
    "B-01 a small use of aliases": one("x: &x [1]\nz: {<<: {a: 1}, b: *x}\n", x=[1], z={"a": 1, "b": [1]}),
    "B-02 100 levels": one("x: " + "[" * 100 + "]" * 100, x=json.loads("[" * 100 + "]" * 100)),
    "B-02 501 levels in flow": refused("x: " + "[" * 501 + "]" * 501, DEEP),
    "B-02 400 levels in block": Odd(
        lambda: HEAD + "x:\n" + "".join(" " * n + "x:\n" for n in range(1, 400)), GivesMany(1)
    ),
    "B-02 90,000 levels in flow": refused("x: " + "[" * 90_000, DEEP),
    "B-03 10,000 empty documents": Odd(lambda: "---\n" * 10_000 + HEAD + "--- # nothing\n" * 1_000, GivesMany(1)),
    "B-03 only comments": Odd(lambda: "# nothing\n---\n# nothing\n", GivesMany(0)),
    "B-03 1,500 documents": Odd(lambda: (HEAD + "---\n") * 1_500, GivesMany(1_500)),
    "B-04 a line of 90 kB": one(f"x: {'y' * 90_000}\n", x="y" * 90_000),
    "B-04 a map of 9,000 keys": one(
        "x: {" + ", ".join(f"k{n}: 1" for n in range(9_000)) + "}", x={f"k{n}": 1 for n in range(9_000)}
    ),
    "B-05 a key twice": one("data: {a: '1', a: '2'}\n", data={"a": "2"}),  # as kubectl and Argo CD read it
    "B-06 a byte order mark": Odd(lambda: b"\xef\xbb\xbf" + HEAD.encode(), Gives(({},))),
    "B-06 UTF-16 that says so": Odd(lambda: (HEAD + "x: \u00fc\n").encode("utf-16"), Gives(({"x": "\u00fc"},))),
    "B-06 UTF-16, big end first": Odd(lambda: b"\xfe\xff" + HEAD.encode("utf-16-be"), Gives(({},))),
    "B-06 UTF-16 that does not say so": Odd(lambda: HEAD.encode("utf-16-le"), Refused("control characters are not")),
    "B-06 Windows-1252": refused("x: caf\u00e9".encode("windows-1252"), "line 4: it is not UTF-8 text"),
    "B-06 NUL": refused("x: a\0b\n", "control characters are not allowed"),
    "B-06 a control character": refused("x: a\x01b\n", "control characters are not allowed"),
    "B-06 a lone surrogate": refused('x: "\\ud800"\n', "invalid Unicode character escape code"),
    "B-06 line separators": one("x: 'a\u2028b'\n", x="a\u2028b"),
    "B-07 words": one("x: [NO, y, on, ~, 'no']\n", x=[False, True, True, None, "no"]),
    "B-07 numbers": one(
        "x: [0777, 0o17, 1_000, 1e3, 12:30, 9007199254740993]\n", x=[511, 15, 1000, 1000, "12:30", 2**53 + 1]
    ),
    "B-07 dates": one("x: [2020-01-01, 2020-01-01T00:00:00Z]\n", x=["2020-01-01", "2020-01-01T00:00:00Z"]),
    "B-07 infinite": refused("x: .inf\n", "unsupported value|not supported|Inf"),
    "B-07 no number": refused("x: .nan\n", "unsupported value|not supported|NaN"),
    "B-07 5,000 digits": one("x: " + "9" * 5_000 + "\n", x="9" * 5_000),  # as the Kubernetes reader reads them
    "B-07 a tag of Python": one("x: !!python/object/apply:os.system ['ls']\n", x=["ls"]),
    "B-07 binary": one("x: !!binary aGVsbG8=\n", x="hello"),
    "B-08 keys": one("x: {1: a, true: b, 1.5: c}\n", x={"1": "a", "true": "b", "1.5": "c"}),
    "B-08 a list as key": refused("x: {[a]: b}\n", "invalid map key|unhashable|unsupported map key"),
    "B-08 null as key": refused("x: {~: secret}\n", "a key is null or no single value"),
    "B-12 tabs": refused("x:\n\ty: 1\n", "found character that cannot start any token"),
    "B-12 Windows' line ends": Odd(lambda: HEAD.replace("\n", "\r\n"), Gives(({},))),
    "B-12 document end": Odd(lambda: HEAD + "...\n", Gives(({},))),
    "B-12 an open quote": refused("x: 'secret words\n", "unexpected end of stream"),
    "B-12 a separator within a text": refused("x: |\n  a\n---\n  b\n", "it is a string, not an object"),
    "B-12 a separator with words": refused("--- no\n", "invalid Yaml document separator"),
}
