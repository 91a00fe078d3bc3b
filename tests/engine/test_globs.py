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
        ("{a", "a", "", True),
        ("x{a,b{c", "xbc", "", True),
        ("{a,}b", "b", "", True),
        ("a{b{c,d},e*}f", "abdf", "", True),
        ("[^a]", "a", "", True),
        ("[^a]", "b", "", False),
        ("[ab-d]", "c", "", False),
        (r"[\]a]", "]", "", True),
        ("[b-a]", "a", "", False),
        ("[]", "[", "", False),
        ("a\\", "a", "", True),
        (r"\é*", "éü", "", True),
        ("**b*c", "b/bc", "/", True),
        ("***", "a/b", "/", True),
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


@pytest.mark.parametrize(
    "pattern", ["*a" * 200 + "b", "{a,aa}" * 200 + "b", "{*" * 200, "**a*" * 200 + "[b]", "?*" * 200]
)
def test_s_no_pattern_takes_longer_than_its_length_times_that_of_the_text(pattern):
    """Backtracking would not come to an end."""
    assert globs.matches(pattern, "a" * 300 + "c") is pattern.endswith("*")


@given(st.text("ab*?{},[]", max_size=12), st.lists(st.text(max_size=400), min_size=1, max_size=5))
def test_what_was_matched_before_changes_nothing(pattern, texts):
    """More characters than a pattern remembers."""
    globs._machine.cache_clear()
    first = [globs.matches(pattern, text) for text in texts]
    assert [globs.matches(pattern, text) for text in reversed(texts)] == first[::-1]
