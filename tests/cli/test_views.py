import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.cli import printing
from argosy.cli.spec import document
from argosy.cli.views import application as view
from argosy.cli.views.times import duration, moment, seconds_between
from argosy.engine.model import application
from tests.cli.applications import app


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (59, "59s"), (60, "1m0s"), (3599, "59m59s"), (3600, "1h0m0s"), (90061, "25h1m1s")]
)
def test_durations_are_those_of_go(seconds, text):
    assert duration(seconds) == text


def test_times_are_those_of_go():
    assert moment("2026-01-02T03:04:05Z") == "2026-01-02 03:04:05 +0000 UTC"
    assert moment("") == ""
    assert seconds_between("2026-01-01T23:59:58Z", "2026-01-02T00:00:00Z") == 2


def shown(**changes):
    made = app()
    made["spec"].update(changes)
    return dict(view.summary(application.read(made), url="u"))


def test_the_sync_policy_is_put_in_words():
    assert shown()["Sync Policy:"] == "Automated (Prune)"
    assert shown(syncPolicy={"automated": {}})["Sync Policy:"] == "Automated"
    assert shown(syncPolicy={"automated": {"enabled": False}})["Sync Policy:"] == "Manual"
    assert shown(syncPolicy={})["Sync Policy:"] == "Manual"


def test_a_revision_that_is_a_commit_is_not_repeated():
    source = {"repoURL": "r", "path": "p", "targetRevision": "0123456789abcdef0123456789abcdef01234567"}
    assert shown(source=source)["Sync Status:"] == "Synced to 0123456789abcdef0123456789abcdef01234567"
    assert shown(source={**source, "targetRevision": "v1"})["Sync Status:"] == "Synced to v1 (0123456)"


def test_several_sources_are_all_shown():
    sources = [{"repoURL": "a", "chart": "c", "targetRevision": "1.0"}, {"repoURL": "b", "ref": "values"}]
    facts = list(view.summary(application.read({**app(), "spec": {**app()["spec"], "sources": sources}}), url="u"))
    assert ("Sources:", "") in facts
    assert [value for label, value in facts if label == "- Repo:"] == ["a", "b"]
    assert ("  Chart:", "c") in facts
    assert ("  Ref:", "values") in facts


def test_the_history_of_several_sources_is_told_apart():
    entry = {
        "id": 3,
        "deployedAt": "2026-01-01T00:00:00Z",
        "revisions": ["aaaaaaaaaa", "1.0.0"],
        "sources": [{"repoURL": "a", "targetRevision": "main"}, {"repoURL": "b", "targetRevision": "1.0.0"}],
    }
    rows = dict(view.history(application.read(app(history=[entry]))))
    when = "2026-01-01 00:00:00 +0000 UTC"
    assert rows == {"a": [("3", when, "main (aaaaaaa)")], "b": [("3", when, "1.0.0")]}


cells = st.text(st.characters(categories=("L", "N", "P", "Zs"), max_codepoint=0x2FF), max_size=12)


@given(st.lists(st.tuples(cells, cells, cells), min_size=1))
def test_every_column_begins_where_its_header_does(rows):
    lines = printing.aligned([("FIRST", "SECOND", "THIRD"), *rows])
    plain = [click.unstyle(line) for line in lines]
    second, third = plain[0].index("SECOND"), plain[0].index("THIRD")
    for line, row in zip(plain[1:], rows, strict=True):
        padded = line.ljust(third)
        wanted = [cell.rstrip() for cell in row]
        assert [padded[:second].rstrip(), padded[second:third].rstrip(), padded[third:].rstrip()] == wanted


paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple)
documents = st.recursive(st.just({"leaf": 1}), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3))


@given(documents, paths, st.integers(1, 9))
def test_what_is_put_is_there_and_the_document_before_is_not_changed(before, path, value):
    copy = repr(before)
    after = document.put(before, path, value)
    assert document.get(after, path) == value
    assert document.get(document.put(after, path, None), path) is None
    assert repr(before) == copy
