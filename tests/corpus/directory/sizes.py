"""B-01 to B-06 at full size: folders that are too deep, too long or too large, with what becomes of them.

The texts are made when they are needed: none is small enough to lie in a repository.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Gives:
    """How many objects come of it."""

    count: int


@dataclass(frozen=True)
class Says:
    """The code of the refusal, and a pattern for its message."""

    code: str
    message: str


@dataclass(frozen=True)
class Large:
    """The files of a folder, and what becomes of them; `limit` is how many bytes the caller lets it have."""

    files: Callable[[], Mapping[str, str | bytes]]
    expected: Gives | Says
    limit: int = 64 * MEBIBYTE


def _file(text: Callable[[], str | bytes], name: str = "a.yaml") -> Callable[[], Mapping[str, str | bytes]]:
    return lambda: {name: text()}


def _bomb(levels: int) -> str:
    steps = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, levels)]
    return "\n".join([HEAD + "a0: &a0 [x, x, x, x, x, x, x, x, x]", *steps]) + "\n"


LARGE: Mapping[str, Large] = {
    "B-01 bombs in 50 files": Large(
        lambda: {f"{number}.yaml": _bomb(9) for number in range(50)},
        Says("render_failed", r"0\.yaml, document 1, .*aliases expand"),
    ),
    "B-02 100,000 levels of YAML": Large(
        _file(lambda: HEAD + "x: " + "[" * 100_000 + "]" * 100_000),
        Says("render_failed", r"a\.yaml, document 1, .*(nested deeper than|max depth)"),
    ),
    "B-02 100,000 levels of JSON": Large(
        _file(lambda: '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": ' + '{"x":' * 100_000, "a.json"),
        Says("render_failed", r"a\.json, document 1, .*(nested deeper than|max depth)"),
    ),
    "B-02 2,000 levels of block mappings": Large(
        _file(lambda: HEAD + "x:\n" + "\n".join(" " * level + "x:" for level in range(1, 2_000))),
        Says("render_failed", r"a\.yaml, document 1, .*(nested deeper than|max depth)"),
    ),
    "B-03 100,000 documents": Large(_file(lambda: (HEAD + "---\n") * 100_000), Gives(100_000)),
    "B-03 a million empty documents": Large(_file(lambda: "---\n" * 1_000_000), Gives(0)),
    "B-03 5,000 files": Large(lambda: {f"{number}.yaml": HEAD for number in range(5_000)}, Gives(5_000)),
    "B-04 a text of 20 MB": Large(_file(lambda: HEAD + "data: {x: '" + "y" * 20_000_000 + "'}\n"), Gives(1)),
    "B-04 a line of 10 MB that never ends": Large(
        _file(lambda: HEAD + "x: '" + "y" * 10_000_000), Says("render_failed", r"a\.yaml, document 1, line \d+")
    ),
    "B-04 more than the limit": Large(
        _file(lambda: HEAD + "x: " + "y" * 2_000_000),
        Says("limit_exceeded", r"the limit is 1,000,000 bytes"),
        limit=1_000_000,
    ),
    "B-04 a list of a million": Large(_file(lambda: HEAD + "x: [" + "1, " * 1_000_000 + "1]\n"), Gives(1)),
    "B-06 20 MB that are no text": Large(
        _file(lambda: HEAD.encode() + bytes(range(128, 256)) * 160_000), Says("render_failed", r"a\.yaml, document 1")
    ),
}
