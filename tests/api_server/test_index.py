"""The index and its feed: older news changes nothing, and every reader is told everything or told to start afresh."""

from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_server import selectors
from api_server.errors import InvalidArgument
from api_server.feed import Added, Feed, Modified, Removed
from api_server.index import Index, Wanted
from api_server.records import Place, record_of


def manifest(name="a", version=1, uid="u", labels=None, **spec):
    metadata = {"namespace": "ns", "name": name, "uid": uid, "resourceVersion": str(version), "labels": labels or {}}
    return {"metadata": metadata, "spec": spec}


def record(*args, **kwargs):
    return record_of(manifest(*args, **kwargs), kind="Application")


@pytest.fixture
def told():
    return []


@pytest.fixture
def index(told):
    made = Index("Application", told.append)
    yield made
    made.close()


def test_news_in_any_order_ends_in_the_last_state(index, told):
    for version in (3, 1, 2, 3):
        index.keep(record(version=version))
    assert index.get(Place("ns", "a")).version == 3
    assert [type(event) for event in told] == [Added]


def test_what_is_gone_does_not_come_back_by_late_news(index, told):
    index.keep(record(version=1))
    index.drop(record(version=2))
    index.keep(record(version=2))
    assert index.get(Place("ns", "a")) is None
    assert [type(event) for event in told] == [Added, Removed]


def test_another_object_of_the_same_name_is_new(index, told):
    index.keep(record(version=1, uid="first"))
    index.keep(record(version=5, uid="second"))
    index.drop(record(version=4, uid="first"))
    assert index.get(Place("ns", "a")).uid == "second"
    assert [type(event) for event in told] == [Added, Added]


def test_a_list_takes_away_what_is_not_in_it_unless_it_is_newer_than_the_list(index):
    index.keep(record("old", version=1, uid="1"))
    index.keep(record("just-written", version=9, uid="2"))
    index.replace([orjson.dumps(manifest("listed", version=3, uid="3"))], 5)
    assert [each.place.name for each in index.find(Wanted())] == ["just-written", "listed"]


def test_a_reader_resumes_without_a_gap_or_starts_afresh(index):
    feed = Feed()
    following = Index("Application", feed.tell)
    feed.begin(5)
    following.keep(record("a", version=6, uid="1"))
    following.keep(record("b", version=7, uid="2"))
    following.drop(record("a", version=6, uid="1"))
    assert feed.after(4) is None
    assert [type(event) for event in feed.after(6)] == [Added, Removed]
    # A deletion that only we know of is told to whoever resumes from the newest list.
    assert [type(event) for event in feed.after(7)] == [Removed]
    following.close()


async def test_a_slow_reader_is_given_up_and_holds_nothing():
    feed = Feed()
    with feed.subscribed() as subscription:
        for version in range(2000):
            feed.tell(Modified(record(version=version)))
        assert await subscription.wait(1) == []
        assert subscription.dropped


KEYS = st.sampled_from(["team", "tier", "app.kubernetes.io/name"])
VALUES = st.sampled_from(["", "a", "b", "c-1"])
LABELS = st.dictionaries(KEYS, VALUES)
REQUIREMENTS = st.one_of(
    st.builds("{}={}".format, KEYS, VALUES),
    st.builds("{}!={}".format, KEYS, VALUES),
    st.builds("{} in ({})".format, KEYS, st.lists(VALUES, min_size=1).map(", ".join)),
    st.builds("{} notin ({})".format, KEYS, st.lists(VALUES, min_size=1).map(",".join)),
    KEYS,
    KEYS.map("!{}".format),
)


@given(st.lists(LABELS, max_size=6), st.lists(REQUIREMENTS, min_size=1, max_size=3).map(", ".join))
def test_the_index_and_the_streams_answer_the_same(objects, selector):
    index = Index("Application", lambda _: None)
    for number, labels in enumerate(objects):
        index.keep(record(f"app{number}", uid=str(number), labels=labels))
    wanted = selectors.parse(selector)
    found = [each.place.name for each in index.find(Wanted(selector=wanted))]
    index.close()
    assert found == [f"app{n}" for n, labels in enumerate(objects) if selectors.matches(wanted, labels)]


@given(st.text())
def test_any_text_is_a_selector_or_refused(text):
    with suppress(InvalidArgument):
        selectors.matches(selectors.parse(text), {})
