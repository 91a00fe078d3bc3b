"""Credentials that repositories share: added, listed without themselves, removed (8.27)."""

import json

TEMPLATES = "/api/v1/repocreds"
URL = "https://git.example.com/org"


def test_8_27_credentials_for_all_below_a_url_are_added(api, argosy, tmp_path):
    key = tmp_path / "key"
    key.write_text("c4n4ry")
    api.on("POST", TEMPLATES, {"url": URL})
    words = ("--github-app-id", "1", "--github-app-private-key-path", str(key), "--proxy", "p", "--upsert")
    done = argosy("repocreds", "add", URL, *words)
    assert (done.code, done.out) == (0, f"Repository credentials for '{URL}' added\n")
    assert api.asked[-1].parameters == {"upsert": "true"}
    expected = {"url": URL, "type": "git", "githubAppID": 1, "githubAppPrivateKey": "c4n4ry", "proxy": "p"}
    assert api.asked[-1].body == expected


def test_what_only_a_repository_has_is_no_option(api, argosy):
    for option in ("--name=x", "--project=x", "--depth=1", "--enable-lfs"):
        assert argosy("repocreds", "add", URL, option).code != 0
    assert not api.asked


def test_credentials_are_listed_and_removed(api, argosy):
    items = [{"url": URL, "type": "git", "username": "u"}, {"url": "https://charts.example.com", "type": "helm"}]
    api.on("GET", TEMPLATES, {"items": items})
    api.on("DELETE", f"{TEMPLATES}/{URL}", {})
    lines = [line.split() for line in argosy("repocreds", "list").out.splitlines()]
    assert lines == [
        ["URL", "PATTERN", "TYPE", "USERNAME"],
        [URL, "git", "u"],
        ["https://charts.example.com", "helm"],
    ]
    assert argosy("repocreds", "list", "-o", "url").out == f"{URL}\nhttps://charts.example.com\n"
    assert json.loads(argosy("repocreds", "list", "-o", "json").out) == items
    assert argosy("repocreds", "rm", URL).out == f"Repository credentials for '{URL}' removed\n"
