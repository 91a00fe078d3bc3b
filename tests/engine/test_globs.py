import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import globs


@pytest.mark.parametrize(
    ("pattern", "text", "separator", "expected"),
    [
        ("*", "a/b", "", True),
        ("*", "a/b", "/", False),
        ("**", "a/b", "/", True),
        ("https://git/org/*", "https://git/org/app", "/", True),
        ("https://git/org/*", "https://git/org/a/b", "/", False),
        ("https://git/**", "https://git/org/a/b", "/", True),
        ("team-*", "team-", "", True),
        ("team-*", "kube-system", "", False),
        ("?x", "ax", "", True),
        ("?x", "/x", "/", False),
        ("[a-c]x", "bx", "", True),
        ("[!a-c]x", "bx", "", False),
        ("{apps,batch}", "batch", "", True),
        ("{apps,batch}", "apps,batch", "", False),
        ("a{b,c*}d", "acccd", "", True),
        (r"\*", "*", "", True),
        (r"\*", "a", "", False),
        ("a.b", "axb", "", False),
        ("[a", "a", "", False),
        ("{a", "a", "", False),
        ("a,b", "a,b", "", True),
        ("*\n", "x\n", "", True),
    ],
)
def test_globs(pattern, text, separator, expected):
    assert globs.matches(pattern, text, separator=separator) is expected


@given(st.text(), st.text())
def test_any_text_is_a_pattern_and_matches_itself(pattern, text):
    assert globs.matches(pattern, pattern)
    globs.matches(pattern, text, separator="/")
