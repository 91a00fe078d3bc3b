"""Which repository URLs are taken, and what git is given of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repo_server.errors import Refused
from repo_server.git import address

SCHEMES = ("https", "http", "ssh", "git+ssh")


@pytest.mark.parametrize(
    ("url", "given_to_git", "origin"),
    [
        ("https://git.example.org/team/app.git", "https://git.example.org/team/app.git", "https://git.example.org:443"),
        ("HTTPS://Git.Example.org/app", "https://Git.Example.org/app", "https://git.example.org:443"),
        ("http://git.example.org:3000/app", "http://git.example.org:3000/app", "http://git.example.org:3000"),
        ("https://[::1]:8443/app", "https://[::1]:8443/app", "https://::1:8443"),
        ("https://u:p%40ss@git.example.org/app", "https://git.example.org/app", "https://git.example.org:443"),
        ("git@github.com:team/app.git", "git@github.com:team/app.git", ""),
        ("ssh://git@git.example.org:2222/app.git", "ssh://git@git.example.org:2222/app.git", ""),
        ("git+ssh://git@git.example.org/app.git", "git+ssh://git@git.example.org/app.git", ""),
    ],
)
def test_an_ordinary_url_is_taken(url: str, given_to_git: str, origin: str):
    parsed = address.parse(url, schemes=SCHEMES)
    assert (parsed.url, parsed.origin) == (given_to_git, origin)


STEERING = {
    "s_150 a transport that runs, reads or is not ours": [
        "ext::sh -c touch% /tmp/x",
        "fd::17",
        "file:///etc",
        "/etc",
        "../other",
        "git://git.example.org/app",
        "ftp://git.example.org/app",
        "git-remote-x::https://git.example.org",
        "\\\\server\\share",
        "https::https://git.example.org/app",
    ],
    "s_151 an option": [
        "-u./payload",
        "--upload-pack=touch /tmp/x",
        "--upload-pack=touch",
        "-oProxyCommand=x:app",
        "git@github.com:-x",
        "https://git.example.org/-x",
    ],
    "s_152 an option or a quote for ssh": [
        "ssh://-oProxyCommand=touch/app",
        "ssh://git@-oProxyCommand=x/app",
        "git@-oProxyCommand=x:app",
        "ssh://-F@git.example.org/app",
        "ssh://git.example.org/a'b",
        "ssh://git.example.org/a b",
        "ssh://git.example.org/$(touch x)`",
        "ssh://git:password@git.example.org/app",
    ],
    "s_156 a line or a colour": [
        "https://git.example.org/a\nb",
        "https://git.example.org/a%0Ab",
        "https://git.example.org/a%0db",
        "https://git.example.org%0a/app",
        "https://git\x1b[31m.example.org/app",
        "https://git.example.org\r/app",
    ],
    "nothing that can be asked": [
        "",
        "https://git.example.org/'quoted'",
        "https://git.example.org",
        "https:///app",
        "https://git.example.org:port/app",
        "https://git.example.org/app?private_token=CANARY",
    ],
}


@pytest.mark.parametrize(
    "url",
    [pytest.param(url, id=f"{case}: {url!a}") for case, urls in STEERING.items() for url in urls],
)
def test_s_150_s_151_s_152_s_156_a_url_that_could_steer_git_is_refused(url: str):
    with pytest.raises(Refused) as refused:
        address.parse(url, schemes=SCHEMES)
    assert refused.value.code == "invalid"
    assert "CANARY" not in refused.value.message
    assert refused.value.message.isprintable()


def test_a_password_in_a_url_is_kept_apart_from_it_and_out_of_the_refusal():
    parsed = address.parse("https://ada:s3cr3t@git.example.org/app", schemes=SCHEMES)
    assert (parsed.username, parsed.password) == ("ada", "s3cr3t")
    assert "s3cr3t" not in repr(parsed)
    with pytest.raises(Refused) as refused:
        address.parse("ftp://ada:s3cr3t@git.example.org/app", schemes=SCHEMES)
    assert "s3cr3t" not in refused.value.message


def test_s_065_what_a_query_says_of_tokens_is_scrubbed_and_nothing_else():
    text = "GET https://h/a?ref=main&private_token=CANARY&X-Amz-Signature=CANARY#x 'https://h/?sig=CANARY' failed"
    assert address.scrub(text) == (
        "GET https://h/a?ref=main&private_token=***&X-Amz-Signature=***#x 'https://h/?sig=***' failed"
    )


@given(st.text(alphabet=st.characters(exclude_characters="/ \n\r\t'\"", exclude_categories=["Z", "C"]), min_size=1))
def test_scrubbing_leaves_no_password_behind(password: str):
    text = f"fatal: unable to access 'https://ada:{password}@git.example.org/app': gone"
    assert address.scrub(text) == "fatal: unable to access 'https://git.example.org/app': gone"
