import pytest

from argosy.cli.applications import Name
from argosy.cli.client import Client
from argosy.cli.config import Server
from argosy.cli.connection import Connection
from argosy.cli.errors import ApiError
from argosy.cli.waiting import EVERYTHING, Conditions
from argosy.cli.watching import Ended, Gone, Pace, TimedOut, Wait, follow
from tests.cli.applications import app, event
from tests.cli.conftest import Answer

WEB = "/api/v1/applications/web"
STREAM = "/api/v1/stream/applications"
AWAY = Answer({"error": "not ready", "code": 14, "message": "not ready"}, 503)
MISSING = Answer({"error": "not found", "code": 5, "message": "not found"}, 404)
HURRIED = Pace(silence=0.2, rest=0.01, outage=0.05)
UNHURRIED = Pace(silence=0.2, rest=0.01)


class Silent:
    """A display that keeps what it was shown."""

    def __init__(self):
        self.shown = []

    def show(self, states, verdict):
        self.shown.append((len(states), verdict))


@pytest.fixture
def watch(api):
    """Follow the application `web` on the server."""

    def call(conditions=EVERYTHING, *, pace=UNHURRIED, **more):
        with Client(Connection(Server(api.address, plain_text=True))) as client:
            return follow(client, Wait(Name("web"), conditions, pace=pace, **more), Silent())

    return call


def test_a_server_without_a_stream_is_asked_again(api, watch):
    api.on("GET", WEB, app(health="Progressing"), app(health="Progressing"), app())
    assert watch() == Ended(app())


def test_a_stream_that_breaks_is_taken_up_again(api, watch):
    api.on("GET", WEB, app(version="1", health="Progressing"), app(version="2", health="Progressing"))
    api.on("GET", STREAM, Answer(lines=(": hello",)), Answer(lines=(event(app(version="3")),)))
    assert watch() == Ended(app(version="3"))
    streams = [each.parameters["resourceVersion"] for each in api.asked if each.path == STREAM]
    assert streams == ["1", "2"]


def test_a_server_that_is_away_for_a_while_is_waited_for(api, watch):
    api.on("GET", WEB, app(health="Progressing"), AWAY, AWAY, app())
    api.on("GET", STREAM, AWAY)
    assert watch() == Ended(app())


def test_a_server_that_stays_away_is_given_up(api, watch):
    api.on("GET", WEB, app(health="Progressing"), AWAY)
    api.on("GET", STREAM, AWAY)
    with pytest.raises(ApiError, match="not ready"):
        watch(pace=HURRIED)


def test_a_server_that_never_answered_is_not_waited_for(api, watch):
    api.on("GET", WEB, AWAY)
    with pytest.raises(ApiError, match="not ready"):
        watch()
    assert len(api.asked) == 1


def test_an_application_that_never_was_is_an_error(api, watch):
    api.on("GET", WEB, MISSING)
    with pytest.raises(ApiError, match="not found"):
        watch()


def test_an_application_that_never_was_is_as_good_as_deleted(api, watch):
    api.on("GET", WEB, MISSING)
    assert watch(Conditions(deletion=True)) == Gone()


def test_a_deletion_is_seen_without_a_stream(api, watch):
    api.on("GET", WEB, app(), app(), MISSING)
    assert watch(Conditions(deletion=True)) == Gone()


def test_a_wait_ends_when_its_time_is_over(api, watch):
    api.on("GET", WEB, app(health="Progressing"))
    ending = watch(timeout=0.05)
    assert ending == TimedOut(app(health="Progressing"), ("the application to be Healthy",))
