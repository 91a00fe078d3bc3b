"""The engine's globs against the library that Argo CD uses (gobwas/glob), in the tool worker.

Left out of the comparison is what that library gets wrong by its own documentation: stars side by side, groups that
hold an empty alternative or another group, and texts that are shorter than the pattern ("a*a" matches "a" there).
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.engine import globs
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import Glob
from argosy.gateways.tools.scripts import Answered, Declined

ONE = ["a", "b", "/", "?", "[a]", "[!a]", "[ab]", "[a-b]", "[!a-b]", "[^a]", "[-a]", r"[\]a]", "{a,b}", "{/,b}", r"\*"]
PIECES = {**dict.fromkeys([*ONE, r"\{", "]", "}", ",", "-", "!", ".", "{a,ba}"], 1), "ab": 2, "{ab,ba}": 2}
STARS = ["*", "**"]


@st.composite
def patterns(draw: st.DrawFn) -> tuple[str, int]:
    """Return a pattern, and how long a text is at least that it matches."""
    parts = draw(st.lists(st.tuples(st.sampled_from(["", *STARS]), st.sampled_from(sorted(PIECES))), max_size=4))
    last = draw(st.sampled_from(["", *STARS]))
    return "".join(map("".join, parts)) + last, sum(PIECES[piece] for _, piece in parts)


texts = st.lists(st.text("aab/-]^{}*!.,", min_size=1, max_size=7), min_size=5, max_size=10)
asked = st.tuples(patterns(), texts, st.sampled_from(["", "/"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(asked=st.lists(asked, min_size=10, max_size=20))
async def test_they_match_what_the_library_matches(pool: Pool, asked: list[tuple[tuple[str, int], list[str], str]]):
    """Many patterns in one question, so that thousands are tried."""
    wanted = [
        Glob(pattern=pattern, texts=tuple(text for text in texts if len(text) >= least), separators=separator)
        for (pattern, least), texts, separator in asked
    ]
    for ((pattern, least), texts, separator), glob, answer in zip(asked, wanted, await pool.match(wanted), strict=True):
        assert isinstance(answer, Answered)
        ours = tuple(globs.matches(pattern, text, separator=separator) for text in glob.texts)
        theirs = tuple(text == pattern or told for text, told in zip(glob.texts, answer.value, strict=True))
        assert (pattern, glob.texts, ours) == (pattern, glob.texts, theirs)
        assert not any(globs.matches(pattern, text, separator=separator) for text in texts if len(text) < least)


@pytest.mark.parametrize("pattern", ["[", "[a", "[]", "[!]", "[a-]", "[b-a]", "[a-bc]", "[]a]", "a[b-", "{[}", r"[a\]"])
async def test_what_is_no_glob_there_is_none_here(pool: Pool, pattern: str):
    characters = tuple("ab-]!{}[")
    (answer,) = await pool.match([Glob(pattern=pattern, texts=characters)])
    assert isinstance(answer, Declined)
    assert not any(globs.matches(pattern, text) for text in characters if text != pattern)


@pytest.mark.parametrize("pattern", ["{a", "{a,b", "a{b,{c", "a\\", "}", "a,b", "[!^]", "[ab-d]", "[--b]", "[a-b"])
async def test_odd_ones_mean_the_same(pool: Pool, pattern: str):
    characters = tuple("abcdx-^},\\")
    (answer,) = await pool.match([Glob(pattern=pattern, texts=(*characters, "ab", "ac", "a,b"))])
    told = answer.value if isinstance(answer, Answered) else (False,) * 13
    ours = tuple(globs.matches(pattern, text) for text in (*characters, "ab", "ac", "a,b"))
    assert ours == told
