"""Indexes of chart repositories that no repository makes (B-25, S-132), with what is said of each, or read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Odd:
    """An index; `says` is a pattern for the refusal, `means` the version that "*" means in one that can be read."""

    make: Callable[[], str]
    says: str = ""
    means: str = ""


def _entries(*versions: str) -> str:
    return "entries:\n  web:\n" + "".join(f"  - {version}\n" for version in versions)


_GOOD = "{version: 1.0.0, urls: [web-1.0.0.tgz]}"

ODD: Mapping[str, Odd] = {
    "nothing": Odd(lambda: "", "has no entries"),
    "text": Odd(lambda: "just text", "index.yaml"),
    "cut off": Odd(lambda: "entries: {web: [", "index.yaml"),
    "entries a list": Odd(lambda: "entries: []", "has no entries"),
    "entries null": Odd(lambda: "entries: null", "has no entries"),
    "no entries": Odd(lambda: "apiVersion: v1", "has no entries"),
    "a chart null": Odd(lambda: "entries: {web: null}", "is not in"),
    "a chart a text": Odd(lambda: "entries: {web: x}", "is not in"),
    "deep": Odd(lambda: "entries: " + "[" * 50_000, "index.yaml|limit"),
    "bomb": Odd(
        lambda: (
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"{n}: &{n} [{','.join(['*' + p] * 9)}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True))
        ),
        "index.yaml|limit|entries",
    ),
    "nulls": Odd(
        lambda: _entries("null", "{}", "{version: null}", "{version: 2.0.0, urls: null}", _GOOD), means="1.0.0"
    ),
    "wrong types": Odd(
        lambda: _entries("[]", "7", "{version: {a: b}}", "{version: 3.0.0, urls: 7}", _GOOD), means="1.0.0"
    ),
    "no versions": Odd(
        lambda: _entries("{version: not a version, urls: [x]}", "{version: '', urls: [x]}", _GOOD), means="1.0.0"
    ),
    "future": Odd(
        lambda: _entries("{version: 1.0.0, created: '9999-12-31T23:59:59Z', urls: [web-1.0.0.tgz]}"), means="1.0.0"
    ),
    "twice": Odd(lambda: _entries(_GOOD, "{version: 1.0.0, urls: ['http://127.0.0.1:9/forged.tgz']}"), means="1.0.0"),
    "many": Odd(lambda: _entries(_GOOD, *(f"{{version: 0.0.{n}}}" for n in range(50_000))), means="1.0.0"),
    "enormous version": Odd(lambda: _entries(_GOOD, f"{{version: {'9' * 100_000}.0.0}}"), means="1.0.0"),
}
