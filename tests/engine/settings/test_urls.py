"""When two texts name one repository; and that none of them leads elsewhere than it says."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.engine.settings import urls

APP = "https://git.example/org/app"


@pytest.mark.parametrize(
    "url",
    [
        APP,
        f"{APP}.git",
        f"{APP}/",
        f"{APP}.git/",
        f"{APP}/.git",
        f" {APP} ",
        "HTTPS://GIT.example/org/app",
        "https://user:password@git.example/org/app",
        "https://a@b@git.example/org/app",
        "https://git.example:443/org/app",
        "https://git.example:/org/app",
        "https://git.example:0443/org/app",
        "https://git.example./org/app",
        "https://git.example//org///app",
        "https://git.example/%6Frg/%61p%70",
    ],
)
def test_2_70_one_repository_in_many_spellings(url: str) -> None:
    assert urls.normalised(url) == APP


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example/org/App",
        "https://git.example:8443/org/app",
        "http://git.example/org/app",
        "https://git.example/org%2Fapp",
        "ssh://git.example/org/app",
    ],
)
def test_other_repositories(url: str) -> None:
    assert urls.normalised(url) != APP


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example?@git.example/org/app",
        "https://evil.example#@git.example/org/app",
        "https://evil.example\\@git.example/org/app",
        "https://evil.example/@git.example/org/app",
        "evil.example:x@git.example:org/app",
        "git@evil.example:git@git.example:org/app",
    ],
)
def test_who_connects_elsewhere_is_not_taken_for_the_trusted_host(url: str) -> None:
    assert urls.host_of(url) == "evil.example"
    assert not urls.lies_below(url, "https://git.example")
    assert not urls.lies_below(url, "ssh://git.example")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("--upload-pack=x", "starts with '-'"),
        ("https://git.example/a b", "spaces"),
        ("https://git.example/a\tb", "control"),
        ("https://git.example/org/../other", "'..'"),
        ("https://git.example/org/%2e%2E/other", "'..'"),
        ("https://git.example/org/./other", "'.'"),
        ("https://evil.example?@git.example/x", "'?'"),
        ("https://git.example/org/app#x", "'#'"),
        ("https://git.example/org\\app", "'\\'"),
    ],
)
def test_what_must_not_be_used(url: str, words: str) -> None:
    assert words in urls.complaint(url)


@pytest.mark.parametrize(
    "url",
    [
        APP,
        "git@git.example:org/app.git",
        "ssh://git@git.example:2222/~ann/app",
        "oci://reg.example/charts/web",
        "reg.example/charts",
        "https://charts.example/stable?channel=x",
        "https://git.example/org/..app",
        "https://[::1]:8443/app",
    ],
)
def test_what_may_be_used(url: str) -> None:
    assert urls.complaint(url) == ""


@settings(max_examples=500)
@given(st.text("/?#@:\\.%2eab[]", max_size=30))
def test_the_host_is_the_one_that_is_connected_to(rest: str) -> None:
    url = f"https://{rest}"
    if urls.complaint(url):
        return
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return  # nobody can connect to that
    assert urls.host_of(url) == host.rstrip(".")
    if "[" not in parts.netloc and port not in (None, 0, 443):
        assert urls.normalised(url).startswith(f"https://{urls.host_of(url)}:{port}")


@given(st.text("/@:.%2eabGIT-", max_size=30))
def test_a_normalised_url_is_normal(rest: str) -> None:
    once = urls.normalised(f"https://git.example/{rest}")
    assert urls.normalised(once) == once or once.endswith(".git")
