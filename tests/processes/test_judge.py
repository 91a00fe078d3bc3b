"""A judgement stands until one of the two sides changes, and never rests on live data that cannot be trusted."""

from dataclasses import dataclass, field
from typing import Any

from app_controller.answers import Answers
from app_controller.judge import Basis, Judge, Sides
from argosy.engine import diff
from argosy.engine.diff.schema import UNREAD
from argosy.engine.diff.strategy import USUAL
from argosy.engine.health import Policy
from argosy.engine.judged import Judged
from argosy.engine.model import project
from argosy.engine.model.resource import Manifest, ResourceKey, key_of
from argosy.engine.normalise import Rules
from argosy.engine.packed import pack
from argosy.gateways.clock import SystemClock

NOBODY: Any = None
MAP: Manifest = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "a", "namespace": "n", "uid": "u", "resourceVersion": "1"},
    "data": {"k": "v"},
}


@dataclass
class Held:
    """A live object, and how often it was decoded."""

    held: Manifest
    instance: str = ""
    decoded: int = 0

    def manifest(self) -> Manifest:
        self.decoded += 1
        return self.held


@dataclass
class Cache:
    """What a judge reads of a live cache; `doubts` are why objects cannot be trusted."""

    doubts: dict[ResourceKey, str] = field(default_factory=dict)

    def doubt(self, key: ResourceKey) -> str | None:
        return self.doubts.get(key)

    def resource_for(self, kind: Any, version: str = "") -> None:
        del kind, version

    @property
    def schemas(self) -> Any:
        return type("Schemas", (), {"known": staticmethod(lambda _resource: UNREAD)})


def settled(live: Held | None, before: Judged | None, *, wanted: Manifest = MAP, doubt: str = "") -> Judged | None:
    cache: Any = Cache({key_of(MAP): doubt} if doubt else {})
    permitting = project.read({"metadata": {"name": "p"}, "spec": {}})
    answers = Answers(NOBODY, SystemClock())
    basis = Basis("app", cache, permitting, ("", ""), Rules(), Policy(), answers, 1.0, (), USUAL, 0)
    held: Any = live
    return Judge().settle(Sides(key_of(MAP), pack(wanted), held), basis, before)


def test_3_5_what_neither_side_of_has_changed_is_not_even_decoded_again() -> None:
    live = Held(MAP)
    first = settled(live, None)
    assert first is not None
    assert isinstance(first.verdict, diff.Same)
    decoded = live.decoded
    assert settled(live, first) is first
    assert live.decoded == decoded


def test_3_5_a_new_version_of_the_live_object_or_another_wish_is_judged_anew() -> None:
    first = settled(Held(MAP), None)
    assert settled(Held(MAP), first) is not first
    assert settled(Held(MAP), first, wanted={**MAP, "data": {"k": "other"}}) is not first


def test_3_20_what_cannot_be_trusted_is_unknown_and_looked_at_again_when_it_can() -> None:
    live = Held(MAP)
    first = settled(live, None)
    doubted = settled(live, first, doubt="the watch is down")
    assert doubted is not None
    assert doubted.verdict == diff.Unknown("the watch is down")
    again = settled(live, doubted)
    assert again is not None
    assert isinstance(again.verdict, diff.Same)


def test_3_20_an_object_that_is_not_held_is_not_missing_while_its_kind_cannot_be_trusted() -> None:
    doubted = settled(None, None, doubt="discovery of API group core failed")
    assert doubted is not None
    assert isinstance(doubted.verdict, diff.Unknown)
    missing = settled(None, None)
    assert missing is not None
    assert isinstance(missing.verdict, diff.Missing)


def test_3_1_what_differs_is_a_question_to_the_server() -> None:
    assert settled(Held(MAP), None, wanted={**MAP, "data": {"k": "other"}}) is None
