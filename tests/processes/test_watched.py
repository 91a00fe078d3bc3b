"""The mirrors of the control namespace: an answer that comes late changes nothing."""

from typing import Any

import orjson

from app_controller.queue import ApplicationKey
from app_controller.watched import Watched

KEY = ApplicationKey("argocd", "a")


def application(version: str, uid: str = "one") -> dict[str, Any]:
    return {"metadata": {"namespace": "argocd", "name": "a", "uid": uid, "resourceVersion": version}}


def test_an_answer_that_comes_after_the_end_of_the_object_does_not_bring_it_back() -> None:
    watched = Watched("argocd")
    watched.applications.change(orjson.dumps(application("5")))
    watched.applications.delete(orjson.dumps(application("7")))
    watched.note_written(application("6"))
    assert watched.raw(KEY) is None


def test_an_answer_about_a_predecessor_does_not_replace_its_successor() -> None:
    watched = Watched("argocd")
    watched.applications.change(orjson.dumps(application("9", uid="two")))
    watched.note_written(application("6"))
    assert watched.raw(KEY) == application("9", uid="two")


def test_an_answer_is_seen_before_the_watch_tells_it() -> None:
    watched = Watched("argocd")
    watched.applications.change(orjson.dumps(application("5")))
    watched.note_written(application("6"))
    watched.applications.change(orjson.dumps(application("5")))
    assert watched.raw(KEY) == application("6")


def foreign(watched: Watched) -> list[str]:
    """Return the versions of the Application that are told and not ours, from now on."""
    told: list[str] = []

    def listen(_key: ApplicationKey, _before: Any, after: Any) -> None:
        if not watched.is_written_by_us(after):
            told.append(after["metadata"]["resourceVersion"])

    watched.applications.listen(listen)
    return told


def test_a_write_that_the_watch_tells_before_its_answer_is_still_ours() -> None:
    watched = Watched("argocd")
    watched.applications.change(orjson.dumps(application("5")))
    told = foreign(watched)
    with watched.writing(KEY):
        watched.applications.change(orjson.dumps(application("6")))
        watched.note_written(application("6"))
    watched.applications.change(orjson.dumps(application("6")))
    assert told == []


def test_what_somebody_else_writes_while_we_do_is_told_at_the_end() -> None:
    watched = Watched("argocd")
    watched.applications.change(orjson.dumps(application("5")))
    told = foreign(watched)
    with watched.writing(KEY), watched.writing(KEY):
        watched.applications.change(orjson.dumps(application("6")))
        watched.applications.change(orjson.dumps(application("7")))
        watched.note_written(application("7"))
        assert told == []
    assert told == ["7"]


def test_what_somebody_else_writes_afterwards_is_told_at_once() -> None:
    watched = Watched("argocd")
    watched.applications.change(orjson.dumps(application("5")))
    told = foreign(watched)
    with watched.writing(KEY):
        watched.note_written(application("6"))
    watched.applications.change(orjson.dumps(application("7")))
    assert told == ["7"]
