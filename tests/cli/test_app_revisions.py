"""`--revisions` and `--source-positions`: a revision for each of several sources."""

import pytest

from tests.cli.applications import app

WEB = "/api/v1/applications/web"


@pytest.mark.parametrize("positions", [("1,3",), ("1", "3"), ("1, 3",)])
def test_2_53_sources_are_named_by_their_positions(api, argosy, positions):
    api.on("POST", f"{WEB}/sync", app())
    words = [word for position in positions for word in ("--source-positions", position)]
    shown = argosy("app", "sync", "web", "--async", "--revisions", "v1", "--revisions", "v2", *words)
    assert (shown.code, shown.err) == (0, "")
    (asked,) = api.bodies("POST", f"{WEB}/sync")
    assert asked == {"name": "web", "revisions": ["v1", "v2"], "sourcePositions": [1, 3]}


@pytest.mark.parametrize("command", ["manifests", "sync"])
@pytest.mark.parametrize("position", ["0", "one", "-1", "1,", ""])
def test_2_53_what_is_no_position_is_refused_by_its_option(api, argosy, command, position):
    api.on("GET", WEB, app())
    shown = argosy("app", command, "web", "--revisions", "v1", f"--source-positions={position}")
    assert shown.code == 1
    assert "--source-positions" in shown.err
    assert "is no position: they are numbers from 1" in shown.err


@pytest.mark.parametrize("command", ["manifests", "sync"])
@pytest.mark.parametrize("words", [("--revisions", "v1"), ("--source-positions", "1")])
def test_2_53_each_position_has_a_revision(argosy, command, words):
    shown = argosy("app", command, "web", *words)
    assert shown.code == 1
    assert "Give as many --revisions as --source-positions." in shown.err
