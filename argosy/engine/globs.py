r"""Globs as Argo CD's users write them (gobwas/glob): `*`, `**`, `?`, `[a-z]`, `[!a]`, `{a,b}`, and `\` to quote.

With a separator, `*` and `?` stop at it and `**` does not. Called by whoever reads a rule: projects, exclusions.
"""

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def compiled(pattern: str, separator: str = "") -> re.Pattern[str] | None:
    """Return the pattern as a regular expression for `fullmatch`, or None if it is malformed and matches nothing."""
    try:
        return re.compile(_translate(pattern, f"[^{re.escape(separator)}]" if separator else "."), re.DOTALL)
    except (re.error, IndexError):
        return None


def matches(pattern: str, text: str, *, separator: str = "") -> bool:
    """Return whether the whole text matches the glob."""
    if pattern == text:
        return True
    expression = compiled(pattern, separator)
    return expression is not None and expression.fullmatch(text) is not None


def _translate(pattern: str, one: str) -> str:
    """Return the regular expression; raises `IndexError` or `re.error` for what is not closed."""
    out: list[str] = []
    position, depth = 0, 0
    while position < len(pattern):
        character = pattern[position]
        position += 1
        match character:
            case "*" if pattern[position : position + 1] == "*":
                position += 1
                out.append(".*")
            case "*":
                out.append(f"{one}*")
            case "?":
                out.append(one)
            case "[":
                end = _closing(pattern, position)
                out.append(_one_of(pattern[position:end]))
                position = end + 1
            case "\\":
                out.append(re.escape(pattern[position]))
                position += 1
            case _:
                depth += {"{": 1, "}": -1}.get(character, 0)
                out.append(_plain(character, within=depth > 0 or character == "}"))
    return "".join(out)


def _closing(pattern: str, start: int) -> int:
    end = pattern.find("]", start + 1)
    if end < 0:
        raise IndexError(pattern)
    return end


def _one_of(characters: str) -> str:
    negated = characters[:1] in ("!", "^")
    kept = re.sub(r"([\\\[\]^&~|])", r"\\\1", characters[1:] if negated else characters)
    return f"[{'^' if negated else ''}{kept}]"


def _plain(character: str, *, within: bool) -> str:
    """Return a character outside of a class; braces and commas mean something within braces only."""
    if within:
        return {"{": "(?:", "}": ")", ",": "|"}.get(character, re.escape(character))
    return re.escape(character)
